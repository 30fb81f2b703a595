"""Discord as a Chat port: deliveries become messages in channels, threads, forum posts and direct messages."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Final

from adapters.common.lookup_window import CLOCK_SKEW, LookupWindow, choose_window, needs_lookup
from adapters.discord.api.error_codes import MISSING_PERMISSIONS, THREAD_ARCHIVED, THREAD_ERRORS
from adapters.discord.api.errors import UnknownErrorCode, get_error_code
from adapters.discord.api.rest import RestClient
from adapters.discord.delivery import forum_posts, message_lookup
from adapters.discord.delivery.destinations import MESSAGE_PATH, MESSAGES_PATH, Destinations
from adapters.discord.delivery.drafts import ChannelStyle, DeliveryRenderer, StyleLookup, get_default_style
from adapters.discord.delivery.message_lookup import MessageData
from adapters.discord.rendering import message_keys
from adapters.discord.rendering.layout import CommandFormatter
from adapters.discord.rendering.messages import RenderedMessage, format_command
from bot.domain.channels import ChannelKind
from bot.errors import Gone, SendError, StoreError, TryLater, Uncertain, Unsendable
from bot.ports.chat import Delivery
from bot.ports.secrets import ButtonPayloads
from bot.ports.skipped_papers import SkippedPapers
from bot.reasons.channels import CHANNEL_REFUSED
from bot.reasons.reason import Reason

__all__ = ["ChannelStyle", "DiscordChat"]

_SEND_TIMEOUT_SECONDS: Final = 80.0
"""Seconds for a message with all its parts; less than the ledger's lease."""
_STORE_RETRY_SECONDS: Final = 5.0
_MAX_UNKNOWN_CODE_AGE: Final = timedelta(days=1)
"""How long a message is tried again that Discord refuses with a code that no group knows."""


