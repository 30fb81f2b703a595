"""The questions of a form as blocks: a label, an input, and what helps to answer."""

from __future__ import annotations

from typing import Final

from adapters.slack.blocks import Block, actions
from adapters.slack.inputs import TYPED, element, lines
from adapters.slack.text import clean, plain
from bot.cards import Field

ACTION: Final = "field:"
"""What an input's ``action_id`` begins with; the field's name follows."""

_LABEL: Final = 200
_HINT: Final = 1000
_CLEARED: Final = frozenset({"text", "topics"})
"""What may be emptied; a time, a number or a choice that was there can be changed only."""
_PREVIEWED: Final = frozenset({"text", "time", "days", "choice", "zone"})
"""What changes when and what is sent; the form is asked anew when one of these is changed."""


def shown(field: Field) -> Block:
    """Return *field* as an input; what can't be shown whole could not be saved whole, so check `fits` before."""
    asked = {**element(field), "action_id": f"{ACTION}{field.name}"}
    if field.kind == "flag":
        # Its label is beside the box, and an input would call it optional.
        return actions([asked], name=field.name)
    block: Block = {
        "type": "input",
        "block_id": field.name,
        "label": plain(field.label or field.name, _LABEL),
        "element": asked,
        "optional": not (field.required or (field.value and field.kind not in _CLEARED)),
        "dispatch_action": field.kind in _PREVIEWED,
    }
    return {**block, "hint": plain(hint, _HINT)} if (hint := clean(_hint(field))) else block


def fits(field: Field) -> bool:
    """Tell whether an input holds the whole value."""
    return len(lines(field.value)) <= TYPED


def _hint(field: Field) -> str:
    """Return what helps to answer; how something is typed need not be told where it is chosen."""
    if field.kind in {"days", "choice", "topics"}:
        return ""
    if not field.hint and field.least is not None and field.most is not None:
        return f"{field.least} to {field.most}"
    return field.hint
