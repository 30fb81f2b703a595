"""What discord.py makes of Discord's events, so that one which it can't read costs that event and nothing else."""

from __future__ import annotations

import logging
import secrets
import traceback
from collections.abc import Callable
from typing import Any, Final

_BEGINNING: Final = "READY"

Parse = Callable[[Any], Any]

log = logging.getLogger(__name__)


def guard(state: Any) -> None:
    """Replace the parsers of the library's *state*; an event that can't be read is a line in the log.

    The one that begins a session still fails: without it there is none, and the connection is made anew.
    """
    parsers: dict[str, Parse] = state.parsers
    state.parsers = {event: _guarded(event, parse) for event, parse in parsers.items()}
    state.parsers[_BEGINNING] = _begun(state, parsers[_BEGINNING])


def _guarded(event: str, parse: Parse) -> Parse:
    def read(data: Any) -> None:
        try:
            parse(data)
        except Exception as error:  # noqa: BLE001 - the boundary; what the error says may hold what somebody typed
            trace = "".join(traceback.format_tb(error.__traceback__))
            reference, name = secrets.token_hex(3), type(error).__name__
            log.error("%s can't be read and is left out, reference %s.\n%s%s", event, reference, trace, name)  # noqa: TRY400

    return read


def _begun(state: Any, parse: Parse) -> Parse:
    """Forget the servers of a shard that a new session does not name: the library keeps them where there are shards.

    See https://docs.discord.com/developers/events/gateway-events#ready: it names every server that the bot is in.
    """

    def begin(data: Any) -> None:
        named = {int(server["id"]) for server in data["guilds"]}
        shard, _ = data.get("shard") or (0, 1)  # which is told only to those who said theirs
        for server in tuple(state.guilds):
            if server.shard_id == shard and server.id not in named:
                state._remove_guild(server)  # noqa: SLF001 - the library knows no other way
        parse(data)

    return begin
