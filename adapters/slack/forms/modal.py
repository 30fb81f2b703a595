"""Input blocks: a form field with its label, element, hint and dispatch_action."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from adapters.common.text import clean_text
from adapters.slack.forms import inputs
from adapters.slack.forms.inputs import MAX_INPUT_LENGTH, build_element, split_into_lines
from adapters.slack.forms.private_metadata import PrivateMetadata
from adapters.slack.rendering.blocks import Block, build_actions, build_context_block, build_section
from adapters.slack.rendering.mrkdwn import build_plain_text, escape_mrkdwn
from bot.cards.models import Field, Form
from bot.i18n.formatting import format_list

FIELD_ACTION_PREFIX: Final = "field:"
"""What an input's ``action_id`` begins with; the field's name follows."""

_MAX_LABEL: Final = 200
_MAX_HINT: Final = 1000
_CLEARABLE_KINDS: Final = frozenset({"text", "topics"})
"""What may be emptied; a time, a number or a choice that was there can be changed only."""
_PREVIEWED_KINDS: Final = frozenset({"text", "time", "days", "choice", "zone"})
"""What changes when and what is sent; the form is asked anew when one of these is changed."""

FORM_CALLBACK_ID: Final = "form"
ADVANCED_ACTION_ID: Final = "advanced"
"""The ``action_id`` of the button that unfolds what is asked rarely."""
PREVIEW_BLOCK_ID: Final = "preview"
"""The ``block_id`` of what saving would do."""

_MAX_TITLE: Final = 24
_MAX_FIELDS: Final = 60
_MAX_LINES: Final = 10
_MAX_LINE_NAME: Final = 20
"""Characters of a preview line's beginning that still count as its name."""
_MAX_MISTAKE: Final = 2000


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


def build_modal(form: Form, metadata: PrivateMetadata, *, advanced: bool = False) -> Block:
    """Return *form* as a modal; fields beyond the usual ones are there when *advanced*, or when one has a mistake."""
    shows_advanced = advanced or any(each.advanced and each.mistake for each in form.fields)
    carried = replace(metadata, command=form.command, arguments=form.arguments, shows_advanced=shows_advanced)
    shown_fields = [each for each in form.fields if shows_advanced or not each.advanced]
    hidden_fields = [each for each in form.fields if each not in shown_fields]
    title = clean_text(form.title)
    blocks = [
        *([build_section(f"*{escape_mrkdwn(title, 300)}*")] if len(title) > _MAX_TITLE else []),
        *_render_mistakes(form),
        *(_build_field_block(each) for each in shown_fields[:_MAX_FIELDS]),
        *([_build_advanced_section(hidden_fields)] if hidden_fields else []),
        *_build_preview_blocks(form),
        *([build_context_block(escape_mrkdwn(form.note, 300))] if clean_text(form.note) else []),
    ]
    return {
        "type": "modal",
        "callback_id": FORM_CALLBACK_ID,
        "private_metadata": carried.pack(),
        "title": build_plain_text(title, _MAX_TITLE),
        "submit": build_plain_text(form.submit, _MAX_TITLE),
        "close": build_plain_text("Cancel", _MAX_TITLE),
        "blocks": blocks,
    }


def read_arguments(view: Mapping[str, Any]) -> dict[str, str]:
    """Return what was answered, by field, as a person would type it; *view* is the one that Slack sends.

    What was left empty is left out, unless emptiness says something. Folded fields were not asked.
    """
    answers: dict[str, str] = {}
    for name, states in view.get("state", {}).get("values", {}).items():
        for action, state in states.items():
            text = inputs.read_value(state.get("type", ""), state)
            if action.startswith(FIELD_ACTION_PREFIX) and (text or _is_meaningful_when_empty(state, name, view)):
                answers[name] = text
    return answers


def collect_errors(form: Form) -> dict[str, str]:
    """Return what is wrong, by block, for the answer to a submission."""
    return {each.name: clean_text(each.mistake)[:_MAX_MISTAKE] for each in form.fields if clean_text(each.mistake)}


def _is_meaningful_when_empty(state: Mapping[str, Any], name: str, view: Mapping[str, Any]) -> bool:
    """Tell whether an empty answer says something: no day, no topic."""
    if state.get("type") == "multi_static_select":
        return True
    blocks: Sequence[Block] = view.get("blocks") or ()
    return any(block.get("block_id") == name and block.get("element", {}).get("multiline") for block in blocks)


def _render_mistakes(form: Form) -> list[Block]:
    """Return what is wrong, by field; a modal that is opened can't mark a field by itself."""
    lines = [
        f"*{escape_mrkdwn(each.label, 60)}:* {escape_mrkdwn(each.mistake, 200)}"
        for each in form.fields
        if clean_text(each.mistake)
    ]
    return [build_section("\n".join(lines[:_MAX_LINES]))] if lines else []


def _build_field_block(field: Field) -> Block:
    """Return one question, or a line that says why it is not asked."""
    if fits_input(field):
        return build_input(field)
    return build_context_block(
        f"{escape_mrkdwn(field.label, 100)} is too long to be changed here; type it as a command."
    )


def _build_advanced_section(hidden_fields: Sequence[Field]) -> Block:
    labels = escape_mrkdwn(format_list([each.label.casefold() for each in hidden_fields]), 300)
    button = {"type": "button", "action_id": ADVANCED_ACTION_ID, "text": build_plain_text("Advanced", _MAX_TITLE)}
    return build_section(f"Also: {labels}", button, block_id=ADVANCED_ACTION_ID)


def _build_preview_blocks(form: Form) -> list[Block]:
    """Return what saving would do; a short beginning such as "Next:" stands out."""
    lines = [_format_preview_line(clean_text(line)) for line in form.preview[:_MAX_LINES] if clean_text(line)]
    if lines:
        return [build_section("\n".join(lines), block_id=PREVIEW_BLOCK_ID)]
    has_text_field = any(each.kind == "text" and not each.advanced for each in form.fields)
    return (
        [build_context_block("Press Enter after typing to see what this would do.", block_id=PREVIEW_BLOCK_ID)]
        if has_text_field
        else []
    )


def _format_preview_line(line: str) -> str:
    head, colon, rest = line.partition(": ")
    if colon and len(head) <= _MAX_LINE_NAME:
        return f"*{escape_mrkdwn(head, 2 * _MAX_LINE_NAME)}:* {escape_mrkdwn(rest, 200)}"
    return escape_mrkdwn(line, 280)
