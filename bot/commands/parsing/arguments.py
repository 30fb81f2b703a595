"""Command arguments: reads and validates each value of a Request, or raises a Mistake with an example."""

from __future__ import annotations

from typing import Any

from bot.commands.parsing.line_parser import MAX_LINE_LENGTH
from bot.errors import Mistake
from bot.i18n.formatting import format_command
from bot.i18n.translation import format_number, gettext, phrase
from bot.ports.commands import Command, Parameter, Request


def read_arguments(command: Command, request: Request) -> dict[str, Any]:
    """Read the arguments of a request; a mistake's example becomes a whole command.

    Raises `bot.errors.Mistake` for an unknown or missing argument and for a wrong value.
    """
    parameters = {parameter.name: parameter for parameter in command.parameters}
    example = command.example or command.name
    for name in request.arguments:
        if name not in parameters:
            raise Mistake(
                gettext(
                    "“{name}” is not something that “{command}” takes.",
                    name=name[:80],
                    command=format_command(command.name),
                ),
                example,
            )
    values: dict[str, Any] = {}
    for parameter in command.parameters:
        text = request.arguments.get(parameter.name, "").strip()
        if not text and parameter.required:
            raise Mistake(_describe_missing(command, parameter), example)
        if len(text) > MAX_LINE_LENGTH:
            raise Mistake(
                gettext(
                    "“{name}” takes at most {longest} characters.",
                    name=parameter.name,
                    longest=format_number(MAX_LINE_LENGTH),
                ),
                example,
            )
        if not text:
            continue
        try:
            values[parameter.name] = parameter.parse(text)
        except Mistake as error:
            raise Mistake(str(error), _build_corrected_example(command, parameter, error.example)) from error
    return values


def _build_corrected_example(command: Command, parameter: Parameter, value: str) -> str:
    """Return a whole command with a correct value of *parameter*."""
    if not value:
        return command.example or command.name
    if parameter.takes_rest:
        return f"{command.name} {value}"
    needed = [other.example for other in command.parameters if other.takes_rest and other.required]
    return " ".join([command.name, *needed, f"{parameter.name}:{value}"])


def _describe_missing(command: Command, parameter: Parameter) -> str:
    """Say that something is missing; only English has articles for the name of a parameter."""
    if parameter.name == "what":
        return gettext("“{name}” needs to know what.", name=format_command(command.name))
    vowel = parameter.name[0] in "aeiou"
    needs = phrase("“{name}” needs an {what}.") if vowel else phrase("“{name}” needs a {what}.")
    return gettext(needs, name=format_command(command.name), what=parameter.name)
