"""What stands in the fields of a view, and what a person can put there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from tests.servers.slack.elements import INPUTS, TYPED
from tests.servers.slack.reading import label, options
from tests.servers.slack.things import Impossible, Json

_KEYS: Final = {
    **dict.fromkeys(TYPED, "value"),
    "datepicker": "selected_date",
    "timepicker": "selected_time",
    "datetimepicker": "selected_date_time",
    "radio_buttons": "selected_option",
    "checkboxes": "selected_options",
    "static_select": "selected_option",
    "external_select": "selected_option",
    "multi_static_select": "selected_options",
    "multi_external_select": "selected_options",
    "users_select": "selected_user",
    "multi_users_select": "selected_users",
    "conversations_select": "selected_conversation",
    "multi_conversations_select": "selected_conversations",
    "channels_select": "selected_channel",
    "multi_channels_select": "selected_channels",
}
"""Under which name each kind of element keeps what was put in."""


def fields(blocks: list[Json]) -> Iterator[tuple[Json, Json]]:
    """Yield every element that keeps a state, with its block."""
    for block in blocks:
        inside = [*block.get("elements", ()), block.get("accessory"), block.get("element")]
        yield from ((block, one) for one in inside if isinstance(one, dict) and one.get("type") in INPUTS)


def values(blocks: list[Json], before: Mapping[str, Mapping[str, Json]] | None = None) -> dict[str, dict[str, Json]]:
    """Return the state of *blocks*; what stood *before* in a field of the same two ids stays."""
    state: dict[str, dict[str, Json]] = {}
    for block, element in fields(blocks):
        kept = (before or {}).get(block["block_id"], {}).get(element["action_id"])
        same = kept is not None and kept["type"] == element["type"]
        state.setdefault(block["block_id"], {})[element["action_id"]] = kept if same and kept else _initial(element)
    return state


def put(element: Json, value: Any) -> Json:
    """Return an element's state after a person put *value* there.

    *value* is a text, a choice by value or by label, a list of choices, or the state as Slack writes it.
    """
    if isinstance(value, dict) and value.get("type") == element["type"]:
        return value
    key = _KEYS[element["type"]]
    if key == "selected_option":
        value = _choice(element, value) if value else None
    elif key == "selected_options":
        value = [_choice(element, one) for one in ([value] if isinstance(value, str | dict) else value or [])]
    elif key == "value":
        _typable(element, value := str(value) if value not in (None, "") else None)
    return {"type": element["type"], key: value}


def empty(state: Json) -> bool:
    """Tell whether nothing stands in a field."""
    return not any(value for name, value in state.items() if name != "type")


def _initial(element: Json) -> Json:
    key = _KEYS[element["type"]]
    value = element.get(key.replace("selected", "initial") if key != "value" else "initial_value")
    return {"type": element["type"], key: [] if value is None and key.endswith("s") else value}


def _choice(element: Json, wanted: Any) -> Json:
    """Find an option; an external menu takes what the app suggested."""
    if "external" in element["type"]:
        plain = {"type": "plain_text", "text": str(wanted)}
        return wanted if isinstance(wanted, dict) else {"text": plain, "value": str(wanted)}
    every = options(element)
    for one in every:
        if wanted in (one, one["value"], label(one)):
            return one
    raise Impossible(f"{wanted!r} is not among {[label(one) for one in every]}.")


def _typable(element: Json, text: str | None) -> None:
    """Refuse what Slack's own client would not let a person type."""
    if text is None:
        return
    if not int(element.get("min_length", 0)) <= len(text) <= int(element.get("max_length", 3000)):
        raise Impossible(f"Slack would not take {len(text)} characters in {element['action_id']}.")
    if element["type"] == "number_input":
        try:
            number = float(text)
        except ValueError:
            raise Impossible(f"{text!r} is no number.") from None
        whole = number.is_integer() or element["is_decimal_allowed"]
        least, most = float(element.get("min_value", "-inf")), float(element.get("max_value", "inf"))
        if not (whole and least <= number <= most):
            raise Impossible(f"Slack would not take {text} in {element['action_id']}.")
