"""Forms in use: shown as panels, changed by choosing and typing, saved or left."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from adapters.discord import panel, render, requests, states
from adapters.discord.kit import Kit
from adapters.discord.requests import Interaction
from adapters.discord.states import Part, State
from adapters.discord.ways import Way
from bot.cards import Card, Form
from bot.errors import Malformed
from bot.models import Kind
from bot.ports.commands import Answer, Request

_OLD: Final = Card(text="This panel is too old. Nothing was changed; ask for a new one.", tone="mistake")
_LEFT: Final = Card(text="Nothing was changed.")


async def show(kit: Kit, way: Way, form: Form, asked: Request, *, setup: bool = False) -> None:
    """Show a form; one that begins with something to type begins with its modal.

    Raises `bot.errors.SendError` kinds.
    """
    here = requests.place(way.interaction)
    elsewhere = asked.channel.id if asked.channel.kind is not Kind.DIRECT and asked.channel.id != here.id else ""
    state = State(form.command, manager=setup, channel=elsewhere)
    if not (panel.is_blank(form) and await _window(kit, way, form, state, 0)):
        await way.say(panel.panel(form, state, asked.now))


async def changed(kit: Kit, way: Way, interaction: Interaction) -> None:
    """Go on with a panel in which something was pressed or chosen."""
    data: Any = interaction.data
    found = await _found(kit, data["custom_id"])
    if found is None:
        return await _say(kit, way, interaction, _OLD)
    part, state = found
    if part.what == "cancel":
        return await _say(kit, way, interaction, _LEFT)
    if part.what == "save":
        answer = await kit.commands.answer(_request(kit, interaction, state, dry=False))
        return await _go_on(kit, way, interaction, answer, state)
    after = state.after(part, data)
    answer = await kit.commands.answer(_request(kit, interaction, after, dry=True))
    typing = part.what == "type" and part.which.isdecimal() and isinstance(answer.body, Form)
    if typing and isinstance(answer.body, Form) and await _window(kit, way, answer.body, after, int(part.which)):
        return None
    return await _go_on(kit, way, interaction, answer, after)


async def submitted(kit: Kit, interaction: Interaction) -> None:
    """Take what was typed into a modal."""
    data: Any = interaction.data
    way = Way(kit, interaction, private=requests.private(interaction))
    found = await _found(kit, data["custom_id"])
    if found is None:
        return await _say(kit, way, interaction, _OLD)
    part, state = found
    after = state.after(part, data)
    answer = await kit.commands.answer(_request(kit, interaction, after, dry=True))
    return await _go_on(kit, way, interaction, answer, after)


async def _found(kit: Kit, custom_id: str) -> tuple[Part, State] | None:
    """Return what was pressed and what the panel was told so far, or None when that is not kept any more."""
    part = states.part(custom_id)
    kept = await kit.actions.get(part.token) if part else None
    if part is None or kept is None:
        return None
    try:
        return part, states.unpack(kept)
    except Malformed:
        return None


async def _window(kit: Kit, way: Way, form: Form, state: State, number: int) -> bool:
    payload, kept = panel.window(form, state, number)
    await kit.actions.keep(kept, kit.clock())
    return await way.modal(payload)


async def _go_on(kit: Kit, way: Way, interaction: Interaction, answer: Answer, state: State) -> None:
    """Show the panel anew, or what was done in its place."""
    if isinstance(answer.body, Form):
        await way.say(panel.panel(answer.body, state, kit.clock()), replace=True)
    else:
        asked = _request(kit, interaction, state, dry=True)
        await way.say(render.private(answer, asked, manager=state.manager, native=kit.tree.native), replace=True)


async def _say(kit: Kit, way: Way, interaction: Interaction, card: Card) -> None:
    asked = requests.request(interaction, kit.clock(), "help", {}, dry=True)
    await way.say(render.private(Answer(card), asked), replace=True)


def _request(kit: Kit, interaction: Interaction, state: State, *, dry: bool) -> Request:
    """Return what saving asks, or what it would do."""
    asked = requests.request(interaction, kit.clock(), state.command, state.arguments, setup=state.manager, dry=dry)
    return replace(asked, channel=kit.rooms.elsewhere(asked.channel, state.channel)) if state.channel else asked
