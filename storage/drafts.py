"""Recording messages: rows, their parents and their claims, inside the caller's transaction."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, TypeAlias

from sqlalchemy import select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from bot import cards
from bot.cards import Card
from bot.errors import StoreError
from bot.models import DeliveryKey, DeliveryState
from bot.ports.ledger import Draft
from storage.keys import chunks, insert, paper_keys
from storage.tables import channels, deliveries, postings

Key: TypeAlias = tuple[int, str, str, int, str]

_KEY: Final = (
    deliveries.c.channel_id,
    deliveries.c.kind,
    deliveries.c.subject,
    deliveries.c.part,
    deliveries.c.operation,
)


@dataclass(slots=True)
class Record:
    """One batch of drafts on its way into the ledger.

    ``places`` are channel numbers by `Channel.key`, ``retired`` and ``dead`` the reasons why a channel or a parent
    takes nothing any more.
    """

    connection: AsyncConnection
    places: Mapping[str, int]
    now: datetime
    retired: dict[int, str] = field(default_factory=dict)
    dead: dict[Key, str] = field(default_factory=dict)
    texts: dict[int, str] = field(default_factory=dict)

    async def write(self, drafts: Sequence[Draft]) -> dict[Key, int]:
        """Record *drafts* and claim their papers; return the numbers of the new messages by their keys.

        A draft whose key is known is left out, and so is one whose parent was never recorded.
        """
        self.retired = await self._retired()
        known = await self._recorded({self.key(draft.parent) for draft in drafts if draft.parent})
        written: dict[Key, int] = {}
        rest = list(drafts)
        while ready := [draft for draft in rest if self._ready(draft, known)]:
            rest = [draft for draft in rest if not self._ready(draft, known)]
            new = await self._insert([self._row(draft, known) for draft in ready])
            known, written = known | new, written | new
        await self._claim([draft for draft in drafts if self.key(draft.key) in written], written)
        return written

    def key(self, key: DeliveryKey) -> Key:
        """Return a message's key with its channel as a number."""
        return (self.places[key.channel.key], key.kind, key.subject, key.part, key.operation)

    def _ready(self, draft: Draft, known: Mapping[Key, int]) -> bool:
        return draft.parent is None or self.key(draft.parent) in known

    def _row(self, draft: Draft, known: Mapping[Key, int]) -> dict[str, Any]:
        channel, kind, subject, part, operation = self.key(draft.key)
        parent = self.key(draft.parent) if draft.parent else None
        reason = self.retired.get(channel, "") or (self.dead.get(parent, "") if parent else "")
        return {
            "channel_id": channel,
            "kind": kind,
            "subject": subject,
            "part": part,
            "operation": operation,
            "parent_id": known[parent] if parent else None,
            "card": self._text(draft.card),
            "state": (DeliveryState.DEAD if reason else DeliveryState.PENDING).value,
            "reason": reason,
            "not_before": draft.not_before or self.now,
            "created": self.now,
        }

    def _text(self, card: Card) -> str:
        """Return the card as JSON; the cards of a batch are mostly one object, so each is written out once."""
        if id(card) not in self.texts:
            self.texts[id(card)] = dump(card)
        return self.texts[id(card)]

    async def _retired(self) -> dict[int, str]:
        found: dict[int, str] = {}
        for chunk in chunks(self.places.values()):
            gone = select(channels.c.id, channels.c.retired).where(channels.c.id.in_(chunk), channels.c.retired != "")
            found |= {row.id: row.retired for row in await self.connection.execute(gone)}
        return found

    async def _recorded(self, wanted: Iterable[Key]) -> dict[Key, int]:
        """Return the numbers of messages that are recorded already, and note which of them are dead."""
        found: dict[Key, int] = {}
        for chunk in chunks(wanted):
            query = select(deliveries.c.id, deliveries.c.state, deliveries.c.reason, *_KEY)
            for row in await self.connection.execute(query.where(tuple_(*_KEY).in_(chunk))):
                key: Key = tuple(row[3:])
                found[key] = row.id
                if row.state == DeliveryState.DEAD:
                    self.dead[key] = row.reason
        return found

    async def _insert(self, rows: Sequence[dict[str, Any]]) -> dict[Key, int]:
        statement = insert(self.connection, deliveries).on_conflict_do_nothing().returning(deliveries.c.id, *_KEY)
        return {tuple(row[1:]): row.id for row in await self.connection.execute(statement, rows)}

    async def _claim(self, drafts: Sequence[Draft], written: Mapping[Key, int]) -> None:
        papers = await paper_keys(self.connection, (paper for draft in drafts for paper in draft.papers))
        rows = [
            {"channel_id": key[0], "paper_id": _number(papers, paper), "delivery_id": written[key]}
            for draft in drafts
            for key in [self.key(draft.key)]
            for paper in draft.papers
        ]
        if rows:
            await self.connection.execute(insert(self.connection, postings).on_conflict_do_nothing(), rows)


def dump(card: Card) -> str:
    """Return *card* as the text that a row keeps."""
    return json.dumps(cards.dump(card), ensure_ascii=False, separators=(",", ":"))


def load(text: str) -> Card:
    """Return the card that `dump` wrote."""
    return cards.load(json.loads(text))


def _number(papers: Mapping[str, int], paper: str) -> int:
    if paper not in papers:
        raise StoreError(f"The paper {paper} is not stored, so it can't be posted.")
    return papers[paper]
