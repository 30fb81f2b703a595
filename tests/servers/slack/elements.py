"""What Slack accepts in buttons, menus and inputs.

Sources: https://docs.slack.dev/reference/block-kit/block-elements and …/composition-objects.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from tests.servers.slack.reading import options

SELECTS: Final = {
    f"{many}{kind}_select"
    for many in ("", "multi_")
    for kind in ("static", "external", "users", "conversations", "channels")
}
PICKERS: Final = {"datepicker", "timepicker", "datetimepicker", "checkboxes", "radio_buttons"}
TYPED: Final = {"plain_text_input", "number_input", "email_text_input", "url_text_input", "rich_text_input"}
ACTIONS: Final = SELECTS | PICKERS | {"button", "overflow", "workflow_button"}
INPUTS: Final = SELECTS | PICKERS | TYPED | {"file_input"}
ACCESSORIES: Final = ACTIONS | {"image"}

_MOST_OPTIONS: Final = {"overflow": 5, "checkboxes": 10, "radio_buttons": 10}
_FORMATS: Final = {
    "initial_time": re.compile(r"([01]\d|2[0-3]):[0-5]\d"),
    "initial_date": re.compile(r"\d{4}-\d\d-\d\d"),
}
_UNCHECKED: Final = ("checkboxes", "radio_buttons")
"""Their options may be formatted."""


def words(thing: Any, where: str, most: int, *, plain: bool = False) -> Iterator[str]:
    """Check a text object."""
    kinds = {"plain_text"} if plain else {"plain_text", "mrkdwn"}
    if not isinstance(thing, dict) or thing.get("type") not in kinds or not isinstance(thing.get("text"), str):
        yield f"must be a text object of {' or '.join(sorted(kinds))} [json-pointer:{where}]"
        return
    if not thing["text"]:
        yield f"must be more than 0 characters [json-pointer:{where}/text]"
    if len(thing["text"]) > most:
        yield f"must be less than {most + 1} characters [json-pointer:{where}/text]"


def element(thing: Any, where: str, allowed: set[str]) -> Iterator[str]:
    """Check an element that stands where those *allowed* may stand."""
    kind = thing.get("type") if isinstance(thing, dict) else None
    if kind not in allowed:
        yield f"unsupported type: {kind} [json-pointer:{where}/type]"
        return
    if kind == "image":
        yield from picture(thing, where)
    elif kind == "button":
        yield from _button(thing, where)
    elif kind in TYPED:
        yield from _typed(thing, where)
    else:
        yield from _menu(thing, where)
    if kind != "image":
        yield from _named(thing, where)


def picture(thing: dict[str, Any], where: str) -> Iterator[str]:
    """Check an image, block or element."""
    address = thing.get("image_url", "")
    if not isinstance(thing.get("alt_text"), str) or not thing["alt_text"]:
        yield f"missing required field: alt_text [json-pointer:{where}]"
    elif len(thing["alt_text"]) > 2000:
        yield f"must be less than 2001 characters [json-pointer:{where}/alt_text]"
    if not re.fullmatch(r"https://[^\s]{1,2990}", str(address)):
        yield f"invalid image_url: {str(address)[:60]} [json-pointer:{where}/image_url]"


def _named(thing: dict[str, Any], where: str) -> Iterator[str]:
    """Check what every interactive element may have."""
    if len(thing.get("action_id", "a")) not in range(1, 256):
        yield f"action_id must have 1 to 255 characters [json-pointer:{where}/action_id]"
    if "placeholder" in thing:
        yield from words(thing["placeholder"], f"{where}/placeholder", 150, plain=True)
    if "confirm" in thing:
        for name, most in {"title": 100, "text": 300, "confirm": 30, "deny": 30}.items():
            yield from words(thing["confirm"].get(name), f"{where}/confirm/{name}", most, plain=name != "text")


def _button(thing: dict[str, Any], where: str) -> Iterator[str]:
    yield from words(thing.get("text"), f"{where}/text", 75, plain=True)
    if len(thing.get("value", "")) > 2000:
        yield f"must be less than 2001 characters [json-pointer:{where}/value]"
    if not re.fullmatch(r"https?://[^\s]{1,2990}", thing.get("url", "https://x")):
        yield f"invalid url [json-pointer:{where}/url]"
    if thing.get("style", "primary") not in {"primary", "danger"}:
        yield f"must be a valid enum value [json-pointer:{where}/style]"
    if len(thing.get("accessibility_label", "")) > 75:
        yield f"must be less than 76 characters [json-pointer:{where}/accessibility_label]"


def _typed(thing: dict[str, Any], where: str) -> Iterator[str]:
    least, most = int(thing.get("min_length", 0)), int(thing.get("max_length", 3000))
    if not 0 <= least <= most <= 3000:
        yield f"min_length and max_length must fit 0 to 3000 [json-pointer:{where}]"
    if thing["type"] == "number_input" and not isinstance(thing.get("is_decimal_allowed"), bool):
        yield f"missing required field: is_decimal_allowed [json-pointer:{where}]"
    for name in ("initial_value", "min_value", "max_value"):
        if not isinstance(thing.get(name, ""), str):
            yield f"must be a string [json-pointer:{where}/{name}]"
    if len(str(thing.get("initial_value", ""))) > most:
        yield f"must be less than {most + 1} characters [json-pointer:{where}/initial_value]"


def _menu(thing: dict[str, Any], where: str) -> Iterator[str]:
    kind = thing["type"]
    for name, pattern in _FORMATS.items():
        if name in thing and not pattern.fullmatch(str(thing[name])):
            yield f"must have the format of a time or date [json-pointer:{where}/{name}]"
    if "static" in kind or kind in _MOST_OPTIONS:
        yield from _options(thing, where)
    if "external" in kind and int(thing.get("min_query_length", 3)) < 0:
        yield f"must be at least 0 [json-pointer:{where}/min_query_length]"


def _options(thing: dict[str, Any], where: str) -> Iterator[str]:
    """Check the choices of a menu and what is chosen already."""
    every, most = options(thing), _MOST_OPTIONS.get(thing["type"], 100)
    groups = thing.get("option_groups", ())
    for number, group in enumerate(groups):
        yield from words(group.get("label"), f"{where}/option_groups/{number}/label", 75, plain=True)
    longest = max((len(group["options"]) for group in groups), default=len(every))
    if not every or longest > most or len(groups) > 100:
        yield f"must have 1 to {most} options, has {longest} [json-pointer:{where}/options]"
    for number, one in enumerate(every):
        yield from option(one, f"{where}/options/{number}", plain=thing["type"] not in _UNCHECKED)
    values = [one.get("value") for one in every]
    if len(set(values)) < len(values):
        yield f"option values must be unique [json-pointer:{where}/options]"
    chosen = thing.get("initial_options", [thing["initial_option"]] if "initial_option" in thing else [])
    if any(one not in every for one in chosen) or thing.get("initial_options") == []:
        yield f"what is chosen must be among the options, exactly [json-pointer:{where}/initial_option]"


def option(one: dict[str, Any], where: str, *, plain: bool = True) -> Iterator[str]:
    """Check one choice: label and description of 75 characters, value of 150."""
    yield from words(one.get("text"), f"{where}/text", 75, plain=plain)
    if "description" in one:
        yield from words(one["description"], f"{where}/description", 75, plain=plain)
    if not isinstance(one.get("value"), str) or len(one["value"]) not in range(1, 151):
        yield f"must have 1 to 150 characters [json-pointer:{where}/value]"
