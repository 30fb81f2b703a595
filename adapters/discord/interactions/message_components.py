"""MESSAGE_COMPONENT interactions: a button or select menu pressed in a message, with its command and arguments."""

from __future__ import annotations

from typing import Any, Final

from adapters.common.button_payload import build_expired_answer, load_payload
from adapters.discord.context import DiscordContext
from adapters.discord.forms import state
from adapters.discord.interactions import form_session, request_flow, requests
from adapters.discord.interactions.requests import Interaction
from adapters.discord.interactions.responses import Responder
from adapters.discord.interactions.target_channel import retarget_request
from adapters.discord.rendering.custom_id import decode_payload, restore_payload
from bot.cards.models import Card
from bot.i18n.translation import gettext, phrase
from bot.ports.commands import Answer

_NOT_YOURS: Final = phrase("This belongs to somebody else; ask for your own with the same command.")


async def handle_component(context: DiscordContext, responder: Responder) -> None:
    """Answer whoever pressed something, or chose from a list."""
    interaction = responder.interaction
    data: Any = interaction.data
    if not _can_use_message(interaction):
        return await responder.send_answer(Answer(Card(text=gettext(_NOT_YOURS), tone="mistake")))
    if state.parse_custom_id(data["custom_id"]):
        return await form_session.handle_form_input(context, responder)
    value = (data.get("values") or [data["custom_id"]])[0]
    payload = await load_payload(value, decode_payload, restore_payload, context.button_payloads)
    if payload is None:
        return await responder.send_answer(build_expired_answer())
    setup = payload.manager and requests.has_manager_rights(interaction)
    request = requests.build_request(
        interaction,
        context.clock(),
        payload.command,
        payload.arguments,
        target_channel=responder.target_channel,
        as_manager=setup,
        share=payload.share,
    )
    retargeted_request = (
        retarget_request(context, interaction, request, payload.channel, as_manager=setup)
        if payload.channel
        else request
    )
    if retargeted_request is None:
        return await responder.send_answer(build_expired_answer())
    return await request_flow.answer_request(context, responder, retargeted_request, as_manager=setup)


def _can_use_message(interaction: Interaction) -> bool:
    """Tell whether a message is everybody's, or the answer to whoever presses now."""
    message = interaction.message
    asked = message.interaction_metadata if message else None
    return asked is None or asked.user.id == interaction.user.id
