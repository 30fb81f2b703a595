"""Slack preview: a card, form or private answer with its HTML and its blocks for Block Kit Builder."""

from __future__ import annotations

import json
from typing import Any

from adapters.slack.drawing import render_message_html, render_view_html
from adapters.slack.forms import build_modal
from adapters.slack.look import STYLE
from adapters.slack.origins import PrivateMetadata
from adapters.slack.render import DEFAULT_COMMAND, RenderedMessage, render_message, render_private_answer
from bot.cards.models import Card, Form
from bot.ports.previews import MessagePreview, PrivateAnswer
from bot.ports.web_messages import WebMessage


def render_preview(subject: Card | PrivateAnswer | WebMessage, *, command: str = DEFAULT_COMMAND) -> MessagePreview:
    """Return the drawing of *subject* with its blocks as https://app.slack.com/block-kit-builder takes them.

    A form is a modal there.
    """
    if not isinstance(subject, PrivateAnswer):
        return _preview_message(render_message(subject if isinstance(subject, Card) else subject.card, command=command))
    if isinstance(subject.answer.body, Form):
        shown = build_modal(subject.answer.body, PrivateMetadata(subject.request.channel))
        return _build_preview(render_view_html(shown), shown)
    return _preview_message(render_private_answer(subject.answer, subject.request, command=command), is_ephemeral=True)


def _preview_message(rendered: RenderedMessage, *, is_ephemeral: bool = False) -> MessagePreview:
    return _build_preview(render_message_html(rendered, is_ephemeral=is_ephemeral), {"blocks": rendered.blocks})


def _build_preview(html: str, source: Any) -> MessagePreview:
    return MessagePreview(html, json.dumps(source, indent=2, ensure_ascii=False), STYLE)
