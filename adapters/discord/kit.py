"""What the listeners work with, handed to them by the composition root."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from adapters.discord.client import Client
from adapters.discord.rest import Rest
from adapters.discord.rooms import Rooms
from adapters.discord.tree import Tree
from bot.ports.commands import Commands
from bot.ports.crowds import Crowd
from bot.ports.people import Follows
from bot.ports.places import Channels, Marks, Workspaces
from bot.ports.presence import Presence
from bot.ports.secrets import Actions


@dataclass(frozen=True, slots=True)
class Kit:
    """The command table and its shape in Discord, what is kept, and the ways to Discord."""

    commands: Commands
    tree: Tree
    actions: Actions
    channels: Channels
    follows: Follows
    workspaces: Workspaces
    marks: Marks
    presence: Presence
    crowd: Crowd
    client: Client
    rest: Rest
    rooms: Rooms
    clock: Callable[[], datetime]
