"""Autocomplete of a typed command line: command names, then parameter values and options."""

from __future__ import annotations

import logging
import re
from collections.abc import Collection, Sequence
from typing import Final

from bot.commands.answers import COMMAND_PREFIX
from bot.commands.parsing.line_parser import ALIASES, find_parameter, normalize_line, split_command_name
from bot.errors import BroadsheetError, Mistake
from bot.ports.commands import Command, Completion, Parameter, Request, Suggestion
from bot.ports.features import Feature

log = logging.getLogger(__name__)

MAX_COMPLETIONS: Final = 25
"""Rows of values; of commands all are shown."""
_MAX_VALUES: Final = 10
"""Rows of values where options stand below them."""

_LAST_WORD: Final = re.compile(r'(?:(?P<name>[A-Za-z]\w*)[:=])?(?P<value>"[^"]*"?|\S*)$')


async def complete_line(
    line: str, request: Request, commands: Sequence[Command], features: Collection[Feature] = ()
) -> tuple[Completion, ...]:
    """Return the completions of *line*, best first, on a platform of these *features*."""
    try:
        typed = normalize_line(line)
    except Mistake:
        return ()
    name, rest = split_command_name(typed, [command.name for command in commands])
    exact = next((command for command in commands if command.name == name), None)
    if exact and (rest or line[-1:].isspace()):
        return await _complete_parameters(exact, rest, request, features)
    return _complete_command_names(typed.casefold(), commands)


def _complete_command_names(typed: str, commands: Sequence[Command]) -> tuple[Completion, ...]:
    """Return the commands whose name begins with what is typed, then those that hold it or go by such an alias."""
    alias_targets = {
        target.partition(" ")[0] if target not in ALIASES else target
        for alias, target in ALIASES.items()
        if alias == typed
    }
    prefix_matches = [command for command in commands if command.name.startswith(typed)]
    inside = [
        command
        for command in commands
        if command not in prefix_matches and (typed in command.name or command.name in alias_targets)
    ]
    return tuple(_build_command_completion(command) for command in [*prefix_matches, *inside])


def _build_command_completion(command: Command) -> Completion:
    details = [(parameter.name, parameter.summary) for parameter in command.parameters]
    example = [("example", command.example)] if command.example else []
    return Completion(f"{COMMAND_PREFIX} {command.name} ", command.usage, command.summary, (*details, *example))


async def _complete_parameters(
    command: Command, rest: str, request: Request, features: Collection[Feature]
) -> tuple[Completion, ...]:
    last = _LAST_WORD.search(rest)
    option = find_parameter(last["name"], command.parameters) if last else None
    if last and option:
        suggestions = await _suggest_values(option, last["value"].strip('"'), request)
        head = f"{COMMAND_PREFIX} {command.name} {rest[: last.start()]}{option.name}:"
        return tuple(_build_value_completion(head, option, suggestion) for suggestion in suggestions)
    main = next((parameter for parameter in command.parameters if parameter.takes_rest), None)
    suggestions = await _suggest_values(main, rest, request) if main else ()
    values = [
        _build_value_completion(f"{COMMAND_PREFIX} {command.name} ", main, suggestion)
        for suggestion in suggestions
        if main
    ]
    return tuple(
        [*values[:_MAX_VALUES], *_complete_options(command, rest, last["value"] if last else "", features)][
            :MAX_COMPLETIONS
        ]
    )


def _complete_options(command: Command, rest: str, word: str, features: Collection[Feature]) -> list[Completion]:
    """Return the options that are not there yet and begin with the word being typed."""
    head = f"{COMMAND_PREFIX} {command.name} {rest.removesuffix(word)}"
    return [
        Completion(
            f"{head}{parameter.name}:", f"{parameter.name}:", parameter.summary, _build_example_details(parameter)
        )
        for parameter in command.parameters
        if not parameter.takes_rest
        and parameter.is_offered(features)
        and f"{parameter.name}:" not in rest.casefold()
        and parameter.name.startswith(word.casefold())
    ]


async def _suggest_values(parameter: Parameter, prefix: str, request: Request) -> Sequence[Suggestion]:
    """Return what a parameter could be; nothing when the store can't say."""
    choices = [Suggestion(value) for value in parameter.choices if value.startswith(prefix.casefold())]
    if parameter.suggest is None:
        return choices
    try:
        return [*choices, *await parameter.suggest(prefix, request)][:MAX_COMPLETIONS]
    except BroadsheetError as error:
        log.warning("No completions of %s: %s", parameter.name, type(error).__name__)
        return choices


def _build_value_completion(head: str, parameter: Parameter, suggestion: Suggestion) -> Completion:
    quoted = f'"{suggestion.value}"' if " " in suggestion.value and not parameter.takes_rest else suggestion.value
    return Completion(f"{head}{quoted}", suggestion.value, suggestion.label or parameter.summary)


def _build_example_details(parameter: Parameter) -> tuple[tuple[str, str], ...]:
    return (("example", f"{parameter.name}:{parameter.example}"),) if parameter.example else ()
