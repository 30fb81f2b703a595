"""Form pages: the fields of a panel split by Discord's limit of five action rows, one of them for buttons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final, TypeVar

from adapters.discord.forms import fields, modal
from adapters.discord.rendering.buttons_and_selects import MAX_OPTIONS
from bot.cards.models import Field

_MAX_SELECTS: Final = 4
_MAX_MODALS: Final = 2
"""Of a page: beside them stand the next page, saving and leaving."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class FormPage:
    """What is asked at once: ``selects`` each in a list, ``flag_groups`` each in one, ``modals`` each in a modal.

    ``oversized_fields`` are those that no modal holds.
    """

    selects: tuple[Field, ...] = ()
    flag_groups: tuple[tuple[Field, ...], ...] = ()
    modals: tuple[tuple[Field, ...], ...] = ()
    oversized_fields: tuple[Field, ...] = ()


def paginate_fields(form_fields: Sequence[Field]) -> list[FormPage]:
    """Return the questions by page, at least one; what is asked rarely comes later.

    A zone stands beside its time: Discord tells nobody's, so it has to be asked.
    """
    basic = [each for each in form_fields if not each.advanced or each.kind == "zone"]
    advanced = [each for each in form_fields if each not in basic]
    return [*_build_pages(_order_fields(basic)), *(_build_pages(advanced) if advanced else [])]


def _order_fields(form_fields: Sequence[Field]) -> list[Field]:
    """Put zones behind the first time."""
    zones = [each for each in form_fields if each.kind == "zone"]
    times = [each for each in form_fields if each.kind == "time"]
    rest = [each for each in form_fields if each.kind not in {"zone", "time"}]
    return [*times, *zones, *rest]


def _build_pages(form_fields: Sequence[Field]) -> list[FormPage]:
    selects = [each for each in form_fields if fields.has_select(each)]
    flags = _split_groups([each for each in form_fields if each.kind == "flag"], MAX_OPTIONS)
    text_inputs = [each for each in form_fields if fields.is_text_input(each)]
    lists = _split_groups([*((each, ()) for each in selects), *((None, group) for group in flags)], _MAX_SELECTS)
    modals = _split_groups(
        _split_groups([each for each in text_inputs if fields.fits_input(each)], modal.MAX_QUESTIONS), _MAX_MODALS
    )
    oversized = tuple(each for each in text_inputs if not fields.fits_input(each))
    return [
        FormPage(
            tuple(each for each, _ in _get_group(lists, number) if each),
            tuple(group for _, group in _get_group(lists, number) if group),
            _get_group(modals, number),
            () if number else oversized,
        )
        for number in range(max(len(lists), len(modals), 1))
    ]


def _get_group(groups: Sequence[tuple[T, ...]], number: int) -> tuple[T, ...]:
    return groups[number] if number < len(groups) else ()


def _split_groups(elements: Sequence[T], size: int) -> list[tuple[T, ...]]:
    rest = iter(elements)
    return list(iter(lambda: tuple(islice(rest, size)), ()))
