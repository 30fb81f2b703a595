"""What the page sends, read with suspicion: every fault is one sentence and a 4xx."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final

from aiohttp import web

from adapters.web.guards import Wrong

LINE: Final = 2000
_ARGUMENTS: Final = 60
_VALUE: Final = 10_000
NAME: Final = 100
_ID: Final = re.compile(r"[A-Za-z0-9]{8,40}")
_UNFIT: Final = re.compile("[\x00\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Typed:
    """A line that somebody typed."""

    id: str
    channel: str
    line: str


@dataclass(frozen=True, slots=True)
class Pressed:
    """A button or a form; a dry one asks what would happen, a shared one for an answer in front of everybody."""

    id: str
    channel: str
    command: str
    arguments: Mapping[str, str]
    dry: bool = False
    share: bool = False


async def typed(request: web.Request) -> Typed:
    """Read the body of ``/api/command``."""
    data = await _body(request)
    return Typed(_id(data), _text(data, "channel", NAME), _text(data, "line", LINE))


async def pressed(request: web.Request) -> Pressed:
    """Read the body of ``/api/action``."""
    data = await _body(request)
    return Pressed(
        _id(data),
        _text(data, "channel", NAME),
        _text(data, "command", NAME),
        _arguments(data.get("arguments", {})),
        dry=_flag(data, "dry"),
        share=_flag(data, "share"),
    )


def query(request: web.Request, name: str, longest: int) -> str:
    """Return a text of the address."""
    return _text(dict(request.query), name, longest)


def number(request: web.Request, name: str) -> int | None:
    """Return the number of a message in the address, or None."""
    value = request.query.get(name)
    if value is None:
        return None
    if not re.fullmatch(r"[0-9]{1,18}", value):
        raise Wrong(f"“{name}” must be the number of a message.")
    return int(value)


async def _body(request: web.Request) -> dict[str, Any]:
    if request.content_type != "application/json":
        raise Wrong("Send JSON, as application/json.", HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
    try:
        data = json.loads(await request.read())
    except (ValueError, RecursionError) as error:
        raise Wrong("This is not JSON that can be read.") from error
    if not isinstance(data, dict):
        raise Wrong("Send one JSON object.")
    return data


def _id(data: Mapping[str, Any]) -> str:
    """Return the page's own id of a request, so that sending it again is not asking twice; or a new one."""
    value = data.get("id", secrets.token_hex(8))
    if not isinstance(value, str) or not _ID.fullmatch(value):
        raise Wrong("“id” must be 8 to 40 letters and digits.")
    return value


def _text(data: Mapping[str, Any], name: str, longest: int) -> str:
    value = data.get(name)
    if not isinstance(value, str):
        raise Wrong(f"“{name}” must be a text.")
    return _fit(value, name, longest)


def _fit(value: str, name: str, longest: int) -> str:
    if len(value) > longest:
        raise Wrong(f"“{name}” is too long: at most {longest:,} characters are taken.")
    if _UNFIT.search(value):
        raise Wrong(f"“{name}” holds characters that are not text.")
    return value


def _arguments(value: Any) -> dict[str, str]:
    fine = isinstance(value, dict) and all(isinstance(text, str) for text in value.values())
    if not fine or len(value) > _ARGUMENTS:
        raise Wrong("“arguments” must be an object of texts.")
    return {_fit(key, "arguments", NAME): _fit(text, "arguments", _VALUE) for key, text in value.items()}


def _flag(data: Mapping[str, Any], name: str) -> bool:
    value = data.get(name, False)
    if not isinstance(value, bool):
        raise Wrong(f"“{name}” must be true or false.")
    return value
