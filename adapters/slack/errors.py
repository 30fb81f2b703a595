"""What goes wrong at Slack, in the words that the ledger understands; `adapters.slack.codes` holds the groups."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

import aiohttp
from slack_sdk.errors import SlackApiError, SlackRequestError

from adapters.slack.codes import CHANNEL, DOUBTFUL, INSTALLATION, LATER, MESSAGE, OURS
from bot.errors import Gone, SendError, TryLater, Uncertain, Unsendable

_UNREACHED: Final = 10.0
_BUSY: Final = 30.0
_UNKNOWN: Final = 300.0
_LONGEST: Final = 3_600.0
_TOO_MANY: Final = 429
_SCOPES: Final = re.compile(r"[a-z:._,\- ]{1,80}")


class Limited(TryLater):
    """Slack asks this workspace to leave this method alone for ``after`` seconds."""


class Unknown(TryLater):
    """Slack said no, surely, with a code that belongs to no group; ``code`` is it."""

    def __init__(self, code: str) -> None:
        super().__init__(f"Slack said “{code}”, which has no meaning here yet", _UNKNOWN)
        self.code = code


def translate(error: Exception, method: str) -> SendError:
    """Return what *error* means for the ledger, when it came from calling *method*.

    Where a message may have been written all the same, its fate is uncertain; whatever only asks may ask again.
    """
    match error:
        case SlackApiError():
            return _refusal(error, method)
        case SlackRequestError():
            return Unsendable(f"The request is incomplete: {error}")
        case aiohttp.ClientConnectorError() | aiohttp.ConnectionTimeoutError():
            return TryLater("Slack can’t be reached", _UNREACHED)
        case _:
            return _doubt(method, f"the connection broke ({type(error).__name__})")


def code(error: BaseException | None) -> str:
    """Return Slack's own word for *error*, or for what it was raised from; "" when there is none."""
    while error is not None and not isinstance(error, SlackApiError):
        error = error.__cause__
    return str(_body(error).get("error") or "") if error else ""


def _refusal(error: SlackApiError, method: str) -> SendError:
    # The SDK gives its own answer object, or aiohttp's when the body is no JSON.
    status = int(getattr(error.response, "status_code", 0) or getattr(error.response, "status", 0))
    said = code(error)
    if status == _TOO_MANY or said in ("ratelimited", "rate_limited"):
        return Limited("Slack asks for a pause", _pause(getattr(error.response, "headers", None) or {}))
    if said:
        return _final(said, _body(error)) or _passing(said, method)
    if status in range(400, 500):
        return Unknown(f"HTTP {status}")
    return _doubt(method, f"its answer can’t be read (HTTP {status})")


def _final(said: str, body: Mapping[str, Any]) -> SendError | None:
    """Return what can't be mended by waiting."""
    if said in CHANNEL:
        return Gone(CHANNEL[said])
    if said in INSTALLATION:
        return Gone(_lacking(body) if said == "missing_scope" else INSTALLATION[said], installation=True)
    if said in MESSAGE:
        return Unsendable(f"Slack does not allow this any more ({said})")
    if said in OURS:
        return Unsendable(f"Slack refuses the request ({said}){_details(body)}")
    return None


def _passing(said: str, method: str) -> SendError:
    if said in LATER:
        return TryLater(f"Slack can’t do this now ({said})", _BUSY)
    return _doubt(method, f"it said “{said}”") if said in DOUBTFUL else Unknown(said)


def _doubt(method: str, why: str) -> SendError:
    if method.startswith("chat."):
        return Uncertain(f"Slack may or may not have done this: {why}")
    return TryLater(f"Slack gave no answer: {why}", _UNREACHED)


def _body(error: SlackApiError) -> Mapping[str, Any]:
    body = getattr(error.response, "data", None)
    return body if isinstance(body, Mapping) else {}


def _pause(headers: Mapping[str, str]) -> float:
    """Return the seconds that Retry-After asks for: at least one, at most an hour, half a minute when it is unclear."""
    asked = headers.get("Retry-After", "").strip()
    seconds = float(asked) if asked.isascii() and asked.isdecimal() else _BUSY
    return min(max(seconds, 1.0), _LONGEST)


def _lacking(body: Mapping[str, Any]) -> str:
    needed = str(body.get("needed", ""))
    named = f" “{needed}”" if _SCOPES.fullmatch(needed) else ""
    return f"the app lacks the permission{named}; install it again to grant it"


def _details(body: Mapping[str, Any]) -> str:
    """Return what Slack says about the place of the fault, for the log."""
    about = body.get("response_metadata")
    messages = about.get("messages") if isinstance(about, Mapping) else None
    return f": {'; '.join(map(str, messages))[:300]}" if isinstance(messages, list) else ""
