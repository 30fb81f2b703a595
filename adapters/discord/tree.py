"""Discord's commands, made from the table: two groups with native options, and one on messages.

Limits: https://discord.com/developers/docs/interactions/application-commands#application-command-object
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Any, Final

from adapters.discord.options import BOOLEAN, CHANNEL, NOBODY, ROLE, Option, chosen, described, localized, options_of
from bot.language import phrase
from bot.ports.commands import Audience, Command, Commands

EVERYONE: Final = "papers"
MANAGERS: Final = "papers-setup"
MESSAGE: Final = phrase("Papers in this message")
MANAGE_CHANNELS: Final = 1 << 4

_HERE: Final[Mapping[str, str]] = {"where": "here"}
_WHOSE: Final = {"me", "here"}
"""What commands can be for that are for a person or for a channel, and what managers say by using theirs."""
_ITSELF: Final = "show"
"""The second word of a command whose name is a group's: Discord lets nothing be both."""
_SUBCOMMAND, _GROUP = 1, 2
_OPTION: Final = re.compile(r"(?<!\S)(?P<name>\w+):(?P<value>\S+)")
_MENU: Final = 32
"""Characters of the name of a command on messages."""
_ABOUT: Final = {
    EVERYONE: phrase("Read, search and follow research papers"),
    MANAGERS: phrase("The digest of this channel: time, topics, posts"),
    "digest": phrase("Start, stop or change the digest, or post one now"),
    "member": phrase("What members may do with Broadsheet here"),
    "me": phrase("What is stored about you"),
}
"""What the commands below a word are for."""

Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Tree:
    """What Discord shows. ``payload`` is what it is told, ``commands`` are ours by the words of theirs.

    ``fixed`` are arguments that the words themselves say; ``ids`` are Discord's of the first words, once it told them.
    """

    payload: Sequence[Option]
    commands: Mapping[Path, Command]
    fixed: Mapping[Path, Mapping[str, str]] = field(default_factory=dict)
    ids: dict[str, str] = field(default_factory=dict)

    @property
    def digest(self) -> str:
        """What tells one payload from another."""
        return sha256(json.dumps(self.payload, sort_keys=True).encode()).hexdigest()

    def native(self, line: str) -> str:
        """Write an example as it is typed here: "/papers search query:graphs sort:new"."""
        words = line.split()
        named = next(
            (each for size in (2, 1) for each in self.commands.values() if each.name == " ".join(words[:size])), None
        )
        if named is None:
            return f"/{EVERYONE} {line}"
        said = _filled(named, " ".join(words[len(named.name.split()) :]))
        return " ".join(part for part in (f"/{' '.join(self.path(named.name))}", said) if part)

    def mention(self, command: str) -> str:
        """Return markdown that puts a command into its reader's input by a click; "" where its id is not known.

        https://docs.discord.com/developers/reference#message-formatting.
        """
        path = self.path(command)
        return f"</{' '.join(path)}:{self.ids[path[0]]}>" if path and path[0] in self.ids else ""

    def path(self, command: str) -> Path:
        """Return the words of a command by our name for it; () when Discord does not have it."""
        return next((path for path, each in self.commands.items() if each.name == command), ())


def _filled(command: Command, rest: str) -> str:
    """Write what follows a command's name as its options are filled in here."""
    known = {each.name: each for each in command.parameters}
    main = next((each.name for each in command.parameters if each.rest), "")
    begun = rest.partition(":")[0] in known
    said = f"{main}:{rest}" if rest and main and not begun else rest

    def filled(found: re.Match[str]) -> str:
        named = known.get(found["name"])
        return f"{found['name']}:{chosen(named, found['value'])}" if named else found[0]

    return _OPTION.sub(filled, said)


def tree(table: Commands) -> Tree:
    """Return the commands of the table that Discord has."""
    shown = [each for each in table.all() if each.offered("discord")]
    groups = {each.name.split()[0] for each in shown if " " in each.name}
    found = {_path(each, groups): each for each in shown}
    theirs = _for_channels(found)
    every = {**found, **theirs}
    return Tree([_root(EVERYONE, every), _root(MANAGERS, every), _on_message()], every, dict.fromkeys(theirs, _HERE))


