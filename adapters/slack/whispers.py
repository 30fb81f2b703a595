"""chat.postEphemeral and direct message responders: where the answer to a mention or message goes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from adapters.slack.kit import SlackContext
from adapters.slack.ways import LOADING_ANSWER, prepare_message
from bot.ports.commands import Answer, Request


@dataclass(slots=True)
class EphemeralResponder:
    """A line in a channel, or in a thread of it, that the asker alone sees; nobody can change it afterwards."""

    context: SlackContext
    workspace: str
    channel: str
    user: str
    thread_ts: str = ""

    async def show_loading(self, request: Request) -> None:
        """Say so in a line of its own."""
        await self.send_answer(LOADING_ANSWER, request)

    async def send_answer(self, answer: Answer, request: Request) -> None:
        """Show a card."""
        message = await prepare_message(self.context, answer, request)
        await self.context.client.call(
            self.workspace,
            "chat.postEphemeral",
            channel=self.channel,
            user=self.user,
            text=message.text,
            blocks=message.blocks,
            **_build_thread_arguments(self.thread_ts),
        )

    async def open_modal(self, view: dict[str, Any]) -> bool:  # noqa: ARG002 - the protocol's shape
        """Open nothing: whoever mentions the bot has pressed nothing that a window could follow."""
        return False


@dataclass(slots=True)
class DirectMessageResponder:
    """A direct message, which nobody else sees anyway."""

    context: SlackContext
    workspace: str
    channel: str
    thread_ts: str = ""
    _message_ts: str = field(default="", init=False)

    async def show_loading(self, request: Request) -> None:
        """Say so in a message that the answer replaces."""
        await self.send_answer(LOADING_ANSWER, request)

    async def send_answer(self, answer: Answer, request: Request) -> None:
        """Show a card."""
        message = await prepare_message(self.context, answer, request)
        if self._message_ts:
            await self.context.client.call(
                self.workspace,
                "chat.update",
                channel=self.channel,
                ts=self._message_ts,
                text=message.text,
                blocks=message.blocks,
            )
            return
        posted = await self.context.client.call(
            self.workspace,
            "chat.postMessage",
            channel=self.channel,
            text=message.text,
            blocks=message.blocks,
            unfurl_links=False,
            unfurl_media=False,
            **_build_thread_arguments(self.thread_ts),
        )
        self._message_ts = str(posted["ts"])

    async def open_modal(self, view: dict[str, Any]) -> bool:  # noqa: ARG002 - the protocol's shape
        """Open nothing."""
        return False


def _build_thread_arguments(thread_ts: str) -> dict[str, str]:
    return {"thread_ts": thread_ts} if thread_ts else {}
