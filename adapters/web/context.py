"""WebContext: what the web handlers are given (aiohttp AppKey), and how they find channels and messages."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from http import HTTPStatus
from typing import Any, Final

from aiohttp import web
from markupsafe import Markup

from adapters.common.unrenderable_items import render_sound_items
from adapters.web.chat import WebChat
from adapters.web.event_feed import HEARTBEAT_SECONDS, EventFeed, RecentAnswers
from adapters.web.rendering import messages
from adapters.web.rendering.site_info import DIRECT_CHANNEL, PLATFORM, WORKSPACE, SiteInfo
from adapters.web.security import RequestRefused
from bot.cards.models import Card
from bot.domain.channels import Channel, ChannelKind
from bot.errors import log_failure
from bot.ports.channels import Channels, ChannelState
from bot.ports.commands import Commands
from bot.ports.delivery_reports import DeliveryReports
from bot.ports.previews import PlatformPreview
from bot.ports.skipped_papers import SkippedPapers
from bot.ports.web_messages import WebMessage, WebMessages

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class WebContext:
    """What the handlers work with."""

    commands: Commands
    web_messages: WebMessages
    channels: Channels
    chat: WebChat
    feed: EventFeed
    site_info: Callable[[], Awaitable[SiteInfo]]
    clock: Callable[[], datetime]
    status: Callable[[datetime], Awaitable[Mapping[str, Any]]]
    heartbeat: float = HEARTBEAT_SECONDS
    previews: Mapping[str, PlatformPreview] = field(default_factory=dict)
    recent_answers: RecentAnswers = field(default_factory=RecentAnswers)
    skipped_papers: SkippedPapers = field(default_factory=SkippedPapers)
    delivery_reports: DeliveryReports | None = None

    @property
    def preview_labels(self) -> Mapping[str, str]:
        """What people call the platforms as which messages can be seen, by name."""
        return {name: preview.label for name, preview in self.previews.items()}


CONTEXT: Final = web.AppKey("context", WebContext)


async def list_channel_states(context: WebContext) -> Sequence[ChannelState]:
    """Return the channels of this workspace, without the direct one."""
    known = await context.channels.list_for_workspace(PLATFORM, WORKSPACE)
    return [channel_state for channel_state in known if channel_state.channel.kind is not ChannelKind.DIRECT]


async def find_channel(context: WebContext, channel_id: str) -> Channel:
    """Return the channel of a name; raises `RequestRefused` when there is none."""
    if channel_id == DIRECT_CHANNEL.id:
        return DIRECT_CHANNEL
    for channel_state in await list_channel_states(context):
        if channel_state.channel.id == channel_id:
            return channel_state.channel
    raise RequestRefused("There is no such channel here.", HTTPStatus.NOT_FOUND)


async def serialize_message(context: WebContext, post: WebMessage) -> dict[str, Any]:
    """Return a message as the page's scripts take it."""
    return {
        "id": post.id,
        "channel": post.channel.id,
        "said": messages.summarize_card(post.card),
        "html": _render_message(context, post, pictures=(await context.site_info()).show_thumbnails),
    }


def _render_message(context: WebContext, post: WebMessage, *, pictures: bool) -> Markup:
    """Return a message without what can't be drawn of it; one that can't be drawn at all hides no other."""
    render = partial(messages.render_message, pictures=pictures, platforms=context.preview_labels)
    try:
        return render_sound_items(post.card, lambda card: render(replace(post, card=card)), context.skipped_papers)
    except Exception as error:  # noqa: BLE001 - the boundary of one message
        reference = log_failure(log, f"The message {post.id} can't be drawn", error)
        card = Card(text=f"This message can’t be shown. Reference: {reference}.", tone="failure")
        return render(replace(post, card=card))
