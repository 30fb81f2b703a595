"""The pages of a panel: at most five rows each, one of them for buttons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final, TypeVar

from adapters.discord import fields, modal
from adapters.discord.pad import MOST_ROWS
from bot.cards import Field

_LISTS: Final = 4
_MODALS: Final = 2
"""Of a page: beside them stand the next page, saving and leaving."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page:
    """What is asked at once: each of ``chosen`` in a list, each group of ``flags`` in one, of ``typed`` in a modal.

    ``long`` are those that no modal holds.
    """

    chosen: tuple[Field, ...] = ()
    flags: tuple[tuple[Field, ...], ...] = ()
    typed: tuple[tuple[Field, ...], ...] = ()
    long: tuple[Field, ...] = ()


def pages(asked: Sequence[Field]) -> list[Page]:
    """Return the questions by page, at least one; what is asked rarely comes later.

    A zone stands beside its time: Discord tells nobody's, so it has to be asked.
    """
    usual = [each for each in asked if not each.advanced or each.kind == "zone"]
    rare = [each for each in asked if each not in usual]
    return [*_pages(_ordered(usual)), *(_pages(rare) if rare else [])]


def _ordered(asked: Sequence[Field]) -> list[Field]:
    """Put zones behind the first time."""
    zones = [each for each in asked if each.kind == "zone"]
    times = [each for each in asked if each.kind == "time"]
    rest = [each for each in asked if each.kind not in {"zone", "time"}]
    return [*times, *zones, *rest]


def _pages(asked: Sequence[Field]) -> list[Page]:
    chosen = [each for each in asked if fields.is_chosen(each)]
    flags = _groups([each for each in asked if each.kind == "flag"], MOST_ROWS)
    typed = [each for each in asked if fields.is_typed(each)]
    lists = _groups([*((each, ()) for each in chosen), *((None, group) for group in flags)], _LISTS)
    modals = _groups(_groups([each for each in typed if fields.fits(each)], modal.MOST), _MODALS)
    long = tuple(each for each in typed if not fields.fits(each))
    return [
        Page(
            tuple(each for each, _ in _at(lists, number) if each),
            tuple(group for _, group in _at(lists, number) if group),
            _at(modals, number),
            () if number else long,
        )
        for number in range(max(len(lists), len(modals), 1))
    ]


def _at(groups: Sequence[tuple[T, ...]], number: int) -> tuple[T, ...]:
    return groups[number] if number < len(groups) else ()


def _groups(things: Sequence[T], size: int) -> list[tuple[T, ...]]:
    rest = iter(things)
    return list(iter(lambda: tuple(islice(rest, size)), ()))
