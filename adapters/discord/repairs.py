"""Channels that fell silent: posting goes on where the reason for which it stopped is gone, and only there."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import Final

import discord

from adapters.discord import forums, rights, rooms
from adapters.discord.chat import SHUT
from adapters.discord.codes import CHANNEL
from adapters.discord.kit import Kit
from adapters.discord.rights import Place
from bot.errors import SendError
from bot.models import Kind
from bot.ports.places import Standing
from bot.wording import DELETED

_UNTAGGED: Final = CHANNEL[40067]
_NEVER: Final = frozenset({CHANNEL[50008], CHANNEL[50024]})
"""Reasons that nothing mends which Discord tells of; nor does anything what it refused for no known reason."""
_OVER: Final = frozenset({DELETED, CHANNEL[10003]})
"""Reasons for which a thread is not looked for any more."""

log = logging.getLogger(__name__)


async def everywhere(kit: Kit, server: discord.Guild, *, asking: bool = False) -> None:
    """Go on in every channel of a server in which posting is possible again.

    *asking* looks for threads that were put away, too, of which only Discord knows.
    """
    for standing in await kit.channels.of("discord", str(server.id)):
        place = await _place(kit, server, standing, asking=asking) if standing.retired else None
        if place and mended(place, standing):
            await kit.presence.back(standing.channel, kit.clock())


async def here(kit: Kit, place: Place) -> None:
    """Go on in a channel, if posting is possible again."""
    standing = await kit.channels.get(rooms.channel(place))
    if standing and standing.retired and mended(place, standing):
        await kit.presence.back(standing.channel, kit.clock())


async def roles(kit: Kit, server: discord.Guild) -> None:
    """Mention no role any more that was deleted while nobody listened."""
    standings = await kit.channels.of("discord", str(server.id))
    for role in {standing.preferences.mention for standing in standings} - {""}:
        if server.get_role(int(role)) is None:
            await kit.presence.unnamed("discord", str(server.id), role, kit.clock())


def mended(place: Place, standing: Standing) -> bool:
    """Tell whether what stopped a channel is over, so that it is not tried, refused and told of again and again.

    What pictures may need stops no message.
    """
    if (
        standing.retired in _NEVER
        or standing.retired.startswith(SHUT)
        or rights.lacking(place, replace(standing.preferences, pictures=False))
    ):
        return False
    if isinstance(place, discord.Thread):
        return not place.locked  # an archived one is opened by the next post
    return standing.retired != _UNTAGGED or forums.takes(place, standing.preferences.tag)


async def _place(kit: Kit, server: discord.Guild, standing: Standing, *, asking: bool) -> Place | None:
    """Return a channel as the gateway told of it; a thread that was put away it tells nothing of, so that is asked for.

    None where there is none, or Discord can't be asked now.
    """
    place = kit.rooms.find(standing.channel)
    if place or not asking or standing.channel.kind is not Kind.THREAD or standing.retired in _OVER:
        return place
    try:
        told = await kit.rest.call("GET", "/channels/{channel_id}", channel_id=standing.channel.id)
    except SendError as error:
        log.info("Whether a thread can be posted to again can't be told: %s", error)
        return None
    return discord.Thread(guild=server, state=server._state, data=told)  # noqa: SLF001 - as the library makes its own
