"""Circuit breaker: a platform or workspace that gives no answer is left alone, and tried with one message at a time.

::

    closed ──3 silences in a row of a workspace, 8 of a platform──▶ open ──its time has come──▶ half open
       ▲                                                             ▲                            │  │
       └───────────────────────────── an answer ─────────────────────┼────────────────────────────┘  │
                                                                     └────────── silence ────────────┘

Open circuits stand in the database, so that a new start knows of them and `status` can tell. Any answer closes one, a
refusal as well: whoever refuses is there.
"""

from __future__ import annotations

import logging
import random
from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from bot.domain.channels import Channel
from bot.ports.deliveries import Circuit, Circuits
from bot.reasons.reason import Reason

WORKSPACE_THRESHOLD: Final = 3
PLATFORM_THRESHOLD: Final = 8
"""More than one workspace's messages under way, which end at once when it hangs, would make on their own."""
FIRST_PAUSE: Final = timedelta(seconds=15)
MAX_PAUSE: Final = timedelta(minutes=5)
_MAX_DOUBLINGS: Final = 10

log = logging.getLogger(__name__)

CircuitKey = tuple[str, str]
"""A platform and one of its workspaces, or "" for all of them."""


@dataclass(frozen=True, slots=True)
class Openings:
    """What of a platform may be sent to: nothing when ``limit`` is 0, one message at a time when it is 1."""

    limit: int
    closed_workspaces: Collection[str] = ()
    trial_workspaces: Collection[str] = ()


@dataclass(frozen=True, slots=True)
class CircuitBreaker:
    """Counts silences; ``jitter`` gives a number from 0 to 1, so that what was shut together does not come together."""

    circuits: Circuits
    jitter: Callable[[], float] = random.random
    _silences: Counter[CircuitKey] = field(default_factory=Counter)
    _silent_workspaces: dict[str, set[str]] = field(default_factory=dict)

    async def find_openings(self, platform: str, limit: int, now: datetime) -> Openings:
        """Return what of a platform may be sent to now, at most *limit* messages."""
        circuits = [circuit for circuit in await self.circuits.list_open() if circuit.platform == platform]
        shut = {circuit.workspace: circuit.open_until > now for circuit in circuits}
        # The clock may have been set back: nothing is shut for longer than the longest pause.
        too_long = {c.workspace for c in circuits if c.open_until - now > MAX_PAUSE * 2}
        closed = {workspace for workspace, is_shut in shut.items() if is_shut and workspace not in too_long}
        return Openings(
            0 if "" in closed else 1 if "" in shut else limit,
            closed - {""},
            set(shut) - closed - {""},
        )

    async def record_answer(self, channel: Channel) -> None:
        """Close the circuits of whoever answered."""
        self._silent_workspaces.pop(channel.platform, None)
        for key in ((channel.platform, channel.workspace), (channel.platform, "")):
            if self._silences.pop(key, 0) and await self.circuits.close(*key):
                log.warning("%s answers again", " ".join(key).strip())

    async def record_silence(self, channel: Channel, reason: Reason, now: datetime) -> None:
        """Count that nothing was answered; open the circuit when it is enough."""
        platform, workspace = channel.platform, channel.workspace
        silent = self._silent_workspaces.setdefault(platform, set())
        silent.add(workspace)
        await self._count(platform, workspace, WORKSPACE_THRESHOLD, reason, now)
        if len(silent) > 1:
            await self._count(platform, "", PLATFORM_THRESHOLD, reason, now)

    async def hold(self, channel: Channel, reason: Reason, now: datetime) -> bool:
        """Leave a workspace alone that refuses everything until somebody mends it; return True when that is news."""
        self._silences[channel.platform, channel.workspace] += 1
        return await self.circuits.open(Circuit(channel.platform, channel.workspace, now, now + MAX_PAUSE, 1, reason))

    async def load(self) -> None:
        """Know of the circuits that a former run opened, so that an answer closes them."""
        for circuit in await self.circuits.list_open():
            self._silences[circuit.platform, circuit.workspace] = circuit.failures

    async def _count(self, platform: str, workspace: str, threshold: int, reason: Reason, now: datetime) -> None:
        self._silences[platform, workspace] += 1
        silences = self._silences[platform, workspace]
        if silences < threshold:
            return
        pause = min(FIRST_PAUSE * (1 << min(silences - threshold, _MAX_DOUBLINGS)), MAX_PAUSE)
        until = now + pause * (0.5 + self.jitter() / 2)
        if await self.circuits.open(Circuit(platform, workspace, now, until, silences, reason)):
            named = f"{platform} {workspace}".strip()
            log.warning("%s gives no answer and is left alone for a while: %s", named, reason)
