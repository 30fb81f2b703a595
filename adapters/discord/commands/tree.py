"""Application commands: the slash command tree and the message command, built from the command table.

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

from adapters.discord.commands.options import (
    BOOLEAN_OPTION,
    NO_ROLE,
    NOBODY,
    Option,
    build_description,
    build_options,
    format_chosen_value,
    get_channel_option_name,
    has_channel_option,
    localize_text,
)
from adapters.discord.features import FEATURES
from bot.i18n.translation import phrase
from bot.ports.commands import (
    FOR_CHANNEL,
    Audience,
    Command,
    Commands,
    Parameter,
    ParameterType,
    find_command,
    list_shortcuts,
)

EVERYONE_COMMAND: Final = "papers"
MANAGERS_COMMAND: Final = "papers-setup"
MANAGE_CHANNELS: Final = 1 << 4

_SHOW_SUBCOMMAND: Final = "show"
"""The second word of a command whose name is a group's: Discord lets nothing be both."""
_SUBCOMMAND, _SUBCOMMAND_GROUP = 1, 2
_OPTION_PATTERN: Final = re.compile(r"(?<!\S)(?P<name>\w+):(?P<value>\S+)")
_MAX_NAME_LENGTH: Final = 32
"""Characters of the name of a command on messages."""
_DESCRIPTIONS: Final = {
    EVERYONE_COMMAND: phrase("Read, search and follow research papers"),
    MANAGERS_COMMAND: phrase("The digest of this channel: time, topics, posts"),
}
"""What the commands below a first word are for."""

CommandPath = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CommandTree:
    """What Discord shows. ``payload`` is what it is told, ``commands`` are ours by the words of theirs.

    ``message_commands`` are those on a message, by Discord's names. ``fixed_arguments`` are arguments that the words
    themselves say; ``command_ids`` are Discord's of the first words, once it told them.
    """

    payload: Sequence[Option]
    commands: Mapping[CommandPath, Command]
    message_commands: Mapping[str, Command] = field(default_factory=dict)
    fixed_arguments: Mapping[CommandPath, Mapping[str, str]] = field(default_factory=dict)
    command_ids: dict[str, str] = field(default_factory=dict)

    @property
    def payload_hash(self) -> str:
        """What tells one payload from another."""
        return sha256(json.dumps(self.payload, sort_keys=True).encode()).hexdigest()

    def format_slash_command(self, command_line: str) -> str:
        """Write an example as it is typed here: "/papers search query:graphs sort:new"."""
        words = command_line.split()
        named = next(
            (each for size in (2, 1) if (each := find_command(self.commands.values(), " ".join(words[:size])))), None
        )
        if named is None:
            return f"/{EVERYONE_COMMAND} {command_line}"
        said = _format_options(named, " ".join(words[len(named.name.split()) :]))
        return " ".join(part for part in (f"/{' '.join(self.find_path(named.name))}", said) if part)

    def format_command_mention(self, command: str) -> str:
        """Return markdown that puts a command into its reader's input by a click; "" where its id is not known.

        https://docs.discord.com/developers/reference#message-formatting.
        """
        path = self.find_path(command)
        return f"</{' '.join(path)}:{self.command_ids[path[0]]}>" if path and path[0] in self.command_ids else ""

    def find_path(self, command: str) -> CommandPath:
        """Return the words of a command by our name for it; () when Discord does not have it."""
        return next((path for path, each in self.commands.items() if each.name == command), ())


def _format_options(command: Command, text: str) -> str:
    """Write what follows a command's name as its options are filled in here."""
    parameters = {each.name: each for each in command.parameters}
    main = next((each.name for each in command.parameters if each.takes_rest), "")
    begun = text.partition(":")[0] in parameters
    options_text = f"{main}:{text}" if text and main and not begun else text

    def format_option(match: re.Match[str]) -> str:
        parameter = parameters.get(match["name"])
        return f"{match['name']}:{format_chosen_value(parameter, match['value'])}" if parameter else match[0]

    return _OPTION_PATTERN.sub(format_option, options_text)


def build_command_tree(table: Commands) -> CommandTree:
    """Return the commands of the table that Discord has."""
    offered_commands = [each for each in table.list_commands() if each.is_offered(FEATURES)]
    groups = {each.name.split()[0] for each in offered_commands if " " in each.name}
    commands_by_path = {_build_path(each, groups): each for each in offered_commands}
    choosable = {
        (MANAGERS_COMMAND, *path[1:]): (command, parameter)
        for path, command in commands_by_path.items()
        if (parameter := command.find_parameter(ParameterType.PERSON_OR_CHANNEL))
    }
    every = {**commands_by_path, **{path: _copy_for_managers(*each) for path, each in choosable.items()}}
    shortcuts = list_shortcuts(table.list_commands(), FEATURES)
    return CommandTree(
        [
            _build_root_command(EVERYONE_COMMAND, every),
            _build_root_command(MANAGERS_COMMAND, every),
            *(_build_message_command(shortcut.title) for shortcut, _ in shortcuts),
        ],
        every,
        {shortcut.title: command for shortcut, command in shortcuts},
        {path: {parameter.name: FOR_CHANNEL} for path, (_, parameter) in choosable.items()},
    )


