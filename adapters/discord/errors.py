"""What goes wrong at Discord, in the words that the ledger understands; `adapters.discord.codes` holds the groups."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

import aiohttp
import discord

from adapters.discord.codes import CHANNEL, LATER, MESSAGE, OURS, SERVER, TOKEN
from bot.errors import Gone, SendError, TryLater, Uncertain, Unsendable

_UNREACHED: Final = 10.0
_BUSY: Final = 30.0
_UNKNOWN: Final = 300.0
BANNED: Final = 900.0
"""Seconds in which nothing is asked of what keeps this machine out, where it does not say for how long."""
_LONGEST: Final = 3_600.0
_TOO_MANY, _FAULTY = 429, 500
_SHUT: Final = frozenset({403, 404})
_SECONDS: Final = re.compile(r"\d{1,9}(\.\d+)?")
_TOLD: Final = re.compile(rf'"retry_after":\s*({_SECONDS.pattern})')


class Unknown(TryLater):
    """Discord said no, surely, with a code that belongs to no group; ``code`` is it.

    ``shut`` tells that it said so of the place, in which nothing is allowed or which is not there.
    """

    def __init__(self, code: int, status: int) -> None:
        super().__init__(f"Discord said {code} (HTTP {status}), which has no meaning here yet", _UNKNOWN)
        self.code = code
        # Without a code of its own a 404 is that of an address, which no channel can help.
        self.shut = bool(code) and status in _SHUT


def translate(error: Exception, *, writes: bool, out: float = BANNED) -> SendError:
    """Return what *error* means for the ledger; where something may be written all the same, it is uncertain.

    *out* are the seconds for which a machine is kept out that is.
    """
    match error:
        case SendError():
            return error
        case discord.RateLimited():
            return TryLater("Discord asks for a pause", _bounded(error.retry_after))
        case discord.HTTPException():
            return _refusal(error, writes=writes, out=out)
        case aiohttp.ClientConnectorError() | aiohttp.ConnectionTimeoutError():
            return TryLater("Discord can’t be reached", _UNREACHED)
        case _:
            return _doubt(f"the connection broke ({type(error).__name__})", writes=writes)


def code(error: BaseException | None) -> int:
    """Return Discord's own number for *error*, or for what it was raised from; 0 when there is none."""
    while error is not None and not isinstance(error, discord.HTTPException):
        error = error.__cause__
    return error.code if error else 0


def banned(headers: Mapping[str, str]) -> bool:
    """Tell whether a refusal for being too fast came from what stands before Discord, which shuts a machine out.

    Discord itself leaves its mark: discord.py tells the two apart in the same way.
    """
    return not headers.get("Via")


def pause(headers: Mapping[str, str], body: str) -> float:
    """Return for how many seconds what keeps a machine out does so: as its headers say, else its JSON, else long.

    https://docs.discord.com/developers/topics/rate-limits#exceeding-a-rate-limit
    """
    told = _SECONDS.fullmatch(headers.get("Retry-After", "").strip())
    written = None if told else _TOLD.search(body)
    return _bounded(float(told[0])) if told else _bounded(float(written[1])) if written else BANNED


def _bounded(seconds: float) -> float:
    return min(max(seconds, 1.0), _LONGEST)


def _refusal(error: discord.HTTPException, *, writes: bool, out: float) -> SendError:
    said, status = error.code, error.status
    if said in LATER:
        return TryLater(f"Discord can’t do this now ({said})", _BUSY)
    if status == _TOO_MANY and banned(error.response.headers):
        return TryLater("Discord keeps this machine out for a while", out)
    if status == _TOO_MANY:
        return TryLater("Discord asks for a pause again and again", _BUSY)
    if status >= _FAULTY:
        return _doubt(f"it failed (HTTP {status})", writes=writes)
    return _final(said, error) or Unknown(said, status)


def _final(said: int, error: discord.HTTPException) -> SendError | None:
    """Return what can't be mended by waiting."""
    if said in CHANNEL:
        return Gone(CHANNEL[said])
    if said in SERVER:
        return Gone(SERVER[said], installation=True)
    if said in MESSAGE:
        return Unsendable(f"Discord does not allow this any more ({said})")
    if said in OURS:
        return Unsendable(f"Discord refuses the request ({said}): {error.text[:300]}")
    # Without a code of its own a refusal is the token's, or not Discord's at all.
    if said in TOKEN and error.status in (401, 403):
        return TryLater("Discord turns the bot’s token down", BANNED)
    return None


def _doubt(why: str, *, writes: bool) -> SendError:
    if writes:
        return Uncertain(f"Discord may or may not have done this: {why}")
    return TryLater(f"Discord gave no answer: {why}", _UNREACHED)
