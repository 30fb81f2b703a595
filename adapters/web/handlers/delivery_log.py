"""GET /status/deliveries: the latest messages of one channel, of whichever platform, with every attempt."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final

from aiohttp import web

from adapters.web.assets import ASSETS
from adapters.web.context import CONTEXT, WebContext
from adapters.web.handlers import request_validation
from adapters.web.rendering import pages
from adapters.web.security import RequestRefused
from bot.domain.channels import Channel

_MAX_MESSAGES: Final = 50


async def get_delivery_log(request: web.Request) -> web.Response:
    """Answer with the page of a channel that is known."""
    context = request.app[CONTEXT]
    channel = await _find_channel(request, context)
    if channel is None or context.delivery_reports is None:
        raise RequestRefused("There is no such channel.", HTTPStatus.NOT_FOUND)
    messages = await context.delivery_reports.list_latest_messages(channel, _MAX_MESSAGES)
    labels = (await context.site_info()).platform_labels
    page = pages.render_delivery_log_page(channel, messages, request.app[ASSETS], labels)
    return web.Response(text=page, content_type="text/html")


async def _find_channel(request: web.Request, context: WebContext) -> Channel | None:
    platform, workspace, channel_id = (
        request_validation.parse_query_text(request, name, request_validation.MAX_NAME_LENGTH)
        for name in ("platform", "workspace", "channel")
    )
    channel_state = await context.channels.get(Channel(platform, workspace, channel_id))
    return channel_state.channel if channel_state else None
