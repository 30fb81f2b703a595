"""Messages whose fate is unknown, looked up by their key."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from adapters.common import lookup_window
from adapters.slack.api.client import SlackClient
from adapters.slack.delivery import message_lookup
from adapters.slack.delivery.chat import SlackChat
from bot.cards.models import Card
from bot.errors import LookupPaused, TryLater, Uncertain
from bot.ports.chat import Delivery
from tests.adapters.slack.delivery_harness import LONG_AGO, NOW, MemoryTokens, build_delivery, open_client
from tests.fakes import FakeMonotonic, MemoryButtonPayloads
from tests.servers.slack import Slack


def talk(server: Slack, lines: int, thread: str = "") -> None:
    """Let somebody say so many lines."""
    for number in range(lines):
        server.say(f"Nice, #{number}", "C1", "U1", thread)


def count_pages(server: Slack) -> int:
    return sum(call.method in {"conversations.history", "conversations.replies"} for call in server.calls)


def read_server_clock(server: Slack) -> datetime:
    return datetime.fromtimestamp(server.clock.now(), UTC)


def list_own(server: Slack) -> list[str]:
    """Return the timestamps of what we posted."""
    return [shown.ts for shown in server.shown("C1") if shown.user == "UBOT"]


@dataclass
class LookupHarness:
    """A chat whose minutes pass when it is told to wait; what the ledger keeps of a look-up is ``delivery``."""

    server: Slack
    ticks: FakeMonotonic
    chat: SlackChat
    delivery: Delivery
    lookups: int = 0

    async def look_up(self) -> str | None:
        """Look up until there is an answer, as the ledger does."""
        return await self._repeat(lambda: self.chat.find_message(self.delivery))

    async def send(self) -> str | None:
        """Send until there is an answer; each time is a claim."""

        def claim() -> Awaitable[str]:
            self.delivery = replace(
                self.delivery, attempt=self.delivery.attempt + 1, attempted_at=read_server_clock(self.server)
            )
            return self.chat.send(self.delivery, NOW)

        return await self._repeat(claim)

    async def _repeat(self, ask: Callable[[], Awaitable[str | None]]) -> str | None:
        while self.lookups < 100:
            self.lookups += 1
            try:
                return await ask()
            except LookupPaused as pause:
                self.delivery = replace(self.delivery, lookup_cursor=pause.cursor)
                self.ticks.now += pause.retry_after
                self.server.later(pause.retry_after)
        raise AssertionError("The look-up does not end.")


@pytest.fixture
async def lookup(server: Slack) -> AsyncIterator[LookupHarness]:
    """A message whose answer is lost, in a channel in which much is said, of an app that is distributed."""
    ticks = FakeMonotonic()
    async with open_client(server.url, ticks=ticks, clock=lambda: read_server_clock(server)) as clients:
        attempted = read_server_clock(server)
        chat = SlackChat(clients, MemoryButtonPayloads())
        server.fail("chat.postMessage", drop="after")
        with pytest.raises(Uncertain):
            await chat.send(build_delivery(), NOW)
        server.calls.clear()
        doubtful = build_delivery(created=attempted, attempted_at=attempted, lookup_since=attempted, attempt=1)
        yield LookupHarness(server, ticks, chat, doubtful)


@pytest.mark.parametrize("lines", [65, 500])
async def test_an_app_that_may_ask_once_a_minute_finds_a_message_among_many(lookup: LookupHarness, lines: int) -> None:
    lookup.server.restricted = True
    talk(lookup.server, lines)
    (ts,) = list_own(lookup.server)
    assert await lookup.look_up() == ts
    assert lookup.lookups == count_pages(lookup.server) == lines // 15 + 1, "each asks for one page, and none in vain"


@pytest.mark.parametrize("lines", [65, 500])
async def test_before_it_is_sent_again_a_message_is_found_among_many(lookup: LookupHarness, lines: int) -> None:
    lookup.server.restricted = True
    talk(lookup.server, lines)
    (ts,) = list_own(lookup.server)
    assert await lookup.send() == ts
    assert list_own(lookup.server) == [ts]
    assert lookup.lookups == lines // 15 + 1


async def test_what_is_said_while_a_look_up_waits_costs_it_nothing(lookup: LookupHarness) -> None:
    lookup.server.restricted = True
    talk(lookup.server, 65)
    (ts,) = list_own(lookup.server)
    for _ in range(4):
        with pytest.raises(LookupPaused) as caught:
            await lookup.chat.find_message(lookup.delivery)
        lookup.delivery = replace(lookup.delivery, lookup_cursor=caught.value.cursor)
        lookup.ticks.now += caught.value.retry_after
        lookup.server.later(caught.value.retry_after)
        talk(lookup.server, 100)
    assert await lookup.chat.find_message(lookup.delivery) == ts


async def test_what_was_said_long_after_an_attempt_is_not_read(lookup: LookupHarness) -> None:
    lookup.server.later(600)
    talk(lookup.server, 500)
    assert await lookup.look_up() == list_own(lookup.server)[0]
    assert count_pages(lookup.server) == 1


async def test_after_a_restored_backup_all_that_was_said_since_is_read(lookup: LookupHarness) -> None:
    hour = timedelta(hours=1)
    assert lookup.delivery.attempted_at
    lookup.delivery = replace(lookup.delivery, attempted_at=lookup.delivery.attempted_at - 2 * hour)
    talk(lookup.server, 500)
    assert await lookup.look_up() == list_own(lookup.server)[0]
    lookup.delivery = replace(lookup.delivery, lookup_since=lookup.delivery.attempted_at, attempted_at=None)
    assert await lookup.look_up() == list_own(lookup.server)[0]


async def test_a_message_that_is_not_there_is_sent_after_all_is_read(lookup: LookupHarness) -> None:
    lookup.server.restricted = True
    lookup.server.drop(lookup.server.shown("C1")[0])
    talk(lookup.server, 65)
    assert await lookup.look_up() is None
    assert [await lookup.send()] == list_own(lookup.server)


async def test_what_a_later_attempt_posted_is_not_missed_for_an_older_cursor(lookup: LookupHarness) -> None:
    lookup.server.restricted = True
    talk(lookup.server, 65)
    with pytest.raises(LookupPaused) as caught:
        await lookup.chat.find_message(lookup.delivery)
    lookup.server.drop(lookup.server.shown("C1")[0])
    later = replace(lookup.delivery, attempt=2, lookup_since=None)
    lookup.server.fail("chat.postMessage", drop="after")
    with pytest.raises(Uncertain):
        await lookup.chat.send(later, NOW)
    lookup.ticks.now += 60
    lookup.server.later(60)
    lookup.delivery = replace(lookup.delivery, attempt=2, lookup_cursor=caught.value.cursor)
    assert await lookup.look_up() == list_own(lookup.server)[0]


async def test_a_pause_in_the_middle_is_no_new_beginning(lookup: LookupHarness) -> None:
    talk(lookup.server, 500)
    lookup.server.fail("conversations.history", retry_after=30, times=2, where=lambda asked: "cursor" in asked)
    assert await lookup.look_up() == list_own(lookup.server)[0]
    assert (lookup.lookups, count_pages(lookup.server)) == (3, 5), "three pages, two of which had to wait"


@pytest.mark.parametrize("fault", [{"error": "fatal_error"}, {"status": 500}], ids=str)
async def test_a_lost_page_is_no_new_beginning(lookup: LookupHarness, fault: dict[str, Any]) -> None:
    talk(lookup.server, 500)
    lookup.server.fail("conversations.history", where=lambda asked: "cursor" in asked, **fault)
    assert await lookup.look_up() == list_own(lookup.server)[0]
    assert (lookup.lookups, count_pages(lookup.server)) == (2, 4)


async def test_a_cursor_that_slack_keeps_no_more_is_a_new_beginning_once(lookup: LookupHarness) -> None:
    talk(lookup.server, 500)
    lookup.delivery = replace(lookup.delivery, lookup_cursor="1 200 b3V0ZGF0ZWQ=")
    assert await lookup.look_up() == list_own(lookup.server)[0]
    assert count_pages(lookup.server) == 4
    lookup.server.fail("conversations.history", error="invalid_cursor", times=2)
    with pytest.raises(Uncertain):
        await lookup.look_up()


async def test_a_hung_platform_holds_a_look_up_for_a_while_only(
    lookup: LookupHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lookup_window, "LOOKUP_SECONDS", 0.5)
    never = asyncio.Event()
    talk(lookup.server, 300)
    lookup.server.fail("conversations.history", until=never, where=lambda asked: "cursor" in asked)
    with pytest.raises(LookupPaused, match="longer") as caught:
        await lookup.chat.find_message(lookup.delivery)
    never.set()
    lookup.delivery = replace(lookup.delivery, lookup_cursor=caught.value.cursor)
    assert await lookup.look_up() == list_own(lookup.server)[0]


async def test_a_reply_below_which_much_was_said_is_found(server: Slack) -> None:
    server.restricted, ticks = True, FakeMonotonic()
    async with open_client(server.url, ticks=ticks) as clients:
        chat = SlackChat(clients, MemoryButtonPayloads())
        parent = await chat.send(build_delivery(), NOW)
        talk(server, 40, parent)
        reply = build_delivery(Card(text="Below"), "reply", parent=parent)
        ticks.now += 60
        ts = await chat.send(reply, NOW)
        talk(server, 40, parent)
        lookup = LookupHarness(server, ticks, chat, reply)
        assert await lookup.look_up() == ts
        assert lookup.lookups == 3


# -- clocks that differ ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ahead", [-3_600, 3_600])
@pytest.mark.parametrize("known", [False, True], ids=["after a restart", "in the same process"])
async def test_a_clock_that_is_an_hour_off_looks_where_the_message_is(
    server: Slack, ahead: int, *, known: bool
) -> None:
    def read_wrong_clock() -> datetime:
        return read_server_clock(server) + timedelta(seconds=ahead)

    one = build_delivery(attempted_at=read_wrong_clock(), lookup_since=read_wrong_clock())
    async with open_client(server.url, clock=read_wrong_clock) as sender:
        ts = await SlackChat(sender, MemoryButtonPayloads()).send(replace(one, lookup_since=None), NOW)
        server.later(600)
        talk(server, 30)
        async with open_client(server.url, clock=read_wrong_clock) as another:
            chat = SlackChat(sender if known else another, MemoryButtonPayloads())
            assert await chat.find_message(one) == ts
    assert count_pages(server) == (1 if known else 2)


async def test_a_clock_that_was_put_right_since_looks_where_the_message_is(server: Slack) -> None:
    ahead = timedelta(hours=1)

    def read_corrected_clock() -> datetime:
        return read_server_clock(server) + ahead

    one = build_delivery(attempted_at=read_corrected_clock(), lookup_since=read_corrected_clock())
    async with open_client(server.url, clock=read_corrected_clock) as clients:
        chat = SlackChat(clients, MemoryButtonPayloads())
        ts = await chat.send(replace(one, lookup_since=None), NOW)
        ahead = timedelta(0)
        await clients.call("T1", "auth.test")
        assert await chat.find_message(one) == ts


# -- what is looked at -------------------------------------------------------------------------------------------------


async def test_a_message_is_found_among_others(server: Slack, chat: SlackChat) -> None:
    ts = await chat.send(build_delivery(), NOW)
    for number in range(40):
        server.say(f"Nice, #{number}", "C1", "U1")
    assert await chat.find_message(build_delivery()) == ts
    assert count_pages(server) == 1


async def test_a_reply_is_found_in_its_thread(server: Slack, chat: SlackChat) -> None:
    parent = await chat.send(build_delivery(), NOW)
    reply = build_delivery(Card(text="Below"), "reply", parent=parent)
    assert await chat.find_message(reply) is None
    ts = await chat.send(reply, NOW)
    assert await chat.find_message(reply) == ts
    assert await chat.find_message(build_delivery()) == parent


async def test_only_what_was_said_since_is_looked_at(server: Slack, chat: SlackChat) -> None:
    ts = await chat.send(build_delivery(), NOW)
    moment = datetime.fromtimestamp(float(ts), UTC)
    assert await chat.find_message(build_delivery(created=moment + timedelta(seconds=59))) == ts
    assert await chat.find_message(build_delivery(created=moment + timedelta(seconds=61))) is None


async def test_where_far_too_much_was_said_nobody_can_tell(
    server: Slack, chat: SlackChat, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert message_lookup._MAX_MESSAGES == 10_000
    monkeypatch.setattr(message_lookup, "_MAX_MESSAGES", 400)
    await chat.send(build_delivery(), NOW)
    talk(server, 400)
    with pytest.raises(Uncertain):
        await chat.find_message(build_delivery())


async def test_somebody_elses_metadata_is_not_ours(server: Slack, chat: SlackChat, clients: SlackClient) -> None:
    theirs = {"event_type": "other_app", "event_payload": {"key": str(build_delivery().key)}}
    await clients.call("T1", "chat.postMessage", channel="C1", text="Hi", metadata=theirs)
    assert await chat.find_message(build_delivery()) is None


@pytest.mark.parametrize(
    "fault",
    [
        {"error": "missing_scope"},
        {"error": "channel_not_found"},
        {"error": "invalid_limit"},
        {"error": "no_permission"},
    ],
)
async def test_a_history_that_can_not_be_read_is_uncertain(
    server: Slack, chat: SlackChat, fault: dict[str, Any]
) -> None:
    server.fail("conversations.history", **fault)
    with pytest.raises(Uncertain):
        await chat.find_message(build_delivery())


async def test_a_history_that_is_busy_is_asked_later(server: Slack, chat: SlackChat) -> None:
    server.fail("conversations.history", retry_after=60)
    with pytest.raises(TryLater) as caught:
        await chat.find_message(build_delivery())
    assert caught.value.retry_after == 60


async def test_what_was_tried_before_is_looked_up_first(server: Slack, chat: SlackChat) -> None:
    ts = await chat.send(build_delivery(), NOW)
    assert await chat.send(build_delivery(Card(text="Other words"), lookup_since=LONG_AGO), NOW) == ts
    assert [shown.plain for shown in server.shown("C1")] == ["Hello"]


async def test_what_was_tried_before_is_sent_where_nobody_can_look(server: Slack) -> None:
    server.bot("T1", token="xoxb-small", scopes={"chat:write"})
    async with open_client(server.url, MemoryTokens({"T1": "xoxb-small"})) as clients:
        await SlackChat(clients, MemoryButtonPayloads()).send(build_delivery(lookup_since=LONG_AGO), NOW)
    assert len(server.shown("C1")) == 1
