"""Messages from the ledger to Discord: the real dispatcher and store, discord.py as it is, Discord on loopback."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from adapters.discord.delivery.chat import ChannelStyle
from bot.cards.models import Card
from bot.delivery.dispatcher import LEASE, Dispatcher
from bot.domain.channels import Channel
from bot.domain.deliveries import LOOKUP_DELAY, DeliveryKey, DeliveryState, Operation
from bot.ports.deliveries import Draft
from bot.ports.stores import Stores
from bot.ports.workspaces import Workspace
from bot.reasons.reason import Reason
from tests.adapters.discord.delivery_harness import (
    DIRECT,
    EDIT,
    FORUM,
    PAPERS,
    POST,
    START,
    build_chat,
    build_digest,
    build_long_digest,
    list_calls,
    open_rest_client,
)
from tests.servers.discord import Discord
from tests.stores import open_stores

BELOW = "POST /channels/{channel_id}/messages/{message_id}/threads"
BARE = replace(PAPERS, name="")
PAPERS_IN_LONG = [f"Paper {number}" for number in range(1, 19)]


@dataclass
class PostingHarness:
    """A dispatcher with the real ledger, and Discord at its other end; both have one clock."""

    server: Discord
    stores: Stores
    dispatcher: Dispatcher

    def clock(self) -> datetime:
        return datetime.fromtimestamp(self.server.clock.now(), UTC)

    def later(self, **span: float) -> None:
        self.server.later(timedelta(**span).total_seconds())

    async def settle(self, rounds: int = 6) -> None:
        """Let the ledger do all it can in some minutes."""
        for _ in range(rounds):
            await self.dispatcher.dispatch_due()
            self.later(minutes=1)
            await self.dispatcher.expire_overdue()
            await self.dispatcher.resolve_uncertain()

    async def crash(self, route: str, **how: Any) -> None:
        """Begin to deliver and end as a killed process does, while Discord does not answer a request of *route*."""
        never = asyncio.Event()
        fault = self.server.fail(route, until=never, **how)
        pumping = asyncio.create_task(self.dispatcher.dispatch_due())
        await self.server.wait(lambda: fault.times == 0)
        pumping.cancel()
        with suppress(asyncio.CancelledError):
            await pumping
        never.set()
        self.later(seconds=LEASE.total_seconds() + 1)

    async def record(self, *keys: DeliveryKey, parent: DeliveryKey | None = None, card: Card | None = None) -> None:
        drafts = [Draft(key, card or Card(text="Hello"), parent=parent) for key in keys]
        await self.stores.ledger.add(drafts, self.clock())

    async def state(self, key: DeliveryKey) -> DeliveryState:
        found = await self.stores.ledger.find_by_key(key)
        assert found
        return found.state

    async def retired(self, channel: Channel = PAPERS) -> Reason | None:
        return (await self.stores.channels.get_or_create(channel, self.clock())).retired_reason

    def texts(self, channel: str = "20") -> list[str]:
        """Return what messages say, without the role that they ping."""
        return [shown.content.removeprefix("<@&30>\n").splitlines()[0] for shown in self.server.shown(channel)]

    def titles(self, channel: str = "20") -> list[str]:
        every = (text for shown in self.server.shown(channel) for _, text in shown.links)
        return [text for text in every if text.startswith("Paper ")]


@pytest.fixture
async def posting(server: Discord, tmp_path: Path) -> AsyncIterator[PostingHarness]:
    started = datetime.fromtimestamp(server.clock.now(), UTC)
    async with open_stores(tmp_path, started) as stores, open_rest_client(server) as rest:
        server.channel("40", name="reading", kind="forum", tags=(("2", "Papers"),))
        for channel in (PAPERS, FORUM, DIRECT):
            await stores.channels.get_or_create(channel, started)
        await stores.workspaces.save(Workspace("discord", "10", managers=("100",)))
        chat = build_chat(rest, ChannelStyle(role="30", tags=({"id": "2", "name": "Papers"},)))
        posting = PostingHarness(server, stores, None)  # type: ignore[arg-type]
        posting.dispatcher = Dispatcher(stores, {"discord": chat}, posting.clock)
        server.role("30", mentionable=True)
        yield posting


def key(part: int = 0, operation: Operation = "post", channel: Channel = BARE, kind: str = "digest") -> DeliveryKey:
    return DeliveryKey(replace(channel, name=""), kind, "2026-11-24", part, operation)


# -- whole digests -----------------------------------------------------------------------------------------------------


async def test_a_digest_with_its_entries(posting: PostingHarness) -> None:
    await posting.record(key(), card=build_digest(3))
    for part in (1, 2, 3):
        await posting.record(key(part, "reply"), parent=key(), card=Card(text=f"Entry {part}"))
    await posting.settle(2)
    (digest,) = posting.server.shown("20")
    assert digest.pings == ("&30",)
    assert sorted(posting.texts(digest.id)) == ["Entry 1", "Entry 2", "Entry 3"]
    assert len(posting.server.threads("20")) == 1


async def test_a_digest_of_a_forum(posting: PostingHarness) -> None:
    card = build_digest(4)
    for part, item in enumerate(card.items):
        await posting.record(key(part, channel=FORUM), card=replace(card, items=(item,)))
    await posting.settle(2)
    threads = posting.server.threads("40")
    assert sorted(thread.name for thread in threads) == [f"Paper {number}" for number in range(1, 5)]
    assert {thread.tags for thread in threads} == {("2",)}


@pytest.mark.parametrize("which", [1, 2])
@pytest.mark.parametrize("done", [False, True], ids=["not done", "done"])
async def test_a_digest_that_a_crash_cut_in_two_goes_on(posting: PostingHarness, which: int, *, done: bool) -> None:
    await posting.record(key(), card=build_long_digest())
    await posting.crash(
        POST, drop="after" if done else "before", where=lambda _: len(posting.server.shown("20")) == which
    )
    await posting.settle(3)
    assert posting.titles() == PAPERS_IN_LONG
    assert await posting.state(key()) is DeliveryState.SENT
    assert [shown.pings for shown in posting.server.shown("20")] == [("&30",), (), ()]


@pytest.mark.parametrize("done", [False, True], ids=["not done", "done"])
async def test_a_forum_post_that_a_crash_cut_off_is_there_once(posting: PostingHarness, *, done: bool) -> None:
    one = key(channel=FORUM)
    await posting.record(one, card=build_digest(1))
    await posting.crash(START, drop="after" if done else "before")
    await posting.settle(3)
    (thread,) = posting.server.threads("40")
    found = await posting.stores.ledger.find_by_key(one)
    assert found
    assert found.message_id == thread.id


@pytest.mark.parametrize("route", [BELOW, POST])
async def test_an_entry_that_a_crash_cut_off_is_there_once(posting: PostingHarness, route: str) -> None:
    entry = key(1, "reply")
    await posting.record(key())
    await posting.settle(1)
    await posting.record(entry, parent=key(), card=Card(text="Below"))
    await posting.crash(route, drop="after")
    await posting.settle(3)
    (thread,) = posting.server.threads("20")
    assert posting.texts(thread.id) == ["Below"]
    assert await posting.state(entry) is DeliveryState.SENT


# -- lost answers ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "fault",
    [
        {"drop": "after"},
        {"drop": "before"},
        {"status": 503},
        {"status": 503, "accepted": True},
        {"status": 429, "retry_after": 45},
        {"status": 429, "body": "<html>not so fast</html>", "times": 1},
        {"code": 20016},
    ],
    ids=str,
)
@pytest.mark.parametrize("where", [BARE, DIRECT, FORUM], ids=lambda channel: channel.kind.value)
async def test_whatever_is_lost_there_is_one_message_in_the_end(
    posting: PostingHarness, fault: dict[str, Any], where: Channel
) -> None:
    posting.dispatcher.chats["discord"]._rest._rate_limiter._clock = posting.server.clock.now  # type: ignore[attr-defined]
    one = key(channel=where)
    await posting.record(one, card=build_digest(1))
    posting.server.fail(START if where is FORUM else POST, **{"times": 2, **fault})
    await posting.settle(20)
    assert await posting.state(one) is DeliveryState.SENT
    shown = posting.server.direct("100") if where is DIRECT else posting.server.shown("20")
    assert len(posting.server.threads("40") if where is FORUM else shown) == 1


async def test_a_lost_answer_is_settled_by_looking_and_not_by_sending(posting: PostingHarness) -> None:
    await posting.record(key())
    posting.server.fail(POST, drop="after")
    await posting.dispatcher.dispatch_due()
    assert await posting.state(key()) is DeliveryState.UNCERTAIN
    posting.later(seconds=LOOKUP_DELAY.total_seconds())
    await posting.dispatcher.resolve_uncertain()
    assert await posting.state(key()) is DeliveryState.SENT
    assert list_calls(posting.server) == [POST, "GET /channels/{channel_id}/messages"]


# -- edits -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["deleted", 10008, 50005, 50083])
async def test_an_edit_that_is_refused_loses_nothing(posting: PostingHarness, how: str | int) -> None:
    edit = key(1, "edit")
    await posting.record(key())
    await posting.dispatcher.dispatch_due()
    await posting.record(edit, parent=key(), card=Card(text="Newer"))
    if how == "deleted":
        posting.server.drop(posting.server.shown("20")[0])
    else:
        posting.server.fail(EDIT, code=how, times=9)
    await posting.settle()
    assert await posting.state(edit) is DeliveryState.DEAD
    assert await posting.retired() is None
    assert posting.texts() == ([] if how == "deleted" else ["Hello"])


@pytest.mark.parametrize("fault", [{"drop": "after"}, {"status": 503}, {"drop": "before"}], ids=str)
async def test_an_edit_whose_answer_was_lost_is_done_again(posting: PostingHarness, fault: dict[str, Any]) -> None:
    edit = key(1, "edit")
    await posting.record(key())
    await posting.dispatcher.dispatch_due()
    await posting.record(edit, parent=key(), card=Card(text="Newer"))
    posting.server.fail(EDIT, **fault)
    await posting.settle()
    assert await posting.state(edit) is DeliveryState.SENT
    assert ["Newer" in shown.content for shown in posting.server.shown("20")] == [True]


# -- channels that are gone --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", [10003, 50001, 50013])
async def test_a_channel_that_is_gone_is_asked_once_retired_once_and_reported_once(
    posting: PostingHarness, code: int
) -> None:
    for number in range(4):
        await posting.record(key(kind=f"word{number}"))
    posting.server.fail(POST, code=code, times=99, where=lambda call: call.path.startswith("/channels/20/"))
    await posting.settle()
    assert list_calls(posting.server) == [POST, "POST /users/@me/channels", POST]
    reason = await posting.retired()
    assert reason
    (notice,) = posting.server.direct("100")
    assert str(reason) in notice.plain
    assert str(code) not in notice.plain


async def test_a_forum_that_requires_another_tag_is_reported_with_what_to_do(posting: PostingHarness) -> None:
    posting.server.channel("40", name="reading", kind="forum", tags=(("2", "Papers"),), requires_tag=True)
    posting.server.fail(START, code=40067, times=9)
    for part in range(3):
        await posting.record(key(part, channel=FORUM), card=build_digest(1))
    await posting.settle()
    assert "“Papers”" in str(await posting.retired(FORUM))
    (notice,) = posting.server.direct("100")
    assert "make one there that is named “Papers”" in notice.plain


async def test_closed_direct_messages_end_nothing_else(posting: PostingHarness) -> None:
    posting.server.person("100", dms=False)
    await posting.record(key(channel=DIRECT), key(1, channel=DIRECT), key())
    await posting.settle()
    assert await posting.retired(DIRECT)
    assert await posting.retired() is None
    assert posting.texts() == ["Hello"]
    assert list_calls(posting.server).count(POST) <= 3


async def test_a_server_that_is_gone_is_asked_once(posting: PostingHarness) -> None:
    others = [Channel("discord", "10", f"5{number}") for number in range(3)]
    for other in others:
        await posting.stores.channels.get_or_create(other, posting.clock())
    await posting.record(key())
    posting.server.fail(POST, code=10004, times=99)
    await posting.settle(1)
    await posting.record(*(key(channel=other) for other in others))
    await posting.settle()
    assert len(posting.server.calls) == 1
    assert all([await posting.retired(other) for other in others])


@pytest.mark.long
async def test_many_channels_are_served_within_the_real_limit(posting: PostingHarness) -> None:
    posting.server.most_a_second = 50
    posting.server.limits(POST, 5, 5)
    posting.server.fail(POST, delay=0.15, times=100)
    channels = [Channel("discord", "10", str(number)) for number in range(100, 200)]
    for channel in channels:
        posting.server.channel(channel.id)
    await posting.record(*(key(channel=channel) for channel in channels))
    await posting.dispatcher.dispatch_due()
    assert {len(posting.server.shown(channel.id)) for channel in channels} == {1}
    refused = [call for call in posting.server.calls if call.status == 429]
    assert len(refused) <= 10, "only what a busy machine sent late came too close to the next"
    # One after another they would take 15 seconds; the limit wants 2.
    assert 1.9 < posting.server.calls[-1].at - posting.server.calls[0].at < 8
