"""Buttons and menus: on digests, on private answers, in modals."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from bot.domain.channels import Channel
from bot.domain.papers import Paper
from bot.ports.workspaces import Workspace
from tests.adapters.slack.bot_harness import ANAS_DIRECT_MESSAGES, BotHarness, read_view
from tests.servers.slack import Shown

LONG = ("attention" + " sparse diffusion" * 30)[:500]
"""The longest search."""
HEAVY = "attention -zeugma" + r" \\\\" * 90
"""As long a one whose signs take room, so that not all buttons can hold it."""
NEWER = Paper("2602.99999", "A Paper from This Morning", abstract="It is new.", authors=("Eve",))


async def digest(harness: BotHarness) -> Shown:
    """Post the day's digest."""
    await harness.type("digest now")
    return (await harness.post())[-1]


def button(harness: BotHarness, value: Any) -> Shown:
    """Let the bot show somebody one button, with any value."""
    written = value if isinstance(value, str) else json.dumps(value)
    label = {"type": "plain_text", "text": "?"}
    blocks = [
        {"type": "actions", "elements": [{"type": "button", "action_id": "press:1", "text": label, "value": written}]}
    ]
    return harness.server.put(Shown("C1", harness.server.clock.ts(), "UBOT", "x", blocks, bot="B1", to="U1"))


def kept_in(folder: Path) -> list[tuple[Any, ...]]:
    """Return what a copy of the database shows of buttons."""
    with closing(sqlite3.connect(folder / "broadsheet.db")) as connection:
        return connection.execute("SELECT * FROM actions").fetchall()


async def test_the_abstract_opens_in_a_window_of_ones_own(harness: BotHarness) -> None:
    await harness.press("Abstract", await digest(harness))
    (view,) = harness.server.views("U1")
    assert "Recent advancements in foundation models" in read_view(view)
    assert harness.server.whispers("C1", "U1")[1:] == []


async def test_what_is_pressed_in_a_window_is_answered_over_it(harness: BotHarness) -> None:
    await harness.press("Abstract", await digest(harness))
    await harness.press("Save", harness.server.views("U1")[-1])
    assert len(harness.server.views("U1")) == 2
    assert "on your reading list" in harness.window()
    assert [paper for paper, _ in await harness.stores.mutes_and_saves.list_saved_papers(ANAS_DIRECT_MESSAGES)] == [
        "2602.12160"
    ]
    await harness.server.close(harness.server.views("U1")[-1], user="U1")
    assert "Recent advancements" in harness.window()


async def test_the_fourth_window_takes_the_place_of_the_third(harness: BotHarness) -> None:
    await harness.press("Abstract", await digest(harness))
    for label in ("Why this paper", "Show it", "More like this"):
        await harness.press(label, harness.server.views("U1")[-1])
    assert len(harness.server.views("U1")) == 3
    assert "Papers like “DreamID-Omni”" in harness.window()


async def test_a_window_is_about_the_channel_from_which_it_was_opened(harness: BotHarness) -> None:
    await harness.press("Abstract", await digest(harness))
    await harness.press("Not for us", harness.server.views("U1")[-1])
    assert "is muted in #papers" in harness.window()
    await harness.press("Unmute", harness.server.views("U1")[-1], user="U1")
    assert "is not muted in #papers" in harness.window()


async def test_pages_turn_in_their_window(harness: BotHarness) -> None:
    await harness.press("Abstract", await digest(harness))
    await harness.press("More like this", harness.server.views("U1")[-1])
    first = harness.server.views("U1")[-1]
    await harness.press("Next", first)
    second = harness.server.views("U1")[-1]
    assert len(harness.server.views("U1")) == 2
    assert first["id"] == second["id"]
    assert "6–10 of 30" in read_view(second)


async def test_each_row_of_the_menu_of_a_digest_does_what_it_says(harness: BotHarness) -> None:
    posted = await digest(harness)
    await harness.press("Save", posted, item=2)
    assert "ARLArena" in harness.said()
    await harness.press("More like this", posted)
    assert "Papers like “DreamID-Omni”" in harness.said()
    await harness.press("Not for us", posted, item=3)
    assert "is muted in" in harness.said()
    await harness.press("Why this paper", posted)
    assert "Not posted" in harness.window() or "Posted" in harness.window()
    # What others see stays as it is.
    assert harness.server.shown("C1") == [posted]


async def test_pages_turn_in_place_of_a_private_answer(harness: BotHarness) -> None:
    first = await harness.type("search sparse attention")
    await harness.press("Next", first)
    (turned,) = harness.server.whispers("C1", "U1")
    assert "6–10 of" in turned.plain
    await harness.press("Prev", turned)
    assert "1–5 of" in harness.said()


