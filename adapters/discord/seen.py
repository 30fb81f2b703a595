"""Discord preview: a card, form or private answer with its HTML and the JSON body of its API requests."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from adapters.discord.around import MessageDetails
from adapters.discord.drawing import Component, render_messages_html
from adapters.discord.layout import CommandFormatter
from adapters.discord.look import STYLE
from adapters.discord.panel import render_page_modals, render_panel, starts_with_modal
from adapters.discord.render import format_command, render_messages, render_private_answer
from adapters.discord.states import FormState
from adapters.discord.tree import MANAGERS_COMMAND
from bot.cards.models import Card, Form
from bot.ports.previews import MessagePreview, PrivateAnswer
from bot.ports.web_messages import WebMessage

_NO_DETAILS: Final = MessageDetails()


def render_preview(
    subject: Card | PrivateAnswer | WebMessage,
    *,
    pictures: bool = False,
    command_formatter: CommandFormatter = format_command,
) -> MessagePreview:
    """Return the drawing of *subject* with the body of its request, or of each where it takes several.

    https://docs.discord.com/developers/resources/message#create-message; a delivery adds its nonce and its key. A form
    is drawn with the modals that its buttons open.
    """
    if isinstance(subject, PrivateAnswer):
        return _preview_private_answer(subject, command_formatter)
    card, details = (
        (subject, MessageDetails())
        if isinstance(subject, Card)
        else (subject.card, MessageDetails(subject.posted_at, bool(subject.edited_at)))
    )
    return _build_preview(
        [each.payload for each in render_messages(card, pictures=pictures, command_formatter=command_formatter)],
        details=details,
    )


def _preview_private_answer(private_answer: PrivateAnswer, command_formatter: CommandFormatter) -> MessagePreview:
    """Return what one person alone is told, below the command that they used."""
    request, used = private_answer.request, command_formatter(private_answer.request.command)
    manager = used.split()[0] == f"/{MANAGERS_COMMAND}"
    details = MessageDetails(request.now, user_name=request.person.name, command=used)
    if isinstance(private_answer.answer.body, Form):
        return _preview_form(
            private_answer.answer.body, FormState(private_answer.answer.body.command, manager=manager), details
        )
    shown = render_private_answer(private_answer.answer, request, manager=manager, command_formatter=command_formatter)
    return _build_preview([shown.payload], details=replace(details, attachment=shown.attachment))


def _preview_form(form: Form, state: FormState, details: MessageDetails) -> MessagePreview:
    """Return a panel with its modals, or the modal with which a form begins that has something to be typed first."""
    modals = render_page_modals(form, state)
    if starts_with_modal(form):
        return _build_preview([], modals[:1])
    return _build_preview([render_panel(form, state).payload], modals, details)


def _build_preview(
    payloads: Sequence[Component], modals: Sequence[Component] = (), details: MessageDetails = _NO_DETAILS
) -> MessagePreview:
    sent = [*payloads, *modals]
    source = sent[0] if len(sent) == 1 else sent
    return MessagePreview(
        render_messages_html(payloads, modals, details), json.dumps(source, indent=2, ensure_ascii=False), STYLE
    )
