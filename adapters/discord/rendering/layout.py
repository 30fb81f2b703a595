"""Message layout: a card split into messages of at most 2,000 characters, and what is shortened or left out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from adapters.common.text import clean_text, count_utf16_units
from adapters.discord.rendering.items import Entry, format_subtext, render_entries, render_entry
from adapters.discord.rendering.markdown import escape_markdown, fit_markdown, format_code, format_code_block
from bot.cards import messages
from bot.cards.messages import EXAMPLE_PREFIX
from bot.cards.models import Card, Item
from bot.cards.paper_items import MAX_SUMMARY_LENGTH
from bot.i18n.translation import gettext, ngettext

MAX_CONTENT: Final = 2000
"""Characters of a message: https://docs.discord.com/developers/resources/message#create-message."""

_MAX_TITLE: Final = 150
_MAX_HEADLINE: Final = 110
_MAX_FOLIO: Final = 150
_MAX_TEXT, _MAX_TEXT_ABOVE_ITEMS = 1000, 450
"""Characters of a card's own text: alone, and above its items or what is to be copied."""
_MAX_FOOTER_LINE: Final = 300
"""Characters of a line below the items; our own sentences are shorter, in every language."""
_MAX_EXAMPLE: Final = 120
_MAX_ENTRY: Final = 1000
"""What an entry may take where there are several."""
_ENTRY_SIZES: Final = (_MAX_ENTRY, 700, 500, 400, 320, 260, 220, 190, 170, 150, 135, 120, 105, 90, 75, 60)
"""What an entry may take where all have to be in one message; the first that does is taken."""
_RESERVED: Final = 50
"""Room for "and 1,000 more", and for the line by which a message without a component is known."""
_SUMMARY_LENGTHS: Final = (MAX_SUMMARY_LENGTH, 120, 105, 90, 75)
"""Lengths of the line of sense that are tried before a digest takes a second message."""
_SHARE_TENTHS: Final = (9, 8, 7)
"""Tenths of its even share that an entry gets where all have to fit into so many messages: what is cut leaves gaps."""
_MAX_FOOTER_LINES: Final = 3
MAX_CODE: Final = 700
"""Characters of a text to be copied that a message shows."""

CommandFormatter = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class MessageLimits:
    """What one message holds: characters, and entries; ``max_parts`` is how many messages there may be.

    ``fit_all_items`` lets long texts give way until no item is left out.
    """

    max_characters: int = MAX_CONTENT
    max_entries: int = 25
    max_parts: int = 15
    fit_all_items: bool = False


@dataclass(frozen=True, slots=True)
class MessagePart:
    """One message of a card: what it says and the items that it says it of."""

    head: str
    entries: tuple[Entry, ...]
    foot: str

    @property
    def items(self) -> tuple[Item, ...]:
        """The items in it."""
        return tuple(each.item for each in self.entries)

    @property
    def text(self) -> str:
        """All of it."""
        text = self.head
        for each in self.entries:
            text = each.append_to(text)
        return f"{text}\n\n{self.foot}" if self.foot and text else text or self.foot


def lay_out_card(
    card: Card,
    limits: MessageLimits,
    command_formatter: CommandFormatter,
    *,
    is_private: bool = False,
    role_mention: str = "",
) -> list[MessagePart]:
    """Return *card* in parts, in order, at least one; items that none has room for are counted in the last.

    *command_formatter* writes an example as it is typed here. What is *is_private* is one message: its entries grow
    shorter before one is left out, the links of an only item are its buttons', and no phone announces it.
    """
    head, foot = (
        render_head(card, role_mention, with_lead=not is_private),
        _render_footer(card, command_formatter),
    )
    available = limits.max_characters - count_utf16_units(_format_subtext_lines(foot)) - _RESERVED
    if len(card.items) == 1 and card.items[0].paper and count_utf16_units(head) < available - _MAX_ENTRY:
        (item,) = card.items
        return [
            MessagePart(
                head,
                (Entry(item, render_entry(item, available - count_utf16_units(head), with_links=not is_private)),),
                _format_subtext_lines(foot),
            )
        ]
    split = _fit_one_message if is_private else _split_into_messages
    return _add_footer(split(card, head, available, limits), len(card.items), foot)


