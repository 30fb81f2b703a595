"""Help: every command in groups, or one in full."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from bot import wording
from bot.cards import Action, Card, Item
from bot.commands import parameters
from bot.commands.reading import name_of
from bot.commands.replies import PREFIX
from bot.errors import Mistake
from bot.ports.commands import Answer, Audience, Command, Parameter, Request, Suggestion

Groups = Sequence[tuple[str, Sequence[Command]]]
_FOR = {Audience.MANAGERS: ("for managers",), Audience.ADMINS: ("for admins",)}
_TRY = ("today", "new", "follow", "status")
"""Commands that need no argument and change nothing."""


def command(groups: Groups) -> Command:
    """Return the help on *groups*, and on itself."""
    itself: list[Command] = []
    every = [*groups, ("Help", itself)]
    names = [each.name for _, part in groups for each in part]

    async def suggest(prefix: str, _: Request) -> Sequence[Suggestion]:
        return [Suggestion(name) for name in names if name.startswith(prefix.casefold())]

    about = Parameter("command", "A command’s name", parameters.plain, example="search", rest=True, suggest=suggest)
    itself.append(Command("help", "What the commands do", partial(tell, every), (about,), example="help search"))
    return itself[0]


async def tell(groups: Groups, _: Request, *, command: str = "") -> Answer:
    """Show all commands, or one in full."""
    every = {each.name: each for _, part in groups for each in part if not each.hidden}
    if not command:
        return Answer(_all(groups))
    name, rest = name_of(command.removeprefix(PREFIX).strip().removeprefix("/"), every)
    if rest or name not in every:
        near = parameters.nearest(command, every)
        meant = f"; did you mean “{near}”?" if near else "."
        raise Mistake(f"“{command[:60]}” is not a command{meant}", f"help {near}" if near else "help")
    return Answer(_one(every[name]))


def _all(groups: Groups) -> Card:
    items = tuple(
        Item(title=each.usage, text=each.summary, notes=_audience(each), section=heading, actions=(_more(each),))
        for heading, part in groups
        for each in part
        if not each.hidden
    )
    tries = tuple(Action(name.capitalize(), name) for name in _TRY)
    return Card(
        title="Commands",
        text="Type a command. Answers are private until you share them.",
        items=items,
        actions=tries,
        footer=("“help search” tells more of one command.",),
        fallback="Commands",
    )


def _audience(each: Command) -> tuple[str, ...]:
    return _FOR.get(each.audience, ())


def _more(each: Command) -> Action:
    return Action("Help", "help", {"command": each.name}, each.name)


def _one(each: Command) -> Card:
    items = tuple(
        Item(
            title=parameter.name,
            text=parameter.summary,
            notes=tuple(
                note
                for note in (
                    "needed" if parameter.required else "",
                    f"one of {', '.join(parameter.choices)}" if parameter.choices else "",
                    f"such as {parameter.example}" if parameter.example else "",
                )
                if note
            ),
            section="Parameters",
        )
        for parameter in each.parameters
    )
    tries = (Action("Try it", each.name),) if each.name in _TRY else ()
    return Card(
        title=each.usage,
        text=f"{each.summary}. {each.detail}".strip(),
        folio=_audience(each),
        items=items,
        actions=(*tries, Action("All commands", "help")),
        footer=wording.example(each.example),
        fallback=each.summary,
    )
