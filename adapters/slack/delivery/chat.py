"""Slack as a Chat port: deliveries become chat.postMessage and chat.update; earlier attempts are looked up."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final

from adapters.common.lookup_window import needs_lookup
from adapters.common.unrenderable_items import render_sound_items
from adapters.slack.api.client import SlackClient
from adapters.slack.api.error_codes import MISSING_SCOPE
from adapters.slack.api.errors import UnknownErrorCode, get_error_code
from adapters.slack.delivery.message_lookup import build_metadata, find_message
from adapters.slack.rendering.messages import DEFAULT_COMMAND, RenderedMessage, render_message
from bot.domain.channels import Channel, ChannelKind
from bot.errors import Gone, Held, SendError, StoreError, TryLater, Uncertain, Unsendable
from bot.ports.chat import Delivery
from bot.ports.secrets import ButtonPayloads
from bot.ports.skipped_papers import SkippedPapers
from bot.reasons.reason import Reason

_STORE_RETRY_SECONDS: Final = 5.0
_HELD_RETRY_SECONDS: Final = 300.0
_MAX_UNKNOWN_CODE_AGE: Final = timedelta(days=1)
"""How long a message is tried again that Slack refuses with a code that no group knows."""
_MAX_DIRECT_CHANNELS: Final = 10_000


async def _disable_pictures(_: Channel) -> bool:
    return False


class SlackChat:
    """Slack's workspaces as one chat; `adapters.slack.connection` takes what comes in.

    ``command`` is what people type ("/papers"), ``modal_commands`` are those whose buttons open a modal,
    ``wants_pictures`` tells whether a channel wants thumbnails, ``skipped_papers`` takes what can't be drawn. Slack
    itself would post a repeated message twice: each carries its delivery's key, and one that may have been posted
    before is looked up.
    """

    platform = "slack"

    def __init__(
        self,
        client: SlackClient,
        button_payloads: ButtonPayloads,
        *,
        command: str = DEFAULT_COMMAND,
        modal_commands: Collection[str] = (),
        wants_pictures: Callable[[Channel], Awaitable[bool]] = _disable_pictures,
        skipped_papers: SkippedPapers | None = None,
    ) -> None:
        self._client = client
        self._button_payloads = button_payloads
        self._command = command
        self._modal_commands = modal_commands
        self._wants_pictures = wants_pictures
        self._skipped_papers = skipped_papers or SkippedPapers()
        self._direct_channel_ids: dict[tuple[str, str], str] = {}
        self._closed = asyncio.Event()

    async def send(self, delivery: Delivery, now: datetime) -> str:
        """Post, reply or edit; return the message's timestamp, which is its id."""
        if delivery.key.operation != "post" and not delivery.parent_message_id:
            raise Unsendable(Reason("message.no_parent"))
        try:
            return await self._find_earlier_attempt(delivery) or await self._send_rendered(delivery, now)
        except StoreError as error:
            raise TryLater(Reason("database.unusable", why=error.reason), _STORE_RETRY_SECONDS) from error
        except Gone as error:
            if get_error_code(error) == MISSING_SCOPE:
                raise Held(error.reason, _HELD_RETRY_SECONDS) from error
            raise
        except UnknownErrorCode as error:
            if delivery.created_at and now - delivery.created_at > _MAX_UNKNOWN_CODE_AGE:
                raise Unsendable(Reason("delivery.given_up_after_a_day", why=error.reason)) from error
            raise

    async def find_message(self, delivery: Delivery) -> str | None:
        """Look the key up in the channel's history, or in the thread; doing an edit again is harmless."""
        return await self._find_message(delivery)

    async def _find_message(self, delivery: Delivery, *, before_sending: bool = False) -> str | None:
        if delivery.key.operation == "edit":
            return None
        try:
            channel_id = await self._resolve_channel_id(delivery.key.channel)
            return await find_message(self._client, delivery, channel_id, before_sending=before_sending)
        except TryLater:
            raise
        except SendError as error:
            raise Uncertain(Reason("history.unreadable", why=error.reason)) from error

    async def run(self) -> None:
        """Wait until closed."""
        await self._closed.wait()

    async def close(self) -> None:
        """Finish what is in flight and let go of the network."""
        await self._client.close()
        self._closed.set()

    async def _find_earlier_attempt(self, delivery: Delivery) -> str | None:
        """Return the message of an earlier attempt; where the history can't be read the ledger has decided already."""
        try:
            return await self._find_message(delivery, before_sending=True) if needs_lookup(delivery) else None
        except Uncertain:
            return None

    async def _send_rendered(self, delivery: Delivery, now: datetime) -> str:
        channel_id, with_pictures = (
            await self._resolve_channel_id(delivery.key.channel),
            await self._wants_pictures(delivery.key.channel),
        )
        try:
            return await self._post_or_update(
                delivery, channel_id, await self._render_card(delivery, now, pictures=with_pictures)
            )
        except Unsendable as error:
            if not with_pictures or get_error_code(error) != "invalid_blocks":
                raise
        # One picture that Slack can't fetch spoils the whole message.
        return await self._post_or_update(delivery, channel_id, await self._render_card(delivery, now, pictures=False))

    async def _post_or_update(self, delivery: Delivery, channel_id: str, message: RenderedMessage) -> str:
        workspace, parent = delivery.key.channel.workspace, delivery.parent_message_id
        content: dict[str, Any] = {"text": message.text, "blocks": message.blocks, "parse": "none", "link_names": False}
        if delivery.key.operation == "edit":
            answer = await self._client.call(workspace, "chat.update", channel=channel_id, ts=parent, **content)
            return str(answer["ts"])
        answer = await self._client.call(
            workspace,
            "chat.postMessage",
            channel=channel_id,
            thread_ts=parent if delivery.key.operation == "reply" else None,
            unfurl_links=False,
            unfurl_media=False,
            metadata=build_metadata(delivery),
            **content,
        )
        return str(answer["ts"])

    async def _render_card(self, delivery: Delivery, now: datetime, *, pictures: bool) -> RenderedMessage:
        render = partial(render_message, pictures=pictures, command=self._command, modal_commands=self._modal_commands)
        try:
            message = render_sound_items(delivery.card, render, self._skipped_papers, delivery.key)
        except Exception as error:
            raise Unsendable(Reason("card.not_rendered", error=str(error))) from error
        if message.stored_data:
            await self._button_payloads.save_payloads(message.stored_data, now)
        return message

    async def _resolve_channel_id(self, channel: Channel) -> str:
        """Return where to post: a person's direct message has an address of its own."""
        if channel.kind is not ChannelKind.DIRECT:
            return channel.id
        person_key = (channel.workspace, channel.id)
        if person_key not in self._direct_channel_ids:
            response = await self._client.call(channel.workspace, "conversations.open", users=channel.id)
            if len(self._direct_channel_ids) >= _MAX_DIRECT_CHANNELS:
                self._direct_channel_ids.clear()
            self._direct_channel_ids[person_key] = str(response["channel"]["id"])
        return self._direct_channel_ids[person_key]
