"""Reading: the list of a date, one paper, papers like it, what is new, the reading list."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, cast

import pytest

from bot.commands.context import CommandContext
from bot.commands.table import build_table
from bot.domain.feed import DayState, FeedDay
from bot.domain.papers import Paper
from bot.ports.commands import Placement
from bot.ports.sources import Source
from tests.bot.commands.conftest import ADAS, BOB, BOBS, NOW, PAPERS, Hugging, Room, button

HOLIDAY = date(2026, 11, 18)


async def test_the_newest_list_in_the_order_of_votes(room: Room) -> None:
    answer = await room.send("today")
    card = await room.card("today")
    assert answer.placement is Placement.PRIVATE
    assert answer.shareable
    assert card.folio == ("Mon 23 Nov", "12 papers", "1–10 of 12")
    assert [item.number for item in card.items] == list(range(1, 11))
    votes = [item.votes or 0 for item in card.items]
    assert votes == sorted(votes, reverse=True)


async def test_turning_a_page_replaces_it_and_numbers_go_on(room: Room) -> None:
    card = await room.card("today")
    following = button(card, "Next")
    answer = await room.table.answer(room.request(following.command, following.arguments))
    assert answer.placement is Placement.REPLACE
    second = await room.press(following)
    assert [item.number for item in second.items] == [11, 12]
    assert [action.label for action in second.actions] == ["Prev", "For me"]


async def test_a_page_beyond_the_end_is_the_last_one(room: Room) -> None:
    assert (await room.card("today page:99")).folio[-1] == "11–12 of 12"


async def test_a_span_of_dates(room: Room) -> None:
    card = await room.card("today 2026-11-19..2026-11-20")
    assert card.folio == ("Thu 19 Nov to Fri 20 Nov", "6 papers")


async def test_a_list_that_is_still_filling_says_so(room: Room) -> None:
    day = await room.stores.feed_days.get_day(date(2026, 11, 23))
    assert day
    await room.stores.feed_days.save_days([replace(day, state=DayState.PARTIAL)])
    assert (await room.card("today")).footer == ("This list is still filling; papers are added during its first day.",)


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("today 2026-11-21", "Nothing is listed on weekends."),
        ("today 2026-11-18", "Nothing was listed on this date: a holiday."),
        ("today 2026-11-25", "The list of Wed 25 Nov is not open yet; it opens Wed 25 Nov 03:30."),
        ("today 2026-11-24", "The list of Tue 24 Nov 2026 is not stored yet."),
        ("today 2025-11-21", "The list of Fri 21 Nov 2025 is not stored."),
        ("today 2026-11-17", "Hugging Face did not answer for this date; it is asked again every ten minutes."),
        ("today 2026-11-16", "Hugging Face still repeats an earlier list for this date."),
        ("today 2026-11-21..2026-11-22", "No list is stored for Sat 21 Nov to Sun 22 Nov."),
    ],
)
async def test_says_why_there_is_no_list(room: Room, line: str, sentence: str) -> None:
    for day, state in ((18, DayState.HOLIDAY), (17, DayState.SOURCE_DOWN), (16, DayState.STALE)):
        await room.stores.feed_days.save_days([FeedDay(date(2026, 11, day), state)])
    card = await room.card(line)
    assert card.text == f"{sentence} The newest list is that of Mon 23 Nov."
    shown = await room.press(button(card, "Show it"))
    assert shown.items


async def test_the_source_of_the_lists_is_called_by_its_title(room: Room) -> None:
    sources = [Source("arxiv", "arXiv"), Source("preprints", "Preprints", cast("Any", Hugging()))]
    elsewhere = replace(room, table=build_table(CommandContext(room.stores, sources)))
    await room.stores.feed_days.save_days([FeedDay(date(2026, 11, 16), DayState.STALE)])
    assert (await elsewhere.card("today 2026-11-16")).text.startswith("Preprints still repeats an earlier list")


async def test_nothing_is_stored_yet(empty: Room) -> None:
    assert (await empty.card("today")).text.startswith("No list is stored yet")
    assert (await empty.card("new")).text.startswith("No list is stored yet")


async def test_a_span_that_is_too_wide(room: Room) -> None:
    assert (await room.mistake("today 2026-01-01..2026-11-01"))[0] == "A list shows at most 31 days at once."


async def test_one_paper_with_everything_known_of_it(room: Room) -> None:
    paper = (await room.stores.papers.get(["2611.23000"]))["2611.23000"]
    await room.stores.papers.add([replace(paper, votes=90)], datetime(2026, 11, 24, 7, tzinfo=UTC))
    card = await room.card("show https://www.alphaxiv.org/abs/2611.23000v2")
    (item,) = card.items
    assert item.text.startswith("Earlier work is slow.")
    assert [link.label for link in item.links] == ["arXiv", "PDF", "Hugging Face", "alphaXiv", "code"]
    assert card.footer == ("40 votes on 23 Nov, 90 on 24 Nov.",)


async def test_a_paper_is_known_by_its_number(room: Room) -> None:
    """People write "#3 is great": the number in the last digest, else on the newest list."""
    assert (await room.card("show #3")).items[0].paper == "2611.23002"
    await room.card("mute 2611.23000")
    await room.card("digest on start:now")
    await room.deliver()
    assert (await room.card("show 3")).items[0].paper == "2611.23003"
    assert (await room.mistake("show #9"))[0] == "The last digest here has no number 9."


async def test_a_number_is_the_newest_lists_when_the_last_digests_card_was_emptied(room: Room) -> None:
    await room.card("digest on start:now")
    await room.deliver()
    assert await room.stores.ledger.clear_old_cards(NOW + timedelta(days=180)) == 1
    assert (await room.mistake("show #99"))[0] == "The newest list has no number 99."
    assert (await room.card("show #9")).items[0].paper == "2611.23008"


async def test_says_when_it_was_posted_here(room: Room) -> None:
    await room.card("digest on start:now")
    assert "On its way here since Tue 24 Nov 09:00." in (await room.card("show 2611.23000")).footer
    await room.deliver()
    assert "Posted here Tue 24 Nov 09:00, in a digest." in (await room.card("show 2611.23000")).footer
    assert not [line for line in (await room.card("show 2611.23011")).footer if "Posted" in line]


async def test_a_paper_that_only_the_source_knows(room: Room, hugging: Hugging) -> None:
    hugging.known = {"2601.00001": Paper("2601.00001", "Elsewhere")}
    assert (await room.card("show 2601.00001")).items[0].title == "Elsewhere"
    assert not await room.stores.papers.get(["2601.00001"])
    await room.card("save 2601.00001")
    assert (await room.card("saved")).items[0].title == "Elsewhere"


@pytest.mark.parametrize("command", ["show", "similar", "why", "save"])
async def test_a_paper_that_nobody_knows(room: Room, hugging: Hugging, command: str) -> None:
    assert (await room.mistake(f"{command} 2601.00001"))[0] == "No source knows 2601.00001."
    text, _ = await room.mistake(f"{command} cacm-7")
    assert text == "No stored paper has the id “cacm-7”; “search” finds papers by words."
    hugging.down = True
    card = await room.card(f"{command} 2601.00001")
    assert (card.tone, card.text) == ("failure", "2601.00001 is not stored, and the sources can’t be reached now.")


def asking(room: Room, *clients: Hugging) -> Room:
    """Return the stores and table with these sources, each of which knows papers by their ids."""
    titles = ("Hugging Face", "arXiv", "Preprints")
    sources = [Source(title, title, lookup=client) for title, client in zip(titles, clients, strict=False)]
    return replace(room, table=build_table(CommandContext(room.stores, sources)))


async def test_two_sources_that_do_not_know_a_paper_are_named(room: Room) -> None:
    asked = asking(room, Hugging(), Hugging())
    assert (await asked.mistake("show 2601.00001"))[0] == "Neither Hugging Face nor arXiv knows 2601.00001."
    asked = asking(room, Hugging(), Hugging(), Hugging())
    assert (await asked.mistake("show 2601.00001"))[0] == "No source knows 2601.00001."
    assert (await asking(room).card("show 2601.00001")).text == (
        "2601.00001 is not among the stored papers, and no source is switched on."
    )


@pytest.mark.parametrize(
    ("first", "last", "tone"), [(True, False, "mistake"), (False, True, "failure"), (True, True, "failure")]
)
async def test_the_last_source_that_is_asked_has_the_last_word(
    room: Room, tone: str, *, first: bool, last: bool
) -> None:
    asked = asking(room, Hugging(down=first), Hugging(down=last))
    assert (await asked.card("show 2601.00001")).tone == tone


async def test_the_sources_are_asked_one_after_the_other(room: Room) -> None:
    known = {"2601.00001": Paper("2601.00001", "Elsewhere")}
    down, first, second = Hugging(down=True), Hugging(known), Hugging(known)
    assert (await asking(room, down, first, second).card("show 2601.00001")).items[0].title == "Elsewhere"
    assert (down.asked, first.asked, second.asked) == (["2601.00001"], ["2601.00001"], [])


async def test_papers_like_one(room: Room) -> None:
    card = await room.card("similar 2611.23002")
    assert card.items[0].title == "Sparse Attention at Scale"
    assert "2611.23002" not in [item.paper for item in card.items]


async def test_new_shows_what_was_not_seen_and_remembers(room: Room) -> None:
    seen: list[str] = []
    for _ in range(4):
        seen += [item.paper for item in (await room.card("new")).items]
    assert len(seen) == len(set(seen)) == 18
    assert (await room.card("new")).text == "Nothing new: all 18 papers of the last 3 lists are seen, saved or muted."
    assert len((await room.card("new", person=BOB)).items) == 5


async def test_new_puts_follows_first_then_likeness_then_votes(room: Room) -> None:
    await room.card("follow quantized")
    await room.card("save 2611.19001")
    card = await room.card("new")
    assert [item.title for item in card.items][:2] == [
        "Quantized Training on Phones",
        "Block Sparse Attention for Long Contexts",
    ]
    assert "2611.19001" not in [item.paper for item in card.items]
    assert card.items[0].because == ("quantized",)
    assert card.footer == ("Ranked by 1 topic you follow, then by likeness to 1 paper you saved, then by votes.",)


async def test_new_leaves_out_what_is_muted(room: Room) -> None:
    await room.card("mute 2611.19000 where:me")
    assert "2611.19000" not in [item.paper for item in (await room.card("new")).items]


async def every_new(room: Room, **about: Any) -> set[str]:
    """Ask for what is new until nothing is; return the papers that were shown."""
    found: set[str] = set()
    while items := (await room.card("new", **about)).items:
        found |= {item.paper for item in items}
    return found


async def test_new_leaves_out_what_a_muted_topic_matches(room: Room) -> None:
    await room.card("follow retrieval", person=BOB)
    await room.card("follow world model", person=BOB)
    await room.card("mute diffusion", person=BOB)
    await room.card("mute retrieval", person=BOB)
    card = await room.card("new", person=BOB)
    assert card.footer[0].startswith("Ranked by 1 topic you follow, then by votes.")
    shown = {item.paper for item in card.items} | await every_new(room, person=BOB)
    left_out = {"2611.20000", "2611.20001", "2611.19002", "2611.23004"}
    assert not shown & left_out
    assert len(shown) == 18 - len(left_out)
    assert len(await every_new(room)) == 18, "what one person mutes, others see"
    await room.card("unmute diffusion", person=BOB)
    assert await every_new(room, person=BOB) == {"2611.20000", "2611.20001"}


async def test_new_leaves_out_what_the_channel_mutes_where_it_is_asked(room: Room) -> None:
    await room.card("mute diffusion")
    await room.card("mute 2611.23000")
    elsewhere = {"2611.20000", "2611.20001", "2611.23000"}
    assert len(await every_new(room, person=BOB)) == 18 - len(elsewhere)
    assert await every_new(room, person=BOB, channel=BOBS) == elsewhere


async def test_the_reading_list(room: Room) -> None:
    assert (await room.card("saved")).text.startswith("Your reading list is empty")
    assert (await room.card("save #1")).text == "“DreamID-Omni” is on your reading list."
    assert (await room.card("save 2611.23000")).text == "“DreamID-Omni” was on your reading list already."
    listed = await room.card("saved")
    assert listed.folio == ("1 paper",)
    assert (await room.card("saved", person=BOB)).text.startswith("Your reading list is empty")
    assert (await room.press(button(listed, "Remove"))).text == "“DreamID-Omni” is off your reading list."
    assert not await room.stores.mutes_and_saves.list_saved_papers(ADAS)
    assert (await room.mistake("unsave 2611.23000"))[0] == "“DreamID-Omni” is not on your reading list."


async def test_a_sample_is_called_one(room: Room) -> None:
    await room.stores.key_values.set("sample", "yes")
    for line in ("today", "new", "show 2611.23000", "search diffusion", "status"):
        assert (await room.card(line)).footer[-1] == "Sample data: real lists up to Mon 23 Nov 2026.", line


async def test_the_channel_has_no_part_in_what_is_personal(room: Room) -> None:
    await room.card("save 2611.23000", channel=PAPERS)
    assert (await room.card("saved", channel=ADAS)).items
