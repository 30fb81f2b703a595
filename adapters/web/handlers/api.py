"""GET /api/channels, /api/messages, /api/complete and the server-sent events of /api/events."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any, Final

from aiohttp import web

from adapters.web.context import CONTEXT, WebContext, find_channel, list_channel_states, serialize_message
from adapters.web.event_feed import Event
from adapters.web.handlers import request_validation
from adapters.web.rendering import pages
from adapters.web.rendering.site_info import DIRECT_CHANNEL, LOCAL_USER
from bot.domain.channels import Channel, ChannelKind
from bot.ports.channels import ChannelState
from bot.ports.commands import Request

PAGE_SIZE: Final = 30
"""Messages that are fetched at a time."""
_MAX_UNREAD: Final = 20
"""Messages of each channel that can be counted as unread."""


async def get_channels(request: web.Request) -> web.Response:
    """Answer with the side bar, and what is said of each channel."""
    context = request.app[CONTEXT]
    channel_states = await list_channel_states(context)
    rows = [await _build_channel_row(context, channel_state.channel, channel_state) for channel_state in channel_states]
    rows.append(await _build_channel_row(context, DIRECT_CHANNEL, None))
    return web.json_response({"html": pages.render_channel_list(channel_states), "channels": rows})


async def get_messages(request: web.Request) -> web.Response:
    """Answer with a channel's latest messages, oldest first; with those before a message when one is named."""
    context, latest = request.app[CONTEXT], request.app[CONTEXT].feed.latest_id
    channel = await find_channel(context, request_validation.parse_query_text(request, "channel", 100))
    posts = await context.web_messages.list_latest(
        channel, PAGE_SIZE, request_validation.parse_query_number(request, "before")
    )
    rows = [await serialize_message(context, post) for post in posts]
    return web.json_response({"messages": rows, "more": len(posts) == PAGE_SIZE, "latest": latest})


async def get_completions(request: web.Request) -> web.Response:
    """Answer with the completions of a line that is being typed."""
    context = request.app[CONTEXT]
    channel = await find_channel(context, request_validation.parse_query_text(request, "channel", 100))
    line = request_validation.parse_query_text(request, "line", request_validation.MAX_LINE_LENGTH)
    command_request = Request("", channel, LOCAL_USER, context.clock(), "")
    found = await context.commands.complete_line(line, command_request)
    return web.json_response({"completions": [asdict(completion) for completion in found]})


async def stream_events(request: web.Request) -> web.StreamResponse:
    """Stream the news, from the event that the page saw last (https://html.spec.whatwg.org/#server-sent-events)."""
    context = request.app[CONTEXT]
    after = request.headers.get("Last-Event-ID") or request.query.get("after", "")
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream; charset=utf-8"})
    await response.prepare(request)
    try:
        await response.write(b"retry: 1000\n\n")
        async for event in context.feed.subscribe(after, context.heartbeat):
            await response.write(await _encode_event(context, event))
    except ConnectionError:
        pass  # The page went away; there is nobody to tell.
    return response


async def _encode_event(context: WebContext, event: Event) -> bytes:
    data = json.dumps(await serialize_message(context, event.post) if event.post else {})
    return f"id: {context.feed.format_id(event.number)}\nevent: {event.kind}\ndata: {data}\n\n".encode()


async def _build_channel_row(
    context: WebContext, channel: Channel, channel_state: ChannelState | None
) -> dict[str, Any]:
    return {
        "id": channel.id,
        "name": channel.name or channel.id,
        "direct": channel.kind is ChannelKind.DIRECT,
        "about": pages.describe_channel(channel_state, await context.site_info()),
        "posts": [post.id for post in await context.web_messages.list_latest(channel, _MAX_UNREAD)],
    }
