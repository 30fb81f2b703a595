"""Servers that take the bot in, throw it out, are away for a while and change hands, and what a new session repeats."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from gettext import NullTranslations

import pytest

from adapters.discord.api.error_codes import CHANNEL_ERRORS
from adapters.discord.events import guilds
from adapters.discord.events.guilds import REMOVED_REASON
from bot.domain.channels import Channel
from bot.i18n import translation
from bot.ports.workspaces import Workspace
from bot.reasons.reason import Reason, to_reason
from tests.adapters.discord.bot_harness import PAPERS_CHANNEL, BotHarness, list_labels
from tests.adapters.discord.event_waits import (
    subscribe,
    wait_for_direct_messages,
    wait_for_messages,
    wait_until,
    wait_until_recorded,
    wait_until_retired,
)
from tests.servers.discord import rights

HELLO = "Broadsheet posts the day’s most upvoted papers here"
AWAY = Reason("workspace.unavailable", why=REMOVED_REASON)

# -- coming and going --------------------------------------------------------------------------------------------------


async def test_whoever_takes_the_bot_in_is_greeted_once(subscribed: BotHarness) -> None:
    subscribed.server.places["40"].name = "general"
    await subscribed.server.join("11", name="Elsewhere", owner="190", system="40")
    (hello,) = await wait_for_messages(subscribed, "40")
    assert HELLO in hello.plain
    assert hello.pings == ()
    known = await subscribed.stores.workspaces.get("discord", "11")
    assert known
    assert (known.name, known.managers, known.left_at) == ("Elsewhere", ("190",), None)


async def test_the_system_channel_is_greeted_though_another_stands_before_it(subscribed: BotHarness) -> None:
    subscribed.server.channel("39", guild="11", name="rules")
    subscribed.server.channel("41", guild="11", name="later")
    await subscribed.server.join("11", name="Elsewhere", owner="190", system="40")
    (hello,) = await wait_for_messages(subscribed, "40")
    assert HELLO in hello.plain
    assert subscribed.server.shown("39") == subscribed.server.shown("41") == []


async def test_without_a_system_channel_the_first_that_can_be_written_to_is_greeted(subscribed: BotHarness) -> None:
    subscribed.server.channel("39", guild="11", name="rules", permissions=rights.ALL & ~rights.SEND)
    await subscribed.server.join("11", name="Elsewhere", owner="190", system="39")
    (hello,) = await wait_for_messages(subscribed, "40")
    assert HELLO in hello.plain
    assert subscribed.server.shown("39") == []


async def test_where_nothing_can_be_written_to_the_owner_is_greeted(subscribed: BotHarness) -> None:
    subscribed.server.person("190", name="Otto", guilds=("11",))
    subscribed.server.places["40"].permissions = rights.ALL & ~rights.SEND
    await subscribed.server.join("11", name="Elsewhere", owner="190")

    async def check() -> bool:
        await subscribed.post()
        return bool(subscribed.server.direct("190"))

    await wait_until(check)
    (hello,) = subscribed.server.direct("190")
    assert "Broadsheet" in hello.plain


async def test_a_server_that_was_left_is_kept_and_comes_back(subscribed: BotHarness) -> None:
    await subscribed.server.leave("10")
    await wait_until_retired(subscribed, AWAY)
    left = await subscribed.stores.workspaces.get("discord", "10")
    assert left
    assert left.left_at == subscribed.now
    await subscribed.server.join("10")
    await wait_until_retired(subscribed, None)
    assert (await subscribed.preferences()).on


async def test_whoever_invites_the_bot_anew_with_what_it_lacked_gets_digests_again(subscribed: BotHarness) -> None:
    """Not only where it says hello."""
    lacked, room = CHANNEL_ERRORS[50013], replace(PAPERS_CHANNEL, id="22", name="video-diffusion")
    await subscribe(subscribed, room)
    await subscribed.stores.channels.retire(room, lacked)
    await subscribed.server.leave("10")

    async def left() -> bool:
        known = await subscribed.stores.workspaces.get("discord", "10")
        return known is not None and known.left_at is not None

    await wait_until(left)
    assert await subscribed.retired(room) == lacked
    await subscribed.server.join("10")
    await wait_until_retired(subscribed, None, room)


async def test_a_role_that_was_deleted_while_nobody_listened_is_mentioned_no_more_and_its_owner_is_told_once(
    offline: BotHarness,
) -> None:
    offline.server.role("30", name="readers")
    kept = replace(PAPERS_CHANNEL, id="22", name="video-diffusion")
    await subscribe(offline, mention="31")
    await subscribe(offline, kept, mention="30")
    for _ in range(2):
        async with offline.run_bot():
            (said,) = await wait_for_direct_messages(offline, "90")
            assert "The role that digests in #papers mentioned was deleted" in said
            assert (await offline.preferences()).mention == ""
            assert (await offline.preferences(kept)).mention == "30"


async def test_what_happened_meanwhile_is_made_good_at_the_start(offline: BotHarness) -> None:
    await subscribe(offline)
    offline.server.guilds["10"].present = False
    offline.server.guilds["11"].present = True
    async with offline.run_bot():
        await wait_until_retired(offline, AWAY)
        (hello,) = await wait_for_messages(offline, "40")
        assert HELLO in hello.plain


async def test_an_outage_is_no_farewell(subscribed: BotHarness, caplog: pytest.LogCaptureFixture) -> None:
    await subscribed.server.outage("10")
    await subscribed.server.wait(lambda: subscribed.context.client.get_guild(10) is not None)
    await subscribed.server.outage("10", over=True)
    await subscribed.server.rename("20", "news")

    async def check() -> bool:
        return (
            await subscribed.stores.channels.get_or_create(replace(PAPERS_CHANNEL, name=""), subscribed.now)
        ).channel.name == "news"

    await wait_until(check)
    assert await subscribed.retired() is None
    assert await subscribed.post() == [], "nobody is greeted anew"


async def test_a_server_that_is_told_of_late_is_greeted_then(offline: BotHarness) -> None:
    await subscribe(offline)
    offline.server.guilds["11"].present, offline.server.guilds["11"].available = True, False
    async with offline.run_bot():
        await wait_until_recorded(offline)
        assert await offline.stores.workspaces.get("discord", "11") is None
        await offline.server.outage("11", over=True)
        (hello,) = await wait_for_messages(offline, "40")
        assert HELLO in hello.plain
        known = await offline.stores.workspaces.get("discord", "11")
        assert known
        assert (known.name, known.managers) == ("Elsewhere", ("190",))
    assert offline.server.direct("190") == []


async def test_a_server_that_is_out_of_reach_at_the_start_stays_as_it_was_and_goes_on_when_it_is_back(
    offline: BotHarness,
) -> None:
    await subscribe(offline)
    await offline.stores.workspaces.save(Workspace("discord", "10", "Lab", managers=("90",)))
    await offline.stores.channels.retire(PAPERS_CHANNEL, to_reason("Broadsheet may not post there"))
    offline.server.guilds["10"].available = False
    async with offline.run_bot():
        await offline.server.join("11")
        await wait_for_messages(offline, "40")
        assert await offline.stores.workspaces.get("discord", "10") == Workspace(
            "discord", "10", "Lab", managers=("90",)
        )
        assert str(await offline.retired()) == "Broadsheet may not post there"
        await offline.server.outage("10", over=True)
        await wait_until_retired(offline, None)


class Marked(NullTranslations):
    """Sentences that tell in which language they were said."""

    def __init__(self, code: str) -> None:
        super().__init__()
        self.code = code

    def gettext(self, message: str) -> str:
        return f"{self.code}: {message}"


async def test_a_greeting_is_in_the_language_of_the_server(
    subscribed: BotHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(translation, "_load_catalogue", Marked)
    await subscribed.server.join("11", name="Anderswo", owner="190", system="40", locale="de")
    (hello,) = await wait_for_messages(subscribed, "40")
    assert hello.plain.startswith(f"de: {HELLO}")
    assert list_labels(hello) == ["de: Start the digest", "de: Today’s papers"]


async def test_whoever_hands_a_server_over_manages_it_no_more(subscribed: BotHarness) -> None:
    await managed(subscribed, "90")
    await subscribed.server.transfer("10", owner="91")
    await managed(subscribed, "91")


async def test_a_server_that_changed_hands_meanwhile_is_managed_by_its_new_owner(offline: BotHarness) -> None:
    await offline.stores.workspaces.save(Workspace("discord", "10", "Lab", managers=("90",), limits={"follows": 3}))
    offline.server.guilds["10"].owner = "91"
    async with offline.run_bot():
        await managed(offline, "91")
        known = await offline.stores.workspaces.get("discord", "10")
        assert known
        assert known.limits == {"follows": 3}


async def managed(harness: BotHarness, *owners: str) -> None:
    """Wait until a server is managed by some people and nobody else."""

    async def check() -> bool:
        known = await harness.stores.workspaces.get("discord", "10")
        return known is not None and known.managers == owners

    await wait_until(check)


# -- the gateway -------------------------------------------------------------------------------------------------------


async def test_a_session_that_goes_on_repeats_nothing(subscribed: BotHarness) -> None:
    await subscribed.server.reconnect()
    await subscribed.server.wait(lambda: subscribed.server.resumes == 1)
    assert (subscribed.server.identifies, subscribed.server.syncs) == (1, 1)
    assert await subscribed.type("papers today")
    assert await subscribed.post() == []


@pytest.mark.parametrize("resumable", [True, False])
async def test_a_session_that_is_over_begins_anew_without_repeated_work(
    subscribed: BotHarness, *, resumable: bool
) -> None:
    await subscribed.server.invalidate(resumable=resumable)
    await subscribed.server.wait(
        lambda: subscribed.server.identifies + subscribed.server.resumes == 2 and subscribed.server.ready, 15
    )
    assert await subscribed.type("papers today"), "it is answered once"
    assert len(subscribed.server.private) == 1
    assert subscribed.server.syncs == 1
    assert await subscribed.post() == [], "nobody is greeted anew"


async def test_a_lost_line_is_one_line_of_the_log(subscribed: BotHarness, caplog: pytest.LogCaptureFixture) -> None:
    subscribed.excused.append("Attempting a reconnect for shard ID 0")
    subscribed.server.away = True
    await subscribed.server.hang_up()
    told = await subscribed.server.wait(lambda: [one for one in caplog.records if one.name.startswith("discord.")], 15)
    subscribed.server.away = False
    assert re.search(r"in [\d.]+s \(WSServerHandshakeError: 503, .+\)$", told[0].getMessage())
    assert told[0].exc_info is None
    await subscribed.server.wait(lambda: subscribed.server.ready, 15)


async def test_a_second_ready_changes_nothing(subscribed: BotHarness) -> None:
    for _ in range(2):
        await guilds.reconcile_guilds(subscribed.context, 0)
    assert await subscribed.post() == []
    assert await subscribed.retired() is None


async def test_a_server_that_was_left_while_the_session_was_lost_gets_nothing_more(subscribed: BotHarness) -> None:
    subscribed.server.guilds["10"].present = False
    await subscribed.server.invalidate()
    await wait_until_retired(subscribed, AWAY)
    subscribed.server.guilds["10"].present = True
    await subscribed.server.invalidate()
    await wait_until_retired(subscribed, None)


# -- shards ------------------------------------------------------------------------------------------------------------

FAR = str(1 << 22)
"""A server of the second of two shards: https://docs.discord.com/developers/events/gateway#sharding."""


