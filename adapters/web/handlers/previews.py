"""GET /api/drawing and /api/source: previews as another chat platform, in a sandboxed document with its own CSP.

A drawing has a style of its own, which the page's policy forbids, so it stands in a frame that can do nothing: no
script, no picture, no form; its one style sheet is known by its hash.
"""

from __future__ import annotations

import base64
import hashlib
from http import HTTPStatus
from pathlib import Path
from typing import Final

from aiohttp import web
from markupsafe import Markup

from adapters.common.html import render_tag
from adapters.web.context import CONTEXT, WebContext, find_channel
from adapters.web.handlers import request_validation
from adapters.web.security import RequestRefused
from bot.ports.previews import MessagePreview, PrivateAnswer
from bot.ports.web_messages import WebMessage

_MAX_PARAMETER: Final = 40
_THEMES: Final = frozenset({"light", "dark"})
_STYLE_SHEET: Final = Path(__file__).with_suffix(".css")
"""What the document adds to a drawing's own style: it fills the frame."""
_POLICY: Final = (
    "default-src 'none'; style-src 'sha256-{hash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'; "
    "sandbox allow-same-origin allow-popups allow-popups-to-escape-sandbox"
)


async def get_preview(request: web.Request) -> web.Response:
    """Answer with a drawing, in the theme that the page has."""
    preview, theme = await _render_preview(request), request.query.get("theme", "")
    sheet = f"{preview.style}\n{_STYLE_SHEET.read_text('utf-8')}"
    page = render_tag(
        "html",
        render_tag(
            "head",
            render_tag("meta", charset="utf-8"),
            render_tag("title", "Drawing"),
            render_tag("style", Markup(sheet)),  # noqa: S704 - style sheets of ours
        ),
        render_tag("body", Markup(preview.html)),  # noqa: S704 - drawn as HTML
        lang="en",
        data_theme=theme if theme in _THEMES else None,
    )
    hashed = base64.b64encode(hashlib.sha256(sheet.encode()).digest()).decode()
    headers = {"Content-Security-Policy": _POLICY.format(hash=hashed), "X-Frame-Options": "SAMEORIGIN"}
    return web.Response(text=f"<!doctype html>\n{page}\n", content_type="text/html", headers=headers)


async def get_source(request: web.Request) -> web.Response:
    """Answer with what the platform is sent, as one text: the page shows it letter by letter."""
    return web.json_response({"source": (await _render_preview(request)).source})


async def _render_preview(request: web.Request) -> MessagePreview:
    context = request.app[CONTEXT]
    preview = context.previews.get(request_validation.parse_query_text(request, "as", _MAX_PARAMETER))
    if preview is None:
        raise RequestRefused("There are no drawings for that platform.", HTTPStatus.NOT_FOUND)
    return preview.render(await _find_subject(context, request))


async def _find_subject(context: WebContext, request: web.Request) -> PrivateAnswer | WebMessage:
    """Return what is to be drawn: a private answer, else a message of a channel."""
    if "answer" in request.query:
        answer = context.recent_answers.get(request_validation.parse_query_text(request, "answer", _MAX_PARAMETER))
        if answer is None:
            raise RequestRefused("This answer is no longer kept. Ask again to see it.", HTTPStatus.NOT_FOUND)
        return answer
    channel = await find_channel(
        context, request_validation.parse_query_text(request, "channel", request_validation.MAX_NAME_LENGTH)
    )
    number = request_validation.parse_query_number(request, "post")
    posts = await context.web_messages.list_latest(channel, 1, number + 1) if number is not None else ()
    if not posts or posts[-1].id != number:
        raise RequestRefused("There is no such message here.", HTTPStatus.NOT_FOUND)
    return posts[-1]
