"""A clock that stands still until somebody sleeps, and the states of sources, for the length of a test."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.ports.sources import SourceState, Validators

SHARED = Path(__file__).parents[3] / "../shared/data"


def shared(path: str) -> Path:
    """Return a file or folder of recorded data; skip the test where there is none."""
    found = SHARED / path
    if not found.exists():
        pytest.skip(f"The recorded data ({path}) is not beside this repository.")
    return found


@dataclass
class Clock:
    now: datetime = datetime(2026, 2, 10, 12, 0, tzinfo=UTC)
    slept: list[float] = field(default_factory=list)

    def __call__(self) -> datetime:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += timedelta(seconds=seconds)

    def pass_(self, **length: float) -> None:
        self.now += timedelta(**length)


@dataclass
class Memory:
    known: dict[str, SourceState] = field(default_factory=dict)
    urls: dict[str, Validators] = field(default_factory=dict)

    async def get_state(self, name: str) -> SourceState:
        return self.known.get(name, SourceState(name))

    async def list_states(self) -> Sequence[SourceState]:
        return [self.known[name] for name in sorted(self.known)]

    async def save_state(self, state: SourceState) -> None:
        self.known[state.name] = state

    async def get_validators(self, url: str) -> Validators:
        return self.urls.get(url, Validators())

    async def save_validators(self, url: str, validators: Validators) -> None:
        self.urls[url] = validators
