"""HTTP request, one attempt: redirects, status codes, timeouts and broken connections, told apart as errors."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import httpx

from bot.errors import Malformed, SourceRefused
from bot.ports.sources import Validators
from bot.reasons.reason import Reason, Value
from bot.sources.http import response_body
from bot.sources.http.policies import parse_retry_after

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from bot.sources.http.policies import SourcePolicy

_MAX_REQUESTS: Final = 3
_RETRYABLE_STATUSES: Final = {408, 425, 429}


@dataclass(frozen=True, slots=True)
class RawResponse:
    """What came back: ``body`` is None for "not modified"; ``has_next_page`` tells of a next page (RFC 8288)."""

    body: bytes | None
    has_next_page: bool = False
    validators: Validators = field(default_factory=Validators)


class RetryableError(Exception):
    """The attempt failed in a way that may pass.

    ``retry_after`` is how many seconds the source asked for, if it did.
    """

    def __init__(self, reason: Reason, retry_after: float | None = None, *, throttled: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.retry_after = retry_after
        self.throttled = throttled


class StatusRefused(SourceRefused):
    """The source turned the request down, with this HTTP ``status``."""

    def __init__(self, reason: Reason, status: int) -> None:
        super().__init__(reason)
        self.status = status


def build_reason(policy: SourcePolicy, code: str, **values: Value) -> Reason:
    """Return why a source gave nothing, with its name."""
    return Reason(code, title=policy.title, **values)


async def fetch_once(
    client: httpx.AsyncClient, url: str, validators: Validators, policy: SourcePolicy, clock: Callable[[], datetime]
) -> RawResponse:
    """Ask for *url* once, within the time and the bytes that *policy* allow.

    Raises `RetryableError`, or `StatusRefused` and `Malformed` where another attempt can't help.
    """
    try:
        async with asyncio.timeout(policy.attempt_timeout):
            return await _follow_redirects(client, httpx.URL(url), validators, policy, clock)
    except (TimeoutError, httpx.TimeoutException) as error:
        raise RetryableError(build_reason(policy, "source.timed_out", seconds=f"{policy.attempt_timeout:g}")) from error
    except response_body.BodyTooLarge as error:
        raise Malformed(build_reason(policy, "source.too_large", size=f"{policy.max_bytes / 1e6:g}")) from error
    except (response_body.BodyIncomplete, httpx.RemoteProtocolError, httpx.ReadError) as error:
        raise RetryableError(build_reason(policy, "source.connection_broken")) from error
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise RetryableError(build_reason(policy, "source.unreachable")) from error


async def _follow_redirects(
    client: httpx.AsyncClient,
    target: httpx.URL,
    validators: Validators,
    policy: SourcePolicy,
    clock: Callable[[], datetime],
) -> RawResponse:
    headers = {"If-None-Match": validators.etag, "If-Modified-Since": validators.modified}
    headers = {name: value for name, value in headers.items() if value}
    for _ in range(_MAX_REQUESTS):
        async with client.stream("GET", target, headers=headers) as response:
            if not response.has_redirect_location:
                _check_status(response, policy, clock)
                return await _read_response(response, policy.max_bytes)
            target = _resolve_redirect(target, response, policy)
    raise Malformed(build_reason(policy, "source.redirect_loop"))


async def _read_response(response: httpx.Response, max_bytes: int) -> RawResponse:
    if response.status_code == httpx.codes.NOT_MODIFIED:
        return RawResponse(None)
    etag, modified = response.headers.get("etag", ""), response.headers.get("last-modified", "")
    body = await response_body.read_body(response, max_bytes)
    return RawResponse(body, "next" in response.links, Validators(etag=etag, modified=modified))


def _resolve_redirect(target: httpx.URL, response: httpx.Response, policy: SourcePolicy) -> httpx.URL:
    """Return where a redirect leads, when that is the same host (or its https side)."""
    onward = target.join(response.headers["location"])
    sides = {(target.scheme, target.port), ("https", None)}
    if onward.host != target.host or (onward.scheme, onward.port) not in sides:
        raise Malformed(build_reason(policy, "source.foreign_redirect", host=onward.host or "nowhere"))
    return onward


def _check_status(response: httpx.Response, policy: SourcePolicy, clock: Callable[[], datetime]) -> None:
    """Raise unless the answer's status is one to read on from."""
    status = response.status_code
    if status in {httpx.codes.OK, httpx.codes.NOT_MODIFIED}:
        return
    if response.is_server_error or status in _RETRYABLE_STATUSES:
        retry_after = parse_retry_after(response.headers, clock())
        throttled = status == httpx.codes.TOO_MANY_REQUESTS
        reason = build_reason(policy, "source.server_error", status=status)
        raise RetryableError(reason, retry_after, throttled=throttled)
    if response.is_client_error:
        raise StatusRefused(build_reason(policy, "source.client_error", status=status), status)
    raise Malformed(build_reason(policy, "source.unexpected_status", status=status))
