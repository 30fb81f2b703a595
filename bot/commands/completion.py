"""What could come next on a line that is being typed: names of commands, then values and options of the one named."""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence
from typing import Final

from bot.commands.reading import ALIASES, fold, name_of, named
from bot.commands.replies import PREFIX
from bot.errors import BroadsheetError, Mistake
from bot.ports.commands import Command, Completion, Parameter, Request, Suggestion

log = logging.getLogger(__name__)

MOST: Final = 25
"""Rows of values; of commands all are shown."""
_VALUES: Final = 10
"""Rows of values where options stand below them."""

_LAST: Final = re.compile(r'(?:(?P<name>[A-Za-z]\w*)[:=])?(?P<value>"[^"]*"?|\S*)$')


async def complete(line: str, request: Request, commands: Sequence[Command]) -> tuple[Completion, ...]:
    """Return the completions of *line*, best first."""
    try:
        typed = fold(line)
    except Mistake:
        return ()
    name, rest = name_of(typed, [command.name for command in commands])
    exact = next((command for command in commands if command.name == name), None)
    if exact and (rest or line[-1:].isspace()):
        return await _parameters(exact, rest, request)
    return _names(typed.casefold(), commands)


def _names(typed: str, commands: Sequence[Command]) -> tuple[Completion, ...]:
    """Return the commands whose name begins with what is typed, then those that hold it or go by such an alias."""
    meant = {
        target.partition(" ")[0] if target not in ALIASES else target
        for alias, target in ALIASES.items()
        if alias == typed
    }
    begun = [command for command in commands if command.name.startswith(typed)]
    inside = [
        command for command in commands if command not in begun and (typed in command.name or command.name in meant)
    ]
    return tuple(_row(command) for command in [*begun, *inside])


def _row(command: Command) -> Completion:
    details = [(parameter.name, parameter.summary) for parameter in command.parameters]
    example = [("example", command.example)] if command.example else []
    return Completion(f"{PREFIX} {command.name} ", command.usage, command.summary, (*details, *example))


async def _parameters(command: Command, rest: str, request: Request) -> tuple[Completion, ...]:
    last = _LAST.search(rest)
    option = named(last["name"], command.parameters) if last else None
    if last and option:
        found = await _values(option, last["value"].strip('"'), request)
        head = f"{PREFIX} {command.name} {rest[: last.start()]}{option.name}:"
        return tuple(_value(head, option, suggestion) for suggestion in found)
    main = next((parameter for parameter in command.parameters if parameter.rest), None)
    found = await _values(main, rest, request) if main else ()
    values = [_value(f"{PREFIX} {command.name} ", main, suggestion) for suggestion in found if main]
    return tuple([*values[:_VALUES], *_options(command, rest, last["value"] if last else "", request)][:MOST])


def _options(command: Command, rest: str, word: str, request: Request) -> list[Completion]:
    """Return the options that are not there yet and begin with the word being typed."""
    head = f"{PREFIX} {command.name} {rest.removesuffix(word)}"
    return [
        Completion(f"{head}{parameter.name}:", f"{parameter.name}:", parameter.summary, _example(parameter))
        for parameter in command.parameters
        if not parameter.rest
        and parameter.offered(request.channel.platform)
        and f"{parameter.name}:" not in rest.casefold()
        and parameter.name.startswith(word.casefold())
    ]


async def _values(parameter: Parameter, prefix: str, request: Request) -> Sequence[Suggestion]:
    """Return what a parameter could be; nothing when the store can't say."""
    choices = [Suggestion(value) for value in parameter.choices if value.startswith(prefix.casefold())]
    if parameter.suggest is None:
        return choices
    try:
        return [*choices, *await parameter.suggest(prefix, request)][:MOST]
    except BroadsheetError as error:
        log.warning("No completions of %s: %s", parameter.name, type(error).__name__)
        return choices


def _value(head: str, parameter: Parameter, suggestion: Suggestion) -> Completion:
    quoted = f'"{suggestion.value}"' if " " in suggestion.value and not parameter.rest else suggestion.value
    return Completion(f"{head}{quoted}", suggestion.value, suggestion.label or parameter.summary)


def _example(parameter: Parameter) -> tuple[tuple[str, str], ...]:
    return (("example", f"{parameter.name}:{parameter.example}"),) if parameter.example else ()
