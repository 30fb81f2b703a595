"""Autocomplete: what an option could be, while it is typed."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

import discord

from adapters.discord import forums, tree
from adapters.discord.homes import home
from adapters.discord.kit import Kit
from adapters.discord.options import CHANNEL, TAG
from adapters.discord.requests import CALLBACK, Interaction, request
from adapters.discord.text import plain
from bot.language import speaking
from bot.ports.commands import Request, Suggestion

MOST: Final = 25
"""https://docs.discord.com/developers/interactions/receiving-and-responding#interaction-response-object-autocomplete"""
_LONGEST: Final = 100
_DEADLINE: Final = 2.5
_RESULT: Final = 8

log = logging.getLogger(__name__)


async def complete(kit: Kit, interaction: Interaction) -> None:
    """Offer what fits; nothing, where that can't be told in time."""
    try:
        async with asyncio.timeout(_DEADLINE):
            found = await _found(kit, interaction)
    except Exception as error:  # noqa: BLE001 - the boundary: who types waits for no excuse
        log.warning("Nothing is suggested: %s", type(error).__name__)
        found = ()
    await kit.rest.call(
        "POST",
        CALLBACK,
        json={"type": _RESULT, "data": {"choices": [_choice(each) for each in found][:MOST]}},
        paced=False,
        webhook_id=interaction.id,
        webhook_token=interaction.token,
    )


async def _found(kit: Kit, interaction: Interaction) -> Sequence[Suggestion]:
    data: Any = interaction.data
    command = kit.tree.commands.get(tree.words(data))
    focused = next((option for option in tree.options(data) if option.get("focused")), None)
    if command is None or focused is None:
        return ()
    parameter = next((each for each in command.parameters if each.name == focused["name"]), None)
    if parameter is None or not (parameter.suggest or parameter.name == TAG):
        return ()
    here = await home(kit, interaction)
    server = await kit.workspaces.get(here.platform, here.workspace)
    if server and str(interaction.user.id) in server.blocked:
        return ()
    asked = request(interaction, kit.clock(), command.name, {}, here=here, dry=True)
    asked = _meant(kit, interaction, asked)
    typed = str(focused.get("value", ""))
    with speaking(asked.locale):
        found = await parameter.suggest(typed, asked) if parameter.suggest else _tags(kit, typed, asked)
    # A choice that Discord can't send back whole would be another one.
    return [each for each in found if 0 < len(each.value) <= _LONGEST]


def _meant(kit: Kit, interaction: Interaction, asked: Request) -> Request:
    """Return *asked* about the channel that was chosen, where its asker sees that; Discord tells its id alone."""
    data: Any = interaction.data
    chosen = next((str(each["value"]) for each in tree.options(data) if each["name"] == CHANNEL), "")
    there = kit.rooms.elsewhere(asked.channel, chosen) if chosen.isdecimal() else asked.channel
    place, member = kit.rooms.find(there), interaction.user
    seen = place and isinstance(member, discord.Member) and place.permissions_for(member).view_channel
    return replace(asked, channel=there) if seen else asked


def _tags(kit: Kit, typed: str, asked: Request) -> Sequence[Suggestion]:
    """Offer the tags of a forum, and none."""
    names = [tag["name"] for tag in forums.tags(kit.rooms.find(asked.channel))]
    return [Suggestion(name) for name in (*names, "none") if typed.casefold() in name.casefold()]


def _choice(suggestion: Suggestion) -> dict[str, str]:
    shown = f"{suggestion.value}: {suggestion.label}" if suggestion.label else suggestion.value
    return {"name": plain(shown, _LONGEST), "value": suggestion.value}
