"""The table: the boundary for errors, who may do what, nothing twice, and sharing."""

from __future__ import annotations

import asyncio
import logging
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any, NoReturn, cast

import pytest

from bot.cards.models import Action, Card, Form
from bot.commands import context as commands_context
from bot.commands.context import CommandContext
from bot.commands.table import MAX_COMMANDS_PER_MINUTE, CommandTable, build_table
from bot.domain.deliveries import DeliveryKey
from bot.errors import StoreError
from bot.ports.commands import Answer, Audience, Command, Request
from bot.ports.workspaces import Workspace
from storage.system.processed_events import ProcessedEventStore
from tests.bot.commands.conftest import ADA, ADAS, BOB, NOW, PAPERS, Room, button

TABLE = build_table(CommandContext(None))  # type: ignore[arg-type]
NAMES = (
    "today", "new", "search", "show", "similar", "follow", "unfollow", "follows", "preview", "digest on", "digest off",
    "digest now", "digest set", "settings", "why", "status", "pause", "resume", "mute", "unmute", "undo", "log", "save",
    "unsave", "saved", "me", "me export", "me forget", "help", "setup", "digest access",
    "discuss", "member exclude", "member readmit", "member limit",
)  # fmt: skip


def test_every_command_is_there() -> None:
    assert {command.name for command in TABLE.list_commands() if not command.hidden} == set(NAMES)
    assert {command.name for command in TABLE.list_commands() if command.hidden} == {
        "within",
        "similar within",
        "unfurl",
    }


def test_names_and_texts_fit_the_platforms() -> None:
    """Discord: https://discord.com/developers/docs/interactions/application-commands#application-command-object."""
    shown = [command for command in TABLE.list_commands() if not command.hidden]
    for audience in Audience:
        assert len({command.name.split()[0] for command in shown if command.audience is audience}) <= 25
    for command in shown:
        words = command.name.split()
        assert len(words) <= 2
        assert all(re.fullmatch(r"[a-z]{1,32}", word) for word in words)
        assert 1 <= len(command.summary) <= 100
        assert len(command.parameters) <= 25
        assert sum(parameter.takes_rest for parameter in command.parameters) <= 1
        for parameter in command.parameters:
            assert re.fullmatch(r"[a-z]{1,32}", parameter.name)
            assert 1 <= len(parameter.summary) <= 100, parameter
            assert len(parameter.choices) <= 25
            assert parameter.example, (command.name, parameter.name)
            parameter.parse(parameter.example)


def test_managers_only_what_changes_a_channel() -> None:
    managers = {command.name for command in TABLE.list_commands() if command.audience is Audience.MANAGERS}
    assert managers == {
        "digest on",
        "digest off",
        "digest now",
        "digest set",
        "settings",
        "pause",
        "resume",
        "undo",
        "log",
        "setup",
    }
    admins = {command.name for command in TABLE.list_commands() if command.audience is Audience.ADMINS}
    assert admins == {"digest access", "member exclude", "member readmit", "member limit"}


async def test_a_member_is_told_who_may(room: Room) -> None:
    text, _ = await room.mistake("digest off", person=BOB)
    assert text == "Only people who manage #papers may use “digest off”; ask one of them."


async def test_the_workspace_may_name_managers(room: Room) -> None:
    await room.stores.workspaces.save(Workspace("web", "local", managers=("bob",)))
    assert (await room.card("log", person=BOB)).tone == "answer"


async def test_everybody_manages_their_own_direct_channel(room: Room) -> None:
    assert (await room.card("log", person=replace(ADA, is_manager=False), channel=ADAS)).tone == "answer"


async def test_the_same_event_runs_once(room: Room) -> None:
    request = room.request("follow", {"topic": "diffusion"})
    first = await room.table.answer(request)
    again = await room.table.answer(request)
    assert isinstance(first.body, Card)
    assert isinstance(again.body, Card)
    assert first.body.text.startswith("Following")
    assert again.body.text == "This was done already; a repeated message changes nothing."


