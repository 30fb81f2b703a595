"""Which papers a channel has had, or will have from what is recorded."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.keys import chunks, paper_keys
from storage.tables import postings


async def claimed(
    connection: AsyncConnection, channels: Collection[int], papers: Collection[str]
) -> set[tuple[int, str]]:
    """Return which of *papers* were claimed for which of *channels*, by number."""
    found: set[tuple[int, str]] = set()
    names = {key: name for name, key in (await paper_keys(connection, papers)).items()}
    for some in chunks(channels):
        for few in chunks(names):
            query = select(postings.c.channel_id, postings.c.paper_id).where(
                postings.c.channel_id.in_(some), postings.c.paper_id.in_(few)
            )
            found |= {(row[0], names[row[1]]) for row in await connection.execute(query)}
    return found
