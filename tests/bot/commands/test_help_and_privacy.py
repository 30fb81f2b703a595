"""What is stored about a person, help, and completion."""

from __future__ import annotations

import json

import pytest

from bot.ports.commands import Completion
from tests.bot.commands.conftest import ADAS, BOB, BOBS, PAPERS, Room, button


async def test_me_counts_and_exports(room: Room) -> None:
    assert (await room.card("me", person=BOB)).text == "Nothing is stored about you."
    await room.card("follow diffusion", person=BOB)
    await room.card("save 2611.23000", person=BOB)
    text = (await room.card("me", person=BOB)).text
    assert text.startswith("Stored about you: 1 topic followed for yourself, 1 paper on your reading list")
    export = json.loads((await room.card("me export", person=BOB)).code)
    assert export["follows"][0]["topic"] == '"diffusion"'
    assert export["saves"][0]["paper"] == "2611.23000"


async def test_forget_asks_once_and_then_deletes(room: Room) -> None:
    await room.card("follow diffusion", person=BOB)
    await room.card("save 2611.23000", person=BOB)
    asked = await room.card("me forget", person=BOB)
    assert asked.text.startswith("This deletes what is yours and can’t be taken back: 1 topic followed for yourself, ")
    assert await room.stores.follows.list_for_channel(BOBS)
    done = await room.press(button(asked, "Forget me"), person=BOB)
    assert done.text.startswith("Forgotten: ")
    assert not await room.stores.follows.list_for_channel(BOBS)
    assert not await room.stores.mutes_and_saves.list_saved_papers(BOBS)
    assert (await room.card("me", person=BOB)).text == "Nothing is stored about you."


async def test_forget_leaves_the_channels_follows_without_a_name(room: Room) -> None:
    await room.card("follow diffusion where:here")
    await room.card("me forget confirm:yes")
    (follow,) = await room.stores.follows.list_for_channel(PAPERS)
    assert follow.added_by.name == ""
    assert "ada" not in follow.added_by.id
    assert (await room.card("follows", person=BOB)).items[0].notes[0] == "by somebody"
    assert "Ada" not in str(await room.stores.audit.list_changes(PAPERS))


@pytest.mark.parametrize(("value", "sentence"), [("perhaps", "“perhaps” is neither yes nor no.")])
async def test_forget_takes_yes_or_no(room: Room, value: str, sentence: str) -> None:
    assert (await room.mistake(f"me forget confirm:{value}"))[0] == sentence


async def test_help_lists_every_command_in_groups(room: Room) -> None:
    pages = [await room.card("" if page == 1 else f"help page:{page}") for page in (1, 2, 3)]
    items = [item for card in pages for item in card.items]
    shown = {command.name for command in room.table.list_commands() if not command.hidden}
    assert {item.title.split(" <")[0].split(" [")[0] for item in items} == shown
    assert [card.folio for card in pages] == [
        (f"{first}–{min(first + 11, len(shown))} of {len(shown)}",) for first in (1, 13, 25)
    ]
    assert list(dict.fromkeys(item.section for item in items)) == [
        "Read", "Follow", "The digest", "Changes", "You", "Help",
    ]  # fmt: skip
    notes = {item.title.split()[0]: item.notes for item in items}
    assert notes["undo"] == ("for managers",)


async def test_help_on_one_command(room: Room) -> None:
    card = await room.card("help /papers Search")
    assert card.title == "search <query> [sort] [since] [category] [page]"
    assert (card.command, card.example) == ("search", "search sparse attention since:2026-02")
    assert card.items[1].notes == ("one of relevance, date, votes", "such as relevance")
    assert (await room.card("help digest now")).title == "digest now"
    assert (await room.card("help subscribe")).title.startswith("follow")
    assert (await room.mistake("help serach"))[0] == "“serach” is not a command; did you mean “search”?"
    assert (await room.mistake("help zzzz"))[0] == "“zzzz” is not a command."


async def complete(room: Room, line: str, **about: object) -> list[str]:
    rows = await room.table.complete_line(line, room.request("", {}, **about))
    assert all(isinstance(row, Completion) for row in rows)
    assert len(rows) <= len(room.table.list_commands())
    return [row.text for row in rows]


async def test_names_are_completed(room: Room) -> None:
    assert (await complete(room, "/papers fol"))[:2] == ["/papers follow ", "/papers follows "]
    assert (await complete(room, "/papers digest o")) == ["/papers digest on ", "/papers digest off "]
    assert (await complete(room, "/papers subscribe"))[0] == "/papers follow "
    assert "/papers undo " not in await complete(room, "/papers ", person=BOB)
    assert "/papers undo " in await complete(room, "/papers ")
    assert await complete(room, "/papers zzz") == []


async def test_a_row_explains_the_command(room: Room) -> None:
    row = (await room.table.complete_line("/papers searc", room.request("", {})))[0]
    assert row.usage == "search <query> [sort] [since] [category] [page]"
    assert row.summary == "Search every stored paper"
    assert row.details[-1] == ("example", "search sparse attention since:2026-02")


async def test_values_are_completed(room: Room) -> None:
    await room.card("follow diffusion")
    assert await complete(room, "/papers search x sort:d") == ["/papers search x sort:date"]
    assert await complete(room, "/papers search x so") == ["/papers search x sort:"]
    assert "/papers search x cat:cs.CL" not in await complete(room, "/papers search x ")
    assert "/papers search x category:cs.CL" in await complete(room, "/papers search x category:cs.")
    assert await complete(room, "/papers settings zone:berl") == ["/papers settings zone:Europe/Berlin"]
    assert (await complete(room, "/papers unfollow "))[0] == '/papers unfollow "diffusion"'
    assert (await complete(room, "/papers show minecr"))[0] == "/papers show 2611.23001"
    assert (await complete(room, "/papers today "))[0] == "/papers today 2026-11-23"
    assert await complete(room, "/papers help sea") == ["/papers help search"]
    assert "/papers settings abstracts:yes" in await complete(room, "/papers settings abstracts:")


async def test_a_completed_line_is_read_again(room: Room) -> None:
    await room.card("follow diffusion", channel=ADAS)
    for line in (
        "/papers show ",
        "/papers unfollow ",
        "/papers settings zone:new",
        "/papers search x sort:",
        "/papers today ",
    ):
        for text in await complete(room, line):
            if not text.endswith(":"):
                room.table.parse_line(text)


async def test_a_line_too_long_has_no_completions(room: Room) -> None:
    assert await complete(room, "x" * 3000) == []
