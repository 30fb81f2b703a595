"""What stands where in a message, a window or a home, and what gives way when there is too much of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from adapters.slack.blocks import Block, actions, context, header, section, verbatim, weight
from adapters.slack.buttons import Pad
from adapters.slack.items import entries, unfolded
from adapters.slack.text import clean, code, inert, literal
from bot import wording
from bot.cards import Action, Card
from bot.language import gettext, ngettext, speaking
from bot.wording import EXAMPLE

MESSAGE: Final = 50
"""Blocks of a message; a window and a home take `VIEW`: https://docs.slack.dev/reference/block-kit/blocks."""
VIEW: Final = 100
WEIGHT: Final = 12_000
"""What the blocks of a message may weigh; see `adapters.slack.blocks.weight`."""
VIEW_WEIGHT: Final = 60_000
CODE: Final = 4000
"""Characters of a text to be copied that a message holds; a window holds more."""

_PART: Final = 2900
_MOST_CODE: Final = 50_000
_FOLIO: Final = 600
_FOOTER: Final = 1000
_BUTTONS: Final = 3000
_MOST_BUTTONS: Final = 25


def lay(
    card: Card,
    pad: Pad,
    *,
    most: int = MESSAGE,
    heaviest: int = WEIGHT,
    extra: Sequence[Block] = (),
    whole: bool = False,
    pictures: bool = False,
    command: str,
) -> list[Block]:
    """Return the blocks of *card*, in its language.

    They are at most *most* and not heavier than *heaviest*; the last items give way first.
    """
    with speaking(card.language):
        return _laid(card, pad, most, heaviest, extra, whole=whole, pictures=pictures, command=command)


def _laid(
    card: Card,
    pad: Pad,
    most: int,
    heaviest: int,
    extra: Sequence[Block],
    *,
    whole: bool,
    pictures: bool,
    command: str,
) -> list[Block]:
    head = list(_head(card, whole=whole))
    row = _row(card.actions, pad, extra)
    foot = _foot(card.footer, command)
    room = heaviest - weight([*head, *row, context(_lines((*foot, ngettext("and {n} more", "and {n} more", 1_000))))])
    body, left = _body(card, pad, most - len(head) - len(row) - 1, room, whole=whole, pictures=pictures)
    lines = _lines((ngettext("and {n} more", "and {n} more", left), *foot) if left else foot)
    return [*head, *body, *([context(lines)] if lines else []), *row]


def _head(card: Card, *, whole: bool) -> Iterator[Block]:
    """Yield what stands above the items: in answers the title leads, elsewhere the folio does."""
    title = [header(card.title)] if clean(card.title) else []
    line = inert(" · ".join(part for part in map(clean, card.folio) if part), _FOLIO)
    folio = [context(line)] if line else []
    yield from (*folio, *title) if card.tone in {"digest", "alert"} else (*title, *folio)
    sign = f"*{wording.sign(card)}* " if wording.sign(card) else ""
    if text := sign + inert(card.text, _FOOTER if card.code else _PART):
        yield section(text)
    said = literal(card.code if whole else card.code[:CODE])
    yield from (verbatim(said[at : at + _PART]) for at in range(0, min(len(said), _MOST_CODE), _PART))


def _body(card: Card, pad: Pad, most: int, room: int, *, whole: bool, pictures: bool) -> tuple[list[Block], int]:
    """Return the blocks of the items that there is room for, and how many items are left out."""
    if whole and len(card.items) == 1 and card.items[0].paper:
        return unfolded(card.items[0], pad)[:most], 0
    body: list[Block] = []
    left = len(card.items)
    for number, blocks in entries(card.items, pad, room, pictures=pictures):
        room -= weight(blocks)
        if len(body) + len(blocks) > most or room < 0:
            break
        body += blocks
        left -= number
    return body, left


def _foot(footer: Sequence[str], command: str) -> tuple[str, ...]:
    """Return the lines below the items; a correct example stands as it is to be typed."""
    lines = []
    for line in footer:
        example = line.removeprefix(gettext(EXAMPLE))
        lines.append(f"{gettext(EXAMPLE)}{code(f'{command} {example}')}" if example != line else inert(line, 300))
    return tuple(line for line in lines if line)


def _lines(lines: Sequence[str]) -> str:
    """Put one line below the other as long as there is room."""
    text = ""
    for line in lines:
        longer = f"{text}\n{line}" if text else line
        text = longer if len(longer) <= _FOOTER else text
    return text


def _row(every: Sequence[Action], pad: Pad, extra: Sequence[Block]) -> list[Block]:
    """Return the row of buttons, as far as they are not too heavy; the room for long values comes on top."""
    buttons: list[Block] = []
    heaviest = _BUTTONS + pad.room
    for action in every[: _MOST_BUTTONS - len(extra)]:
        button = pad.button(action)
        if weight([*buttons, button]) > heaviest:
            break
        buttons.append(button)
    return [actions([*buttons, *extra])] if buttons or extra else []
