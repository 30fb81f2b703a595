"""How a digest is laid out: one message, an entry for each paper below it, or posts of a forum."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.digests import planner
from bot.digests.reaction_promotion import ReactionPromotion
from bot.digests.vote_refresh import refresh_votes
from bot.domain.channels import Channel, ChannelKind
from bot.domain.deliveries import DeliveryKey, DeliveryState
from bot.domain.people import Person
from bot.ports.chat import Delivery
from bot.ports.deliveries import Settlement
from bot.ports.stores import Stores
from tests.papers import of_day, paper, publish, subscribe
from tests.stores import open_stores

FRIDAY = date(2026, 11, 13)
START = datetime(2026, 11, 13, 12, tzinfo=UTC)
MONDAY = datetime(2026, 11, 16, 8, tzinfo=UTC)
PAPERS = Channel("web", "local", "papers", name="papers")
FORUM = Channel("web", "local", "forum", ChannelKind.FORUM, "forum")
LISTED = [paper.id for paper in of_day(FRIDAY)]
MINUTE = timedelta(minutes=1)


@pytest.fixture
async def stores(tmp_path: Path) -> AsyncIterator[Stores]:
    async with open_stores(tmp_path, START) as opened:
        await publish(opened, FRIDAY, START)
        yield opened


async def posted(stores: Stores, channel: Channel, **wishes: Any) -> list[Delivery]:
    """Give the channel a digest and send what it consists of, in order."""
    await subscribe(stores, channel, "Europe/Berlin", START, number=3, **wishes)
    await planner.plan_due_digests(stores, MONDAY)
    return await sent(stores, MONDAY)


async def sent(stores: Stores, now: datetime) -> list[Delivery]:
    every: list[Delivery] = []
    while claimed := await stores.ledger.claim(now, now + MINUTE, 10):
        for one in claimed:
            await stores.ledger.settle(one, Settlement(DeliveryState.SENT, message=f"m{one.id}"), now)
        every += claimed
    return every


def papers(post: Delivery) -> list[str]:
    return [item.paper for item in post.card.items]


async def test_entries_come_below_the_digest_one_for_each_paper(stores: Stores) -> None:
    first, *replies = await posted(stores, PAPERS, entries=True)
    assert papers(first) == LISTED[:3]
    assert [(r.key.operation, r.key.part, r.parent_message_id) for r in replies] == [
        ("reply", n, f"m{first.id}") for n in (1, 2, 3)
    ]
    assert [papers(reply) for reply in replies] == [[id_] for id_ in LISTED[:3]]
    assert [reply.card.items[0].number for reply in replies] == [1, 2, 3]
    assert not any(reply.card.items[0].abstract for reply in replies)


async def test_entries_hold_the_abstracts_where_both_are_wanted(stores: Stores) -> None:
    _, *replies = await posted(stores, PAPERS, entries=True, abstracts=True)
    assert [reply.card.items[0].abstract for reply in replies] == [f"We propose {id_}." for id_ in LISTED[:3]]


async def test_a_forum_gets_a_post_for_each_paper(stores: Stores) -> None:
    posts = await posted(stores, FORUM, abstracts=True)
    assert [post.key for post in posts] == [DeliveryKey(FORUM, "digest", "2026-11-16", n) for n in range(3)]
    assert [papers(post) for post in posts] == [[id_] for id_ in LISTED[:3]]
    assert [post.card.fallback for post in posts] == [f"Paper {id_}: A Study" for id_ in LISTED[:3]]
    standing = await stores.channels.get_or_create(FORUM, MONDAY)
    assert await stores.digests.find_claimed_papers([standing.channel_id], LISTED) == {
        (standing.channel_id, id_) for id_ in LISTED[:3]
    }


async def test_votes_of_each_post_in_a_forum_are_brought_up_to_date(stores: Stores) -> None:
    posts = await posted(stores, FORUM)
    later = MONDAY + timedelta(hours=6)
    moved = [paper(id_, votes=500 + n, listed=FRIDAY) for n, id_ in enumerate(LISTED[1:3])]
    await stores.papers.add(moved, later)
    assert await refresh_votes(stores, later) == 2
    edits = await sent(stores, later)
    assert {edit.parent_message_id: [item.votes for item in edit.card.items] for edit in edits} == {
        f"m{posts[1].id}": [500],
        f"m{posts[2].id}": [501],
    }


async def test_votes_of_entries_and_of_lifted_papers_are_brought_up_to_date(stores: Stores) -> None:
    first, *entries = await posted(stores, PAPERS, entries=True, lift=2)
    assert await ReactionPromotion(stores).promote_paper(PAPERS, f"m{first.id}", 2, 2, MONDAY)
    lifted, _ = await sent(stores, MONDAY)
    later = MONDAY + timedelta(hours=6)
    await stores.papers.add([paper(LISTED[1], votes=500, listed=FRIDAY)], later)
    assert await refresh_votes(stores, later) == 3
    edits = await sent(stores, later)
    assert [(edit.parent_message_id, edit.root_message_id) for edit in edits] == [
        (f"m{first.id}", ""),
        (f"m{entries[1].id}", f"m{first.id}"),
        (f"m{lifted.id}", ""),
    ]
    assert [[item.votes for item in edit.card.items] for edit in edits] == [[100, 500, 98], [500], [500]]
    assert await refresh_votes(stores, later) == 0


async def test_abstracts_show_no_votes_and_are_left_alone(stores: Stores) -> None:
    first, _ = await posted(stores, PAPERS, abstracts=True)
    later = MONDAY + timedelta(hours=6)
    await stores.papers.add([paper(LISTED[1], votes=500, listed=FRIDAY)], later)
    assert await refresh_votes(stores, later) == 1
    assert [edit.parent_message_id for edit in await sent(stores, later)] == [f"m{first.id}"]


async def test_a_preview_shows_all_papers_of_a_forum_together(stores: Stores) -> None:
    standing = await subscribe(stores, FORUM, "Europe/Berlin", START, number=3)
    outcome = await planner.preview_digest(stores, replace(standing, next_run=None), MONDAY, is_sample=False)
    assert outcome.card
    assert [item.paper for item in outcome.card.items] == LISTED[:3]


async def sampled(stores: Stores, channel: Channel, **wishes: Any) -> list[Delivery]:
    """Give the channel a digest of the sample and send what it consists of, in order."""
    standing = await subscribe(stores, channel, "Europe/Berlin", START, number=3, **wishes)
    outcome = await planner.post_now(stores, standing, MONDAY, is_sample=True)
    assert outcome.card
    assert papers(Delivery(0, DeliveryKey(channel, "", ""), outcome.card)) == LISTED[:3], "the digest as a whole"
    return await sent(stores, MONDAY)


async def test_a_sample_in_a_forum_is_a_post_for_each_paper_that_says_so(stores: Stores) -> None:
    posts = await sampled(stores, FORUM)
    assert [post.key for post in posts] == [DeliveryKey(FORUM, "sample", FRIDAY.isoformat(), n) for n in range(3)]
    assert [papers(post) for post in posts] == [[id_] for id_ in LISTED[:3]]
    assert {post.card.items[0].notes[:2] for post in posts} == {("Sample digest", "votes of Fri 13 Nov 2026")}
    standing = await stores.channels.get_or_create(FORUM, MONDAY)
    assert await stores.digests.find_claimed_papers([standing.channel_id], LISTED) == {
        (standing.channel_id, id_) for id_ in LISTED[:3]
    }


async def test_a_sample_has_entries_and_abstracts_below_it_as_any_digest(stores: Stores) -> None:
    _, *replies = await sampled(stores, PAPERS, entries=True, abstracts=True)
    assert [papers(reply) for reply in replies] == [[id_] for id_ in LISTED[:3]]
    assert [reply.card.items[0].abstract for reply in replies] == [f"We propose {id_}." for id_ in LISTED[:3]]


async def test_a_sample_list_of_which_nothing_is_left_is_passed_over(stores: Stores) -> None:
    await publish(stores, FRIDAY - timedelta(days=1), START)
    standing = await subscribe(stores, FORUM, "Europe/Berlin", START, number=3)
    for paper_ in LISTED:
        await stores.mutes_and_saves.mute(FORUM, "paper", paper_, Person("90"), MONDAY)
    await planner.post_now(stores, standing, MONDAY, is_sample=True)
    assert {post.key.subject for post in await sent(stores, MONDAY)} == {"2026-11-12"}
