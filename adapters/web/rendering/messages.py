"""HTML of messages: a card as a message that everybody sees, a private answer with its form."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Final

from markupsafe import Markup

from adapters.common.html import render_tag
from adapters.web.rendering import forms
from adapters.web.rendering.icons import render_icon
from adapters.web.rendering.items import MAX_NOTE, MAX_SUMMARY, MAX_TITLE, render_button, render_entries
from adapters.web.rendering.preview_window import render_preview_buttons
from adapters.web.rendering.text import clean_and_truncate, compile_highlights, render_highlighted, render_plain_text
from bot.cards.messages import format_example
from bot.cards.models import Card, Form
from bot.domain.channels import ChannelKind
from bot.ports.commands import Answer, Request
from bot.ports.web_messages import WebMessage

_TONE_NAMES: Final = {
    "digest": "Digest",
    "alert": "Alert",
    "answer": "Answer",
    "mistake": "Not done",
    "failure": "Failed",
}
_MAX_LINES: Final = 12
_MAX_TEXT: Final = 4000
_MAX_CODE: Final = 1_000_000


def render_message(post: WebMessage, *, pictures: bool = False, platforms: Mapping[str, str] | None = None) -> Markup:
    """Return a message of the workspace; *platforms* are the labels of those as which it can be seen."""
    scope = f"post-{post.id}"
    preview_buttons = render_preview_buttons(platforms or {}, summarize_card(post.card), post=post.id)
    byline = render_tag(
        "div",
        render_tag("b", "Broadsheet"),
        render_time(post.posted_at),
        _render_edited(post),
        preview_buttons,
        class_="by",
    )
    thread = render_tag(
        "details", render_tag("summary", "Replies"), render_tag("div", class_="replies"), class_="thread", hidden=True
    )
    return render_tag(
        "article",
        render_tag("span", render_icon("sheet"), class_="logo"),
        render_tag("div", byline, render_message_body(post.card, scope, pictures=pictures), thread, class_="hold"),
        class_="msg",
        id=scope,
        data_post=post.id,
        data_parent=post.parent_message_id or None,
        data_at=post.posted_at.isoformat(),
        aria_label=f"{_TONE_NAMES[post.card.tone]}: {summarize_card(post.card)}",
        tabindex="-1",
    )


def render_message_body(card: Card, scope: str, *, pictures: bool = False) -> Markup:
    """Return what a message says."""
    parts = (*_render_head(card), render_entries(card, scope, pictures=pictures), _render_footer(card))
    return render_tag("div", *parts, class_=f"body {card.tone}")


def render_private_answer(
    answer: Answer, request: Request, *, pictures: bool = False, platforms: Mapping[str, str] | None = None
) -> Markup:
    """Return a private answer, with what is needed to ask for it again in front of everybody."""
    preview_buttons = render_preview_buttons(platforms or {}, summarize_card(answer.body), answer=request.id)
    if isinstance(answer.body, Form):
        inside: tuple[Markup | None, ...] = (forms.render_form(answer.body, request.id),)
    else:
        inside = _render_answer(answer.body, request, pictures=pictures, is_shareable=answer.shareable)
    notice = render_tag(
        "div",
        render_tag("b", "Broadsheet"),
        render_icon("eye"),
        render_tag("span", "Only you can see this"),
        preview_buttons,
        render_tag("button", render_icon("x"), type="button", class_="icon dismiss", aria_label="Dismiss this answer"),
        class_="lock",
    )
    return render_tag("section", notice, *inside, class_="private", aria_label="Only you can see this", tabindex="-1")


def summarize_card(content: Card | Form) -> str:
    """Return a card's or a form's one line, for labels and for those who listen."""
    if isinstance(content, Form):
        return clean_and_truncate(content.title, MAX_NOTE)
    first = content.items[0].title if content.items else ""
    return clean_and_truncate(
        content.title or ", ".join(content.folio[:2]) or content.text or content.fallback or first, MAX_NOTE
    )


def render_time(instant: datetime) -> Markup:
    """Return a time of day; the page turns it into the reader's own."""
    return render_tag("time", f"{instant:%H:%M}", datetime=instant.isoformat())


def _render_edited(post: WebMessage) -> Markup | None:
    return render_tag("span", "edited ", render_time(post.edited_at), class_="edited") if post.edited_at else None


def _render_head(card: Card) -> Iterator[Markup]:
    """Yield what stands above the items: in answers the title leads, elsewhere the folio does."""
    title = render_tag("h2", render_plain_text(card.title, MAX_TITLE), class_="title") if card.title else None
    folio = render_tag("p", *_render_folio(card), class_="folio") if card.folio else None
    if card.tone in {"digest", "alert"}:
        yield from (part for part in (folio, title) if part)
    elif title or folio:
        yield render_tag("div", title, folio, class_="sort")
    yield from _render_texts(card)


def _render_texts(card: Card) -> Iterator[Markup]:
    if card.text:
        highlight_pattern = compile_highlights(card.marks) if card.tone == "alert" else None
        yield render_tag("p", render_highlighted(card.text, highlight_pattern, _MAX_TEXT), class_="text")
    if card.code:
        yield _render_code(card)


def _render_code(card: Card) -> Markup:
    """Return text to be copied whole, in a box that scrolls."""
    label = card.title or "Text to copy"
    box = render_tag(
        "pre",
        render_tag("code", clean_and_truncate(card.code, _MAX_CODE)),
        tabindex="0",
        role="region",
        aria_label=clean_and_truncate(label, MAX_NOTE),
    )
    return render_tag("div", box, render_tag("button", "Copy", type="button", class_="btn copy"), class_="code")


def _render_folio(card: Card) -> Iterator[Markup]:
    for n, part in enumerate(card.folio[:_MAX_LINES]):
        yield render_tag("span" if n else "b", render_plain_text(part, MAX_NOTE))


def _render_footer_lines(card: Card) -> Markup | None:
    footer = (*card.footer, *format_example(card.example))
    lines = [render_tag("span", render_plain_text(line, MAX_SUMMARY)) for line in footer[:_MAX_LINES]]
    return render_tag("p", *lines, class_="lines small quiet") if lines else None


def _render_footer(card: Card) -> Markup | None:
    buttons = [render_button(action, f"btn {action.style}".strip()) for action in card.actions]
    parts = (_render_footer_lines(card), *buttons)
    return render_tag("div", *parts, class_="tail") if any(parts) else None


def _render_answer(card: Card, request: Request, *, pictures: bool, is_shareable: bool) -> tuple[Markup | None, ...]:
    """Return the inside of a private panel: what is said, then a foot with what can be done."""
    sign = render_icon("mind") if card.tone in {"mistake", "failure"} else None
    content = render_tag(
        "div",
        *_render_head(card),
        render_entries(card, request.id, pictures=pictures),
        _render_footer_lines(card),
        class_="inside",
    )
    buttons = [render_button(action, f"btn {action.style}".strip()) for action in card.actions]
    if is_shareable and request.channel.kind is not ChannelKind.DIRECT:
        buttons.append(_render_share_button(request))
    foot = render_tag("div", *buttons, class_="foot") if buttons else None
    brief = "" if card.items else " brief"
    return (render_tag("div", sign, content, class_=f"find {card.tone}{brief}"), foot)


def _render_share_button(request: Request) -> Markup:
    return render_tag(
        "button",
        "Share in ",
        render_plain_text(f"#{request.channel.name or request.channel.id}", MAX_NOTE),
        type="button",
        class_="btn push share",
        data_command=request.command,
        data_arguments=json.dumps(dict(request.arguments), ensure_ascii=False),
    )
