"""The search command: what is shown, paged, narrowed, suggested."""

from __future__ import annotations

import pytest

from bot.domain.papers import Paper
from bot.ports.commands import Placement
from tests.bot.commands.conftest import Hugging, Room, button


async def test_finds_and_says_how_many_were_searched(room: Room) -> None:
    card = await room.card("search sparse attention")
    assert {item.title for item in card.items} >= {
        "Sparse Attention at Scale",
        "Block Sparse Attention for Long Contexts",
    }
    assert card.title == "2 papers on sparse attention"
    assert card.footer == ("18 stored papers searched.",)
    assert card.marks == ("sparse", "attention")


@pytest.mark.parametrize("line", ['search "sparse attention', 'search sparse attention"', "search sparse “attention"])
async def test_a_quotation_mark_that_is_left_open_is_not_shown(room: Room, line: str) -> None:
    card = await room.card(line)
    assert card.title == "2 papers on sparse attention"
    assert button(card, "Follow this").about == "sparse attention"
    newest = await room.press(button(card, "Newest"))
    assert newest.title == "2 papers on sparse attention"
    nothing = await room.card('search "zebra')
    assert nothing.text.startswith("Nothing found on “zebra” in")


async def test_sorting_keeps_the_filters_and_replaces(room: Room) -> None:
    card = await room.card("search diffusion since:2026-11 cat:cs")
    newest = button(card, "Newest")
    assert newest.arguments == {"query": "diffusion", "since": "2026-11", "category": "cs", "sort": "date", "page": "1"}
    answer = await room.table.answer(room.request(newest.command, newest.arguments))
    assert answer.placement is Placement.REPLACE
    assert (await room.press(newest)).folio == ("newest first", "since 1 Nov", "in cs")


async def test_pages(room: Room) -> None:
    card = await room.card("search method")
    assert len(card.items) == 5
    assert card.folio[-1] == "1–5 of 18"
    second = await room.press(button(card, "Next"))
    assert second.folio[-1] == "6–10 of 18"
    assert not {item.paper for item in card.items} & {item.paper for item in second.items}


async def test_following_a_search(room: Room) -> None:
    card = await room.card('search "world model" -robots')
    assert [item.title for item in card.items] == ["A World Model of Minecraft"]
    followed = await room.press(button(card, "Follow this"))
    assert followed.text.startswith("Following “world model -robots” for you")


async def test_an_id_shows_that_paper(room: Room) -> None:
    assert (await room.card("search https://arxiv.org/abs/2611.23001")).items[0].title == "A World Model of Minecraft"


async def test_did_you_mean(room: Room) -> None:
    card = await room.card("search sprase atention")
    assert card.text == ("Nothing found on “sprase atention” in 18 stored papers. Did you mean “sparse attention”?")
    assert (await room.press(button(card, "Search “sparse attention”"))).title == "2 papers on sparse attention"


async def test_fewer_conditions(room: Room) -> None:
    card = await room.card("search diffusion since:2026-11-24")
    assert card.text == "Nothing found on “diffusion” in 18 stored papers. Fewer conditions find more."
    assert (await room.press(button(card, "Search without them"))).items


async def test_spoken_conditions_are_conditions(room: Room) -> None:
    assert "Medical Image Retrieval" in str((await room.card("search retrieval")).items)
    card = await room.card("search retrieval without medical")
    assert [item.title for item in card.items] == ["Retrieval with Tiny Encoders"]
    nothing = await room.card("search sparse without attention")
    assert (
        nothing.text == "Nothing found on “sparse without attention” in 18 stored papers. Fewer conditions find more."
    )
    assert (await room.press(button(nothing, "Search without them"))).title == "2 papers on sparse"


async def test_a_source_that_fails_is_a_line_in_the_footer(room: Room, hugging: Hugging) -> None:
    hugging.down = True
    card = await room.card("search diffusion")
    assert card.footer[0] == "Hugging Face’s own search is not available; stored papers only."
    assert card.items


async def test_papers_that_only_hugging_face_has(room: Room, hugging: Hugging) -> None:
    hugging.found = [Paper("2601.00001", "Diffusion Elsewhere")]
    assert "2601.00001" in [item.paper for item in (await room.card("search diffusion")).items]
    assert not await room.stores.papers.get(["2601.00001"])


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("search", "“search” needs a query."),
        ("search …", "A search needs at least one word to look for."),
        ("search -diffusion", "A search needs at least one word to look for."),
        ("search cat:cs.CL", "“search” needs a query."),
        ("search x sort:colour", "“colour” is none of relevance, date or votes."),
        ("search x since:someday", "“someday” is not a date."),
        ('search x category:"a b"', "“a b” is not an arXiv category."),
        ("search x page:0", "0 is out of range: 1 to 10,000."),
        (f"search {'word ' * 120}", "A query takes at most 500 characters; this one has 599."),
    ],
)
async def test_wrong_searches(room: Room, line: str, sentence: str) -> None:
    text, example = await room.mistake(line)
    assert text == sentence
    assert (await room.card(example)).tone == "answer"
