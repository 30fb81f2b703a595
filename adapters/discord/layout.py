"""What stands where in a message, and what goes into the next one, or gives way, when there is too much of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from adapters.discord.items import Entry, entries, entry, small
from adapters.discord.text import clean, code, escape, fit, literal, size
from bot import wording
from bot.cards import Card, Item
from bot.language import gettext, ngettext
from bot.wording import EXAMPLE, ONE_LINER

CONTENT: Final = 2000
"""Characters of a message: https://docs.discord.com/developers/resources/message#create-message."""

_TITLE: Final = 150
_HEADLINE: Final = 110
_FOLIO: Final = 150
_TEXT, _ABOVE = 1000, 450
"""Characters of a card's own text: alone, and above its items or what is to be copied."""
_LINE: Final = 300
"""Characters of a line below the items; our own sentences are shorter, in every language."""
_EXAMPLE: Final = 120
_ROOMY: Final = 1000
"""What an entry may take where there are several."""
_EVEN: Final = (_ROOMY, 700, 500, 400, 320, 260, 220, 190, 170, 150, 135, 120, 105, 90, 75, 60)
"""What an entry may take where all have to be in one message; the first that does is taken."""
_RESERVED: Final = 50
"""Room for "and 1,000 more", and for the line by which a message without a component is known."""
_SENSES: Final = (ONE_LINER, 120, 105, 90, 75)
"""Lengths of the line of sense that are tried before a digest takes a second message."""
_GIVING: Final = (9, 8, 7)
"""Tenths of its even share that an entry gets where all have to fit into so many messages: what is cut leaves gaps."""
_LINES: Final = 3
CODE: Final = 700
"""Characters of a text to be copied that a message shows."""

Native = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Limits:
    """What one message holds: characters, and entries; ``parts`` is how many messages there may be.

    ``whole`` lets long texts give way until no item is left out.
    """

    size: int = CONTENT
    entries: int = 25
    parts: int = 15
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Part:
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
            text = each.after(text)
        return f"{text}\n\n{self.foot}" if self.foot and text else text or self.foot


def lay(card: Card, limits: Limits, native: Native, *, private: bool = False, ping: str = "") -> list[Part]:
    """Return *card* in parts, in order, at least one; items that none has room for are counted in the last.

    *native* writes an example as it is typed here. What is *private* is one message: its entries grow shorter before
    one is left out, the links of an only item are its buttons', and no phone announces it.
    """
    head, foot = _head(card, ping, lead=not private), _foot(card.footer, native)
    room = limits.size - size(_small(foot)) - _RESERVED
    if len(card.items) == 1 and card.items[0].paper and size(head) < room - _ROOMY:
        (item,) = card.items
        return [Part(head, (Entry(item, entry(item, room - size(head), linked=not private)),), _small(foot))]
    spread = _together if private else _spread
    return _ended(spread(card, head, room, limits), len(card.items), foot)


def _spread(card: Card, head: str, room: int, limits: Limits) -> list[Part]:
    """Return the items in as few messages as they need.

    A line of sense gives way before an entry leaves the message; a whole abstract does not.
    """
    if alone := _sensible(card, head, room, limits):
        return alone
    even = (limits.parts * room - size(head)) // max(1, len(card.items))
    shares = [room, *(even * tenths // 10 for tenths in _GIVING if limits.whole)]
    parts: list[Part] = []
    for most in shares:
        parts = list(islice(_parts(head, entries(card.items, most), room, limits.entries), limits.parts))
        if sum(len(part.entries) for part in parts) == len(card.items):
            break
    return parts


def _together(card: Card, head: str, room: int, limits: Limits) -> list[Part]:
    """Return the items in one message: what they say gives way for all alike, and none of them is left out for it."""
    if alone := _sensible(card, head, room, limits):
        return alone
    # What is left of a line of sense below some of the titles would only look like a slip.
    sense = 0 if _tight(card) else None
    tried = (list(_parts(head, entries(card.items, most, sense=sense), room, limits.entries)) for most in _EVEN)
    parts = next((parts for parts in tried if len(parts) == 1), None)
    return parts or list(_parts(head, entries(card.items, _EVEN[-1], sense=sense), room, limits.entries))[:1]


def _sensible(card: Card, head: str, room: int, limits: Limits) -> list[Part]:
    """Return the items in one message with the longest lines of sense that fit, or nothing."""
    for sense in _SENSES if _tight(card) else ():
        parts = list(islice(_parts(head, entries(card.items, _ROOMY, sense=sense), room, limits.entries), 2))
        if len(parts) == 1:
            return parts
    return []


def _tight(card: Card) -> bool:
    return all(len(item.text) <= ONE_LINER for item in card.items)


def _parts(head: str, every: Iterator[Entry], room: int, most: int) -> Iterator[Part]:
    """Yield messages of at most *most* entries and *room* characters; only the first has the head."""
    part = Part(head, (), "")
    for each in every:
        longer = Part(part.head, (*part.entries, each), "")
        if part.text and (size(longer.text) > room or len(longer.entries) > most):
            yield part
            longer = Part("", (each,), "")
        part = longer
    yield part


def _ended(parts: Sequence[Part], number: int, foot: Sequence[str]) -> list[Part]:
    """Put the foot below the last part, and how many items are in none."""
    left = number - sum(len(part.entries) for part in parts)
    *first, last = parts
    lines = [ngettext("and {n} more", "and {n} more", left), *foot] if left else list(foot)
    return [*first, Part(last.head, last.entries, _small(lines))]


def _head(card: Card, ping: str, *, lead: bool) -> str:
    """Write what stands above the items.

    A digest begins with what its papers are called, its *lead*, for the first line is all that a phone shows of it.
    """
    said = clean(card.fallback) if lead and card.folio else ""
    said = said if said.startswith(clean(card.folio[0] if card.folio else "")) else ""
    folio = [escape(part) for part in (card.folio[1:] if said else card.folio)]
    sign = f"**{wording.sign(card)}** " if wording.sign(card) else ""
    lines = (
        " ".join(part for part in (ping, fit(said, _HEADLINE)) if part),
        f"### {fit(card.title, _TITLE)}" if clean(card.title) else "",
        small(folio, _FOLIO),
        (sign + fit(card.text, _ABOVE if card.items or card.code else _TEXT)).rstrip(),
        literal(card.code, CODE),
    )
    return "\n".join(line for line in lines if line)


def _foot(footer: Sequence[str], native: Native) -> list[str]:
    """Return the lines below the items; a correct example stands as it is to be typed."""
    lines = []
    for line in footer[:_LINES]:
        example = line.removeprefix(gettext(EXAMPLE))
        lines.append(f"{gettext(EXAMPLE)}{code(native(example), _EXAMPLE)}" if example != line else fit(line, _LINE))
    return [line for line in lines if line]


def _small(lines: Sequence[str]) -> str:
    return "\n".join(f"-# {line}" for line in lines)
