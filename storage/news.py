"""Which papers were stored as news and are still to be held against the topics, kept as a mark."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.ports.papers import News
from storage.keys import insert
from storage.tables import marks

_MARK: Final = "news"


async def read(connection: AsyncConnection) -> list[News]:
    """Return the news, oldest first."""
    text = await connection.scalar(select(marks.c.value).where(marks.c.name == _MARK))
    return [News(after, last, datetime.fromisoformat(at)) for after, last, at in json.loads(text or "[]")]


async def write(connection: AsyncConnection, news: Sequence[News]) -> None:
    """Keep *news* in place of what was there."""
    if not news:
        await connection.execute(delete(marks).where(marks.c.name == _MARK))
        return
    value = json.dumps([(one.after, one.last, one.at.isoformat()) for one in news])
    statement = insert(connection, marks).values(name=_MARK, value=value)
    await connection.execute(statement.on_conflict_do_update(index_elements=["name"], set_={"value": value}))
