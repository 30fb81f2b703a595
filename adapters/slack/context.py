"""SlackContext: what every Bolt listener is given by the composition root."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime

from adapters.slack.api.client import SlackClient
from adapters.slack.directory import ChannelDirectory, UserDirectory
from adapters.slack.rendering.buttons_and_menus import list_modal_commands
from bot.ports.commands import Commands
from bot.ports.platform_events import ProcessedEvents, WorkspaceEvents
from bot.ports.secrets import ButtonPayloads, SecretRegistrar
from bot.ports.skipped_papers import SkippedPapers
from bot.ports.workspaces import Workspaces


@dataclass(frozen=True, slots=True)
class SlackContext:
    """The command table, what is kept, and the ways to Slack. ``command`` is what people type ("/papers")."""

    commands: Commands
    button_payloads: ButtonPayloads
    processed_events: ProcessedEvents
    workspaces: Workspaces
    workspace_events: WorkspaceEvents
    client: SlackClient
    directory: ChannelDirectory
    user_directory: UserDirectory
    clock: Callable[[], datetime]
    secret_registrar: SecretRegistrar
    command: str = "/papers"
    skipped_papers: SkippedPapers = field(default_factory=SkippedPapers)

    @property
    def modal_commands(self) -> Collection[str]:
        """The names of the commands whose buttons open a modal."""
        return list_modal_commands(self.commands.list_commands())
