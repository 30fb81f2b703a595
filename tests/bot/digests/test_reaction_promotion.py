"""Readers lift a paper of a digest: enough of them, once, and not against the managers."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from bot.digests import planner
from bot.digests.reaction_promotion import ReactionPromotion
from bot.domain.channels import Channel, ChannelKind
from bot.domain.deliveries import DeliveryKey, DeliveryState
from bot.domain.people import Person
from bot.ports.chat import Delivery
from bot.ports.deliveries import Settlement
from bot.ports.stores import Stores
from tests.papers import of_day, publish, subscribe
from tests.stores import open_stores

FRIDAY = date(2026, 11, 13)
START = datetime(2026, 11, 13, 12, tzinfo=UTC)
MONDAY = datetime(2026, 11, 16, 8, tzinfo=UTC)
PAPERS = Channel("discord", "10", "20", name="papers")
LISTED = [paper.id for paper in of_day(FRIDAY)]


@pytest.fixture
async def stores(tmp_path: Path) -> AsyncIterator[Stores]:
    """Give a store whose channel got Monday's digest as message 7, and lifts a paper at three reactions."""
    async with open_stores(tmp_path, START) as opened:
        await publish(opened, FRIDAY, START)
        await subscribe(opened, PAPERS, "Europe/Berlin", START, lift=3)
        await planner.plan_due_digests(opened, MONDAY)
        (post,) = await sending(opened, MONDAY)
        await opened.ledger.settle(post, Settlement(DeliveryState.SENT, message="7"), MONDAY)
        yield opened


async def sending(stores: Stores, now: datetime) -> list[Delivery]:
    return list(await stores.ledger.claim(now, now + timedelta(minutes=1), 10))


async def test_enough_readers_lift_a_paper_with_a_thread_below(stores: Stores) -> None:
    assert await ReactionPromotion(stores).promote_paper(PAPERS, "7", 2, 3, MONDAY)
    (post,) = await sending(stores, MONDAY)
    assert post.key == DeliveryKey(PAPERS, "lift", LISTED[1])
    assert [item.paper for item in post.card.items] == [LISTED[1]]
    assert post.card.text == "3 readers picked this paper; the thread below is for it."
    await stores.ledger.settle(post, Settlement(DeliveryState.SENT, message="8"), MONDAY)
    (below,) = await sending(stores, MONDAY)
    assert (below.key.operation, below.parent_message_id) == ("reply", "8")
    assert below.card.text == f"We propose {LISTED[1]}."


async def test_inside_a_thread_no_thread_is_promised(stores: Stores) -> None:
    thread = Channel("discord", "10", "25", ChannelKind.THREAD, "talk")
    await subscribe(stores, thread, "UTC", START, lift=2)
    later = MONDAY + timedelta(hours=1)
    await planner.plan_due_digests(stores, later)
    (digest,) = await sending(stores, later)
    await stores.ledger.settle(digest, Settlement(DeliveryState.SENT, message="9"), later)
    assert await ReactionPromotion(stores).promote_paper(thread, "9", 2, 2, later)
    (post,) = await sending(stores, later)
    assert post.card.text == "2 readers picked this paper."


async def test_it_is_lifted_once(stores: Stores) -> None:
    lifted = [await ReactionPromotion(stores).promote_paper(PAPERS, "7", 2, people, MONDAY) for people in (3, 4, 3)]
    assert lifted == [True, False, False]
    assert len(await sending(stores, MONDAY)) == 1


async def test_a_digest_tells_its_readers_how_where_they_can(stores: Stores) -> None:
    posted = await stores.ledger.find_digest(PAPERS, "7")
    assert posted
    assert posted.card.footer == (
        "3 more",
        "React with a paper’s number, such as 1️⃣: picked by 3 readers, it gets a place of its own to be discussed.",
    )
    german, quiet = replace(PAPERS, id="21"), replace(PAPERS, id="22")
    await subscribe(stores, german, "UTC", START, lift=1, language="de")
    await subscribe(stores, quiet, "UTC", START)
    later = MONDAY + timedelta(hours=1)
    await planner.plan_due_digests(stores, later)
    footers = {post.key.channel: post.card.footer for post in await sending(stores, later)}
    assert footers[quiet] == ("3 more",), "what is drawn once for equal digests is not changed by it"
    assert footers[german][1].startswith("Reagiere mit der Nummer eines Papers, etwa 1️⃣: Von 1 Person ausgewählt")


