"""Those who write to the bot: in a channel, in a thread, alone."""

from __future__ import annotations

import asyncio
from pathlib import Path

from bot.domain.papers import Paper
from tests.adapters.slack.bot_harness import ANAS_DIRECT_MESSAGES, PAPERS_CHANNEL, BotHarness
from tests.stores import broken

NEWER = Paper("2602.99999", "A Paper from This Morning", abstract="It is new.", authors=("Eve",))


async def test_a_mention_in_a_thread_is_answered_there_for_its_author_alone(harness: BotHarness) -> None:
    parent = harness.server.say("Has anybody seen sparse attention lately?", "C1", "U2")
    await harness.server.mention("search sparse attention", channel="C1", user="U1", thread=parent.ts)
    await harness.drain()
    shown = harness.server.whispers("C1", "U1")[-1]
    assert shown.thread == parent.ts
    assert "SpargeAttention2" in shown.plain
    assert [one.user for one in harness.server.shown("C1")] == ["U2", "U1"]


async def test_a_mention_in_a_channel_is_answered_in_the_channel(harness: BotHarness) -> None:
    await harness.server.mention("", channel="C1", user="U1")
    await harness.drain()
    shown = harness.server.whispers("C1", "U1")[-1]
    assert shown.thread == ""
    assert "search" in shown.plain


async def test_what_stands_before_the_name_will_do(harness: BotHarness) -> None:
    shown = harness.server.say("status please, <@UBOT>", "C1", "U1")
    event = {"type": "app_mention", "user": "U1", "channel": "C1", "text": "status <@UBOT>", "ts": shown.ts}
    await harness.server.event(event)
    await harness.drain()
    assert "Status of" in harness.said()


async def test_a_mention_tells_who_it_was(harness: BotHarness) -> None:
    await harness.server.mention('follow "world model" where:here', channel="C1", user="U1")
    await harness.drain()
    (follow,) = await harness.stores.follows.list_for_channel(PAPERS_CHANNEL)
    assert (follow.added_by.id, follow.added_by.name) == ("U1", "ana")


async def test_a_form_that_was_asked_for_in_writing_is_behind_a_button(harness: BotHarness) -> None:
    await harness.server.mention("settings", channel="C1", user="U1")
    await harness.drain()
    assert harness.server.views("U1") == []
    await harness.press("Open the form", harness.server.whispers("C1", "U1")[-1])
    assert harness.server.views("U1")[-1]["callback_id"] == "form"


async def test_a_direct_message_is_answered_in_the_conversation(harness: BotHarness) -> None:
    await harness.server.direct_message('/papers follow "world model"', user="U1")
    await harness.drain()
    question, answer = harness.server.shown("U1")
    assert (question.user, answer.user) == ("U1", "UBOT")
    assert "Following “world model” for you" in answer.plain
    assert not answer.unfurl
    assert len(await harness.stores.follows.list_for_channel(ANAS_DIRECT_MESSAGES)) == 1


async def test_ones_own_digest_is_spoken_of_as_ones_own(harness: BotHarness) -> None:
    for typed, said in (
        ("digest on start:next", "The digest is on for you: weekdays 09:00 Europe/Berlin"),
        ("why 2602.12160", "Not posted for you."),
        ("log", "Changes for you"),
        ("digest off", "The digest is off for you."),
    ):
        await harness.server.direct_message(typed, user="U1")
        await harness.drain()
        assert said in harness.server.shown("U1")[-1].plain
        harness.advance(minutes=1)


async def test_a_direct_message_in_a_thread_is_answered_there(harness: BotHarness) -> None:
    parent = harness.server.say("hello", harness.server.direct("U1", harness.server.serving_team("T1")).id, "U1")
    await harness.server.direct_message("status", user="U1", thread=parent.ts)
    await harness.drain()
    assert harness.server.shown("U1")[-1].thread == parent.ts


async def test_the_line_that_says_to_wait_is_replaced_in_a_direct_message(harness: BotHarness) -> None:
    harness.paper_source.hold = asyncio.Event()
    harness.paper_source.known[NEWER.id] = NEWER
    await harness.server.direct_message(f"show {NEWER.id}", user="U1")
    await harness.server.wait(lambda: harness.server.shown("U1")[-1].text == "Looking…")
    harness.paper_source.hold.set()
    await harness.drain()
    _, answer = harness.server.shown("U1")
    assert "A Paper from This Morning" in answer.plain


async def test_edits_bots_and_chatter_are_left_alone(harness: BotHarness) -> None:
    place = harness.server.direct("U1", harness.server.serving_team("T1"))
    written = {
        "type": "message",
        "user": "U1",
        "channel": place.id,
        "channel_type": "im",
        "text": "status",
        "ts": "1.0",
    }
    await harness.server.event({**written, "subtype": "message_changed"})
    await harness.server.event({**written, "bot_id": "B9"})
    await harness.server.event({**written, "user": "UBOT"})
    await harness.server.event({**written, "channel": "C1", "channel_type": "channel"})
    mentioned = {"type": "app_mention", "channel": "C1", "text": "<@UBOT> status", "ts": "2.0"}
    await harness.server.event({**mentioned, "user": "U2", "bot_id": "B9"})
    await harness.server.event({**mentioned, "user": "U2", "edited": {"user": "U2"}, "subtype": "message_changed"})
    await harness.drain()
    assert harness.server.shown("U1") == harness.server.shown("C1") == harness.server.whispers("C1", "U2") == []


async def test_a_message_that_is_told_of_again_is_answered_once(harness: BotHarness) -> None:
    told = await harness.server.mention("status", channel="C1", user="U1")
    await harness.drain()
    await harness.server.again(told)
    await harness.drain()
    assert len(harness.server.whispers("C1", "U1")) == 1


async def test_who_only_reads_is_answered_while_nothing_can_be_written(harness: BotHarness, stored: Path) -> None:
    harness.excused.append("A statement of the database failed")
    await harness.type("search sparse attention")  # since then the channel is known
    with broken(stored, "INSERT ON events"):
        await harness.server.mention("search sparse attention", channel="C1", user="U1")
        await harness.drain()
    assert "SpargeAttention2" in harness.server.whispers("C1", "U1")[-1].plain
    harness.excused.append("answered without being recorded")
