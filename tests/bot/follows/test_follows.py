"""Follows on the real store: what would have been sent, what is owed, and what is never sent twice."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest

from bot.cards.models import Card, Item
from bot.digests import planner
from bot.domain.channels import Channel, ChannelKind
from bot.domain.deliveries import DeliveryKey
from bot.domain.feed import DayState, FeedDay
from bot.domain.follows import Follow
from bot.domain.papers import Paper
from bot.domain.people import Person
from bot.domain.topics.parser import parse_topic
from bot.errors import StoreError
from bot.follows import preview
from bot.follows.alerts import DAILY_ALERT_LIMIT, record_alerts
from bot.ports.chat import Delivery
from bot.ports.deliveries import Draft, Ledger
from bot.ports.stores import Stores
from tests.papers import paper, subscribe
from tests.stores import broken, open_stores

NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)
ADA = Channel("web", "local", "ada", ChannelKind.DIRECT, "Ada")
PAPERS = Channel("web", "local", "papers", name="papers")
PERSON = Person("ada", "Ada")


@pytest.fixture
async def stores(tmp_path: Path) -> AsyncIterator[Stores]:
    async with open_stores(tmp_path, NOW) as opened:
        yield opened


async def follow(stores: Stores, topic: str, channel: Channel = ADA, *, alerts: bool = True) -> None:
    await stores.channels.get_or_create(channel, NOW)
    await stores.follows.add(Follow(channel, str(parse_topic(topic)), PERSON, NOW, alerts=alerts))


async def shown(stores: Stores, subject: str) -> tuple[Item, ...]:
    found = await stores.ledger.find_by_key(DeliveryKey(ADA, "alert", subject))
    return found.card.items if found else ()


async def arrive(stores: Stores, *papers: Paper, at: datetime = NOW + timedelta(minutes=10)) -> int:
    await stores.papers.add(papers, at, queue_matching=True)
    return await record_alerts(stores, at)


async def test_a_new_paper_on_a_topic_is_told_once_with_the_reason(stores: Stores) -> None:
    await follow(stores, "world model")
    solaris = paper("2611.1", "Solaris: A World Model of Seas", votes=6)
    assert await arrive(stores, solaris, paper("2611.2", "Nothing of the kind")) == 1
    assert await arrive(stores, solaris) == 0
    alert = await stores.ledger.find_by_key(DeliveryKey(ADA, "alert", "2611.1"))
    assert alert
    assert alert.card.text == "New paper, matches “world model” in its title. Followed by you since 24 Nov."
    assert alert.card.fallback == "New on “world model”: Solaris"


async def test_one_paper_on_two_topics_is_one_message_naming_both(stores: Stores) -> None:
    await follow(stores, "world model")
    await follow(stores, "seas")
    assert await arrive(stores, paper("2611.1", "A World Model of Seas")) == 1
    alert = await stores.ledger.find_by_key(DeliveryKey(ADA, "alert", "2611.1"))
    assert alert
    assert "“seas”" in alert.card.text
    assert "“world model”" in alert.card.text


async def test_a_new_follow_starts_now_and_never_floods(stores: Stores) -> None:
    old = [paper(f"2610.{n}", f"World model {n}") for n in range(30)]
    await stores.papers.add(old, NOW - timedelta(hours=1))
    await follow(stores, "world model")
    assert await record_alerts(stores, NOW) == 0


async def test_what_is_over_the_budget_goes_into_one_ranked_message(stores: Stores) -> None:
    await follow(stores, "world model")
    many = [paper(f"2611.{n:05}", f"World model {n}", votes=n) for n in range(40)]
    assert await arrive(stores, *many) == DAILY_ALERT_LIMIT
    best = await stores.ledger.find_by_key(DeliveryKey(ADA, "alert", "2611.00039"))
    assert best, "the papers with the most votes are told one by one"
    assert await arrive(stores, paper("2611.77777", "Another world model")) == 0
    tomorrow = NOW + timedelta(days=1)
    assert await record_alerts(stores, tomorrow) == DAILY_ALERT_LIMIT, "what was not shown comes when the budget is new"
    told = {item.paper for n in range(40) for item in await shown(stores, f"2611.{n:05}")}
    assert len(told) == 9 + 9, "singly; the others stood in the two roll-ups"


@dataclass
class Meanwhile:
    """A ledger in which somebody else gets a paper claimed between an alert's planning and its recording."""

    ledger: Ledger
    papers: list[str]

    def __getattr__(self, name: str) -> Any:
        return getattr(self.ledger, name)

    async def add(self, drafts: Sequence[Draft], now: datetime) -> Sequence[Delivery]:
        for taken in self.papers:
            await self.ledger.add([Draft(DeliveryKey(ADA, "digest", taken), Card(), (taken,))], now)
        self.papers.clear()
        return await self.ledger.add(drafts, now)


