"""The bot’s own composition with what tests vary: settings by name, stores, sources, a clock, how a chat is opened."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from bot import poller
from bot.bootstrap.bot import Bot, open_bot
from bot.bootstrap.context import Context
from bot.bootstrap.platforms import build_settings_class
from bot.domain.papers import Paper
from bot.ports.platforms import Platform, PlatformDefinition, PlatformServices
from bot.ports.settings import PlatformSettings
from bot.ports.sources import Source, SourceResponse
from bot.ports.stores import Stores
from bot.ports.workspaces import Workspace
from bot.sources import file_import
from bot.sources.sample import recordings
from tests.stores import open_stores

SettingsT = TypeVar("SettingsT", bound=PlatformSettings)


@dataclass
class FakePaperSource:
    """Hugging Face as tests want it: it knows some papers, and may let people wait."""

    known: dict[str, Paper] = field(default_factory=dict)
    hold: asyncio.Event | None = None

    async def search_papers(self, query: str, limit: int = 20) -> SourceResponse:
        if self.hold:
            await self.hold.wait()
        return SourceResponse()

    async def fetch_paper(self, identifier: str) -> Paper | None:
        if self.hold:
            await self.hold.wait()
        return self.known.get(identifier)


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


def replace_builder(
    definition: PlatformDefinition[SettingsT], build_platform: Callable[[SettingsT, PlatformServices], Platform]
) -> PlatformDefinition[SettingsT]:
    """Return the definition of a platform that is built in a test's own way."""

    def open_platform(settings: SettingsT, services: PlatformServices) -> AbstractAsyncContextManager[Platform]:
        return nullcontext(build_platform(settings, services))

    return replace(definition, open_platform=open_platform)


async def store_sample(folder: Path, workspace: Workspace, now: datetime) -> None:
    """Store the sample and a workspace in a folder, to be copied by every test."""
    async with open_stores(folder, now) as stores:
        for batch in file_import.read_batches([recordings.FOLDER]):
            await poller.import_batch(stores, batch.day, batch.papers, now)
        await stores.workspaces.save(workspace)
        await stores.search_index.refresh()


def list_unexpected(records: list[logging.LogRecord], excused: list[str], level: int = logging.WARNING) -> list[str]:
    """Return what a log says from *level* on and nobody expects."""
    texts = [record.getMessage() for record in records if record.levelno >= level]
    return [text for text in texts if not any(known in text for known in excused)]