async def test_the_order_changes_in_place_and_others_pages_stay(harness: BotHarness) -> None:
    first = await harness.type("search sparse attention")
    assert "most relevant first" in first.plain
    await harness.press("Most votes", first)
    (sorted_,) = harness.server.whispers("C1", "U1")
    assert "most votes first" in sorted_.plain
    await harness.press("Next", sorted_)
    (turned,) = harness.server.whispers("C1", "U1")
    assert ("most votes first" in turned.plain, "6–8 of 8" in turned.plain) == (True, True)


async def test_in_a_channel_of_two_workspaces_people_of_both_are_answered(harness: BotHarness) -> None:
    harness.server.channel("C1", name="papers", shared=("T2",), members=("U1", "U2", "U4", "UBOT"))
    posted = await digest(harness)
    await harness.press("Save", posted, user="U4")
    assert "on your reading list" in harness.said(user="U4")
    assert [known.channel.workspace for known in await harness.stores.channels.list_for_workspace("slack", "T1")] != []
    assert await harness.stores.channels.list_for_workspace("slack", "T2") == [], (
        "the channel belongs to the workspace with the bot"
    )


@pytest.mark.parametrize(
    ("home", "organization", "runs_all", "decides"),
    [
        ("T1", "", False, True),
        ("T2", "", False, False),
        ("T2", "E1", False, False),
        ("T2", "E1", True, True),
        ("T3", "E1", True, False),
    ],
    ids=["home", "another company", "another workspace", "the whole organization", "another organization"],
)
async def test_who_runs_another_workspace_decides_nothing_in_a_shared_channel(
    harness: BotHarness, home: str, organization: str, *, runs_all: bool, decides: bool
) -> None:
    for team in ("T1", "T2"):
        harness.server.team(team, name=team, enterprise=organization)
    harness.server.team("T3", name="Far", enterprise="E3")
    harness.server.person("U7", name="Eva", team=home, admin=True, runs_all=runs_all)
    harness.server.channel("C1", name="papers", shared=("T2", "T3"), members=("U1", "U7", "UBOT"))
    await harness.server.mention("digest access admins", channel="C1", user="U7")
    await harness.drain()
    there = await harness.stores.workspaces.get("slack", "T1")
    assert (there.policy if there else "") == ("admins" if decides else "")
    assert ("Only" in harness.said(user="U7")) is not decides

    await harness.stores.workspaces.save(Workspace("slack", "T1", policy="admins"))
    await harness.server.mention("digest off", channel="C1", user="U7")
    await harness.drain()
    assert ("Only" in harness.said(user="U7")) is not decides, "where only admins manage, those of others do not"


async def test_what_is_no_page_is_said_beside_a_private_answer(harness: BotHarness) -> None:
    first = await harness.type("search sparse attention")
    await harness.press("Save", first)
    assert [first] == harness.server.whispers("C1", "U1")[:1]
    assert "on your reading list" in harness.said()


async def test_a_slow_answer_replaces_no_message_of_others(harness: BotHarness) -> None:
    harness.paper_source.hold = asyncio.Event()
    harness.paper_source.known[NEWER.id] = NEWER
    asked = harness.server.say(f"Has anybody read {NEWER.id}?", "C1", "U2")
    await harness.server.shortcut("papers_here", message=asked, user="U1")
    await harness.server.wait(lambda: harness.server.whispers("C1", "U1"))
    assert harness.said() == "Looking…"
    harness.paper_source.hold.set()
    await harness.drain()
    assert "A Paper from This Morning" in harness.said()
    assert harness.server.shown("C1") == [asked]


async def test_a_digest_with_replies_is_answered_below_it_and_not_inside(harness: BotHarness) -> None:
    await harness.type("settings abstracts:yes")
    await harness.type("digest now")
    posts = await harness.post()
    parent = next(post for post in posts if not post.thread or post.thread == post.ts)
    assert any(post.thread == parent.ts for post in posts)
    await harness.press("Save", parent)
    assert harness.server.whispers("C1", "U1")[-1].thread == ""


async def test_a_window_opens_before_a_slow_source_has_answered(harness: BotHarness) -> None:
    harness.paper_source.hold = asyncio.Event()
    harness.paper_source.known[NEWER.id] = NEWER
    shown = button(harness, {"c": "show", "a": {"paper": NEWER.id}, "m": 1})
    await harness.server.press("?", within=shown, user="U1")
    await harness.server.wait(lambda: harness.server.views("U1"))
    assert harness.window() == "Looking…"
    harness.paper_source.hold.set()
    await harness.drain()
    assert "It is new." in harness.window()
    assert len(harness.server.views("U1")) == 1


async def test_when_no_window_can_be_opened_the_answer_comes_beside_the_message(harness: BotHarness) -> None:
    posted = await digest(harness)
    harness.server.fail("views.open", error="expired_trigger_id")
    await harness.press("Abstract", posted)
    assert harness.server.views("U1") == []
    assert "Recent advancements" in harness.said()


