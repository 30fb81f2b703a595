"""Links that people post."""

from __future__ import annotations

import pytest

from tests.adapters.slack.bot_harness import BotHarness
from tests.servers.slack.reading import read

LINK = "https://arxiv.org/abs/2602.12160"


@pytest.fixture
async def wanted(harness: BotHarness) -> BotHarness:
    """A bot whose channel wants cards for links."""
    await harness.type("settings unfurl:yes")
    return harness


async def paste(harness: BotHarness, text: str) -> str:
    """Post a message; return what is shown below it."""
    before = len(harness.server.unfurled)
    await harness.server.paste(text, channel="C1", user="U2")
    await harness.drain()
    cards = [card for _, _, one in harness.server.unfurled[before:] for card in one.values()]
    return "\n".join(read("", card["blocks"]).plain for card in cards)


async def test_nothing_is_shown_unless_the_channel_wants_it(harness: BotHarness) -> None:
    assert await paste(harness, f"See {LINK}") == ""


async def test_a_card_adds_what_a_preview_lacks(wanted: BotHarness) -> None:
    said = await paste(wanted, f"See {LINK}")
    assert "19 votes" in said
    assert "code" in said
    assert "Abstract" not in said


@pytest.mark.parametrize(
    "link",
    [
        "https://huggingface.co/papers/2602.12160",
        "https://www.alphaxiv.org/abs/2602.12160v1",
        "https://arxiv.org/pdf/2602.12160",
    ],
)
async def test_every_place_of_a_paper_is_known(wanted: BotHarness, link: str) -> None:
    assert "DreamID-Omni" in await paste(wanted, f"See {link} please")


async def test_a_paper_that_was_shown_just_now_is_not_shown_again(wanted: BotHarness) -> None:
    assert await paste(wanted, f"See {LINK}")
    assert await paste(wanted, "https://huggingface.co/papers/2602.12160") == ""
    wanted.advance(minutes=31)
    await wanted.stores.processed_events.delete_older(wanted.now.replace(hour=15, minute=1))
    assert await paste(wanted, f"Again {LINK}")


async def test_a_paper_of_the_digest_says_when_it_was_discussed(wanted: BotHarness) -> None:
    await wanted.type("digest now")
    await wanted.post()
    assert await paste(wanted, f"See {LINK}") == ""
    wanted.advance(hours=3)
    assert "Posted here Fri 27 Feb" in await paste(wanted, f"See {LINK}")


async def test_a_list_of_links_is_left_alone(wanted: BotHarness) -> None:
    assert await paste(wanted, f"{LINK} https://arxiv.org/abs/2602.21534 https://arxiv.org/abs/2602.21818") == ""
    assert "ARLArena" in await paste(wanted, f"{LINK} https://arxiv.org/abs/2602.21534")


async def test_other_links_of_these_sites_are_left_alone(wanted: BotHarness) -> None:
    assert await paste(wanted, "https://arxiv.org/list/cs.CL/recent https://huggingface.co/models") == ""


async def test_a_message_that_is_being_written_is_left_alone(wanted: BotHarness) -> None:
    links = [{"url": LINK, "domain": "arxiv.org"}]
    await wanted.server.event(
        {"type": "link_shared", "channel": "COMPOSER", "user": "U2", "message_ts": "u-1", "links": links}
    )
    await wanted.drain()
    assert wanted.server.unfurled == []


async def test_the_same_message_told_twice_is_unfurled_once(wanted: BotHarness) -> None:
    told = await wanted.server.paste(f"See {LINK}", channel="C1", user="U2")
    await wanted.drain()
    await wanted.server.again(told)
    await wanted.drain()
    assert len(wanted.server.unfurled) == 1


async def test_a_refusal_is_no_failure(wanted: BotHarness) -> None:
    wanted.server.fail("chat.unfurl", error="cannot_unfurl_url")
    assert await paste(wanted, f"See {LINK}") == ""
