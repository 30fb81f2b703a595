"""The record of skipped papers, kept as JSON in the key-value store, so that it outlives a restart."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from bot.ports.skipped_papers import SkippedPaper
from bot.ports.stores import Stores

_KEY: Final = "skipped papers"


async def sync_skipped_papers(stores: Stores, now: datetime) -> None:
    """Take in what earlier processes recorded, forget what is old, and keep what is new."""
    known, kept = stores.skipped_papers, await stores.key_values.get(_KEY)
    known.restored = {(each.paper, each.step): each for each in _decode(kept)}
    known.expire(now)
    record = _encode(known.list_skipped())
    if record != kept:
        await stores.key_values.set(_KEY, record)


def _encode(skipped: Sequence[SkippedPaper]) -> str:
    rows = [(each.paper, each.step, each.reference, each.at.isoformat()) for each in skipped if each.at]
    return json.dumps(rows, ensure_ascii=False) if rows else ""


def _decode(text: str) -> list[SkippedPaper]:
    rows = json.loads(text) if text else []
    return [SkippedPaper(paper, step, reference, datetime.fromisoformat(at)) for paper, step, reference, at in rows]
