"""Web security: Host and Origin checks (DNS rebinding, CSRF), security headers, error responses.

The workspace knows no log-in, so it answers only to this machine (or to the address that was configured), only under
its own name (a page of another site may have pointed its name here: DNS rebinding) and only to its own page.
"""

from __future__ import annotations

import ipaddress
import logging
from http import HTTPStatus
from typing import Final
from urllib.parse import urlsplit

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from adapters.web.assets import ASSETS
from adapters.web.rendering import pages
from bot.errors import StoreError, log_failure

MAX_BODY_BYTES: Final = 64 * 1024
"""Bytes of a request's body."""

_LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})
_ANY_ADDRESS: Final = frozenset({"", "0.0.0.0", "::"})  # noqa: S104 (compared with, not bound to)
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
_ERROR_SENTENCES: Final = {
    404: "There is nothing here.",
    405: "This address does not take that method.",
    413: f"That is too long: at most {MAX_BODY_BYTES // 1024} KiB are taken.",
}

log = logging.getLogger(__name__)


class RequestRefused(Exception):
    """A request that can't be taken; its text is one sentence for people."""

    def __init__(self, sentence: str, status: int = HTTPStatus.BAD_REQUEST) -> None:
        super().__init__(sentence)
        self.status = status


async def add_security_headers(_: web.Request, response: web.StreamResponse) -> None:
    """Put the security headers on every answer; what has no other rule is not kept."""
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    response.headers.setdefault("Cache-Control", "no-store")


@web.middleware
async def handle_errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn whatever goes wrong into a sentence; the log gets the traceback under the same reference."""
    try:
        return await handler(request)
    except RequestRefused as refused:
        return build_refusal(request, refused.status, str(refused))
    except web.HTTPException as error:
        if error.status < HTTPStatus.BAD_REQUEST:
            raise
        return build_refusal(request, error.status, _ERROR_SENTENCES.get(error.status, error.reason))
    except Exception as error:  # the boundary: the page shows what is returned  # noqa: BLE001
        return _report_failure(request, error)


def build_access_middleware(host: str) -> Middleware:
    """Return the middleware that lets in only this machine's own page; *host* is what the server listens on."""

    @web.middleware
    async def check_access(request: web.Request, handler: Handler) -> web.StreamResponse:
        if not is_known_host(request.host, _get_port(request), host):
            raise RequestRefused("This workspace does not answer under that name.", HTTPStatus.MISDIRECTED_REQUEST)
        if request.path.startswith("/api/") and not is_same_origin(request):
            raise RequestRefused("Another site may not use this workspace.", HTTPStatus.FORBIDDEN)
        return await handler(request)

    return check_access


def is_known_host(host_header: str, port: int, host: str) -> bool:
    """Tell whether a Host *host_header* names this server, which listens on *host* and *port*.

    On loopback the port must fit. A server that listens everywhere takes any address but no unknown name: an address
    can't be rebound.
    """
    try:
        parts = urlsplit(f"//{host_header}")
        name, host_port = parts.hostname or "", parts.port or 80
    except ValueError:
        return False
    if parts.netloc != host_header or "@" in host_header:
        return False
    if name in _LOOPBACK:
        return host_port == port or host not in _LOOPBACK
    return name == host.lower() or (host in _ANY_ADDRESS and _is_ip_address(name))


def is_same_origin(request: web.Request) -> bool:
    """Tell whether a request comes from this server's page, or from no page at all."""
    site = request.headers.get("Sec-Fetch-Site", "same-origin")
    origin = request.headers.get("Origin")
    return site in {"same-origin", "none"} and (origin is None or urlsplit(origin).netloc == request.host)


def build_refusal(request: web.Request, status: int, sentence: str, reference: str = "") -> web.Response:
    """Return a refusal as what was asked for: data for the page's scripts, a page for people."""
    if request.path.startswith("/api/"):
        data = {"error": sentence} | ({"reference": reference} if reference else {})
        return web.json_response(data, status=status)
    return web.Response(
        text=pages.render_error_page(sentence, request.app[ASSETS]), content_type="text/html", status=status
    )


def _report_failure(request: web.Request, error: Exception) -> web.Response:
    # The path without its query: what people type is never logged.
    reference = log_failure(log, f"{request.method} {request.path} failed", error)
    if isinstance(error, StoreError):
        status, problem = HTTPStatus.SERVICE_UNAVAILABLE, "The database can't be used just now."
    else:
        status, problem = HTTPStatus.INTERNAL_SERVER_ERROR, "Something failed in Broadsheet."
    return build_refusal(request, status, f"{problem} The log tells more under reference {reference}.", reference)


def _get_port(request: web.Request) -> int:
    name = request.transport.get_extra_info("sockname") if request.transport else None
    return int(name[1]) if name else 0


def _is_ip_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
