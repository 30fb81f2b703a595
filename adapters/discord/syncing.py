"""Telling Discord of the commands, only when they are not what it knows."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from typing import Any, Final

from adapters.discord.kit import Kit
from bot.errors import SendError, StoreError, TryLater

_NOT_YET: Final = 0.2
_PATIENCE: Final = 60.0
_LONGEST: Final = 3600.0
"""Seconds between two tries, at most: what Discord refuses, only a newer version or a new token mends."""
_MARK: Final = "discord commands"
_IDS: Final = "discord command ids"
_NONE: Final = "none"
"""What is kept where Discord told of no ids; where nothing is kept it was never asked."""
_TYPED: Final = 1
"""The type of commands that are typed."""

log = logging.getLogger(__name__)


async def keep(kit: Kit, stop: asyncio.Event) -> None:
    """Tell Discord of the commands once there is a connection, and until that has worked; say each trouble once."""
    told: set[str] = set()
    patience = _PATIENCE
    while not stop.is_set():
        try:
            if kit.client.application_id is not None:
                await sync(kit)
                return
            after = _NOT_YET
        except (SendError, StoreError) as error:
            after = max(patience, error.after if isinstance(error, TryLater) else 0.0)
            patience = min(patience * 2, _LONGEST)
            if str(error) not in told:
                log.warning("Discord could not be told of the commands: %s", error)
            told.add(str(error))
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), after)


async def sync(kit: Kit) -> bool:
    """Tell Discord of the commands unless it was told; return whether it was told now.

    Discord allows 200 new commands a day (https://docs.discord.com/developers/interactions/application-commands), and
    shows changed ones anew to everybody. Raises `bot.errors.SendError` kinds.
    """
    application = kit.client.application_id
    if application is None:
        raise TryLater("Discord is not connected yet", _NOT_YET)
    now = f"{application} {kit.tree.digest}"
    kept = await kit.marks.get(_IDS)
    if kept and await kit.marks.get(_MARK) == now:
        kit.tree.ids.update(_ids(kept))
        return False
    told = await kit.rest.call(
        "PUT", "/applications/{application_id}/commands", json=kit.tree.payload, application_id=application
    )
    kept = _kept(told)
    await kit.marks.put(_IDS, kept)
    kit.tree.ids.update(_ids(kept))
    await kit.marks.put(_MARK, now)
    log.info("Discord was told of the commands")
    return True


def _kept(told: Any) -> str:
    """Write the ids of the typed commands, as far as Discord told them: they only make the help nicer."""
    every = [each for each in told if isinstance(each, dict)] if isinstance(told, list) else []
    typed = [each for each in every if each.get("type", _TYPED) == _TYPED and str(each.get("id")).isdecimal()]
    return " ".join(f"{each['name']}:{each['id']}" for each in typed) or _NONE


def _ids(kept: str) -> dict[str, str]:
    """Return the ids of the commands by their names, as they were kept: "papers:1 papers-setup:2"."""
    return dict(each.split(":") for each in kept.split() if each != _NONE)
