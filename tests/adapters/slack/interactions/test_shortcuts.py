"""The two shortcuts of a message, where slash commands do not run."""

from __future__ import annotations

import pytest
from slack_bolt.context.ack.async_ack import AsyncAck

from adapters.common.error_boundary import log_exceptions
from tests.adapters.slack.bot_harness import BotHarness
from tests.servers.slack import Shown

TWO = "Compare https://arxiv.org/abs/2602.12160v2 with https://huggingface.co/papers/2602.21534, please."


async def use(harness: BotHarness, shortcut: str, text: str, thread: str = "", **parts: object) -> Shown:
    """Use a shortcut on a message that Bob wrote; return what Ana sees."""
    message = harness.server.change(harness.server.say(text, "C1", "U2", thread), **parts)
    assert (await harness.server.shortcut(shortcut, message=message, user="U1")).ok
    await harness.drain()
    return harness.server.whispers("C1", "U1")[-1]


async def test_the_papers_of_a_message_are_listed(harness: BotHarness) -> None:
    shown = await use(harness, "papers_here", TWO)
    assert "DreamID-Omni" in shown.plain
    assert "ARLArena" in shown.plain


async def test_one_paper_is_shown_in_full(harness: BotHarness) -> None:
    assert "Recent advancements" in (await use(harness, "papers_here", "arXiv:2602.12160 is good")).plain


async def test_papers_like_the_first_are_listed(harness: BotHarness) -> None:
    assert "Papers like “DreamID-Omni”" in (await use(harness, "similar_here", TWO)).plain


async def test_what_is_asked_in_a_thread_is_answered_there(harness: BotHarness) -> None:
    parent = harness.server.say("Well?", "C1", "U2")
    assert (await use(harness, "papers_here", TWO, parent.ts)).thread == parent.ts


async def test_links_are_found_wherever_slack_keeps_them(harness: BotHarness) -> None:
    link = {"type": "link", "url": "https://alphaxiv.org/abs/2602.12160", "text": "this one"}
    blocks = [{"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [link]}]}]
    assert "DreamID-Omni" in (await use(harness, "papers_here", "this one", blocks=blocks)).plain


async def test_a_paper_at_the_end_of_a_long_message_is_found(harness: BotHarness) -> None:
    assert "DreamID-Omni" in (await use(harness, "papers_here", "so many words " * 2000 + "2602.12160")).plain


@pytest.mark.parametrize("shortcut", ["papers_here", "similar_here"])
async def test_a_message_without_papers_is_no_failure(harness: BotHarness, shortcut: str) -> None:
    shown = await use(harness, shortcut, "Lunch at 12.30, room 2602?")
    assert "There is no arXiv id in this message" in shown.plain


async def test_an_unknown_paper_is_told(harness: BotHarness) -> None:
    assert "No source knows 1234.56789." in (await use(harness, "papers_here", "see 1234.56789")).plain


async def test_a_listener_that_fails_has_acknowledged_all_the_same(
    harness: BotHarness, caplog: pytest.LogCaptureFixture
) -> None:
    harness.excused.append("A listener failed")

    @harness.app.shortcut("broken")
    @log_exceptions
    async def broken(ack: AsyncAck) -> None:
        await ack()
        raise RuntimeError("inside")

    acked = await harness.server.shortcut("broken", user="U1")
    assert acked.ok
    assert acked.seconds < 1
    assert "A listener failed, reference" in caplog.text
