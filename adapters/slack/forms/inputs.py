"""Input elements of a modal: built from a field with what it holds, and read from view_submission state."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from adapters.common.text import clean_text
from adapters.slack.rendering.action_value import MAX_OPTION_VALUE
from adapters.slack.rendering.blocks import Block
from adapters.slack.rendering.buttons_and_menus import MAX_LABEL
from adapters.slack.rendering.mrkdwn import build_plain_text
from bot.cards.models import Field, FieldKind
from bot.domain.schedules import WEEKDAY_CODES, parse_weekdays, serialize_weekdays
from bot.i18n.formatting import WEEKDAY_NAMES

MAX_INPUT_LENGTH: Final = 3000
"""Characters that an input takes."""

_MAX_CHOICES: Final = 100
_MIN_QUERY_LENGTH: Final = 2
"""Letters from which on zones are suggested."""
_CLOCK: Final = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")


def build_element(field: Field) -> Block:
    """Return what *field* is answered in; one that has nothing to choose from is typed."""
    kind: FieldKind = "text" if field.kind == "choice" and not _build_choice_options(field) else field.kind
    return _ELEMENT_BUILDERS[kind](field)


def read_value(kind: str, state: Mapping[str, Any]) -> str:
    """Return what an input of Slack's type *kind* holds, "" when that is nothing."""
    if kind == "multi_static_select":
        return serialize_weekdays(parse_weekdays(" ".join(o["value"] for o in state.get("selected_options") or ())))
    if kind == "checkboxes":
        return "yes" if state.get("selected_options") else "no"
    if kind in {"static_select", "external_select"}:
        return str((state.get("selected_option") or {}).get("value", ""))
    text = str(state.get("selected_time" if kind == "timepicker" else "value") or "")
    return "; ".join(line.strip() for line in text.splitlines() if line.strip())


def build_option(value: str, label: str = "") -> Block:
    """Return a choice; *value* has at most 150 characters."""
    return {"text": build_plain_text(label or value, MAX_LABEL), "value": value}


def split_into_lines(value: str) -> str:
    """Return several values, each on a line."""
    return "\n".join(part.strip() for part in re.split(r"[\n;]", value) if part.strip())


def _include_if_set(name: str, value: Any) -> Block:
    return {name: value} if value else {}


def _build_text_input(field: Field) -> Block:
    entered = {"dispatch_action_config": {"trigger_actions_on": ["on_enter_pressed"]}}
    return {
        "type": "plain_text_input",
        "max_length": MAX_INPUT_LENGTH,
        **entered,
        **_include_if_set("initial_value", field.value),
    }


def _build_topics_input(field: Field) -> Block:
    multiline = {"type": "plain_text_input", "multiline": True, "max_length": MAX_INPUT_LENGTH}
    return {
        **multiline,
        "placeholder": build_plain_text("One a line", MAX_LABEL),
        **_include_if_set("initial_value", split_into_lines(field.value)),
    }


def _build_number_input(field: Field) -> Block:
    bounds = {"min_value": field.minimum, "max_value": field.maximum}
    limits = {name: str(bound) for name, bound in bounds.items() if bound is not None}
    # Slack refuses a modal whose number is out of its own bounds; the mistake is told in the hint.
    fine = re.fullmatch(r"-?\d{1,9}", field.value) and (
        (field.minimum is None or field.minimum <= int(field.value))
        and (field.maximum is None or int(field.value) <= field.maximum)
    )
    initial = {"initial_value": field.value} if fine else {}
    return {"type": "number_input", "is_decimal_allowed": False, **limits, **initial}


def _build_timepicker(field: Field) -> Block:
    match = _CLOCK.fullmatch(field.value.strip())
    return {"type": "timepicker", **_include_if_set("initial_time", match and f"{int(match[1]):02}:{match[2]}")}


def _build_weekday_select(field: Field) -> Block:
    options = [build_option(code, name) for code, name in zip(WEEKDAY_CODES, WEEKDAY_NAMES, strict=True)]
    initial = [options[day] for day in parse_weekdays(field.value)]
    return {
        "type": "multi_static_select",
        "options": options,
        **_include_if_set("initial_options", initial),
    }


def _build_choice_options(field: Field) -> dict[str, Block]:
    rows = {value: label for value, label in field.choices if value and len(value) <= MAX_OPTION_VALUE}
    return {value: build_option(value, label) for value, label in list(rows.items())[:_MAX_CHOICES]}


def _build_static_select(field: Field) -> Block:
    options = _build_choice_options(field)
    return {
        "type": "static_select",
        "options": list(options.values()),
        **_include_if_set("initial_option", options.get(field.value)),
    }


def _build_zone_select(field: Field) -> Block:
    known = clean_text(field.value) and len(field.value) <= MAX_OPTION_VALUE
    return {
        "type": "external_select",
        "min_query_length": _MIN_QUERY_LENGTH,
        "placeholder": build_plain_text("Type a city", MAX_LABEL),
        **_include_if_set("initial_option", build_option(field.value, field.value) if known else None),
    }


def _build_checkboxes(field: Field) -> Block:
    box = build_option("yes", field.label or field.name)
    if hint := clean_text(field.hint):
        box["description"] = build_plain_text(hint, MAX_LABEL)
    initial = [box] if field.is_checked else []
    return {"type": "checkboxes", "options": [box], **_include_if_set("initial_options", initial)}


_ELEMENT_BUILDERS: Final[dict[FieldKind, Callable[[Field], Block]]] = {
    "text": _build_text_input,
    "number": _build_number_input,
    "time": _build_timepicker,
    "days": _build_weekday_select,
    "choice": _build_static_select,
    "zone": _build_zone_select,
    "flag": _build_checkboxes,
    "topics": _build_topics_input,
}
