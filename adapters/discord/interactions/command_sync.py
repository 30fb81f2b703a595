"""Application command sync: bulk overwrite of global commands, only when they have changed."""

from __future__ import annotations

import asyncio
import logging
from typing import Any, Final

from adapters.common.backoff import iterate_pauses, wait_or_stop
from adapters.discord.context import DiscordContext
from bot.errors import SendError, StoreError, TryLater
from bot.reasons.reason import Reason

_CONNECTION_DELAY: Final = 0.05
_RETRY_DELAY: Final = 60.0
_MAX_RETRY_DELAY: Final = 3600.0
"""Seconds between two tries, at most: what Discord refuses, only a newer version or a new token mends."""
_PAYLOAD_KEY: Final = "discord commands"
_COMMAND_IDS_KEY: Final = "discord command ids"
_NO_IDS: Final = "none"
"""What is kept where Discord told of no ids; where nothing is kept it was never asked."""
_CHAT_INPUT: Final = 1
"""The type of commands that are typed."""

log = logging.getLogger(__name__)


async def sync_with_retries(context: DiscordContext, stop: asyncio.Event) -> None:
    """Tell Discord of the commands once there is a connection, and until that has worked; say each trouble once."""
    logged_errors: set[str] = set()
    pauses = iterate_pauses(_RETRY_DELAY, _MAX_RETRY_DELAY)
    while not stop.is_set():
        try:
            if context.client.application_id is not None:
                await sync_commands(context)
                return
            after = _CONNECTION_DELAY
        except (SendError, StoreError) as error:
            after = max(next(pauses), error.retry_after if isinstance(error, TryLater) else 0.0)
            if str(error) not in logged_errors:
                log.warning("Discord could not be told of the commands: %s", error)
            logged_errors.add(str(error))
        await wait_or_stop(stop, after)


async def sync_commands(context: DiscordContext) -> bool:
    """Tell Discord of the commands unless it was told; return whether it was told now.

    Discord allows 200 new commands a day (https://docs.discord.com/developers/interactions/application-commands), and
    shows changed ones anew to everybody. Raises `bot.errors.SendError` kinds.
    """
    application = context.client.application_id
    if application is None:
        raise TryLater(Reason("platform.not_connected"), _CONNECTION_DELAY)
    now = f"{application} {context.tree.payload_hash}"
    encoded_ids = await context.key_value_store.get(_COMMAND_IDS_KEY)
    if encoded_ids and await context.key_value_store.get(_PAYLOAD_KEY) == now:
        context.tree.command_ids.update(_decode_command_ids(encoded_ids))
        return False
    registered_commands = await context.rest.call(
        "PUT", "/applications/{application_id}/commands", json=context.tree.payload, application_id=application
    )
    encoded_ids = _encode_command_ids(registered_commands)
    await context.key_value_store.set(_COMMAND_IDS_KEY, encoded_ids)
    context.tree.command_ids.update(_decode_command_ids(encoded_ids))
    await context.key_value_store.set(_PAYLOAD_KEY, now)
    log.info("Discord was told of the commands")
    return True


def _encode_command_ids(response: Any) -> str:
    """Write the ids of the typed commands, as far as Discord told them: they only make the help nicer."""
    every = [each for each in response if isinstance(each, dict)] if isinstance(response, list) else []
    typed = [each for each in every if each.get("type", _CHAT_INPUT) == _CHAT_INPUT and str(each.get("id")).isdecimal()]
    return " ".join(f"{each['name']}:{each['id']}" for each in typed) or _NO_IDS


def _decode_command_ids(stored_ids: str) -> dict[str, str]:
    """Return the ids of the commands by their names, as they were kept: "papers:1 papers-setup:2"."""
    return dict(each.split(":") for each in stored_ids.split() if each != _NO_IDS)
