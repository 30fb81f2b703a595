"""Members post through the bot what they could post themselves, over sockets; the bot itself may do everything here."""

from __future__ import annotations

import pytest

from tests.adapters.discord.bot_harness import BotHarness, list_labels
from tests.servers.discord import Shown, rights

PAPER = "2602.12160"
DENIED = "Nothing was posted: you lack {} there yourself, which those who manage the channel’s permissions can grant."


def deny(harness: BotHarness, permissions: int, *, channel: str = "20") -> None:
    """Take permissions from Ana in a channel."""
    harness.server.places[channel].overwrites = [rights.overwrite("100", member=True, deny=permissions)]


async def show(harness: BotHarness, channel: str = "20") -> Shown:
    return await harness.type("papers show", {"paper": PAPER}, channel=channel)


@pytest.mark.parametrize(
    ("denied", "label", "named"),
    [
        (rights.SEND, "Share", "Send Messages"),
        (rights.CREATE_THREADS, "Discuss in a thread", "Create Public Threads"),
        (rights.SEND_IN_THREADS, "Discuss in a thread", "Send Messages in Threads"),
        (
            rights.CREATE_THREADS | rights.SEND_IN_THREADS,
            "Discuss in a thread",
            "Create Public Threads and Send Messages in Threads",
        ),
    ],
)
async def test_nobody_posts_through_the_bot_what_they_may_not(
    harness: BotHarness, denied: int, label: str, named: str
) -> None:
    whole = await show(harness)
    deny(harness, denied)
    shown = await harness.press(label, whole)
    assert DENIED.format(named) in shown.plain
    assert await harness.post() == []
    offered = {"Share", "Discuss in a thread"} & set(list_labels(await show(harness)))
    assert offered == {"Share", "Discuss in a thread"} - {label}


async def test_a_typed_discussion_needs_the_same(harness: BotHarness) -> None:
    deny(harness, rights.CREATE_THREADS)
    shown = await harness.type("papers discuss", {"paper": PAPER})
    assert DENIED.format("Create Public Threads") in shown.plain
    assert await harness.post() == []


async def test_sharing_in_a_thread_needs_the_right_of_threads_alone(offline: BotHarness) -> None:
    offline.server.thread("21", parent="20")
    async with offline.run_bot():
        whole = await show(offline, "21")
        deny(offline, rights.SEND_IN_THREADS)
        shown = await offline.press("Share", whole)
        assert DENIED.format("Send Messages in Threads") in shown.plain
        assert await offline.post("21") == []
        deny(offline, rights.SEND)
        assert "It is on its way" in (await offline.press("Share", whole)).plain


async def test_an_administrator_lacks_nothing(harness: BotHarness) -> None:
    harness.server.places["20"].overwrites = [rights.overwrite("90", member=True, deny=rights.SEND)]
    whole = await harness.type("papers show", {"paper": PAPER}, user="90")
    assert "It is on its way" in (await harness.press("Share", whole, user="90")).plain


async def test_an_answer_is_shared_once_by_its_asker(harness: BotHarness) -> None:
    shown = await harness.type("papers search", {"query": "diffusion"})
    await harness.press("Share", shown)
    assert "This is on its way to #papers already; it is posted once." in (await harness.press("Share", shown)).plain
    assert len(await harness.post()) == 1
    again = await harness.press("Share", shown)
    assert "You shared this in #papers already; it is not posted again." in again.plain
    assert len(await harness.post()) == 1


async def test_words_of_the_asker_mean_nothing_and_stand_behind_their_name(harness: BotHarness) -> None:
    typed = "diffusion @everyone <@101> **Staff** [here](https://evil.example) https://evil.example"
    shown = await harness.type("papers search", {"query": typed})
    await harness.press("Share", shown)
    (posted,) = await harness.post()
    assert posted.pings == ()
    heading, small_print, *rest = posted.content.splitlines()
    assert "evil" not in heading
    assert small_print.startswith("-# Shared by Ana · search: diffusion \\@everyone \\<@101> \\*\\*Staff\\*\\*")
    assert "](http" not in small_print
    assert "https\\://evil" in small_print
    assert "evil" not in "\n".join(rest)
