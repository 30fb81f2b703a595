"""Pagination of answers: one page of results, and its Prev and Next buttons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from bot.cards.models import Action, Card
from bot.commands.context import CommandContext
from bot.i18n.translation import format_number, gettext
from bot.ports.commands import Answer, Placement

Entry = TypeVar("Entry")
PAGE_SIZE = 10


@dataclass(frozen=True, slots=True)
class ResultPage(Generic[Entry]):
    """One page: ``first`` is the number of its first thing, counted from 1."""

    entries: tuple[Entry, ...]
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
            first2=self.first + len(self.entries) - 1,
            total=format_number(self.total),
        )

    def build_page_buttons(self, command: str, arguments: Mapping[str, str]) -> tuple[Action, ...]:
        """Return the buttons to the pages around."""
        fixed = {name: text for name, text in arguments.items() if name != "page"}
        before = Action(gettext("Prev"), command, {**fixed, "page": str(self.number - 1)}, gettext("the page before"))
        after = Action(gettext("Next"), command, {**fixed, "page": str(self.number + 1)}, gettext("the next page"))
        more = self.first + len(self.entries) <= self.total
        return (*((before,) if self.number > 1 else ()), *((after,) if more else ()))


def paginate(entries: Sequence[Entry], page: int, size: int = PAGE_SIZE) -> ResultPage[Entry]:
    """Return page *page*; a page beyond the end is the last one."""
    last = max(1, -(-len(entries) // size))
    number = min(page, last)
    start = (number - 1) * size
    return ResultPage(tuple(entries[start : start + size]), number, start + 1, len(entries), size)


def choose_placement(arguments: Mapping[str, str]) -> Placement:
    """Say where a page goes: a turned one takes the place of the one before."""
    return Placement.REPLACE if "page" in arguments else Placement.PRIVATE


async def build_list_answer(card: Card, arguments: Mapping[str, str], context: CommandContext) -> Answer:
    """Return a list as an answer that can be shared, saying when it is a sample."""
    said = replace(card, footer=(*card.footer, *await context.describe_sample()))
    return Answer(said, choose_placement(arguments), shareable=True)
