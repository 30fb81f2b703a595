"""The questions of a form: which are chosen below the panel and which are typed, and what was answered.

Every answer is written as a person would type it. Components: https://docs.discord.com/developers/components/reference.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import Final

from adapters.discord.pad import ABOUT, MOST_ROWS, Component
from adapters.discord.text import clean, plain, size
from bot.cards import Field
from bot.language import gettext, phrase
from bot.wording import weekdays

TYPED: Final = 4000
"""Characters that an input of a modal takes."""
ROLE: Final = "mention"
"""The question that is answered with a role, from Discord's own list; empty is `NOBODY`."""
FORUM: Final = "into"
"""The question that is answered with a forum, from Discord's own list of channels."""
NOBODY: Final = "none"

_STRING, _ROLES, _CHANNELS = 3, 6, 8
_FORUMS: Final = (15,)
_PLACEHOLDER: Final = 150
_YES: Final = frozenset({"yes", "on", "true", "1"})
_DAYS: Final = {
    "mon": phrase("Monday"),
    "tue": phrase("Tuesday"),
    "wed": phrase("Wednesday"),
    "thu": phrase("Thursday"),
    "fri": phrase("Friday"),
    "sat": phrase("Saturday"),
    "sun": phrase("Sunday"),
}
_NAMES: Final = tuple(_DAYS)
_SETS: Final = {"weekdays": _NAMES[:5], "weekends": _NAMES[5:]}
_RANGE: Final = re.compile(r"\b([a-z]{3})[a-z]*\s*(?:-|–|to)\s*([a-z]{3})[a-z]*")


def is_chosen(field: Field) -> bool:
    """Tell whether *field* has a list of its own; flags share theirs."""
    return field.kind == "days" or field.name in {ROLE, FORUM} or (field.kind == "choice" and bool(_options(field)))


def is_typed(field: Field) -> bool:
    """Tell whether *field* is typed into a modal."""
    return not is_chosen(field) and field.kind != "flag"


def fits(field: Field) -> bool:
    """Tell whether an input holds the whole value; what can't be shown whole could not be saved whole."""
    return size(field.value) <= TYPED


def select(field: Field, custom_id: str) -> Component:
    """Return the list of a field that `is_chosen`."""
    if field.name == ROLE:
        shown = gettext("{question}: nobody", question=field.label)
        return _native(field, custom_id, shown, "role", {"type": _ROLES})
    if field.name == FORUM:
        shown = gettext("{question}: a thread of its own", question=field.label)
        return _native(field, custom_id, shown, "channel", {"type": _CHANNELS, "channel_types": list(_FORUMS)})
    if field.kind == "days":
        now = days(field.value)
        options = [_option(day, gettext(name), default=day in now) for day, name in _DAYS.items()]
        return _list(field.label, custom_id, options, least=0, most=len(options))
    return _list(field.label, custom_id, _options(field))


def ticks(fields: Sequence[Field], custom_id: str) -> Component:
    """Return the one list of all flags; those that are on are chosen."""
    options = [
        _option(each.name, each.label, about=each.hint, default=each.value.casefold() in _YES) for each in fields
    ]
    return _list(gettext("Also"), custom_id, options, least=0, most=len(options))


def picked(name: str, kind: str, values: Sequence[str]) -> str:
    """Return what was chosen for a field; *values* are as Discord sends them."""
    if name in {ROLE, FORUM}:
        return values[0] if values else NOBODY
    return written(values) if kind == "days" else "".join(values[:1])


def days(value: str) -> list[str]:
    """Read weekdays as settings write them: "weekdays", "mon-fri", "mon wed fri"."""
    text = value.casefold().strip()
    if text in {"daily", "every day", "everyday"}:
        return list(_NAMES)
    if found := _SETS.get(text):
        return list(found)
    named = {word[:3] for word in re.findall(r"[a-z]+", text)}
    for first, last in _RANGE.findall(text):
        if {first, last} <= _DAYS.keys():
            start, end = _NAMES.index(first), _NAMES.index(last)
            named |= {_NAMES[(start + n) % 7] for n in range((end - start) % 7 + 1)}
    return [day for day in _NAMES if day in named]


def named(value: str) -> str:
    """Write weekdays for people: "weekdays", "Monday and Wednesday"."""
    chosen = days(value)
    return weekdays([_NAMES.index(day) for day in chosen]) if chosen else ""


def written(days: Collection[str]) -> str:
    """Write weekdays as settings do: "weekdays", "mon wed fri"."""
    ticked = tuple(day for day in _NAMES if day in days)
    return next((name for name, named in _SETS.items() if named == ticked), " ".join(ticked))


def _native(field: Field, custom_id: str, shown: str, what: str, kind: Component) -> Component:
    """Return a list that Discord fills itself."""
    chosen = [{"id": field.value, "type": what}] if re.fullmatch(r"\d{15,20}", field.value, re.ASCII) else []
    select = {**kind, "custom_id": custom_id, "placeholder": plain(shown, _PLACEHOLDER)}
    select |= {"min_values": 0, "max_values": 1}
    return {**select, "default_values": chosen} if chosen else select


def _options(field: Field) -> list[Component]:
    fine = {value: label for value, label in field.choices if 0 < size(value) <= ABOUT and value == clean(value)}
    return [
        _option(value, label or value, default=value == field.value) for value, label in list(fine.items())[:MOST_ROWS]
    ]


def _option(value: str, label: str, *, about: str = "", default: bool = False) -> Component:
    option: Component = {"label": plain(label, ABOUT), "value": value, "default": default}
    return {**option, "description": plain(about, ABOUT)} if clean(about) else option


def _list(label: str, custom_id: str, options: list[Component], *, least: int = 1, most: int = 1) -> Component:
    return {
        "type": _STRING,
        "custom_id": custom_id,
        "placeholder": plain(label, _PLACEHOLDER),
        "options": options,
        "min_values": least,
        "max_values": most,
    }