async def test_a_dry_request_counts_for_nothing(room: Room) -> None:
    request = room.request("follow", {"topic": "diffusion"})
    assert isinstance((await room.table.answer(replace(request, dry_run=True))).body, Form)
    assert not await room.stores.follows.list_for_channel(ADAS)
    body = (await room.table.answer(request)).body
    assert isinstance(body, Card)
    assert body.text.startswith("Following")


async def test_thirty_a_minute(room: Room) -> None:
    for _ in range(MAX_COMMANDS_PER_MINUTE):
        assert (await room.card("help")).tone == "answer"
    text, _ = await room.mistake("help")
    assert text == "That was 30 commands in a minute; wait 60 seconds."
    assert (await room.card("help", person=BOB)).tone == "answer"
    room.later(seconds=61)
    assert (await room.card("help")).tone == "answer"


@pytest.mark.parametrize(
    ("command", "arguments", "sentence", "example"),
    [
        ("sing", {}, "“sing” is not a command (any more).", "help"),
        ("today", {"day": "x"}, "“day” is not something that “today” takes.", "today yesterday"),
        ("search", {}, "“search” needs a query.", "search sparse attention since:2026-02"),
        ("show", {"paper": "  "}, "“show” needs a paper.", "show 2602.12160"),
        ("today", {"date": "soon"}, "“soon” is not a date.", "today 2026-11-23"),
        ("search", {"query": "x", "sort": "colour"},
         "“colour” is none of relevance, date or votes.", "search sparse attention sort:relevance"),
        ("follow", {"topic": '"open'}, "A quotation mark is left open.", 'follow "world model" -robot'),
        ("search", {"query": "x" * 2001}, "“query” takes at most 2,000 characters.",
         "search sparse attention since:2026-02"),
    ],
)  # fmt: skip
async def test_wrong_arguments(
    room: Room, command: str, arguments: dict[str, str], sentence: str, example: str
) -> None:
    body = (await room.table.answer(room.request(command, arguments))).body
    assert isinstance(body, Card)
    assert body.tone == "mistake"
    assert body.text == sentence
    assert body.example == example


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("new please", "“new” takes nothing else: “please”."),
        ("similar two words", "That is not an arXiv id, nor a link to a paper on arXiv, Hugging Face or alphaXiv."),
        (
            "why https://example.com/x",
            "That is not an arXiv id, nor a link to a paper on arXiv, Hugging Face or alphaXiv.",
        ),
        ("save", "“save” needs a paper."),
        ("unsave <b>", "That is not an arXiv id, nor a link to a paper on arXiv, Hugging Face or alphaXiv."),
        ("saved page:x", "“x” is not a whole number."),
        ("follow venue:ICLR", "“venue:” is not something that a topic knows; author: and cat: are."),
        ("follow x where:there", "“there” is none of me or here; did you mean “here”?"),
        ("follow x alerts:often", "“often” is neither yes nor no."),
        ("unfollow", "“unfollow” needs a topic."),
        ("follows where:mars", "“mars” is none of here, me or all."),
        ("preview x days:many", "“many” is not a whole number."),
        ("mute", "“mute” needs to know what."),
        ("unmute …", "A topic needs at least one word."),
        ("digest on start:later", "“later” is none of next or now."),
        ("digest off now", "“digest off” takes nothing else: “now”."),
        ("digest now 5", "“digest now” takes nothing else: “5”."),
        ("digest set sideways", "“digest set” needs to know what that is for: “sideways”."),
        ("pause 32 Nov", "“32 Nov” is not a day of the calendar."),
        ("resume x", "“resume” takes nothing else: “x”."),
        ("status x", "“status” takes nothing else: “x”."),
        ("undo x", "“undo” needs to know what that is for: “x”."),
        ("log x", "“log” takes nothing else: “x”."),
        ("me x", "“me” takes nothing else: “x”."),
        ("me export x", "“me export” takes nothing else: “x”."),
    ],
)
async def test_bad_input(room: Room, line: str, sentence: str) -> None:
    text, example = await room.mistake(line)
    assert text == sentence
    assert room.table.parse_line(example)
    assert not await room.stores.audit.list_changes(PAPERS)
    assert not await room.stores.follows.list_for_channel(ADAS)


