"""The entries of a card as text: a paper in three lines, a small thing on one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from adapters.discord.text import clean, fit, link, size
from bot.cards import Item
from bot.language import gettext, quoted
from bot.wording import count, untitled

_TITLE: Final = 220
_NOTE: Final = 120
_SMALL: Final = 400
_LEAST: Final = 150
_LINE: Final = 300
_MARK: Final = 3
"""Characters that make small print small."""
_AROUND: Final = 14
"""Characters around a title: its number, and the signs that make it bold and a link."""
_TELLING: Final = 20
"""Characters of a title that are left however little room there is."""
_MOST_REASONS: Final = 5


@dataclass(frozen=True, slots=True)
class Entry:
    """One item, written. ``heading`` stands above it, ``gap`` is what sets it off from the one before."""

    item: Item
    text: str
    heading: str = ""
    gap: str = "\n\n"

    def after(self, text: str) -> str:
        """Return *text* and this entry below it; what begins a message needs no gap."""
        return f"{text}{self.gap}{self._whole}" if text else self._whole

    @property
    def _whole(self) -> str:
        return f"{self.heading}\n{self.text}" if self.heading else self.text


def entries(items: Sequence[Item], most: int, *, sense: int | None = None) -> Iterator[Entry]:
    """Yield *items* as text, each in at most *most* characters; *sense* is the most of a line of sense, None any."""
    before, above = "", False
    for item in items:
        named = clean(item.section)
        heading = f"**{fit(named, _NOTE)}**" if named and named != before else ""
        small = is_small(item)
        room = most - size(heading) - 3
        text = _line(item, room) if small else entry(item, room, sense=sense)
        yield Entry(item, text, heading, "\n" if small and above and not heading else "\n\n")
        before, above = named, small


def is_small(item: Item) -> bool:
    """Tell whether an item is said on one line."""
    more = item.url or item.paper or item.links or item.because or item.number is not None or item.votes is not None
    return not more and size(item.text) <= _LINE


def entry(item: Item, most: int, *, sense: int | None = None, linked: bool = True) -> str:
    """Write one item in at most *most* characters: its text gives way, then small print, then the end of its title.

    *sense* is the most for the text, None for any. *linked* puts its links into the small print.
    """
    title = named(item, most)
    left = max(most - size(title) - 2, 0)
    longest = left if sense is None else min(left, sense)
    # Small print gives way to a whole text, but not all of it.
    kept = max(_LEAST, min(_SMALL, left - size(fit(item.text, longest))))
    small = notes(item, min(left - _MARK, kept), linked=linked)
    text = fit(item.text, max(min(left - size(small), longest), 0))
    return "\n".join(part for part in (title, text, small) if part)


def named(item: Item, most: int) -> str:
    """Write the title in about *most* characters: bold, a link, with its number."""
    number = f"{item.number}. " if item.number is not None else ""
    longest = min(_TITLE, max(most - size(item.url) - _AROUND, _TELLING))
    return f"**{number}{link(item.url, item.title, longest) or link(item.url, untitled(), longest)}**"


def notes(item: Item, most: int = _SMALL, *, linked: bool = True) -> str:
    """Write the small print, in about *most* characters: votes, who, links, why it is here; "" when there is none."""
    parts = [count(item.votes, "vote")] if item.votes is not None else []
    parts += [fit(note, _NOTE) for note in item.notes]
    parts += [link(place.url, place.label, _NOTE) for place in item.links] if linked else []
    reasons = ", ".join(quoted(fit(reason, _NOTE)) for reason in item.because[:_MOST_REASONS] if clean(reason))
    return small([*parts, gettext("matches {reasons}", reasons=reasons) if reasons else ""], most)


def small(parts: Sequence[str], most: int = _SMALL) -> str:
    """Write small print, as much as there is room for: https://support.discord.com/hc/en-us/articles/210298617."""
    line = _joined(parts, most)
    return f"-# {line}" if line else ""


def _joined(parts: Sequence[str], most: int) -> str:
    """Join what there is room for."""
    line = ""
    for part in parts:
        longer = f"{line} · {part}" if line and part else line or part
        line = longer if size(longer) <= most else line
    return line


def _line(item: Item, most: int) -> str:
    """Write a small thing on one line of a list; its text gives way to its notes."""
    name = fit(item.title, max(min(_NOTE, most - _AROUND), _TELLING)) or untitled()
    left = max(most - size(name) - _AROUND, 0)
    notes = _joined([fit(note, _NOTE) for note in item.notes[:_MOST_REASONS]], left)
    text = fit(item.text.rstrip(".") if notes else item.text, max(left - size(notes), 0))
    said = " · ".join(part for part in (text, notes) if part)
    return f"- **{name}** {said}".rstrip()
