"""Gateway event parsers: an event that discord.py can’t read is a line in the log, and READY forgets servers."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any, Final

import discord

from adapters.discord import discord_py
from adapters.discord.discord_py import EventParser
from bot.errors import log_failure

_READY_EVENT: Final = "READY"
_GUILD_DELETE_EVENT: Final = "GUILD_DELETE"

log = logging.getLogger(__name__)


def guard_parsers(client: discord.Client) -> None:
    """Let an event that can't be read be a line in the log.

    The one that begins a session still fails: without it there is none, and the connection is made anew.
    """
    parsers = discord_py.get_event_parsers(client)
    parse_ready = parsers[_READY_EVENT]
    parsers.update({event: _guard_parser(event, parse) for event, parse in parsers.items()})
    parsers[_READY_EVENT] = _build_ready_parser(client, parsers, parse_ready)


def _guard_parser(event: str, parse: EventParser) -> EventParser:
    def parse_guarded(data: Any) -> None:
        try:
            parse(data)
        except Exception as error:  # noqa: BLE001 - the boundary; what the error says may hold what somebody typed
            log_failure(log, f"{event} can't be read and is left out", error, redacted=True)

    return parse_guarded


def _build_ready_parser(client: discord.Client, parsers: Mapping[str, EventParser], parse: EventParser) -> EventParser:
    """Forget the servers of a shard that a new session does not name: the library keeps them where there are shards.

    See https://docs.discord.com/developers/events/gateway-events#ready: it names every server that the bot is in.
    """

    def parse_ready(data: Any) -> None:
        guild_ids = {int(guild["id"]) for guild in data["guilds"]}
        shard_id, _ = data.get("shard") or (0, 1)  # which is told only to those who said theirs
        for guild in tuple(client.guilds):
            if guild.shard_id == shard_id and guild.id not in guild_ids:
                parsers[_GUILD_DELETE_EVENT]({"id": str(guild.id)})
        parse(data)

    return parse_ready
