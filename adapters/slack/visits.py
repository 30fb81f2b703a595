"""The bot's home: shown anew whenever somebody opens it, or changes something from there."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.async_context import AsyncBoltContext

from adapters.slack import home
from adapters.slack.guard import guarded
from adapters.slack.kit import Kit
from adapters.slack.requests import Caller, place, team
from bot.errors import SendError

log = logging.getLogger(__name__)


def listen(app: AsyncApp, kit: Kit) -> None:
    """Take those who open it."""

    @app.event("app_home_opened")
    @guarded
    async def opened(event: Mapping[str, Any], context: AsyncBoltContext) -> None:
        if event.get("tab") == "home":
            await show(kit, team(context), event["user"])


async def show(kit: Kit, workspace: str, user: str) -> None:
    """Show somebody their home as it is now."""
    request = await Caller("", place(workspace, "", user), user).asks(kit, "help", {})
    page = await kit.commands.home(request, await _visible(kit, workspace, user))
    view, kept = home.view(page, command=kit.command)
    await kit.actions.keep(kept, request.now)
    try:
        await kit.clients.call(workspace, "views.publish", user_id=user, view=view)
    except SendError as error:
        log.warning("Somebody's home could not be shown: %s", error)


async def _visible(kit: Kit, workspace: str, user: str) -> frozenset[str]:
    """Return the channels that somebody may see: public ones, and private ones that they are in."""
    try:
        shown, own = await kit.rooms.rooms(workspace), await kit.rooms.of(workspace, user)
    except SendError as error:
        log.warning("The channels of a home can't be told: %s", error)
        return frozenset()
    return frozenset(room.id for room in shown if not room.private or room.id in own)
