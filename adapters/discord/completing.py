"""Autocomplete: what an option could be, while it is typed."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from typing import Any, Final

from adapters.discord import tree
from adapters.discord.homes import home
from adapters.discord.kit import Kit
from adapters.discord.requests import CALLBACK, Interaction, request
from bot import wording
from bot.ports.commands import Suggestion

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
    if parameter is None or parameter.suggest is None:
        return ()
    here = await home(kit, interaction)
    asked = request(interaction, kit.clock(), command.name, {}, here=here, dry=True)
    found = await parameter.suggest(str(focused.get("value", "")), asked)
    # A choice that Discord can't send back whole would be another one.
    return [each for each in found if 0 < len(each.value) <= _LONGEST]


def _choice(suggestion: Suggestion) -> dict[str, str]:
    shown = f"{suggestion.value}: {suggestion.label}" if suggestion.label else suggestion.value
    return {"name": wording.shorten(shown, _LONGEST), "value": suggestion.value}
