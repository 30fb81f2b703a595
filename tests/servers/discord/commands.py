"""The app's commands: what Discord accepts, and how a person's words become an interaction's data.

https://docs.discord.com/developers/interactions/application-commands
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from tests.servers.discord.rules import strangers
from tests.servers.discord.things import Impossible, Json

_NAME: Final = re.compile(r"[-_'\w]{1,32}")
_COMMAND: Final = {
    "type",
    "name",
    "name_localizations",
    "description",
    "description_localizations",
    "options",
    "default_member_permissions",
    "nsfw",
    "integration_types",
    "contexts",
    "dm_permission",
    "handler",
    "id",
}
_OPTION: Final = {
    "type",
    "name",
    "name_localizations",
    "description",
    "description_localizations",
    "required",
    "choices",
    "options",
    "channel_types",
    "min_value",
    "max_value",
    "min_length",
    "max_length",
    "autocomplete",
}
_TYPES: Final[dict[type, int]] = {bool: 5, int: 4, float: 10, str: 3}
_TEXTS: Final = {"name", "description", "value"}


def problems(body: Any) -> Iterator[str]:
    """Yield what Discord would refuse in the list of all commands."""
    if not isinstance(body, list):
        yield "the commands must be a list"
        return
    names = [(one.get("type", 1), one.get("name")) for one in body]
    yield from (f"there are two commands {name!r}" for name in {n for n in names if names.count(n) > 1})
    if sum(kind == 1 for kind, _ in names) > 100 or sum(kind == 3 for kind, _ in names) > 15:
        yield "there are more than 100 slash commands or 15 for messages"
    for one in body:
        yield from strangers(one, _COMMAND, f"{one.get('name')}: ")
        kind = one.get("type", 1)
        if kind == 1:
            yield from _named(one, str(one.get("name")))
            yield from _options(one, str(one.get("name")))
        elif any(not 1 <= len(name) <= 32 for name in _said(one, "name")) or one.get("description"):
            yield f"{one.get('name')}: a context menu command has 1 to 32 characters and no description"
        if (weight := _weight(one)) > 8000:
            yield f"{one.get('name')}: {weight} characters in all, 8000 are allowed"


def _said(one: Json, name: str) -> list[str]:
    """Return a text of a command in every language that it is told in."""
    return [str(one.get(name) or ""), *map(str, (one.get(f"{name}_localizations") or {}).values())]


def _named(one: Json, where: str) -> Iterator[str]:
    for name in _said(one, "name"):
        if not _NAME.fullmatch(name) or name != name.lower():
            yield f"{where}: {name!r} is no name: 1 to 32 small letters, digits, - and _"
    for text in _said(one, "description"):
        if not 1 <= len(text) <= 100:
            yield f"{where}: the description has {len(text)} characters, 1 to 100 are allowed"


def _options(one: Json, where: str) -> Iterator[str]:
    options = one.get("options") or []
    names, kinds = [option.get("name") for option in options], {option.get("type") in {1, 2} for option in options}
    if len(options) > 25:
        yield f"{where}: {len(options)} options, 25 are allowed"
    if len(set(names)) < len(names):
        yield f"{where}: two options have the same name"
    if len(kinds) > 1:
        yield f"{where}: subcommands can not stand beside options"
    required = [bool(option.get("required")) for option in options]
    if required != sorted(required, reverse=True):
        yield f"{where}: required options come first"
    for option in options:
        here = f"{where} {option.get('name')}"
        yield from strangers(option, _OPTION, f"{here}: ")
        yield from _named(option, here)
        yield from _choices(option, here)
        yield from _options(option, here)


def _choices(option: Json, where: str) -> Iterator[str]:
    choices = option.get("choices") or []
    if len(choices) > 25:
        yield f"{where}: {len(choices)} choices, 25 are allowed"
    if choices and option.get("autocomplete"):
        yield f"{where}: choices and autocomplete exclude each other"
    for one in choices:
        if any(not 1 <= len(name) <= 100 for name in _said(one, "name")) or not 1 <= len(str(one["value"])) <= 100:
            yield f"{where}: a choice has 1 to 100 characters"


def _weight(thing: Any) -> int:
    """Count the characters of names, descriptions and values; of a text in several languages the longest counts."""
    inside = [*(thing.get("options") or ()), *(thing.get("choices") or ())]
    own = sum(max(map(len, _said(thing, name))) for name in _TEXTS if isinstance(thing.get(name), str))
    return own + sum(_weight(one) for one in inside)


def chosen(commands: list[Json], words: str, given: Mapping[str, Any], focused: str = "") -> tuple[Json, Json]:
    """Return the command that a person typed and the data of its interaction.

    Where nothing was synced yet, options are of the types of their values.
    """
    root, *path = words.split()
    command = next((one for one in commands if one["type"] == 1 and one["name"] == root), None)
    if command is None and commands:
        raise Impossible(f"There is no command /{root}.")
    command = command or {"id": "700", "name": root, "type": 1}
    options, known = _filled(commands, command, path, given, focused)
    for depth, name in reversed(list(enumerate(path))):
        kind = 2 if len(path) == 2 and depth == 0 else 1
        options = [{"name": name, "type": kind, "options": options}]
    if known is None and commands:
        raise Impossible(f"There is no command /{words}.")
    return command, {"id": command["id"], "name": root, "type": 1, "options": options}


def _filled(
    commands: list[Json], command: Json, path: list[str], given: Mapping[str, Any], focused: str
) -> tuple[list[Json], Json | None]:
    """Return the options that were filled in, and the definition of the subcommand if there is one."""
    if not commands:
        guessed = [{"name": name, "type": _TYPES.get(type(value), 3)} for name, value in given.items()]
        return [_value(option, given, focused) for option in guessed], None
    place: Json | None = command
    for name in path:
        inside = (place or {}).get("options") or []
        place = next((one for one in inside if one["name"] == name and one["type"] in {1, 2}), None)
    known = {one["name"]: one for one in (place or {}).get("options") or [] if one["type"] not in {1, 2}}
    if unknown := given.keys() - known.keys():
        raise Impossible(f"There are no options {sorted(unknown)}, only {sorted(known)}.")
    missing = [name for name, one in known.items() if one.get("required") and name not in given and name != focused]
    if missing and not focused:
        raise Impossible(f"The options {missing} are required.")
    if place and any(one["type"] in {1, 2} for one in place.get("options") or []):
        return [], None
    return [_value(known[name], given, focused) for name in given], place


def _value(option: Json, given: Mapping[str, Any], focused: str) -> Json:
    """Return one option as an interaction carries it; Discord lets nobody send what its definition forbids."""
    name, value = option["name"], given[option["name"]]
    filled = {"name": name, "type": option["type"], "value": value}
    if focused:
        return filled | ({"focused": True} if name == focused else {})
    if choices := option.get("choices"):
        fitting = [one["value"] for one in choices if value in (one["value"], one["name"])]
        if not fitting:
            raise Impossible(f"{value!r} is not among {[one['name'] for one in choices]}.")
        return filled | {"value": fitting[0]}
    wanted: Any = {4: int, 5: bool, 10: (int, float)}.get(option["type"], str)
    if not isinstance(value, wanted):
        raise Impossible(f"{name} does not take {value!r}.")
    size = len(value) if isinstance(value, str) else value
    least, most = ("min_length", "max_length") if isinstance(value, str) else ("min_value", "max_value")
    if not option.get(least, size) <= size <= option.get(most, size):
        raise Impossible(f"{name} does not take {value!r}: it is out of bounds.")
    return filled
