"""Message payloads from cards: channel messages, ephemeral private answers, forum posts; flags and allowed_mentions."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from adapters.common.button_payload import ButtonPayload
from adapters.common.text import clean_text
from adapters.discord.rendering import components_v2, message_keys
from adapters.discord.rendering.buttons_and_selects import ComponentBuilder, build_action_rows
from adapters.discord.rendering.command_mentions import MentionFormatter, mention_commands, omit_mention
from adapters.discord.rendering.items import Entry, render_entry
from adapters.discord.rendering.layout import (
    MAX_CODE,
    MAX_CONTENT,
    CommandFormatter,
    MessageLimits,
    MessagePart,
    lay_out_card,
)
from adapters.discord.rendering.markdown import fit_plain_text
from adapters.discord.rendering.timestamps import localize_part
from bot.cards.messages import format_untitled
from bot.cards.models import Action, Card, Item
from bot.domain.channels import ChannelKind
from bot.i18n.translation import use_language
from bot.ports.commands import Answer, Request

SUPPRESS_EMBEDS: Final = 1 << 2
"""Links get no previews: https://docs.discord.com/developers/resources/message#message-object-message-flags."""
EPHEMERAL: Final = 1 << 6

_MAX_POST_NAME: Final = 100


@dataclass(frozen=True, slots=True)
class RenderedMessage:
    """What Discord is given, and what its buttons need kept before it is sent.

    ``attachment`` is a text to attach, or "".
    """

    payload: dict[str, Any]
    stored_data: Mapping[str, Mapping[str, Any]]
    attachment: str = ""


def format_command(line: str) -> str:
    """Write an example as it is typed in Discord; whoever has the table of commands can do it better."""
    return f"/papers {line}"


def render_messages(
    card: Card,
    key: str = "",
    *,
    pictures: bool = False,
    role: str = "",
    max_messages: int = 0,
    command_formatter: CommandFormatter = format_command,
) -> tuple[RenderedMessage, ...]:
    """Return *card* for everybody, in as many messages as it needs, each with its part of *key*.

    *role* is the id of the one that the first may ping. *pictures* puts thumbnails beside the papers. With
    *max_messages* there are no more messages than that, and none at all where something would have to be left out.
    """
    with use_language(card.language):
        role_mention = f"<@&{role}>" if role.isdecimal() else ""
        limits = components_v2.LIMITS if pictures else MessageLimits()
        parts = lay_out_card(
            card,
            replace(limits, max_parts=max_messages, fit_all_items=True) if max_messages else limits,
            command_formatter,
            role_mention=role_mention,
        )
        if max_messages and sum(len(localized.entries) for localized in parts) < len(card.items):
            return ()
        messages = []
        for number, laid_out in enumerate(parts):
            localized, builder = (
                localize_part(laid_out, card.moments, limits.max_characters),
                ComponentBuilder(message_keys.format_part_key(key, number)),
            )
            actions = card.actions if laid_out is parts[-1] else ()
            if pictures:
                payload = components_v2.render_components_message(localized, actions, builder)
            else:
                payload = _build_content_message(
                    localized.text, build_action_rows(localized.items, actions, builder), builder.part_key
                )
            allowed_mentions = _build_allowed_mentions(role if role_mention and number == 0 else "")
            messages.append(RenderedMessage({**payload, "allowed_mentions": allowed_mentions}, builder.stored_data))
        return tuple(messages)


def render_private_answer(
    answer: Answer,
    request: Request,
    *,
    manager: bool = False,
    unavailable: Collection[str] = (),
    can_share: bool = True,
    command_formatter: CommandFormatter = format_command,
    mention_formatter: MentionFormatter = omit_mention,
) -> RenderedMessage:
    """Return the card of an answer in one message for its asker, with a button that shares it where others see it.

    *manager* tells that its buttons may do what those of the managers' commands do. *unavailable* are commands that
    can't be used there, *can_share* tells whether sharing can. *mention_formatter* writes a command so that it can be
    clicked.
    """
    card = answer.body
    if not isinstance(card, Card):
        raise TypeError("A form is a panel; see adapters.discord.forms.panel.")
    card = _remove_unavailable_actions(card, unavailable)
    builder = ComponentBuilder(manager=manager)
    payload = ButtonPayload(request.command, request.arguments, share=True, manager=manager)
    is_shareable = answer.shareable and request.channel.kind is not ChannelKind.DIRECT and can_share
    share = payload if is_shareable else None
    with use_language(card.language):
        (part,) = lay_out_card(card, MessageLimits(), command_formatter, is_private=True)
        part = localize_part(mention_commands(part, card, mention_formatter), card.moments, MAX_CONTENT)
        linked = len(part.items) == 1
        content_message = _build_content_message(
            part.text, build_action_rows(part.items, card.actions, builder, share_payload=share, with_links=linked)
        )
    attachment = card.code if len(card.code) > MAX_CODE else ""
    flags = SUPPRESS_EMBEDS | EPHEMERAL
    return RenderedMessage(
        {**content_message, "flags": flags, "allowed_mentions": _build_allowed_mentions()},
        builder.stored_data,
        attachment,
    )


def render_forum_post(
    card: Card, key: str = "", *, pictures: bool = False, role: str = ""
) -> tuple[str, dict[str, Any], Mapping[str, Mapping[str, Any]]]:
    """Return a card of one item as a post of a forum or a thread of its own: its name, its starter, what to keep.

    Only the first item is posted. *pictures* and *role* are as in `render_messages`.
    """
    with use_language(card.language):
        item = next(iter(card.items), Item(clean_text(card.title) or format_untitled(), text=card.text))
        builder, role_mention = (
            ComponentBuilder(message_keys.format_part_key(key, 0)),
            f"<@&{role}>" if role.isdecimal() else "",
        )
        post_item = replace(item, number=None, text=item.abstract or item.text, abstract="")
        text = render_entry(post_item, MAX_CONTENT - 50 - len(role_mention))
        if pictures:
            payload = components_v2.render_components_message(
                MessagePart(role_mention, (Entry(post_item, text),), ""), card.actions, builder
            )
        else:
            above = f"{role_mention}\n{text}" if role_mention else text
            payload = _build_content_message(
                above, build_action_rows([post_item], card.actions, builder), builder.part_key
            )
        allowed_mentions = _build_allowed_mentions(role if role_mention else "")
        return (
            fit_plain_text(item.title or format_untitled(), _MAX_POST_NAME),
            {**payload, "allowed_mentions": allowed_mentions},
            builder.stored_data,
        )


def _build_content_message(text: str, components: list[Any], part_key: str = "") -> dict[str, Any]:
    """Return a message of plain content; *part_key* is what no component carries."""
    lines = [text or ("" if components else "Broadsheet"), message_keys.format_key_line(part_key) if part_key else ""]
    return {
        "content": "\n".join(line for line in lines if line),
        "components": components,
        "embeds": [],
        "flags": SUPPRESS_EMBEDS,
    }


def _build_allowed_mentions(role: str = "") -> dict[str, Any]:
    """Return who may be notified: nobody, or one role."""
    return {"parse": [], "roles": [role]} if role else {"parse": []}


def _remove_unavailable_actions(card: Card, unavailable: Collection[str]) -> Card:
    """Return *card* without the buttons of commands that can't be used in its channel."""

    def keep_available(actions: tuple[Action, ...]) -> tuple[Action, ...]:
        return tuple(action for action in actions if action.command not in unavailable)

    items = tuple(replace(item, actions=keep_available(item.actions)) for item in card.items)
    return replace(card, items=items, actions=keep_available(card.actions))
