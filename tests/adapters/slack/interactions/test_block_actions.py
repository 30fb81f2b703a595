"""Buttons and menus: on digests, on private answers, in windows."""

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
from tests.adapters.slack.inbound import ANAS, Office, plain
from tests.servers.slack import Shown

LONG = ("attention" + " sparse diffusion" * 30)[:500]
"""The longest search."""
HEAVY = "attention -zeugma" + r" \\\\" * 90
"""As long a one whose signs take room, so that not all buttons can hold it."""
NEWER = Paper("2602.99999", "A Paper from This Morning", abstract="It is new.", authors=("Eve",))


async def digest(office: Office) -> Shown:
    """Post the day's digest."""
    await office.type("digest now")
    return (await office.post())[-1]


def button(office: Office, value: Any) -> Shown:
    """Let the bot show somebody one button, with any value."""
    written = value if isinstance(value, str) else json.dumps(value)
    label = {"type": "plain_text", "text": "?"}
    blocks = [
        {"type": "actions", "elements": [{"type": "button", "action_id": "press:1", "text": label, "value": written}]}
    ]
    return office.server.put(Shown("C1", office.server.clock.ts(), "UBOT", "x", blocks, bot="B1", to="U1"))


def kept_in(folder: Path) -> list[tuple[Any, ...]]:
    """Return what a copy of the database shows of buttons."""
    with closing(sqlite3.connect(folder / "broadsheet.db")) as connection:
        return connection.execute("SELECT * FROM actions").fetchall()


async def test_the_abstract_opens_in_a_window_of_ones_own(office: Office) -> None:
    await office.press("Abstract", await digest(office))
    (view,) = office.server.views("U1")
    assert "Recent advancements in foundation models" in plain(view)
    assert office.server.whispers("C1", "U1")[1:] == []


async def test_what_is_pressed_in_a_window_is_answered_over_it(office: Office) -> None:
    await office.press("Abstract", await digest(office))
    await office.press("Save", office.server.views("U1")[-1])
    assert len(office.server.views("U1")) == 2
    assert "on your reading list" in office.window()
    assert [paper for paper, _ in await office.stores.mutes_and_saves.list_saved_papers(ANAS)] == ["2602.12160"]
    await office.server.close(office.server.views("U1")[-1], user="U1")
    assert "Recent advancements" in office.window()


async def test_the_fourth_window_takes_the_place_of_the_third(office: Office) -> None:
    await office.press("Abstract", await digest(office))
    for label in ("Why this paper", "Show it", "More like this"):
        await office.press(label, office.server.views("U1")[-1])
    assert len(office.server.views("U1")) == 3
    assert "Papers like “DreamID-Omni”" in office.window()


async def test_a_window_is_about_the_channel_from_which_it_was_opened(office: Office) -> None:
    await office.press("Abstract", await digest(office))
    await office.press("Not for us", office.server.views("U1")[-1])
    assert "is muted in #papers" in office.window()
    await office.press("Unmute", office.server.views("U1")[-1], user="U1")
    assert "is not muted in #papers" in office.window()


async def test_pages_turn_in_their_window(office: Office) -> None:
    await office.press("Abstract", await digest(office))
    await office.press("More like this", office.server.views("U1")[-1])
    first = office.server.views("U1")[-1]
    await office.press("Next", first)
    second = office.server.views("U1")[-1]
    assert len(office.server.views("U1")) == 2
    assert first["id"] == second["id"]
    assert "6–10 of 30" in plain(second)


async def test_each_row_of_the_menu_of_a_digest_does_what_it_says(office: Office) -> None:
    posted = await digest(office)
    await office.press("Save", posted, item=2)
    assert "ARLArena" in office.said()
    await office.press("More like this", posted)
    assert "Papers like “DreamID-Omni”" in office.said()
    await office.press("Not for us", posted, item=3)
    assert "is muted in" in office.said()
    await office.press("Why this paper", posted)
    assert "Not posted" in office.window() or "Posted" in office.window()
    # What others see stays as it is.
    assert office.server.shown("C1") == [posted]


