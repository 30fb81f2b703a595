"""Claim, send, settle, on the real ledger with a chat that fails as told."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.cards.models import Card
from bot.delivery.dispatcher import LEASE, WORKSPACE_SLOTS, Dispatcher
from bot.delivery.settling import MAX_ATTEMPTS
from bot.domain.channels import Channel
from bot.domain.deliveries import DIGEST_GRACE, LOOKUP_DELAY, AttemptOutcome, DeliveryKey, DeliveryState
from bot.errors import Gone, Held, LookupPaused, RefusedForNow, TryLater, Uncertain, Unreachable, Unsendable
from bot.ports.chat import Delivery
from bot.ports.deliveries import Draft
from bot.ports.stores import Stores
from bot.ports.workspaces import Workspace
from tests.stores import broken, open_stores

NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)
PAPERS = Channel("web", "local", "papers", name="papers")
KEY = DeliveryKey(PAPERS, "digest", "2026-11-24")


@dataclass
class Scripted:
    """Fails with the next of ``script``; keeps what it accepted, also when the answer was lost."""

    script: list[Exception | None] = field(default_factory=list)
    held: list[str] = field(default_factory=list)
    blind: bool = False
    forgets: bool = False
    busy: int = 0
    pauses: list[LookupPaused] = field(default_factory=list)
    cursors: list[str] = field(default_factory=list)
    platform: str = "web"

    async def send(self, delivery: Delivery, now: datetime) -> str:
        outcome = self.script.pop(0) if self.script else None
        if outcome is None or (isinstance(outcome, Uncertain) and not self.forgets):
            self.held.append(str(delivery.key))
        if outcome is not None:
            raise outcome
        return f"m{len(self.held)}"

    async def find_message(self, delivery: Delivery) -> str | None:
        if self.blind:
            raise Uncertain("The history can't be read.")
        self.cursors.append(delivery.lookup_cursor)
        if self.pauses:
            raise self.pauses.pop(0)
        if self.busy:
            self.busy -= 1
            raise TryLater("Rate limited.", 40)
        return f"m{self.held.index(str(delivery.key)) + 1}" if str(delivery.key) in self.held else None

    async def run(self) -> None: ...

    async def close(self) -> None: ...


@dataclass
class Clock:
    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now


@dataclass
class Desk:
    stores: Stores
    chat: Scripted
    clock: Clock
    courier: Dispatcher

    async def state(self, key: DeliveryKey = KEY) -> DeliveryState:
        found = await self.stores.ledger.find_by_key(key)
        assert found
        return found.state

    async def reason(self, key: DeliveryKey = KEY) -> str:
        found = await self.stores.ledger.find_by_key(key)
        assert found
        return str(found.reason)


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with open_stores(tmp_path, NOW) as stores:
        chat, clock = Scripted(), Clock()
        await stores.channels.get_or_create(PAPERS, NOW)
        await stores.ledger.add([Draft(KEY, Card(text="Hello"))], NOW)
        yield Desk(stores, chat, clock, Dispatcher(stores, {"web": chat}, clock))


async def test_a_message_is_sent_once(desk: Desk) -> None:
    assert await desk.courier.dispatch_due() == 1
    assert await desk.courier.dispatch_due() == 0
    assert desk.chat.held == [str(KEY)]
    assert await desk.state() is DeliveryState.SENT


async def test_asked_to_wait_it_is_not_sent_before_and_the_wait_is_no_attempt(desk: Desk) -> None:
    desk.chat.script = [TryLater("Rate limited.", 40)] * 12
    for _ in range(12):
        await desk.courier.dispatch_due()
        assert await desk.courier.dispatch_due() == 0
        desk.clock.now += timedelta(seconds=39)
        assert await desk.courier.dispatch_due() == 0
        desk.clock.now += timedelta(seconds=1)
    await desk.courier.dispatch_due()
    assert await desk.state() is DeliveryState.SENT


async def test_a_lost_answer_is_looked_up_before_anything_is_sent_again(desk: Desk) -> None:
    desk.chat.script = [Uncertain("The connection broke.")]
    await desk.courier.dispatch_due()
    assert await desk.state() is DeliveryState.UNCERTAIN
    assert await desk.courier.resolve_uncertain() == 0, "the platform's history needs time to catch up"
    desk.clock.now += LOOKUP_DELAY
    assert await desk.courier.resolve_uncertain() == 1
    await desk.courier.dispatch_due()
    assert await desk.state() is DeliveryState.SENT
    assert desk.chat.held == [str(KEY)]


async def test_a_message_that_surely_did_not_arrive_is_sent_again(desk: Desk) -> None:
    desk.chat.script = [RuntimeError("boom")]
    await desk.courier.dispatch_due()
    desk.clock.now += LOOKUP_DELAY
    await desk.courier.resolve_uncertain()
    desk.clock.now += timedelta(minutes=1)
    await desk.courier.dispatch_due()
    assert await desk.state() is DeliveryState.SENT


async def test_a_look_up_that_is_told_to_wait_is_no_attempt(desk: Desk) -> None:
    desk.chat.script = [RuntimeError("boom")]
    desk.chat.busy = MAX_ATTEMPTS + 4
    await desk.courier.dispatch_due()
    desk.clock.now += LOOKUP_DELAY
    for _ in range(MAX_ATTEMPTS + 4):
        assert await desk.courier.resolve_uncertain() == 1
        assert await desk.courier.resolve_uncertain() == 0, "not before it was told"
        assert await desk.state() is DeliveryState.UNCERTAIN
        desk.clock.now += timedelta(seconds=40)
    await desk.courier.resolve_uncertain()
    desk.clock.now += timedelta(minutes=1)
    await desk.courier.dispatch_due()
    assert await desk.state() is DeliveryState.SENT
    assert desk.chat.held == [str(KEY)]


@pytest.mark.parametrize(("kind", "state"), [("digest", DeliveryState.SENT), ("alert", DeliveryState.DEAD)])
async def test_where_nobody_can_tell_a_digest_is_sent_again_and_an_alert_is_not(
    desk: Desk, kind: str, state: DeliveryState
) -> None:
    await desk.courier.dispatch_due()
    key = DeliveryKey(PAPERS, kind, "x")
    await desk.stores.ledger.add([Draft(key, Card(text="x"))], NOW)
    desk.chat.script, desk.chat.blind = [Uncertain("?")], True
    await desk.courier.dispatch_due()
    desk.clock.now += LOOKUP_DELAY
    await desk.courier.resolve_uncertain()
    desk.clock.now += timedelta(minutes=1)
    await desk.courier.dispatch_due()
    assert await desk.state(key) is state


async def test_a_process_that_died_while_sending_leaves_a_lease_that_runs_out(desk: Desk) -> None:
    await desk.stores.ledger.claim(NOW, NOW + LEASE, 10)
    desk.chat.held.append(str(KEY))
    desk.clock.now += LEASE + timedelta(seconds=1)
    await desk.courier.expire_overdue()
    desk.clock.now += LOOKUP_DELAY
    await desk.courier.resolve_uncertain()
    assert await desk.state() is DeliveryState.SENT
    assert desk.chat.held == [str(KEY)]


async def test_a_channel_that_is_gone_is_asked_once_retired_and_reported_once(desk: Desk) -> None:
    await desk.stores.workspaces.save(Workspace("web", "local", managers=("ada",)))
    await desk.stores.ledger.add([Draft(DeliveryKey(PAPERS, "alert", "2"), Card(text="2"))], NOW)
    desk.chat.script = [Gone("the channel was archived")]
    await desk.courier.dispatch_due()
    standing = await desk.stores.channels.get_or_create(PAPERS, NOW)
    assert str(standing.retired_reason) == "the channel was archived"
    assert await desk.state(DeliveryKey(PAPERS, "alert", "2")) is DeliveryState.DEAD
    assert len(desk.chat.held) == 1
    assert "web:local:ada/notice/" in desk.chat.held[0]


@pytest.mark.parametrize("kind", ["share", "discuss", "lift"])
async def test_what_a_reader_asked_for_stops_no_channel(desk: Desk, kind: str) -> None:
    await desk.courier.dispatch_due()
    await desk.stores.workspaces.save(Workspace("web", "local", managers=("ada",)))
    await desk.stores.ledger.add([Draft(DeliveryKey(PAPERS, kind, "2"), Card(text="2"))], NOW)
    desk.chat.held.clear()
    desk.chat.script = [Gone("Broadsheet may not post there")]
    await desk.courier.dispatch_due()
    assert not (await desk.stores.channels.get_or_create(PAPERS, NOW)).retired_reason
    assert await desk.state(DeliveryKey(PAPERS, kind, "2")) is DeliveryState.DEAD
    assert desk.chat.held == [], "nobody is told"


async def test_a_message_that_is_wrong_is_not_tried_again(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    desk.chat.script = [Unsendable("The card is too long.")]
    await desk.courier.dispatch_due()
    assert await desk.state() is DeliveryState.DEAD
    assert "can't be sent" in caplog.text


async def test_after_eight_attempts_it_is_given_up_with_the_reason(desk: Desk) -> None:
    desk.chat.script = [RuntimeError("boom")] * 20
    for _ in range(MAX_ATTEMPTS * 2 + 4):
        await desk.courier.dispatch_due()
        desk.clock.now += timedelta(minutes=20)
        await desk.courier.resolve_uncertain()
    assert await desk.state() is DeliveryState.DEAD
    assert "given up" in await desk.reason()


async def test_without_an_adapter_messages_wait(desk: Desk) -> None:
    courier = Dispatcher(desk.stores, {}, desk.clock)
    assert await courier.dispatch_due() == 0
    assert await desk.state() is DeliveryState.PENDING
    await desk.courier.dispatch_due()
    assert await desk.state() is DeliveryState.SENT


async def test_what_cannot_be_recorded_stays_claimed_and_holds_up_nothing(desk: Desk, tmp_path: Path) -> None:
    other = DeliveryKey(Channel("web", "local", "other"), "digest", "2026-11-24")
    await desk.stores.ledger.add([Draft(other, Card(text="Hello"))], NOW)
    with broken(tmp_path, "UPDATE OF sent ON deliveries WHEN NEW.subject = '2026-11-24' AND NEW.id = 1"):
        assert await desk.courier.dispatch_due() == 2
    assert (await desk.state(), await desk.state(other)) == (DeliveryState.SENDING, DeliveryState.SENT)
    desk.clock.now += LEASE
    await desk.courier.expire_overdue()
    await desk.courier.resolve_uncertain()
    assert await desk.courier.dispatch_due() == 0
    assert await desk.state() is DeliveryState.SENT
    assert sorted(desk.chat.held) == sorted([str(KEY), str(other)])


@dataclass
class Slow(Scripted):
    """Holds every message until it is let go; the first one longer than all others."""

    gate: asyncio.Event = field(default_factory=asyncio.Event)
    last: asyncio.Event = field(default_factory=asyncio.Event)
    begun: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(0))
    under_way: int = 0
    most: int = 0

    async def send(self, delivery: Delivery, now: datetime) -> str:
        self.under_way += 1
        self.most = max(self.most, self.under_way)
        self.begun.release()
        try:
            await (self.last if delivery.id == 1 else self.gate).wait()
            return await super().send(delivery, now)
        finally:
            self.under_way -= 1
            if len(self.held) == WORKSPACE_SLOTS * 3 - 1:
                self.last.set()


async def crowd(desk: Desk) -> Dispatcher:
    keys = [
        DeliveryKey(Channel("web", "local", f"c{n}"), "digest", "2026-11-24") for n in range(WORKSPACE_SLOTS * 3 - 1)
    ]
    await desk.stores.ledger.add([Draft(key, Card(text="Hello")) for key in keys], NOW)
    desk.chat = Slow()
    return Dispatcher(desk.stores, {"web": desk.chat}, desk.clock)


async def test_a_few_are_under_way_and_a_slow_one_holds_up_nobody(desk: Desk) -> None:
    courier = await crowd(desk)
    chat = desk.chat
    assert isinstance(chat, Slow)
    pump = asyncio.create_task(courier.dispatch_due())
    for _ in range(WORKSPACE_SLOTS):
        await chat.begun.acquire()
    chat.gate.set()
    assert await pump == WORKSPACE_SLOTS * 3
    assert chat.most == WORKSPACE_SLOTS
    assert chat.held[-1] == str(KEY)


async def test_a_pump_that_is_stopped_leaves_nothing_behind(desk: Desk) -> None:
    courier = await crowd(desk)
    chat = desk.chat
    assert isinstance(chat, Slow)
    pump = asyncio.create_task(courier.dispatch_due())
    await chat.begun.acquire()
    pump.cancel()
    with pytest.raises(asyncio.CancelledError):
        await pump
    assert chat.under_way == 0
    assert chat.held == []


async def go_on(desk: Desk, span: timedelta) -> None:
    """Let time pass, look up and deliver, as the jobs do."""
    desk.clock.now += span
    await desk.courier.expire_overdue()
    await desk.courier.resolve_uncertain()
    await desk.courier.dispatch_due()


@pytest.mark.parametrize("silence", [Uncertain("no answer"), Unreachable("no way there", 10)])
async def test_what_is_not_answered_goes_on_until_it_is_too_old_not_for_eight_attempts(
    desk: Desk, silence: Exception
) -> None:
    desk.chat.script = [silence] * 400
    desk.chat.forgets = True
    await desk.courier.dispatch_due()
    while desk.clock.now < NOW + DIGEST_GRACE - timedelta(minutes=10):
        await go_on(desk, timedelta(minutes=5))
    assert await desk.state() not in {DeliveryState.DEAD, DeliveryState.SENT}
    found = await desk.stores.ledger.find_by_key(KEY)
    assert found
    assert found.attempt > MAX_ATTEMPTS
    desk.chat.script = []
    for _ in range(3):
        await go_on(desk, timedelta(minutes=3))
    assert await desk.state() is DeliveryState.SENT, "the platform is back within the time"


async def test_what_is_not_answered_is_given_up_with_its_time_and_says_so(desk: Desk) -> None:
    desk.chat.script = [Unreachable("Slack can’t be reached", 10)] * 400
    await desk.courier.dispatch_due()
    for _ in range(80):
        await go_on(desk, timedelta(minutes=5))
    assert await desk.state() is DeliveryState.DEAD
    assert await desk.reason() == "it could not be posted within 6 hours: Slack can’t be reached"


async def test_a_refusal_that_nobody_knows_is_given_up_after_eight_attempts(desk: Desk) -> None:
    desk.chat.script = [RefusedForNow("it said “new_code”", 300)] * 20
    await desk.courier.dispatch_due()
    for _ in range(MAX_ATTEMPTS - 2):
        await go_on(desk, timedelta(minutes=5))
    assert await desk.state() is DeliveryState.RETRY
    await go_on(desk, timedelta(minutes=5))
    assert await desk.state() is DeliveryState.DEAD
    assert await desk.reason() == "given up after 8: it said “new_code”"


async def test_a_missing_permission_holds_the_messages_of_the_workspace(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    other = DeliveryKey(Channel("web", "local", "other"), "alert", "1")
    await desk.stores.ledger.add([Draft(other, Card(text="1"))], NOW)
    desk.chat.script = [Held("the app lacks “chat:write”", 300)] * 2
    await desk.courier.dispatch_due()
    assert await desk.courier.dispatch_due() == 0
    (circuit,) = await desk.stores.circuits.list_open()
    assert (circuit.workspace, str(circuit.reason)) == ("local", "the app lacks “chat:write”")
    assert (await desk.stores.channels.get_or_create(PAPERS, NOW)).retired_reason is None
    assert len([text for text in caplog.messages if "wait: the app lacks" in text]) == 1
    await go_on(desk, timedelta(minutes=6))
    assert (await desk.state(), await desk.state(other)) == (DeliveryState.SENT, DeliveryState.SENT)
    assert await desk.stores.circuits.list_open() == []


async def test_a_silent_platform_is_one_state_not_an_attempt_of_every_message(desk: Desk) -> None:
    rooms = [Channel("web", f"w{n}", "c") for n in range(60)]
    drafts = [Draft(DeliveryKey(room, "digest", "2026-11-24"), Card(text="x")) for room in rooms]
    await desk.stores.ledger.add(drafts, NOW)
    desk.chat.script = [Unreachable("down", 10)] * 500
    tried = await desk.courier.dispatch_due()
    assert tried < len(rooms)
    for _ in range(30):
        desk.clock.now += timedelta(seconds=10)
        tried += await desk.courier.dispatch_due()
    assert tried < len(rooms) + 20, "then one now and then"
    desk.chat.script = []
    for _ in range(12):
        desk.clock.now += timedelta(minutes=1)
        await desk.courier.dispatch_due()
    assert await desk.stores.ledger.count_open() == {}


async def test_a_look_up_that_pauses_goes_on_from_there(desk: Desk) -> None:
    desk.chat.script = [Uncertain("no answer")]
    desk.chat.pauses = [LookupPaused("one page a minute", 60, "page 2"), LookupPaused("again", 60, "page 3")]
    await desk.courier.dispatch_due()
    for span in (LOOKUP_DELAY, timedelta(minutes=1), timedelta(minutes=1)):
        desk.clock.now += span
        await desk.courier.resolve_uncertain()
    assert desk.chat.cursors == ["", "page 2", "page 3"]
    assert await desk.state() is DeliveryState.SENT


async def test_what_was_sent_without_knowing_stays_in_the_record(desk: Desk) -> None:
    desk.chat.script, desk.chat.blind = [Uncertain("no answer")], True
    await desk.courier.dispatch_due()
    await go_on(desk, LOOKUP_DELAY)
    await go_on(desk, timedelta(minutes=1))
    found = await desk.stores.ledger.find_by_key(KEY)
    assert found
    assert (found.state, found.reason) == (DeliveryState.SENT, None)
    first, second = await desk.stores.ledger.list_attempts(found)
    assert (first.outcome, second.outcome) == (AttemptOutcome.RESENT, AttemptOutcome.SENT)
    assert await desk.stores.ledger.count_resent(NOW) == 1


async def test_one_platform_that_hangs_holds_up_no_other(desk: Desk) -> None:
    hanging = Slow(platform="slack")
    keys = [DeliveryKey(Channel("slack", f"T{n}", "c"), "digest", "2026-11-24") for n in range(100)]
    await desk.stores.ledger.add([Draft(key, Card(text="x")) for key in keys], NOW)
    later = DeliveryKey(PAPERS, "alert", "1")
    await desk.stores.ledger.add([Draft(later, Card(text="1"))], NOW)
    courier = Dispatcher(desk.stores, {"slack": hanging, "web": desk.chat}, desk.clock)
    stuck = asyncio.create_task(courier.dispatch_due("slack"))
    await hanging.begun.acquire()
    assert await courier.dispatch_due("web") == 2
    assert await desk.state(later) is DeliveryState.SENT
    stuck.cancel()
    await asyncio.gather(stuck, return_exceptions=True)


async def test_one_workspace_that_hangs_leaves_slots_to_others(desk: Desk) -> None:
    keys = [DeliveryKey(Channel("slack", "T1", f"c{n}"), "digest", "2026-11-24") for n in range(100)]
    other = DeliveryKey(Channel("slack", "T2", "c"), "digest", "2026-11-24")
    await desk.stores.ledger.add([Draft(key, Card(text="x")) for key in (*keys, other)], NOW)
    hanging = HangingWorkspace(platform="slack")
    courier = Dispatcher(desk.stores, {"slack": hanging}, desk.clock)
    stuck = asyncio.create_task(courier.dispatch_due("slack"))
    async with asyncio.timeout(10):
        await hanging.answered.wait()
    assert hanging.under_way <= 2 * WORKSPACE_SLOTS
    stuck.cancel()
    await asyncio.gather(stuck, return_exceptions=True)


@dataclass
class HangingWorkspace(Scripted):
    """Never answers for T1."""

    under_way: int = 0
    answered: asyncio.Event = field(default_factory=asyncio.Event)

    async def send(self, delivery: Delivery, now: datetime) -> str:
        if delivery.key.channel.workspace == "T1":
            self.under_way += 1
            await asyncio.Event().wait()
        self.answered.set()
        return await super().send(delivery, now)


async def test_a_start_takes_over_what_was_being_sent(desk: Desk) -> None:
    await desk.stores.ledger.claim(NOW, NOW + LEASE, 10)
    desk.chat.held.append(str(KEY))
    desk.clock.now += timedelta(seconds=5)
    assert await desk.courier.recover() == 1
    desk.clock.now = NOW + LOOKUP_DELAY
    await desk.courier.resolve_uncertain()
    assert await desk.state() is DeliveryState.SENT
    assert desk.chat.held == [str(KEY)]
