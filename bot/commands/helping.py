"""Help: every command in groups, or one in full."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Final

from bot import wording
from bot.cards import Action, Card, Item
from bot.commands import paging, parameters
from bot.commands.reading import name_of
from bot.commands.replies import PREFIX
from bot.errors import Mistake
from bot.language import ended, gettext, joined, phrase, spelled
from bot.ports.commands import Answer, Audience, Command, Parameter, Request, Suggestion

Groups = Sequence[tuple[str, Sequence[Command]]]
_FOR = {Audience.MANAGERS: phrase("for managers"), Audience.ADMINS: phrase("for admins")}
_TRY = {"today": phrase("Today"), "new": phrase("New"), "follow": phrase("Follow"), "status": phrase("Status")}
"""Commands that need no argument and change nothing."""
_PAGE: Final = 12
"""Commands of a page; so many fit one message of every chat with what they do, in every language."""


def command(groups: Groups) -> Command:
    """Return the help on *groups*, and on itself."""
    itself: list[Command] = []
    every = [*groups, (phrase("Help"), itself)]

    async def suggest(prefix: str, request: Request) -> Sequence[Suggestion]:
        names = [each.name for _, each in _offered(every, request)]
        return [Suggestion(name) for name in names if name.startswith(prefix.casefold())]

    about = Parameter("command", "A command’s name", parameters.plain, example="search", rest=True, suggest=suggest)
    tells = partial(tell, every)
    itself.append(Command("help", "What the commands do", tells, (about, parameters.PAGE), example="help search"))
    return itself[0]


async def tell(groups: Groups, request: Request, *, command: str = "", page: int = 1) -> Answer:
    """Show all commands, a page of them, or one in full."""
    offered = _offered(groups, request)
    if not command:
        return Answer(_all(offered, page), paging.placement(request.arguments))
    every = {each.name: each for _, each in offered}
    name, rest = name_of(command.removeprefix(PREFIX).strip().removeprefix("/"), every)
    if rest or name not in every:
        near = parameters.nearest(command, every)
        raise _unknown(command[:60], near)
    return Answer(_one(every[name], request))


def _offered(groups: Groups, request: Request) -> Sequence[tuple[str, Command]]:
    """Return what the platform has, each command with its group."""
    platform = request.channel.platform
    return [(heading, each) for heading, part in groups for each in part if each.offered(platform)]


def _unknown(word: str, near: str) -> Mistake:
    if near:
        return Mistake(
            gettext("“{word}” is not a command; did you mean “{name}”?", word=word, name=spelled(near)), f"help {near}"
        )
    return Mistake(gettext("“{word}” is not a command.", word=word), "help")


def _all(offered: Sequence[tuple[str, Command]], page: int) -> Card:
    leaf = paging.leaf(offered, page, _PAGE)
    items = tuple(
        Item(
            title=_called(each),
            text=gettext(each.summary),
            notes=_audience(each),
            section=gettext(heading),
            actions=(_more(each),),
        )
        for heading, each in leaf.things
    )
    tries = tuple(Action(gettext(label), name) for name, label in _TRY.items())
    return Card(
        title=gettext("Commands"),
        text=gettext("Type a command. Answers are private until you share them."),
        folio=tuple(part for part in (leaf.span,) if part),
        items=items,
        actions=(*leaf.turns("help", {}), *tries),
        footer=(gettext("“{command}” tells more of one command.", command=spelled("help search")),),
        fallback=gettext("Commands"),
    )


def _called(each: Command) -> str:
    """Return a command as it is typed; a chat that spells it its own way shows its options itself."""
    native = spelled(each.name)
    return each.usage if native == each.name else native


def _notes(each: Command, parameter: Parameter) -> Iterator[str]:
    """Yield what is to be known of a parameter; what does not apply is empty."""
    typed = partial(_typed, each, parameter)
    yield gettext("needed") if parameter.required else ""
    choices = ", ".join(map(typed, parameter.choices))
    yield gettext("one of {choices}", choices=choices) if choices else ""
    yield gettext("such as {example}", example=typed(parameter.example)) if parameter.example else ""


def _typed(each: Command, parameter: Parameter, value: str) -> str:
    """Return a value of a parameter as it is typed, or chosen, where somebody asks."""
    option = f"{parameter.name}:"
    return spelled(f"{each.name} {option}{value}").partition(option)[2]


def _audience(each: Command) -> tuple[str, ...]:
    return (gettext(_FOR[each.audience]),) if each.audience in _FOR else ()


def _more(each: Command) -> Action:
    return Action(gettext("Help"), "help", {"command": each.name}, each.name)


def _one(each: Command, request: Request) -> Card:
    items = tuple(
        Item(
            title=parameter.name,
            text=gettext(parameter.summary),
            notes=tuple(note for note in _notes(each, parameter) if note),
            section=gettext("Parameters"),
        )
        for parameter in each.parameters
        if parameter.offered(request.channel.platform)
    )
    tries = (Action(gettext("Try it"), each.name),) if each.name in _TRY else ()
    return Card(
        title=_called(each),
        text=joined(ended(gettext(each.summary)), gettext(each.detail)),
        folio=_audience(each),
        items=items,
        actions=(*tries, Action(gettext("All commands"), "help")),
        footer=wording.example(each.example),
        fallback=gettext(each.summary),
    )
