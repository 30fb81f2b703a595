"""Modals (MODAL response, MODAL_SUBMIT): text inputs with labels, five at a time, and the values submitted.

https://docs.discord.com/developers/components/using-modal-components
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from adapters.common.text import clean_text
from adapters.discord.forms.fields import MAX_INPUT_LENGTH
from adapters.discord.rendering.buttons_and_selects import Component
from adapters.discord.rendering.markdown import fit_plain_text
from bot.cards.models import Field
from bot.i18n.translation import gettext

MAX_QUESTIONS: Final = 5
"""Questions of a modal."""

_MAX_TITLE: Final = 45
"""Characters of a modal's title and of a question's label."""
_MAX_DESCRIPTION: Final = 100
_LABEL, _INPUT = 18, 4
_SHORT, _PARAGRAPH = 1, 2


def build_modal(title: str, fields: Sequence[Field], custom_id: str) -> Component:
    """Return *fields*, at most five, as a modal with what they hold now."""
    labels = [_build_label(each) for each in fields[:MAX_QUESTIONS]]
    return {"custom_id": custom_id, "title": fit_plain_text(title, _MAX_TITLE), "components": labels}


def read_arguments(data: Mapping[str, Any]) -> dict[str, str]:
    """Return what was typed, by field, as a person would type it in a command; *data* is an interaction's."""
    return {str(each["custom_id"]): _join_lines(str(each.get("value") or "")) for each in _iterate_inputs(data)}


def _build_label(field: Field) -> Component:
    text_input = {
        "type": _INPUT,
        "custom_id": field.name,
        "style": _PARAGRAPH if field.kind == "topics" else _SHORT,
        "required": field.required,
        "max_length": MAX_INPUT_LENGTH,
        **({"value": split_into_lines(field.value) if field.kind == "topics" else field.value} if field.value else {}),
    }
    label = {
        "type": _LABEL,
        "label": fit_plain_text(clean_text(field.label) or field.name, _MAX_TITLE),
        "component": text_input,
    }
    return {**label, "description": hint} if (hint := _format_hint(field)) else label


def split_into_lines(value: str) -> str:
    """Return several values, each on a line."""
    return "\n".join(part.strip() for part in re.split(r"[\n;]", value) if part.strip())


def _join_lines(text: str) -> str:
    return "; ".join(line.strip() for line in text.splitlines() if line.strip())


def _format_hint(field: Field) -> str:
    """Return what helps to answer, what is wrong with the answer first."""
    if field.kind == "topics":
        hint = field.mistake or gettext("One a line")
    elif not field.hint and field.minimum is not None and field.maximum is not None:
        hint = field.mistake or gettext("{least} to {most}", least=field.minimum, most=field.maximum)
    else:
        hint = field.mistake or field.hint
    return fit_plain_text(hint, _MAX_DESCRIPTION) if clean_text(hint) else ""


def _iterate_inputs(data: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield the inputs of a submission, whatever they stand in."""
    for each in data.get("components") or ():
        yield from (part for part in (each.get("component"), *(each.get("components") or ())) if part)
