"""The workspaces that an organization gives its installation, and takes away."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.async_context import AsyncBoltContext

from adapters.slack.guard import guarded
from adapters.slack.kit import Kit
from bot.language import phrase
from bot.ports.places import Workspace

Event = Mapping[str, Any]


def listen(app: AsyncApp, kit: Kit) -> None:
    """Take both events; see https://docs.slack.dev/reference/events/team_access_granted and …/team_access_revoked."""

    @app.event("team_access_granted")
    @guarded
    async def granted(event: Event, context: AsyncBoltContext) -> None:
        for workspace in event.get("team_ids", ()):
            there = Workspace("slack", workspace, organization=context.enterprise_id or "")
            await kit.presence.installed(there, kit.clock())

    @app.event("team_access_revoked")
    @guarded
    async def withdrawn(event: Event) -> None:
        for workspace in event.get("team_ids", ()):
            await kit.presence.uninstalled("slack", workspace, phrase("its organization took it away"), kit.clock())
