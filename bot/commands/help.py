"""The help command: every command in groups, or one command with its parameters."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from functools import partial
from typing import Final

from bot.cards.models import Action, Card, Item
from bot.commands import pagination
from bot.commands.answers import COMMAND_PREFIX
from bot.commands.context import CommandContext
from bot.commands.parsing import parameter_types
from bot.commands.parsing.line_parser import split_command_name
from bot.errors import Mistake
from bot.i18n.formatting import end_sentence, format_command, join_sentences
from bot.i18n.translation import gettext, phrase
from bot.ports.commands import Answer, Audience, Command, Parameter, Request, Suggestion
from bot.ports.features import Feature

CommandGroups = Sequence[tuple[str, Sequence[Command]]]
_AUDIENCE_LABELS = {Audience.MANAGERS: phrase("for managers"), Audience.ADMINS: phrase("for admins")}
_EXAMPLE_COMMANDS = {
    "today": phrase("Today"),
    "new": phrase("New"),
    "follow": phrase("Follow"),
    "status": phrase("Status"),
}
"""Commands that need no argument and change nothing."""
HELP_COMMAND: Final = "help"
_PAGE_SIZE: Final = 12
"""Commands of a page; so many fit one message of every chat with what they do, in every language."""


def build_help_command(context: CommandContext, groups: CommandGroups) -> Command:
    """Return the help on *groups*, and on itself."""
    itself: list[Command] = []
    every = [*groups, (phrase("Help"), itself)]

    async def suggest(prefix: str, request: Request) -> Sequence[Suggestion]:
        names = [each.name for _, each in _list_offered(every, context.get_features(request.channel))]
        return [Suggestion(name) for name in names if name.startswith(prefix.casefold())]

    name_parameter = Parameter(
        "command",
        "A command’s name",
        parameter_types.read_text,
        example="search",
        takes_rest=True,
        suggest=suggest,
    )
    tells = partial(show_help, context, every)
    itself.append(
        Command(
            HELP_COMMAND,
            "What the commands do",
            tells,
            (name_parameter, parameter_types.PAGE),
            example="help search",
            reads_only=True,
        )
    )
    return itself[0]


async def show_help(
    context: CommandContext, groups: CommandGroups, request: Request, *, command: str = "", page: int = 1
) -> Answer:
    """Show all commands, a page of them, or one in full."""
    features = context.get_features(request.channel)
    offered = _list_offered(groups, features)
    if not command:
        return Answer(_build_commands_card(offered, page), pagination.choose_placement(request.arguments))
    every = {each.name: each for _, each in offered}
    name, rest = split_command_name(command.removeprefix(COMMAND_PREFIX).strip().removeprefix("/"), every)
    if rest or name not in every:
        near = parameter_types.find_nearest(command, every)
        raise _build_unknown_mistake(command[:60], near)
    return Answer(_build_command_card(every[name], features))


def _list_offered(groups: CommandGroups, features: Collection[Feature]) -> Sequence[tuple[str, Command]]:
    """Return what a platform of these *features* has, each command with its group."""
    return [(heading, each) for heading, part in groups for each in part if each.is_offered(features)]


def _build_unknown_mistake(word: str, near: str) -> Mistake:
    if near:
        return Mistake(
            gettext("“{word}” is not a command; did you mean “{name}”?", word=word, name=format_command(near)),
            f"help {near}",
        )
    return Mistake(gettext("“{word}” is not a command.", word=word), "help")


def _build_commands_card(offered: Sequence[tuple[str, Command]], page: int) -> Card:
    result_page = pagination.paginate(offered, page, _PAGE_SIZE)
    items = tuple(
        Item(
            title=_format_command(each),
            text=gettext(each.summary),
            notes=_format_audience(each),
            section=gettext(heading),
            actions=(_build_help_button(each),),
            command=each.name,
        )
        for heading, each in result_page.entries
    )
    tries = tuple(Action(gettext(label), name) for name, label in _EXAMPLE_COMMANDS.items())
    return Card(
        title=gettext("Commands"),
        text=gettext("Type a command. Answers are private until you share them."),
        folio=tuple(part for part in (result_page.span,) if part),
        items=items,
        actions=(*result_page.build_page_buttons("help", {}), *tries),
        footer=(gettext("“{command}” tells more of one command.", command=format_command("help search")),),
        fallback=gettext("Commands"),
    )


def _format_command(command: Command) -> str:
    """Return a command as it is typed; a chat that spells it its own way shows its options itself."""
    native = format_command(command.name)
    return command.usage if native == command.name else native


def _list_parameter_notes(command: Command, parameter: Parameter) -> Iterator[str]:
    """Yield what is to be known of a parameter; what does not apply is empty."""
    typed = partial(_format_value, command, parameter)
    yield gettext("needed") if parameter.required else ""
    choices = ", ".join(map(typed, parameter.choices))
    yield gettext("one of {choices}", choices=choices) if choices else ""
    yield gettext("such as {example}", example=typed(parameter.example)) if parameter.example else ""


def _format_value(command: Command, parameter: Parameter, value: str) -> str:
    """Return a value of a parameter as it is typed, or chosen, where somebody asks."""
    option = f"{parameter.name}:"
    return format_command(f"{command.name} {option}{value}").partition(option)[2]


def _format_audience(command: Command) -> tuple[str, ...]:
    return (gettext(_AUDIENCE_LABELS[command.audience]),) if command.audience in _AUDIENCE_LABELS else ()


def _build_help_button(command: Command) -> Action:
    return Action(gettext("Help"), "help", {"command": command.name}, command.name)


def _build_command_card(command: Command, features: Collection[Feature]) -> Card:
    items = tuple(
        Item(
            title=parameter.name,
            text=gettext(parameter.summary),
            notes=tuple(note for note in _list_parameter_notes(command, parameter) if note),
            section=gettext("Parameters"),
        )
        for parameter in command.parameters
        if parameter.is_offered(features)
    )
    tries = (Action(gettext("Try it"), command.name),) if command.name in _EXAMPLE_COMMANDS else ()
    return Card(
        title=_format_command(command),
        text=join_sentences(end_sentence(gettext(command.summary)), gettext(command.detail)),
        folio=_format_audience(command),
        items=items,
        actions=(*tries, Action(gettext("All commands"), "help")),
        example=command.example,
        command=command.name,
        fallback=gettext(command.summary),
    )
