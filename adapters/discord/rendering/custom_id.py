"""custom_id: what a button or select option asks for, encoded into at most 100 characters or kept under a token."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from hashlib import sha256
from typing import Any, Final
from urllib.parse import quote, unquote

from adapters.common.button_payload import ButtonPayload, pack_payload, unpack_payload
from bot.errors import Malformed

MAX_CUSTOM_ID_LENGTH: Final = 100
"""Characters of a custom_id, and of the value of a select's row."""

_TOKEN: Final = re.compile(r"[0-9a-f]{32}")


def encode_payload(
    payload: ButtonPayload, max_length: int = MAX_CUSTOM_ID_LENGTH
) -> tuple[str, dict[str, dict[str, Any]]]:
    """Return the custom_id for *payload*, and what must be kept so that it can be opened: nothing when it fits."""
    flags = [
        *("s" * payload.share),
        *("m" * payload.manager),
        *([f"h={_quote_text(payload.channel)}"] if payload.channel else ()),
    ]
    pairs = "&".join(f"{_quote_text(name)}={_quote_text(text)}" for name, text in payload.arguments.items())
    custom_id = f"p;{_quote_text(payload.command)};{pairs};{','.join(flags)}"
    if len(custom_id) <= max_length:
        return custom_id, {}
    data = pack_payload(payload)
    token = compute_token(data)
    return f"t;{token}", {token: data}


def compute_token(data: Mapping[str, Any]) -> str:
    """Return the token under which JSON data is kept: of its content, so that the same is kept once."""
    return sha256(json.dumps(data, sort_keys=True).encode()).hexdigest()[:32]


def decode_payload(value: str) -> ButtonPayload | str:
    """Return the button payload that a custom_id or a row's value holds, or the token under which it is kept.

    Raises `bot.errors.Malformed` when it is none of ours.
    """
    match value.split(";"):
        case ["t", token, *_] if _TOKEN.fullmatch(token):
            return token
        case ["p", command, argument_pairs, flags, *_]:
            pairs = [part.partition("=") for part in argument_pairs.split("&") if part]
            arguments = {_unquote_text(name): _unquote_text(text) for name, _, text in pairs}
            flag_names = dict.fromkeys(part for part in flags.split(",") if part)
            channel = next((_unquote_text(flag[2:]) for flag in flag_names if flag.startswith("h=")), "")
            return ButtonPayload(
                _unquote_text(command), arguments, share="s" in flag_names, manager="m" in flag_names, channel=channel
            )
        case _:
            raise Malformed("This is not a button of ours.")


def restore_payload(data: Mapping[str, Any]) -> ButtonPayload:
    """Return the button payload that was kept as *data*. Raises `bot.errors.Malformed`."""
    return unpack_payload(data, "manager")


def _quote_text(text: str) -> str:
    return quote(text, safe="", errors="surrogatepass")


def _unquote_text(text: str) -> str:
    return unquote(text, errors="surrogatepass")
