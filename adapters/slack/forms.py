"""Forms as windows: what they ask, what was answered, what was wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from adapters.slack import fields, inputs
from adapters.slack.blocks import Block, context, section
from adapters.slack.origins import Origin
from adapters.slack.text import clean, inert, plain
from bot.cards import Field, Form
from bot.wording import listing

CALLBACK: Final = "form"
ADVANCED: Final = "advanced"
"""The ``action_id`` of the button that unfolds what is asked rarely."""
PREVIEW: Final = "preview"
"""The ``block_id`` of what saving would do."""

_TITLE: Final = 24
_MOST_FIELDS: Final = 60
_MOST_LINES: Final = 10
_HEAD: Final = 20
"""Characters of a preview line's beginning that still count as its name."""
_MISTAKE: Final = 2000


def view(form: Form, origin: Origin, *, advanced: bool = False) -> Block:
    """Return *form* as a window; fields beyond the usual ones are there when *advanced*, or when one has a mistake."""
    unfolded = advanced or any(each.advanced and each.mistake for each in form.fields)
    there = replace(origin, command=form.command, arguments=form.arguments, advanced=unfolded)
    asked = [each for each in form.fields if unfolded or not each.advanced]
    folded = [each for each in form.fields if each not in asked]
    title = clean(form.title)
    blocks = [
        *([section(f"*{inert(title, 300)}*")] if len(title) > _TITLE else []),
        *_mistakes(form),
        *(_row(each) for each in asked[:_MOST_FIELDS]),
        *([_fold(folded)] if folded else []),
        *_preview(form),
        *([context(inert(form.note, 300))] if clean(form.note) else []),
    ]
    return {
        "type": "modal",
        "callback_id": CALLBACK,
        "private_metadata": there.pack(),
        "title": plain(title, _TITLE),
        "submit": plain(form.submit, _TITLE),
        "close": plain("Cancel", _TITLE),
        "blocks": blocks,
    }


def arguments(view: Mapping[str, Any]) -> dict[str, str]:
    """Return what was answered, by field, as a person would type it; *view* is the one that Slack sends.

    What was left empty is left out, unless emptiness says something. Folded fields were not asked.
    """
    given: dict[str, str] = {}
    for name, states in view.get("state", {}).get("values", {}).items():
        for action, state in states.items():
            text = inputs.answer(state.get("type", ""), state)
            if action.startswith(fields.ACTION) and (text or _tells(state, name, view)):
                given[name] = text
    return given


def errors(form: Form) -> dict[str, str]:
    """Return what is wrong, by block, for the answer to a submission."""
    return {each.name: clean(each.mistake)[:_MISTAKE] for each in form.fields if clean(each.mistake)}


def _tells(state: Mapping[str, Any], name: str, view: Mapping[str, Any]) -> bool:
    """Tell whether an empty answer says something: no day, no topic."""
    if state.get("type") == "multi_static_select":
        return True
    blocks: Sequence[Block] = view.get("blocks") or ()
    return any(block.get("block_id") == name and block.get("element", {}).get("multiline") for block in blocks)


def _mistakes(form: Form) -> list[Block]:
    """Return what is wrong, by field; a window that is opened can't mark a field by itself."""
    lines = [f"*{inert(each.label, 60)}:* {inert(each.mistake, 200)}" for each in form.fields if clean(each.mistake)]
    return [section("\n".join(lines[:_MOST_LINES]))] if lines else []


def _row(each: Field) -> Block:
    """Return one question, or a line that says why it is not asked."""
    if fields.fits(each):
        return fields.shown(each)
    return context(f"{inert(each.label, 100)} is too long to be changed here; type it as a command.")


def _fold(folded: Sequence[Field]) -> Block:
    named = inert(listing([each.label.casefold() for each in folded]), 300)
    button = {"type": "button", "action_id": ADVANCED, "text": plain("Advanced", _TITLE)}
    return section(f"Also: {named}", button, name=ADVANCED)


def _preview(form: Form) -> list[Block]:
    """Return what saving would do; a short beginning such as "Next:" stands out."""
    said = [_line(clean(line)) for line in form.preview[:_MOST_LINES] if clean(line)]
    if said:
        return [section("\n".join(said), name=PREVIEW)]
    typed = any(each.kind == "text" and not each.advanced for each in form.fields)
    return [context("Press Enter after typing to see what this would do.", name=PREVIEW)] if typed else []


def _line(line: str) -> str:
    head, colon, rest = line.partition(": ")
    if colon and len(head) <= _HEAD:
        return f"*{inert(head, 2 * _HEAD)}:* {inert(rest, 200)}"
    return inert(line, 280)
