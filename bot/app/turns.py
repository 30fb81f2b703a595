"""Answering in turns: however many ask at once, a few are answered at a time, so that all are acknowledged at once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Coroutine, Sequence
from functools import partial
from typing import Any, Final, TypeVar
from weakref import WeakValueDictionary

from bot.cards import Card, Page
from bot.language import gettext, phrase, speaking
from bot.ports.commands import Answer, Command, Commands, Completion, Request

AT_ONCE: Final = 4
"""Answers that are worked on; most of the work is the event loop's, so that more at once make none sooner."""
PATIENCE: Final = 0.5
"""Seconds after which an answer counts as one that waits for somebody else, and lets the next one begin."""
MOST: Final = 200
"""Requests that wait or are worked on: some seconds of work. Who comes behind so many is told to come again."""
_BUSY: Final = phrase("Broadsheet is busy. Nothing was changed; try again in a minute.")

T = TypeVar("T")


class Crowded(Exception):
    """Too many wait already."""


class Turns:
    """The table of commands, asked in turns; one person's requests are answered one after another.

    Implements `bot.ports.commands.Commands`.
    """

    def __init__(self, commands: Commands, at_once: int = AT_ONCE, most: int = MOST) -> None:
        self._commands = commands
        self._seats = asyncio.Semaphore(at_once)
        self._left = most
        self._askers = WeakValueDictionary[tuple[str, str], asyncio.Lock]()

    def all(self) -> Sequence[Command]:
        """Return every command."""
        return self._commands.all()

    def read(self, line: str) -> tuple[str, dict[str, str]]:
        """Split a typed line."""
        return self._commands.read(line)

    async def answer(self, request: Request) -> Answer:
        """Answer in turn; when too many wait, say so at once."""
        try:
            return await self._turn(request, partial(self._commands.answer, request))
        except Crowded:
            return Answer(_busy(request))

    async def home(self, request: Request, channels: Collection[str]) -> Page:
        """Return a home screen in turn; when too many wait, one that says so."""
        try:
            return await self._turn(request, partial(self._commands.home, request, channels))
        except Crowded:
            return Page((_busy(request),))

    async def complete(self, line: str, request: Request) -> Sequence[Completion]:
        """Return completions; nobody waits for a turn while they type."""
        return await self._commands.complete(line, request)

    async def _turn(self, request: Request, work: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """Do *work* once those are answered who came before. Raises `Crowded`."""
        if not self._left:
            raise Crowded
        asker = self._askers.setdefault((request.channel.workspace, request.person.id), asyncio.Lock())
        self._left -= 1
        try:
            async with asker:
                return await self._seated(work)
        finally:
            self._left += 1

    async def _seated(self, work: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """Do *work*, on a seat as long as it seems to be work of ours."""
        async with self._seats:
            doing = asyncio.create_task(work())
            try:
                await asyncio.wait({doing}, timeout=PATIENCE)
            except asyncio.CancelledError:
                doing.cancel()
                raise
        return await doing


def _busy(request: Request) -> Card:
    """Say that too many wait, in the asker's language."""
    with speaking(request.locale):
        return Card(text=gettext(_BUSY), tone="failure")
