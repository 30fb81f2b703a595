"""Action value: what a button or menu option asks for, as JSON in its value or kept under a token when too long."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import partial
from hashlib import sha256
from typing import Any, Final

from adapters.common.button_payload import ButtonPayload, pack_payload, unpack_payload
from bot.errors import Malformed

MAX_BUTTON_VALUE: Final = 2000
MAX_OPTION_VALUE: Final = 150
"""Characters of a value."""
_TOKEN_LENGTH: Final = 32
_SURROGATES: Final = re.compile("[\ud800-\udfff]")


def encode_payload(payload: ButtonPayload, max_length: int) -> tuple[str, dict[str, dict[str, Any]]]:
    """Return the value for *payload*, and what must be kept so that it can be opened: nothing when it fits."""
    data = pack_payload(payload)
    written = _dump_json(data)
    if len(written) <= max_length:
        return written, {}
    token = sha256(written.encode()).hexdigest()[:_TOKEN_LENGTH]
    return token, {token: data}


def _dump_json(data: Mapping[str, Any]) -> str:
    """Write JSON with its letters as they are, for an escaped one takes six; halves of letters can't be sent so."""
    dump = partial(json.dumps, data, separators=(",", ":"), sort_keys=True)
    written = dump(ensure_ascii=False)
    return dump() if _SURROGATES.search(written) else written


def decode_payload(value: str) -> ButtonPayload | str:
    """Return the button payload that a value holds, or the token under which it is kept.

    Raises `bot.errors.Malformed` when the value is none of ours.
    """
    if not value.startswith("{"):
        return value
    try:
        return restore_payload(json.loads(value))
    except ValueError as error:
        raise Malformed(f"This is not a button of ours: {error}.") from error


def restore_payload(data: Mapping[str, Any]) -> ButtonPayload:
    """Return the button payload that was kept as *data*. Raises `bot.errors.Malformed`."""
    return unpack_payload(data, "modal")
