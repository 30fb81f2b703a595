"""The sources of the table, opened as the running bot opens them, at an address on loopback."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime
from typing import Protocol, cast

from bot.config import Settings
from bot.ports.sources import DailyLists, PaperLookup, PaperSearch, Source
from bot.ports.stores import Stores
from bot.sources import registry
from bot.sources.http.client import SourceClient
from bot.sources.http.policies import SourcePolicy


@asynccontextmanager
async def open_sources(
    stores: Stores,
    url: str,
    clock: Callable[[], datetime],
    sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    *,
    categories: Sequence[str] = ("cs.CL",),
    table: Sequence[registry.OpenSource] = registry.SOURCES,
) -> AsyncIterator[dict[str, Source]]:
    """Give the sources by name; a failed attempt is repeated at once."""

    def connect(policy: SourcePolicy) -> SourceClient:
        quick = replace(policy, backoff=0.0)
        return SourceClient(quick, stores.source_states, clock, version="1", sleep=sleep)

    settings = Settings.model_construct(hf_endpoint=url, arxiv_url=url, arxiv_categories=tuple(categories))
    async with registry.open_sources(settings, connect, table) as sources:
        yield {source.name: source for source in sources}


class Known(PaperSearch, PaperLookup, Protocol):
    """What searches, and knows papers by their ids."""


def offering_search(client: PaperSearch, title: str = "Hugging Face") -> Source:
    """Return a source that can search and no more."""
    return Source(title.lower().replace(" ", ""), title, search=client)


def without_arxiv(client: Known) -> tuple[Source, ...]:
    """Return Hugging Face as *client* answers for it, and arXiv, switched off; nobody asks for its lists."""
    lists = cast("DailyLists", client)
    return Source("huggingface", "Hugging Face", lists, search=client, lookup=client), Source("arxiv", "arXiv")
