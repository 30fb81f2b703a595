"""team_access_granted and team_access_revoked: workspaces that an organization gives its installation or takes away."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.async_context import AsyncBoltContext

from adapters.slack.guard import log_exceptions
from adapters.slack.kit import SlackContext
from bot.i18n.translation import phrase
from bot.ports.workspaces import Workspace

Event = Mapping[str, Any]


def register_grant_listeners(app: AsyncApp, slack_context: SlackContext) -> None:
    """Take both events; see https://docs.slack.dev/reference/events/team_access_granted and …/team_access_revoked."""

    @app.event("team_access_granted")
    @log_exceptions
    async def on_team_access_granted(event: Event, context: AsyncBoltContext) -> None:
        for workspace in event.get("team_ids", ()):
            there = Workspace("slack", workspace, organization=context.enterprise_id or "")
            await slack_context.workspace_events.on_workspace_installed(there, slack_context.clock())

    @app.event("team_access_revoked")
    @log_exceptions
    async def on_team_access_revoked(event: Event) -> None:
        for workspace in event.get("team_ids", ()):
            await slack_context.workspace_events.on_workspace_uninstalled(
                "slack", workspace, phrase("its organization took it away"), slack_context.clock()
            )