def _for_channels(found: Mapping[Path, Command]) -> dict[Path, Command]:
    """Return what people do for themselves or a channel as managers do it: for the channel.

    Only of the managers' group does Discord tell whom a server lets manage.
    """
    return {
        (MANAGERS, *path[1:]): replace(
            command,
            parameters=tuple(each for each in command.parameters if each.name not in _HERE),
            audience=Audience.MANAGERS,
        )
        for path, command in found.items()
        if any(each.name in _HERE and set(each.choices) == _WHOSE for each in command.parameters)
    }


def _path(command: Command, groups: set[str]) -> Path:
    words = command.name.split()
    root = EVERYONE if command.audience is Audience.EVERYONE else MANAGERS
    return (root, *words, *((_ITSELF,) if command.name in groups else ()))


def _root(name: str, found: Mapping[Path, Command]) -> Option:
    """Return one of the two groups; the managers' is hidden from others, and exists in servers only."""
    payload = {"type": 1, "name": name, **described(_ABOUT[name]), "options": _branches(name, found)}
    if name == MANAGERS:
        rights = {"default_member_permissions": MANAGE_CHANNELS}
        return {**payload, **rights, "contexts": [0], "integration_types": [0]}
    return {**payload, "contexts": [0, 1, 2], "integration_types": [0, 1]}


def _branches(root: str, found: Mapping[Path, Command]) -> list[Option]:
    inside: defaultdict[str, list[Option]] = defaultdict(list)
    flat: list[Option] = []
    for path, command in found.items():
        if path[0] != root:
            continue
        target = inside[path[1]] if len(path) > len((root, "name")) else flat
        target.append(_subcommand(path[-1], command))
    groups = [
        {"type": _GROUP, "name": name, **described(_ABOUT.get(name, _ABOUT[root])), "options": options}
        for name, options in inside.items()
    ]
    return [*flat, *groups]


def _subcommand(name: str, command: Command) -> Option:
    options = options_of(command)
    summary = {"type": _SUBCOMMAND, "name": name, **described(command.summary)}
    return {**summary, "options": options} if options else summary


def _on_message() -> Option:
    return {
        "type": 3,
        "name": MESSAGE,
        "name_localizations": localized(MESSAGE, _MENU),
        "contexts": [0, 1, 2],
        "integration_types": [0, 1],
    }


def words(data: Mapping[str, Any]) -> Path:
    """Return the words of the command that an interaction names, as `Tree.commands` has them."""
    path, options = [str(data["name"])], data.get("options") or []
    while options and options[0]["type"] in (_SUBCOMMAND, _GROUP):
        path.append(str(options[0]["name"]))
        options = options[0].get("options") or []
    return tuple(path)


def options(data: Mapping[str, Any]) -> list[Option]:
    """Return the options of an interaction's command, the innermost."""
    found: list[Option] = list(data.get("options") or [])
    while found and found[0]["type"] in (_SUBCOMMAND, _GROUP):
        found = list(found[0].get("options") or [])
    return found


def arguments(data: Mapping[str, Any], command: Command) -> dict[str, str]:
    """Return what was filled in, as somebody would type it; the channel that is meant is no argument."""
    given = options(data)
    known = {parameter.name for parameter in command.parameters}
    said = {str(option["name"]): _typed(option) for option in given if option["name"] in known}
    nobody = ROLE in known and any(option["name"] == NOBODY and option.get("value") for option in given)
    return {**said, ROLE: "none"} if nobody else said


def elsewhere(data: Mapping[str, Any], command: Command) -> Mapping[str, Any] | None:
    """Return the channel that is meant, as the interaction describes it with the asker's rights there, or None."""
    if command.audience is not Audience.MANAGERS or any(each.name == CHANNEL for each in command.parameters):
        return None
    chosen = next((str(option["value"]) for option in options(data) if option["name"] == CHANNEL), "")
    channels: Mapping[str, Mapping[str, Any]] = (data.get("resolved") or {}).get("channels") or {}
    return channels.get(chosen)


def _typed(option: Option) -> str:
    value = option.get("value", "")
    if option["type"] == BOOLEAN:
        return "yes" if value else "no"
    return str(value)
