"""Discord as a chat: what the ledger holds becomes messages in channels, threads, forums and direct messages."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Final

from adapters.discord import forums, history, keys, render
from adapters.discord.codes import ARCHIVED, FORBIDDEN, THREAD
from adapters.discord.drafting import Drafts, Taste, Tastes, plain
from adapters.discord.errors import Unknown, code
from adapters.discord.history import Held
from adapters.discord.layout import Native
from adapters.discord.places import MESSAGE, MESSAGES, Places
from adapters.discord.render import Message
from adapters.discord.rest import Rest
from bot.errors import Gone, SendError, StoreError, TryLater, Uncertain, Unsendable
from bot.language import phrase
from bot.models import Kind
from bot.ports.chats import Delivery
from bot.ports.secrets import Actions

__all__ = ["DiscordChat", "Taste"]

_LONGEST: Final = 80.0
"""Seconds for a message with all its parts; less than the ledger's lease."""
_PATIENCE: Final = 5.0
_REFUSED: Final = timedelta(days=1)
"""How long a message is tried again that Discord refuses with a code that no group knows."""
SHUT: Final = phrase("Discord refuses what is posted there, with the code")


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
        tastes: Tastes = plain,
        native: Native = render.command,
    ) -> None:
        self._rest = rest
        self._drafts = Drafts(actions, tastes, native)
        self._places = Places(rest)
        self._closed = asyncio.Event()

    async def send(self, delivery: Delivery, now: datetime) -> str:
        """Post, reply or edit; return the message's id, or that of the first of several."""
        if delivery.key.operation != "post" and not delivery.parent.isdecimal():
            raise Unsendable("The message that it belongs to has no id.")
        try:
            async with asyncio.timeout(_LONGEST):
                return await self._sent(delivery, now)
        except TimeoutError as error:
            raise Uncertain(f"Discord took longer than {_LONGEST:.0f} seconds") from error
        except StoreError as error:
            raise TryLater(f"The database can’t be used: {error}", _PATIENCE) from error
        except Unknown as error:
            if (refused := _unknown(error, delivery, now)) is error:
                raise
            raise refused from error
        except Gone as error:
            if delivery.above and code(error) == ARCHIVED:
                return delivery.parent  # what is below a digest is put away after a day, with the votes of then
            if why := _spared(delivery, code(error)):
                raise Unsendable(f"{why}: {error}") from error
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
            drawn = await self._drafts.parts(delivery, keys.key(key), there)
        except StoreError as error:
            raise TryLater(f"The database can’t be used: {error}", _PATIENCE) from error
        except Gone:
            if key.operation == "reply":
                return None  # nor is the thread that it would be in
            raise
        except Unsendable as error:
            raise Uncertain(f"The history can’t be read: {error}") from error
        # What stopped between two parts is not there; sending goes on with the first that is missing.
        return str(there[0]["id"]) if there.keys() >= set(range(len(drawn))) else None

    async def run(self) -> None:
        """Wait until closed."""
        await self._closed.wait()

    async def close(self) -> None:
        """Finish what is in flight and let go of the network."""
        await self._rest.close()
        self._closed.set()

    async def _sent(self, delivery: Delivery, now: datetime) -> str:
        if delivery.key.operation == "edit":
            return await self._edit(delivery, now)
        if delivery.key.channel.kind is Kind.FORUM and delivery.key.operation == "post":
            return await self._start(delivery, now)
        return await self._post(delivery, now)

    async def _post(self, delivery: Delivery, now: datetime) -> str:
        """Send the parts that are not there yet, in order."""
        place = await self._places.of(delivery)
        there: Mapping[int, Held] = {}
        if delivery.attempts:
            # Where nobody can look, the ledger has decided; the nonce helps for some minutes.
            with suppress(Uncertain):
                there = await self._there(delivery, place)
        first = ""
        for number, message in enumerate(await self._drafts.parts(delivery, keys.key(delivery.key), there)):
            try:
                held = there.get(number) or await self._put(delivery, place, number, message, now)
            except (TryLater, StoreError) as error:
                if not first:
                    raise
                raise Uncertain(f"It stopped after {number} of its parts: {error}") from error
            first = first or str(held["id"])
        return first

    async def _put(self, delivery: Delivery, place: str, number: int, message: Message, now: datetime) -> Held:
        await self._drafts.keep(message, now)
        payload = {**message.payload, "nonce": keys.nonce(delivery.key, number), "enforce_nonce": True}
        if delivery.key.operation == "reply" and place != delivery.parent:
            # Nothing below a direct message or inside a thread can be a thread.
            payload["message_reference"] = {"message_id": delivery.parent, "fail_if_not_exists": False}
        held: Held = await self._rest.call("POST", MESSAGES, json=payload, channel_id=place)
        return held

    async def _start(self, delivery: Delivery, now: datetime) -> str:
        """Make a post of a forum, once."""
        forum, key = delivery.key.channel, keys.key(delivery.key)
        if delivery.attempts:
            with suppress(Uncertain):
                if there := await forums.kept(self._rest, forum, key, delivery.created):
                    return there
        return await forums.start(self._rest, forum, key, await self._drafts.post(delivery, now))

    async def _edit(self, delivery: Delivery, now: datetime) -> str:
        """Edit every part; where they can't be as many as before, the message stays as it is."""
        first = delivery.parent
        place = await self._places.held(delivery)
        key, there = await history.following(self._rest, place, first)
        if not there:
            raise Unsendable("The message is gone.")
        drawn = await self._drafts.parts(delivery, key, there)
        if len(there) < len(drawn):
            there = await history.look(self._rest, place, key, history.made(first))
        if len(there) < len(drawn):
            # Votes with one digit more need no further message; there can't be one.
            drawn = await self._drafts.parts(delivery, key, there, most=len(there))
        if there.keys() != set(range(len(drawn))):
            return first
        for number, message in enumerate(drawn):
            await self._drafts.keep(message, now)
            identity = there[number]["id"]
            await self._rest.call("PATCH", MESSAGE, json=message.payload, channel_id=place, message_id=identity)
        return first

    async def _there(self, delivery: Delivery, place: str) -> Mapping[int, Held]:
        return await history.look(self._rest, place, keys.key(delivery.key), delivery.created)


def _unknown(error: Unknown, delivery: Delivery, now: datetime) -> SendError:
    """Return what a refusal costs that no group knows: who asks a channel again that is shut nears a ban.

    https://docs.discord.com/developers/topics/rate-limits#invalid-request-limit-aka-cloudflare-bans
    """
    if error.shut and delivery.key.operation == "post":
        return Gone(f"{SHUT}: {error.code}")
    if error.shut:
        return Unsendable(str(error))
    if delivery.created and now - delivery.created > _REFUSED:
        return Unsendable(f"{error}; given up after a day.")
    return error


def _spared(delivery: Delivery, said: int) -> str:
    """Return why a refusal is a thread's alone; "" where it is the channel's, which takes nothing any more.

    Whoever may ask for a thread could silence a channel otherwise.
    """
    of = delivery.key
    if of.operation != "post" and said in THREAD:
        return phrase("The thread takes nothing any more")
    if of.operation == "reply" and of.channel.kind in {Kind.CHANNEL, Kind.FORUM} and said == FORBIDDEN:
        return phrase("Threads there need the permissions Create Public Threads and Send Messages in Threads")
    return ""
