"""What the page's scripts ask for: channels, messages, completions and news."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any, Final

from aiohttp import web

from adapters.web import frame, incoming
from adapters.web.desk import DESK, Desk, news, place, standings
from adapters.web.events import Event
from adapters.web.site import DIRECT, YOU
from bot.models import Channel, Kind
from bot.ports.commands import Request
from bot.ports.places import Standing

PAGE: Final = 30
"""Messages that are fetched at a time."""
_RECENT: Final = 20
"""Messages of each channel that can be counted as unread."""


async def channels(request: web.Request) -> web.Response:
    """Answer with the side bar, and what is said of each channel."""
    desk = request.app[DESK]
    known = await standings(desk)
    rows = [await _row(desk, standing.channel, standing) for standing in known]
    rows.append(await _row(desk, DIRECT, None))
    return web.json_response({"html": frame.channels(known), "channels": rows})


async def messages(request: web.Request) -> web.Response:
    """Answer with a channel's latest messages, oldest first; with those before a message when one is named."""
    desk, latest = request.app[DESK], request.app[DESK].feed.latest
    channel = await place(desk, incoming.query(request, "channel", 100))
    posts = await desk.board.latest(channel, PAGE, incoming.number(request, "before"))
    rows = [await news(desk, post) for post in posts]
    return web.json_response({"messages": rows, "more": len(posts) == PAGE, "latest": latest})


async def complete(request: web.Request) -> web.Response:
    """Answer with the completions of a line that is being typed."""
    desk = request.app[DESK]
    channel = await place(desk, incoming.query(request, "channel", 100))
    line = incoming.query(request, "line", incoming.LINE)
    asked = Request("", channel, YOU, desk.clock(), "")
    found = await desk.commands.complete(line, asked)
    return web.json_response({"completions": [asdict(completion) for completion in found]})


async def events(request: web.Request) -> web.StreamResponse:
    """Stream the news, from the event that the page saw last (https://html.spec.whatwg.org/#server-sent-events)."""
    desk = request.app[DESK]
    after = request.headers.get("Last-Event-ID") or request.query.get("after", "")
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream; charset=utf-8"})
    await response.prepare(request)
    try:
        await response.write(b"retry: 1000\n\n")
        async for event in desk.feed.follow(after, desk.beat):
            await response.write(await _wire(desk, event))
    except ConnectionError:
        pass  # The page went away; there is nobody to tell.
    return response


async def _wire(desk: Desk, event: Event) -> bytes:
    data = json.dumps(await news(desk, event.post) if event.post else {})
    return f"id: {desk.feed.id(event.number)}\nevent: {event.kind}\ndata: {data}\n\n".encode()


async def _row(desk: Desk, channel: Channel, standing: Standing | None) -> dict[str, Any]:
    return {
        "id": channel.id,
        "name": channel.name or channel.id,
        "direct": channel.kind is Kind.DIRECT,
        "about": frame.about(standing),
        "posts": [post.id for post in await desk.board.latest(channel, _RECENT)],
    }