async def test_pages_turn_in_place_of_a_private_answer(office: Office) -> None:
    first = await office.type("search sparse attention")
    await office.press("Next", first)
    (turned,) = office.server.whispers("C1", "U1")
    assert "6–10 of" in turned.plain
    await office.press("Prev", turned)
    assert "1–5 of" in office.said()


async def test_the_order_changes_in_place_and_others_pages_stay(office: Office) -> None:
    first = await office.type("search sparse attention")
    assert "most relevant first" in first.plain
    await office.press("Most votes", first)
    (sorted_,) = office.server.whispers("C1", "U1")
    assert "most votes first" in sorted_.plain
    await office.press("Next", sorted_)
    (turned,) = office.server.whispers("C1", "U1")
    assert ("most votes first" in turned.plain, "6–8 of 8" in turned.plain) == (True, True)


async def test_in_a_channel_of_two_workspaces_people_of_both_are_answered(office: Office) -> None:
    office.server.channel("C1", name="papers", shared=("T2",), members=("U1", "U2", "U4", "UBOT"))
    posted = await digest(office)
    await office.press("Save", posted, user="U4")
    assert "on your reading list" in office.said(user="U4")
    assert [known.channel.workspace for known in await office.stores.channels.list_for_workspace("slack", "T1")] != []
    assert await office.stores.channels.list_for_workspace("slack", "T2") == [], (
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
    office: Office, home: str, organization: str, *, runs_all: bool, decides: bool
) -> None:
    for team in ("T1", "T2"):
        office.server.team(team, name=team, enterprise=organization)
    office.server.team("T3", name="Far", enterprise="E3")
    office.server.person("U7", name="Eva", team=home, admin=True, runs_all=runs_all)
    office.server.channel("C1", name="papers", shared=("T2", "T3"), members=("U1", "U7", "UBOT"))
    await office.server.mention("digest access admins", channel="C1", user="U7")
    await office.rest()
    there = await office.stores.workspaces.get("slack", "T1")
    assert (there.policy if there else "") == ("admins" if decides else "")
    assert ("Only" in office.said(user="U7")) is not decides

    await office.stores.workspaces.save(Workspace("slack", "T1", policy="admins"))
    await office.server.mention("digest off", channel="C1", user="U7")
    await office.rest()
    assert ("Only" in office.said(user="U7")) is not decides, "where only admins manage, those of others do not"


async def test_what_is_no_page_is_said_beside_a_private_answer(office: Office) -> None:
    first = await office.type("search sparse attention")
    await office.press("Save", first)
    assert [first] == office.server.whispers("C1", "U1")[:1]
    assert "on your reading list" in office.said()


async def test_a_slow_answer_replaces_no_message_of_others(office: Office) -> None:
    office.hugging.hold = asyncio.Event()
    office.hugging.known[NEWER.id] = NEWER
    asked = office.server.say(f"Has anybody read {NEWER.id}?", "C1", "U2")
    await office.server.shortcut("papers_here", message=asked, user="U1")
    await office.server.wait(lambda: office.server.whispers("C1", "U1"))
    assert office.said() == "Looking…"
    office.hugging.hold.set()
    await office.rest()
    assert "A Paper from This Morning" in office.said()
    assert office.server.shown("C1") == [asked]


async def test_a_digest_with_replies_is_answered_below_it_and_not_inside(office: Office) -> None:
    await office.type("settings abstracts:yes")
    await office.type("digest now")
    posts = await office.post()
    parent = next(post for post in posts if not post.thread or post.thread == post.ts)
    assert any(post.thread == parent.ts for post in posts)
    await office.press("Save", parent)
    assert office.server.whispers("C1", "U1")[-1].thread == ""


async def test_a_window_opens_before_a_slow_source_has_answered(office: Office) -> None:
    office.hugging.hold = asyncio.Event()
    office.hugging.known[NEWER.id] = NEWER
    shown = button(office, {"c": "show", "a": {"paper": NEWER.id}, "m": 1})
    await office.server.press("?", within=shown, user="U1")
    await office.server.wait(lambda: office.server.views("U1"))
    assert office.window() == "Looking…"
    office.hugging.hold.set()
    await office.rest()
    assert "It is new." in office.window()
    assert len(office.server.views("U1")) == 1


