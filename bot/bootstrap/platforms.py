"""Platform and Connection: a chat platform as the bootstrap knows it, before and after it takes commands."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from bot.ports.chat import Chat
from bot.ports.commands import Commands
from bot.ports.workspaces import Directory


@dataclass(frozen=True, slots=True)
class Connection:
    """A platform that takes what people send: until an event is set, and by routes of the public listener."""

    serve: Callable[[asyncio.Event], Awaitable[None]]
    routes: Sequence[Any] = ()


@dataclass(frozen=True, slots=True)
class Platform:
    """A platform that can be posted to. ``connect`` opens it for people, once there are commands for them."""

    chat: Chat
    directory: Directory
    connect: Callable[[Commands], Connection]


def freeze_garbage_collector() -> None:
    """Keep what is there now out of the garbage collector's full rounds: it stays until the end anyway.

    Everything that was imported makes such a round take a tenth of a second, in which nobody is acknowledged.
    """
    gc.collect()
    gc.freeze()
