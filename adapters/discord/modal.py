"""Modals: what is typed rather than chosen, five questions at a time.

https://docs.discord.com/developers/components/using-modal-components
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from adapters.discord.fields import TYPED
from adapters.discord.pad import Component
from adapters.discord.text import clean, plain
from bot.cards import Field
from bot.language import gettext

MOST: Final = 5
"""Questions of a modal."""

_TITLE: Final = 45
"""Characters of a modal's title and of a question's label."""
_HINT: Final = 100
_LABEL, _INPUT = 18, 4
_SHORT, _PARAGRAPH = 1, 2


def modal(title: str, fields: Sequence[Field], custom_id: str) -> Component:
    """Return *fields*, at most five, as a modal with what they hold now."""
    questions = [_question(each) for each in fields[:MOST]]
    return {"custom_id": custom_id, "title": plain(title, _TITLE), "components": questions}


def arguments(data: Mapping[str, Any]) -> dict[str, str]:
    """Return what was typed, by field, as a person would type it in a command; *data* is an interaction's."""
    return {str(each["custom_id"]): _joined(str(each.get("value") or "")) for each in _inputs(data)}


def _question(field: Field) -> Component:
    asked = {
        "type": _INPUT,
        "custom_id": field.name,
        "style": _PARAGRAPH if field.kind == "topics" else _SHORT,
        "required": field.required,
        "max_length": TYPED,
        **({"value": lines(field.value) if field.kind == "topics" else field.value} if field.value else {}),
    }
    question = {"type": _LABEL, "label": plain(clean(field.label) or field.name, _TITLE), "component": asked}
    return {**question, "description": hint} if (hint := _hint(field)) else question


def lines(value: str) -> str:
    """Return several values, each on a line."""
    return "\n".join(part.strip() for part in re.split(r"[\n;]", value) if part.strip())


def _joined(text: str) -> str:
    return "; ".join(line.strip() for line in text.splitlines() if line.strip())


def _hint(field: Field) -> str:
    """Return what helps to answer, what is wrong with the answer first."""
    if field.kind == "topics":
        said = field.mistake or gettext("One a line")
    elif not field.hint and field.least is not None and field.most is not None:
        said = field.mistake or gettext("{least} to {most}", least=field.least, most=field.most)
    else:
        said = field.mistake or field.hint
    return plain(said, _HINT) if clean(said) else ""


def _inputs(data: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield the inputs of a submission, whatever they stand in."""
    for each in data.get("components") or ():
        yield from (part for part in (each.get("component"), *(each.get("components") or ())) if part)
