"""What a delivery says in its channel, as Discord takes it: drawn to the channel's taste, its buttons kept."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from adapters.discord import forums, gallery, keys, render
from adapters.discord.history import Held
from adapters.discord.layout import Native
from adapters.discord.render import Message
from bot.errors import Unsendable
from bot.models import Channel, DeliveryKey, Kind
from bot.ports.chats import Delivery
from bot.ports.secrets import Actions


@dataclass(frozen=True, slots=True)
class Taste:
    """How a channel wants its digests: with *pictures*, pinging *role* (an id), in a forum under its *tags*.

    *tag* is the name of the one for what fits none by its name.
    """

    pictures: bool = False
    role: str = ""
    tags: forums.Tags = ()
    tag: str = ""


Tastes = Callable[[Channel], Awaitable[Taste]]
There = Mapping[int, Held]

NOTHING: Final[There] = {}


async def plain(_: Channel) -> Taste:
    """Return the taste of a channel of which nothing is known."""
    return Taste()


@dataclass(frozen=True, slots=True)
class Drafts:
    """Draws deliveries. All of it raises `bot.errors.Unsendable` and `bot.errors.StoreError`."""

    actions: Actions
    tastes: Tastes
    native: Native

    async def parts(self, delivery: Delivery, key: str, there: There = NOTHING, *, most: int = 0) -> Sequence[Message]:
        """Return the messages of a delivery, each with its part of *key*; at most *most*, or none where it needs more.

        Those that are *there* keep their layout, whatever the channel's taste is by now.
        """
        of, card = delivery.key, delivery.card
        taste = await self.tastes(of.channel)
        pictures = gallery.shown(next(iter(there.values()))) if there else taste.pictures
        role = keys.pinged(there.get(0, {})) if of.operation == "edit" else _role(of, taste)
        with _drawing():
            if of.channel.kind is Kind.FORUM and of.operation != "reply":
                _, payload, kept = render.post(card, key, pictures=pictures, role=role)
                return (Message(payload, kept),)
            return render.messages(card, key, pictures=pictures, role=role, most=most, native=self.native)

    async def post(self, delivery: Delivery, now: datetime) -> Mapping[str, Any]:
        """Return the name, the starter and the tags of a forum's post; what its buttons need is kept."""
        of = delivery.key
        taste = await self.tastes(of.channel)
        with _drawing():
            name, starter, kept = render.post(
                delivery.card, keys.key(of), pictures=taste.pictures, role=_role(of, taste)
            )
        await self.keep(Message(starter, kept), now)
        tags = forums.fitting(taste.tags, delivery.card, taste.tag)
        return {"name": name, "message": starter, "applied_tags": tags}

    async def keep(self, message: Message, now: datetime) -> None:
        """Keep what the buttons of a message need, before it is out."""
        if message.kept:
            await self.actions.keep(message.kept, now)


def _role(of: DeliveryKey, taste: Taste) -> str:
    """Return the role that a message pings: a digest's first does, be it one message or a forum's posts."""
    return taste.role if of.kind == "digest" and of.operation == "post" and of.part == 0 else ""


@contextmanager
def _drawing() -> Iterator[None]:
    try:
        yield
    except Exception as error:
        raise Unsendable(f"The card can’t be drawn: {error}") from error
