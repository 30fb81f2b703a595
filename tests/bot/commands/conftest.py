"""What the tests of commands run in: real stores, three lists of papers, a manager and a member."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from bot.bootstrap.platforms import list_features
from bot.cards import messages
from bot.cards.models import Action, Card, Form
from bot.commands.context import CommandContext
from bot.commands.table import CommandTable, build_table
from bot.domain.channels import Channel, ChannelKind
from bot.domain.deliveries import DeliveryState
from bot.domain.feed import DayState, FeedDay
from bot.domain.papers import Paper
from bot.domain.people import Person
from bot.errors import Mistake, SourceDown
from bot.ports.commands import Answer, Request
from bot.ports.deliveries import Settlement
from bot.ports.sources import SourceResponse
from bot.ports.stores import Stores
from bot.ports.workspaces import Workspace
from tests.sources import without_arxiv
from tests.stores import open_stores

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
"""Tuesday, 09:00 in Berlin."""
PAPERS = Channel("web", "local", "papers", name="papers")
NLP = Channel("web", "local", "nlp", name="nlp-papers")
ADA = Person("ada", "Ada", is_manager=True)
BOB = Person("bob", "Bob")
ADAS = Channel("web", "local", "ada", ChannelKind.DIRECT, "Ada")
BOBS = Channel("web", "local", "bob", ChannelKind.DIRECT, "Bob")

TITLES = {
    "2026-11-19": ("World Models for Robots", "Sparse Attention at Scale", "Medical Image Retrieval"),
    "2026-11-20": ("Diffusion Language Models", "Video Diffusion without Tears", "Speech Codecs Compared"),
    "2026-11-23": (
        "DreamID-Omni: Controllable Audio and Video",
        "A World Model of Minecraft",
        "Block Sparse Attention for Long Contexts",
        "Reward Models that Reason",
        "Retrieval with Tiny Encoders",
        "Graph Learning Revisited",
        "Code Agents in the Wild",
        "Protein Folding with Flow Matching",
        "Tokenizers Considered Harmful",
        "Evaluating Evaluations",
        "Quantized Training on Phones",
        "Speculative Decoding with Trees",
    ),
}


def papers() -> dict[date, list[Paper]]:
    """Return the lists by date; ids such as 2611.23000, the first with the most votes."""
    return {
        (on := date.fromisoformat(day)): [
            Paper(
                f"{on:%y%m}.{on:%d}{n:03}",
                title,
                abstract=f"Earlier work is slow. We propose a method named after {title.lower()}. It works.",
                authors=("Yann Example", "Ada Lovelace"),
                categories=("cs.CL", "cs.AI") if n % 2 else ("cs.CV",),
                published=on,
                votes=40 - n,
                listed=on,
                code="https://github.com/example/code" if n == 0 else "",
            )
            for n, title in enumerate(titles)
        ]
        for day, titles in TITLES.items()
    }


@dataclass
class Hugging:
    """Hugging Face as tests want it: known papers, or silence."""

    known: Mapping[str, Paper] = field(default_factory=dict)
    found: Sequence[Paper] = ()
    down: bool = False
    asked: list[str] = field(default_factory=list)

    async def search_papers(self, query: str, limit: int = 20) -> SourceResponse:
        self.asked.append(query)
        if self.down:
            raise SourceDown("Hugging Face did not answer.")
        return SourceResponse(tuple(self.found))

    async def fetch_paper(self, identifier: str) -> Paper | None:
        self.asked.append(identifier)
        if self.down:
            raise SourceDown("Hugging Face did not answer.")
        return self.known.get(identifier)


@dataclass
class Room:
    """Somebody types, presses and fills in, at a moment of the test's own."""

    stores: Stores
    table: CommandTable
    now: datetime = NOW
    ids: Any = field(default_factory=lambda: count(1))

    def request(self, command: str, arguments: Mapping[str, str], **about: Any) -> Request:
        known: dict[str, Any] = {"channel": PAPERS, "person": ADA, "now": self.now} | about
        return Request(f"e{next(self.ids)}", command=command, arguments=arguments, **known)

    async def send(self, line: str, **about: Any) -> Answer:
        """Type a line."""
        try:
            name, arguments = self.table.parse_line(line)
        except Mistake as mistake:
            return Answer(messages.build_mistake_card(mistake))
        return await self.table.answer(self.request(name, arguments, **about))

    async def card(self, line: str, **about: Any) -> Card:
        """Type a line and return the card that came, whatever its tone."""
        body = (await self.send(line, **about)).body
        assert isinstance(body, Card), body
        return body

    async def form(self, line: str, **about: Any) -> Form:
        body = (await self.send(line, **about)).body
        assert isinstance(body, Form), body
        return body

    async def press(self, action: Action, **about: Any) -> Card:
        body = (await self.table.answer(self.request(action.command, action.arguments, **about))).body
        assert isinstance(body, Card), body
        return body

    async def mistake(self, line: str, **about: Any) -> tuple[str, str]:
        """Type a line that is wrong; return the sentence and the example."""
        card = await self.card(line, **about)
        assert card.tone == "mistake", card
        return card.text, card.example

    async def deliver(self) -> None:
        """Let everything that waits be posted."""
        while claimed := await self.stores.ledger.claim(self.now, self.now, 9):
            for delivery in claimed:
                await self.stores.ledger.settle(delivery, Settlement(DeliveryState.SENT, message="m1"), self.now)

    def later(self, **span: int) -> None:
        self.now += timedelta(**span)


def button(card: Card, label: str) -> Action:
    """Return a card's button, wherever it stands."""
    every = [*card.actions, *(action for item in card.items for action in item.actions)]
    return next(action for action in every if action.label == label)


@pytest.fixture
def hugging() -> Hugging:
    return Hugging()


@pytest.fixture
async def empty(tmp_path: Path, hugging: Hugging) -> AsyncIterator[Room]:
    """Stores that hold nothing, and the table over them."""
    async with open_stores(tmp_path, NOW) as stores:
        await stores.workspaces.save(Workspace("web", "local", "Local", timezone="Europe/Berlin"))
        yield Room(stores, build_table(CommandContext(stores, without_arxiv(hugging), platforms=list_features())))


@pytest.fixture
async def room(empty: Room) -> Room:
    """The same with three lists: Thu 19, Fri 20 and Mon 23 Nov."""
    for day, listed in papers().items():
        at = datetime(day.year, day.month, day.day, 20, tzinfo=UTC)
        await empty.stores.papers.add(listed, at)
        await empty.stores.feed_days.save_days([FeedDay(day, DayState.OK, tuple(paper.id for paper in listed), at)])
    return empty


@pytest.fixture
def bobs(room: Room) -> Room:
    """The same stores and table, for what Bob asks."""
    return replace(room)
