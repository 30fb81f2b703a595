"""What can be typed, chosen or ticked, and what was, as a person would type it.

Inputs: https://docs.slack.dev/reference/block-kit/block-elements; each is read back by the same kind that drew it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from adapters.slack.blocks import Block
from adapters.slack.buttons import LABEL
from adapters.slack.days import NAMES, chosen, written
from adapters.slack.presses import OPTION
from adapters.slack.text import clean, plain
from bot.cards import Field, FieldKind

TYPED: Final = 3000
"""Characters that an input takes."""

_MOST_CHOICES: Final = 100
_QUERY: Final = 2
"""Letters from which on zones are suggested."""
_CLOCK: Final = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")
_YES: Final = frozenset({"yes", "on", "true", "1"})


def element(field: Field) -> Block:
    """Return what *field* is answered in; one that has nothing to choose from is typed."""
    kind: FieldKind = "text" if field.kind == "choice" and not _choices(field) else field.kind
    return _DRAWN[kind](field)


def answer(kind: str, state: Mapping[str, Any]) -> str:
    """Return what an input of Slack's type *kind* holds, "" when that is nothing."""
    if kind == "multi_static_select":
        return written([option["value"] for option in state.get("selected_options") or ()])
    if kind == "checkboxes":
        return "yes" if state.get("selected_options") else "no"
    if kind in {"static_select", "external_select"}:
        return str((state.get("selected_option") or {}).get("value", ""))
    text = str(state.get("selected_time" if kind == "timepicker" else "value") or "")
    return "; ".join(line.strip() for line in text.splitlines() if line.strip())


def option(value: str, label: str = "") -> Block:
    """Return a choice; *value* has at most 150 characters."""
    return {"text": plain(label or value, LABEL), "value": value}


def lines(value: str) -> str:
    """Return several values, each on a line."""
    return "\n".join(part.strip() for part in re.split(r"[\n;]", value) if part.strip())


def _given(name: str, value: Any) -> Block:
    return {name: value} if value else {}


def _text(field: Field) -> Block:
    entered = {"dispatch_action_config": {"trigger_actions_on": ["on_enter_pressed"]}}
    return {"type": "plain_text_input", "max_length": TYPED, **entered, **_given("initial_value", field.value)}


def _topics(field: Field) -> Block:
    multiline = {"type": "plain_text_input", "multiline": True, "max_length": TYPED}
    return {**multiline, "placeholder": plain("One a line", LABEL), **_given("initial_value", lines(field.value))}


def _number(field: Field) -> Block:
    bounds = {"min_value": field.least, "max_value": field.most}
    limits = {name: str(bound) for name, bound in bounds.items() if bound is not None}
    # Slack refuses a window whose number is out of its own bounds; the mistake is told in the hint.
    fine = re.fullmatch(r"-?\d{1,9}", field.value) and (
        (field.least is None or field.least <= int(field.value))
        and (field.most is None or int(field.value) <= field.most)
    )
    initial = {"initial_value": field.value} if fine else {}
    return {"type": "number_input", "is_decimal_allowed": False, **limits, **initial}


def _time(field: Field) -> Block:
    match = _CLOCK.fullmatch(field.value.strip())
    return {"type": "timepicker", **_given("initial_time", match and f"{int(match[1]):02}:{match[2]}")}


def _weekdays(field: Field) -> Block:
    options = {day: option(day, name) for day, name in NAMES.items()}
    initial = [options[day] for day in chosen(field.value)]
    return {"type": "multi_static_select", "options": list(options.values()), **_given("initial_options", initial)}


def _choices(field: Field) -> dict[str, Block]:
    rows = {value: label for value, label in field.choices if value and len(value) <= OPTION}
    return {value: option(value, label) for value, label in list(rows.items())[:_MOST_CHOICES]}


def _choice(field: Field) -> Block:
    options = _choices(field)
    return {
        "type": "static_select",
        "options": list(options.values()),
        **_given("initial_option", options.get(field.value)),
    }


def _zone(field: Field) -> Block:
    known = clean(field.value) and len(field.value) <= OPTION
    return {
        "type": "external_select",
        "min_query_length": _QUERY,
        "placeholder": plain("Type a city", LABEL),
        **_given("initial_option", option(field.value, field.value) if known else None),
    }


def _flag(field: Field) -> Block:
    box = option("yes", field.label or field.name)
    if hint := clean(field.hint):
        box["description"] = plain(hint, LABEL)
    initial = [box] if field.value.casefold() in _YES else []
    return {"type": "checkboxes", "options": [box], **_given("initial_options", initial)}


_DRAWN: Final[dict[FieldKind, Callable[[Field], Block]]] = {
    "text": _text,
    "number": _number,
    "time": _time,
    "days": _weekdays,
    "choice": _choice,
    "zone": _zone,
    "flag": _flag,
    "topics": _topics,
}