def _copy_for_managers(command: Command, choice: Parameter) -> Command:
    """Return what people do for themselves or a channel as managers do it: for the channel, without the *choice*.

    Only of the managers' group does Discord tell whom a server lets manage.
    """
    parameters = tuple(each for each in command.parameters if each is not choice)
    return replace(command, parameters=parameters, audience=Audience.MANAGERS)


def _build_path(command: Command, groups: set[str]) -> CommandPath:
    words = command.name.split()
    root = EVERYONE_COMMAND if command.audience is Audience.EVERYONE else MANAGERS_COMMAND
    return (root, *words, *((_SHOW_SUBCOMMAND,) if command.name in groups else ()))


def _build_root_command(name: str, commands: Mapping[CommandPath, Command]) -> Option:
    """Return one of the two groups; the managers' is hidden from others, and exists in servers only."""
    payload = {
        "type": 1,
        "name": name,
        **build_description(_DESCRIPTIONS[name]),
        "options": _build_group_options(name, commands),
    }
    if name == MANAGERS_COMMAND:
        rights = {"default_member_permissions": MANAGE_CHANNELS}
        return {**payload, **rights, "contexts": [0], "integration_types": [0]}
    return {**payload, "contexts": [0, 1, 2], "integration_types": [0, 1]}


def _build_group_options(root: str, commands: Mapping[CommandPath, Command]) -> list[Option]:
    inside: defaultdict[str, list[Option]] = defaultdict(list)
    summaries: dict[str, str] = {}
    flat: list[Option] = []
    for path, command in commands.items():
        if path[0] != root:
            continue
        target = inside[path[1]] if len(path) > len((root, "name")) else flat
        if command.group_summary:
            summaries.setdefault(path[1], command.group_summary)
        target.append(_build_subcommand(path[-1], command))
    groups = [
        {
            "type": _SUBCOMMAND_GROUP,
            "name": name,
            **build_description(summaries.get(name, _DESCRIPTIONS[root])),
            "options": options,
        }
        for name, options in inside.items()
    ]
    return [*flat, *groups]


def _build_subcommand(name: str, command: Command) -> Option:
    options = build_options(command)
    summary = {"type": _SUBCOMMAND, "name": name, **build_description(command.summary)}
    return {**summary, "options": options} if options else summary


def _build_message_command(title: str) -> Option:
    return {
        "type": 3,
        "name": title,
        "name_localizations": localize_text(title, _MAX_NAME_LENGTH),
        "contexts": [0, 1, 2],
        "integration_types": [0, 1],
    }


def get_command_path(data: Mapping[str, Any]) -> CommandPath:
    """Return the words of the command that an interaction names, as `CommandTree.commands` has them."""
    path, options = [str(data["name"])], data.get("options") or []
    while options and options[0]["type"] in (_SUBCOMMAND, _SUBCOMMAND_GROUP):
        path.append(str(options[0]["name"]))
        options = options[0].get("options") or []
    return tuple(path)


def get_options(data: Mapping[str, Any]) -> list[Option]:
    """Return the options of an interaction's command, the innermost."""
    found: list[Option] = list(data.get("options") or [])
    while found and found[0]["type"] in (_SUBCOMMAND, _SUBCOMMAND_GROUP):
        found = list(found[0].get("options") or [])
    return found


def get_arguments(data: Mapping[str, Any], command: Command) -> dict[str, str]:
    """Return what was filled in, as somebody would type it; the channel that is meant is no argument."""
    given = get_options(data)
    known = {parameter.name for parameter in command.parameters}
    said = {str(option["name"]): _format_option_value(option) for option in given if option["name"] in known}
    nobody = any(option["name"] == NOBODY and option.get("value") for option in given)
    roles = [each.name for each in command.parameters if each.type is ParameterType.ROLE]
    return {**said, **dict.fromkeys(roles, NO_ROLE)} if nobody else said


def find_channel_option(data: Mapping[str, Any], command: Command) -> Mapping[str, Any] | None:
    """Return the channel that is meant, as the interaction describes it with the asker's rights there, or None."""
    if not has_channel_option(command):
        return None
    channels: Mapping[str, Mapping[str, Any]] = (data.get("resolved") or {}).get("channels") or {}
    return channels.get(get_channel_id(data, command))


def get_channel_id(data: Mapping[str, Any], command: Command) -> str:
    """Return the id of the channel that was chosen for a command, "" when none was."""
    name = get_channel_option_name(command)
    return next((str(option["value"]) for option in get_options(data) if option["name"] == name), "")


def _format_option_value(option: Option) -> str:
    value = option.get("value", "")
    if option["type"] == BOOLEAN_OPTION:
        return "yes" if value else "no"
    return str(value)
