"""Papers not yet matched to topics, kept as JSON in the key-value store."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.ports.papers import UnmatchedPapers
from storage.sql import build_insert
from storage.tables import marks

_UNMATCHED_KEY: Final = "news"


async def read_unmatched(connection: AsyncConnection) -> list[UnmatchedPapers]:
    """Return the news, oldest first."""
    text = await connection.scalar(select(marks.c.value).where(marks.c.name == _UNMATCHED_KEY))
    return [UnmatchedPapers(after, last, datetime.fromisoformat(at)) for after, last, at in json.loads(text or "[]")]


async def write_unmatched(connection: AsyncConnection, unmatched: Sequence[UnmatchedPapers]) -> None:
    """Keep *unmatched* in place of what was there."""
    if not unmatched:
        await connection.execute(delete(marks).where(marks.c.name == _UNMATCHED_KEY))
        return
    value = json.dumps([(one.after_sequence, one.last_sequence, one.stored_at.isoformat()) for one in unmatched])
    statement = build_insert(connection, marks).values(name=_UNMATCHED_KEY, value=value)
    await connection.execute(statement.on_conflict_do_update(index_elements=["name"], set_={"value": value}))