class DiscordChat:
    """All servers as one chat. ``style_lookup`` tells how a channel wants its digests.

    ``skipped_papers`` takes what can't be drawn. Discord tells a repeated nonce for some minutes; each message carries
    its delivery's key too, and one that may have been posted before is looked up.
    """

    platform = "discord"

    def __init__(
        self,
        rest: RestClient,
        button_payloads: ButtonPayloads,
        *,
        style_lookup: StyleLookup = get_default_style,
        command_formatter: CommandFormatter = format_command,
        skipped_papers: SkippedPapers | None = None,
    ) -> None:
        self._rest = rest
        self._renderer = DeliveryRenderer(
            button_payloads, style_lookup, command_formatter, skipped_papers or SkippedPapers()
        )
        self._destinations = Destinations(rest)
        self._closed = asyncio.Event()

    async def send(self, delivery: Delivery, now: datetime) -> str:
        """Post, reply or edit; return the message's id, or that of the first of several."""
        if delivery.key.operation != "post" and not delivery.parent_message_id.isdecimal():
            raise Unsendable(Reason("message.no_parent"))
        try:
            async with asyncio.timeout(_SEND_TIMEOUT_SECONDS):
                return await self._send_operation(delivery, now)
        except TimeoutError as error:
            raise Uncertain(Reason("delivery.timed_out", seconds=f"{_SEND_TIMEOUT_SECONDS:.0f}")) from error
        except StoreError as error:
            raise TryLater(Reason("database.unusable", why=error.reason), _STORE_RETRY_SECONDS) from error
        except UnknownErrorCode as error:
            if (translated := _translate_unknown_code(error, delivery, now)) is error:
                raise
            raise translated from error
        except Gone as error:
            if delivery.root_message_id and get_error_code(error) == THREAD_ARCHIVED:
                return (
                    delivery.parent_message_id
                )  # what is below a digest is put away after a day, with the votes of then
            if reason := _explain_thread_error(delivery, error):
                raise Unsendable(reason) from error
            raise

    async def find_message(self, delivery: Delivery) -> str | None:
        """Look the key up where the message would be; doing an edit again is harmless."""
        key = delivery.key
        if key.operation == "edit":
            return None
        try:
            if key.channel.kind is ChannelKind.FORUM and key.operation == "post":
                return await self._find_forum_post(delivery)
            posted_parts = await self._find_parts(
                delivery, await self._destinations.find_post_target(delivery, creates_thread=False)
            )
            messages = await self._renderer.render_parts(delivery, message_keys.hash_delivery_key(key), posted_parts)
        except StoreError as error:
            raise TryLater(Reason("database.unusable", why=error.reason), _STORE_RETRY_SECONDS) from error
        except Gone:
            if key.operation == "reply":
                return None  # nor is the thread that it would be in
            raise
        except Unsendable as error:
            raise Uncertain(Reason("history.unreadable", why=error.reason)) from error
        # What stopped between two parts is not there; sending goes on with the first that is missing.
        return str(posted_parts[0]["id"]) if posted_parts.keys() >= set(range(len(messages))) else None

    async def run(self) -> None:
        """Wait until closed."""
        await self._closed.wait()

    async def close(self) -> None:
        """Finish what is in flight and let go of the network."""
        await self._rest.close()
        self._closed.set()

    async def _send_operation(self, delivery: Delivery, now: datetime) -> str:
        if delivery.key.operation == "edit":
            return await self._edit_parts(delivery, now)
        if delivery.key.channel.kind is ChannelKind.FORUM and delivery.key.operation == "post":
            return await self._start_forum_post(delivery, now)
        return await self._post_parts(delivery, now)

    async def _post_parts(self, delivery: Delivery, now: datetime) -> str:
        """Send the parts that are not there yet, in order."""
        channel_id = await self._destinations.find_post_target(delivery)
        posted_parts: Mapping[int, MessageData] = {}
        if needs_lookup(delivery):
            # Where nobody can look, the ledger has decided; the nonce helps for some minutes.
            with suppress(Uncertain):
                posted_parts = await self._find_parts(delivery, channel_id)
        first_id = ""
        for number, message in enumerate(
            await self._renderer.render_parts(delivery, message_keys.hash_delivery_key(delivery.key), posted_parts)
        ):
            try:
                posted_message = posted_parts.get(number) or await self._post_part(
                    delivery, channel_id, number, message, now
                )
            except (TryLater, StoreError) as error:
                if not first_id:
                    raise
                stopped = Reason("delivery.partly_sent", number=number, why=error.reason)
                raise Uncertain(stopped) from error
            first_id = first_id or str(posted_message["id"])
        return first_id

    async def _post_part(
        self, delivery: Delivery, channel_id: str, number: int, message: RenderedMessage, now: datetime
    ) -> MessageData:
        await self._renderer.save_button_payloads(message, now)
        payload = {**message.payload, "nonce": message_keys.build_nonce(delivery.key, number), "enforce_nonce": True}
        if delivery.key.operation == "reply" and channel_id != delivery.parent_message_id:
            # Nothing below a direct message or inside a thread can be a thread.
            payload["message_reference"] = {"message_id": delivery.parent_message_id, "fail_if_not_exists": False}
        posted: MessageData = await self._rest.call("POST", MESSAGES_PATH, json=payload, channel_id=channel_id)
        return posted

    async def _start_forum_post(self, delivery: Delivery, now: datetime) -> str:
        """Make a post of a forum, once."""
        forum, key = delivery.key.channel, message_keys.hash_delivery_key(delivery.key)
        if needs_lookup(delivery):
            with suppress(Uncertain):
                if post_id := await self._find_forum_post(delivery):
                    return post_id
        return await forum_posts.start_post(
            self._rest, forum, key, await self._renderer.render_forum_post(delivery, now)
        )

    async def _edit_parts(self, delivery: Delivery, now: datetime) -> str:
        """Edit every part; where they can't be as many as before, the message stays as it is."""
        first_id = delivery.parent_message_id
        channel_id = await self._destinations.find_edit_target(delivery)
        key, posted_parts = await message_lookup.find_following_parts(self._rest, channel_id, first_id)
        if not posted_parts:
            raise Unsendable(Reason("message.gone"))
        messages = await self._renderer.render_parts(delivery, key, posted_parts)
        if len(posted_parts) < len(messages):
            posted_parts = await message_lookup.find_message(
                self._rest, channel_id, key, LookupWindow(message_lookup.from_snowflake(first_id) - CLOCK_SKEW)
            )
        if len(posted_parts) < len(messages):
            # Votes with one digit more need no further message; there can't be one.
            messages = await self._renderer.render_parts(delivery, key, posted_parts, max_messages=len(posted_parts))
        if posted_parts.keys() != set(range(len(messages))):
            return first_id
        for number, message in enumerate(messages):
            await self._renderer.save_button_payloads(message, now)
            message_id = posted_parts[number]["id"]
            await self._rest.call(
                "PATCH", MESSAGE_PATH, json=message.payload, channel_id=channel_id, message_id=message_id
            )
        return first_id

    async def _find_parts(self, delivery: Delivery, channel_id: str) -> Mapping[int, MessageData]:
        key, window = message_keys.hash_delivery_key(delivery.key), choose_window(delivery)
        return await message_lookup.find_message(self._rest, channel_id, key, window, delivery.lookup_cursor)

    async def _find_forum_post(self, delivery: Delivery) -> str | None:
        key, window = message_keys.hash_delivery_key(delivery.key), choose_window(delivery)
        return await forum_posts.deduplicate_posts(
            self._rest, delivery.key.channel, key, window, delivery.lookup_cursor
        )


def _translate_unknown_code(error: UnknownErrorCode, delivery: Delivery, now: datetime) -> SendError:
    """Return what a refusal costs that no group knows: who asks a channel again that is shut nears a ban.

    https://docs.discord.com/developers/topics/rate-limits#invalid-request-limit-aka-cloudflare-bans
    """
    if error.is_closed and delivery.key.operation == "post":
        return Gone(Reason(CHANNEL_REFUSED, number=error.code))
    if error.is_closed:
        return Unsendable(error.reason)
    if delivery.created_at and now - delivery.created_at > _MAX_UNKNOWN_CODE_AGE:
        return Unsendable(Reason("delivery.given_up_after_a_day", why=error.reason))
    return error


def _explain_thread_error(delivery: Delivery, error: Gone) -> Reason | None:
    """Return why a refusal is a thread's alone; None where it is the channel's, which takes nothing any more.

    Whoever may ask for a thread could silence a channel otherwise.
    """
    key, error_code = delivery.key, get_error_code(error)
    if key.operation != "post" and error_code in THREAD_ERRORS:
        return Reason("thread.closed", why=error.reason)
    if (
        key.operation == "reply"
        and key.channel.kind in {ChannelKind.CHANNEL, ChannelKind.FORUM}
        and error_code == MISSING_PERMISSIONS
    ):
        return Reason("thread.permissions_missing", why=error.reason)
    return None
