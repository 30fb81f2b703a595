"""Readers react to a digest with a paper's number; enough of them lift it. Over sockets, with the real line."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from adapters.discord.events import reactions
from adapters.discord.platform import PLATFORM
from bot.bootstrap.context import read_clock
from bot.delivery.dispatcher import Dispatcher
from bot.digests import planner
from bot.domain.deliveries import DeliveryKey
from bot.domain.feed import find_newest_feed_date
from bot.ports.deliveries import Draft
from bot.ports.stores import Stores
from bot.ports.workspaces import Workspace
from tests.adapters.discord.bot_harness import BotHarness
from tests.adapters.discord.delivery_harness import PAPERS, TOKEN, build_long_digest
from tests.composition import open_test_bot
from tests.papers import of_day, publish, subscribe
from tests.servers.discord import Discord, Shown, rights
from tests.stores import open_stores

GONE = Workspace("discord", "99", "Gone")
"""A server that took the bot away while it did not run."""
READERS = ("100", "101", "102")
READ = "GET /channels/{channel_id}/messages/{message_id}"
NAMES = "GET /channels/{channel_id}/messages/{message_id}/reactions/{emoji_name}"


@dataclass
class LiftingHarness:
    """A channel that has got its digest, and readers before it."""

    server: Discord
    stores: Stores
    dispatcher: Dispatcher
    listed: list[str]

    @property
    def digest(self) -> Shown:
        return next(shown for shown in self.server.shown(PAPERS.id) if "1." in shown.plain)

    async def lifted(self, at_least: int = 0) -> list[Shown]:
        """Send what is to be sent, until so many papers are lifted; return those messages."""
        return await self.sent("picked this paper", at_least)

    async def sent(self, words: str, at_least: int) -> list[Shown]:
        """Send what is to be sent, until so many messages hold some words; return those."""
        async with asyncio.timeout(5):
            while True:
                await self.dispatcher.dispatch_due()
                found = [shown for shown in self.server.shown(PAPERS.id) if words in shown.plain]
                if len(found) >= at_least:
                    return found
                await asyncio.sleep(0.01)

    async def exclude(self, *people: str) -> None:
        """Keep people out, as managers do, once the server is known."""
        async with asyncio.timeout(5):
            while (known := await self.stores.workspaces.get("discord", "10")) is None:
                await asyncio.sleep(0.01)
        await self.stores.workspaces.save(replace(known, blocked=people))

    async def asked(self, times: int) -> None:
        """Wait until a message was looked at so often."""
        await self.server.wait(lambda: self.looks >= times)

    @property
    def looks(self) -> int:
        """How often a message was looked at for its reactions."""
        return sum(f"{call.method} {call.route}" == READ for call in self.server.calls)

    async def react(self, emoji: str, *users: str, message: Shown | None = None, burst: bool = False) -> None:
        for user in users:
            await self.server.react(emoji, message=message or self.digest, user=user, burst=burst)


@pytest.fixture
async def lifting(server: Discord, tmp_path: Path) -> AsyncIterator[LiftingHarness]:
    for reader in READERS[1:]:
        server.person(reader, name=f"Reader {reader}", guilds=("10",))
    settings = {"discord_token": TOKEN, "discord_api_url": server.api, "discord_gateway_url": server.gateway}
    async with (
        open_stores(tmp_path, read_clock()) as stores,
        open_test_bot(PLATFORM, settings, stores, read_clock) as bot,
    ):
        await stores.workspaces.save(GONE)
        stop = asyncio.Event()
        serving = asyncio.ensure_future(bot.platforms["discord"].connect(bot.commands).serve(stop))
        await server.wait(lambda: server.identifies == 1 and server.syncs == 1)
        dispatcher = bot.jobs.dispatcher
        async with asyncio.timeout(5):
            while not server.shown(PAPERS.id):  # the bot says hello; what is below the digest is then the readers'
                await dispatcher.dispatch_due()
                await asyncio.sleep(0.01)
        day = find_newest_feed_date(read_clock()) - timedelta(days=2)
        await publish(stores, day, read_clock())
        standing = await subscribe(stores, PAPERS, "UTC", read_clock(), lift=2, number=3)
        await planner.post_now(stores, standing, read_clock(), await stores.feed_days.get_day(day), is_sample=False)
        await dispatcher.dispatch_due()
        await server.wait(lambda: any("1." in shown.plain for shown in server.shown(PAPERS.id)))
        yield LiftingHarness(server, stores, dispatcher, _ids(day))
        stop.set()
        await serving
        await bot.chats["discord"].close()


def _ids(day: date) -> list[str]:
    return [paper.id for paper in of_day(day)]


async def test_what_else_begins_with_a_session_begins_too(lifting: LiftingHarness) -> None:
    """The line as the program joins it: reactions are not the only ones that listen for a shard."""
    async with asyncio.timeout(5):
        while not ((gone := await lifting.stores.workspaces.get("discord", GONE.id)) and gone.left_at):
            await asyncio.sleep(0.01)


async def test_two_readers_lift_a_paper_into_a_thread_of_its_own(lifting: LiftingHarness) -> None:
    await lifting.server.react("2️⃣", message=lifting.digest, user="100")
    await lifting.asked(1)
    assert await lifting.lifted() == []
    await lifting.server.react("2️⃣", message=lifting.digest, user="101")
    await lifting.asked(2)
    (post,) = await lifting.lifted(1)
    assert "2 readers picked this paper" in post.plain
    assert lifting.listed[1] in str(post.components)
    assert post.pings == ()
    (thread,) = lifting.server.threads(PAPERS.id)
    assert f"We propose {lifting.listed[1]}." in lifting.server.shown(thread.id)[0].plain


async def test_the_reaction_that_the_digest_tells_of_lifts_a_paper(lifting: LiftingHarness) -> None:
    told = re.search(r"such as (\S+): picked by 2 readers", lifting.digest.plain)
    assert told
    await lifting.react(told[1], "100", "101")
    (post,) = await lifting.lifted(1)
    assert lifting.listed[0] in str(post.components)


async def test_a_paper_is_lifted_into_a_forum(lifting: LiftingHarness) -> None:
    tags = (("1", "Papers"), ("2", "Research"))
    forum = await lifting.server.create_channel("40", guild="10", name="reading", kind="forum", tags=tags)
    forum.moderated = ("1",)
    await lifting.server.allow(forum.id, rights.ALL & ~rights.MANAGE_THREADS)
    standing = await lifting.stores.channels.get_or_create(PAPERS, read_clock())
    await lifting.stores.channels.save_preferences(PAPERS, replace(standing.preferences, into="40"), None)
    await lifting.react("2️⃣", "100", "101")
    async with asyncio.timeout(5):
        while not (posts := lifting.server.threads("40")):
            await lifting.dispatcher.dispatch_due()
            await asyncio.sleep(0.01)
    assert posts[0].tags == ("2",), "the other is for moderators"
    (starter,) = lifting.server.shown(posts[0].id)
    assert "picked by 2 readers of #papers" in starter.plain
    assert f"We propose {lifting.listed[1]}." in starter.plain
    assert await lifting.lifted() == []


async def test_a_reaction_that_was_taken_back_does_not_count(lifting: LiftingHarness) -> None:
    await lifting.server.react("1️⃣", message=lifting.digest, user="100")
    await lifting.server.unreact("1️⃣", message=lifting.digest, user="100")
    await lifting.server.react("1️⃣", message=lifting.digest, user="101")
    await lifting.asked(2)
    assert await lifting.lifted() == []


async def test_other_emojis_and_other_channels_ask_nothing(lifting: LiftingHarness) -> None:
    await lifting.server.react("👍", message=lifting.digest, user="100")
    standing = await lifting.stores.channels.get(PAPERS)
    assert standing
    await lifting.server.react("3️⃣", message=lifting.digest, user="100")
    await lifting.asked(1)
    assert lifting.looks == 1


async def test_too_few_ask_nobodys_name(lifting: LiftingHarness) -> None:
    await lifting.react("1️⃣", "100")
    await lifting.asked(1)
    assert not [call for call in lifting.server.calls if "/reactions/" in call.path]


async def test_a_reaction_to_any_part_of_a_digest_counts(lifting: LiftingHarness) -> None:
    await lifting.stores.ledger.add(
        [Draft(DeliveryKey(PAPERS, "digest", "2026-01-01"), build_long_digest())], read_clock()
    )
    (second,) = await lifting.sent("7. Paper 7", 1)
    assert "1. Paper 1\n" not in second.plain
    for number in range(120):
        lifting.server.say(f"Nice, #{number}", PAPERS.id, "100")
    await lifting.react("7️⃣", "100", "101", message=second)
    assert "Paper 7" in (await lifting.lifted(1))[0].plain


async def test_what_others_wrote_lifts_nothing(lifting: LiftingHarness) -> None:
    theirs = lifting.server.say("Hello", PAPERS.id, "100")
    await lifting.react("1️⃣", "100", "101", message=theirs)
    await lifting.asked(2)
    assert not [call for call in lifting.server.calls if "/reactions/" in call.path]


async def test_neither_bots_nor_whom_the_managers_keep_out_count(lifting: LiftingHarness) -> None:
    await lifting.exclude("102")
    lifting.server.reactions[lifting.digest.id] = {"1️⃣": [lifting.server.app.user, "102", "100"]}
    await lifting.react("1️⃣", "101")
    assert "2 readers picked this paper" in (await lifting.lifted(1))[0].plain, "and not 3"


async def test_a_super_reaction_counts_once_for_each(lifting: LiftingHarness) -> None:
    await lifting.react("1️⃣", "100", burst=True)
    await lifting.react("1️⃣", "100")
    await lifting.asked(2)
    assert await lifting.lifted() == []
    await lifting.react("1️⃣", "101", burst=True)
    assert "2 readers picked this paper" in (await lifting.lifted(1))[0].plain


async def test_more_than_discord_names_at_once_are_all_counted(lifting: LiftingHarness) -> None:
    bots = [str(number) for number in range(1000, 1099)]
    for one in (*bots, "1100"):
        lifting.server.person(one, name=f"Reader {one}", guilds=("10",))
    await lifting.exclude(*bots)
    lifting.server.reactions[lifting.digest.id] = {"1️⃣": [*READERS[:1], *bots]}
    await lifting.react("1️⃣", "1100")
    assert "2 readers picked this paper" in (await lifting.lifted(1))[0].plain


async def test_a_count_that_fails_is_made_again(lifting: LiftingHarness, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reactions, "_RETRY_SECONDS", (0.01,))
    lifting.server.fail(NAMES, status=503)
    await lifting.react("1️⃣", "100", "101")
    assert "2 readers picked this paper" in (await lifting.lifted(1))[0].plain


async def test_reactions_that_nobody_was_there_to_see_are_counted_later(offline: BotHarness) -> None:
    offline.server.person("101", name="Bo", guilds=("10",))
    async with offline.run_bot():
        await offline.type("papers-setup digest on", {"start": "next"}, user="90")
        await offline.type("papers-setup settings", {"lift": 2}, user="90")
        digest = await offline.digest()
    offline.server.reactions[digest.id] = {"1️⃣": ["100"], "2️⃣": ["100", "101"], "👍": ["100", "101"]}
    async with offline.run_bot():
        async with asyncio.timeout(5):
            while len(shown := await offline.post()) == 1:
                await asyncio.sleep(0.01)
    assert "2 readers picked this paper" in shown[-1].plain
    assert len(shown) == 2
