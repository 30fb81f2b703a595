"""Where a delivery's messages go: channels, threads below a message, direct messages."""

from __future__ import annotations

from datetime import date
from typing import Final

from adapters.discord.errors import code
from adapters.discord.rest import Rest
from adapters.discord.text import clean, plain
from bot import wording
from bot.errors import TryLater, Uncertain, Unsendable
from bot.language import gettext, speaking
from bot.models import Channel, Kind
from bot.ports.chats import Delivery

MESSAGES: Final = "/channels/{channel_id}/messages"
MESSAGE: Final = f"{MESSAGES}/{{message_id}}"

_MOST_DIRECT: Final = 10_000
_THERE_ALREADY: Final = 160004
_DAY: Final = 1_440
"""Minutes after which Discord hides a thread in which nothing is said."""
_NAME: Final = 100
_AGAIN: Final = 10.0


class Places:
    """Addresses of channels; those of direct messages are remembered. All raise `bot.errors.SendError` kinds."""

    def __init__(self, rest: Rest) -> None:
        self._rest = rest
        self._directs: dict[str, str] = {}

    async def of(self, delivery: Delivery, *, make: bool = True) -> str:
        """Return where a delivery's messages go: a reply to a channel's message into the thread below it.

        *make* opens the thread where it is not there yet.
        """
        channel, reply = delivery.key.channel, delivery.key.operation == "reply"
        if reply and channel.kind is Kind.CHANNEL:
            # The thread below a message has the message's own id.
            return await self._thread(delivery) if make else delivery.parent
        # Inside a thread, and in direct messages, there are no threads.
        return delivery.parent if reply and channel.kind is Kind.FORUM else await self.address(channel)

    async def held(self, delivery: Delivery) -> str:
        """Return where the message is that a delivery edits: a reply is in the thread below what it replies to."""
        channel = delivery.key.channel
        if delivery.above and channel.kind in {Kind.CHANNEL, Kind.FORUM}:
            return delivery.above
        return delivery.parent if channel.kind is Kind.FORUM else await self.address(channel)

    async def address(self, channel: Channel) -> str:
        """Return where to post: a person's direct messages have a channel of their own."""
        if channel.kind is not Kind.DIRECT:
            return channel.id
        if channel.id not in self._directs:
            try:
                answer = await self._rest.call("POST", "/users/@me/channels", json={"recipient_id": channel.id})
            except Uncertain as error:
                # Opened or not, nothing is said there yet.
                raise TryLater(str(error), _AGAIN) from error
            if len(self._directs) >= _MOST_DIRECT:
                self._directs.clear()
            self._directs[channel.id] = str(answer["id"])
        return self._directs[channel.id]

    async def _thread(self, delivery: Delivery) -> str:
        """Open the thread below a message; one that is open stays."""
        with speaking(delivery.card.language):
            name = plain(clean(delivery.card.title) or _named(delivery.key.subject), _NAME)
        try:
            await self._rest.call(
                "POST",
                f"{MESSAGE}/threads",
                json={"name": name, "auto_archive_duration": _DAY},
                channel_id=delivery.key.channel.id,
                message_id=delivery.parent,
            )
        except Unsendable as error:
            if code(error) != _THERE_ALREADY:
                raise
        return delivery.parent


def _named(subject: str) -> str:
    """Name the thread of what has no title: that of a digest by its date."""
    try:
        return gettext("Papers of {day}", day=wording.day(date.fromisoformat(subject)))
    except ValueError:
        return gettext("Papers")
