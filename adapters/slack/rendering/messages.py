"""Slack messages from cards: chat.postMessage text and blocks, private answers, modals, link unfurls."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from adapters.common.button_payload import ButtonPayload
from adapters.common.text import clean_text
from adapters.slack.rendering.blocks import Block, build_section
from adapters.slack.rendering.buttons_and_menus import VIEW_VALUE_BUDGET, ComponentBuilder
from adapters.slack.rendering.layout import MAX_CODE, MAX_VIEW_BLOCKS, MAX_VIEW_WEIGHT, lay_out_card
from adapters.slack.rendering.mrkdwn import build_plain_text, escape_mrkdwn
from bot.cards import messages
from bot.cards.models import Action, Card
from bot.domain.channels import ChannelKind
from bot.i18n.translation import use_language
from bot.ports.commands import Answer, Request

DEFAULT_COMMAND: Final = "/papers"
"""What people type before a command's name, unless the workspace chose another."""

_MAX_FALLBACK: Final = 3000
_MAX_FALLBACK_BYTES: Final = 3900
"""An edit counts a text's bytes, up to 4,000: https://docs.slack.dev/reference/methods/chat.update."""
_MAX_MODAL_TITLE: Final = 24


@dataclass(frozen=True, slots=True)
class RenderedMessage:
    """What Slack is given: ``text`` is the notification, ``stored_data`` what its buttons need stored before."""

    text: str
    blocks: list[Block]
    stored_data: Mapping[str, Mapping[str, Any]]


def render_message(
    card: Card, *, pictures: bool = False, command: str = DEFAULT_COMMAND, modal_commands: Collection[str] = ()
) -> RenderedMessage:
    """Return *card* for everybody.

    *command* is what people type before a command's name, *modal_commands* are those whose buttons open a modal.
    """
    builder = ComponentBuilder(modal_commands=modal_commands)
    blocks = lay_out_card(card, builder, pictures=pictures, command=command)
    return RenderedMessage(format_fallback_text(card), blocks, builder.stored_data)


def render_private_answer(
    answer: Answer,
    request: Request,
    *,
    pictures: bool = False,
    command: str = DEFAULT_COMMAND,
    modal_commands: Collection[str] = (),
) -> RenderedMessage:
    """Return the card of an answer for its asker, with a button that shares it where others could see it.

    *command* and *modal_commands* are as in `render_message`.
    """
    card = answer.body
    if not isinstance(card, Card):
        raise TypeError("A form is a modal of its own; see adapters.slack.forms.modal.")
    builder = ComponentBuilder(modal_commands=modal_commands)
    extra_buttons = [_build_full_text_button(request, builder)] if len(card.code) > MAX_CODE else []
    if answer.shareable and request.channel.kind is not ChannelKind.DIRECT:
        extra_buttons.append(_build_share_button(request, builder))
    return RenderedMessage(
        format_fallback_text(card),
        lay_out_card(card, builder, extra_buttons=extra_buttons, pictures=pictures, command=command),
        builder.stored_data,
    )


def render_card_modal(
    card: Card, title: str = "", *, command: str = DEFAULT_COMMAND
) -> tuple[Block, Mapping[str, Mapping[str, Any]]]:
    """Return *card* as a modal with whole texts, and what its buttons need kept. *title* stands in the bar."""
    builder = ComponentBuilder(in_modal=True, available=VIEW_VALUE_BUDGET)
    bar_title = clean_text(title or card.title) or "Broadsheet"
    shown_card = card if title or len(bar_title) > _MAX_MODAL_TITLE else replace(card, title="")
    blocks = lay_out_card(
        shown_card,
        builder,
        max_blocks=MAX_VIEW_BLOCKS,
        max_weight=MAX_VIEW_WEIGHT,
        show_full_text=True,
        command=command,
    )
    view = {
        "type": "modal",
        "callback_id": "card",
        "title": build_plain_text(bar_title, _MAX_MODAL_TITLE),
        "close": build_plain_text("Close", _MAX_MODAL_TITLE),
        "blocks": blocks or [build_section("Nothing to show.")],
    }
    return view, builder.stored_data


def render_unfurl(card: Card) -> list[Block]:
    """Return *card* below somebody's link: to be read only."""
    items = tuple(replace(item, actions=(), abstract="") for item in card.items)
    return lay_out_card(replace(card, items=items, actions=()), ComponentBuilder(), command=DEFAULT_COMMAND)


def format_fallback_text(card: Card) -> str:
    """Return what a notification shows."""
    notification = card.fallback or card.title or card.text or " · ".join(card.folio)
    notification = notification or ", ".join(item.title for item in card.items[:3]) or "Broadsheet"
    with use_language(card.language):
        sign = messages.format_failure_heading(card)
    max_length = _MAX_FALLBACK
    while len((text := escape_mrkdwn(f"{sign} {notification}", max_length)).encode()) > _MAX_FALLBACK_BYTES:
        max_length = max_length * 3 // 4
    return text or "Broadsheet"


def _build_share_button(request: Request, builder: ComponentBuilder) -> Block:
    channel_name = request.channel.name or request.channel.id
    return builder.build_button(
        Action(f"Share in #{channel_name}", ""), ButtonPayload(request.command, request.arguments, share=True)
    )


def _build_full_text_button(request: Request, builder: ComponentBuilder) -> Block:
    return builder.build_button(
        Action("Show all of it", ""), ButtonPayload(request.command, request.arguments, modal=True)
    )
