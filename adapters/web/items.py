"""The entries of a card: a paper, a follow, a command, with what can be done with each."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Final

from adapters.web.markup import Html, icon, join, tag
from adapters.web.words import clean, marked, pattern, plain, safe
from bot.cards import Action, Card, Item

TITLE: Final = 300
SENSE: Final = 600
ABSTRACT: Final = 6000
NOTE: Final = 120
_MOST_REASONS: Final = 5


def listing(card: Card, scope: str, *, pictures: bool) -> Html:
    """Return the card's items, a list for each section; *scope* keeps the ids of its parts apart from all others."""
    parts: list[Html] = []
    numbered = enumerate(card.items, 1)
    for section, rows in groupby(numbered, key=lambda row: row[1].section):
        if section:
            parts.append(tag("h2", plain(section, NOTE), class_="section"))
        entries = [entry(item, card.marks, f"{scope}-{n}", pictures=pictures) for n, item in rows]
        parts.append(tag("ol", *entries, role="list"))
    return join(*parts)


def entry(item: Item, marks: Sequence[str], scope: str, *, pictures: bool) -> Html:
    """Return one entry."""
    wanted = pattern((*marks, *item.because))
    number = tag("span", str(item.number), class_="n") if item.number is not None else None
    kind = "paper" if item.paper or item.url else "entry"
    parts = (
        tag("h3", link(item.url, marked(item.title, wanted, TITLE))),
        tag("p", marked(item.text, wanted, SENSE), class_="sense") if item.text else None,
        _under(item, scope),
        tag("p", marked(item.abstract, wanted, ABSTRACT), class_="abstract", id=f"{scope}-abstract", hidden=True)
        if item.abstract
        else None,
    )
    picture = _picture(item) if pictures else None
    classes = " ".join(word for word in (kind, "numbered" if number else "", "pictured" if picture else "") if word)
    return tag("li", number, tag("div", *parts, class_="what"), picture, class_=classes)


def link(url: str, shown: Html) -> Html:
    """Return *shown* as a link that opens beside the page, or as it is when *url* may not be one."""
    address = safe(url)
    return tag("a", shown, href=address, target="_blank", rel="noopener noreferrer") if address else shown


def button(action: Action, class_: str, **attributes: str) -> Html:
    """Return what an action is pressed by; it is named for what it acts on."""
    label, about = clean(action.label, 80), clean(action.about, NOTE)
    return tag(
        "button",
        plain(label, 80),
        type="button",
        class_=class_ or None,
        data_command=action.command,
        data_arguments=json.dumps(action.arguments, ensure_ascii=False),
        aria_label=f"{label}: {about}" if about else None,
        **attributes,
    )


def _under(item: Item, scope: str) -> Html | None:
    meta, acts = list(_meta(item)), list(_acts(item, scope))
    if not meta and not acts:
        return None
    return tag(
        "div",
        tag("div", *(tag("span", part) for part in meta), class_="meta") if meta else None,
        tag("div", *acts, class_="acts") if acts else None,
        class_="under" if meta else "under bare",
    )


def _meta(item: Item) -> Iterator[Html]:
    if item.votes is not None:
        yield join(tag("b", f"{item.votes:,}"), "\u00a0vote" if item.votes == 1 else "\u00a0votes")
    for note in item.notes:
        yield plain(note, NOTE)
    for place in item.links:
        yield link(place.url, plain(place.label, NOTE))
    if item.because:
        first, *rest = (tag("mark", "“", plain(reason, NOTE), "”") for reason in item.because[:_MOST_REASONS])
        yield join("matches ", first, *(join(", ", reason) for reason in rest))


def _acts(item: Item, scope: str) -> Iterator[Html]:
    about = _name(item)
    if item.abstract:
        yield tag(
            "button",
            "Abstract",
            icon("down"),
            type="button",
            class_="txt unfold",
            aria_expanded="false",
            aria_controls=f"{scope}-abstract",
            aria_label=f"Abstract: {about}",
        )
    if len(item.actions) == 1:
        yield button(item.actions[0], "txt")
    elif item.actions:
        yield tag(
            "button",
            icon("dots"),
            type="button",
            class_="more",
            aria_haspopup="menu",
            aria_expanded="false",
            aria_label=f"More: {about}",
        )
        rows = (button(action, "", role="menuitem", tabindex="-1") for action in item.actions)
        yield tag("div", *rows, class_="pop", role="menu", aria_label=f"More: {about}", hidden=True)


def _name(item: Item) -> str:
    """Return what people call it: as its actions do, else the name before the colon."""
    about = next((action.about for action in item.actions if action.about), "")
    return clean(about or re.split(r":\s", item.title[:TITLE], maxsplit=1)[0], 60)


def _picture(item: Item) -> Html | None:
    """Return the thumbnail, not yet asked for: the page does that when it is online."""
    address = safe(item.thumbnail)
    if not address:
        return None
    alternative = f"First page or figure of {_name(item)}"
    return tag("img", class_="thumb", data_src=address, alt=alternative, loading="lazy", width=112, height=63)
