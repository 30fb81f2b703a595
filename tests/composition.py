"""The bot’s own composition with what tests vary: settings by name, stores, sources, a clock, how a chat is opened."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from dataclasses import replace
from datetime import datetime
from typing import Any, TypeVar

from bot.bootstrap.bot import Bot, open_bot
from bot.bootstrap.context import Context
from bot.bootstrap.platforms import build_settings_class
from bot.ports.platforms import Platform, PlatformDefinition, PlatformServices
from bot.ports.settings import PlatformSettings
from bot.ports.sources import Source
from bot.ports.stores import Stores

SettingsT = TypeVar("SettingsT", bound=PlatformSettings)


@asynccontextmanager
async def open_test_bot(
    definition: PlatformDefinition[Any],
    settings: Mapping[str, Any],
    stores: Stores,
    clock: Callable[[], datetime],
    sources: Sequence[Source] = (),
) -> AsyncIterator[Bot]:
    """Give the bot with one platform, before it is connected; *sources* are those of its papers."""
    made = build_settings_class([definition]).model_construct(**settings)
    async with open_bot(Context(made, stores, sources, (definition,)), clock) as bot:
        yield bot


def opened_by(
    definition: PlatformDefinition[SettingsT], build_platform: Callable[[SettingsT, PlatformServices], Platform]
) -> PlatformDefinition[SettingsT]:
    """Return the definition of a platform that is built in a test's own way."""

    def open_platform(settings: SettingsT, services: PlatformServices) -> AbstractAsyncContextManager[Platform]:
        return nullcontext(build_platform(settings, services))

    return replace(definition, open_platform=open_platform)
