"""Request validation: JSON bodies and query parameters checked; every fault is a 4xx with one sentence."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final

from aiohttp import web

from adapters.web.security import RequestRefused

MAX_LINE_LENGTH: Final = 2000
_MAX_ARGUMENTS: Final = 60
_MAX_VALUE_LENGTH: Final = 10_000
MAX_NAME_LENGTH: Final = 100
_REQUEST_ID: Final = re.compile(r"[A-Za-z0-9]{8,40}")
_INVALID_CHARACTERS: Final = re.compile("[\x00\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class CommandBody:
    """A line that somebody typed."""

    id: str
    channel: str
    line: str


@dataclass(frozen=True, slots=True)
class ActionBody:
    """A button or a form; a dry one asks what would happen, a shared one for an answer in front of everybody."""

    id: str
    channel: str
    command: str
    arguments: Mapping[str, str]
    dry: bool = False
    share: bool = False


async def parse_command_body(request: web.Request) -> CommandBody:
    """Read the body of ``/api/command``."""
    data = await _read_json(request)
    return CommandBody(
        _parse_id(data), _parse_text(data, "channel", MAX_NAME_LENGTH), _parse_text(data, "line", MAX_LINE_LENGTH)
    )


async def parse_action_body(request: web.Request) -> ActionBody:
    """Read the body of ``/api/action``."""
    data = await _read_json(request)
    return ActionBody(
        _parse_id(data),
        _parse_text(data, "channel", MAX_NAME_LENGTH),
        _parse_text(data, "command", MAX_NAME_LENGTH),
        _parse_arguments(data.get("arguments", {})),
        dry=_parse_flag(data, "dry"),
        share=_parse_flag(data, "share"),
    )


def parse_query_text(request: web.Request, name: str, max_length: int) -> str:
    """Return a text of the address."""
    return _parse_text(dict(request.query), name, max_length)


def parse_query_number(request: web.Request, name: str) -> int | None:
    """Return the number of a message in the address, or None."""
    value = request.query.get(name)
    if value is None:
        return None
    if not re.fullmatch(r"[0-9]{1,18}", value):
        raise RequestRefused(f"“{name}” must be the number of a message.")
    return int(value)


async def _read_json(request: web.Request) -> dict[str, Any]:
    if request.content_type != "application/json":
        raise RequestRefused("Send JSON, as application/json.", HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
    try:
        data = json.loads(await request.read())
    except (ValueError, RecursionError) as error:
        raise RequestRefused("This is not JSON that can be read.") from error
    if not isinstance(data, dict):
        raise RequestRefused("Send one JSON object.")
    return data


def _parse_id(data: Mapping[str, Any]) -> str:
    """Return the page's own id of a request, so that sending it again is not asking twice; or a new one."""
    value = data.get("id", secrets.token_hex(8))
    if not isinstance(value, str) or not _REQUEST_ID.fullmatch(value):
        raise RequestRefused("“id” must be 8 to 40 letters and digits.")
    return value


def _parse_text(data: Mapping[str, Any], name: str, max_length: int) -> str:
    value = data.get(name)
    if not isinstance(value, str):
        raise RequestRefused(f"“{name}” must be a text.")
    return _check_text(value, name, max_length)


def _check_text(value: str, name: str, max_length: int) -> str:
    if len(value) > max_length:
        raise RequestRefused(f"“{name}” is too long: at most {max_length:,} characters are taken.")
    if _INVALID_CHARACTERS.search(value):
        raise RequestRefused(f"“{name}” holds characters that are not text.")
    return value


def _parse_arguments(value: Any) -> dict[str, str]:
    is_valid = isinstance(value, dict) and all(isinstance(text, str) for text in value.values())
    if not is_valid or len(value) > _MAX_ARGUMENTS:
        raise RequestRefused("“arguments” must be an object of texts.")
    return {
        _check_text(key, "arguments", MAX_NAME_LENGTH): _check_text(text, "arguments", _MAX_VALUE_LENGTH)
        for key, text in value.items()
    }


def _parse_flag(data: Mapping[str, Any], name: str) -> bool:
    value = data.get(name, False)
    if not isinstance(value, bool):
        raise RequestRefused(f"“{name}” must be true or false.")
    return value
