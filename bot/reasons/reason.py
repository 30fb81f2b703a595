"""Reason: a code with values, its JSON, and its sentence in the spoken language (gettext, ngettext)."""

from __future__ import annotations

import json
import string
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final, TypeAlias

from bot.i18n import formatting
from bot.i18n.translation import ENGLISH, gettext, ngettext, use_language
from bot.reasons.sentences import SENTENCES, TEXT

Value: TypeAlias = "str | int | date | Reason | tuple[Value, ...]"
"""What fills a {name} of a sentence: a date, a reason or several of something are written as the language does."""
_COUNT: Final = "n"
"""The value by which a sentence chooses between its two forms."""


@dataclass(frozen=True, slots=True, init=False)
class Reason:
    """Why something is as it is. As a text it is the English sentence, which is for logs and operators."""

    code: str
    values: Mapping[str, Value] = field(hash=False)

    def __init__(self, code: str, /, **values: Value) -> None:
        object.__setattr__(self, "code", code)
        object.__setattr__(self, "values", values)

    def __str__(self) -> str:
        """Return the English sentence."""
        with use_language(ENGLISH):
            return format_reason(self)


def to_reason(reason: Reason | str) -> Reason:
    """Return a reason; a text that no code knows, such as a platform's own words, is kept and said as it is."""
    return reason if isinstance(reason, Reason) else Reason(TEXT, text=reason)


def format_reason(reason: Reason) -> str:
    """Say a reason in the spoken language; one of a newer version, which has no sentence here, by its code."""
    sentence = SENTENCES.get(reason.code, "")
    if not sentence or not list_names(sentence) <= reason.values.keys():
        return reason.code
    values = {name: _format_value(value) for name, value in reason.values.items()}
    if isinstance(sentence, str):
        return gettext(sentence, **values)
    number = reason.values[_COUNT]
    others = {name: value for name, value in values.items() if name != _COUNT}
    return ngettext(*sentence, number if isinstance(number, int) else 0, **others)


def list_names(sentence: str | tuple[str, str]) -> set[str]:
    """Return the {names} of a sentence, in whichever of its forms."""
    forms = (sentence,) if isinstance(sentence, str) else sentence
    return {name for form in forms for _, name, _, _ in string.Formatter().parse(form) if name}


def _format_value(value: Value) -> str:
    match value:
        case Reason():
            return format_reason(value)
        case date():
            return formatting.format_day(value)
        case tuple():
            return formatting.format_list([_format_value(each) for each in value])
        case _:
            return str(value)


def encode_reason(reason: Reason | None) -> str:
    """Return what a text column keeps of a reason: JSON, "" for none."""
    return json.dumps(dump_reason(reason), ensure_ascii=False, separators=(",", ":")) if reason else ""


def decode_reason(kept: str) -> Reason | None:
    """Return what `encode_reason` wrote; anything else is a text that is said as it is."""
    if not kept:
        return None
    try:
        return load_reason(json.loads(kept))
    except (TypeError, ValueError):
        return to_reason(kept)


def dump_reason(reason: Reason) -> dict[str, Any]:
    """Return a reason as JSON data."""
    values = {name: _dump_value(value) for name, value in reason.values.items()}
    return {"code": reason.code, **({"values": values} if values else {})}


def load_reason(data: Any) -> Reason:
    """Return what `dump_reason` wrote; raises TypeError or ValueError when *data* is nothing of the kind."""
    if not isinstance(data, dict) or not isinstance(data.get("code"), str):
        raise TypeError
    values = data.get("values", {})
    if not isinstance(values, dict):
        raise TypeError
    return Reason(data["code"], **{name: _load_value(value) for name, value in values.items()})


def _dump_value(value: Value) -> Any:
    match value:
        case Reason():
            return dump_reason(value)
        case date():
            return {"date": value.isoformat()}
        case tuple():
            return [_dump_value(each) for each in value]
        case _:
            return value


def _load_value(data: Any) -> Value:
    match data:
        case {"date": str(day)}:
            return date.fromisoformat(day)
        case list():
            return tuple(_load_value(each) for each in data)
        case str() | int():
            return data
        case _:
            return load_reason(data)
