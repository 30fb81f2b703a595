"""Operator watch: turns the state of things into trouble by subject: open circuits, the database, jobs and digests."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from bot.delivery.operator_notices import OperatorNotices, Trouble
from bot.health import build_report
from bot.i18n.formatting import format_moment
from bot.jobs import Jobs
from bot.ports.deliveries import Circuit
from bot.reasons.reason import Reason

HEALTH_DELAY: Final = timedelta(minutes=3)
"""How long things are not well before somebody is told."""


@dataclass(frozen=True, slots=True)
class OperatorWatch:
    """Looks at the state of things for the operator channel; ``labels`` are what people call the platforms."""

    notices: OperatorNotices
    labels: Mapping[str, str] = field(default_factory=dict)

    async def check(self, jobs: Jobs, now: datetime) -> None:
        """Tell the operator channel of what began or ended since the last look."""
        state = await jobs.stores.channels.get(self.notices.channel)
        zone = state.preferences.schedule.timezone if state else "UTC"
        report = await build_report(jobs.stores, jobs, now)
        troubles = {
            f"circuit {circuit.platform}:{circuit.workspace}": self._describe_circuit(circuit, zone)
            for circuit in await jobs.stores.circuits.list_open()
        }
        if damage := jobs.history.damage:
            notice = Reason("operator.database_damaged", reason=damage)
            troubles["database"] = Trouble(notice, Reason("operator.database_whole"))
        if problems := _list_problems(report):
            notice = Reason("operator.health_bad", problems=problems)
            troubles["health"] = Trouble(notice, Reason("operator.health_good"), HEALTH_DELAY)
        await self.notices.update(troubles, now)

    def _describe_circuit(self, circuit: Circuit, zone: str) -> Trouble:
        place = " ".join((self.labels.get(circuit.platform, circuit.platform), circuit.workspace)).strip()
        since = format_moment(circuit.opened, zone)
        if circuit.is_held and circuit.reason:
            notice = Reason("circuit.held", platform=place, since=since, reason=circuit.reason)
        else:
            notice = Reason("circuit.silent", platform=place, since=since)
        return Trouble(notice, Reason("operator.circuit_closed", place=place))


def _list_problems(report: Mapping[str, Any]) -> tuple[Reason, ...]:
    """Return what makes the report not well, but for the database, which is a subject of its own."""
    jobs = {"failing": "operator.jobs_failing", "overdue": "operator.jobs_overdue"}
    problems = [Reason(code, jobs=tuple(report[key])) for key, code in jobs.items() if report[key]]
    if report["late"]:
        problems.append(Reason("operator.channels_late", number=report["late"]))
    if report["failed_digests"]:
        problems.append(Reason("operator.digests_failed", number=len(report["failed_digests"])))
    return tuple(problems)
