"""Message payloads of a delivery: its card rendered to the channel’s style, as messages or as a forum post."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any, Final

from adapters.common.unrenderable_items import render_sound_items
from adapters.discord.delivery import forum_posts
from adapters.discord.delivery.message_lookup import MessageData
from adapters.discord.rendering import components_v2, message_keys, messages
from adapters.discord.rendering.layout import CommandFormatter
from adapters.discord.rendering.messages import RenderedMessage
from bot.domain.channels import Channel, ChannelKind
from bot.domain.deliveries import DeliveryKey
from bot.errors import Unsendable
from bot.ports.chat import Delivery
from bot.ports.secrets import ButtonPayloads
from bot.ports.skipped_papers import SkippedPapers
from bot.reasons.reason import Reason


@dataclass(frozen=True, slots=True)
class ChannelStyle:
    """How a channel wants its digests: with *pictures*, pinging *role* (an id), in a forum under its *tags*.

    *default_tag* is the name of the one for what fits none by its name.
    """

    pictures: bool = False
    role: str = ""
    tags: forum_posts.ForumTags = ()
    default_tag: str = ""


StyleLookup = Callable[[Channel], Awaitable[ChannelStyle]]
PostedParts = Mapping[int, MessageData]

NO_PARTS: Final[PostedParts] = {}


async def get_default_style(_: Channel) -> ChannelStyle:
    """Return the style of a channel of which nothing is known."""
    return ChannelStyle()


@dataclass(frozen=True, slots=True)
class DeliveryRenderer:
    """Draws deliveries. All of it raises `bot.errors.Unsendable` and `bot.errors.StoreError`.

    Items that can't be drawn are left out and put down in ``skipped_papers``.
    """

    button_payloads: ButtonPayloads
    style_lookup: StyleLookup
    command_formatter: CommandFormatter
    skipped_papers: SkippedPapers = field(default_factory=SkippedPapers)

    async def render_parts(
        self, delivery: Delivery, key: str, posted_parts: PostedParts = NO_PARTS, *, max_messages: int = 0
    ) -> Sequence[RenderedMessage]:
        """Return the messages of a delivery, each with its part of *key*; none where it needs over *max_messages*.

        Those that are *posted_parts* keep their layout, whatever the channel's style is by now.
        """
        delivery_key, card = delivery.key, delivery.card
        style = await self.style_lookup(delivery_key.channel)
        pictures = components_v2.is_components_v2(next(iter(posted_parts.values()))) if posted_parts else style.pictures
        role = (
            message_keys.find_pinged_role(posted_parts.get(0, {}))
            if delivery_key.operation == "edit"
            else _get_pinged_role(delivery_key, style)
        )
        with _translate_render_errors():
            if delivery_key.channel.kind is ChannelKind.FORUM and delivery_key.operation != "reply":
                _, payload, button_payloads = messages.render_forum_post(card, key, pictures=pictures, role=role)
                return (RenderedMessage(payload, button_payloads),)
            render = partial(
                messages.render_messages,
                key=key,
                pictures=pictures,
                role=role,
                max_messages=max_messages,
                command_formatter=self.command_formatter,
            )
            return render_sound_items(card, render, self.skipped_papers, delivery_key)

    async def render_forum_post(self, delivery: Delivery, now: datetime) -> Mapping[str, Any]:
        """Return the name, the starter and the tags of a forum's post; what its buttons need is kept."""
        key = delivery.key
        style = await self.style_lookup(key.channel)
        with _translate_render_errors():
            name, starter, button_payloads = messages.render_forum_post(
                delivery.card,
                message_keys.hash_delivery_key(key),
                pictures=style.pictures,
                role=_get_pinged_role(key, style),
            )
        await self.save_button_payloads(RenderedMessage(starter, button_payloads), now)
        tags = forum_posts.choose_tags(style.tags, delivery.card, style.default_tag)
        return {"name": name, "message": starter, "applied_tags": tags}

    async def save_button_payloads(self, message: RenderedMessage, now: datetime) -> None:
        """Keep what the buttons of a message need, before it is out."""
        if message.stored_data:
            await self.button_payloads.save_payloads(message.stored_data, now)


def _get_pinged_role(key: DeliveryKey, style: ChannelStyle) -> str:
    """Return the role that a message pings: a digest's first does, be it one message or a forum's posts."""
    return style.role if key.kind == "digest" and key.operation == "post" and key.part == 0 else ""


@contextmanager
def _translate_render_errors() -> Iterator[None]:
    try:
        yield
    except Exception as error:
        raise Unsendable(Reason("card.not_rendered", error=str(error))) from error
