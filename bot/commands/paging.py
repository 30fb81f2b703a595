"""Lists that are longer than one message: a page of them, and the buttons that turn it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from bot.cards import Action, Card
from bot.commands.desk import Desk
from bot.language import gettext, grouped
from bot.ports.commands import Answer, Placement

Thing = TypeVar("Thing")
SIZE = 10


@dataclass(frozen=True, slots=True)
class Leaf(Generic[Thing]):
    """One page: ``first`` is the number of its first thing, counted from 1."""

    things: tuple[Thing, ...]
    number: int
    first: int
    total: int
    size: int

    @property
    def span(self) -> str:
        """Say which they are: "1–5 of 42"; nothing when there is one page only."""
        if self.total <= self.size:
            return ""
        return gettext(
            "{first}–{first2} of {total}",
            first=self.first,
            first2=self.first + len(self.things) - 1,
            total=grouped(self.total),
        )

    def turns(self, command: str, arguments: Mapping[str, str]) -> tuple[Action, ...]:
        """Return the buttons to the pages around."""
        fixed = {name: text for name, text in arguments.items() if name != "page"}
        before = Action(gettext("Prev"), command, {**fixed, "page": str(self.number - 1)}, gettext("the page before"))
        after = Action(gettext("Next"), command, {**fixed, "page": str(self.number + 1)}, gettext("the next page"))
        more = self.first + len(self.things) <= self.total
        return (*((before,) if self.number > 1 else ()), *((after,) if more else ()))


def leaf(things: Sequence[Thing], page: int, size: int = SIZE) -> Leaf[Thing]:
    """Return page *page*; a page beyond the end is the last one."""
    last = max(1, -(-len(things) // size))
    number = min(page, last)
    start = (number - 1) * size
    return Leaf(tuple(things[start : start + size]), number, start + 1, len(things), size)


def placement(arguments: Mapping[str, str]) -> Placement:
    """Say where a page goes: a turned one takes the place of the one before."""
    return Placement.REPLACE if "page" in arguments else Placement.PRIVATE


async def answer(card: Card, arguments: Mapping[str, str], desk: Desk) -> Answer:
    """Return a list as an answer that can be shared, saying when it is a sample."""
    said = replace(card, footer=(*card.footer, *await desk.sampling()))
    return Answer(said, placement(arguments), shareable=True)
