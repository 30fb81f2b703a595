"""views.open, views.push and views.update: modals opened, stacked and changed with trigger_id and hash."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Mapping
from typing import Any

from adapters.slack.kit import SlackContext
from adapters.slack.origins import PrivateMetadata
from adapters.slack.render import render_card_modal
from bot.cards.models import Card
from bot.domain.channels import Channel
from bot.errors import SendError

log = logging.getLogger(__name__)

View = dict[str, Any]


async def prepare_view(context: SlackContext, card: Card, channel: Channel) -> View:
    """Draw a card as a window that is about a channel, and keep what its buttons need before anybody presses them."""
    view, kept = render_card_modal(card, command=context.command)
    await context.button_payloads.save_payloads(kept, context.clock())
    return {**view, "private_metadata": PrivateMetadata(channel).pack()}


async def open_view(context: SlackContext, workspace: str, trigger_id: str, view: View) -> View | None:
    """Open a window; *trigger_id* is three seconds' right to do so. Return the window, None when it was too late."""
    return await _await_view(context.client.call(workspace, "views.open", trigger_id=trigger_id, view=view))


async def push_view(context: SlackContext, workspace: str, trigger_id: str, view: View) -> View | None:
    """Lay a window over the one in which something was pressed; at most three lie on each other."""
    return await _await_view(context.client.call(workspace, "views.push", trigger_id=trigger_id, view=view))


async def update_view(
    context: SlackContext, workspace: str, view_id: str, view: View, view_hash: str = ""
) -> View | None:
    """Change a window; one that was closed, or is not the *view_hash* (a hash) any more, is left alone."""
    guard = {"hash": view_hash} if view_hash else {}
    return await _await_view(context.client.call(workspace, "views.update", view_id=view_id, view=view, **guard))


async def _await_view(call: Awaitable[Mapping[str, Any]]) -> View | None:
    try:
        said: View = (await call)["view"]
    except SendError as error:
        log.info("A window could not be shown: %s", error)
        return None
    return said
