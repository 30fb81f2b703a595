"""Delivery records: rows of deliveries, their parents, and papers claimed per channel (table postings)."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.keys import find_paper_row_ids, split_into_chunks
from storage.tables import postings


async def fetch_claimed_papers(
    connection: AsyncConnection, channel_ids: Collection[int], paper_ids: Collection[str]
) -> set[tuple[int, str]]:
    """Return which of *paper_ids* were claimed for which of *channel_ids*, by number."""
    found: set[tuple[int, str]] = set()
    names = {key: name for name, key in (await find_paper_row_ids(connection, paper_ids)).items()}
    for some in split_into_chunks(channel_ids):
        for few in split_into_chunks(names):
            query = select(postings.c.channel_id, postings.c.paper_id).where(
                postings.c.channel_id.in_(some), postings.c.paper_id.in_(few)
            )
            found |= {(row[0], names[row[1]]) for row in await connection.execute(query)}
    return found
