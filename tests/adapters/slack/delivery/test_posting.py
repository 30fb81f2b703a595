"""Messages from the ledger to Slack: the real dispatcher, the real store, the real SDK, Slack on loopback."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from adapters.slack.delivery.chat import SlackChat
from bot.cards.models import Card
from bot.delivery.dispatcher import Dispatcher
from bot.domain.channels import Channel
from bot.domain.deliveries import LOOKUP_DELAY, DeliveryKey, DeliveryState, Operation
from bot.ports.deliveries import Draft
from bot.ports.stores import Stores
from bot.ports.workspaces import Workspace
from bot.reasons.reason import Reason
from tests.adapters.slack.delivery_harness import PAPERS, MemoryTokens, open_client
from tests.fakes import FakeMonotonic, MemoryButtonPayloads
from tests.servers.slack import Slack
from tests.stores import open_stores


@dataclass
class Clock:
    """The moment, which tests move; Slack's clock starts with it."""

    now: datetime

    def __call__(self) -> datetime:
        return self.now


@dataclass
class PostingHarness:
    """A dispatcher with the real ledger, and Slack at its other end."""

    server: Slack
    stores: Stores
    clock: Clock
    ticks: FakeMonotonic
    dispatcher: Dispatcher

    def later(self, **span: float) -> None:
        self.clock.now += timedelta(**span)
        self.ticks.now += timedelta(**span).total_seconds()

    async def settle(self, rounds: int = 6) -> None:
        """Let the ledger do all it can in some minutes."""
        for _ in range(rounds):
            await self.dispatcher.dispatch_due()
            self.later(minutes=1)
            await self.dispatcher.expire_overdue()
            await self.dispatcher.resolve_uncertain()

    async def record(self, *keys: DeliveryKey, parent: DeliveryKey | None = None, text: str = "Hello") -> None:
        await self.stores.ledger.add([Draft(key, Card(text=text), parent=parent) for key in keys], self.clock.now)

    async def state(self, key: DeliveryKey) -> DeliveryState:
        found = await self.stores.ledger.find_by_key(key)
        assert found
        return found.state

    async def retired(self, channel: Channel = PAPERS) -> Reason | None:
        return (await self.stores.channels.get_or_create(channel, self.clock.now)).retired_reason


@pytest.fixture
async def posting(server: Slack, tmp_path: Path) -> AsyncIterator[PostingHarness]:
    clock, ticks = Clock(datetime.fromtimestamp(server.clock.now(), UTC)), FakeMonotonic()
    async with open_stores(tmp_path, clock.now) as stores, open_client(server.url, ticks=ticks) as clients:
        await stores.channels.get_or_create(PAPERS, clock.now)
        await stores.workspaces.save(Workspace("slack", "T1", managers=("U1",)))
        yield PostingHarness(
            server,
            stores,
            clock,
            ticks,
            Dispatcher(stores, {"slack": SlackChat(clients, MemoryButtonPayloads())}, clock),
        )


def key(subject: str = "2026-11-24", operation: Operation = "post", part: int = 0, channel: str = "C1") -> DeliveryKey:
    return DeliveryKey(replace(PAPERS, id=channel, name=""), "digest", subject, part, operation)


@pytest.mark.parametrize(
    "fault",
    [{"drop": "after"}, {"drop": "before"}, {"status": 500}, {"error": "fatal_error"}, {"retry_after": 30}],
    ids=str,
)
@pytest.mark.parametrize("times", [1, 3])
async def test_whatever_is_lost_there_is_one_message_in_the_end(
    posting: PostingHarness, fault: dict[str, Any], times: int
) -> None:
    await posting.record(key())
    posting.server.fail("chat.postMessage", times=times, **fault)
    await posting.settle(8)
    assert await posting.state(key()) is DeliveryState.SENT
    assert [shown.plain for shown in posting.server.shown("C1")] == ["Hello"]


async def test_a_lost_answer_is_settled_by_looking_and_not_by_sending(posting: PostingHarness) -> None:
    await posting.record(key())
    posting.server.fail("chat.postMessage", drop="after")
    await posting.dispatcher.dispatch_due()
    assert await posting.state(key()) is DeliveryState.UNCERTAIN
    posting.later(seconds=LOOKUP_DELAY.total_seconds())
    await posting.dispatcher.resolve_uncertain()
    assert await posting.state(key()) is DeliveryState.SENT
    assert [call.method for call in posting.server.calls] == ["chat.postMessage", "conversations.history"]


@pytest.mark.parametrize("lines", [65, 500])
async def test_in_a_busy_channel_a_lost_answer_doubles_nothing(posting: PostingHarness, lines: int) -> None:
    await posting.record(key())
    posting.server.fail("chat.postMessage", drop="after")
    await posting.dispatcher.dispatch_due()
    for number in range(lines):
        posting.server.say(f"Nice, #{number}", "C1", "U1")
    await posting.settle()
    assert await posting.state(key()) is DeliveryState.SENT
    assert [shown.plain for shown in posting.server.shown("C1") if shown.user == "UBOT"] == ["Hello"]


