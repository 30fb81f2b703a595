"""Forms in use: shown as panels, changed by choosing and typing, saved or left."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from adapters.discord import panel, requests, states
from adapters.discord.buttons import tokened
from adapters.discord.kit import Kit
from adapters.discord.states import Part, State
from adapters.discord.turning import turned
from adapters.discord.ways import Way
from bot.cards import Card, Form
from bot.errors import Malformed
from bot.language import gettext, phrase
from bot.ports.commands import Answer, Placement, Request

_OLD: Final = phrase("This panel is too old. Nothing was changed; ask for a new one.")
_LEFT: Final = phrase("Nothing was changed.")


async def show(kit: Kit, way: Way, form: Form, asked: Request, *, setup: bool = False) -> None:
    """Show a form; one that begins with something to type begins with its modal.

    Raises `bot.errors.SendError` kinds.
    """
    state = State(form.command, manager=setup, channel=way.elsewhere(asked))
    if not (panel.is_blank(form) and await _window(kit, way, form, state, 0)):
        await way.say(panel.panel(form, state))


async def changed(kit: Kit, way: Way) -> None:
    """Go on with a panel in which something was pressed, chosen or typed.

    Changes of one panel must come here one after another. Raises `bot.errors.SendError` kinds.
    """
    found = await _found(kit, way)
    if found is None:
        return await _close(way, Answer(Card(text=gettext(_OLD), tone="mistake")))
    part, state = found
    if part.what == "cancel":
        return await _close(way, Answer(Card(text=gettext(_LEFT))))
    if part.what == "save":
        return await _go_on(kit, way, state, await _answer(kit, way, state, dry=False))
    data: Any = way.interaction.data
    after = replace(state.after(part, data), turn=state.turn + 1)
    answer = await _answer(kit, way, after, dry=True)
    if not isinstance(answer.body, Form):
        return await _mark(kit, way, state, after, answer)
    if way.private:
        await kit.actions.keep({_turn(way, after.turn): after.pack()}, kit.clock())
    typing = part.what == "type" and part.which.isdecimal()
    if not (typing and await _window(kit, way, answer.body, after, int(part.which))):
        await _go_on(kit, way, after, answer)
    return None


async def _found(kit: Kit, way: Way) -> tuple[Part, State] | None:
    """Return what was pressed and what the panel was told so far, or None when that is not kept any more."""
    data: Any = way.interaction.data
    part = states.part(data["custom_id"])
    state = await _kept(kit, part.token) if part else None
    if part is None or state is None:
        return None
    # What everybody sees gives nobody a manager's rights, whatever it says; a command's modal is in no message.
    trusted = way.private or way.interaction.message is None
    return part, await _latest(kit, way, replace(state, manager=state.manager and trusted))


async def _latest(kit: Kit, way: Way, state: State) -> State:
    """Return the state with what was told since: who is quick presses what the panel showed before."""
    while way.private and (later := await _kept(kit, _turn(way, state.turn + 1))):
        state = replace(state, arguments=later.arguments, turn=later.turn)
    return state


async def _kept(kit: Kit, token: str) -> State | None:
    kept = await kit.actions.get(token)
    try:
        return states.unpack(kept) if kept else None
    except Malformed:
        return None


def _turn(way: Way, number: int) -> str:
    """Return the token under which a panel's change of a number is kept."""
    message = way.interaction.message
    return tokened({"panel": str(message.id) if message else "", "turn": number})


async def _window(kit: Kit, way: Way, form: Form, state: State, number: int) -> bool:
    """Open a modal; False when it is too late for one, or nothing is asked in it."""
    payload, kept = panel.window(form, state, number)
    if not payload["components"]:
        return False
    await kit.actions.keep(kept, kit.clock())
    return await way.modal(payload)


async def _go_on(kit: Kit, way: Way, state: State, answer: Answer) -> None:
    """Show the panel anew, or what was done in its place."""
    if isinstance(answer.body, Form):
        await way.say(panel.panel(answer.body, state), replacing=True)
    else:
        await _close(way, answer, _request(kit, way, state, dry=True), setup=state.manager)


async def _mark(kit: Kit, way: Way, before: State, after: State, answer: Answer) -> None:
    """Show the panel as it was, with what is wrong below the question that was answered."""
    form = (await _answer(kit, way, before, dry=True)).body
    card = answer.body
    if not isinstance(form, Form) or not isinstance(card, Card):
        return await _go_on(kit, way, before, answer)
    wrong = {name for name, text in after.arguments.items() if before.arguments.get(name) != text}
    fields = [replace(each, mistake=card.text) if each.name in wrong else each for each in form.fields]
    return await _go_on(kit, way, before, Answer(replace(form, fields=tuple(fields))))


async def _close(way: Way, answer: Answer, asked: Request | None = None, *, setup: bool = False) -> None:
    """Put a card in the place of the panel."""
    await way.tell(replace(answer, placement=Placement.REPLACE), asked, setup=setup)


async def _answer(kit: Kit, way: Way, state: State, *, dry: bool) -> Answer:
    return await kit.answer(_request(kit, way, state, dry=dry))


def _request(kit: Kit, way: Way, state: State, *, dry: bool) -> Request:
    """Return what saving asks, or what it would do."""
    given = state.arguments
    asked = requests.request(
        way.interaction, kit.clock(), state.command, given, here=way.here, setup=state.manager, dry=dry
    )
    if not state.channel:
        return asked
    return turned(kit, way.interaction, asked, state.channel, setup=state.manager) or asked