def _split_into_messages(card: Card, head: str, available: int, limits: MessageLimits) -> list[MessagePart]:
    """Return the items in as few messages as they need.

    A line of sense gives way before an entry leaves the message; a whole abstract does not.
    """
    if single := _fit_with_summaries(card, head, available, limits):
        return single
    even = (limits.max_parts * available - count_utf16_units(head)) // max(1, len(card.items))
    shares = [available, *(even * tenths // 10 for tenths in _SHARE_TENTHS if limits.fit_all_items)]
    parts: list[MessagePart] = []
    for max_length in shares:
        parts = list(
            islice(
                _split_entries(head, render_entries(card.items, max_length), available, limits.max_entries),
                limits.max_parts,
            )
        )
        if sum(len(part.entries) for part in parts) == len(card.items):
            break
    return parts


def _fit_one_message(card: Card, head: str, available: int, limits: MessageLimits) -> list[MessagePart]:
    """Return the items in one message: what they say gives way for all alike, and none of them is left out for it."""
    if single := _fit_with_summaries(card, head, available, limits):
        return single
    # What is left of a line of sense below some of the titles would only look like a slip.
    max_summary = 0 if _has_short_texts(card) else None
    layouts = (
        list(
            _split_entries(
                head, render_entries(card.items, max_length, max_summary=max_summary), available, limits.max_entries
            )
        )
        for max_length in _ENTRY_SIZES
    )
    parts = next((parts for parts in layouts if len(parts) == 1), None)
    return (
        parts
        or list(
            _split_entries(
                head,
                render_entries(card.items, _ENTRY_SIZES[-1], max_summary=max_summary),
                available,
                limits.max_entries,
            )
        )[:1]
    )


def _fit_with_summaries(card: Card, head: str, available: int, limits: MessageLimits) -> list[MessagePart]:
    """Return the items in one message with the longest lines of sense that fit, or nothing."""
    for max_summary in _SUMMARY_LENGTHS if _has_short_texts(card) else ():
        parts = list(
            islice(
                _split_entries(
                    head, render_entries(card.items, _MAX_ENTRY, max_summary=max_summary), available, limits.max_entries
                ),
                2,
            )
        )
        if len(parts) == 1:
            return parts
    return []


def _has_short_texts(card: Card) -> bool:
    return all(len(item.text) <= MAX_SUMMARY_LENGTH for item in card.items)


def _split_entries(head: str, entries: Iterator[Entry], available: int, max_entries: int) -> Iterator[MessagePart]:
    """Yield messages of at most *max_entries* entries and *available* characters; only the first has the head."""
    part = MessagePart(head, (), "")
    for each in entries:
        longer = MessagePart(part.head, (*part.entries, each), "")
        if part.text and (count_utf16_units(longer.text) > available or len(longer.entries) > max_entries):
            yield part
            longer = MessagePart("", (each,), "")
        part = longer
    yield part


def _add_footer(parts: Sequence[MessagePart], item_count: int, foot: Sequence[str]) -> list[MessagePart]:
    """Put the foot below the last part, and how many items are in none."""
    left = item_count - sum(len(part.entries) for part in parts)
    *first, last = parts
    lines = [ngettext("and {n} more", "and {n} more", left), *foot] if left else list(foot)
    return [*first, MessagePart(last.head, last.entries, _format_subtext_lines(lines))]


def render_head(card: Card, role_mention: str = "", *, with_lead: bool = False, title: str = "") -> str:
    """Write what stands above the items.

    A digest begins with what its papers are called, its *with_lead*, for the first line is all that a phone shows of
    it. *title* is markdown that stands for the card's title.
    """
    headline = clean_text(card.fallback) if with_lead and card.folio else ""
    headline = headline if headline.startswith(clean_text(card.folio[0] if card.folio else "")) else ""
    folio = [escape_markdown(part) for part in (card.folio[1:] if headline else card.folio)]
    sign = f"**{messages.format_failure_heading(card)}** " if messages.format_failure_heading(card) else ""
    lines = (
        " ".join(part for part in (role_mention, fit_markdown(headline, _MAX_HEADLINE)) if part),
        f"### {title or fit_markdown(card.title, _MAX_TITLE)}" if clean_text(card.title) else "",
        format_subtext(folio, _MAX_FOLIO),
        (sign + fit_markdown(card.text, _MAX_TEXT_ABOVE_ITEMS if card.items or card.code else _MAX_TEXT)).rstrip(),
        format_code_block(card.code, MAX_CODE),
    )
    return "\n".join(line for line in lines if line)


def _render_footer(card: Card, command_formatter: CommandFormatter) -> list[str]:
    """Return the lines below the items; a correct example stands as it is to be typed."""
    lines = [fit_markdown(line, _MAX_FOOTER_LINE) for line in card.footer]
    if card.example:
        lines.append(f"{gettext(EXAMPLE_PREFIX)}{format_code(command_formatter(card.example), _MAX_EXAMPLE)}")
    return [line for line in lines[:_MAX_FOOTER_LINES] if line]


def _format_subtext_lines(lines: Sequence[str]) -> str:
    return "\n".join(f"-# {line}" for line in lines)
