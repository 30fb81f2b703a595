"""APPLICATION_COMMAND_AUTOCOMPLETE: the choices offered for an option while it is typed."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

import discord

from adapters.discord.commands import tree
from adapters.discord.context import DiscordContext
from adapters.discord.delivery import forum_posts
from adapters.discord.interactions.requests import CALLBACK_ROUTE, Interaction, build_request
from adapters.discord.interactions.target_channel import resolve_target_channel
from adapters.discord.rendering.markdown import fit_plain_text
from bot.i18n.translation import use_language
from bot.ports.commands import ParameterType, Request, Suggestion

MAX_CHOICES: Final = 25
"""https://docs.discord.com/developers/interactions/receiving-and-responding#interaction-response-object-autocomplete"""
_MAX_CHOICE_LENGTH: Final = 100
_DEADLINE: Final = 2.5
_AUTOCOMPLETE_RESULT: Final = 8

log = logging.getLogger(__name__)


async def handle_autocomplete(context: DiscordContext, interaction: Interaction) -> None:
    """Offer what fits; nothing, where that can't be told in time."""
    try:
        async with asyncio.timeout(_DEADLINE):
            suggestions = await _find_suggestions(context, interaction)
    except Exception as error:  # noqa: BLE001 - the boundary: an error sentence helps nobody while typing
        log.warning("Nothing is suggested: %s", type(error).__name__)
        suggestions = ()
    await context.rest.call(
        "POST",
        CALLBACK_ROUTE,
        json={
            "type": _AUTOCOMPLETE_RESULT,
            "data": {"choices": [_build_choice(each) for each in suggestions][:MAX_CHOICES]},
        },
        rate_limited=False,
        webhook_id=interaction.id,
        webhook_token=interaction.token,
    )


async def _find_suggestions(context: DiscordContext, interaction: Interaction) -> Sequence[Suggestion]:
    data: Any = interaction.data
    command = context.tree.commands.get(tree.get_command_path(data))
    focused = next((option for option in tree.get_options(data) if option.get("focused")), None)
    if command is None or focused is None:
        return ()
    parameter = next((each for each in command.parameters if each.name == focused["name"]), None)
    if parameter is None or not (parameter.suggest or parameter.type is ParameterType.TAG):
        return ()
    target_channel = await resolve_target_channel(context, interaction)
    server = await context.workspaces.get(target_channel.platform, target_channel.workspace)
    if server and str(interaction.user.id) in server.blocked:
        return ()
    request = build_request(interaction, context.clock(), command.name, {}, target_channel=target_channel, dry_run=True)
    request = _apply_channel_id(context, interaction, request, tree.get_channel_id(data, command))
    typed = str(focused.get("value", ""))
    with use_language(request.locale):
        suggestions = (
            await parameter.suggest(typed, request) if parameter.suggest else _suggest_tags(context, typed, request)
        )
    # A choice that Discord can't send back whole would be another one.
    return [each for each in suggestions if 0 < len(each.value) <= _MAX_CHOICE_LENGTH]


def _apply_channel_id(context: DiscordContext, interaction: Interaction, request: Request, chosen: str) -> Request:
    """Return *request* about the channel that was chosen, where its asker sees that; Discord tells its id alone."""
    there = context.directory.find_channel(request.channel, chosen) if chosen.isdecimal() else request.channel
    place, member = context.directory.find_discord_channel(there), interaction.user
    seen = place and isinstance(member, discord.Member) and place.permissions_for(member).view_channel
    return replace(request, channel=there) if seen else request


def _suggest_tags(context: DiscordContext, typed: str, request: Request) -> Sequence[Suggestion]:
    """Offer the tags of a forum, and none."""
    names = [
        tag["name"] for tag in forum_posts.list_usable_tags(context.directory.find_discord_channel(request.channel))
    ]
    return [Suggestion(name) for name in (*names, "none") if typed.casefold() in name.casefold()]


def _build_choice(suggestion: Suggestion) -> dict[str, str]:
    shown = f"{suggestion.value}: {suggestion.label}" if suggestion.label else suggestion.value
    return {"name": fit_plain_text(shown, _MAX_CHOICE_LENGTH), "value": suggestion.value}
