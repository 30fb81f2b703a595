"""Messages as another platform shows them: a drawing as a document of its own, and what that platform is sent.

A drawing has a style of its own, which the page's policy forbids, so it stands in a frame that can do nothing: no
script, no picture, no form; its one style sheet is known by its hash.
"""

from __future__ import annotations

import base64
import hashlib
from http import HTTPStatus
from typing import Final

from aiohttp import web

from adapters.web import incoming
from adapters.web.desk import DESK, Desk, place
from adapters.web.guards import Wrong
from adapters.web.markup import Html, tag
from bot.ports.drawings import Aside, Drawing
from bot.ports.places import Post

_LONGEST: Final = 40
_THEMES: Final = frozenset({"light", "dark"})
_SHEET: Final = """
:root { color-scheme: light dark; }
:root[data-theme="light"] { color-scheme: light; }
:root[data-theme="dark"] { color-scheme: dark; }
body { margin: 0; }
body > :first-child { max-width: none; min-height: 100vh; padding-top: 12px; padding-bottom: 16px; }
:focus-visible { border-radius: 4px; outline: 2px solid light-dark(#17508c, #93bdf2); outline-offset: 2px; }
@media (max-width: 480px) { body > :first-child { padding-left: 12px; padding-right: 12px; } }
"""
"""What the document adds to a drawing's own style: it fills the frame."""
_POLICY: Final = (
    "default-src 'none'; style-src 'sha256-{hash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'; "
    "sandbox allow-same-origin allow-popups allow-popups-to-escape-sandbox"
)


async def document(request: web.Request) -> web.Response:
    """Answer with a drawing, in the theme that the page has."""
    drawing, theme = await _drawing(request), request.query.get("theme", "")
    sheet = drawing.style + _SHEET
    page = tag(
        "html",
        tag("head", tag("meta", charset="utf-8"), tag("title", "Drawing"), tag("style", Html(sheet))),
        tag("body", Html(drawing.html)),
        lang="en",
        data_theme=theme if theme in _THEMES else None,
    )
    hashed = base64.b64encode(hashlib.sha256(sheet.encode()).digest()).decode()
    headers = {"Content-Security-Policy": _POLICY.format(hash=hashed), "X-Frame-Options": "SAMEORIGIN"}
    return web.Response(text=f"<!doctype html>\n{page}\n", content_type="text/html", headers=headers)


async def source(request: web.Request) -> web.Response:
    """Answer with what the platform is sent, as one text: the page shows it letter by letter."""
    return web.json_response({"source": (await _drawing(request)).source})


async def _drawing(request: web.Request) -> Drawing:
    desk = request.app[DESK]
    draw = desk.drawings.get(incoming.query(request, "as", _LONGEST))
    if draw is None:
        raise Wrong("There are no drawings for that platform.", HTTPStatus.NOT_FOUND)
    return draw(await _said(desk, request))


async def _said(desk: Desk, request: web.Request) -> Aside | Post:
    """Return what is to be drawn: a private answer, else a message of a channel."""
    if "answer" in request.query:
        told = desk.recent.get(incoming.query(request, "answer", _LONGEST))
        if told is None:
            raise Wrong("This answer is no longer kept. Ask again to see it.", HTTPStatus.NOT_FOUND)
        return told
    channel = await place(desk, incoming.query(request, "channel", incoming.NAME))
    number = incoming.number(request, "post")
    posts = await desk.board.latest(channel, 1, number + 1) if number is not None else ()
    if not posts or posts[-1].id != number:
        raise Wrong("There is no such message here.", HTTPStatus.NOT_FOUND)
    return posts[-1]