async def test_a_paper_that_is_claimed_meanwhile_is_not_repeated_and_the_others_are_owed(stores: Stores) -> None:
    await follow(stores, "world model")
    many = [paper(f"2611.{n:05}", f"World model {n}", votes=40 - n) for n in range(13)]
    racing = cast("Ledger", Meanwhile(stores.ledger, ["2611.00002", "2611.00010"]))
    assert await arrive(replace(stores, ledger=racing), *many) == DAILY_ALERT_LIMIT - 2
    assert await record_alerts(stores, NOW + timedelta(minutes=20)) == 2
    singly = [n for n in range(13) if await shown(stores, f"2611.{n:05}")]
    assert singly == [0, 1, 3, 4, 5, 6, 7, 8, 9]
    rolled = await shown(stores, "more-2026-11-24-2611.00011")
    assert [item.paper for item in rolled] == ["2611.00011", "2611.00012"]


async def test_a_channels_follow_feeds_its_digest_and_alerts_are_asked_for(stores: Stores) -> None:
    await follow(stores, "world model", PAPERS, alerts=False)
    assert await arrive(stores, paper("2611.1", "A World Model")) == 0


async def test_a_paper_is_never_posted_by_digest_and_alert_together(stores: Stores) -> None:
    await subscribe(stores, PAPERS, "Europe/Berlin", NOW - timedelta(days=4))
    await follow(stores, "world model", PAPERS)
    listed = paper("2611.1", "A World Model", votes=9, listed=date(2026, 11, 23))
    assert await arrive(stores, listed, at=NOW - timedelta(minutes=1)) == 0, "the follow begins at NOW"
    assert await arrive(stores, paper("2611.5", "World model two", votes=3, listed=date(2026, 11, 23))) == 1
    await stores.feed_days.save_days([FeedDay(date(2026, 11, 23), DayState.OK, ("2611.1", "2611.5"), NOW)])
    await planner.plan_due_digests(stores, NOW + timedelta(minutes=20))
    digest = await stores.ledger.find_by_key(DeliveryKey(PAPERS, "digest", "2026-11-24"))
    assert digest
    assert [item.paper for item in digest.card.items] == ["2611.1"]
    assert await record_alerts(stores, NOW + timedelta(minutes=30)) == 0


async def test_a_changed_title_is_looked_at_again(stores: Stores) -> None:
    await follow(stores, "world model")
    assert await arrive(stores, paper("2611.1", "A Sea Study")) == 0
    assert await arrive(stores, paper("2611.1", "A World Model Study")) == 1


@pytest.mark.parametrize("change", ["INSERT ON topic_hits", "DELETE ON marks"])
async def test_matching_that_fails_half_way_is_done_again(stores: Stores, tmp_path: Path, change: str) -> None:
    await follow(stores, "world model")
    with broken(tmp_path, change), pytest.raises(StoreError):
        await arrive(stores, paper("2611.1", "A World Model"))
    assert await record_alerts(stores, NOW + timedelta(minutes=11)) == 1
    assert await record_alerts(stores, NOW + timedelta(minutes=12)) == 0
    assert await stores.papers.list_unmatched() == []


