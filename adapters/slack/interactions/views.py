"""views.update while a modal is filled in: ordered updates by hash, so that the last change counts."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final

from adapters.common.unrenderable_items import render_sound_items
from adapters.slack.context import SlackContext
from adapters.slack.forms.private_metadata import PrivateMetadata
from adapters.slack.rendering.messages import render_card_modal
from bot.cards.models import Card
from bot.domain.channels import Channel
from bot.errors import SendError

_MAX_STATES: Final = 1000

log = logging.getLogger(__name__)

View = dict[str, Any]


@dataclass(slots=True)
class _ViewState:
    """A window that is being filled in; ``own_hashes`` are the versions that we made, by the one that each replaced."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    own_hashes: dict[str, str] = field(default_factory=dict)
    change_number: int = 0

    def find_latest_hash(self, view_hash: str) -> str:
        """Return the version that *view_hash*, as a person saw it, has become by our own hand."""
        while view_hash in self.own_hashes:
            view_hash = self.own_hashes[view_hash]
        return view_hash


class OrderedViewUpdates:
    """Redraws windows one change after the other.

    A change tells of the window as its person saw it, maybe before our last answer got there; without knowing our own
    versions Slack's check of the hash would refuse all but the first of two quick changes.
    """

    def __init__(self, context: SlackContext) -> None:
        self._context = context
        self._states: dict[str, _ViewState] = {}

    async def update(self, workspace: str, seen_view: View, render_view: Callable[[], Awaitable[View | None]]) -> None:
        """Show what *render_view* gives, unless somebody has changed the view, closed it, or changed a field."""
        window = self._get_state(seen_view["id"])
        window.change_number += 1
        mine = window.change_number
        async with window.lock:
            view = await render_view() if mine == window.change_number else None
            if view is None:
                return
            version = window.find_latest_hash(str(seen_view.get("hash", "")))
            updated_view = await update_view(self._context, workspace, seen_view["id"], view, version)
            if updated_view and updated_view.get("hash") != version:
                window.own_hashes[version] = str(updated_view.get("hash", ""))

    def _get_state(self, view_id: str) -> _ViewState:
        if view_id not in self._states and len(self._states) >= _MAX_STATES:
            # Those that are being redrawn right now go on with what they hold.
            self._states.clear()
        return self._states.setdefault(view_id, _ViewState())


async def prepare_view(context: SlackContext, card: Card, channel: Channel) -> View:
    """Draw a card as a window that is about a channel, and keep what its buttons need before anybody presses them."""
    render = partial(render_card_modal, command=context.command)
    view, kept = render_sound_items(card, render, context.skipped_papers)
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