def broken(room: Room, error: Exception) -> CommandTable:
    async def answer(request: Request, **_: Any) -> NoReturn:
        raise error

    return CommandTable(
        room.table.context, (Command("fail", "Fails", answer, TABLE._find_command("search").parameters),)
    )


async def test_a_failure_has_a_reference_that_the_log_has_too(room: Room, caplog: pytest.LogCaptureFixture) -> None:
    failing = broken(room, ValueError("zebra stripes"))
    request = Request("", PAPERS, ADA, NOW, "fail", {"query": "zebra stripes"})
    with caplog.at_level(logging.DEBUG):
        body = (await failing.answer(request)).body
    assert isinstance(body, Card)
    found = re.fullmatch(r"That failed. Nothing was changed. Reference: ([0-9a-f]{6})\.", body.text)
    assert found
    assert body.tone == "failure"
    assert f"reference {found[1]}." in caplog.text
    assert "ValueError" in caplog.text
    assert "test_table.py" in caplog.text
    assert "zebra" not in caplog.text


async def test_a_failing_store_is_one_sentence(room: Room) -> None:
    failing = broken(room, StoreError("The disk is full. Free some space, then try again."))
    body = (await failing.answer(Request("", PAPERS, ADA, NOW, "fail", {"query": "x"}))).body
    assert isinstance(body, Card)
    assert (body.text, body.tone) == ("The disk is full. Free some space, then try again.", "failure")


async def test_sharing_posts_the_answer_through_the_ledger(room: Room) -> None:
    name, arguments = room.table.parse_line("today page:2")
    request = room.request(name, arguments, share=True, person=BOB)
    body = (await room.table.answer(request)).body
    assert isinstance(body, Card)
    assert body.text == "It is on its way to #papers."
    sent = await room.stores.ledger.find_by_key(DeliveryKey(PAPERS, "share", request.id))
    assert sent
    assert sent.card.footer[-1] == "Shared by Bob."
    assert sent.card.items
    assert not [action for action in sent.card.actions if action.command == "today"]


@pytest.mark.parametrize("line", ["me", "new", "follow diffusion", "save 2611.23000", "digest on start:now"])
async def test_what_is_private_is_not_shared_and_has_no_effect(room: Room, line: str) -> None:
    text, _ = await room.mistake(line, share=True)
    assert text.endswith("is for you alone and can’t be shared.")
    assert not await room.stores.follows.list_for_channel(ADAS)
    assert not await room.stores.mutes_and_saves.list_saved_papers(ADAS)
    assert not await room.stores.ledger.count_open()


async def test_nobody_to_share_with(room: Room) -> None:
    assert (await room.mistake("today", share=True, channel=ADAS))[
        0
    ] == "There is nobody to share with in a direct message."


async def test_a_query_is_neither_logged_nor_stored(
    room: Room, caplog: pytest.LogCaptureFixture, tmp_path: Any
) -> None:
    marker = "xylophonic"
    with caplog.at_level(logging.DEBUG):
        for line in (
            "search X",
            "search X sort:date page:3",
            'search "X open',
            "seach X",
            "search X since:X",
            "preview X",
        ):
            await room.send(line.replace("X", marker))
        await room.table.complete_line(f"/papers search {marker} so", room.request("", {}))
    assert marker not in caplog.text
    kept = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert b"DreamID" in kept
    assert marker.encode() not in kept


LINES = (
    "help", "help search", "help settings", "today", "today page:2", "today 2026-11-21", "new", "search diffusion",
    "search sprase atention", "search zzzz cat:cs.RO", "show 2611.23001", "similar 2611.23001", "follow",
    "follow world model", "follow world model", "follow diffusion where:here", "follows", "follows where:workspace",
    "preview model", "unfollow diffusion", "digest on", "digest on start:next", "digest on", "digest now", "digest now",
    "settings", "settings number:3 topics:graph", "settings number:99", "status", "pause", "pause", "resume",
    "pause 2027-01-04", "resume", "why 2611.23000", "why 2611.23011", "mute 2611.23003", "mute model", "follows",
    "unmute model", "undo", "log", "save 2611.23000", "saved", "unsave 2611.23000", "saved", "me", "me export",
    "me forget", "digest off", "digest off", "me forget confirm:yes",
)  # fmt: skip


