"""Why a paper was left out and a digest did not come; and that what was set or named is what is stored."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

import pytest

from bot.digests import planner
from bot.domain.feed import DayState, FeedDay
from bot.domain.papers import Paper
from bot.domain.schedules import Schedule
from bot.i18n import formatting
from bot.i18n.translation import gettext, use_language
from tests.bot.commands.conftest import BOB, BOBS, NOW, PAPERS, Room

TUESDAY_9 = datetime(2026, 11, 24, 8, tzinfo=UTC)
OLD = Paper("math/0309136", "The Geometry of Knots")


async def test_a_muted_topic_is_named_as_the_reason(room: Room) -> None:
    await room.card("mute minecraft")
    await room.card("mute protein folding")
    await room.card("digest on start:now")
    assert (await room.card("why 2611.23001", person=BOB)).text == (
        "Not posted in #papers. The topic “minecraft” is muted here: “minecraft” in its title. "
        "The list of Mon 23 Nov was posted without it. "
        "With 39 votes it is number 2 of 12 on the list of Mon 23 Nov; a digest here shows the top 5."
    )


async def test_a_topic_that_somebody_muted_for_themselves_is_no_reason_here(room: Room) -> None:
    await room.card("mute minecraft", channel=BOBS, person=BOB)
    await room.card("settings number:1")
    await room.card("digest on start:now")
    assert (await room.card("why 2611.23001", person=BOB)).text.startswith(
        "Not posted in #papers. The list of Mon 23 Nov was posted without it. "
    )


async def test_status_says_why_there_was_no_digest(room: Room) -> None:
    room.now = datetime(2026, 11, 23, 7, 59, tzinfo=UTC)
    await room.card("digest on start:next")
    for now in (datetime(2026, 11, 23, 8, tzinfo=UTC), TUESDAY_9, datetime(2026, 11, 25, 8, tzinfo=UTC)):
        await room.stores.feed_days.save_days([FeedDay(date(2026, 11, 24), DayState.HOLIDAY)])
        await planner.plan_due_digests(room.stores, now)
    room.now = datetime(2026, 11, 25, 9, tzinfo=UTC)
    said = (await room.card("status")).text
    assert said.endswith("No digest on Wed 25 Nov: no list was published since the last one.")
    with use_language("de"):
        reason = gettext("no list was published since the last one")
    german = await room.card("status", locale="de")
    assert f": {reason}." in german.text, "whoever reads it reads it in their own language"
    assert [item.text for item in german.items if reason in item.text]
    await room.card("digest off")
    assert "No digest on" not in (await room.card("status")).text


@pytest.mark.parametrize("locale", ["en", "ja"])
async def test_what_is_missing_is_said_in_the_language_of_whoever_asks(room: Room, locale: str) -> None:
    await room.send("settings language:de")
    await room.stores.feed_days.save_days([FeedDay(date(2026, 11, day), DayState.SOURCE_DOWN) for day in (19, 20, 23)])
    with use_language(locale):
        missing = gettext("Hugging Face did not answer for {days}", days=formatting.format_day(date(2026, 11, 23)))
    for line in ("digest on", "digest now"):
        assert missing in (await room.card(line, locale=locale)).text
    await room.send("digest on start:next")
    assert missing in (await room.card("status", locale=locale)).text


async def test_status_after_a_digest_says_nothing_of_the_kind(room: Room) -> None:
    await room.card("digest on start:now")
    assert "No digest on" not in (await room.card("status")).text


async def test_digest_set_saves(room: Room) -> None:
    card = await room.card("digest set time:7.30 zone:Tokyo number:3")
    assert card.text.startswith("Saved for #papers: time 09:00 → 07:30; ")
    kept = (await room.stores.channels.get_or_create(PAPERS, room.now)).preferences
    assert (kept.schedule, kept.number) == (Schedule(time(7, 30), "Asia/Tokyo"), 3)
    (change,) = await room.stores.audit.list_changes(PAPERS)
    assert change.changed_by.id == "ada"


@pytest.mark.parametrize("name", ["math.GT/0309136", "math.gt/0309136v2", "https://arxiv.org/abs/math/0309136"])
async def test_an_old_paper_is_found_with_and_without_its_subject_class(room: Room, name: str) -> None:
    await room.stores.papers.add([OLD], NOW)
    card = await room.card(f"show {name}")
    assert "Knots" in f"{card.title} {[item.title for item in card.items]}"
    assert "is not stored" not in card.text
