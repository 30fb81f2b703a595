"""How an answer gets to the one who wrote to the bot: a line that they alone see, or a direct message."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from adapters.slack.kit import Kit
from adapters.slack.ways import WAIT, drawn
from bot.ports.commands import Answer, Request


@dataclass(slots=True)
class Whisper:
    """A line in a channel, or in a thread of it, that the asker alone sees; nobody can change it afterwards."""

    kit: Kit
    workspace: str
    channel: str
    user: str
    thread: str = ""

    async def wait(self, request: Request) -> None:
        """Say so in a line of its own."""
        await self.say(WAIT, request)

    async def say(self, answer: Answer, request: Request) -> None:
        """Show a card."""
        message = await drawn(self.kit, answer, request)
        await self.kit.clients.call(
            self.workspace,
            "chat.postEphemeral",
            channel=self.channel,
            user=self.user,
            text=message.text,
            blocks=message.blocks,
            **_thread(self.thread),
        )

    async def window(self, view: dict[str, Any]) -> bool:  # noqa: ARG002 - the protocol's shape
        """Open nothing: whoever mentions the bot has pressed nothing that a window could follow."""
        return False


@dataclass(slots=True)
class Direct:
    """A direct message, which nobody else sees anyway."""

    kit: Kit
    workspace: str
    channel: str
    thread: str = ""
    _said: str = field(default="", init=False)

    async def wait(self, request: Request) -> None:
        """Say so in a message that the answer replaces."""
        await self.say(WAIT, request)

    async def say(self, answer: Answer, request: Request) -> None:
        """Show a card."""
        message = await drawn(self.kit, answer, request)
        if self._said:
            await self.kit.clients.call(
                self.workspace,
                "chat.update",
                channel=self.channel,
                ts=self._said,
                text=message.text,
                blocks=message.blocks,
            )
            return
        posted = await self.kit.clients.call(
            self.workspace,
            "chat.postMessage",
            channel=self.channel,
            text=message.text,
            blocks=message.blocks,
            unfurl_links=False,
            unfurl_media=False,
            **_thread(self.thread),
        )
        self._said = str(posted["ts"])

    async def window(self, view: dict[str, Any]) -> bool:  # noqa: ARG002 - the protocol's shape
        """Open nothing."""
        return False


def _thread(parent: str) -> dict[str, str]:
    return {"thread_ts": parent} if parent else {}
