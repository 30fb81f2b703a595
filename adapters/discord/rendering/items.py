"""Items of a card as Discord markdown: a paper on three lines, small items on one line each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from adapters.common.text import clean_text, count_utf16_units
from adapters.discord.rendering.markdown import fit_markdown, format_link
from bot.cards.messages import format_untitled
from bot.cards.models import Item
from bot.i18n.formatting import format_count, quote_name
from bot.i18n.translation import gettext

_MAX_TITLE: Final = 220
_MAX_NOTE: Final = 120
_MAX_SUBTEXT: Final = 400
_MIN_SUBTEXT: Final = 150
_MAX_LINE_TEXT: Final = 300
_SUBTEXT_PREFIX_LENGTH: Final = 3
"""Characters that make small print small."""
_TITLE_OVERHEAD: Final = 14
"""Characters around a title: its number, and the signs that make it bold and a link."""
_MIN_TITLE: Final = 20
"""Characters of a title that are left however little room there is."""
_MAX_REASONS: Final = 5


@dataclass(frozen=True, slots=True)
class Entry:
    """One item, written.

    ``heading`` stands above it, ``separator`` is what sets it off from the one before. ``title`` is the beginning of
    its line where it is said on one, ``text`` all that follows.
    """

    item: Item
    text: str
    heading: str = ""
    separator: str = "\n\n"
    title: str = ""

    def append_to(self, text: str) -> str:
        """Return *text* and this entry below it; what begins a message needs no gap."""
        return f"{text}{self.separator}{self._full_text}" if text else self._full_text

    @property
    def _full_text(self) -> str:
        said = f"{self.title}{self.text}"
        return f"{self.heading}\n{said}" if self.heading else said


def render_entries(items: Sequence[Item], max_length: int, *, max_summary: int | None = None) -> Iterator[Entry]:
    """Yield *items* as text, each in at most *max_length* characters.

    *max_summary* is the most of a line of sense, None any.
    """
    before, above = "", False
    for item in items:
        section = clean_text(item.section)
        heading = f"**{fit_markdown(section, _MAX_NOTE)}**" if section and section != before else ""
        one_line = is_one_line(item)
        remaining = max_length - count_utf16_units(heading) - 3
        title, text = (
            _render_line(item, remaining) if one_line else ("", render_entry(item, remaining, max_summary=max_summary))
        )
        yield Entry(item, text, heading, "\n" if one_line and above and not heading else "\n\n", title)
        before, above = section, one_line


def is_one_line(item: Item) -> bool:
    """Tell whether an item is said on one line."""
    more = item.url or item.paper or item.links or item.because or item.number is not None or item.votes is not None
    return not more and count_utf16_units(item.text) <= _MAX_LINE_TEXT


def render_entry(item: Item, max_length: int, *, max_summary: int | None = None, with_links: bool = True) -> str:
    """Write one item in at most *max_length* characters; its text gives way, then small print, then its title.

    *max_summary* is the most for the text, None for any. *with_links* puts its links into the small print.
    """
    title = render_title(item, max_length)
    remaining = max(max_length - count_utf16_units(title) - 2, 0)
    longest = remaining if max_summary is None else min(remaining, max_summary)
    # Small print gives way to a whole text, but not all of it.
    subtext_limit = max(
        _MIN_SUBTEXT, min(_MAX_SUBTEXT, remaining - count_utf16_units(fit_markdown(item.text, longest)))
    )
    subtext = render_notes(item, min(remaining - _SUBTEXT_PREFIX_LENGTH, subtext_limit), with_links=with_links)
    text = fit_markdown(item.text, max(min(remaining - count_utf16_units(subtext), longest), 0))
    return "\n".join(part for part in (title, text, subtext) if part)


def render_title(item: Item, max_length: int) -> str:
    """Write the title in about *max_length* characters: bold, a link, with its number."""
    number = f"{item.number}. " if item.number is not None else ""
    longest = min(_MAX_TITLE, max(max_length - count_utf16_units(item.url) - _TITLE_OVERHEAD, _MIN_TITLE))
    return (
        f"**{number}{format_link(item.url, item.title, longest) or format_link(item.url, format_untitled(), longest)}**"
    )


def render_notes(item: Item, max_length: int = _MAX_SUBTEXT, *, with_links: bool = True) -> str:
    """Write the small print, in about *max_length* characters: votes, who, links, why it is here.

    "" when there is none.
    """
    parts = [format_count(item.votes, "vote")] if item.votes is not None else []
    parts += [fit_markdown(note, _MAX_NOTE) for note in item.notes]
    parts += [format_link(place.url, place.label, _MAX_NOTE) for place in item.links] if with_links else []
    reasons = ", ".join(
        quote_name(fit_markdown(reason, _MAX_NOTE)) for reason in item.because[:_MAX_REASONS] if clean_text(reason)
    )
    return format_subtext([*parts, gettext("matches {reasons}", reasons=reasons) if reasons else ""], max_length)


def format_subtext(parts: Sequence[str], max_length: int = _MAX_SUBTEXT) -> str:
    """Write small print, as much as there is room for: https://support.discord.com/hc/en-us/articles/210298617."""
    line = _join_fitting(parts, max_length)
    return f"-# {line}" if line else ""


def _join_fitting(parts: Sequence[str], max_length: int) -> str:
    """Join what there is room for."""
    line = ""
    for part in parts:
        longer = f"{line} · {part}" if line and part else line or part
        line = longer if count_utf16_units(longer) <= max_length else line
    return line


def format_line_title(markdown: str) -> str:
    """Return how the line of a small thing begins."""
    return f"- **{markdown}**"


def _render_line(item: Item, max_length: int) -> tuple[str, str]:
    """Write a small thing on one line of a list: its title, and the rest; its text gives way to its notes."""
    name = fit_markdown(item.title, max(min(_MAX_NOTE, max_length - _TITLE_OVERHEAD), _MIN_TITLE)) or format_untitled()
    remaining = max(max_length - count_utf16_units(name) - _TITLE_OVERHEAD, 0)
    notes = _join_fitting([fit_markdown(note, _MAX_NOTE) for note in item.notes[:_MAX_REASONS]], remaining)
    text = fit_markdown(item.text.rstrip(".") if notes else item.text, max(remaining - count_utf16_units(notes), 0))
    details = " · ".join(part for part in (text, notes) if part)
    return format_line_title(name), f" {details}".rstrip()
