"""Papers: merging, sequence, sightings."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.papers import Paper
from bot.ports.papers import UnmatchedPapers
from bot.ports.stores import Stores
from storage.papers.papers import merge_papers, pick_later_date
from tests.papers import paper
from tests.stores import open_stores

ID = "2401.00001"
DAY = date(2026, 11, 23)


async def _one(stores: Stores, identifier: str = ID) -> Paper:
    return (await stores.papers.get([identifier]))[identifier]


async def test_a_new_paper_comes_back_as_it_was(stores: Stores, now: datetime) -> None:
    full = Paper(
        ID, "Title", "Abstract", ("Ann", "Bo"), ("cs.CL",), DAY, 3, 2, "Sense", ("a", "b"), "ByteDance", "https://code",
        9, "https://project", "https://thumb", withdrawn=True, listed=DAY,
    )  # fmt: skip
    stored = await stores.papers.add([full], now)
    assert stored.new == (replace(full, seen=now),)
    assert await _one(stores) == replace(full, seen=now)


async def test_what_is_left_empty_is_kept(stores: Stores, now: datetime) -> None:
    rich = paper(ID, votes=7, summary="Sense", categories=("cs.CL",), comments=3, stars=4, listed=DAY)
    await stores.papers.add([rich], now)
    stored = await stores.papers.add([Paper(ID, rich.title, "A new abstract.", listed=DAY)], now + timedelta(days=1))
    assert await _one(stores) == replace(rich, abstract="A new abstract.", seen=now)
    assert [p.id for p in stored.changed] == [ID]


async def test_the_earliest_listing_stays_and_the_latest_has_the_word(stores: Stores, now: datetime) -> None:
    await stores.papers.add([paper(ID, "Second", votes=9, listed=DAY)], now)
    await stores.papers.add([paper(ID, "First", votes=2, listed=DAY - timedelta(days=3))], now)
    found = await _one(stores)
    assert (found.title, found.votes, found.listed) == ("Second", 9, DAY - timedelta(days=3))


async def test_a_reading_without_a_list_only_fills_gaps_of_a_listed_paper(stores: Stores, now: datetime) -> None:
    listed, unlisted = paper(ID, "Listed", listed=DAY), paper(ID, "Elsewhere", categories=("cs.CL",))
    for _ in range(2):
        await stores.papers.add([unlisted], now)
        await stores.papers.add([listed], now)
    found = await _one(stores)
    assert (found.title, found.categories, await stores.papers.get_last_sequence()) == ("Listed", ("cs.CL",), 2)


async def test_a_batch_may_hold_a_paper_twice(stores: Stores, now: datetime) -> None:
    stored = await stores.papers.add([paper(ID, votes=1), paper(ID, votes=2)], now)
    assert [p.votes for p in stored.new] == [2]
    assert await stores.papers.list_vote_history(ID) == [(now, 2)]


async def test_the_sequence_grows_only_with_the_searched_text(stores: Stores, now: datetime) -> None:
    await stores.papers.add([paper(ID), paper("2401.00002")], now)
    assert await stores.papers.get_last_sequence() == 2
    await stores.papers.add([paper(ID, votes=5, summary="Sense", listed=DAY)], now)
    assert await stores.papers.get_last_sequence() == 2
    await stores.papers.add([paper(ID, "Another title", listed=DAY)], now)
    assert await stores.papers.get_last_sequence() == 3
    assert [(n, p.id) async for n, p in stores.papers.iterate_papers(2)] == [(3, ID)]


async def test_news_is_what_was_new_or_changed_in_one_go(stores: Stores, now: datetime) -> None:
    later = now + timedelta(hours=1)
    await stores.papers.add([paper(ID), paper("2401.00002")], now)
    assert await stores.papers.list_unmatched() == []
    await stores.papers.add([paper(ID, "Another title"), paper("2401.00003")], now, queue_matching=True)
    await stores.papers.add([paper(ID, "Another title", votes=3)], now, queue_matching=True)
    await stores.papers.add([paper("2401.00004")], later, queue_matching=True)
    first, second = await stores.papers.list_unmatched()
    assert (first, second) == (UnmatchedPapers(2, 4, now), UnmatchedPapers(4, 5, later))
    assert [p.id async for _, p in stores.papers.iterate_papers(first.after_sequence, first.last_sequence)] == [
        ID,
        "2401.00003",
    ]
    await stores.papers.remove_unmatched(first)
    await stores.papers.remove_unmatched(first)
    assert await stores.papers.list_unmatched() == [second]


async def test_votes_are_seen_only_when_they_change(stores: Stores, now: datetime) -> None:
    for hours, votes in enumerate((3, 3, 5, None, 5, 4)):
        await stores.papers.add([paper(ID, votes=votes)], now + timedelta(hours=hours))
    seen = await stores.papers.list_vote_history(ID)
    assert seen == [(now, 3), (now + timedelta(hours=2), 5), (now + timedelta(hours=5), 4)]


async def test_old_sightings_are_thinned_to_one_a_day(stores: Stores, now: datetime) -> None:
    start = now.replace(hour=0)
    for hour in range(0, 72, 6):
        await stores.papers.add([paper(ID, votes=hour)], start + timedelta(hours=hour))
    assert await stores.papers.thin_vote_history(start + timedelta(days=2)) == 6
    assert [votes for _, votes in await stores.papers.list_vote_history(ID)] == [18, 42, 48, 54, 60, 66]
    assert await stores.papers.thin_vote_history(start + timedelta(days=2)) == 0


async def test_spans_and_windows_go_by_the_first_listing(stores: Stores, now: datetime) -> None:
    assert await stores.papers.get_date_range() is None
    unlisted = paper("2401.00003", published=date(2026, 11, 1))
    await stores.papers.add([paper(ID, listed=DAY), paper("2401.00002"), unlisted], now)
    assert await stores.papers.get_date_range() == (date(2026, 11, 1), now.date())
    assert [p.id for p in await stores.papers.list_between(DAY, now.date())] == ["2401.00002", ID]


async def test_more_than_a_page_is_yielded_in_order(stores: Stores, now: datetime) -> None:
    await stores.papers.add([paper(f"2401.{n:05}") for n in range(1201)], now)
    numbers = [number async for number, _ in stores.papers.iterate_papers()]
    assert numbers == list(range(1, 1202))
    assert (
        len(await stores.papers.get([f"2401.{n:05}" for n in range(3000)]))
        == await stores.papers.count_papers()
        == 1201
    )


_READINGS = st.builds(
    Paper,
    id=st.sampled_from(["2401.00001", "2401.00002"]),
    title=st.sampled_from(["One", "Two", "Three"]),
    abstract=st.sampled_from(["", "Long", "Longer"]),
    authors=st.sampled_from([(), ("Ann",), ("Ann", "Bo")]),
    votes=st.none() | st.integers(0, 9),
    stars=st.none() | st.integers(0, 9),
    comments=st.integers(0, 2),
    withdrawn=st.booleans(),
    listed=st.none() | st.dates(DAY, DAY + timedelta(days=5)),
)


@given(_READINGS, _READINGS, st.none() | st.dates(DAY, DAY + timedelta(days=5)))
def test_merging_loses_nothing(old: Paper, new: Paper, relisted: date | None) -> None:
    merged = merge_papers(old, new, relisted)
    for name in ("abstract", "authors", "votes", "stars", "listed"):
        if getattr(old, name) not in ("", (), None) or getattr(new, name) not in ("", (), None):
            assert getattr(merged, name) not in ("", (), None)
    assert merged.withdrawn == (old.withdrawn or new.withdrawn)
    assert merged.listed == min((d for d in (old.listed, new.listed) if d), default=None)
    assert merge_papers(merged, new, pick_later_date(relisted, new.listed)) == merged


@pytest.mark.long
@settings(max_examples=25, deadline=None)
@given(st.lists(_READINGS, max_size=8))
async def test_storing_a_batch_again_changes_nothing(readings: Sequence[Paper]) -> None:
    now = datetime(2026, 11, 24, tzinfo=UTC)
    with TemporaryDirectory() as folder:
        async with open_stores(Path(folder), now) as stores:
            await stores.papers.add(readings, now)
            before = await _state(stores)
            again = await stores.papers.add(readings, now + timedelta(days=2))
            assert (again.new, again.changed) == ((), ())
            assert await _state(stores) == before


async def _state(stores: Stores) -> object:
    papers = [numbered async for numbered in stores.papers.iterate_papers()]
    return papers, [await stores.papers.list_vote_history(p.id) for _, p in papers]


async def test_importing_days_again_changes_nothing(stores: Stores, now: datetime) -> None:
    """A paper that two dates list, with another title and other votes on each."""
    first = [paper(ID, "First", votes=2, listed=DAY), paper("2401.00002", votes=1, listed=DAY)]
    second = [paper(ID, "Second", votes=9, listed=DAY + timedelta(days=1))]
    for days in range(2):
        for batch in (first, second):
            await stores.papers.add(batch, now + timedelta(days=days))
        if not days:
            before = await _state(stores)
    assert await _state(stores) == before
