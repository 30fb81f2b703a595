"""Cards as HTML: a message that everybody sees, a panel that only the asker does."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final

from adapters.web import forms
from adapters.web.items import NOTE, SENSE, TITLE, button, listing
from adapters.web.markup import Html, icon, tag
from adapters.web.window import openers
from adapters.web.words import clean, marked, pattern, plain
from bot.cards import Card, Form
from bot.models import Kind
from bot.ports.commands import Answer, Request
from bot.ports.places import Post

_NAMES: Final = {
    "digest": "Digest",
    "alert": "Alert",
    "answer": "Answer",
    "mistake": "Not done",
    "failure": "Failed",
}
_MOST_LINES: Final = 12
_TEXT: Final = 4000
_CODE: Final = 1_000_000


def message(post: Post, *, pictures: bool = False, platforms: Sequence[str] = ()) -> Html:
    """Return a message of the board; *platforms* are those as which it can be seen."""
    scope = f"post-{post.id}"
    seen = openers(platforms, said(post.card), post=post.id)
    by = tag("div", tag("b", "Broadsheet"), moment(post.at), _edited(post), seen, class_="by")
    thread = tag("details", tag("summary", "Replies"), tag("div", class_="replies"), class_="thread", hidden=True)
    return tag(
        "article",
        tag("span", icon("sheet"), class_="logo"),
        tag("div", by, body(post.card, scope, pictures=pictures), thread, class_="hold"),
        class_="msg",
        id=scope,
        data_post=post.id,
        data_parent=post.parent or None,
        data_at=post.at.isoformat(),
        aria_label=f"{_NAMES[post.card.tone]}: {said(post.card)}",
        tabindex="-1",
    )


def body(card: Card, scope: str, *, pictures: bool = False) -> Html:
    """Return what a message says."""
    parts = (*_head(card), listing(card, scope, pictures=pictures), _tail(card))
    return tag("div", *parts, class_=f"body {card.tone}")


def panel(answer: Answer, request: Request, *, pictures: bool = False, platforms: Sequence[str] = ()) -> Html:
    """Return a private answer, with what is needed to ask for it again in front of everybody."""
    seen = openers(platforms, said(answer.body), answer=request.id)
    if isinstance(answer.body, Form):
        inside: tuple[Html | None, ...] = (forms.form(answer.body, request.id),)
    else:
        inside = _answer(answer.body, request, pictures=pictures, share=answer.shareable)
    lock = tag(
        "div",
        tag("b", "Broadsheet"),
        icon("eye"),
        tag("span", "Only you can see this"),
        seen,
        tag("button", icon("x"), type="button", class_="icon dismiss", aria_label="Dismiss this answer"),
        class_="lock",
    )
    return tag("section", lock, *inside, class_="private", aria_label="Only you can see this", tabindex="-1")


def said(thing: Card | Form) -> str:
    """Return a card's or a form's one line, for labels and for those who listen."""
    if isinstance(thing, Form):
        return clean(thing.title, NOTE)
    first = thing.items[0].title if thing.items else ""
    return clean(thing.title or ", ".join(thing.folio[:2]) or thing.text or thing.fallback or first, NOTE)


def moment(at: datetime) -> Html:
    """Return a time of day; the page turns it into the reader's own."""
    return tag("time", f"{at:%H:%M}", datetime=at.isoformat())


def _edited(post: Post) -> Html | None:
    return tag("span", "edited ", moment(post.edited), class_="edited") if post.edited else None


def _head(card: Card) -> Iterator[Html]:
    """Yield what stands above the items: in answers the title leads, elsewhere the folio does."""
    title = tag("h2", plain(card.title, TITLE), class_="title") if card.title else None
    folio = tag("p", *_folio(card), class_="folio") if card.folio else None
    if card.tone in {"digest", "alert"}:
        yield from (part for part in (folio, title) if part)
    elif title or folio:
        yield tag("div", title, folio, class_="sort")
    yield from _texts(card)


def _texts(card: Card) -> Iterator[Html]:
    if card.text:
        wanted = pattern(card.marks) if card.tone == "alert" else None
        yield tag("p", marked(card.text, wanted, _TEXT), class_="text")
    if card.code:
        yield _code(card)


def _code(card: Card) -> Html:
    """Return text to be copied whole, in a box that scrolls."""
    label = card.title or "Text to copy"
    box = tag("pre", tag("code", clean(card.code, _CODE)), tabindex="0", role="region", aria_label=clean(label, NOTE))
    return tag("div", box, tag("button", "Copy", type="button", class_="btn copy"), class_="code")


def _folio(card: Card) -> Iterator[Html]:
    for n, part in enumerate(card.folio[:_MOST_LINES]):
        yield tag("span" if n else "b", plain(part, NOTE))


def _lines(card: Card) -> Html | None:
    lines = [tag("span", plain(line, SENSE)) for line in card.footer[:_MOST_LINES]]
    return tag("p", *lines, class_="lines small quiet") if lines else None


def _tail(card: Card) -> Html | None:
    buttons = [button(action, f"btn {action.style}".strip()) for action in card.actions]
    parts = (_lines(card), *buttons)
    return tag("div", *parts, class_="tail") if any(parts) else None


def _answer(card: Card, request: Request, *, pictures: bool, share: bool) -> tuple[Html | None, ...]:
    """Return the inside of a private panel: what is said, then a foot with what can be done."""
    sign = icon("mind") if card.tone in {"mistake", "failure"} else None
    inside = tag("div", *_head(card), listing(card, request.id, pictures=pictures), _lines(card), class_="inside")
    buttons = [button(action, f"btn {action.style}".strip()) for action in card.actions]
    if share and request.channel.kind is not Kind.DIRECT:
        buttons.append(_share(request))
    foot = tag("div", *buttons, class_="foot") if buttons else None
    brief = "" if card.items else " brief"
    return (tag("div", sign, inside, class_=f"find {card.tone}{brief}"), foot)


def _share(request: Request) -> Html:
    return tag(
        "button",
        "Share in ",
        plain(f"#{request.channel.name or request.channel.id}", NOTE),
        type="button",
        class_="btn push share",
        data_command=request.command,
        data_arguments=json.dumps(dict(request.arguments), ensure_ascii=False),
    )
