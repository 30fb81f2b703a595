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
from bot.language import gettext, phrase
from bot.ports.commands import Answer, Audience, Command, Parameter, Request, Suggestion

Groups = Sequence[tuple[str, Sequence[Command]]]
_FOR = {Audience.MANAGERS: phrase("for managers"), Audience.ADMINS: phrase("for admins")}
_TRY = {"today": phrase("Today"), "new": phrase("New"), "follow": phrase("Follow"), "status": phrase("Status")}
"""Commands that need no argument and change nothing."""


def command(groups: Groups) -> Command:
    """Return the help on *groups*, and on itself."""
    itself: list[Command] = []
    every = [*groups, (phrase("Help"), itself)]
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
        raise _unknown(command[:60], near)
    return Answer(_one(every[name]))


def _unknown(word: str, near: str) -> Mistake:
    if near:
        return Mistake(
            gettext("“{word}” is not a command; did you mean “{name}”?", word=word, name=near), f"help {near}"
        )
    return Mistake(gettext("“{word}” is not a command.", word=word), "help")


def _all(groups: Groups) -> Card:
    items = tuple(
        Item(
            title=each.usage,
            text=gettext(each.summary),
            notes=_audience(each),
            section=gettext(heading),
            actions=(_more(each),),
        )
        for heading, part in groups
        for each in part
        if not each.hidden
    )
    tries = tuple(Action(gettext(label), name) for name, label in _TRY.items())
    return Card(
        title=gettext("Commands"),
        text=gettext("Type a command. Answers are private until you share them."),
        items=items,
        actions=tries,
        footer=(gettext("“help search” tells more of one command."),),
        fallback=gettext("Commands"),
    )


def _audience(each: Command) -> tuple[str, ...]:
    return (gettext(_FOR[each.audience]),) if each.audience in _FOR else ()


def _more(each: Command) -> Action:
    return Action(gettext("Help"), "help", {"command": each.name}, each.name)


def _one(each: Command) -> Card:
    items = tuple(
        Item(
            title=parameter.name,
            text=gettext(parameter.summary),
            notes=tuple(
                note
                for note in (
                    gettext("needed") if parameter.required else "",
                    gettext("one of {choices}", choices=", ".join(parameter.choices)) if parameter.choices else "",
                    gettext("such as {example}", example=parameter.example) if parameter.example else "",
                )
                if note
            ),
            section=gettext("Parameters"),
        )
        for parameter in each.parameters
    )
    tries = (Action(gettext("Try it"), each.name),) if each.name in _TRY else ()
    return Card(
        title=each.usage,
        text=f"{gettext(each.summary)}. {gettext(each.detail)}".strip(),
        folio=_audience(each),
        items=items,
        actions=(*tries, Action(gettext("All commands"), "help")),
        footer=wording.example(each.example),
        fallback=gettext(each.summary),
    )
