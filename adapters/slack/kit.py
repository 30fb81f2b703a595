"""What the listeners work with, handed to them by the composition root."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from adapters.slack.clients import Clients
from adapters.slack.people import People
from adapters.slack.rooms import Rooms
from bot.ports.commands import Commands
from bot.ports.people import Inbox
from bot.ports.places import Workspaces
from bot.ports.presence import Presence
from bot.ports.secrets import Actions


@dataclass(frozen=True, slots=True)
class Kit:
    """The command table, what is kept, and the ways to Slack. ``command`` is what people type ("/papers")."""

    commands: Commands
    actions: Actions
    inbox: Inbox
    workspaces: Workspaces
    presence: Presence
    clients: Clients
    rooms: Rooms
    people: People
    clock: Callable[[], datetime]
    command: str = "/papers"
