"""Concurrency limit and bounded queue for commands: a few answers run at a time, one per person, the rest wait."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Coroutine, Sequence
from functools import partial
from typing import Any, Final, TypeVar
from weakref import WeakValueDictionary

from bot.cards.models import Card, Page
from bot.i18n.translation import gettext, phrase, use_language
from bot.ports.commands import Answer, Command, Commands, Completion, Request

MAX_CONCURRENT: Final = 4
"""Answers that are worked on; most of the work is the event loop's, so that more at once make none sooner."""
SLOT_TIMEOUT: Final = 0.5
"""Seconds after which an answer counts as one that waits for somebody else, and lets the next one begin."""
MAX_PENDING: Final = 200
"""Requests that wait or are worked on: some seconds of work. Who comes behind so many is told to come again."""
_BUSY_SENTENCE: Final = phrase("Broadsheet is busy. Nothing was changed; try again in a minute.")

T = TypeVar("T")


class QueueFull(Exception):
    """Too many wait already."""


class LimitedCommands:
    """The table of commands, asked in turns; one person's requests are answered one after another.

    Implements `bot.ports.commands.Commands`.
    """

    def __init__(
        self, commands: Commands, max_concurrent: int = MAX_CONCURRENT, max_pending: int = MAX_PENDING
    ) -> None:
        self._commands = commands
        self._slots = asyncio.Semaphore(max_concurrent)
        self._free_places = max_pending
        self._person_locks = WeakValueDictionary[tuple[str, str], asyncio.Lock]()

    def list_commands(self) -> Sequence[Command]:
        """Return every command."""
        return self._commands.list_commands()

    def parse_line(self, line: str) -> tuple[str, dict[str, str]]:
        """Split a typed line."""
        return self._commands.parse_line(line)

    async def answer(self, request: Request) -> Answer:
        """Answer in turn; when too many wait, say so at once."""
        try:
            return await self._run_queued(request, partial(self._commands.answer, request))
        except QueueFull:
            return Answer(_build_busy_card(request))

    async def build_home(self, request: Request, channels: Collection[str]) -> Page:
        """Return a home screen in turn; when too many wait, one that says so."""
        try:
            return await self._run_queued(request, partial(self._commands.build_home, request, channels))
        except QueueFull:
            return Page((_build_busy_card(request),))

    async def complete_line(self, line: str, request: Request) -> Sequence[Completion]:
        """Return completions; nobody waits for a turn while they type."""
        return await self._commands.complete_line(line, request)

    async def _run_queued(self, request: Request, work: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """Do *work* once those are answered who came before. Raises `QueueFull`."""
        if not self._free_places:
            raise QueueFull
        lock = self._person_locks.setdefault((request.channel.workspace, request.person.id), asyncio.Lock())
        self._free_places -= 1
        try:
            async with lock:
                return await self._run_limited(work)
        finally:
            self._free_places += 1

    async def _run_limited(self, work: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """Do *work*, on a seat as long as it seems to be work of ours."""
        async with self._slots:
            task = asyncio.create_task(work())
            try:
                await asyncio.wait({task}, timeout=SLOT_TIMEOUT)
            except asyncio.CancelledError:
                task.cancel()
                raise
        return await task


def _build_busy_card(request: Request) -> Card:
    """Say that too many wait, in the asker's language."""
    with use_language(request.locale):
        return Card(text=gettext(_BUSY_SENTENCE), tone="failure")
