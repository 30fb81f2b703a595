"""Form fields as Discord selects: string selects, role select, forum channel select, and the values chosen in them.

Every answer is written as a person would type it. Components: https://docs.discord.com/developers/components/reference.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from adapters.common.text import clean_text, count_utf16_units
from adapters.discord.rendering.buttons_and_selects import MAX_OPTION_TEXT, MAX_OPTIONS, Component
from adapters.discord.rendering.markdown import fit_plain_text
from bot.cards.models import Field
from bot.domain.schedules import WEEKDAY_CODES, parse_weekdays, serialize_weekdays
from bot.i18n.formatting import WEEKDAY_NAMES, format_weekdays
from bot.i18n.translation import gettext

MAX_INPUT_LENGTH: Final = 4000
"""Characters that an input of a modal takes."""
_STRING_SELECT, _ROLE_SELECT, _CHANNEL_SELECT = 3, 6, 8
_NOTHING_CHOSEN: Final = "none"
"""What an empty list says that Discord fills itself."""
_FORUM_CHANNEL_TYPES: Final = (15,)
_MAX_PLACEHOLDER: Final = 150


def has_select(field: Field) -> bool:
    """Tell whether *field* has a list of its own; flags share theirs."""
    return (
        field.kind == "days"
        or field.entity in {"role", "forum"}
        or (field.kind == "choice" and bool(_build_options(field)))
    )


def is_text_input(field: Field) -> bool:
    """Tell whether *field* is typed into a modal."""
    return not has_select(field) and field.kind != "flag"


def fits_input(field: Field) -> bool:
    """Tell whether an input holds the whole value; what can't be shown whole could not be saved whole."""
    return count_utf16_units(field.value) <= MAX_INPUT_LENGTH


def build_field_select(field: Field, custom_id: str) -> Component:
    """Return the list of a field that `has_select`."""
    if field.entity == "role":
        placeholder = gettext("{question}: nobody", question=field.label)
        return _build_auto_populated_select(field, custom_id, placeholder, "role", {"type": _ROLE_SELECT})
    if field.entity == "forum":
        placeholder = gettext("{question}: a thread of its own", question=field.label)
        return _build_auto_populated_select(
            field,
            custom_id,
            placeholder,
            "channel",
            {"type": _CHANNEL_SELECT, "channel_types": list(_FORUM_CHANNEL_TYPES)},
        )
    if field.kind == "days":
        selected_days = parse_weekdays(field.value)
        options = [
            _build_option(code, gettext(WEEKDAY_NAMES[day]), default=day in selected_days)
            for day, code in enumerate(WEEKDAY_CODES)
        ]
        return _build_string_select(field.label, custom_id, options, min_values=0, max_values=len(options))
    return _build_string_select(field.label, custom_id, _build_options(field))


def build_flag_select(flags: Sequence[Field], custom_id: str) -> Component:
    """Return the one list of all flags; those that are on are chosen."""
    options = [_build_option(each.name, each.label, description=each.hint, default=each.is_checked) for each in flags]
    return _build_string_select(gettext("Also"), custom_id, options, min_values=0, max_values=len(options))


def read_selection(kind: str, component_type: int, values: Sequence[str]) -> str:
    """Return what was chosen for a field of a kind in a component; *values* are as Discord sends them."""
    if component_type in {_ROLE_SELECT, _CHANNEL_SELECT}:
        return values[0] if values else _NOTHING_CHOSEN
    return serialize_weekdays(parse_weekdays(" ".join(values))) if kind == "days" else "".join(values[:1])


def format_day_names(value: str) -> str:
    """Write weekdays for people: "weekdays", "Monday and Wednesday"."""
    days = parse_weekdays(value)
    return format_weekdays(days) if days else ""


def _build_auto_populated_select(
    field: Field, custom_id: str, placeholder: str, value_type: str, kind: Component
) -> Component:
    """Return a list that Discord fills itself."""
    chosen = [{"id": field.value, "type": value_type}] if re.fullmatch(r"\d{15,20}", field.value, re.ASCII) else []
    select = {**kind, "custom_id": custom_id, "placeholder": fit_plain_text(placeholder, _MAX_PLACEHOLDER)}
    select |= {"min_values": 0, "max_values": 1}
    return {**select, "default_values": chosen} if chosen else select


def _build_options(field: Field) -> list[Component]:
    allowed = {
        value: label
        for value, label in field.choices
        if 0 < count_utf16_units(value) <= MAX_OPTION_TEXT and value == clean_text(value)
    }
    return [
        _build_option(value, label or value, default=value == field.value)
        for value, label in list(allowed.items())[:MAX_OPTIONS]
    ]


def _build_option(value: str, label: str, *, description: str = "", default: bool = False) -> Component:
    option: Component = {"label": fit_plain_text(label, MAX_OPTION_TEXT), "value": value, "default": default}
    return (
        {**option, "description": fit_plain_text(description, MAX_OPTION_TEXT)} if clean_text(description) else option
    )


def _build_string_select(
    label: str, custom_id: str, options: list[Component], *, min_values: int = 1, max_values: int = 1
) -> Component:
    return {
        "type": _STRING_SELECT,
        "custom_id": custom_id,
        "placeholder": fit_plain_text(label, _MAX_PLACEHOLDER),
        "options": options,
        "min_values": min_values,
        "max_values": max_values,
    }
