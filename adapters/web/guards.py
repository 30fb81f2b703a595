"""What stands before every handler: who may ask, how much, and what is answered when something is wrong.

The workspace knows no log-in, so it answers only to this machine (or to the address that was configured), only under
its own name (a page of another site may have pointed its name here: DNS rebinding) and only to its own page.
"""

from __future__ import annotations

import ipaddress
import logging
import secrets
from http import HTTPStatus
from typing import Final
from urllib.parse import urlsplit

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from adapters.web import pages
from adapters.web.assets import ASSETS
from bot.errors import StoreError

LARGEST: Final = 64 * 1024
"""Bytes of a request's body."""

_LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})
_EVERYWHERE: Final = frozenset({"", "0.0.0.0", "::"})  # noqa: S104 (compared with, not bound to)
_HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' https:; connect-src 'self'; "
        "frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
_SENTENCES: Final = {
    404: "There is nothing here.",
    405: "This address does not take that method.",
    413: f"That is too long: at most {LARGEST // 1024} KiB are taken.",
}

log = logging.getLogger(__name__)


class Wrong(Exception):
    """A request that can't be taken; its text is one sentence for people."""

    def __init__(self, sentence: str, status: int = HTTPStatus.BAD_REQUEST) -> None:
        super().__init__(sentence)
        self.status = status


async def protect(_: web.Request, response: web.StreamResponse) -> None:
    """Put the security headers on every answer; what has no other rule is not kept."""
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    response.headers.setdefault("Cache-Control", "no-store")


@web.middleware
async def boundary(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn whatever goes wrong into a sentence; the log gets the traceback under the same reference."""
    try:
        return await handler(request)
    except Wrong as wrong:
        return refusal(request, wrong.status, str(wrong))
    except web.HTTPException as error:
        if error.status < HTTPStatus.BAD_REQUEST:
            raise
        return refusal(request, error.status, _SENTENCES.get(error.status, error.reason))
    except Exception as error:  # the last wall before the page  # noqa: BLE001
        return _failure(request, error)


def doors(host: str) -> Middleware:
    """Return the middleware that lets in only this machine's own page; *host* is what the server listens on."""

    @web.middleware
    async def door(request: web.Request, handler: Handler) -> web.StreamResponse:
        if not known(request.host, _port(request), host):
            raise Wrong("This workspace does not answer under that name.", HTTPStatus.MISDIRECTED_REQUEST)
        if request.path.startswith("/api/") and not own(request):
            raise Wrong("Another site may not use this workspace.", HTTPStatus.FORBIDDEN)
        return await handler(request)

    return door


def known(header: str, port: int, host: str) -> bool:
    """Tell whether a Host *header* names this server, which listens on *host* and *port*.

    On loopback the port must fit. A server that listens everywhere takes any address but no unknown name: an address
    can't be rebound.
    """
    try:
        parts = urlsplit(f"//{header}")
        name, given = parts.hostname or "", parts.port or 80
    except ValueError:
        return False
    if parts.netloc != header or "@" in header:
        return False
    if name in _LOOPBACK:
        return given == port or host not in _LOOPBACK
    return name == host.lower() or (host in _EVERYWHERE and _address(name))


def own(request: web.Request) -> bool:
    """Tell whether a request comes from this server's page, or from no page at all."""
    site = request.headers.get("Sec-Fetch-Site", "same-origin")
    origin = request.headers.get("Origin")
    return site in {"same-origin", "none"} and (origin is None or urlsplit(origin).netloc == request.host)


def refusal(request: web.Request, status: int, sentence: str, reference: str = "") -> web.Response:
    """Return a refusal as what was asked for: data for the page's scripts, a page for people."""
    if request.path.startswith("/api/"):
        data = {"error": sentence} | ({"reference": reference} if reference else {})
        return web.json_response(data, status=status)
    return web.Response(text=pages.refused(sentence, request.app[ASSETS]), content_type="text/html", status=status)


def _failure(request: web.Request, error: Exception) -> web.Response:
    reference = secrets.token_hex(4)
    # The path without its query: what people type is never logged.
    log.error("%s %s failed, reference %s", request.method, request.path, reference, exc_info=error)
    if isinstance(error, StoreError):
        status, what = HTTPStatus.SERVICE_UNAVAILABLE, "The database can't be used just now."
    else:
        status, what = HTTPStatus.INTERNAL_SERVER_ERROR, "Something failed in Broadsheet."
    return refusal(request, status, f"{what} The log tells more under reference {reference}.", reference)


def _port(request: web.Request) -> int:
    name = request.transport.get_extra_info("sockname") if request.transport else None
    return int(name[1]) if name else 0


def _address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
