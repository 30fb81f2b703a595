"""Answering in turns: a few at once, one person's one after another, and a word to those for whom it is too much."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.bootstrap import concurrency
from bot.bootstrap.concurrency import LimitedCommands
from bot.cards.models import Card, Page
from bot.domain.channels import Channel
from bot.domain.people import Person
from bot.ports.commands import Answer, Command, Completion, Request

NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)
ROOM = Channel("slack", "T1", "C1")


@dataclass
class Held:
    """A table whose answers wait until they are let go."""

    begun: list[str] = field(default_factory=list)
    ended: list[str] = field(default_factory=list)
    gates: dict[str, asyncio.Event] = field(default_factory=dict)

    def list_commands(self) -> Sequence[Command]:
        return ()

    def parse_line(self, line: str) -> tuple[str, dict[str, str]]:
        return line, {}

    async def answer(self, request: Request) -> Answer:
        self.begun.append(request.id)
        try:
            await self.gates.setdefault(request.id, asyncio.Event()).wait()
        finally:
            self.ended.append(request.id)
        return Answer(Card(text=request.id))

    async def build_home(self, request: Request, channels: Collection[str]) -> Page:
        return Page(((await self.answer(request)).body,))  # type: ignore[arg-type]  # a card

    async def complete_line(self, line: str, request: Request) -> Sequence[Completion]:
        return ()


def by(person: str, name: str) -> Request:
    return Request(name, ROOM, Person(person), NOW, "help")


async def until_idle() -> None:
    """Let everything run that can."""
    for _ in range(20):
        await asyncio.sleep(0)


@asynccontextmanager
async def asking(table: LimitedCommands, *requests: Request) -> AsyncIterator[list[asyncio.Task[Answer]]]:
    tasks = [asyncio.create_task(table.answer(request)) for request in requests]
    await until_idle()
    try:
        yield tasks
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def text(answer: Answer) -> str:
    assert isinstance(answer.body, Card)
    return answer.body.text


async def test_a_few_are_answered_at_once_in_the_order_in_which_they_came() -> None:
    held = Held()
    async with asking(LimitedCommands(held, max_concurrent=2), *(by(f"U{n}", f"{n}") for n in range(4))) as tasks:
        assert held.begun == ["0", "1"]
        held.gates["1"].set()
        assert text(await tasks[1]) == "1"
        await until_idle()
        assert held.begun == ["0", "1", "2"]


async def test_one_persons_requests_are_answered_one_after_another() -> None:
    held = Held()
    async with asking(LimitedCommands(held), by("U1", "first"), by("U1", "second"), by("U2", "other")) as tasks:
        assert held.begun == ["first", "other"]
        held.gates["first"].set()
        await tasks[0]
        await until_idle()
        assert held.begun == ["first", "other", "second"]


async def test_behind_too_many_people_hear_it_at_once() -> None:
    held = Held()
    table = LimitedCommands(held, max_concurrent=1, max_pending=2)
    async with asking(table, by("U1", "a"), by("U2", "b")) as tasks:
        assert "busy" in text(await table.answer(by("U3", "c")))
        assert "busy" in (await table.build_home(by("U3", "d"), ())).sections[0].text
        held.gates["a"].set()
        await tasks[0]
        async with asking(table, by("U3", "e")):
            held.gates["b"].set()
            await tasks[1]
            await until_idle()
            assert held.begun == ["a", "b", "e"]


async def test_whoever_waits_for_a_source_keeps_nobody_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(concurrency, "SLOT_TIMEOUT", 0.0)
    held = Held()
    async with asking(LimitedCommands(held, max_concurrent=1), by("U1", "slow"), by("U2", "next")) as tasks:
        while len(held.begun) < 2:
            await asyncio.sleep(0)
        held.gates["slow"].set()
        assert text(await tasks[0]) == "slow"


async def test_whoever_stops_waiting_makes_room() -> None:
    held = Held()
    table: Any = LimitedCommands(held, max_concurrent=1, max_pending=1)
    async with asking(table, by("U1", "a")) as tasks:
        tasks[0].cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await until_idle()
        assert held.ended == ["a"]
        async with asking(table, by("U1", "b")):
            assert held.begun == ["a", "b"]
