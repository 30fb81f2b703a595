"""What can be pressed below a message: lists to choose from, then buttons; five rows at most."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Final

from adapters.discord.buttons import Press
from adapters.discord.pad import MOST_ROWS, Component, Pad, Row, leading
from adapters.discord.text import clean
from bot.cards import Action, Item
from bot.language import gettext
from bot.wording import count, untitled

MOST: Final = 5
"""Rows of a message, and buttons of a row: https://docs.discord.com/developers/components/reference#action-row."""

_LISTS: Final = 4


def rows(
    items: Sequence[Item],
    actions: Sequence[Action],
    pad: Pad,
    *,
    share: Press | None = None,
    linked: bool = False,
    most: int = MOST,
) -> list[Component]:
    """Return at most *most* rows for *items* and a card's *actions*.

    The only item of a message has its actions as buttons, and its links too with *linked*; several have lists.
    """
    alone = items[0] if len(items) == 1 else None
    wide = -(-(len(actions) + (share is not None)) // MOST)
    chosen = [] if alone else _lists(items, pad, min(_LISTS, max(most - wide, 1)))
    leads = list(islice((each for place in alone.links for each in leading(place)), MOST)) if alone and linked else []
    above = [row([each]) for each in chosen] + ([row(leads)] if leads else [])
    buttons = _buttons([*(_does(alone) if alone else ()), *actions], pad, share, (most - len(above)) * MOST)
    return [*above, *(row(buttons[at : at + MOST]) for at in range(0, len(buttons), MOST))]


def row(components: Sequence[Component]) -> Component:
    """Return an action row."""
    return {"type": 1, "components": list(components)}


def _buttons(actions: Sequence[Action], pad: Pad, share: Press | None, most: int) -> list[Component]:
    """Return the buttons that there is room for; sharing is always among them."""
    room = most - (share is not None)
    drawn = list(islice((each for action in actions for each in pad.button(action)), room))
    return [*drawn, *(pad.button(Action(gettext("Share"), ""), share) if share else ())]


def _does(item: Item) -> Iterator[Action]:
    """Yield what can be done with the only item of a message; its abstract first, where it is not shown."""
    about = next((action.about for action in item.actions if action.about), item.title)
    if item.paper and item.abstract and item.abstract != item.text:
        yield Action(gettext("Abstract"), "show", {"paper": item.paper}, about)
    elif item.paper and not item.actions:
        yield Action(gettext("Open"), "show", {"paper": item.paper}, about)
    yield from item.actions


def _lists(items: Sequence[Item], pad: Pad, most: int) -> list[Component]:
    """Return at most *most* selects: the papers to open, and one for each thing that can be done with others."""
    pick = gettext("Pick a paper")
    groups: dict[str, list[Row]] = {}
    papers = [_paper(item, pad) for item in items if item.paper]
    if papers:
        groups[pick] = papers
    for item in items:
        for action in () if item.paper else item.actions:
            groups.setdefault(clean(action.label), []).append(_row(item, action, pad))
    if len(groups) > most:
        together = [(label, each) for label, chosen in groups.items() if label != pick for each in chosen]
        rest = [Row(f"{label}: {each.label}", each.press, each.about) for label, each in together]
        groups = ({pick: papers} if papers else {}) | {gettext("Choose what to do"): rest}
    pages = [(label, chosen[at : at + MOST_ROWS]) for label, chosen in groups.items() for at in _starts(chosen)]
    return [pad.choice(label, chosen) for label, chosen in pages[:most]]


def _starts(rows: Sequence[Row]) -> range:
    return range(0, len(rows), MOST_ROWS)


def _paper(item: Item, pad: Pad) -> Row:
    """Return the row that opens a paper's own card."""
    number = f"{item.number}. " if item.number is not None else ""
    votes = [count(item.votes, "vote")] if item.votes is not None else []
    press = pad.press(Action("", "show", {"paper": item.paper}))
    return Row(f"{number}{clean(item.title) or untitled()}", press, " · ".join([*votes, *item.notes[:3]]))


def _row(item: Item, action: Action, pad: Pad) -> Row:
    return Row(clean(action.about) or clean(item.title) or untitled(), pad.press(action), " · ".join(item.notes[:3]))
