"""How an answer gets to the one who asked: at once, or in the place of a line that says that it takes a moment.

An interaction is answered within three seconds, and then for fifteen minutes through its own webhook:
https://docs.discord.com/developers/interactions/receiving-and-responding.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from enum import IntEnum
from typing import Any, Final

from adapters.discord import render, requests, rights
from adapters.discord.kit import Kit
from adapters.discord.render import DISCUSS, EPHEMERAL, SHARE, Message
from adapters.discord.requests import CALLBACK, Interaction
from bot.cards import Action, Card
from bot.errors import Uncertain
from bot.models import Channel, Kind
from bot.ports.commands import Answer, Placement, Request

PATIENCE: Final = 1.5
"""Seconds until people are told that it takes a moment; Discord waits for three."""

_WEBHOOK: Final = "/webhooks/{webhook_id}/{webhook_token}"
_ORIGINAL: Final = f"{_WEBHOOK}/messages/@original"


class _Type(IntEnum):
    MESSAGE = 4
    WAIT = 5
    WAIT_UPDATE = 6
    UPDATE = 7
    MODAL = 9


@dataclass(slots=True)
class Way:
    """Where the answer to one interaction goes: to the asker alone. ``here`` is the channel that they mean.

    Every method raises `bot.errors.SendError` kinds when Discord does not take it.
    """

    kit: Kit
    interaction: Interaction
    here: Channel = field(init=False)
    _waiting: bool = False
    _said: bool = False
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    def __post_init__(self) -> None:
        self.here = requests.place(self.interaction)

    @property
    def private(self) -> bool:
        """Whether what was pressed is a message that only its reader sees, which an answer may replace."""
        return requests.private(self.interaction)

    @asynccontextmanager
    async def patience(self) -> AsyncIterator[None]:
        """Let Discord say that it takes a moment when nothing is said in time; no modal can be opened then."""
        waiting = asyncio.create_task(self._wait())
        try:
            yield
        finally:
            waiting.cancel()
            await asyncio.gather(waiting, return_exceptions=True)

    async def tell(self, answer: Answer, asked: Request | None = None, *, setup: bool = False) -> None:
        """Show a card to the asker; *setup* tells that its buttons may do what those of managers' commands do."""
        asked = asked or requests.request(self.interaction, self.kit.clock(), "help", {}, here=self.here, dry=True)
        shown = _about(answer, self.elsewhere(asked))
        unable = {DISCUSS} if self.unable(asked, discuss=True) else set[str]()
        unable |= {SHARE} if self.unable(asked, share=True) else set[str]()
        message = render.private(
            shown,
            asked,
            manager=setup,
            unable=unable,
            native=self.kit.tree.native,
            mention=self.kit.tree.mention,
        )
        await self.say(message, replacing=answer.placement is Placement.REPLACE)

    async def say(self, message: Message, *, replacing: bool = False) -> None:
        """Show a message; in the place of the pressed one, where only its reader sees that."""
        await self.kit.actions.keep(message.kept, self.kit.clock())
        payload = {**message.payload, "flags": message.payload.get("flags", 0) | EPHEMERAL}
        replacing = replacing and self.private
        async with self._turn:
            if self._waiting and replacing is self.private and not self._said:
                await self._webhook("PATCH", _ORIGINAL, payload, message.file)
            elif self._waiting or self._said:
                await self._webhook("POST", _WEBHOOK, payload, message.file)
            else:
                await self._call_back(_Type.UPDATE if replacing else _Type.MESSAGE, payload, message.file)
            self._said = True

    async def modal(self, payload: dict[str, Any]) -> bool:
        """Open a modal; False when it is too late for one."""
        async with self._turn:
            if self._waiting or self._said:
                return False
            await self._call_back(_Type.MODAL, payload)
            self._said = True
            return True

    def elsewhere(self, asked: Request) -> str:
        """Return the id of the channel that *asked* is about; "" when it is the one that they mean by "here"."""
        return asked.channel.id if asked.channel.kind is not Kind.DIRECT and asked.channel.id != self.here.id else ""

    def unable(self, asked: Request, *, share: bool = False, discuss: bool = False) -> Sequence[str]:
        """Return which permissions the bot lacks to *share* an answer, or to open a thread, where somebody asks."""
        channel = asked.thread or asked.channel
        if not (share or discuss) or channel.kind is Kind.DIRECT or self.elsewhere(asked):
            return ()
        return rights.unable(self.interaction.app_permissions, channel.kind, threads=discuss)

    async def _wait(self) -> None:
        await asyncio.sleep(PATIENCE)
        async with self._turn:
            if self._said:
                return
            # What may have been taken counts as told: what follows is refused at worst.
            with suppress(Uncertain):
                await (self._call_back(_Type.WAIT_UPDATE) if self.private else self._call_back(_Type.WAIT, _HIDDEN))
            self._waiting = True

    async def _call_back(self, type_: _Type, data: dict[str, Any] | None = None, file: str = "") -> None:
        body = {"type": int(type_), **({"data": data} if data else {})}
        ids = self._mine(self.interaction.id)
        await self.kit.rest.call("POST", CALLBACK, json=body, file=file, paced=False, **ids)

    async def _webhook(self, method: str, path: str, payload: dict[str, Any], file: str) -> None:
        ids = self._mine(self.interaction.application_id)
        await self.kit.rest.call(method, path, json=payload, file=file, paced=False, **ids)

    def _mine(self, identity: int) -> dict[str, Any]:
        return {"webhook_id": identity, "webhook_token": self.interaction.token}


_HIDDEN: Final = {"flags": EPHEMERAL}


def _about(answer: Answer, channel: str) -> Answer:
    """Return an answer whose buttons are about the channel that it is about; shared here it would be out of place."""
    card = answer.body
    if not channel or not isinstance(card, Card):
        return answer

    def there(actions: tuple[Action, ...]) -> tuple[Action, ...]:
        return tuple(replace(action, channel=action.channel or channel) for action in actions)

    items = tuple(replace(item, actions=there(item.actions)) for item in card.items)
    return replace(answer, body=replace(card, actions=there(card.actions), items=items), shareable=False)