async def test_when_no_window_can_be_opened_the_answer_comes_beside_the_message(office: Office) -> None:
    posted = await digest(office)
    office.server.fail("views.open", error="expired_trigger_id")
    await office.press("Abstract", posted)
    assert office.server.views("U1") == []
    assert "Recent advancements" in office.said()


async def test_sharing_posts_as_the_bot_and_names_who_shared(office: Office) -> None:
    shown = await office.type("search sparse attention")
    await office.press("Share in #papers", shown)
    assert "It is on its way to" in office.said()
    (posted,) = await office.post()
    assert posted.user == "UBOT"
    assert "Shared by ana." in posted.plain
    assert "Next" not in posted.plain


async def test_sharing_where_the_bot_is_not_says_how_to_let_it_in(office: Office) -> None:
    office.server.channel("C3", name="elsewhere", members=("U1",))
    shown = await office.type("search sparse attention", channel="C3")
    await office.press("Share in #elsewhere", shown)
    assert "/invite @Broadsheet" in office.said("C3")
    await office.post()
    assert office.server.shown("C3") == []


async def test_a_search_is_followed_and_unfollowed_by_buttons(office: Office) -> None:
    shown = await office.type("search world model")
    await office.press("Follow this", shown)
    if office.server.views("U1"):
        await office.server.submit(office.server.views("U1")[-1], user="U1")
        await office.rest()
    assert len(await office.stores.follows.list_for_channel(ANAS)) == 1
    listed = await office.type("follows")
    await office.press("Mute", listed)
    assert "is muted" in office.said()
    await office.press("Unfollow", listed)
    assert "no more" in office.said()
    assert await office.stores.follows.list_for_channel(ANAS) == []


async def test_the_digest_is_shown_before_it_starts_and_undone_after(office: Office) -> None:
    shown = await office.type("digest on")
    assert not (await office.preferences()).on
    await office.press("Start at the next time", shown)
    assert (await office.preferences()).on
    await office.press("Undo", office.server.whispers("C1", "U1")[-1])
    assert not (await office.preferences()).on


async def test_the_same_press_told_twice_has_one_effect(office: Office) -> None:
    shown = await office.type("search sparse attention")
    acked = await office.press("Share in #papers", shown)
    await office.server.again(acked)
    await office.rest()
    assert len(await office.post()) == 1
    assert "done already" in office.said()


async def test_a_long_search_rides_in_its_buttons(office: Office, stored: Path) -> None:
    shown = await office.type(f"search {LONG}")
    for label in ("Newest", "Next", "Share in #papers"):
        await office.press(label, shown if label != "Next" else office.server.whispers("C1", "U1")[-1])
    assert len(await office.post()) == 1
    assert kept_in(stored) == []


async def test_what_does_not_ride_can_not_be_read_where_it_is_kept(office: Office, stored: Path) -> None:
    shown = await office.type(f"search {HEAVY}")
    kept = kept_in(stored)
    assert kept
    assert "zeugma" not in str(kept)
    assert not any(row[0] in str(shown.blocks) for row in kept), "the key of it is in the button alone"
    await office.press("Most votes", shown)
    assert "most votes first" in office.said()


async def test_a_button_whose_data_is_gone_says_so(office: Office) -> None:
    shown = await office.type(f"search {HEAVY}")
    office.later(days=500)
    await office.stores.button_payloads.delete_older(office.now)
    await office.press("Most votes", shown)
    assert "too old" in office.said()
    assert await office.post() == []


@pytest.mark.parametrize(
    "value", ["{}", '{"c":1}', "[]", "x" * 32, '{"c":"show","a":[]}', '{"c":"nothing like it","a":{}}']
)
async def test_a_button_that_is_none_of_ours_does_nothing(office: Office, value: str) -> None:
    await office.press("?", button(office, value))
    assert "Not done." in office.said()


async def test_the_whole_workspace_is_set_up_by_one_press(office: Office) -> None:
    await office.press("Set up all 2", await office.type("setup"))
    assert (await office.preferences()).on
    (follow,) = await office.stores.follows.list_for_channel(Channel("slack", "T1", "C2"))
    assert follow.topic == '"video diffusion"'
