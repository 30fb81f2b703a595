"""What the listeners work with, handed to them by the composition root."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from adapters.discord.client import Client
from adapters.discord.rest import Rest
from adapters.discord.rooms import Rooms
from adapters.discord.tree import Tree
from bot.language import spelling
from bot.ports.commands import Answer, Commands, Request
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

    async def answer(self, asked: Request) -> Answer:
        """Answer a request; the commands that the answer names are written as they are typed in Discord."""
        with spelling(self.tree.native):
            return await self.commands.answer(asked)
