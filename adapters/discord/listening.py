"""What people do in Discord, handed to whom it concerns; the one boundary of the interactions."""

from __future__ import annotations

import asyncio
import logging
import secrets
import traceback
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, nullcontext
from typing import Any, Final
from weakref import WeakValueDictionary

from adapters.discord import completing, panels, pressed, requests, typed
from adapters.discord.homes import home
from adapters.discord.kit import Kit
from adapters.discord.requests import Interaction
from adapters.discord.ways import Way
from bot.cards import Card
from bot.errors import SendError
from bot.language import gettext, phrase, speaking
from bot.ports.commands import Answer

_COMMAND, _COMPONENT, _AUTOCOMPLETE, _MODAL = 2, 3, 4, 5
_TAKES: Final[Mapping[int, Callable[[Kit, Way], Awaitable[None]]]] = {
    _COMMAND: typed.command,
    _COMPONENT: pressed.press,
    _MODAL: panels.changed,
}
_FAILED: Final = phrase("That failed; nothing more was done. Reference: {reference}.")

log = logging.getLogger(__name__)


class Flights:
    """The interactions that are being answered."""

    def __init__(self, kit: Kit) -> None:
        self._kit = kit
        self._turns = WeakValueDictionary[int, asyncio.Lock]()

    def listen(self) -> None:
        """Take what people do."""

        async def on_interaction(interaction: Interaction) -> None:
            await self._take(interaction)

        self._kit.client.event(on_interaction)

    async def land(self, seconds: float) -> None:
        """Wait for those that are being answered, then end those that still are."""
        await self._kit.client.land(seconds)

    async def _take(self, interaction: Interaction) -> None:
        self._kit.client.note()
        try:
            with speaking(requests.locale(interaction)):
                await self._spoken(interaction)
        except SendError as error:
            log.warning("An answer did not get through: %s", error)

    async def _spoken(self, interaction: Interaction) -> None:
        """Answer in the language that is spoken now."""
        if interaction.type.value == _AUTOCOMPLETE:
            await completing.complete(self._kit, interaction)
        elif take := _TAKES.get(interaction.type.value):
            await self._answer(take, Way(self._kit, interaction))

    async def _answer(self, take: Callable[[Kit, Way], Awaitable[None]], way: Way) -> None:
        """Answer in time; whatever goes wrong becomes a sentence."""
        async with way.patience(), self._turn(way):
            try:
                way.here = await home(self._kit, way.interaction)
                await self._met(way.interaction)
                await take(self._kit, way)
            except SendError:
                raise
            except Exception as error:  # noqa: BLE001 - the boundary: people get a reference, the log the trace
                reference = secrets.token_hex(3)
                # Its text may hold what somebody typed.
                trace = "".join(traceback.format_tb(error.__traceback__))
                log.error("An interaction failed. Reference: %s.\n%s%s", reference, trace, type(error).__name__)  # noqa: TRY400
                await way.tell(Answer(Card(text=gettext(_FAILED, reference=reference), tone="failure")))

    def _turn(self, way: Way) -> AbstractAsyncContextManager[Any]:
        """Let what is done in one private answer come one after the other."""
        message = way.interaction.message
        return self._turns.setdefault(message.id, asyncio.Lock()) if message and way.private else nullcontext()

    async def _met(self, interaction: Interaction) -> None:
        """Go on writing to somebody who writes in their direct messages."""
        if interaction.context.dm_channel:
            await self._kit.presence.back(requests.direct(interaction.user.id), self._kit.clock())
