"""discord.HTTPException to SendError: what an error code, HTTP status, ban or Retry-After means for the ledger."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

import aiohttp
import discord

from adapters.discord.api.error_codes import (
    CHANNEL_ERRORS,
    GUILD_ERRORS,
    MESSAGE_ERRORS,
    REQUEST_ERRORS,
    TOKEN_ERRORS,
    TRANSIENT_ERRORS,
)
from bot.errors import Gone, RefusedForNow, SendError, TryLater, Uncertain, Unreachable, Unsendable
from bot.reasons.reason import Reason, Value

_UNREACHABLE_RETRY_SECONDS: Final = 10.0
_BUSY_RETRY_SECONDS: Final = 30.0
_UNKNOWN_RETRY_SECONDS: Final = 300.0
DEFAULT_BAN_SECONDS: Final = 900.0
"""Seconds in which nothing is asked of what keeps this machine out, where it does not say for how long."""
_MAX_RETRY_SECONDS: Final = 3_600.0
_TOO_MANY_REQUESTS, _SERVER_ERROR = 429, 500
_CLOSED_STATUSES: Final = frozenset({403, 404})
_SECONDS_PATTERN: Final = re.compile(r"\d{1,9}(\.\d+)?")
_RETRY_AFTER_PATTERN: Final = re.compile(rf'"retry_after":\s*({_SECONDS_PATTERN.pattern})')


class UnknownErrorCode(RefusedForNow):
    """Discord said no, surely, with a code that belongs to no group; ``code`` is it.

    ``is_closed`` tells that it said so of the place, in which nothing is allowed or which is not there.
    """

    def __init__(self, code: int, status: int) -> None:
        super().__init__(Reason("platform.unknown_number", error=code, status=status), _UNKNOWN_RETRY_SECONDS)
        self.code = code
        # Without a code of its own a 404 is that of an address, which no channel can help.
        self.is_closed = bool(code) and status in _CLOSED_STATUSES


def translate_error(error: Exception, *, writes: bool, ban_seconds: float = DEFAULT_BAN_SECONDS) -> SendError:
    """Return what *error* means for the ledger; where something may be written all the same, it is uncertain.

    *ban_seconds* are the seconds for which a machine is kept out that is.
    """
    match error:
        case SendError():
            return error
        case discord.RateLimited():
            return TryLater(_explain("platform.rate_limited"), _clamp_seconds(error.retry_after))
        case discord.HTTPException():
            return _translate_error_response(error, writes=writes, ban_seconds=ban_seconds)
        case aiohttp.ClientConnectorError() | aiohttp.ConnectionTimeoutError():
            return Unreachable(_explain("platform.unreachable"), _UNREACHABLE_RETRY_SECONDS)
        case _:
            return _translate_lost_response(Reason("connection.lost", error=type(error).__name__), writes=writes)


def get_error_code(error: BaseException | None) -> int:
    """Return Discord's own number for *error*, or for what it was raised from; 0 when there is none."""
    while error is not None and not isinstance(error, discord.HTTPException):
        error = error.__cause__
    return error.code if error else 0


def is_cloudflare_ban(headers: Mapping[str, str]) -> bool:
    """Tell whether a refusal for being too fast came from what stands before Discord, which shuts a machine out.

    Discord itself leaves its mark: discord.py tells the two apart in the same way.
    """
    return not headers.get("Via")


def parse_retry_after(headers: Mapping[str, str], body: str) -> float:
    """Return for how many seconds what keeps a machine out does so: as its headers say, else its JSON, else long.

    https://docs.discord.com/developers/topics/rate-limits#exceeding-a-rate-limit
    """
    header_match = _SECONDS_PATTERN.fullmatch(headers.get("Retry-After", "").strip())
    body_match = None if header_match else _RETRY_AFTER_PATTERN.search(body)
    return (
        _clamp_seconds(float(header_match[0]))
        if header_match
        else _clamp_seconds(float(body_match[1]))
        if body_match
        else DEFAULT_BAN_SECONDS
    )


def _clamp_seconds(seconds: float) -> float:
    return min(max(seconds, 1.0), _MAX_RETRY_SECONDS)


def _translate_error_response(error: discord.HTTPException, *, writes: bool, ban_seconds: float) -> SendError:
    error_code, status = error.code, error.status
    if error_code in TRANSIENT_ERRORS:
        return TryLater(_explain("platform.busy", error=error_code), _BUSY_RETRY_SECONDS)
    if status == _TOO_MANY_REQUESTS and is_cloudflare_ban(error.response.headers):
        return TryLater(Reason("platform.machine_banned"), ban_seconds)
    if status == _TOO_MANY_REQUESTS:
        return TryLater(Reason("platform.rate_limited_again"), _BUSY_RETRY_SECONDS)
    if status >= _SERVER_ERROR:
        return _translate_lost_response(Reason("platform.failed", status=status), writes=writes)
    return _translate_permanent_error(error_code, error) or UnknownErrorCode(error_code, status)


def _translate_permanent_error(error_code: int, error: discord.HTTPException) -> SendError | None:
    """Return what can't be mended by waiting."""
    if error_code in CHANNEL_ERRORS:
        return Gone(CHANNEL_ERRORS[error_code])
    if error_code in GUILD_ERRORS:
        return Gone(GUILD_ERRORS[error_code], installation=True)
    if error_code in MESSAGE_ERRORS:
        return Unsendable(_explain("platform.not_allowed", error=error_code))
    if error_code in REQUEST_ERRORS:
        return Unsendable(_explain("platform.refused_details", error=error_code, details=error.text[:300]))
    # Without a code of its own a refusal is the token's, or not Discord's at all.
    if error_code in TOKEN_ERRORS and error.status in (401, 403):
        return TryLater(Reason("platform.token_refused"), DEFAULT_BAN_SECONDS)
    return None


def _translate_lost_response(why: Reason, *, writes: bool) -> SendError:
    if writes:
        return Uncertain(_explain("platform.maybe_done", why=why))
    return TryLater(_explain("platform.gave_no_answer", why=why), _UNREACHABLE_RETRY_SECONDS)


def _explain(code: str, **values: Value) -> Reason:
    """Return a reason that names the platform."""
    return Reason(code, platform="Discord", **values)
