"""The end of an installation: Slack tells of it by two events, which come in either order.

`adapters.slack.grants` has the end of a part of it.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.async_context import AsyncBoltContext
from slack_bolt.middleware.authorization.async_multi_teams_authorization import AsyncMultiTeamsAuthorization

from adapters.slack import grants
from adapters.slack.guard import guarded
from adapters.slack.kit import Kit
from bot.language import phrase

Forget = Callable[[str, str, datetime], Awaitable[Sequence[str]]]
"""Deletes the tokens of (workspace, organization), of the whole organization where no workspace is named, as of the
moment in which they ended; returns the workspaces that are left without one."""


def listen(app: AsyncApp, kit: Kit, forget: Forget) -> None:
    """Take them (https://docs.slack.dev/reference/events/tokens_revoked), and what organizations give and take."""
    grants.listen(app, kit)
    # What still comes afterwards finds no installation. Slack_bolt takes that for an error and answers it all the same.
    logging.getLogger(f"slack_bolt.{AsyncMultiTeamsAuthorization.__name__}").setLevel(logging.CRITICAL)

    @app.event("app_uninstalled")
    @guarded
    async def uninstalled(body: Mapping[str, Any], context: AsyncBoltContext) -> None:
        await _leave(kit, forget, body, context, phrase("it was uninstalled"))

    @app.event("tokens_revoked")
    @guarded
    async def revoked(event: Mapping[str, Any], body: Mapping[str, Any], context: AsyncBoltContext) -> None:
        if (event.get("tokens") or {}).get("bot"):
            await _leave(kit, forget, body, context, phrase("its token was revoked"))


async def _leave(kit: Kit, forget: Forget, body: Mapping[str, Any], context: AsyncBoltContext, reason: str) -> None:
    """Delete the tokens at once, then stop posting wherever they served."""
    workspace, organization = context.team_id or "", context.enterprise_id or ""
    whole = bool(organization) and (context.is_enterprise_install or not workspace)
    ended = datetime.fromtimestamp(body["event_time"], UTC)
    for each in await forget("" if whole else workspace, organization, ended):
        await kit.presence.uninstalled("slack", each, reason, kit.clock())