async def test_sharing_posts_as_the_bot_and_names_who_shared(harness: BotHarness) -> None:
    shown = await harness.type("search sparse attention")
    await harness.press("Share in #papers", shown)
    assert "It is on its way to" in harness.said()
    (posted,) = await harness.post()
    assert posted.user == "UBOT"
    assert "Shared by ana · search: sparse attention" in posted.plain
    assert "Next" not in posted.plain


async def test_an_answer_is_shared_once_and_its_heading_is_the_bots(harness: BotHarness) -> None:
    shown = await harness.type("search attention <!channel> *Staff* https://evil.example")
    await harness.press("Share in #papers", shown)
    await harness.press("Share in #papers", shown)
    assert "This is on its way to #papers already; it is posted once." in harness.said()
    (posted,) = await harness.post()
    heading, small_print, *_ = posted.blocks
    assert heading["type"] == "header"
    assert "Staff" not in heading["text"]["text"]
    assert small_print["type"] == "context"
    assert small_print["elements"][0]["text"].startswith("Shared by ana · search: attention")
    assert "<!channel>" not in str(posted.blocks)
    assert "Staff" not in posted.text


async def test_sharing_where_the_bot_is_not_says_how_to_let_it_in(harness: BotHarness) -> None:
    harness.server.channel("C3", name="elsewhere", members=("U1",))
    shown = await harness.type("search sparse attention", channel="C3")
    await harness.press("Share in #elsewhere", shown)
    assert "/invite @Broadsheet" in harness.said("C3")
    await harness.post()
    assert harness.server.shown("C3") == []


async def test_a_search_is_followed_and_unfollowed_by_buttons(harness: BotHarness) -> None:
    shown = await harness.type("search world model")
    await harness.press("Follow this", shown)
    if harness.server.views("U1"):
        await harness.server.submit(harness.server.views("U1")[-1], user="U1")
        await harness.drain()
    assert len(await harness.stores.follows.list_for_channel(ANAS_DIRECT_MESSAGES)) == 1
    listed = await harness.type("follows")
    await harness.press("Mute", listed)
    assert "is muted" in harness.said()
    await harness.press("Unfollow", listed)
    assert "no more" in harness.said()
    assert await harness.stores.follows.list_for_channel(ANAS_DIRECT_MESSAGES) == []


async def test_the_digest_is_shown_before_it_starts_and_undone_after(harness: BotHarness) -> None:
    shown = await harness.type("digest on")
    assert not (await harness.preferences()).on
    await harness.press("Start at the next time", shown)
    assert (await harness.preferences()).on
    await harness.press("Undo", harness.server.whispers("C1", "U1")[-1])
    assert not (await harness.preferences()).on


async def test_the_same_press_told_twice_has_one_effect(harness: BotHarness) -> None:
    shown = await harness.type("search sparse attention")
    acked = await harness.press("Share in #papers", shown)
    await harness.server.again(acked)
    await harness.drain()
    assert len(await harness.post()) == 1
    assert "done already" in harness.said()


async def test_a_long_search_rides_in_its_buttons(harness: BotHarness, stored: Path) -> None:
    shown = await harness.type(f"search {LONG}")
    for label in ("Newest", "Next", "Share in #papers"):
        await harness.press(label, shown if label != "Next" else harness.server.whispers("C1", "U1")[-1])
    assert len(await harness.post()) == 1
    assert kept_in(stored) == []


async def test_what_does_not_ride_can_not_be_read_where_it_is_kept(harness: BotHarness, stored: Path) -> None:
    shown = await harness.type(f"search {HEAVY}")
    kept = kept_in(stored)
    assert kept
    assert "zeugma" not in str(kept)
    assert not any(row[0] in str(shown.blocks) for row in kept), "the key of it is in the button alone"
    await harness.press("Most votes", shown)
    assert "most votes first" in harness.said()


async def test_a_button_whose_data_is_gone_says_so(harness: BotHarness) -> None:
    shown = await harness.type(f"search {HEAVY}")
    harness.advance(days=500)
    await harness.stores.button_payloads.delete_older(harness.now)
    await harness.press("Most votes", shown)
    assert "too old" in harness.said()
    assert await harness.post() == []


@pytest.mark.parametrize(
    "value", ["{}", '{"c":1}', "[]", "x" * 32, '{"c":"show","a":[]}', '{"c":"nothing like it","a":{}}']
)
async def test_a_button_that_is_none_of_ours_does_nothing(harness: BotHarness, value: str) -> None:
    await harness.press("?", button(harness, value))
    assert "Not done." in harness.said()


async def test_the_whole_workspace_is_set_up_by_one_press(harness: BotHarness) -> None:
    await harness.press("Set up all 2", await harness.type("setup"))
    assert (await harness.preferences()).on
    (follow,) = await harness.stores.follows.list_for_channel(Channel("slack", "T1", "C2"))
    assert follow.topic == '"video diffusion"'
