"""PlatformServices: what every chat platform is given, and the platforms that are set up, opened with it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime
from functools import partial

import typer

from bot.bootstrap import context
from bot.bootstrap.platforms import Platforms
from bot.commands.table import build_declared_table
from bot.config import Settings
from bot.digests.reaction_promotion import ReactionPromotion
from bot.ports.platforms import Platform, PlatformServices
from bot.ports.secrets import SecretRegistrar
from bot.ports.stores import Stores
from bot.ports.workspaces import Directory
from bot.redaction import SecretRegistry
from bot.workspace_lifecycle import WorkspaceLifecycle


def build_services(
    settings: Settings,
    stores: Stores,
    directories: Mapping[str, Directory],
    clock: Callable[[], datetime] = context.read_clock,
    secret_registrar: SecretRegistrar | None = None,
) -> PlatformServices:
    """Return what a platform is given; *directories* may still get theirs, by platform.

    *secret_registrar* is the one that the log knows, where there is a log.
    """
    return PlatformServices(
        stores=stores,
        clock=clock,
        commands=build_declared_table().list_commands(),
        workspace_events=WorkspaceLifecycle(stores, directories),
        reaction_events=ReactionPromotion(stores),
        open_vault=partial(context.open_vault, settings),
        secret_registrar=secret_registrar or SecretRegistry(),
        announce=typer.echo,
        public_url=settings.public_url,
    )


@asynccontextmanager
async def open_platforms(
    platforms: Platforms,
    settings: Settings,
    stores: Stores,
    clock: Callable[[], datetime] = context.read_clock,
    secret_registrar: SecretRegistrar | None = None,
) -> AsyncIterator[Mapping[str, Platform]]:
    """Open the platforms that are set up, by name; the libraries of others are not even read."""
    directories: dict[str, Directory] = {}
    opened: dict[str, Platform] = {}
    services = build_services(settings, stores, directories, clock, secret_registrar)
    async with AsyncExitStack() as stack:
        for definition in platforms:
            if definition.is_configured(settings):
                platform = await stack.enter_async_context(definition.open_platform(settings, services))
                opened[definition.name], directories[definition.name] = platform, platform.directory
        yield opened
