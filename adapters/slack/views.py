"""Windows: opened, laid over another, changed. Slack refuses what comes too late; that is no failure of ours."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Mapping
from typing import Any

from adapters.slack.kit import Kit
from adapters.slack.origins import Origin
from adapters.slack.render import modal
from bot.cards import Card
from bot.errors import SendError
from bot.models import Channel

log = logging.getLogger(__name__)

View = dict[str, Any]


async def drawn(kit: Kit, card: Card, channel: Channel) -> View:
    """Draw a card as a window that is about a channel, and keep what its buttons need before anybody presses them."""
    view, kept = modal(card, command=kit.command)
    await kit.actions.keep(kept, kit.clock())
    return {**view, "private_metadata": Origin(channel).pack()}


async def opened(kit: Kit, workspace: str, trigger: str, view: View) -> View | None:
    """Open a window; *trigger* is three seconds' right to do so. Return the window, None when it was too late."""
    return await _done(kit.clients.call(workspace, "views.open", trigger_id=trigger, view=view))


async def pushed(kit: Kit, workspace: str, trigger: str, view: View) -> View | None:
    """Lay a window over the one in which something was pressed; at most three lie on each other."""
    return await _done(kit.clients.call(workspace, "views.push", trigger_id=trigger, view=view))


async def changed(kit: Kit, workspace: str, window: str, view: View, version: str = "") -> View | None:
    """Change a window; one that was closed, or is not the *version* (a hash) any more, is left alone."""
    guard = {"hash": version} if version else {}
    return await _done(kit.clients.call(workspace, "views.update", view_id=window, view=view, **guard))


async def _done(call: Awaitable[Mapping[str, Any]]) -> View | None:
    try:
        said: View = (await call)["view"]
    except SendError as error:
        log.info("A window could not be shown: %s", error)
        return None
    return said
