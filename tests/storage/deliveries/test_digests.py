"""Digests in one transaction: twice is once, and what is claimed is claimed."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from time import process_time
from typing import Any

import pytest

from bot.cards.models import Card, Item
from bot.domain.channels import Channel
from bot.domain.deliveries import DeliveryKey, DeliveryState
from bot.domain.preferences import Preferences
from bot.errors import StoreError
from bot.ports.channels import ChannelState
from bot.ports.deliveries import DigestRecord, Draft, PaperMessage, PastDigest
from bot.ports.stores import Stores
from bot.reasons.reason import Reason
from tests.papers import paper

ROOM = Channel("web", "local", "papers", name="papers")
DAY = date(2026, 11, 24)
KEY = DeliveryKey(ROOM, "digest", "2026-11-24")
IDS = ("2401.00001", "2401.00002")


async def _due(stores: Stores, now: datetime, **wishes: Any) -> ChannelState:
    await stores.papers.add([paper(identifier) for identifier in IDS], now)
    await stores.channels.save_preferences(ROOM, Preferences(on=True, **wishes), now)
    (standing,) = await stores.channels.list_due(now, 1)
    return standing


def _edition(standing: ChannelState, now: datetime, papers: Sequence[str] = IDS, **parts: Any) -> DigestRecord:
    drafts = (Draft(KEY, Card("Today"), tuple(papers)),)
    defaults: dict[str, Any] = {
        "coverage": {DAY: None, DAY - timedelta(days=3): Reason("list.too_old")},
        "drafts": drafts,
    }
    return DigestRecord(standing, DAY, "planned", next_run=now + timedelta(days=1), **(defaults | parts))


async def test_everything_is_recorded_together(stores: Stores, now: datetime) -> None:
    standing = await _due(stores, now)
    edition = _edition(standing, now)
    assert list(await stores.digests.commit_digests([edition], now)) == [edition]
    found = await stores.ledger.find_by_key(KEY)
    assert found
    assert (found.state, found.card, found.key) == (DeliveryState.PENDING, Card("Today"), KEY)
    assert await stores.digests.list_coverage([standing.channel_id], DAY - timedelta(days=7)) == {
        standing.channel_id: edition.coverage
    }
    assert await stores.digests.list_coverage([standing.channel_id], DAY) == {standing.channel_id: {DAY: None}}
    assert await stores.digests.find_claimed_papers([standing.channel_id], [*IDS, "x"]) == {
        (standing.channel_id, p) for p in IDS
    }
    assert await stores.digests.list_past_digests(ROOM) == [PastDigest(DAY, "planned", None, now)]
    assert await stores.digests.list_messages_of_paper(ROOM, IDS[0]) == [
        PaperMessage("digest", "2026-11-24", now, is_sent=False)
    ]
    moved = await stores.channels.get_or_create(ROOM, now)
    assert (moved.next_run, moved.due) == (now + timedelta(days=1),) * 2
    assert await stores.channels.list_due(now, 1) == []


async def test_a_double_tick_changes_nothing(stores: Stores, now: datetime) -> None:
    standing = await _due(stores, now)
    await stores.digests.commit_digests([_edition(standing, now)], now)
    other = replace(_edition(standing, now, ()), state="missed", coverage={DAY - timedelta(days=1): None})
    assert await stores.digests.commit_digests([other], now) == []
    assert await stores.ledger.count_open() == {DeliveryState.PENDING: 1}
    assert [e.state for e in await stores.digests.list_past_digests(ROOM)] == ["planned"]
    assert (
        DAY - timedelta(days=1)
        not in (await stores.digests.list_coverage([standing.channel_id], date.min))[standing.channel_id]
    )


async def test_one_batch_may_hold_an_edition_twice(stores: Stores, now: datetime) -> None:
    standing = await _due(stores, now)
    first = _edition(standing, now)
    second = _edition(standing, now, drafts=(Draft(replace(KEY, subject="other"), Card("Other")),))
    assert list(await stores.digests.commit_digests([first, second], now)) == [first]
    assert await stores.ledger.find_by_key(replace(KEY, subject="other")) is None


async def test_a_paper_claimed_meanwhile_is_not_posted_again(stores: Stores, now: datetime) -> None:
    """The alert went out between planning and recording: the edition is left for the next look."""
    standing = await _due(stores, now)
    await stores.ledger.add([Draft(DeliveryKey(ROOM, "alert", IDS[0]), Card("Alert"), (IDS[0],))], now)
    assert await stores.digests.commit_digests([_edition(standing, now)], now) == []
    assert await stores.digests.list_past_digests(ROOM) == []
    assert [s.channel_id for s in await stores.channels.list_due(now, 1)] == [standing.channel_id]
    assert len(await stores.digests.commit_digests([_edition(standing, now, IDS[1:])], now)) == 1


async def test_repeats_are_recorded_when_they_are_wanted(stores: Stores, now: datetime) -> None:
    standing = await _due(stores, now, repeats=True)
    await stores.ledger.add([Draft(DeliveryKey(ROOM, "alert", IDS[0]), Card("Alert"), (IDS[0],))], now)
    assert len(await stores.digests.commit_digests([_edition(standing, now)], now)) == 1
    assert await stores.channels.list_due(now, 1) == []
    assert [one.kind for one in await stores.digests.list_messages_of_paper(ROOM, IDS[0])] == ["alert"]


async def test_a_day_without_a_post_can_still_get_one(stores: Stores, now: datetime) -> None:
    standing = await _due(stores, now)
    empty = replace(_edition(standing, now, drafts=()), state="empty", reason=Reason("digest.no_list"), next_run=None)
    await stores.digests.commit_digests([empty], now)
    assert (await stores.channels.get_or_create(ROOM, now)).next_run is None
    later = await stores.channels.get_or_create(ROOM, now)
    assert len(await stores.digests.commit_digests([_edition(later, now)], now)) == 1
    assert [e.state for e in await stores.digests.list_past_digests(ROOM)] == ["planned"]


async def test_a_schedule_changed_meanwhile_is_kept(stores: Stores, now: datetime) -> None:
    standing = await _due(stores, now)
    theirs = now + timedelta(hours=5)
    await stores.channels.save_preferences(ROOM, Preferences(on=True), theirs)
    await stores.digests.commit_digests([_edition(standing, now)], now)
    assert (await stores.channels.get_or_create(ROOM, now)).next_run == theirs


async def test_replies_wait_for_their_digest(stores: Stores, now: datetime) -> None:
    standing = await _due(stores, now)
    reply = Draft(replace(KEY, part=1, operation="reply"), Card("Abstracts"), parent=KEY)
    lost = Draft(replace(KEY, part=2, operation="reply"), Card("?"), parent=replace(KEY, subject="unknown"))
    await stores.digests.commit_digests([_edition(standing, now, drafts=(lost, reply, Draft(KEY, Card("t"))))], now)
    assert await stores.ledger.find_by_key(lost.key) is None
    assert [d.key for d in await stores.ledger.claim(now, now, 9)] == [KEY]


async def test_an_unknown_paper_stops_the_whole_batch(stores: Stores, now: datetime) -> None:
    standing = await _due(stores, now)
    with pytest.raises(StoreError, match="is not stored"):
        await stores.digests.commit_digests([_edition(standing, now, ["9999.00001"])], now)
    assert await stores.digests.list_past_digests(ROOM) == []
    assert len(await stores.channels.list_due(now, 1)) == 1


async def test_hundreds_of_editions_take_no_time(stores: Stores, now: datetime) -> None:
    await stores.papers.add([paper(identifier) for identifier in IDS], now)
    for n in range(300):
        await stores.channels.save_preferences(replace(ROOM, id=f"c{n}"), Preferences(on=True), now)
    due = await stores.channels.list_due(now, 1000)
    card = Card("Today", items=tuple(Item(f"Title {n}", abstract="word " * 300) for n in range(5)))
    editions = [
        DigestRecord(
            s, DAY, "planned", drafts=(Draft(replace(KEY, channel=s.channel), card, IDS),), coverage={DAY: None}
        )
        for s in due
    ]
    start = process_time()
    for n in range(0, 300, 100):
        assert len(await stores.digests.commit_digests(editions[n : n + 100], now)) == 100
    assert process_time() - start < 2  # a tenth of this is usual
    assert await stores.ledger.count_open() == {DeliveryState.PENDING: 300}
