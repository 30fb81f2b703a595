"""What each setting of a digest changes, on the real store."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest

from bot.digests import planner
from bot.domain.channels import Channel
from bot.domain.deliveries import DeliveryKey, DeliveryState
from bot.domain.feed import DayState, FeedDay, FeedMode
from bot.domain.schedules import WEEKDAYS, Cadence, Schedule
from bot.ports.chat import Delivery
from bot.ports.deliveries import Settlement
from bot.ports.stores import Stores
from tests.papers import of_day, paper, publish, subscribe
from tests.stores import open_stores

FRIDAY, MONDAY = date(2026, 11, 13), date(2026, 11, 16)
START = datetime(2026, 11, 13, 12, tzinfo=UTC)
PAPERS = Channel("web", "local", "papers", name="papers")
BERLIN = "Europe/Berlin"
LISTED = [paper.id for paper in of_day(FRIDAY)]


@pytest.fixture
async def stores(tmp_path: Path) -> AsyncIterator[Stores]:
    """Give a store with Friday's list."""
    async with open_stores(tmp_path, START) as opened:
        await publish(opened, FRIDAY, START)
        yield opened


def nine(day: date) -> datetime:
    """The time of the post in Berlin, in winter."""
    return datetime.combine(day, time(8), UTC)


async def digest(stores: Stores, day: date, kind: str = "digest") -> Delivery | None:
    return await stores.ledger.find_by_key(DeliveryKey(PAPERS, kind, day.isoformat()))


async def shown(stores: Stores, day: date) -> list[str]:
    """Plan what is due on the morning of *day* and return its papers."""
    await planner.plan_due_digests(stores, nine(day))
    post = await digest(stores, day)
    return [item.paper for item in post.card.items] if post else []


async def test_trending_posts_the_sources_own_rank_whatever_the_votes(stores: Stores) -> None:
    await subscribe(stores, PAPERS, BERLIN, START, mode=FeedMode.TRENDING, number=3)
    await stores.papers.add([paper("2511.00001", "An old favourite", votes=1)], START)
    await stores.feed_days.save_trending(
        ["2511.00001", LISTED[6], LISTED[1], LISTED[0]], nine(MONDAY) - timedelta(hours=1)
    )
    assert await shown(stores, MONDAY) == ["2511.00001", LISTED[6], LISTED[1]]
    post = await digest(stores, MONDAY)
    assert post
    assert post.card.folio[1:] == ("top 3 of 4", "trending on Hugging Face")


async def test_channels_of_two_languages_get_the_same_papers_each_in_its_own(stores: Stores) -> None:
    other = Channel("web", "local", "lesekreis", name="lesekreis")
    await subscribe(stores, PAPERS, BERLIN, START, number=3)
    await subscribe(stores, other, BERLIN, START, number=3, language="de")
    await planner.plan_due_digests(stores, nine(MONDAY))
    english, german = [
        await stores.ledger.find_by_key(DeliveryKey(channel, "digest", MONDAY.isoformat()))
        for channel in (PAPERS, other)
    ]
    assert english
    assert german
    assert [item.paper for item in german.card.items] == [item.paper for item in english.card.items]
    assert (english.card.language, english.card.folio[0]) == ("en", "Mon 16 Nov")
    assert (german.card.language, german.card.folio[0]) == ("de", "Mo., 16. Nov.")
    assert german.card.folio[1] == english.card.folio[1].replace("top 3 of", "Top 3 von")


async def test_a_trending_rank_of_yesterday_is_not_posted(stores: Stores) -> None:
    await subscribe(stores, PAPERS, BERLIN, START, mode=FeedMode.TRENDING, say_when_empty=True)
    await stores.feed_days.save_trending(LISTED, nine(MONDAY) - timedelta(hours=25))
    assert await shown(stores, MONDAY) == []
    for hours in (5, 10, 15):
        await planner.plan_due_digests(stores, nine(MONDAY) + timedelta(hours=hours))
    word = await digest(stores, MONDAY, "word")
    assert word
    assert "trending rank is older than a day" in word.card.text


