"""Destinations: the channel, thread below a message (Start Thread from Message) or DM channel of a delivery."""

from __future__ import annotations

from datetime import date
from typing import Final

from adapters.common.text import clean_text
from adapters.discord.api.errors import get_error_code
from adapters.discord.api.rest import RestClient
from adapters.discord.rendering.markdown import fit_plain_text
from bot.domain.channels import Channel, ChannelKind
from bot.errors import TryLater, Uncertain, Unsendable
from bot.i18n import formatting
from bot.i18n.translation import gettext, use_language
from bot.ports.chat import Delivery

MESSAGES_PATH: Final = "/channels/{channel_id}/messages"
MESSAGE_PATH: Final = f"{MESSAGES_PATH}/{{message_id}}"

_MAX_DIRECT_CHANNELS: Final = 10_000
_THREAD_EXISTS: Final = 160004
_AUTO_ARCHIVE_MINUTES: Final = 1_440
"""Minutes after which Discord hides a thread in which nothing is said."""
_MAX_NAME_LENGTH: Final = 100
_RETRY_SECONDS: Final = 10.0


class Destinations:
    """Addresses of channels; those of direct messages are remembered. All raise `bot.errors.SendError` kinds."""

    def __init__(self, rest: RestClient) -> None:
        self._rest = rest
        self._direct_channel_ids: dict[str, str] = {}

    async def find_post_target(self, delivery: Delivery, *, creates_thread: bool = True) -> str:
        """Return where a delivery's messages go: a reply to a channel's message into the thread below it.

        *creates_thread* opens the thread where it is not there yet.
        """
        channel, is_reply = delivery.key.channel, delivery.key.operation == "reply"
        if is_reply and channel.kind is ChannelKind.CHANNEL:
            # The thread below a message has the message's own id.
            return await self._start_thread(delivery) if creates_thread else delivery.parent_message_id
        # Inside a thread, and in direct messages, there are no threads.
        return (
            delivery.parent_message_id
            if is_reply and channel.kind is ChannelKind.FORUM
            else await self.resolve_channel_id(channel)
        )

    async def find_edit_target(self, delivery: Delivery) -> str:
        """Return where the message is that a delivery edits: a reply is in the thread below what it replies to."""
        channel = delivery.key.channel
        if delivery.root_message_id and channel.kind in {ChannelKind.CHANNEL, ChannelKind.FORUM}:
            return delivery.root_message_id
        return (
            delivery.parent_message_id if channel.kind is ChannelKind.FORUM else await self.resolve_channel_id(channel)
        )

    async def resolve_channel_id(self, channel: Channel) -> str:
        """Return where to post: a person's direct messages have a channel of their own."""
        if channel.kind is not ChannelKind.DIRECT:
            return channel.id
        if channel.id not in self._direct_channel_ids:
            try:
                response = await self._rest.call("POST", "/users/@me/channels", json={"recipient_id": channel.id})
            except Uncertain as error:
                # Opened or not, nothing is said there yet.
                raise TryLater(error.reason, _RETRY_SECONDS) from error
            if len(self._direct_channel_ids) >= _MAX_DIRECT_CHANNELS:
                self._direct_channel_ids.clear()
            self._direct_channel_ids[channel.id] = str(response["id"])
        return self._direct_channel_ids[channel.id]

    async def _start_thread(self, delivery: Delivery) -> str:
        """Open the thread below a message; one that is open stays."""
        with use_language(delivery.card.language):
            name = fit_plain_text(
                clean_text(delivery.card.title) or _build_thread_name(delivery.key.subject), _MAX_NAME_LENGTH
            )
        try:
            await self._rest.call(
                "POST",
                f"{MESSAGE_PATH}/threads",
                json={"name": name, "auto_archive_duration": _AUTO_ARCHIVE_MINUTES},
                channel_id=delivery.key.channel.id,
                message_id=delivery.parent_message_id,
            )
        except Unsendable as error:
            if get_error_code(error) != _THREAD_EXISTS:
                raise
        return delivery.parent_message_id


def _build_thread_name(subject: str) -> str:
    """Name the thread of what has no title: that of a digest by its date."""
    try:
        return gettext("Papers of {day}", day=formatting.format_day(date.fromisoformat(subject)))
    except ValueError:
        return gettext("Papers")
