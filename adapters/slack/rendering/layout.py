"""Block layout: the blocks of a message, modal or App Home within Slack's limits, and what is left out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from adapters.common.text import clean_text, remove_invisible
from adapters.slack.rendering.blocks import (
    Block,
    build_actions,
    build_context_block,
    build_header,
    build_preformatted,
    build_section,
    measure_weight,
)
from adapters.slack.rendering.buttons_and_menus import ComponentBuilder
from adapters.slack.rendering.items import render_entries, render_full_entry
from adapters.slack.rendering.mrkdwn import escape_mrkdwn, format_code
from bot.cards import messages
from bot.cards.messages import EXAMPLE_PREFIX
from bot.cards.models import Action, Card
from bot.i18n.translation import gettext, ngettext, use_language

MAX_MESSAGE_BLOCKS: Final = 50
"""Blocks of a message.

A view, modal or App Home, takes `MAX_VIEW_BLOCKS`: https://docs.slack.dev/reference/block-kit/blocks.
"""
MAX_VIEW_BLOCKS: Final = 100
MAX_MESSAGE_WEIGHT: Final = 12_000
"""What the blocks of a message may weigh; see `adapters.slack.rendering.blocks.measure_weight`."""
MAX_VIEW_WEIGHT: Final = 60_000
MAX_CODE: Final = 4000
"""Characters of a text to be copied that a message holds; a modal holds more."""

_MAX_SECTION_TEXT: Final = 2900
_MAX_VIEW_CODE: Final = 50_000
_MAX_FOLIO: Final = 600
_MAX_FOOTER: Final = 1000
_MAX_BUTTON_WEIGHT: Final = 3000
_MAX_BUTTONS: Final = 25


def lay_out_card(
    card: Card,
    builder: ComponentBuilder,
    *,
    max_blocks: int = MAX_MESSAGE_BLOCKS,
    max_weight: int = MAX_MESSAGE_WEIGHT,
    extra_buttons: Sequence[Block] = (),
    show_full_text: bool = False,
    pictures: bool = False,
    command: str,
) -> list[Block]:
    """Return the blocks of *card*, in its language.

    They are at most *max_blocks* and not heavier than *max_weight*; the last items give way first.
    """
    with use_language(card.language):
        return _lay_out_blocks(
            card,
            builder,
            max_blocks,
            max_weight,
            extra_buttons,
            show_full_text=show_full_text,
            pictures=pictures,
            command=command,
        )


def _lay_out_blocks(
    card: Card,
    builder: ComponentBuilder,
    max_blocks: int,
    max_weight: int,
    extra_buttons: Sequence[Block],
    *,
    show_full_text: bool,
    pictures: bool,
    command: str,
) -> list[Block]:
    head = list(_render_head(card, show_full_text=show_full_text))
    row = _build_button_row(card.actions, builder, extra_buttons)
    foot = _render_footer(card, command)
    remaining = max_weight - measure_weight(
        [
            *head,
            *row,
            build_context_block(_join_fitting_lines((*foot, ngettext("and {n} more", "and {n} more", 1_000)))),
        ]
    )
    body, omitted_count = _render_body(
        card,
        builder,
        max_blocks - len(head) - len(row) - 1,
        remaining,
        show_full_text=show_full_text,
        pictures=pictures,
    )
    lines = _join_fitting_lines(
        (ngettext("and {n} more", "and {n} more", omitted_count), *foot) if omitted_count else foot
    )
    return [*head, *body, *([build_context_block(lines)] if lines else []), *row]


def _render_head(card: Card, *, show_full_text: bool) -> Iterator[Block]:
    """Yield what stands above the items: in answers the title leads, elsewhere the folio does."""
    title = [build_header(card.title)] if clean_text(card.title) else []
    line = escape_mrkdwn(" · ".join(part for part in map(clean_text, card.folio) if part), _MAX_FOLIO)
    folio = [build_context_block(line)] if line else []
    yield from (*folio, *title) if card.tone in {"digest", "alert"} else (*title, *folio)
    sign = f"*{messages.format_failure_heading(card)}* " if messages.format_failure_heading(card) else ""
    if text := sign + escape_mrkdwn(card.text, _MAX_FOOTER if card.code else _MAX_SECTION_TEXT):
        yield build_section(text)
    code_text = remove_invisible(card.code if show_full_text else card.code[:MAX_CODE])
    yield from (
        build_preformatted(code_text[at : at + _MAX_SECTION_TEXT])
        for at in range(0, min(len(code_text), _MAX_VIEW_CODE), _MAX_SECTION_TEXT)
    )


def _render_body(
    card: Card, builder: ComponentBuilder, max_blocks: int, remaining: int, *, show_full_text: bool, pictures: bool
) -> tuple[list[Block], int]:
    """Return the blocks of the items that there is room for, and how many items are left out."""
    if show_full_text and len(card.items) == 1 and card.items[0].paper:
        return render_full_entry(card.items[0], builder)[:max_blocks], 0
    body: list[Block] = []
    omitted_count = len(card.items)
    for number, blocks in render_entries(card.items, builder, remaining, pictures=pictures):
        remaining -= measure_weight(blocks)
        if len(body) + len(blocks) > max_blocks or remaining < 0:
            break
        body += blocks
        omitted_count -= number
    return body, omitted_count


def _render_footer(card: Card, command: str) -> tuple[str, ...]:
    """Return the lines below the items; a correct example stands as it is to be typed."""
    lines = [escape_mrkdwn(line, 300) for line in card.footer]
    if card.example:
        lines.append(f"{gettext(EXAMPLE_PREFIX)}{format_code(f'{command} {card.example}')}")
    return tuple(line for line in lines if line)


def _join_fitting_lines(lines: Sequence[str]) -> str:
    """Put one line below the other as long as there is room."""
    text = ""
    for line in lines:
        longer = f"{text}\n{line}" if text else line
        text = longer if len(longer) <= _MAX_FOOTER else text
    return text


def _build_button_row(
    card_actions: Sequence[Action], builder: ComponentBuilder, extra_buttons: Sequence[Block]
) -> list[Block]:
    """Return the row of buttons, as far as they are not too heavy; the room for long values comes on top."""
    buttons: list[Block] = []
    max_weight = _MAX_BUTTON_WEIGHT + builder.available
    for action in card_actions[: _MAX_BUTTONS - len(extra_buttons)]:
        button = builder.build_button(action)
        if measure_weight([*buttons, button]) > max_weight:
            break
        buttons.append(button)
    return [build_actions([*buttons, *extra_buttons])] if buttons or extra_buttons else []
