"""views.update while a modal is filled in: ordered updates by hash, so that the last change counts."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Final

from adapters.slack import views
from adapters.slack.kit import SlackContext
from adapters.slack.views import View

_MAX_STATES: Final = 1000


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
        """Show what *render_view* gives, unless somebody has changed the window, closed it, or changed a field since."""
        window = self._get_state(seen_view["id"])
        window.change_number += 1
        mine = window.change_number
        async with window.lock:
            view = await render_view() if mine == window.change_number else None
            if view is None:
                return
            version = window.find_latest_hash(str(seen_view.get("hash", "")))
            shown = await views.update_view(self._context, workspace, seen_view["id"], view, version)
            if shown and shown.get("hash") != version:
                window.own_hashes[version] = str(shown.get("hash", ""))

    def _get_state(self, view_id: str) -> _ViewState:
        if view_id not in self._states and len(self._states) >= _MAX_STATES:
            # Those that are being redrawn right now go on with what they hold.
            self._states.clear()
        return self._states.setdefault(view_id, _ViewState())
