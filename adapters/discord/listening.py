"""What people do in Discord, handed to whom it concerns; the one boundary of the interactions."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from adapters.discord import completing, panels, pressed, typed
from adapters.discord.kit import Kit
from adapters.discord.requests import Interaction

_COMMAND, _COMPONENT, _AUTOCOMPLETE, _MODAL = 2, 3, 4, 5
_TAKES: Final[Mapping[int, Callable[[Kit, Interaction], Awaitable[None]]]] = {
    _COMMAND: typed.command,
    _COMPONENT: pressed.press,
    _AUTOCOMPLETE: completing.complete,
    _MODAL: panels.submitted,
}

log = logging.getLogger(__name__)


class Flights:
    """The interactions that are being answered."""

    def __init__(self, kit: Kit) -> None:
        self._kit = kit
        self._tasks: set[asyncio.Task[Any]] = set()

    def listen(self) -> None:
        """Take what people do."""

        async def on_interaction(interaction: Interaction) -> None:
            await self._take(interaction)

        self._kit.client.event(on_interaction)

    async def land(self, seconds: float) -> None:
        """Wait for those that are being answered, then end those that still are."""
        if not self._tasks:
            return
        _, late = await asyncio.wait(set(self._tasks), timeout=seconds)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)

    async def _take(self, interaction: Interaction) -> None:
        task = asyncio.current_task()
        if task:
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        take = _TAKES.get(interaction.type.value)
        if take is None:
            return
        try:
            await take(self._kit, interaction)
        except Exception:
            log.exception("An interaction failed, reference %s", secrets.token_hex(3))
