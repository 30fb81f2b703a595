"""Input blocks: a form field with its label, element, hint and dispatch_action."""

from __future__ import annotations

from typing import Final

from adapters.slack.blocks import Block, build_actions
from adapters.slack.inputs import MAX_INPUT_LENGTH, build_element, split_into_lines
from adapters.slack.text import build_plain_text, clean_text
from bot.cards.models import Field

FIELD_ACTION_PREFIX: Final = "field:"
"""What an input's ``action_id`` begins with; the field's name follows."""

_MAX_LABEL: Final = 200
_MAX_HINT: Final = 1000
_CLEARABLE_KINDS: Final = frozenset({"text", "topics"})
"""What may be emptied; a time, a number or a choice that was there can be changed only."""
_PREVIEWED_KINDS: Final = frozenset({"text", "time", "days", "choice", "zone"})
"""What changes when and what is sent; the form is asked anew when one of these is changed."""


def build_input(field: Field) -> Block:
    """Return *field* as an input; what can't be shown whole could not be saved whole, so check `fits_input` before."""
    input_element = {**build_element(field), "action_id": f"{FIELD_ACTION_PREFIX}{field.name}"}
    if field.kind == "flag":
        # Its label is beside the box, and an input would call it optional.
        return build_actions([input_element], block_id=field.name)
    block: Block = {
        "type": "input",
        "block_id": field.name,
        "label": build_plain_text(field.label or field.name, _MAX_LABEL),
        "element": input_element,
        "optional": not (field.required or (field.value and field.kind not in _CLEARABLE_KINDS)),
        "dispatch_action": field.kind in _PREVIEWED_KINDS,
    }
    return {**block, "hint": build_plain_text(hint, _MAX_HINT)} if (hint := clean_text(_format_hint(field))) else block


def fits_input(field: Field) -> bool:
    """Tell whether an input holds the whole value."""
    return len(split_into_lines(field.value)) <= MAX_INPUT_LENGTH


def _format_hint(field: Field) -> str:
    """Return what helps to answer; how something is typed need not be told where it is chosen."""
    if field.kind in {"days", "choice", "topics"}:
        return ""
    if not field.hint and field.minimum is not None and field.maximum is not None:
        return f"{field.minimum} to {field.maximum}"
    return field.hint
