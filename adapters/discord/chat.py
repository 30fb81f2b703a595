"""Discord as a chat: what the ledger holds becomes messages in channels, threads, forums and direct messages."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from adapters.discord import forums, history, keys, render
from adapters.discord.errors import Unknown
from adapters.discord.places import MESSAGE, MESSAGES, Places
from adapters.discord.render import Message
from adapters.discord.rest import Rest
from bot.errors import Gone, SendError, StoreError, TryLater, Uncertain, Unsendable
from bot.models import Channel, Kind
from bot.ports.chats import Delivery
from bot.ports.secrets import Actions

_PATIENCE: Final = 5.0
_REFUSED: Final = timedelta(days=1)
"""How long a message is tried again that Discord refuses with a code that no group knows."""


@dataclass(frozen=True, slots=True)
class Taste:
    """How a channel wants its digests: with *pictures*, pinging *role* (an id), in a forum under its *tags*."""

    pictures: bool = False
    role: str = ""
    tags: tuple[Mapping[str, Any], ...] = ()


async def _plain(_: Channel) -> Taste:
    return Taste()


class DiscordChat:
    """All servers as one chat. ``tastes`` tells how a channel wants its digests.

    Discord tells a repeated nonce for some minutes; each message carries its delivery's key too, and one that was
    tried before is looked up.
    """

    platform = "discord"

    def __init__(
        self,
        rest: Rest,
        actions: Actions,
        *,
        tastes: Callable[[Channel], Awaitable[Taste]] = _plain,
        native: Callable[[str], str] = render.command,
    ) -> None:
        self._rest = rest
        self._actions = actions
        self._tastes = tastes
        self._native = native
        self._places = Places(rest)
        self._closed = asyncio.Event()

    async def send(self, delivery: Delivery, now: datetime) -> str:
        """Post, reply or edit; return the message's id, or that of the first of several."""
        key = delivery.key
        if key.operation != "post" and not delivery.parent.isdecimal():
            raise Unsendable("The message that it belongs to has no id.")
        try:
            if key.operation == "edit":
                return await self._edit(delivery, now)
            if key.channel.kind is Kind.FORUM and key.operation == "post":
                return await self._start(delivery, now)
            return await self._post(delivery, now)
        except StoreError as error:
            raise TryLater(f"The database can’t be used: {error}", _PATIENCE) from error
        except Unknown as error:
            if delivery.created and now - delivery.created > _REFUSED:
                raise Unsendable(f"{error}; given up after a day.") from error
            raise

    async def find(self, delivery: Delivery) -> str | None:
        """Look the key up where the message would be; doing an edit again is harmless."""
        key = delivery.key
        if key.operation == "edit":
            return None
        try:
            if key.channel.kind is Kind.FORUM and key.operation == "post":
                return await forums.kept(self._rest, key.channel, keys.key(key), delivery.created)
            there = await self._there(delivery, await self._places.of(delivery, make=False))
        except Gone:
            if key.operation == "reply":
                return None  # nor is the thread that it would be in
            raise
        except TryLater:
            raise
        except SendError as error:
            raise Uncertain(f"The history can’t be read: {error}") from error
        parts = render.messages(delivery.card, keys.key(key), native=self._native)
        # What stopped between two parts is not there; sending goes on with the first that is missing.
        return str(there[0]["id"]) if 0 in there and len(there) >= len(parts) else None

    async def run(self) -> None:
        """Wait until closed."""
        await self._closed.wait()

    async def close(self) -> None:
        """Finish what is in flight and let go of the network."""
        await self._rest.close()
        self._closed.set()

    async def _post(self, delivery: Delivery, now: datetime) -> str:
        """Send the parts that are not there yet, in order."""
        place = await self._places.of(delivery)
        there = await self._there(delivery, place) if delivery.attempts else {}
        first = ""
        for number, message in enumerate(await self._draw(delivery, keys.key(delivery.key), now)):
            held = there.get(number) or await self._put(delivery, place, number, message)
            first = first or str(held["id"])
        return first

    async def _put(self, delivery: Delivery, place: str, number: int, message: Message) -> Mapping[str, Any]:
        payload = {**message.payload, "nonce": keys.nonce(delivery.key, number), "enforce_nonce": True}
        if delivery.key.operation == "reply" and place != delivery.parent:
            # Nothing below a direct message or inside a thread can be a thread.
            payload["message_reference"] = {"message_id": delivery.parent, "fail_if_not_exists": False}
        held: Mapping[str, Any] = await self._rest.call("POST", MESSAGES, json=payload, channel_id=place)
        return held

    async def _start(self, delivery: Delivery, now: datetime) -> str:
        """Make a post of a forum, once."""
        forum, key = delivery.key.channel, keys.key(delivery.key)
        if delivery.attempts and (there := await forums.kept(self._rest, forum, key, delivery.created)):
            return there
        name, starter, kept = render.post(delivery.card, key)
        await self._keep(kept, now)
        tags = forums.fitting((await self._tastes(forum)).tags, delivery.card)
        made = await forums.start(self._rest, forum, name, starter, tags)
        return await forums.kept(self._rest, forum, key, delivery.created or now) or made

    async def _edit(self, delivery: Delivery, now: datetime) -> str:
        """Edit every part; where they are not as many as before, the message stays as it is."""
        channel, first = delivery.key.channel, delivery.parent
        place = first if channel.kind is Kind.FORUM else await self._places.address(channel)
        held = await self._rest.call("GET", MESSAGE, channel_id=place, message_id=first)
        key = (keys.read(held) or ("", 0))[0]
        if channel.kind is Kind.FORUM:
            _, payload, kept = render.post(delivery.card, key)
            drawn: tuple[Message, ...] = (Message(payload, kept),)
            await self._keep(kept, now)
        else:
            drawn = await self._draw(delivery, key, now)
        ids = {0: first}
        if len(drawn) > 1:
            ids |= {part: str(each["id"]) for part, each in (await self._after(delivery, place, key)).items()}
        if set(ids) == set(range(len(drawn))):
            for number, message in enumerate(drawn):
                await self._rest.call("PATCH", MESSAGE, json=message.payload, channel_id=place, message_id=ids[number])
        return first

    async def _after(self, delivery: Delivery, place: str, key: str) -> Mapping[int, Mapping[str, Any]]:
        """Return the parts of an edited message."""
        return await history.look(self._rest, place, key, history.made(delivery.parent))

    async def _there(self, delivery: Delivery, place: str) -> Mapping[int, Mapping[str, Any]]:
        return await history.look(self._rest, place, keys.key(delivery.key), delivery.created)

    async def _draw(self, delivery: Delivery, key: str, now: datetime) -> tuple[Message, ...]:
        taste = await self._tastes(delivery.key.channel)
        role = taste.role if delivery.key.kind == "digest" and delivery.key.operation != "reply" else ""
        try:
            drawn = render.messages(delivery.card, key, pictures=taste.pictures, role=role, native=self._native)
        except Exception as error:
            raise Unsendable(f"The card can’t be drawn: {error}") from error
        for message in drawn:
            await self._keep(message.kept, now)
        return drawn

    async def _keep(self, kept: Mapping[str, Mapping[str, Any]], now: datetime) -> None:
        if kept:
            await self._actions.keep(kept, now)
