"""Claim, send, settle, on the real ledger with a chat that fails as told."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.cards.models import Card
from bot.delivery.dispatcher import LEASE, WORKSPACE_SLOTS, Dispatcher
from bot.delivery.settling import LOOKUP_DELAY, MAX_ATTEMPTS
from bot.domain.channels import Channel
from bot.domain.deliveries import DeliveryKey, DeliveryState
from bot.errors import Gone, TryLater, Uncertain, Unsendable
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
    busy: int = 0
    platform: str = "web"

    async def send(self, delivery: Delivery, now: datetime) -> str:
        outcome = self.script.pop(0) if self.script else None
        if outcome is None or isinstance(outcome, Uncertain):
            self.held.append(str(delivery.key))
        if outcome is not None:
            raise outcome
        return f"m{len(self.held)}"

    async def find_message(self, delivery: Delivery) -> str | None:
        if self.blind:
            raise Uncertain("The history can't be read.")
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
    await desk.courier.resolve_uncertain()
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
