"""Items of a card that a renderer can't draw: they are left out, and the rest of the card goes out."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from bot.cards.models import Card
from bot.ports.commands import Answer
from bot.ports.skipped_papers import SkippedPapers

log = logging.getLogger(__name__)

Rendered = TypeVar("Rendered")


def render_sound_items(
    card: Card, render: Callable[[Card], Rendered], skipped_papers: SkippedPapers, message: object = ""
) -> Rendered:
    """Return what *render* makes of *card*, without the items of which it makes nothing; those are recorded.

    A card that can be rendered is rendered once. *message* is the key of the one that it becomes, for the log. Raises
    what *render* raises where no item would be left, or where it is not an item that is at fault.
    """
    try:
        return render(card)
    except Exception as error:  # noqa: BLE001 - the boundary of a card's items
        failure = error
    sound_card = drop_unrenderable_items(card, render, skipped_papers)
    if sound_card == card or not sound_card.items:
        raise failure
    if message:
        log.warning("%s goes out without %s", message, _list_missing_items(card, sound_card))
    return render(sound_card)


def render_sound_answer(
    answer: Answer, render: Callable[[Answer], Rendered], skipped_papers: SkippedPapers
) -> Rendered:
    """Return what *render* makes of an answer; see `render_sound_items`. A form has no items."""
    card = answer.body
    if not isinstance(card, Card):
        return render(answer)
    return render_sound_items(card, lambda sound_card: render(replace(answer, body=sound_card)), skipped_papers)


def drop_unrenderable_items(card: Card, render: Callable[[Card], object], skipped_papers: SkippedPapers) -> Card:
    """Return *card* with the items that can be rendered one by one; the others are recorded unless that is all."""
    errors = [_find_error(replace(card, items=(item,)), render) for item in card.items]
    if all(errors):
        return replace(card, items=())
    for item, error in zip(card.items, errors, strict=True):
        if error:
            skipped_papers.record(item.paper, "rendered", error)
    return replace(card, items=tuple(item for item, error in zip(card.items, errors, strict=True) if not error))


def _find_error(card: Card, render: Callable[[Card], object]) -> Exception | None:
    try:
        render(card)
    except Exception as error:  # noqa: BLE001 - the boundary of one item
        return error
    return None


def _list_missing_items(card: Card, sound_card: Card) -> str:
    return ", ".join(item.paper or "an entry" for item in card.items if item not in sound_card.items)
