"""Delivery records: rows of deliveries, their parents, and papers claimed per channel (table postings)."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final, TypeAlias

from sqlalchemy import and_, case, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.cards import models
from bot.cards.models import Card
from bot.domain.deliveries import DeliveryKey, DeliveryState, get_grace
from bot.errors import StoreError
from bot.ports.deliveries import Draft
from storage.sql import build_insert, find_paper_row_ids, split_into_chunks
from storage.tables import channels, deliveries, marks, postings

DeliveryRowKey: TypeAlias = tuple[int, str, str, int, str]

_KEY_COLUMNS: Final = (
    deliveries.c.channel_id,
    deliveries.c.kind,
    deliveries.c.subject,
    deliveries.c.part,
    deliveries.c.operation,
)

_RENEWED_COLUMNS: Final = ("parent_id", "card", "state", "reason", "not_before", "created", "expires")
_RENEWABLE_KINDS: Final = ("digest", "sample")
"""Kinds of which a dead message is sent anew when it is asked for again: `DigestStore` decides whether it is."""
_RESTORED_LOOKUP_DAYS: Final = timedelta(days=2)
"""How long after a backup was put back what is recorded is looked up first: it may have been posted before."""


async def fetch_restored_since(connection: AsyncConnection, now: datetime) -> datetime | None:
    """Return since when messages may have been posted that a restored database knows nothing of, or None."""
    query = select(marks.c.name, marks.c.value).where(marks.c.name.in_(("restored_at", "restored_since")))
    found = {row.name: datetime.fromisoformat(row.value) for row in await connection.execute(query)}
    restored_at = found.get("restored_at")
    recently = restored_at is not None and now - restored_at < _RESTORED_LOOKUP_DAYS
    return found.get("restored_since") if recently else None


async def fetch_claimed_papers(
    connection: AsyncConnection, channel_ids: Collection[int], paper_ids: Collection[str]
) -> set[tuple[int, str]]:
    """Return which of *paper_ids* were claimed for which of *channel_ids*, by number."""
    claims: set[tuple[int, str]] = set()
    names = {key: name for name, key in (await find_paper_row_ids(connection, paper_ids)).items()}
    for some in split_into_chunks(channel_ids):
        for few in split_into_chunks(names):
            query = select(postings.c.channel_id, postings.c.paper_id).where(
                postings.c.channel_id.in_(some), postings.c.paper_id.in_(few)
            )
            claims |= {(row[0], names[row[1]]) for row in await connection.execute(query)}
    return claims


@dataclass(slots=True)
class DraftBatch:
    """One batch of drafts on its way into the ledger.

    ``channel_ids`` are channel numbers by `Channel.key`, ``retired_reasons`` and ``dead_reasons`` the reasons why a
    channel or a parent takes nothing any more.
    """

    connection: AsyncConnection
    channel_ids: Mapping[str, int]
    now: datetime
    retired_reasons: dict[int, str] = field(default_factory=dict)
    dead_reasons: dict[DeliveryRowKey, str] = field(default_factory=dict)
    encoded_cards: dict[int, str] = field(default_factory=dict)
    lookup_since: datetime | None = None

    async def insert_drafts(self, drafts: Sequence[Draft]) -> dict[DeliveryRowKey, int]:
        """Record *drafts* and claim their papers; return the numbers of the new messages by their keys.

        A draft whose key is known is left out, and so is one whose parent was never recorded.
        """
        self.retired_reasons = await self._fetch_retired_reasons()
        self.lookup_since = await fetch_restored_since(self.connection, self.now)
        own = {self.to_row_key(draft.key) for draft in drafts}
        parents = {self.to_row_key(draft.parent) for draft in drafts if draft.parent}
        known_ids, written, rest = dict[DeliveryRowKey, int](), dict[DeliveryRowKey, int](), list(drafts)
        # Parents of this batch may be sent anew; only those that are not are as they were.
        for recorded in (parents - own, parents & own):
            known_ids = await self._fetch_recorded_ids(recorded - set(known_ids)) | known_ids
            while ready := [draft for draft in rest if self._is_ready(draft, known_ids)]:
                rest = [draft for draft in rest if not self._is_ready(draft, known_ids)]
                new = await self._insert_rows([self._build_row(draft, known_ids) for draft in ready])
                known_ids, written = known_ids | new, written | new
        await self._claim_papers([draft for draft in drafts if self.to_row_key(draft.key) in written], written)
        return written

    def to_row_key(self, key: DeliveryKey) -> DeliveryRowKey:
        """Return a message's key with its channel as a number."""
        return (self.channel_ids[key.channel.key], key.kind, key.subject, key.part, key.operation)

    def _is_ready(self, draft: Draft, known_ids: Mapping[DeliveryRowKey, int]) -> bool:
        return draft.parent is None or self.to_row_key(draft.parent) in known_ids

    def _build_row(self, draft: Draft, known_ids: Mapping[DeliveryRowKey, int]) -> dict[str, Any]:
        channel, kind, subject, part, operation = self.to_row_key(draft.key)
        parent = self.to_row_key(draft.parent) if draft.parent else None
        reason = self.retired_reasons.get(channel, "") or (self.dead_reasons.get(parent, "") if parent else "")
        return {
            "channel_id": channel,
            "kind": kind,
            "subject": subject,
            "part": part,
            "operation": operation,
            "parent_id": known_ids[parent] if parent else None,
            "card": self._encode_card_once(draft.card),
            "state": (DeliveryState.DEAD if reason else DeliveryState.PENDING).value,
            "reason": reason,
            "not_before": draft.not_before or self.now,
            "created": self.now,
            "platform": draft.key.channel.platform,
            "workspace": draft.key.channel.workspace,
            "lookup_since": _choose_earlier(draft.lookup_since, self.lookup_since),
            "expires": (draft.not_before or self.now) + get_grace(kind),
        }

    def _encode_card_once(self, card: Card) -> str:
        """Return the card as JSON; the cards of a batch are mostly one object, so each is written out once."""
        if id(card) not in self.encoded_cards:
            self.encoded_cards[id(card)] = encode_card(card)
        return self.encoded_cards[id(card)]

    async def _fetch_retired_reasons(self) -> dict[int, str]:
        found: dict[int, str] = {}
        for chunk in split_into_chunks(self.channel_ids.values()):
            gone = select(channels.c.id, channels.c.retired).where(channels.c.id.in_(chunk), channels.c.retired != "")
            found |= {row.id: row.retired for row in await self.connection.execute(gone)}
        return found

    async def _fetch_recorded_ids(self, wanted_keys: Iterable[DeliveryRowKey]) -> dict[DeliveryRowKey, int]:
        """Return the numbers of messages that are recorded already, and note which of them are dead."""
        recorded_ids: dict[DeliveryRowKey, int] = {}
        for chunk in split_into_chunks(wanted_keys):
            query = select(deliveries.c.id, deliveries.c.state, deliveries.c.reason, *_KEY_COLUMNS)
            for row in await self.connection.execute(query.where(tuple_(*_KEY_COLUMNS).in_(chunk))):
                key: DeliveryRowKey = tuple(row[3:])
                recorded_ids[key] = row.id
                if row.state == DeliveryState.DEAD:
                    self.dead_reasons[key] = row.reason
        return recorded_ids

    async def _insert_rows(self, rows: Sequence[dict[str, Any]]) -> dict[DeliveryRowKey, int]:
        insert = build_insert(self.connection, deliveries)
        # What was tried under the same key may be there all the same, whatever the platform said: it is looked up.
        tried = case((deliveries.c.attempt > 0, deliveries.c.created), else_=insert.excluded.lookup_since)
        anew = {name: insert.excluded[name] for name in _RENEWED_COLUMNS} | {
            "lookup_since": tried, "attempts": 0, "refusals": 0, "lookup_cursor": "",
        }  # fmt: skip
        renewable = (deliveries.c.kind == kind for kind in _RENEWABLE_KINDS)
        upsert = insert.on_conflict_do_update(
            index_elements=_KEY_COLUMNS,
            set_=anew,
            where=and_(
                deliveries.c.state == DeliveryState.DEAD.value,
                or_(*renewable),
            ),
        )
        statement = upsert.returning(deliveries.c.id, *_KEY_COLUMNS)
        return {tuple(row[1:]): row.id for row in await self.connection.execute(statement, rows)}

    async def _claim_papers(self, drafts: Sequence[Draft], written: Mapping[DeliveryRowKey, int]) -> None:
        papers = await find_paper_row_ids(self.connection, (paper for draft in drafts for paper in draft.papers))
        rows = [
            {"channel_id": key[0], "paper_id": _get_paper_id(papers, paper), "delivery_id": written[key]}
            for draft in drafts
            for key in [self.to_row_key(draft.key)]
            for paper in draft.papers
        ]
        if rows:
            await self.connection.execute(build_insert(self.connection, postings).on_conflict_do_nothing(), rows)


def _choose_earlier(one: datetime | None, other: datetime | None) -> datetime | None:
    return min((moment for moment in (one, other) if moment), default=None)


def encode_card(card: Card) -> str:
    """Return *card* as the text that a row keeps."""
    return json.dumps(models.dump_card(card), ensure_ascii=False, separators=(",", ":"))


def decode_card(text: str) -> Card:
    """Return the card that `encode_card` wrote."""
    return models.load_card(json.loads(text))


def _get_paper_id(papers: Mapping[str, int], paper: str) -> int:
    if paper not in papers:
        raise StoreError(f"The paper {paper} is not stored, so it can't be posted.")
    return papers[paper]
