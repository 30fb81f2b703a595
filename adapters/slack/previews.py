"""What a form would do, shown while it is filled in: the last change counts, and no outcome is written over."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Final

from adapters.slack import views
from adapters.slack.kit import Kit
from adapters.slack.views import View

_MOST: Final = 1000


@dataclass(slots=True)
class _Window:
    """A window that is being filled in; ``ours`` are the versions that we made, by the one that each replaced."""

    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    ours: dict[str, str] = field(default_factory=dict)
    asked: int = 0

    def newest(self, version: str) -> str:
        """Return the version that *version*, as a person saw it, has become by our own hand."""
        while version in self.ours:
            version = self.ours[version]
        return version


class Previews:
    """Redraws windows one change after the other.

    A change tells of the window as its person saw it, maybe before our last answer got there; without knowing our own
    versions Slack's check of the hash would refuse all but the first of two quick changes.
    """

    def __init__(self, kit: Kit) -> None:
        self._kit = kit
        self._windows: dict[str, _Window] = {}

    async def redraw(self, workspace: str, seen: View, draw: Callable[[], Awaitable[View | None]]) -> None:
        """Show what *draw* gives, unless somebody has changed the window, closed it, or changed a field since."""
        window = self._window(seen["id"])
        window.asked += 1
        mine = window.asked
        async with window.turn:
            view = await draw() if mine == window.asked else None
            if view is None:
                return
            version = window.newest(str(seen.get("hash", "")))
            shown = await views.changed(self._kit, workspace, seen["id"], view, version)
            if shown and shown.get("hash") != version:
                window.ours[version] = str(shown.get("hash", ""))

    def _window(self, name: str) -> _Window:
        if name not in self._windows and len(self._windows) >= _MOST:
            # Those that are being redrawn right now go on with what they hold.
            self._windows.clear()
        return self._windows.setdefault(name, _Window())