async def test_news_outlives_a_restart_between_storing_and_matching(tmp_path: Path) -> None:
    async with open_stores(tmp_path, NOW) as stores:
        await follow(stores, "world model")
        await stores.papers.add([paper("2611.1", "A World Model")], NOW + timedelta(minutes=10), queue_matching=True)
    for recorded in (1, 0):
        async with open_stores(tmp_path, NOW) as stores:
            assert await record_alerts(stores, NOW + timedelta(hours=1)) == recorded


async def test_only_what_was_stored_as_news_is_told_whatever_came_between(stores: Stores) -> None:
    await follow(stores, "world model")
    later = NOW + timedelta(minutes=10)
    for identifier, news in (("2611.1", True), ("2401.1", False), ("2611.2", True), ("2401.2", False)):
        await stores.papers.add([paper(identifier, f"World model {identifier}")], later, queue_matching=news)
    assert await record_alerts(stores, later) == 2
    assert not await shown(stores, "2401.1")


async def test_a_follow_that_began_before_the_matching_but_after_the_paper_hears_nothing(stores: Stores) -> None:
    await follow(stores, "something else")
    await stores.papers.add([paper("2611.1", "A World Model")], NOW - timedelta(minutes=1), queue_matching=True)
    await follow(stores, "world model")
    assert await record_alerts(stores, NOW + timedelta(minutes=1)) == 0


async def test_more_news_than_one_page_is_matched(stores: Stores) -> None:
    await follow(stores, "world model")
    many = [paper(f"2611.{n:05}") for n in range(1100)]
    assert await arrive(stores, *many, paper("2611.99999", "A World Model")) == 1


async def test_muted_papers_and_topics_stay_silent(stores: Stores) -> None:
    await follow(stores, "world model")
    await stores.mutes_and_saves.mute(ADA, "topic", str(parse_topic("world model")), PERSON, NOW)
    assert await arrive(stores, paper("2611.1", "A World Model")) == 0


async def test_a_preview_counts_what_a_topic_would_have_sent(stores: Stores) -> None:
    listed = [paper(f"2611.{n}", f"World model {n}", listed=date(2026, 11, 10 + n)) for n in range(14)]
    await stores.papers.add([*listed, paper("2611.99", "Other", listed=date(2026, 11, 23))], NOW)
    seen = await preview.preview_topic(stores, parse_topic("world model"), 14, NOW)
    assert (seen.match_count, seen.days, seen.per_week) == (14, 14, 7.0)
    assert seen.papers[0][0].id == "2611.13"
    week = await preview.preview_topic(stores, parse_topic("world model"), 7, NOW)
    assert (week.match_count, week.days) == (7, 7)


@pytest.mark.parametrize(
    ("typed", "near"),
    [
        ("difusion", "diffusion"),
        ("Reinforcment lerning", "reinforcement learning"),
        ("wrld model", "world model"),
        ("gradient descents", ""),
        ("quantum chemistry", ""),
        ("diffusion", ""),
        ("mean representations", ""),
    ],
)
async def test_a_topic_that_matches_nothing_may_mean_a_keyword_or_a_followed_one(
    stores: Stores, typed: str, near: str
) -> None:
    keywords = ("Diffusion models", "reinforcement learning", "gradient descent", "a:b", "mean representations")
    listed = paper(
        "2611.1", "Reinforcement Learning of Diffusion", keywords=keywords, listed=date(2026, 11, 23), abstract="We do."
    )
    await stores.papers.add([listed], NOW)
    seen = await preview.preview_topic(stores, parse_topic(typed), 14, NOW, ['"world model"', '"robots"'])
    assert seen.suggestion == near


async def test_a_preview_of_an_empty_store_is_empty(stores: Stores) -> None:
    assert await preview.preview_topic(stores, parse_topic("x"), 7, NOW) == preview.TopicPreview(0, 0.0, 7, ())