async def test_a_reply_whose_answer_was_lost_is_looked_up_in_its_thread(posting: PostingHarness) -> None:
    below = key(operation="reply", part=1)
    await posting.record(key())
    await posting.record(below, parent=key(), text="Below")
    posting.server.fail("chat.postMessage", drop="after", where=lambda arguments: "thread_ts" in arguments)
    await posting.settle()
    parent, reply = posting.server.shown("C1")
    assert (reply.thread, reply.plain) == (parent.ts, "Below")
    assert await posting.state(below) is DeliveryState.SENT


async def test_a_pause_holds_one_workspace(posting: PostingHarness) -> None:
    posting.server.team("T2")
    posting.server.bot("T2", token="xoxb-2", user="UBOT2")
    posting.server.channel("C2", team="T2", members=("UBOT2",))
    other = replace(key(), channel=Channel("slack", "T2", "C2"))
    async with open_client(
        posting.server.url, MemoryTokens({"T1": "xoxb-1", "T2": "xoxb-2"}), posting.ticks
    ) as clients:
        dispatcher = Dispatcher(posting.stores, {"slack": SlackChat(clients, MemoryButtonPayloads())}, posting.clock)
        posting.server.fail("chat.postMessage", retry_after=60, where=lambda arguments: arguments["channel"] == "C1")
        for number in range(3):
            await posting.record(key(f"2026-11-2{number}"))
        await posting.record(other)
        await dispatcher.dispatch_due()
        assert await posting.state(other) is DeliveryState.SENT
        for _ in range(59):
            posting.later(seconds=1)
            await dispatcher.dispatch_due()
        assert [call.arguments["channel"] for call in posting.server.calls] == ["C1", "C2"]
        for _ in range(10):
            posting.later(seconds=1)
            await dispatcher.dispatch_due()
    assert len(posting.server.shown("C1")) == 3


@pytest.mark.parametrize("error", ["channel_not_found", "is_archived", "not_in_channel", "restricted_action"])
async def test_a_channel_that_is_gone_is_asked_once_retired_once_and_reported_once(
    posting: PostingHarness, error: str
) -> None:
    for number in range(4):
        await posting.record(key(f"2026-11-2{number}"))
    posting.server.fail("chat.postMessage", error=error, times=9, where=lambda arguments: arguments["channel"] == "C1")
    await posting.settle()
    assert [call.arguments.get("channel") for call in posting.server.calls] == ["C1", None, "DU1"]
    assert await posting.retired()
    (notice,) = posting.server.shown("U1")
    assert str(await posting.retired()) in notice.plain
    assert error not in notice.plain


async def test_an_installation_that_is_gone_is_asked_once(posting: PostingHarness) -> None:
    others = [replace(PAPERS, id=f"C{number}", name="") for number in range(2, 5)]
    for other in others:
        await posting.stores.channels.get_or_create(other, posting.clock.now)
        posting.server.channel(other.id)
    await posting.record(key())
    posting.server.revoke("xoxb-1", "account_inactive")
    await posting.settle(1)
    await posting.record(*(key(channel=other.id) for other in others))
    await posting.settle()
    assert len(posting.server.calls) == 1
    assert all([await posting.retired(other) for other in others])


@pytest.mark.parametrize(
    "error", ["message_not_found", "edit_window_closed", "cant_update_message", "is_inactive", "block_mismatch"]
)
async def test_an_edit_that_is_refused_loses_nothing(posting: PostingHarness, error: str) -> None:
    edit = key(operation="edit", part=1)
    await posting.record(key())
    await posting.dispatcher.dispatch_due()
    await posting.record(edit, parent=key(), text="Newer")
    posting.server.fail("chat.update", error=error, times=9)
    await posting.settle()
    assert await posting.state(edit) is DeliveryState.DEAD
    assert await posting.retired() is None
    await posting.record(key("2026-11-25"))
    await posting.settle(1)
    assert [shown.plain for shown in posting.server.shown("C1")] == ["Hello", "Hello"]


@pytest.mark.parametrize("fault", [{"drop": "after"}, {"status": 500}, {"drop": "before"}], ids=str)
async def test_an_edit_whose_answer_was_lost_is_done_again(posting: PostingHarness, fault: dict[str, Any]) -> None:
    edit = key(operation="edit", part=1)
    await posting.record(key())
    await posting.dispatcher.dispatch_due()
    await posting.record(edit, parent=key(), text="Newer")
    posting.server.fail("chat.update", **fault)
    await posting.settle()
    assert await posting.state(edit) is DeliveryState.SENT
    assert [shown.plain for shown in posting.server.shown("C1")] == ["Newer"]


@pytest.mark.long
async def test_many_channels_are_served_within_the_real_limits(posting: PostingHarness) -> None:
    posting.server.limits = True
    channels = [f"C{number}" for number in range(100, 300)]
    for channel in channels:
        posting.server.channel(channel)
    await posting.record(*(key(channel=channel) for channel in channels))
    for _ in range(60):
        await posting.dispatcher.dispatch_due()
        posting.later(seconds=1)
    assert {len(posting.server.shown(channel)) for channel in channels} == {1}
    assert len(posting.server.calls) == len(channels), "nothing was refused"
