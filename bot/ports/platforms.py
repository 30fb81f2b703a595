"""Ports of chat platforms: what defines one, what it is given, and what it is once it is open and takes commands."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, Generic, Protocol, TypeVar

from bot.ports.channels import ChannelState
from bot.ports.chat import Chat
from bot.ports.commands import Command, Commands
from bot.ports.features import Feature
from bot.ports.platform_events import ReactionEvents, WorkspaceEvents
from bot.ports.previews import MessagePreview, PreviewContent
from bot.ports.secrets import SecretRegistrar, Vault
from bot.ports.settings import PlatformSettings
from bot.ports.stores import Stores
from bot.ports.workspaces import Directory

if TYPE_CHECKING:
    import typer

_SENTENCE_END: Final = re.compile(r"(?<=\.)\s+(?=[A-Z“])")

SettingsT = TypeVar("SettingsT", bound=PlatformSettings)


class Connection(Protocol):
    """A platform that takes what people send."""

    @property
    def routes(self) -> Sequence[Any]:
        """The routes of the public listener by which it does (`aiohttp.web.RouteDef`)."""
        ...

    async def serve(self, stop: asyncio.Event) -> None:
        """Take what people send until *stop*, then end what is in flight.

        Raises `bot.errors.Refused` when the platform turns the credentials down.
        """
        ...


class Platform(Protocol):
    """A platform that can be posted to."""

    @property
    def chat(self) -> Chat:
        """What posts."""
        ...

    @property
    def directory(self) -> Directory:
        """What knows the channels."""
        ...

    def connect(self, commands: Commands) -> Connection:
        """Return what takes people's commands; once, before it is served."""
        ...


@dataclass(frozen=True, slots=True)
class PlatformServices:
    """What every platform is given.

    ``commands`` are the declared ones, ``open_vault`` opens the vault with a connection of its own,
    ``secret_registrar`` is told of capabilities that come in, ``announce`` prints a line for whoever started the bot,
    and ``public_url`` is where the world reaches the public listener ("https://bot.example.org"), or "".
    """

    stores: Stores
    clock: Callable[[], datetime]
    commands: Sequence[Command]
    workspace_events: WorkspaceEvents
    reaction_events: ReactionEvents
    open_vault: Callable[[], AbstractAsyncContextManager[Vault]]
    secret_registrar: SecretRegistrar
    announce: Callable[[str], None]
    public_url: str = ""


@dataclass(frozen=True)
class CliContext(Generic[SettingsT]):
    """What the console commands of a platform are given: what loads the settings, and what lists the chat commands."""

    load_settings: Callable[[], SettingsT]
    list_commands: Callable[[], Sequence[Command]]


@dataclass(frozen=True, slots=True)
class CheckResult:
    """One thing looked at; ``message`` says how it is and, if it is not ``ok``, what to do.

    ``name`` is the group that it belongs to, a word that stays the same.
    """

    ok: bool
    message: str
    name: str = field(default="", compare=False)

    @property
    def sentence(self) -> str:
        """How it is: all of what is well, and the first sentence of what is not."""
        return self.message if self.ok else _SENTENCE_END.split(self.message, maxsplit=1)[0]

    @property
    def fix(self) -> str:
        """What to do: what comes behind the sentence; "" for what is well, or where nothing more is said."""
        return self.message.removeprefix(self.sentence).strip()


@dataclass(frozen=True, slots=True)
class CheckContext:
    """What `doctor` knows when it asks a platform.

    ``channel_states`` are the platform's channels that should have a digest, ``services`` None while nothing is stored.
    """

    channel_states: Sequence[ChannelState] = ()
    services: PlatformServices | None = None
    is_bot_running: bool = False
    has_public_listener: bool = False
    public_url: str = ""


@dataclass(frozen=True)
class PlatformDefinition(Generic[SettingsT]):
    """A chat platform as the bot knows it; its own library is read only by what is called here.

    ``name`` is the one that channels bear ("irc"), ``label`` the one that people read ("IRC"). ``open_platform``
    gives a platform that is set up, ``check_platform`` looks for what keeps it from working, ``render_preview`` draws
    a message as the platform would show it, and ``build_cli`` returns its group of console commands. ``features`` are
    what it has that others lack, ``secret_patterns`` regular expressions of what must not stand in the log: its tokens.
    """

    name: str
    label: str
    settings_class: type[SettingsT]
    is_configured: Callable[[SettingsT], bool]
    open_platform: Callable[[SettingsT, PlatformServices], AbstractAsyncContextManager[Platform]]
    check_platform: Callable[[SettingsT, CheckContext], Awaitable[Sequence[CheckResult]]]
    render_preview: Callable[[SettingsT, Commands, PreviewContent], MessagePreview] | None = None
    build_cli: Callable[[CliContext[SettingsT]], typer.Typer] | None = None
    features: frozenset[Feature] = frozenset()
    secret_patterns: tuple[str, ...] = ()