@pytest.mark.parametrize("wanted", [True, False])
async def test_abstracts_come_in_the_thread_once_the_digest_is_there(stores: Stores, *, wanted: bool) -> None:
    await subscribe(stores, PAPERS, BERLIN, START, abstracts=wanted, number=2)
    assert await shown(stores, MONDAY) == LISTED[:2]
    now = nine(MONDAY)
    (post,) = await stores.ledger.claim(now, now + timedelta(minutes=1), 10)
    await stores.ledger.settle(post, Settlement(DeliveryState.SENT, message="m1"), now)
    replies = await stores.ledger.claim(now, now + timedelta(minutes=1), 10)
    assert [(reply.key.operation, reply.parent_message_id) for reply in replies] == (
        [("reply", "m1")] if wanted else []
    )
    texts = [(item.title, item.text) for reply in replies for item in reply.card.items]
    assert texts == [(f"{n}. Paper {id_}", f"We propose {id_}.") for n, id_ in enumerate(LISTED[:2], 1) if wanted]


@pytest.mark.parametrize("wanted", [True, False])
async def test_a_paper_is_repeated_only_when_asked_for(stores: Stores, *, wanted: bool) -> None:
    await subscribe(stores, PAPERS, BERLIN, START, repeats=wanted)
    assert await shown(stores, MONDAY) == LISTED[:5]
    again = FeedDay(MONDAY, DayState.OK, (*LISTED[:2], LISTED[7]), nine(MONDAY))
    await stores.feed_days.save_days([again])
    assert await shown(stores, MONDAY + timedelta(days=1)) == ([*LISTED[:2], LISTED[7]] if wanted else [LISTED[7]])


async def test_a_monthly_digest_reaches_back_a_month(stores: Stores) -> None:
    monthly = Schedule(time(9), BERLIN, WEEKDAYS, Cadence.MONTHLY)
    await subscribe(stores, PAPERS, BERLIN, START, schedule=monthly, number=100)
    first, too_old = date(2026, 11, 2), date(2026, 10, 30)
    for day in (too_old, first, date(2026, 11, 27)):
        await publish(stores, day, START)
    posted = await shown(stores, date(2026, 12, 1))
    assert {paper[:7] for paper in posted} == {"2611.02", "2611.13", "2611.27"}


async def test_a_silent_week_gets_one_line_on_its_last_day(stores: Stores) -> None:
    await subscribe(stores, PAPERS, BERLIN, START)
    days = [MONDAY + timedelta(days=n) for n in range(12) if (MONDAY + timedelta(days=n)).weekday() in WEEKDAYS]
    await stores.feed_days.save_days([FeedDay(day, DayState.HOLIDAY) for day in days])
    assert [day for day in days if await shown(stores, day)] == [MONDAY], "Friday's list, and no other"
    words = {day: word for day in days if (word := await digest(stores, day, "word"))}
    assert list(words) == [date(2026, 11, 27)], "the Friday before, Monday's digest was not a week ago"
    said = words[date(2026, 11, 27)].card.text
    assert said == "No digest on Fri 27 Nov: no list was published since the last one."


async def test_who_wants_a_word_gets_one_whenever_there_is_nothing(stores: Stores) -> None:
    standing = await subscribe(stores, PAPERS, BERLIN, START)
    tuesday = MONDAY + timedelta(days=1)
    await stores.feed_days.save_days([FeedDay(MONDAY, DayState.HOLIDAY), FeedDay(tuesday, DayState.HOLIDAY)])
    assert await shown(stores, MONDAY)
    assert await shown(stores, tuesday) == []
    assert await digest(stores, tuesday, "word") is None
    wordy = replace(standing.preferences, say_when_empty=True)
    await stores.channels.save_preferences(PAPERS, wordy, nine(tuesday + timedelta(days=1)))
    assert await shown(stores, tuesday + timedelta(days=1)) == []
    assert await digest(stores, tuesday + timedelta(days=1), "word")
