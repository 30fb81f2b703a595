"""The Chat port of the browser workspace: messages are stored and published to the event feed of open pages."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Final

from adapters.web.event_feed import EventFeed
from bot.cards.models import Card
from bot.domain.deliveries import DeliveryKey
from bot.errors import StoreError, TryLater, Uncertain, Unsendable
from bot.ports.chat import Delivery
from bot.ports.web_messages import WebMessage, WebMessages
from bot.reasons.reason import Reason

_RETRY_DELAY: Final = 5.0
"""Seconds until the store of messages is tried again."""


class WebChat:
    """A chat without a platform: the store keeps what a platform would."""

    platform = "web"

    def __init__(self, web_messages: WebMessages, feed: EventFeed) -> None:
        self._web_messages = web_messages
        self._feed = feed
        self._closed = asyncio.Event()

    async def send(self, delivery: Delivery, now: datetime) -> str:
        """Store the message once; a repeated key gives the same id and shows nothing twice."""
        try:
            if delivery.key.operation == "edit":
                return str((await self._edit_message(delivery, now)).id)
            return str((await self._post_message(delivery.key, delivery.card, now, delivery.parent_message_id)).id)
        except StoreError as error:
            raise TryLater(Reason("web.unwritable", why=error.reason), _RETRY_DELAY) from error

    async def find_message(self, delivery: Delivery) -> str | None:
        """Look the key up; an edit leaves no key, and doing it again is harmless."""
        try:
            post = await self._web_messages.find_by_key(delivery.key)
        except StoreError as error:
            raise Uncertain(Reason("web.unreadable", why=error.reason)) from error
        return str(post.id) if post else None

    async def run(self) -> None:
        """Wait until closed: pages are served by `adapters.web.server`."""
        await self._closed.wait()

    async def close(self) -> None:
        """End the streams of open pages."""
        self._feed.close()
        self._closed.set()

    async def _post_message(self, key: DeliveryKey, card: Card, now: datetime, parent: str = "") -> WebMessage:
        known = await self._web_messages.find_by_key(key)
        if known:
            return known
        post = await self._web_messages.add(key, card, now, parent)
        self._feed.publish("post", post)
        return post

    async def _edit_message(self, delivery: Delivery, now: datetime) -> WebMessage:
        number = delivery.parent_message_id
        edited = await self._web_messages.edit_card(int(number), delivery.card, now) if number.isdecimal() else None
        if not edited:
            raise Unsendable(Reason("web.message_gone"))
        self._feed.publish("edit", edited)
        return edited
