"""How an answer gets to the one who asked: at once, or in the place of a line that says that it takes a moment.

An interaction is answered within three seconds, and then for fifteen minutes through its own webhook:
https://docs.discord.com/developers/interactions/receiving-and-responding.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Final

from adapters.discord.kit import Kit
from adapters.discord.render import Message
from adapters.discord.requests import CALLBACK, Interaction

_EPHEMERAL: Final = 1 << 6
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
    """Where the answer to one interaction goes: to the asker alone.

    ``private`` tells that what was pressed is a message that only they see, which an answer may replace. Every method
    raises `bot.errors.SendError` kinds when Discord does not take it.
    """

    kit: Kit
    interaction: Interaction
    private: bool = False
    _waiting: bool = False
    _said: bool = False

    async def wait(self) -> None:
        """Let Discord say that it takes a moment; from now on no modal can be opened."""
        if self.private:
            await self._call_back(_Type.WAIT_UPDATE)
        else:
            await self._call_back(_Type.WAIT, {"flags": _EPHEMERAL})
        self._waiting = True

    async def say(self, message: Message, *, replace: bool = False) -> None:
        """Show a message; with *replace* in the place of the pressed one, where only its reader sees that."""
        await self.kit.actions.keep(message.kept, self.kit.clock())
        payload = {**message.payload, "flags": message.payload.get("flags", 0) | _EPHEMERAL}
        replace = replace and self.private
        if self._waiting and replace is self.private and not self._said:
            await self._webhook("PATCH", _ORIGINAL, payload)
        elif self._waiting or self._said:
            await self._webhook("POST", _WEBHOOK, payload)
        else:
            await self._call_back(_Type.UPDATE if replace else _Type.MESSAGE, payload)
        self._said = True

    async def modal(self, payload: dict[str, Any]) -> bool:
        """Open a modal; False when it is too late for one."""
        if self._waiting or self._said:
            return False
        await self._call_back(_Type.MODAL, payload)
        self._said = True
        return True

    async def _call_back(self, type_: _Type, data: dict[str, Any] | None = None) -> None:
        body = {"type": int(type_), **({"data": data} if data else {})}
        await self.kit.rest.call("POST", CALLBACK, json=body, paced=False, **self._mine(self.interaction.id))

    async def _webhook(self, method: str, path: str, payload: dict[str, Any]) -> None:
        ids = self._mine(self.interaction.application_id)
        await self.kit.rest.call(method, path, json=payload, paced=False, **ids)

    def _mine(self, identity: int) -> dict[str, Any]:
        return {"webhook_id": identity, "webhook_token": self.interaction.token}