async def test_too_few_lift_nothing(stores: Stores) -> None:
    """Whoever took a reaction back is not among the people."""
    assert not await ReactionPromotion(stores).promote_paper(PAPERS, "7", 2, 2, MONDAY)
    assert await sending(stores, MONDAY) == []


@pytest.mark.parametrize(("message", "number"), [("7", 9), ("7", 0), ("8", 1), ("", 1)])
async def test_what_is_no_paper_of_a_digest_is_not_lifted(stores: Stores, message: str, number: int) -> None:
    assert not await ReactionPromotion(stores).promote_paper(PAPERS, message, number, 3, MONDAY)
    elsewhere = replace(PAPERS, id="21")
    await stores.channels.save_preferences(
        elsewhere, (await stores.channels.get_or_create(PAPERS, MONDAY)).preferences, None
    )
    assert not await ReactionPromotion(stores).promote_paper(elsewhere, "7", 1, 3, MONDAY), "another channel's message"


async def test_managers_have_a_veto(stores: Stores) -> None:
    await stores.mutes_and_saves.mute(PAPERS, "paper", LISTED[1], Person("90"), MONDAY)
    assert not await ReactionPromotion(stores).promote_paper(PAPERS, "7", 2, 3, MONDAY)
    assert await ReactionPromotion(stores).promote_paper(PAPERS, "7", 1, 3, MONDAY)


async def test_a_paper_is_lifted_into_the_forum_that_the_managers_chose(stores: Stores) -> None:
    standing = await stores.channels.get_or_create(PAPERS, MONDAY)
    await stores.channels.save_preferences(PAPERS, replace(standing.preferences, into="40"), None)
    assert await ReactionPromotion(stores).promote_paper(PAPERS, "7", 2, 3, MONDAY)
    assert not await ReactionPromotion(stores).promote_paper(PAPERS, "7", 2, 4, MONDAY)
    (post,) = await sending(stores, MONDAY)
    assert post.key == DeliveryKey(Channel("discord", "10", "40", ChannelKind.FORUM), "lift", LISTED[1])
    (item,) = post.card.items
    assert (item.paper, item.abstract, item.number) == (LISTED[1], f"We propose {LISTED[1]}.", None)
    assert item.notes[0] == "picked by 3 readers of #papers"
    await stores.mutes_and_saves.mute(PAPERS, "paper", LISTED[2], Person("90"), MONDAY)
    assert not await ReactionPromotion(stores).promote_paper(PAPERS, "7", 3, 3, MONDAY), "the managers’ veto"


async def test_a_channel_that_did_not_turn_it_on_lifts_nothing(stores: Stores) -> None:
    standing = await stores.channels.get_or_create(PAPERS, MONDAY)
    await stores.channels.save_preferences(PAPERS, replace(standing.preferences, lift=0), None)
    assert await ReactionPromotion(stores).get_promotion_threshold(PAPERS) == 0
    assert not await ReactionPromotion(stores).promote_paper(PAPERS, "7", 1, 50, MONDAY)
    assert await ReactionPromotion(stores).get_promotion_threshold(replace(PAPERS, id="404")) == 0


async def test_the_digests_of_late_are_watched_where_readers_may_lift(stores: Stores) -> None:
    assert await ReactionPromotion(stores).list_watched_digests("discord", MONDAY) == [(PAPERS, "7")]
    assert await ReactionPromotion(stores).list_watched_digests("slack", MONDAY) == []
    assert await ReactionPromotion(stores).list_watched_digests("discord", MONDAY + timedelta(days=4)) == []
    standing = await stores.channels.get_or_create(PAPERS, MONDAY)
    await stores.channels.save_preferences(PAPERS, replace(standing.preferences, lift=0), None)
    assert await ReactionPromotion(stores).list_watched_digests("discord", MONDAY) == []
