"""app_uninstalled, tokens_revoked, team_access_granted and team_access_revoked: an installation ends or changes.

`adapters.slack.events.installations` has the end of a part of it.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.async_context import AsyncBoltContext
from slack_bolt.middleware.authorization.async_multi_teams_authorization import AsyncMultiTeamsAuthorization

from adapters.common.error_boundary import log_exceptions
from adapters.slack.context import SlackContext
from bot.ports.workspaces import Workspace
from bot.reasons.reason import Reason

TokenDeleter = Callable[[str, str, datetime], Awaitable[Sequence[str]]]
"""Deletes the tokens of (workspace, organization), of the whole organization where no workspace is named, as of the
moment in which they ended; returns the workspaces that are left without one."""

Event = Mapping[str, Any]


def register_listeners(app: AsyncApp, slack_context: SlackContext, token_deleter: TokenDeleter) -> None:
    """Take them (https://docs.slack.dev/reference/events/tokens_revoked), and what organizations give and take."""
    register_grant_listeners(app, slack_context)
    # What still comes afterwards finds no installation. Slack_bolt takes that for an error and answers it all the same.
    logging.getLogger(f"slack_bolt.{AsyncMultiTeamsAuthorization.__name__}").setLevel(logging.CRITICAL)

    @app.event("app_uninstalled")
    @log_exceptions
    async def on_app_uninstalled(body: Mapping[str, Any], context: AsyncBoltContext) -> None:
        await _end_installation(slack_context, token_deleter, body, context, Reason("installation.uninstalled"))

    @app.event("tokens_revoked")
    @log_exceptions
    async def on_tokens_revoked(event: Mapping[str, Any], body: Mapping[str, Any], context: AsyncBoltContext) -> None:
        if (event.get("tokens") or {}).get("bot"):
            await _end_installation(slack_context, token_deleter, body, context, Reason("installation.token_revoked"))


async def _end_installation(
    slack_context: SlackContext,
    token_deleter: TokenDeleter,
    body: Mapping[str, Any],
    context: AsyncBoltContext,
    reason: Reason,
) -> None:
    """Delete the tokens at once, then stop posting wherever they served."""
    workspace, organization = context.team_id or "", context.enterprise_id or ""
    is_whole_organization = bool(organization) and (context.is_enterprise_install or not workspace)
    ended_at = datetime.fromtimestamp(body["event_time"], UTC)
    for workspace_id in await token_deleter("" if is_whole_organization else workspace, organization, ended_at):
        await slack_context.workspace_events.on_workspace_uninstalled(
            "slack", workspace_id, reason, slack_context.clock()
        )


def register_grant_listeners(app: AsyncApp, slack_context: SlackContext) -> None:
    """Take both events; see https://docs.slack.dev/reference/events/team_access_granted and …/team_access_revoked."""

    @app.event("team_access_granted")
    @log_exceptions
    async def on_team_access_granted(event: Event, context: AsyncBoltContext) -> None:
        for workspace in event.get("team_ids", ()):
            granted_workspace = Workspace("slack", workspace, organization=context.enterprise_id or "")
            await slack_context.workspace_events.on_workspace_installed(granted_workspace, slack_context.clock())

    @app.event("team_access_revoked")
    @log_exceptions
    async def on_team_access_revoked(event: Event) -> None:
        for workspace in event.get("team_ids", ()):
            await slack_context.workspace_events.on_workspace_uninstalled(
                "slack", workspace, Reason("installation.access_revoked"), slack_context.clock()
            )
