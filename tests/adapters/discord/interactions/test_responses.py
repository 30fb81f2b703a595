"""The way of an answer, when Discord or the network fails in between."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import cast

import pytest

from adapters.discord.interactions import responses
from bot.domain.papers import Paper
from bot.redaction import SecretRegistry
from tests.adapters.discord.bot_harness import BotHarness

CALLBACK = "POST /interactions/{interaction_id}/{interaction_token}/callback"
ORIGINAL = "PATCH /webhooks/{webhook_id}/{webhook_token}/messages/@original"
READ = "GET /channels/{channel_id}/messages"
NEW = Paper("2602.99999", "A Paper from This Morning", abstract="It is new.", authors=("Eve",))


@pytest.fixture
def slow(harness: BotHarness, monkeypatch: pytest.MonkeyPatch) -> asyncio.Event:
    """Let one paper take as long as the test wants, and nobody wait for long before they are told to."""
    monkeypatch.setattr(responses, "LOADING_DELAY", 0.05)
    harness.paper_source.hold, harness.paper_source.known = asyncio.Event(), {NEW.id: NEW}
    return harness.paper_source.hold


@pytest.fixture
async def halted(harness: BotHarness) -> AsyncIterator[BotHarness]:
    """Let Discord keep everything that the bot sends by itself waiting, for longer than people wait."""
    harness.server.fail(READ, status=429, globally=True, retry_after=5)
    asking = asyncio.create_task(harness.context.rest.call(*READ.split(), channel_id="20"))
    await harness.server.wait(lambda: harness.server.calls[-1].status == 429)
    yield harness
    assert not asking.done(), "the limit was over too soon for this test"
    asking.cancel()
    await asyncio.gather(asking, return_exceptions=True)


async def test_a_limit_for_all_holds_no_answer_up(halted: BotHarness) -> None:
    reaction = await halted.server.slash("papers today", channel="20")
    assert (reaction.kind, reaction.seconds < 2) == ("message", True)
    offered = await halted.server.type("papers show", {"paper": "d"}, "paper", channel="20")
    assert offered


async def test_a_limit_for_all_holds_no_late_answer_up(halted: BotHarness, slow: asyncio.Event) -> None:
    reaction = await halted.server.slash("papers show", {"paper": NEW.id}, channel="20")
    assert reaction.kind == "deferred"
    slow.set()
    assert "A Paper from This Morning" in (await reaction.settled(2)).plain


async def test_a_quick_answer_takes_one_call(harness: BotHarness) -> None:
    before = len(harness.server.calls)
    await harness.type("papers today")
    assert [call.route for call in harness.server.calls[before:]] == [CALLBACK.split()[1]]


async def test_a_slow_answer_takes_two(harness: BotHarness, slow: asyncio.Event) -> None:
    before = len(harness.server.calls)
    reaction = await harness.server.slash("papers show", {"paper": NEW.id}, channel="20")
    slow.set()
    await reaction.settled()
    assert [call.method for call in harness.server.calls[before:]] == ["POST", "PATCH"]


async def test_an_answer_that_is_ready_just_when_people_are_told_to_wait_is_shown(
    harness: BotHarness, slow: asyncio.Event
) -> None:
    fault = harness.server.fail(CALLBACK, delay=0.3)
    acting = asyncio.create_task(harness.server.slash("papers show", {"paper": NEW.id}, channel="20"))
    await harness.server.wait(lambda: fault.times == 0)
    slow.set()
    shown = await (await acting).settled()
    assert "A Paper from This Morning" in shown.plain


async def test_a_lost_reply_to_waiting_loses_no_answer(harness: BotHarness, slow: asyncio.Event) -> None:
    harness.server.fail(CALLBACK, drop="after")
    reaction = await harness.server.slash("papers show", {"paper": NEW.id}, channel="20")
    slow.set()
    assert "A Paper from This Morning" in (await reaction.settled()).plain


async def test_a_slow_answer_is_tried_again_when_discord_stumbles(harness: BotHarness, slow: asyncio.Event) -> None:
    harness.server.fail(ORIGINAL, status=502)
    reaction = await harness.server.slash("papers show", {"paper": NEW.id}, channel="20")
    slow.set()
    assert "A Paper from This Morning" in (await reaction.settled()).plain


async def test_a_slow_button_on_what_everybody_sees_leaves_that_as_it_is(
    harness: BotHarness, slow: asyncio.Event
) -> None:
    slow.set()
    digest = await harness.digest()
    slow.clear()
    harness.gate.hold = slow
    paper = next(
        option["value"] for row in digest.components for one in row["components"] for option in one.get("options", ())
    )
    reaction = await harness.server.pick("Pick a paper", paper, message=digest)
    assert (reaction.kind, reaction.payload) == ("deferred", {"flags": 64})
    slow.set()
    shown = await reaction.settled()
    assert shown.to == "100"
    assert harness.server.now(digest) == digest


async def test_a_slow_page_turns_in_its_place(harness: BotHarness, slow: asyncio.Event) -> None:
    slow.set()
    first = await harness.type("papers search", {"query": "diffusion"})
    harness.gate.hold = asyncio.Event()
    reaction = await harness.server.press("Next", message=first)
    assert reaction.kind == "deferred"
    harness.gate.hold.set()
    turned = await reaction.settled()
    assert (turned.id, turned.content != first.content) == (first.id, True)


async def test_a_slow_button_that_does_not_replace_answers_below(harness: BotHarness, slow: asyncio.Event) -> None:
    slow.set()
    first = await harness.type("papers search", {"query": "diffusion"})
    harness.gate.hold = asyncio.Event()
    reaction = await harness.server.press("Share", message=first)
    harness.gate.hold.set()
    await harness.server.wait(lambda: len(harness.server.private) == 2)
    assert "It is on its way to #papers." in harness.server.private[-1].plain
    assert harness.server.now(first).content == first.content
    assert reaction.kind == "deferred"


async def test_stopping_waits_for_what_is_being_answered(offline: BotHarness, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(responses, "LOADING_DELAY", 0.05)
    async with offline.run_bot():
        offline.paper_source.hold, offline.paper_source.known = asyncio.Event(), {NEW.id: NEW}
        reaction = await offline.server.slash("papers show", {"paper": NEW.id}, channel="20")
        assert reaction.kind == "deferred"
        asyncio.get_running_loop().call_later(0.1, offline.paper_source.hold.set)
    assert "A Paper from This Morning" in (await reaction.settled()).plain


async def test_nobody_reads_the_token_of_an_interaction_in_the_log(harness: BotHarness) -> None:
    await harness.type("papers today")
    registry = cast("SecretRegistry", harness.context.secret_registrar)
    tokens = [each.token for each in harness.server.interactions.values()]
    assert tokens
    assert [registry.redact(f"/webhooks/2/{token}/messages") for token in tokens] == [
        "/webhooks/2/[secret]/messages" for _ in tokens
    ]
