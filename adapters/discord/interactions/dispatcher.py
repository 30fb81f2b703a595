"""INTERACTION_CREATE (on_interaction): dispatches commands, components, autocomplete and modals to handlers."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, nullcontext
from datetime import timedelta
from typing import Any, Final
from weakref import WeakValueDictionary

from adapters.discord.channels import build_direct_channel
from adapters.discord.context import DiscordContext
from adapters.discord.interactions import autocomplete, commands, form_session, message_components, requests
from adapters.discord.interactions.requests import Interaction
from adapters.discord.interactions.responses import Responder
from adapters.discord.interactions.target_channel import resolve_target_channel
from bot.cards.models import Card
from bot.errors import SendError, log_failure
from bot.i18n.translation import gettext, phrase, use_language
from bot.ports.commands import Answer

_APPLICATION_COMMAND, _MESSAGE_COMPONENT, _AUTOCOMPLETE, _MODAL_SUBMIT = 2, 3, 4, 5
_HANDLERS: Final[Mapping[int, Callable[[DiscordContext, Responder], Awaitable[None]]]] = {
    _APPLICATION_COMMAND: commands.handle_command,
    _MESSAGE_COMPONENT: message_components.handle_component,
    _MODAL_SUBMIT: form_session.handle_form_input,
}
_TOKEN_LIFETIME: Final = timedelta(minutes=15)
"""https://docs.discord.com/developers/interactions/receiving-and-responding"""
_FAILURE_MESSAGE: Final = phrase("That failed; nothing more was done. Reference: {reference}.")

log = logging.getLogger(__name__)


class InteractionDispatcher:
    """The interactions that are being answered."""

    def __init__(self, context: DiscordContext) -> None:
        self._context = context
        self._message_locks = WeakValueDictionary[int, asyncio.Lock]()

    def register_listeners(self) -> None:
        """Take what people do."""

        async def on_interaction(interaction: Interaction) -> None:
            await self._handle_interaction(interaction)

        self._context.client.event(on_interaction)

    async def drain(self, seconds: float) -> None:
        """Wait for those that are being answered, then end those that still are."""
        await self._context.client.event_tasks.drain(seconds)

    async def _handle_interaction(self, interaction: Interaction) -> None:
        self._context.client.event_tasks.track_current_task()
        self._context.secret_registrar.register(interaction.token, _TOKEN_LIFETIME)
        try:
            with use_language(requests.get_locale(interaction)):
                await self._dispatch(interaction)
        except SendError as error:
            log.warning("An answer did not get through: %s", error)

    async def _dispatch(self, interaction: Interaction) -> None:
        """Answer in the language that is spoken now."""
        if interaction.type.value == _AUTOCOMPLETE:
            await autocomplete.handle_autocomplete(self._context, interaction)
        elif take := _HANDLERS.get(interaction.type.value):
            await self._run_handler(take, Responder(self._context, interaction))

    async def _run_handler(
        self, handler: Callable[[DiscordContext, Responder], Awaitable[None]], responder: Responder
    ) -> None:
        """Answer in time; whatever goes wrong becomes a sentence."""
        async with responder.defer_if_slow(), self._lock_message(responder):
            try:
                responder.target_channel = await resolve_target_channel(self._context, responder.interaction)
                await self._resume_direct_messages(responder.interaction)
                await handler(self._context, responder)
            except SendError:
                raise
            except Exception as error:  # noqa: BLE001 - the boundary: people get a reference, the log the trace
                reference = log_failure(log, "An interaction failed", error, redacted=True)
                await responder.send_answer(
                    Answer(Card(text=gettext(_FAILURE_MESSAGE, reference=reference), tone="failure"))
                )

    def _lock_message(self, responder: Responder) -> AbstractAsyncContextManager[Any]:
        """Let what is done in one private answer come one after the other."""
        message = responder.interaction.message
        return (
            self._message_locks.setdefault(message.id, asyncio.Lock())
            if message and responder.is_ephemeral
            else nullcontext()
        )

    async def _resume_direct_messages(self, interaction: Interaction) -> None:
        """Go on writing to somebody who writes in their direct messages."""
        if interaction.context.dm_channel:
            await self._context.workspace_events.on_channel_recovered(
                build_direct_channel(interaction.user.id), self._context.clock()
            )
