"""The end of an installation: Slack tells of it by two events, which come in either order, or of a part of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.async_context import AsyncBoltContext

from adapters.slack.guard import guarded
from adapters.slack.kit import Kit

Forget = Callable[[str, str, datetime], Awaitable[Sequence[str]]]
"""Deletes the tokens of (workspace, organization), of the whole organization where no workspace is named, as of the
moment in which they ended; returns the workspaces that are left without one."""


def listen(app: AsyncApp, kit: Kit, forget: Forget) -> None:
    """Take them; see https://docs.slack.dev/reference/events/tokens_revoked and …/team_access_revoked."""

    @app.event("app_uninstalled")
    @guarded
    async def uninstalled(body: Mapping[str, Any], context: AsyncBoltContext) -> None:
        await _leave(kit, forget, body, context, "it was uninstalled")

    @app.event("tokens_revoked")
    @guarded
    async def revoked(event: Mapping[str, Any], body: Mapping[str, Any], context: AsyncBoltContext) -> None:
        if (event.get("tokens") or {}).get("bot"):
            await _leave(kit, forget, body, context, "its token was revoked")

    @app.event("team_access_revoked")
    @guarded
    async def withdrawn(event: Mapping[str, Any]) -> None:
        for workspace in event.get("team_ids", ()):
            await kit.presence.uninstalled("slack", workspace, "its organization took it away", kit.clock())


async def _leave(kit: Kit, forget: Forget, body: Mapping[str, Any], context: AsyncBoltContext, reason: str) -> None:
    """Delete the tokens at once, then stop posting wherever they served."""
    workspace, organization = context.team_id or "", context.enterprise_id or ""
    whole = bool(organization) and (context.is_enterprise_install or not workspace)
    ended = datetime.fromtimestamp(body["event_time"], UTC)
    for each in await forget("" if whole else workspace, organization, ended):
        await kit.presence.uninstalled("slack", each, reason, kit.clock())
