"""The operator channel: trouble is told once, and once that it is over, and never in a flood."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.bootstrap.operator_watch import HEALTH_DELAY, OperatorWatch
from bot.delivery.dispatcher import Dispatcher
from bot.delivery.operator_notices import OperatorNotices, parse_operator_channel
from bot.domain.deliveries import DeliveryState
from bot.domain.preferences import Preferences
from bot.jobs import Jobs
from bot.ports.deliveries import Circuit, Settlement
from bot.reasons.reason import Reason, to_reason
from tests.fakes import FakeChat, FakeMonotonic
from tests.stores import open_stores
from tests.workspace import NOW

CHANNEL = parse_operator_channel("web:local:papers")
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
OPENED = "Slack T1 has given no answer since Tue 24 Nov 08:00; messages wait and go out when it does."
CLOSED = "Slack T1 answers again; what waited goes out."


@dataclass
class Operator:
    """Who reads the channel; ``watch`` is a new one for each look, as after a restart."""

    jobs: Jobs

    async def read(self, after: timedelta = timedelta()) -> list[str]:
        """Return what is said in the channel a while after the start, and was not before."""
        moment = NOW + after
        watch = OperatorWatch(OperatorNotices(self.jobs.stores, CHANNEL), {"slack": "Slack"})
        await watch.check(self.jobs, moment)
        deliveries = await self.jobs.stores.ledger.claim(moment, moment + 99 * HOUR, 9)
        assert {delivery.key.kind for delivery in deliveries} <= {"operator"}
        for delivery in deliveries:
            await self.jobs.stores.ledger.settle(delivery, Settlement(DeliveryState.SENT, message="m"), moment)
        return [delivery.card.text for delivery in deliveries]

    async def open_circuit(self, after: timedelta = timedelta(), failures: int = 3) -> None:
        began = NOW + after
        circuit = Circuit("slack", "T1", began, began + MINUTE, failures, Reason("platform.unreachable", platform="S"))
        await self.jobs.stores.circuits.open(circuit)

    async def close_circuit(self) -> None:
        await self.jobs.stores.circuits.close("slack", "T1")


@pytest.fixture
async def operator(tmp_path: Path) -> AsyncIterator[Operator]:
    async with open_stores(tmp_path, NOW) as stores:
        dispatcher = Dispatcher(stores, {"web": FakeChat("web")}, lambda: NOW)
        yield Operator(Jobs(stores, dispatcher, (), lambda: NOW, FakeMonotonic()))


async def test_a_circuit_is_told_of_once_when_it_opens_and_once_when_it_closes(operator: Operator) -> None:
    assert await operator.read() == []
    await operator.open_circuit()
    assert await operator.read(MINUTE) == [OPENED]
    assert await operator.read(2 * MINUTE) == []
    await operator.close_circuit()
    assert await operator.read(3 * MINUTE) == [CLOSED]
    assert await operator.read(4 * MINUTE) == []


async def test_a_workspace_that_lacks_a_permission_is_told_of_with_the_reason(operator: Operator) -> None:
    await operator.open_circuit(failures=1)
    assert await operator.read() == ["Messages to Slack T1 wait since Tue 24 Nov 08:00: S can’t be reached."]


async def test_what_comes_and_goes_is_no_flood(operator: Operator) -> None:
    said = []
    for minute in range(0, 120, 2):
        await operator.open_circuit(minute * MINUTE)
        said += await operator.read(minute * MINUTE)
        await operator.close_circuit()
        said += await operator.read((minute + 1) * MINUTE)
    assert said == [OPENED, CLOSED, OPENED.replace("08:00", "09:00"), CLOSED]


async def test_trouble_that_lasts_longer_than_the_pause_is_told_of_after_it(operator: Operator) -> None:
    await operator.open_circuit()
    await operator.read()
    await operator.close_circuit()
    await operator.read(MINUTE)
    await operator.open_circuit(2 * MINUTE)
    assert await operator.read(3 * MINUTE) == []
    assert await operator.read(HOUR) == [OPENED.replace("08:00", "08:02")]


async def test_a_health_that_is_not_well_for_three_minutes_is_told_of(operator: Operator) -> None:
    operator.jobs.history.failures["tick"] = 3
    assert await operator.read() == []
    assert await operator.read(HEALTH_DELAY - timedelta(seconds=1)) == []
    (notice,) = await operator.read(HEALTH_DELAY)
    assert notice.startswith("Broadsheet is not well: jobs that fail: tick. ")
    operator.jobs.history.failures["tick"] = 0
    assert await operator.read(2 * HEALTH_DELAY) == ["Broadsheet is well again."]


async def test_what_passes_within_three_minutes_is_not_told_of(operator: Operator) -> None:
    operator.jobs.history.failures["tick"] = 3
    await operator.read()
    operator.jobs.history.failures["tick"] = 0
    assert await operator.read(2 * MINUTE) == []
    operator.jobs.history.failures["tick"] = 3
    assert await operator.read(HEALTH_DELAY + MINUTE) == []


async def test_a_damaged_database_is_told_of_in_the_language_of_the_channel(operator: Operator) -> None:
    await operator.jobs.stores.channels.save_preferences(CHANNEL, Preferences(language="de"), None)
    operator.jobs.history.damage = to_reason("kaputt")
    assert await operator.read() == ["Die Datenbank muss repariert werden: kaputt"]
    operator.jobs.history.damage = None
    assert await operator.read(MINUTE) == ["Die Datenbank ist wieder heil."]


async def test_it_is_a_job_where_somebody_is_to_be_told(operator: Operator) -> None:
    assert "operator" not in {job.name for job in operator.jobs.list_jobs()}
    watch = OperatorWatch(OperatorNotices(operator.jobs.stores, CHANNEL))
    told = replace(operator.jobs, watch=watch)
    await operator.open_circuit()
    (job,) = [job for job in told.list_jobs() if job.name == "operator"]
    await job.run()
    assert len(await told.stores.ledger.claim(NOW, NOW + HOUR, 9)) == 1
