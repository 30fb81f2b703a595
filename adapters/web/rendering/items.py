"""Items of a card as HTML: a paper or small entry with its links, notes, thumbnail and action buttons."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Final

from markupsafe import Markup

from adapters.common.html import join_html, render_tag
from adapters.common.text import sanitize_url
from adapters.web.rendering.icons import render_icon
from adapters.web.rendering.text import clean_and_truncate, compile_highlights, render_highlighted, render_plain_text
from bot.cards.models import Action, Card, Item

MAX_TITLE: Final = 300
MAX_SUMMARY: Final = 600
MAX_ABSTRACT: Final = 6000
MAX_NOTE: Final = 120
_MAX_REASONS: Final = 5


def render_entries(card: Card, scope: str, *, pictures: bool) -> Markup:
    """Return the card's items, a list for each section; *scope* keeps the ids of its parts apart from all others."""
    parts: list[Markup] = []
    numbered = enumerate(card.items, 1)
    for section, rows in groupby(numbered, key=lambda row: row[1].section):
        if section:
            parts.append(render_tag("h2", render_plain_text(section, MAX_NOTE), class_="section"))
        entries = [render_entry(item, card.marks, f"{scope}-{n}", pictures=pictures) for n, item in rows]
        parts.append(render_tag("ol", *entries, role="list"))
    return join_html(*parts)


def render_entry(item: Item, highlights: Sequence[str], scope: str, *, pictures: bool) -> Markup:
    """Return one entry."""
    highlight_pattern = compile_highlights((*highlights, *item.because))
    number = render_tag("span", str(item.number), class_="n") if item.number is not None else None
    kind = "paper" if item.paper or item.url else "entry"
    parts = (
        render_tag("h3", render_link(item.url, render_highlighted(item.title, highlight_pattern, MAX_TITLE))),
        render_tag("p", render_highlighted(item.text, highlight_pattern, MAX_SUMMARY), class_="sense")
        if item.text
        else None,
        _render_details(item, scope),
        render_tag(
            "p",
            render_highlighted(item.abstract, highlight_pattern, MAX_ABSTRACT),
            class_="abstract",
            id=f"{scope}-abstract",
            hidden=True,
        )
        if item.abstract
        else None,
    )
    picture = _render_thumbnail(item) if pictures else None
    classes = " ".join(word for word in (kind, "numbered" if number else "", "pictured" if picture else "") if word)
    return render_tag("li", number, render_tag("div", *parts, class_="what"), picture, class_=classes)


def render_link(url: str, label: Markup) -> Markup:
    """Return *label* as a link that opens beside the page, or as it is when *url* may not be one."""
    address = sanitize_url(url)
    return render_tag("a", label, href=address, target="_blank", rel="noopener noreferrer") if address else label


def render_button(action: Action, class_: str, **attributes: str) -> Markup:
    """Return what an action is pressed by; it is named for what it acts on."""
    label, target_name = clean_and_truncate(action.label, 80), clean_and_truncate(action.about, MAX_NOTE)
    return render_tag(
        "button",
        render_plain_text(label, 80),
        type="button",
        class_=class_ or None,
        data_command=action.command,
        data_arguments=json.dumps(action.arguments, ensure_ascii=False),
        aria_label=f"{label}: {target_name}" if target_name else None,
        **attributes,
    )


def _render_details(item: Item, scope: str) -> Markup | None:
    notes, buttons = list(_render_notes(item)), list(_render_actions(item, scope))
    if not notes and not buttons:
        return None
    return render_tag(
        "div",
        render_tag("div", *(render_tag("span", part) for part in notes), class_="meta") if notes else None,
        render_tag("div", *buttons, class_="acts") if buttons else None,
        class_="under" if notes else "under bare",
    )


def _render_notes(item: Item) -> Iterator[Markup]:
    if item.votes is not None:
        yield join_html(render_tag("b", f"{item.votes:,}"), "\u00a0vote" if item.votes == 1 else "\u00a0votes")
    for note in item.notes:
        yield render_plain_text(note, MAX_NOTE)
    for place in item.links:
        yield render_link(place.url, render_plain_text(place.label, MAX_NOTE))
    if item.because:
        first, *rest = (
            render_tag("mark", "“", render_plain_text(reason, MAX_NOTE), "”") for reason in item.because[:_MAX_REASONS]
        )
        yield join_html("matches ", first, *(join_html(", ", reason) for reason in rest))


def _render_actions(item: Item, scope: str) -> Iterator[Markup]:
    item_name = _format_item_name(item)
    if item.abstract:
        yield render_tag(
            "button",
            "Abstract",
            render_icon("down"),
            type="button",
            class_="txt unfold",
            aria_expanded="false",
            aria_controls=f"{scope}-abstract",
            aria_label=f"Abstract: {item_name}",
        )
    if len(item.actions) == 1:
        yield render_button(item.actions[0], "txt")
    elif item.actions:
        yield render_tag(
            "button",
            render_icon("dots"),
            type="button",
            class_="more",
            aria_haspopup="menu",
            aria_expanded="false",
            aria_label=f"More: {item_name}",
        )
        rows = (render_button(action, "", role="menuitem", tabindex="-1") for action in item.actions)
        yield render_tag("div", *rows, class_="pop", role="menu", aria_label=f"More: {item_name}", hidden=True)


def _format_item_name(item: Item) -> str:
    """Return what people call it: as its actions do, else the name before the colon."""
    about = next((action.about for action in item.actions if action.about), "")
    return clean_and_truncate(about or re.split(r":\s", item.title[:MAX_TITLE], maxsplit=1)[0], 60)


def _render_thumbnail(item: Item) -> Markup | None:
    """Return the thumbnail, not yet asked for: the page does that when it is online."""
    address = sanitize_url(item.thumbnail)
    if not address:
        return None
    alternative = f"First page or figure of {_format_item_name(item)}"
    return render_tag("img", class_="thumb", data_src=address, alt=alternative, loading="lazy", width=112, height=63)
