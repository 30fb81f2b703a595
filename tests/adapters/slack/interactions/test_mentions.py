"""Those who write to the bot: in a channel, in a thread, alone."""

from __future__ import annotations

import asyncio

from bot.domain.papers import Paper
from tests.adapters.slack.inbound import ANAS, ROOM, Office

NEWER = Paper("2602.99999", "A Paper from This Morning", abstract="It is new.", authors=("Eve",))


async def test_a_mention_in_a_thread_is_answered_there_for_its_author_alone(office: Office) -> None:
    parent = office.server.say("Has anybody seen sparse attention lately?", "C1", "U2")
    await office.server.mention("search sparse attention", channel="C1", user="U1", thread=parent.ts)
    await office.rest()
    shown = office.server.whispers("C1", "U1")[-1]
    assert shown.thread == parent.ts
    assert "SpargeAttention2" in shown.plain
    assert [one.user for one in office.server.shown("C1")] == ["U2", "U1"]


async def test_a_mention_in_a_channel_is_answered_in_the_channel(office: Office) -> None:
    await office.server.mention("", channel="C1", user="U1")
    await office.rest()
    shown = office.server.whispers("C1", "U1")[-1]
    assert shown.thread == ""
    assert "search" in shown.plain


async def test_what_stands_before_the_name_will_do(office: Office) -> None:
    shown = office.server.say("status please, <@UBOT>", "C1", "U1")
    event = {"type": "app_mention", "user": "U1", "channel": "C1", "text": "status <@UBOT>", "ts": shown.ts}
    await office.server.event(event)
    await office.rest()
    assert "Status of" in office.said()


async def test_a_mention_tells_who_it_was(office: Office) -> None:
    await office.server.mention('follow "world model" where:here', channel="C1", user="U1")
    await office.rest()
    (follow,) = await office.stores.follows.list_for_channel(ROOM)
    assert (follow.added_by.id, follow.added_by.name) == ("U1", "ana")


async def test_a_form_that_was_asked_for_in_writing_is_behind_a_button(office: Office) -> None:
    await office.server.mention("settings", channel="C1", user="U1")
    await office.rest()
    assert office.server.views("U1") == []
    await office.press("Open the form", office.server.whispers("C1", "U1")[-1])
    assert office.server.views("U1")[-1]["callback_id"] == "form"


async def test_a_direct_message_is_answered_in_the_conversation(office: Office) -> None:
    await office.server.direct_message('/papers follow "world model"', user="U1")
    await office.rest()
    question, answer = office.server.shown("U1")
    assert (question.user, answer.user) == ("U1", "UBOT")
    assert "Following “world model” for you" in answer.plain
    assert not answer.unfurl
    assert len(await office.stores.follows.list_for_channel(ANAS)) == 1


async def test_ones_own_digest_is_spoken_of_as_ones_own(office: Office) -> None:
    for typed, said in (
        ("digest on start:next", "The digest is on for you: weekdays 09:00 Europe/Berlin"),
        ("why 2602.12160", "Not posted for you."),
        ("log", "Changes for you"),
        ("digest off", "The digest is off for you."),
    ):
        await office.server.direct_message(typed, user="U1")
        await office.rest()
        assert said in office.server.shown("U1")[-1].plain
        office.later(minutes=1)


async def test_a_direct_message_in_a_thread_is_answered_there(office: Office) -> None:
    parent = office.server.say("hello", office.server.direct("U1", office.server.serving_team("T1")).id, "U1")
    await office.server.direct_message("status", user="U1", thread=parent.ts)
    await office.rest()
    assert office.server.shown("U1")[-1].thread == parent.ts


async def test_the_line_that_says_to_wait_is_replaced_in_a_direct_message(office: Office) -> None:
    office.hugging.hold = asyncio.Event()
    office.hugging.known[NEWER.id] = NEWER
    await office.server.direct_message(f"show {NEWER.id}", user="U1")
    await office.server.wait(lambda: office.server.shown("U1")[-1].text == "Looking…")
    office.hugging.hold.set()
    await office.rest()
    _, answer = office.server.shown("U1")
    assert "A Paper from This Morning" in answer.plain


async def test_edits_bots_and_chatter_are_left_alone(office: Office) -> None:
    place = office.server.direct("U1", office.server.serving_team("T1"))
    written = {
        "type": "message",
        "user": "U1",
        "channel": place.id,
        "channel_type": "im",
        "text": "status",
        "ts": "1.0",
    }
    await office.server.event({**written, "subtype": "message_changed"})
    await office.server.event({**written, "bot_id": "B9"})
    await office.server.event({**written, "user": "UBOT"})
    await office.server.event({**written, "channel": "C1", "channel_type": "channel"})
    mentioned = {"type": "app_mention", "channel": "C1", "text": "<@UBOT> status", "ts": "2.0"}
    await office.server.event({**mentioned, "user": "U2", "bot_id": "B9"})
    await office.server.event({**mentioned, "user": "U2", "edited": {"user": "U2"}, "subtype": "message_changed"})
    await office.rest()
    assert office.server.shown("U1") == office.server.shown("C1") == office.server.whispers("C1", "U2") == []


async def test_a_message_that_is_told_of_again_is_answered_once(office: Office) -> None:
    told = await office.server.mention("status", channel="C1", user="U1")
    await office.rest()
    await office.server.again(told)
    await office.rest()
    assert len(office.server.whispers("C1", "U1")) == 1