def offered(answer: Answer) -> Iterator[Action]:
    body = answer.body
    if isinstance(body, Form):
        yield Action("Save", body.command, body.arguments | {field.name: field.value for field in body.fields})
        return
    yield from body.actions
    for item in body.items:
        yield from item.actions


@pytest.mark.long
async def test_every_button_is_accepted(room: Room) -> None:
    """Type everything; press, dry, every button that the answers offer, and every button of what those answer."""
    pressed = 0
    tried: set[tuple[object, ...]] = set()
    for line in LINES:
        room.later(minutes=2)
        answer = await room.send(line)
        assert isinstance(answer.body, Form) or answer.body.tone == "answer", (line, answer.body)
        for action in offered(answer):
            then = await room.table.answer(room.request(action.command, action.arguments, dry_run=True))
            assert isinstance(then.body, Form) or then.body.tone == "answer", (line, action, then.body)
            pressed += 1
            for further in offered(then):
                known = (further.command, *sorted(further.arguments.items()))
                if known in tried:
                    continue
                tried.add(known)
                last = await room.table.answer(room.request(further.command, further.arguments, dry_run=True))
                assert isinstance(last.body, Form) or last.body.tone == "answer", (line, action, further, last.body)
    assert pressed > 200


async def test_pressing_a_button_does_what_it_says(room: Room) -> None:
    card = await room.card("today")
    await room.press(button(card, "Save"))
    assert [paper for paper, _ in await room.stores.mutes_and_saves.list_saved_papers(ADAS)] == ["2611.23000"]


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no answer wait for long for what it can do without."""
    monkeypatch.setattr(commands_context, "MAX_WRITE_SECONDS", 0.02)


async def answer_everything_that_only_reads(room: Room) -> dict[str, str]:
    """Send the example of each command; return what was told of failures."""
    reading = [command for command in room.table.list_commands() if command.reads_only]
    cards = {command.name: await room.card(command.example or command.name) for command in reading}
    return {name: card.text for name, card in cards.items() if card.tone == "failure"}


@pytest.mark.usefixtures("impatient")
async def test_reading_goes_on_while_somebody_else_holds_the_database(room: Room, tmp_path: Path) -> None:
    await room.card("status")  # since then the channel is known
    with closing(sqlite3.connect(tmp_path / "broadsheet.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert await answer_everything_that_only_reads(room) == {}
        other.execute("ROLLBACK")
    await drain_writes(room)


async def test_reading_goes_on_when_the_disk_is_full(room: Room, caplog: pytest.LogCaptureFixture) -> None:
    await room.card("status")
    database = cast("ProcessedEventStore", room.stores.processed_events).database
    async with database.write_engine.connect() as writer:
        await writer.exec_driver_sql("PRAGMA max_page_count = 1")  # as many as there are
    add = room.stores.processed_events.add_if_new
    for size in (3000, 300, 30, 3):
        filled = await asyncio.gather(*(add(f"{n}{'x' * size}", NOW) for n in range(150)), return_exceptions=True)
        assert any(isinstance(each, StoreError) for each in filled)
    assert await answer_everything_that_only_reads(room) == {}
    assert "disk is full" in caplog.text
    assert (await room.card("mute 2611.23003")).tone == "failure"


async def test_what_only_reads_is_still_answered_once(room: Room) -> None:
    request = room.request("help", {})
    first, second = [await room.table.answer(request) for _ in range(2)]
    assert isinstance(first.body, Card)
    assert isinstance(second.body, Card)
    assert "done already" not in first.body.text
    assert "done already" in second.body.text


def test_what_changes_something_does_not_only_read() -> None:
    assert {command.name for command in TABLE.list_commands() if command.reads_only} == {
        "today", "new", "search", "show", "similar", "follows", "preview", "why", "status", "log", "saved", "me",
        "me export", "help",
    }  # fmt: skip


async def drain_writes(room: Room) -> None:
    """Wait for what no answer waited for."""
    await asyncio.gather(*room.table.context._writes, return_exceptions=True)
