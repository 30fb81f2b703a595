"""App Home (app_home_opened, views.publish): a person’s home tab, shown anew when opened or changed."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.async_context import AsyncBoltContext

from adapters.slack import home
from adapters.slack.guard import log_exceptions
from adapters.slack.kit import SlackContext
from adapters.slack.requests import Requester, build_channel, get_team_id
from bot.errors import SendError

log = logging.getLogger(__name__)


def register_listeners(app: AsyncApp, slack_context: SlackContext) -> None:
    """Take those who open it."""

    @app.event("app_home_opened")
    @log_exceptions
    async def on_app_home_opened(event: Mapping[str, Any], context: AsyncBoltContext) -> None:
        if event.get("tab") == "home":
            await publish_home(slack_context, get_team_id(context), event["user"])


async def publish_home(context: SlackContext, workspace: str, user: str) -> None:
    """Show somebody their home as it is now."""
    request = await Requester("", build_channel(workspace, "", user), user).build_request(context, "help", {})
    page = await context.commands.build_home(request, await _find_visible_channels(context, workspace, user))
    view, kept = home.render_home_view(page, command=context.command)
    await context.button_payloads.save_payloads(kept, request.now)
    try:
        await context.client.call(workspace, "views.publish", user_id=user, view=view)
    except SendError as error:
        log.warning("Somebody's home could not be shown: %s", error)


async def _find_visible_channels(context: SlackContext, workspace: str, user: str) -> frozenset[str]:
    """Return the channels that somebody may see: public ones, and private ones that they are in."""
    try:
        shown, own = (
            await context.directory.list_channels(workspace),
            await context.directory.list_user_channel_ids(workspace, user),
        )
    except SendError as error:
        log.warning("The channels of a home can't be told: %s", error)
        return frozenset()
    return frozenset(room.id for room in shown if not room.is_private or room.id in own)
