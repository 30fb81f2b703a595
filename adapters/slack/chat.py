"""Slack as a chat: what the ledger holds becomes messages in channels, threads and direct messages."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from adapters.slack.clients import Clients
from adapters.slack.errors import Unknown, code
from adapters.slack.history import look, mark
from adapters.slack.render import COMMAND, Message, message
from bot.cards import Card
from bot.errors import Gone, SendError, StoreError, TryLater, Uncertain, Unsendable
from bot.models import Channel, Kind
from bot.ports.chats import Delivery
from bot.ports.secrets import Actions

_PATIENCE: Final = 5.0
_REFUSED: Final = timedelta(days=1)
"""How long a message is tried again that Slack refuses with a code that no group knows."""
_MOST_DIRECT: Final = 10_000


async def _never(_: Channel) -> bool:
    return False


class SlackChat:
    """Slack's workspaces as one chat; `adapters.slack.socket` and `adapters.slack.http` take what comes in.

    ``command`` is what people type ("/papers"), ``pictures`` tells whether a channel wants thumbnails. Slack itself
    would post a repeated message twice: each carries its delivery's key, and one that was tried before is looked up.
    """

    platform = "slack"

    def __init__(
        self,
        clients: Clients,
        actions: Actions,
        *,
        command: str = COMMAND,
        pictures: Callable[[Channel], Awaitable[bool]] = _never,
    ) -> None:
        self._clients = clients
        self._actions = actions
        self._command = command
        self._pictures = pictures
        self._directs: dict[tuple[str, str], str] = {}
        self._closed = asyncio.Event()

    async def send(self, delivery: Delivery, now: datetime) -> str:
        """Post, reply or edit; return the message's timestamp, which is its id."""
        if delivery.key.operation != "post" and not delivery.parent:
            raise Unsendable("The message that it belongs to has no id.")
        try:
            return await self._known(delivery) or await self._put(delivery, now)
        except StoreError as error:
            raise TryLater(f"The database can’t be used: {error}", _PATIENCE) from error
        except Unknown as error:
            if delivery.created and now - delivery.created > _REFUSED:
                raise Unsendable(f"{error}; given up after a day.") from error
            raise

    async def find(self, delivery: Delivery) -> str | None:
        """Look the key up in the channel's history, or in the thread; doing an edit again is harmless."""
        if delivery.key.operation == "edit":
            return None
        try:
            return await look(self._clients, delivery, await self._address(delivery.key.channel))
        except TryLater:
            raise
        except SendError as error:
            raise Uncertain(f"The history can’t be read: {error}") from error

    async def run(self) -> None:
        """Wait until closed."""
        await self._closed.wait()

    async def close(self) -> None:
        """Finish what is in flight and let go of the network."""
        await self._clients.close()
        self._closed.set()

    async def _known(self, delivery: Delivery) -> str | None:
        """Return the message of an earlier attempt; where the history can't be read the ledger has decided already."""
        try:
            return await self.find(delivery) if delivery.attempts else None
        except Uncertain:
            return None

    async def _put(self, delivery: Delivery, now: datetime) -> str:
        place, pictures = await self._address(delivery.key.channel), await self._pictures(delivery.key.channel)
        try:
            return await self._say(delivery, place, await self._draw(delivery.card, now, pictures=pictures))
        except Unsendable as error:
            if not pictures or code(error) != "invalid_blocks":
                raise
        # One picture that Slack can't fetch spoils the whole message.
        return await self._say(delivery, place, await self._draw(delivery.card, now, pictures=False))

    async def _say(self, delivery: Delivery, place: str, drawn: Message) -> str:
        workspace, parent = delivery.key.channel.workspace, delivery.parent
        words: dict[str, Any] = {"text": drawn.text, "blocks": drawn.blocks, "parse": "none", "link_names": False}
        if delivery.key.operation == "edit":
            answer = await self._clients.call(workspace, "chat.update", channel=place, ts=parent, **words)
            return str(answer["ts"])
        answer = await self._clients.call(
            workspace,
            "chat.postMessage",
            channel=place,
            thread_ts=parent if delivery.key.operation == "reply" else None,
            unfurl_links=False,
            unfurl_media=False,
            metadata=mark(delivery),
            **words,
        )
        return str(answer["ts"])

    async def _draw(self, card: Card, now: datetime, *, pictures: bool) -> Message:
        try:
            drawn = message(card, pictures=pictures, command=self._command)
        except Exception as error:
            raise Unsendable(f"The card can’t be drawn: {error}") from error
        if drawn.kept:
            await self._actions.keep(drawn.kept, now)
        return drawn

    async def _address(self, channel: Channel) -> str:
        """Return where to post: a person's direct message has an address of its own."""
        if channel.kind is not Kind.DIRECT:
            return channel.id
        who = (channel.workspace, channel.id)
        if who not in self._directs:
            answer = await self._open(channel)
            if len(self._directs) >= _MOST_DIRECT:
                self._directs.clear()
            self._directs[who] = str(answer["channel"]["id"])
        return self._directs[who]

    async def _open(self, channel: Channel) -> Mapping[str, Any]:
        """Open a direct message; where the bot may not, its channels are as good as before."""
        try:
            return await self._clients.call(channel.workspace, "conversations.open", users=channel.id)
        except Gone as error:
            raise Gone(error.reason, installation=error.installation and code(error) != "missing_scope") from error
