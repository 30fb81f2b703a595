"""Parsers of discord.py (ConnectionState.parsers): an event that can’t be read costs that event and nothing else."""

from __future__ import annotations

import logging
import secrets
import traceback
from collections.abc import Callable
from typing import Any, Final

_READY_EVENT: Final = "READY"

Parser = Callable[[Any], Any]

log = logging.getLogger(__name__)


def guard_parsers(state: Any) -> None:
    """Replace the parsers of the library's *state*; an event that can't be read is a line in the log.

    The one that begins a session still fails: without it there is none, and the connection is made anew.
    """
    parsers: dict[str, Parser] = state.parsers
    state.parsers = {event: _guard_parser(event, parse) for event, parse in parsers.items()}
    state.parsers[_READY_EVENT] = _build_ready_parser(state, parsers[_READY_EVENT])


def _guard_parser(event: str, parse: Parser) -> Parser:
    def parse_guarded(data: Any) -> None:
        try:
            parse(data)
        except Exception as error:  # noqa: BLE001 - the boundary; what the error says may hold what somebody typed
            traceback_text = "".join(traceback.format_tb(error.__traceback__))
            reference, name = secrets.token_hex(3), type(error).__name__
            log.error("%s can't be read and is left out, reference %s.\n%s%s", event, reference, traceback_text, name)  # noqa: TRY400

    return parse_guarded


def _build_ready_parser(state: Any, parse: Parser) -> Parser:
    """Forget the servers of a shard that a new session does not name: the library keeps them where there are shards.

    See https://docs.discord.com/developers/events/gateway-events#ready: it names every server that the bot is in.
    """

    def parse_ready(data: Any) -> None:
        guild_ids = {int(guild["id"]) for guild in data["guilds"]}
        shard_id, _ = data.get("shard") or (0, 1)  # which is told only to those who said theirs
        for guild in tuple(state.guilds):
            if guild.shard_id == shard_id and guild.id not in guild_ids:
                state._remove_guild(guild)  # noqa: SLF001 - the library knows no other way
        parse(data)

    return parse_ready
