"""SlackApiError to SendError: what an error code, HTTP status or Retry-After means for the ledger."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

import aiohttp
from slack_sdk.errors import SlackApiError, SlackRequestError

from adapters.slack.api.error_codes import (
    AMBIGUOUS_ERRORS,
    CHANNEL_ERRORS,
    INSTALLATION_ERRORS,
    MESSAGE_ERRORS,
    MISSING_SCOPE,
    REQUEST_ERRORS,
    TRANSIENT_ERRORS,
)
from bot.errors import Gone, RefusedForNow, SendError, TryLater, Uncertain, Unreachable, Unsendable
from bot.reasons.reason import Reason, Value

_UNREACHABLE_RETRY_SECONDS: Final = 10.0
_BUSY_RETRY_SECONDS: Final = 30.0
_UNKNOWN_RETRY_SECONDS: Final = 300.0
_MAX_RETRY_SECONDS: Final = 3_600.0
_TOO_MANY_REQUESTS: Final = 429
_SCOPE_PATTERN: Final = re.compile(r"[a-z:._,\- ]{1,80}")


class RateLimited(TryLater):
    """Slack asks this workspace to leave this method alone for ``after`` seconds."""


class UnknownErrorCode(RefusedForNow):
    """Slack said no, surely, with a code that belongs to no group; ``code`` is it."""

    def __init__(self, code: str) -> None:
        super().__init__(Reason("platform.unknown_code", error=code), _UNKNOWN_RETRY_SECONDS)
        self.code = code


def translate_error(error: Exception, method: str) -> SendError:
    """Return what *error* means for the ledger, when it came from calling *method*.

    Where a message may have been written all the same, its fate is uncertain; whatever only asks may ask again.
    """
    match error:
        case SlackApiError():
            return _translate_error_response(error, method)
        case SlackRequestError():
            return Unsendable(Reason("platform.request_incomplete", error=str(error)))
        case aiohttp.ClientConnectorError() | aiohttp.ConnectionTimeoutError():
            return Unreachable(_explain("platform.unreachable"), _UNREACHABLE_RETRY_SECONDS)
        case _:
            return _translate_lost_response(method, Reason("connection.lost", error=type(error).__name__))


def get_error_code(error: BaseException | None) -> str:
    """Return Slack's own word for *error*, or for what it was raised from; "" when there is none."""
    while error is not None and not isinstance(error, SlackApiError):
        error = error.__cause__
    return str(_get_response_body(error).get("error") or "") if error else ""


def get_response_headers(error: Exception) -> Mapping[str, str]:
    """Return the headers of the answer for which *error* was raised; none when there was no answer."""
    headers: Mapping[str, str] | None = getattr(getattr(error, "response", None), "headers", None)
    return headers or {}


def _translate_error_response(error: SlackApiError, method: str) -> SendError:
    # The SDK gives its own answer object, or aiohttp's when the body is no JSON.
    status = int(getattr(error.response, "status_code", 0) or getattr(error.response, "status", 0))
    error_code = get_error_code(error)
    if status == _TOO_MANY_REQUESTS or error_code in ("ratelimited", "rate_limited"):
        seconds = _parse_retry_after(get_response_headers(error))
        return RateLimited(_explain("platform.rate_limited"), seconds)
    if error_code:
        return _translate_permanent_error(error_code, _get_response_body(error)) or _translate_transient_error(
            error_code, method
        )
    if status in range(400, 500):
        return UnknownErrorCode(f"HTTP {status}")
    return _translate_lost_response(method, Reason("platform.unreadable_answer", status=status))


def _translate_permanent_error(error_code: str, body: Mapping[str, Any]) -> SendError | None:
    """Return what can't be mended by waiting."""
    if error_code in CHANNEL_ERRORS:
        return Gone(CHANNEL_ERRORS[error_code])
    if error_code in INSTALLATION_ERRORS:
        return Gone(
            _explain_missing_scope(body) if error_code == MISSING_SCOPE else INSTALLATION_ERRORS[error_code],
            installation=True,
        )
    if error_code in MESSAGE_ERRORS:
        return Unsendable(_explain("platform.not_allowed", error=error_code))
    if error_code in REQUEST_ERRORS:
        return Unsendable(_explain_refusal(error_code, body))
    return None


def _translate_transient_error(error_code: str, method: str) -> SendError:
    if error_code in TRANSIENT_ERRORS:
        return TryLater(_explain("platform.busy", error=error_code), _BUSY_RETRY_SECONDS)
    return (
        _translate_lost_response(method, Reason("platform.said", error=error_code))
        if error_code in AMBIGUOUS_ERRORS
        else UnknownErrorCode(error_code)
    )


def _translate_lost_response(method: str, why: Reason) -> SendError:
    if method.startswith("chat."):
        return Uncertain(_explain("platform.maybe_done", why=why))
    return TryLater(_explain("platform.gave_no_answer", why=why), _UNREACHABLE_RETRY_SECONDS)


def _explain(code: str, **values: Value) -> Reason:
    """Return a reason that names the platform."""
    return Reason(code, platform="Slack", **values)


def _get_response_body(error: SlackApiError) -> Mapping[str, Any]:
    body = getattr(error.response, "data", None)
    return body if isinstance(body, Mapping) else {}


def _parse_retry_after(headers: Mapping[str, str]) -> float:
    """Return the seconds that Retry-After asks for: at least one, at most an hour, half a minute when it is unclear."""
    retry_after = headers.get("Retry-After", "").strip()
    seconds = float(retry_after) if retry_after.isascii() and retry_after.isdecimal() else _BUSY_RETRY_SECONDS
    return min(max(seconds, 1.0), _MAX_RETRY_SECONDS)


def _explain_missing_scope(body: Mapping[str, Any]) -> Reason:
    scope = str(body.get("needed", ""))
    if _SCOPE_PATTERN.fullmatch(scope):
        return Reason("installation.scope_missing", scope=scope)
    return INSTALLATION_ERRORS[MISSING_SCOPE]


def _explain_refusal(error_code: str, body: Mapping[str, Any]) -> Reason:
    """Return that a request is wrong, with what Slack says about the place of the fault, for the log."""
    metadata = body.get("response_metadata")
    messages = metadata.get("messages") if isinstance(metadata, Mapping) else None
    if not isinstance(messages, list):
        return _explain("platform.refused", error=error_code)
    return _explain("platform.refused_details", error=error_code, details="; ".join(map(str, messages))[:300])
