"""Items of a card as Block Kit sections: a paper with an overflow menu, small items on one line each."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Final

from adapters.common.text import clean_text, sanitize_url
from adapters.slack.rendering.blocks import (
    Block,
    build_actions,
    build_context_block,
    build_divider,
    build_image,
    build_section,
)
from adapters.slack.rendering.buttons_and_menus import ComponentBuilder
from adapters.slack.rendering.mrkdwn import MAX_SECTION_TEXT, MAX_URL_LENGTH, escape_mrkdwn, format_link, split_mrkdwn
from bot.cards.messages import format_untitled
from bot.cards.models import Item
from bot.cards.paper_items import build_show_action
from bot.i18n.formatting import format_count, quote_name
from bot.i18n.translation import gettext

MAX_NOTE: Final = 120
_MAX_NOTE_PART: Final = 300
MAX_TITLE: Final = 300
_MAX_NOTES: Final = 900
_MAX_REASONS: Final = 5
_MAX_SELECT_OPTIONS: Final = 100
_MAX_LINE_TEXT: Final = 300
"""A thing that has more to say gets a section of its own."""
_MIN_GROUP_SIZE: Final = 2
"""Small things with the same one button each, from which on they share a list to choose from."""
_MIN_TEXT: Final = 400
_MAX_FULL_TEXT: Final = 40_000
_ENTRY_OVERHEAD: Final = 500
"""What an entry mostly weighs besides its text."""


def render_entries(
    items: Sequence[Item], builder: ComponentBuilder, max_weight: int, *, pictures: bool = False
) -> Iterator[tuple[int, list[Block]]]:
    """Yield the blocks of *items* in order, with the number of items that they show.

    Long texts are cut where whole ones would be heavier together than *max_weight*, for all entries alike.
    """
    fits_whole = sum(len(item.text) + _ENTRY_OVERHEAD for item in items) <= max_weight
    max_length = MAX_SECTION_TEXT if fits_whole else max(_MIN_TEXT, max_weight // len(items) - _ENTRY_OVERHEAD)
    last_heading = None
    for heading, run in groupby(items, key=lambda item: clean_text(item.section)):
        heading_blocks = [build_context_block(f"*{escape_mrkdwn(heading, MAX_NOTE)}*")] if heading else []
        # What stands under no heading is set off from what follows under one.
        heading_blocks = [build_divider(), *heading_blocks] if last_heading == "" else heading_blocks
        last_heading = heading
        for label, group in groupby(run, key=_find_line_label):
            for number, blocks in _render_group(label, list(group), builder, max_length, pictures=pictures):
                yield number, [*heading_blocks, *blocks]
                heading_blocks = []


def render_full_entry(item: Item, builder: ComponentBuilder) -> list[Block]:
    """Return one entry in full, for a modal: the whole text, then what can be done as buttons."""
    text = item.abstract or item.text
    blocks = [
        build_section(_render_title(item)),
        *(build_section(part) for part in split_mrkdwn(text[:_MAX_FULL_TEXT], MAX_SECTION_TEXT)),
    ]
    notes = _render_notes(item)
    blocks += [build_context_block(notes)] if notes else []
    buttons = [builder.build_button(action) for action in item.actions[:25]]
    return [*blocks, build_actions(buttons)] if buttons else blocks


def _find_line_label(item: Item) -> str | None:
    """Tell whether an item is one line: the label of its only button, "" without one, None when it is more."""
    has_details = (
        item.url or item.paper or item.links or item.because or item.number is not None or item.votes is not None
    )
    if has_details or len(item.actions) > 1 or len(item.text) > _MAX_LINE_TEXT:
        return None
    return item.actions[0].label if item.actions else ""


def _render_group(
    label: str | None, items: list[Item], builder: ComponentBuilder, max_length: int, *, pictures: bool
) -> Iterator[tuple[int, list[Block]]]:
    """Yield neighbours of one sort: small things on lines, others each for itself."""
    if label == "" or (label and len(items) >= _MIN_GROUP_SIZE):
        yield from _render_lines(label, items, builder)
        return
    for item in items:
        yield 1, _render_entry(item, builder, max_length, pictures=pictures)


def _render_lines(label: str, items: list[Item], builder: ComponentBuilder) -> Iterator[tuple[int, list[Block]]]:
    """Yield small things together, as many as a section holds."""
    while items:
        text, number = "", 0
        for line in map(_render_line, items[:_MAX_SELECT_OPTIONS]):
            if len(text) + len(line) >= MAX_SECTION_TEXT:
                break
            text, number = f"{text}\n{line}".strip(), number + 1
        section_items, items = items[:number], items[number:]
        rows = [
            (item.actions[0].about or item.title, builder.build_payload(item.actions[0]))
            for item in section_items
            if item.actions
        ]
        yield number, [build_section(text, builder.build_select(label, rows) if rows else None)]


def _render_line(item: Item) -> str:
    """Write a small thing on one line."""
    notes = escape_mrkdwn(" · ".join(item.notes), MAX_NOTE)
    text = escape_mrkdwn(item.text.rstrip(".") if notes else item.text, _MAX_LINE_TEXT)
    rest = " · ".join(part for part in (text, notes) if part)
    return f"*{escape_mrkdwn(item.title, MAX_NOTE) or format_untitled()}*  {rest}".rstrip()


def _render_entry(item: Item, builder: ComponentBuilder, max_length: int, *, pictures: bool) -> list[Block]:
    image = _build_thumbnail(item) if pictures else None
    notes, accessory = _render_notes(item), _build_accessory(item, builder)
    title = _render_title(item)
    text = escape_mrkdwn(item.text, min(max_length, MAX_SECTION_TEXT - len(title) - _MAX_NOTES - 2))
    if image is None:
        return [build_section("\n".join(part for part in (title, text, notes) if part), accessory)]
    # A section has room for one thing at its side, so the menu moves down to the small print.
    above = build_section(f"{title}\n{text}" if text else title, image)
    return (
        [above, build_section(notes or " · ", accessory)]
        if accessory
        else [above, *([build_context_block(notes)] if notes else [])]
    )


def _render_title(item: Item) -> str:
    number = f"{item.number}. " if item.number is not None else ""
    return f"*{number}{format_link(item.url, clean_text(item.title) or format_untitled(), MAX_TITLE)}*"


def _render_notes(item: Item) -> str:
    """Return the small print: votes, who, links, why it is here."""
    parts = [format_count(item.votes, "vote")] if item.votes is not None else []
    parts += [escape_mrkdwn(note, _MAX_NOTE_PART) for note in item.notes]
    parts += [format_link(place.url, place.label, MAX_NOTE) for place in item.links]
    reasons = ", ".join(quote_name(escape_mrkdwn(reason, MAX_NOTE)) for reason in item.because[:_MAX_REASONS])
    parts += [gettext("matches {reasons}", reasons=reasons)] if reasons else []
    return _join_fitting(part for part in parts if part)


def _join_fitting(parts: Iterator[str]) -> str:
    """Join with dots what there is room for."""
    line = ""
    for part in parts:
        longer = f"{line} · {part}" if line else part
        line = longer if len(longer) <= _MAX_NOTES else line
    return line


def _build_accessory(item: Item, builder: ComponentBuilder) -> Block | None:
    """Return what can be done: one button, or a menu that begins with the abstract."""
    rows = [(action.label, builder.build_payload(action)) for action in item.actions]
    if item.abstract and item.paper:
        show = build_show_action(item, gettext("Abstract"))
        rows.insert(0, (show.label, builder.build_payload(show)))
    elif len(rows) == 1:
        return builder.build_button(item.actions[0])
    return builder.build_overflow_menu(rows) if rows else None


def _build_thumbnail(item: Item) -> Block | None:
    """Return the thumbnail, told in words for those who can't see it."""
    about = next((action.about for action in item.actions if action.about), "")
    address = sanitize_url(item.thumbnail, MAX_URL_LENGTH)
    paper_name = about or re.split(r":\s", item.title[:MAX_TITLE], maxsplit=1)[0]
    return build_image(address, gettext("First page or figure of {paper}", paper=paper_name)) if address else None
