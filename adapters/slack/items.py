"""The entries of a card: a section for a paper with what can be done with it behind ⋯, a line for a small thing."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Final

from adapters.slack.blocks import Block, actions, context, divider, picture, section
from adapters.slack.buttons import Pad
from adapters.slack.presses import Press
from adapters.slack.text import SECTION, clean, inert, link, pieces, safe
from bot.cards import Item
from bot.language import gettext, quoted
from bot.wording import count, untitled

NOTE: Final = 120
_PART: Final = 300
TITLE: Final = 300
_SMALL: Final = 900
_MOST_REASONS: Final = 5
_MOST_ROWS: Final = 100
_LINE_TEXT: Final = 300
"""A thing that has more to say gets a section of its own."""
_BULK: Final = 2
"""Small things with the same one button each, from which on they share a list to choose from."""
_LEAST_TEXT: Final = 400
_WHOLE: Final = 40_000
_AROUND: Final = 500
"""What an entry mostly weighs besides its text."""


def entries(items: Sequence[Item], pad: Pad, room: int, *, pictures: bool = False) -> Iterator[tuple[int, list[Block]]]:
    """Yield the blocks of *items* in order, with the number of items that they show.

    Long texts are cut where whole ones would be heavier together than *room*, for all entries alike.
    """
    whole = sum(len(item.text) + _AROUND for item in items) <= room
    longest = SECTION if whole else max(_LEAST_TEXT, room // len(items) - _AROUND)
    before = None
    for heading, run in groupby(items, key=lambda item: clean(item.section)):
        above = [context(f"*{inert(heading, NOTE)}*")] if heading else []
        # What stands under no heading is set off from what follows under one.
        above = [divider(), *above] if before == "" else above
        before = heading
        for label, same in groupby(run, key=_small):
            for number, blocks in _together(label, list(same), pad, longest, pictures=pictures):
                yield number, [*above, *blocks]
                above = []


def unfolded(item: Item, pad: Pad) -> list[Block]:
    """Return one entry in full, for a window: the whole text, then what can be done as buttons."""
    text = item.abstract or item.text
    blocks = [section(_title(item)), *(section(part) for part in pieces(text[:_WHOLE], SECTION))]
    small = _notes(item)
    blocks += [context(small)] if small else []
    buttons = [pad.button(action) for action in item.actions[:25]]
    return [*blocks, actions(buttons)] if buttons else blocks


def _small(item: Item) -> str | None:
    """Tell whether an item is one line: the label of its only button, "" without one, None when it is more."""
    more = item.url or item.paper or item.links or item.because or item.number is not None or item.votes is not None
    if more or len(item.actions) > 1 or len(item.text) > _LINE_TEXT:
        return None
    return item.actions[0].label if item.actions else ""


def _together(
    label: str | None, items: list[Item], pad: Pad, longest: int, *, pictures: bool
) -> Iterator[tuple[int, list[Block]]]:
    """Yield neighbours of one sort: small things on lines, others each for itself."""
    if label == "" or (label and len(items) >= _BULK):
        yield from _lines(label, items, pad)
        return
    for item in items:
        yield 1, _entry(item, pad, longest, pictures=pictures)


def _lines(label: str, items: list[Item], pad: Pad) -> Iterator[tuple[int, list[Block]]]:
    """Yield small things together, as many as a section holds."""
    while items:
        text, number = "", 0
        for line in map(_line, items[:_MOST_ROWS]):
            if len(text) + len(line) >= SECTION:
                break
            text, number = f"{text}\n{line}".strip(), number + 1
        taken, items = items[:number], items[number:]
        rows = [(item.actions[0].about or item.title, pad.press(item.actions[0])) for item in taken if item.actions]
        yield number, [section(text, pad.choice(label, rows) if rows else None)]


def _line(item: Item) -> str:
    """Write a small thing on one line."""
    notes = inert(" · ".join(item.notes), NOTE)
    text = inert(item.text.rstrip(".") if notes else item.text, _LINE_TEXT)
    return f"*{inert(item.title, NOTE) or untitled()}*  {' · '.join(part for part in (text, notes) if part)}".rstrip()


def _entry(item: Item, pad: Pad, longest: int, *, pictures: bool) -> list[Block]:
    image = _picture(item) if pictures else None
    small, does = _notes(item), _does(item, pad)
    title = _title(item)
    text = inert(item.text, min(longest, SECTION - len(title) - _SMALL - 2))
    if image is None:
        return [section("\n".join(part for part in (title, text, small) if part), does)]
    # A section has room for one thing at its side, so the menu moves down to the small print.
    above = section(f"{title}\n{text}" if text else title, image)
    return [above, section(small or " · ", does)] if does else [above, *([context(small)] if small else [])]


def _title(item: Item) -> str:
    number = f"{item.number}. " if item.number is not None else ""
    return f"*{number}{link(item.url, clean(item.title) or untitled(), TITLE)}*"


def _notes(item: Item) -> str:
    """Return the small print: votes, who, links, why it is here."""
    parts = [count(item.votes, "vote")] if item.votes is not None else []
    parts += [inert(note, _PART) for note in item.notes]
    parts += [link(place.url, place.label, NOTE) for place in item.links]
    reasons = ", ".join(quoted(inert(reason, NOTE)) for reason in item.because[:_MOST_REASONS])
    parts += [gettext("matches {reasons}", reasons=reasons)] if reasons else []
    return _joined(part for part in parts if part)


def _joined(parts: Iterator[str]) -> str:
    """Join with dots what there is room for."""
    line = ""
    for part in parts:
        longer = f"{line} · {part}" if line else part
        line = longer if len(longer) <= _SMALL else line
    return line


def _does(item: Item, pad: Pad) -> Block | None:
    """Return what can be done: one button, or a menu that begins with the abstract."""
    rows = [(action.label, pad.press(action)) for action in item.actions]
    if item.abstract and item.paper:
        rows.insert(0, (gettext("Abstract"), Press("show", {"paper": item.paper}, modal=True)))
    elif len(rows) == 1:
        return pad.button(item.actions[0])
    return pad.menu(rows) if rows else None


def _picture(item: Item) -> Block | None:
    """Return the thumbnail, told in words for those who can't see it."""
    about = next((action.about for action in item.actions if action.about), "")
    address = safe(item.thumbnail)
    named = about or re.split(r":\s", item.title[:TITLE], maxsplit=1)[0]
    return picture(address, gettext("First page or figure of {paper}", paper=named)) if address else None
