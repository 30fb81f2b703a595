"""One attempt at one URL: redirects, statuses and broken connections, told apart once and for all."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import httpx

from bot.errors import Malformed, SourceRefused
from bot.language import phrase
from bot.ports.sources import Validators
from bot.sources import streams
from bot.sources.manners import pause

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from bot.sources.manners import Manners

_HOPS: Final = 3
_PASSING: Final = {408, 425, 429}

SLOW: Final = phrase("{title} did not answer within {seconds} s; it is asked again later.")
_BROKEN: Final = phrase("{title} broke off its answer; it is asked again later.")
_AWAY: Final = phrase("{title} can’t be reached; it is asked again later.")
_FAILED: Final = phrase("{title} answered with an error (HTTP {status}); it is asked again later.")
_REFUSED: Final = phrase("{title} turned the request down (HTTP {status}).")
_STRANGE: Final = phrase("{title} answered with HTTP {status}, which means nothing here.")
_LONG: Final = phrase("{title} sent more than {size} MB; it was not used.")
_ROUND: Final = phrase("{title} sends us round in circles; its answer was not used.")
_ONWARD: Final = phrase("{title} sends us on to {host}, which is not followed.")


@dataclass(frozen=True, slots=True)
class Raw:
    """What came back: ``body`` is None for "not modified"; ``more`` tells of a next page (RFC 8288)."""

    body: bytes | None
    more: bool = False
    validators: Validators = field(default_factory=Validators)


class Again(Exception):
    """The attempt failed in a way that may pass; ``wait`` is how many seconds the source asked for, if it did."""

    def __init__(self, what: str, wait: float | None = None, *, throttled: bool = False) -> None:
        super().__init__(what)
        self.wait = wait
        self.throttled = throttled


class Refusal(SourceRefused):
    """The source turned the request down, with this HTTP ``status``."""

    def __init__(self, sentence: str, status: int) -> None:
        super().__init__(sentence)
        self.status = status


async def fetch(
    client: httpx.AsyncClient, url: str, known: Validators, manners: Manners, clock: Callable[[], datetime]
) -> Raw:
    """Ask for *url* once, within the time and the bytes that *manners* allow.

    Raises `Again`, or `Refusal` and `Malformed` where another attempt can't help.
    """
    try:
        async with asyncio.timeout(manners.attempt):
            return await _fetch(client, httpx.URL(url), known, manners, clock)
    except (TimeoutError, httpx.TimeoutException) as error:
        raise Again(SLOW.format(title=manners.title, seconds=f"{manners.attempt:g}")) from error
    except streams.TooLarge as error:
        raise Malformed(_LONG.format(title=manners.title, size=f"{manners.cap / 1e6:g}")) from error
    except (streams.Incomplete, httpx.RemoteProtocolError, httpx.ReadError) as error:
        raise Again(_BROKEN.format(title=manners.title)) from error
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise Again(_AWAY.format(title=manners.title)) from error


async def _fetch(
    client: httpx.AsyncClient, target: httpx.URL, known: Validators, manners: Manners, clock: Callable[[], datetime]
) -> Raw:
    headers = {"If-None-Match": known.etag, "If-Modified-Since": known.modified}
    headers = {name: value for name, value in headers.items() if value}
    for _ in range(_HOPS):
        async with client.stream("GET", target, headers=headers) as response:
            if not response.has_redirect_location:
                _judge(response, manners, clock)
                return await _read(response, manners.cap)
            target = _follow(target, response, manners)
    raise Malformed(_ROUND.format(title=manners.title))


async def _read(response: httpx.Response, cap: int) -> Raw:
    if response.status_code == httpx.codes.NOT_MODIFIED:
        return Raw(None)
    etag, modified = response.headers.get("etag", ""), response.headers.get("last-modified", "")
    body = await streams.body(response, cap)
    return Raw(body, "next" in response.links, Validators(etag=etag, modified=modified))


def _follow(target: httpx.URL, response: httpx.Response, manners: Manners) -> httpx.URL:
    """Return where a redirect leads, when that is the same host (or its https side)."""
    onward = target.join(response.headers["location"])
    sides = {(target.scheme, target.port), ("https", None)}
    if onward.host != target.host or (onward.scheme, onward.port) not in sides:
        raise Malformed(_ONWARD.format(title=manners.title, host=onward.host or "nowhere"))
    return onward


def _judge(response: httpx.Response, manners: Manners, clock: Callable[[], datetime]) -> None:
    """Raise unless the answer's status is one to read on from."""
    status = response.status_code
    if status in {httpx.codes.OK, httpx.codes.NOT_MODIFIED}:
        return
    if response.is_server_error or status in _PASSING:
        wait = pause(response.headers, clock())
        throttled = status == httpx.codes.TOO_MANY_REQUESTS
        raise Again(_FAILED.format(title=manners.title, status=status), wait, throttled=throttled)
    if response.is_client_error:
        raise Refusal(_REFUSED.format(title=manners.title, status=status), status)
    raise Malformed(_STRANGE.format(title=manners.title, status=status))
