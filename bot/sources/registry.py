"""Source registry: the table of the sources of papers, one line each, and how they are opened from the settings."""

from __future__ import annotations

from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING, Final, TypeAlias

from bot.sources.arxiv import source as arxiv
from bot.sources.huggingface import source as huggingface
from bot.sources.sample import source as sample

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Sequence

    from bot.config import Settings
    from bot.ports.sources import Source
    from bot.sources.http.client import Connect, SourceClient
    from bot.sources.http.policies import SourcePolicy

OpenSource: TypeAlias = "Callable[[Settings, Connect], Source]"
"""Opens one source: from the settings, with a client for each policy that it hands to `Connect`."""

SOURCES: Final[Sequence[OpenSource]] = (
    huggingface.open_source,
    arxiv.open_source,
    sample.open_source,
)
"""In the order in which they are asked for a paper by its id: the last one that looks papers up has the last word."""


@asynccontextmanager
async def open_sources(
    settings: Settings, connect: Connect, table: Sequence[OpenSource] = SOURCES
) -> AsyncIterator[Sequence[Source]]:
    """Open every source of the *table*; the clients that *connect* made are closed at the end."""
    async with AsyncExitStack() as stack:

        def connect_until_end(policy: SourcePolicy) -> SourceClient:
            client = connect(policy)
            stack.push_async_callback(client.close)
            return client

        yield tuple(open_source(settings, connect_until_end) for open_source in table)
