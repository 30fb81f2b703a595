"""DiscordContext: what every event and interaction handler is given by the composition root."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from adapters.discord.api.rest import RestClient
from adapters.discord.commands.tree import CommandTree
from adapters.discord.directory import ChannelDirectory
from adapters.discord.gateway.client import DiscordClient
from bot.i18n.formatting import use_command_format
from bot.ports.channels import Channels
from bot.ports.commands import Answer, Commands, Request
from bot.ports.follows import Follows
from bot.ports.key_value import KeyValueStore
from bot.ports.platform_events import ReactionEvents, WorkspaceEvents
from bot.ports.secrets import ButtonPayloads, SecretRegistrar
from bot.ports.skipped_papers import SkippedPapers
from bot.ports.workspaces import Workspaces


@dataclass(frozen=True, slots=True)
class DiscordContext:
    """The command table and its shape in Discord, what is kept, and the ways to Discord."""

    commands: Commands
    tree: CommandTree
    button_payloads: ButtonPayloads
    channels: Channels
    follows: Follows
    workspaces: Workspaces
    key_value_store: KeyValueStore
    workspace_events: WorkspaceEvents
    reaction_events: ReactionEvents
    client: DiscordClient
    rest: RestClient
    directory: ChannelDirectory
    clock: Callable[[], datetime]
    secret_registrar: SecretRegistrar
    skipped_papers: SkippedPapers = field(default_factory=SkippedPapers)

    async def answer_request(self, request: Request) -> Answer:
        """Answer a request; the commands that the answer names are written as they are typed in Discord."""
        with use_command_format(self.tree.format_slash_command):
            return await self.commands.answer(request)