@pytest.fixture
async def sharded(offline: BotHarness) -> AsyncIterator[BotHarness]:
    """A bot with two shards, each with a server that is new; the one that is known has thrown it out."""
    offline.server.shards = 2
    offline.server.guilds["11"].present = True
    offline.server.guild(FAR, name="Far", owner="190", system="50")
    offline.server.channel("50", guild=FAR, name="far")
    for gone in ("12", str(int(FAR) + 1)):
        await offline.stores.workspaces.save(Workspace("discord", gone, "Gone"))
    await subscribe(offline)
    async with offline.run_bot():
        yield offline


async def test_each_shard_makes_good_for_its_own_servers_once(sharded: BotHarness) -> None:
    for channel in ("40", "50"):
        (hello,) = await wait_for_messages(sharded, channel)
        assert HELLO in hello.plain

    async def check() -> bool:
        return [one.id for one in await sharded.stores.workspaces.list_for_platform("discord")] == ["10", "11", FAR]

    await wait_until(check)
    assert (sharded.server.identifies, sharded.server.syncs) == (2, 1)


async def test_a_shard_s_beginning_says_nothing_of_servers_that_another_shard_tells_of(sharded: BotHarness) -> None:
    await wait_for_messages(sharded, "50")
    late = str(int(FAR) + 2)
    await sharded.stores.workspaces.save(Workspace("discord", late, "Late"))

    async def known() -> bool:
        return late in [one.id for one in await sharded.stores.workspaces.list_for_platform("discord")]

    await guilds.reconcile_guilds(sharded.context, 0)
    assert await known()
    await guilds.reconcile_guilds(sharded.context, 1)
    assert not await known()


async def test_what_happens_in_both_shards_is_heard(sharded: BotHarness) -> None:
    far = Channel("discord", FAR, "50", name="far")
    await subscribe(sharded, far)
    await sharded.server.drop_channel("50")
    await wait_until_retired(sharded, Reason("channel.deleted"), far)
    await sharded.server.drop_channel("20")
    await wait_until_retired(sharded, Reason("channel.deleted"))


async def test_a_shard_that_begins_anew_repeats_nothing_and_says_nothing_of_the_others(sharded: BotHarness) -> None:
    await wait_for_messages(sharded, "50")
    sharded.server.guilds[FAR].present = False
    await sharded.server.invalidate(shard=1)

    async def check() -> bool:
        return [one.id for one in await sharded.stores.workspaces.list_for_platform("discord")] == ["10", "11"]

    await wait_until(check)
    await sharded.server.wait(lambda: sharded.server.identifies == 3 and sharded.server.ready)
    assert await sharded.type("papers today")
    assert len(await sharded.post("40")) == len(await sharded.post("50")) == 1, "nobody is greeted anew"
    assert sharded.server.syncs == 1
