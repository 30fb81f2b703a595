"""The ledger's states: who may go out, who waits, who is given up."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.dialects import sqlite

from bot.cards.models import Action, Card, Item, Link
from bot.domain.channels import Channel
from bot.domain.deliveries import DIGEST_GRACE, LOOKUP_DELAY, DeliveryKey, DeliveryState
from bot.ports.chat import Delivery
from bot.ports.deliveries import Draft, Settlement
from bot.ports.stores import Stores
from bot.reasons.reason import to_reason
from storage.database import Database
from storage.deliveries.delivery_queries import build_claim_query, build_old_cards_query, match_refreshable
from storage.deliveries.ledger import _OLDEST_FIRST
from storage.sql import CHUNK_SIZE
from storage.tables import deliveries
from tests.papers import paper

ROOM = Channel("slack", "T1", "C1", name="papers")
KEY = DeliveryKey(ROOM, "digest", "2026-11-24")
REPLY = replace(KEY, part=1, operation="reply")
LEASE = timedelta(seconds=90)
SECOND = timedelta(seconds=1)


async def _add(stores: Stores, now: datetime, *keys: DeliveryKey, **parts: Any) -> list[Delivery]:
    return list(await stores.ledger.add([Draft(key, Card(key.subject), **parts) for key in keys], now))


async def _claim(stores: Stores, now: datetime, limit: int = 50) -> list[Delivery]:
    return list(await stores.ledger.claim(now, now + LEASE, limit))


async def _state(stores: Stores, key: DeliveryKey = KEY) -> DeliveryState:
    found = await stores.ledger.find_by_key(key)
    assert found
    return found.state


async def test_a_message_comes_back_as_it_was(stores: Stores, now: datetime) -> None:
    item = Item("“Títle” <!channel>", number=3, votes=0, links=(Link("code", "https://x"),), because=("diffusion",))
    card = Card("T", items=(item,), actions=(Action("Settings", "settings", {"a": "b"}),), tone="digest")
    (added,) = await stores.ledger.add([Draft(KEY, card)], now)
    assert added == Delivery(added.id, KEY, card, created_at=now, expires=now + DIGEST_GRACE)
    assert await stores.ledger.find_by_key(KEY) == added
    assert await stores.ledger.find_by_key(REPLY) is None


async def test_a_key_is_recorded_once(stores: Stores, now: datetime) -> None:
    assert len(await _add(stores, now, KEY, KEY)) == 1
    assert await _add(stores, now, KEY) == []


async def test_papers_are_claimed_once(stores: Stores, now: datetime) -> None:
    await stores.papers.add([paper("1"), paper("2")], now)
    one, two, both = (replace(KEY, kind="alert", subject=s) for s in ("one", "two", "both"))
    assert len(await _add(stores, now, one, two, papers=("1",))) == 1
    assert await stores.ledger.find_by_key(two) is None
    assert await _add(stores, now, both, papers=("1", "2")) == []
    assert len(await _add(stores, now, both, papers=("2",))) == 1, "what was left out claimed nothing"
    elsewhere = replace(one, channel=replace(ROOM, id="C2"))
    assert len(await _add(stores, now, elsewhere, papers=("1",))) == 1


async def test_what_may_go_out_is_taken_once(stores: Stores, now: datetime) -> None:
    await _add(stores, now, KEY)
    (claimed,) = await _claim(stores, now)
    assert (claimed.state, claimed.attempts) == (DeliveryState.SENDING, 0)
    assert await _claim(stores, now) == []
    await stores.ledger.settle(claimed, Settlement(DeliveryState.SENT, message="m1"), now)
    found = await stores.ledger.find_by_key(KEY)
    assert found
    assert (found.state, found.message_id, found.attempts) == (DeliveryState.SENT, "m1", 1)
    assert await stores.ledger.count_open() == {}


async def test_one_for_each_channel_the_oldest_first(stores: Stores, now: datetime) -> None:
    rooms = [replace(ROOM, id=f"C{n}") for n in range(3)]
    keys = [replace(KEY, channel=room, subject=s) for s in ("first", "second") for room in rooms]
    await _add(stores, now, *keys)
    first, second = await _claim(stores, now, 2)
    assert [first.key, second.key] == keys[:2]
    assert [d.key for d in await _claim(stores, now)] == keys[2:3]
    assert await _claim(stores, now) == []
    await stores.ledger.settle(first, Settlement(DeliveryState.SENT), now)
    assert [d.key for d in await _claim(stores, now)] == keys[3:4]


async def test_doubt_stops_its_channel_only(stores: Stores, now: datetime) -> None:
    other = replace(KEY, channel=replace(ROOM, id="C2"))
    await _add(stores, now, KEY, replace(KEY, subject="next"), other)
    first, _ = await _claim(stores, now)
    await stores.ledger.settle(first, Settlement(DeliveryState.UNCERTAIN), now)
    assert await _claim(stores, now + LEASE) == []
    await stores.ledger.settle(first, Settlement(DeliveryState.SENT), now)
    assert [d.key.subject for d in await _claim(stores, now + LEASE)] == ["next"]


async def test_a_message_waits_for_its_time(stores: Stores, now: datetime) -> None:
    await _add(stores, now, KEY, not_before=now + SECOND)
    assert await _claim(stores, now) == []
    (claimed,) = await _claim(stores, now + SECOND)
    await stores.ledger.settle(
        claimed, Settlement(DeliveryState.RETRY, not_before=now + LEASE, reason=to_reason("429"), counted=False), now
    )
    assert await _claim(stores, now + LEASE - SECOND) == []
    (again,) = await _claim(stores, now + LEASE)
    assert (again.attempts, again.reason) == (0, to_reason("429"))


async def test_what_was_recorded_before_the_clock_was_set_back_has_nothing_to_wait_for(
    stores: Stores, now: datetime
) -> None:
    later = replace(KEY, channel=replace(ROOM, id="C2"))
    await _add(stores, now, KEY)
    await _add(stores, now, later, not_before=now + 60 * SECOND)
    assert [claimed.key for claimed in await _claim(stores, now - timedelta(hours=1))] == [KEY]
    assert [claimed.key for claimed in await _claim(stores, now + 60 * SECOND)] == [later]


async def test_a_reply_waits_until_its_parent_is_sent(stores: Stores, now: datetime) -> None:
    drafts = [Draft(REPLY, Card("reply"), parent=KEY), Draft(KEY, Card("post"))]
    assert len(await stores.ledger.add(drafts, now)) == 2
    (claimed,) = await _claim(stores, now)
    assert claimed.key == KEY
    await stores.ledger.settle(claimed, Settlement(DeliveryState.SENT, message="m1"), now)
    (reply,) = await _claim(stores, now)
    assert (reply.key, reply.parent_message_id) == (REPLY, "m1")


async def test_an_edit_waits_for_a_message_recorded_before(stores: Stores, now: datetime) -> None:
    await _add(stores, now, KEY)
    edit = replace(KEY, subject="2026-11-24 votes", operation="edit")
    (added,) = await _add(stores, now, edit, parent=KEY)
    assert added.parent_message_id == ""
    await stores.ledger.settle((await _claim(stores, now))[0], Settlement(DeliveryState.SENT, message="m7"), now)
    assert [d.parent_message_id for d in await _claim(stores, now)] == ["m7"]


async def test_what_hangs_on_a_dead_message_dies(stores: Stores, now: datetime) -> None:
    below = replace(REPLY, part=2)
    drafts = [Draft(KEY, Card("a")), Draft(REPLY, Card("b"), parent=KEY), Draft(below, Card("c"), parent=REPLY)]
    await stores.ledger.add(drafts, now)
    (claimed,) = await _claim(stores, now)
    await stores.ledger.settle(claimed, Settlement(DeliveryState.DEAD, reason=to_reason("no such channel")), now)
    for key in (KEY, REPLY, below):
        found = await stores.ledger.find_by_key(key)
        assert found
        assert (found.state, found.reason) == (DeliveryState.DEAD, to_reason("no such channel"))
    late = replace(REPLY, part=3)
    await _add(stores, now, late, parent=KEY)
    assert await _state(stores, late) is DeliveryState.DEAD


async def test_a_reply_to_nothing_is_left_out(stores: Stores, now: datetime) -> None:
    assert await _add(stores, now, REPLY, parent=KEY) == []


async def test_a_lease_that_runs_out_is_doubt(stores: Stores, now: datetime) -> None:
    await _add(stores, now, KEY)
    await _claim(stores, now)
    assert await stores.ledger.expire_claims(now + LEASE - SECOND, "me", ()) == 0
    assert await stores.ledger.expire_claims(now + LEASE, "me", ()) == 1
    assert await stores.ledger.count_open() == {DeliveryState.UNCERTAIN: 1}
    (doubtful,) = await stores.ledger.list_uncertain(now + LEASE, 9)
    assert (doubtful.key, doubtful.attempts) == (KEY, 1)


async def test_doubt_is_quarantined(stores: Stores, now: datetime) -> None:
    await _add(stores, now, KEY)
    (claimed,) = await _claim(stores, now)
    await stores.ledger.settle(claimed, Settlement(DeliveryState.UNCERTAIN), now + SECOND)
    assert await stores.ledger.list_uncertain(now + LOOKUP_DELAY - SECOND, 9) == []
    assert [d.id for d in await stores.ledger.list_uncertain(now + LOOKUP_DELAY, 9)] == [claimed.id]


@pytest.mark.parametrize("state", [DeliveryState.RETRY, DeliveryState.PENDING])
async def test_a_retired_channel_takes_nothing_more(stores: Stores, now: datetime, state: DeliveryState) -> None:
    await _add(stores, now, KEY)
    (claimed,) = await _claim(stores, now)
    await stores.channels.retire(ROOM, to_reason("it was archived"))
    assert await _state(stores) is DeliveryState.SENDING
    await stores.ledger.settle(claimed, Settlement(state), now)
    assert await _state(stores) is DeliveryState.DEAD
    (added,) = await _add(stores, now, replace(KEY, subject="later"))
    assert (added.state, added.reason) == (DeliveryState.DEAD, to_reason("it was archived"))


async def test_noise_is_counted_by_kind_and_time(stores: Stores, now: datetime) -> None:
    alerts = [replace(KEY, kind="alert", subject=f"{n}") for n in range(3)]
    for hours, key in enumerate(alerts):
        await _add(stores, now + timedelta(hours=hours), key)
    await _add(stores, now, KEY)
    assert await stores.ledger.count_since(ROOM, "alert", now + timedelta(hours=1)) == 2
    assert await stores.ledger.count_since(ROOM, "digest", now) == 1
    assert await stores.ledger.count_since(replace(ROOM, id="C9"), "alert", now) == 0


async def test_sent_digests_may_be_refreshed(stores: Stores, now: datetime) -> None:
    keys = [replace(KEY, channel=replace(ROOM, id=f"C{n}")) for n in range(3)]
    await _add(stores, now, *keys, replace(KEY, channel=replace(ROOM, id="C7"), kind="alert"))
    for minutes, claimed in enumerate(await _claim(stores, now)):
        await stores.ledger.settle(
            claimed, Settlement(DeliveryState.SENT, message="m"), now + timedelta(minutes=minutes)
        )
    found = await stores.ledger.list_refreshable(now + timedelta(minutes=1), now + timedelta(hours=1), 9)
    assert [d.key for d in found] == keys[1:]
    assert len(await stores.ledger.list_refreshable(now, now + timedelta(hours=1), 1)) == 1
    assert not await stores.ledger.list_refreshable(now - timedelta(hours=1), now - timedelta(minutes=1), 9)


async def test_digests_to_refresh_are_read_page_by_page(stores: Stores, now: datetime) -> None:
    keys = [replace(KEY, channel=replace(ROOM, id=f"C{n}")) for n in range(5)]
    await _add(stores, now, *keys)
    # Numbers and times in contrary orders, and three of one moment.
    for minutes, claimed in zip((3, 2, 2, 2, 1), await _claim(stores, now), strict=True):
        await stores.ledger.settle(
            claimed, Settlement(DeliveryState.SENT, message="m"), now + timedelta(minutes=minutes)
        )
    span = (now, now + timedelta(hours=1))
    pages: list[list[str]] = []
    after = 0
    while found := await stores.ledger.list_refreshable(*span, 2, after):
        pages.append([one.key.channel.id for one in found])
        after = found[-1].id
    assert pages == [["C4", "C1"], ["C2", "C3"], ["C0"]]


async def test_a_page_of_digests_to_refresh_is_found_and_sorted_by_the_index(database: Database, now: datetime) -> None:
    chosen = select(deliveries.c.id).where(match_refreshable(now, now + timedelta(hours=2), 7)).order_by(*_OLDEST_FIRST)
    query = chosen.compile(dialect=sqlite.dialect(), compile_kwargs={"literal_binds": True})
    async with database.begin_read() as connection:
        plan = [row.detail for row in await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {query}")]
    assert plan[0].startswith("SEARCH deliveries USING INDEX ix_deliveries_sent (")
    assert not [step for step in plan if "TEMP B-TREE" in step or "SCAN deliveries" in step]


async def test_old_messages_lose_their_cards_and_nothing_else(stores: Stores, now: datetime) -> None:
    await stores.papers.add([paper("1"), paper("2")], now)
    sent, dead, open_, young = (replace(KEY, channel=replace(ROOM, id=f"C{n}")) for n in range(4))
    await _add(stores, now, sent, dead, open_, papers=("1",))
    for claimed, state in zip(await _claim(stores, now, 2), (DeliveryState.SENT, DeliveryState.DEAD), strict=True):
        await stores.ledger.settle(claimed, Settlement(state, message="m1"), now)
    await _add(stores, now + SECOND, young)
    (claimed,) = [d for d in await _claim(stores, now + SECOND) if d.key == young]
    await stores.ledger.settle(claimed, Settlement(DeliveryState.SENT), now + SECOND)
    before = [await stores.ledger.find_by_key(key) for key in (sent, dead, open_, young)]
    assert await stores.ledger.clear_old_cards(now) == 0
    assert await stores.ledger.clear_old_cards(now + SECOND) == 2
    assert await stores.ledger.clear_old_cards(now + SECOND) == 0
    after = [await stores.ledger.find_by_key(key) for key in (sent, dead, open_, young)]
    assert [one and replace(one, card=Card()) for one in before[:2]] == after[:2]
    assert after[2:] == before[2:]
    assert after[2]
    assert after[2].card == Card(KEY.subject)
    # What was posted is known for good: neither the message nor its paper goes out again.
    assert await _add(stores, now + SECOND, sent) == []
    assert await _add(stores, now + SECOND, replace(sent, kind="alert"), papers=("1",)) == []
    assert len(await _add(stores, now + SECOND, replace(sent, kind="alert", subject="2"), papers=("2",))) == 1


async def test_emptying_cards_goes_on_until_none_is_left(stores: Stores, now: datetime) -> None:
    await stores.channels.get_or_create(ROOM, now)
    await stores.channels.retire(ROOM, to_reason("it was archived"))
    await _add(stores, now, *(replace(KEY, subject=f"{n}") for n in range(CHUNK_SIZE * 2 + 1)))
    assert await stores.ledger.clear_old_cards(now + SECOND) == CHUNK_SIZE * 2 + 1


async def test_emptying_cards_looks_at_old_messages_only(database: Database, now: datetime) -> None:
    query = build_old_cards_query(7, now).compile(dialect=sqlite.dialect(), compile_kwargs={"literal_binds": True})
    async with database.begin_read() as connection:
        plan = [row.detail for row in await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {query}")]
    assert [step for step in plan if "deliveries" in step] == [
        "SEARCH deliveries USING INTEGER PRIMARY KEY (rowid>? AND rowid<?)",
        "SEARCH deliveries USING INTEGER PRIMARY KEY (rowid>?)",
    ]


@pytest.mark.parametrize(
    ("of_one_platform", "first"),
    [
        (False, "SCAN deliveries USING INDEX ix_deliveries_open"),
        (True, "SEARCH deliveries USING INDEX ix_deliveries_queue (platform=?)"),
    ],
)
async def test_claiming_reads_only_what_is_on_its_way(
    database: Database, now: datetime, *, of_one_platform: bool, first: str
) -> None:
    queue = {"platform": "slack", "busy": ["T2"]} if of_one_platform else {}
    asked = build_claim_query(of_one_platform).params(now=now, most=10, **queue)
    query = asked.compile(dialect=sqlite.dialect(), compile_kwargs={"literal_binds": True})
    async with database.begin_read() as connection:
        plan = [row.detail for row in await connection.execute(text(f"EXPLAIN QUERY PLAN {query}"))]
    assert plan[0] == first
    assert not any("SCAN" in step or "TEMP B-TREE" in step for step in plan[1:])
