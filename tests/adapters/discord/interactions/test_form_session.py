"""Panels: settings and follows by choosing and typing, shown before they are saved."""

from __future__ import annotations

import asyncio
import re
from typing import Any

import pytest

from adapters.discord.interactions import responses
from bot.domain.channels import Channel
from bot.domain.feed import FeedMode
from bot.domain.schedules import Cadence
from tests.adapters.discord.inbound import ANAS, ROOM, Office, custom, labels
from tests.servers.discord import Reaction, Shown

OTHER = Channel("discord", "10", "22")
OFTEN, MODE, DAYS, ALSO = "How often", "Mode", "Days", "Also"


async def settings(office: Office, *, user: str = "91", **options: Any) -> Shown:
    return await office.type("papers-setup settings", options, user=user)


def typing(panel: Shown) -> str:
    """Return the first button that opens a modal."""
    return next(label for label in labels(panel) if label.endswith("…"))


def fields(reaction: Reaction) -> dict[str, str]:
    """Return what a modal asks, with what it holds."""
    asked = [row["component"] for row in reaction.payload["components"]]
    return {str(each["custom_id"]): str(each.get("value", "")) for each in asked}


async def fill(office: Office, reaction: Reaction, **answers: str) -> Shown:
    """Fill a modal in; return what its panel shows then."""
    return await (await office.server.submit(reaction, answers)).settled()


async def find(office: Office, panel: Shown, what: str) -> Shown:
    """Turn pages until a list or button is there."""
    for _ in range(4):
        if what in labels(panel):
            return panel
        turn = next(label for label in labels(panel) if label in {"Advanced", "More", "Back"})
        panel = await office.press(turn, panel, user="91")
    raise AssertionError(what)


async def test_settings_are_a_private_panel_with_the_next_three_sends(office: Office) -> None:
    panel = await settings(office)
    assert panel.to == "91"
    assert {"Save changes", "Cancel", DAYS} <= set(labels(panel))
    assert len(re.findall(r"<t:\d+:", panel.content)) >= 3, "each reader sees their own time"


async def test_what_is_chosen_is_shown_and_saved_with_save_only(office: Office) -> None:
    panel = await settings(office)
    changed = await office.pick(DAYS, ["Monday", "Thursday"], panel, user="91")
    assert (changed.id, changed.replaced) == (panel.id, True)
    assert (await office.preferences()).schedule.days == (0, 1, 2, 3, 4), "nothing is saved yet"
    assert re.findall(r"<t:\d+", changed.content) != re.findall(r"<t:\d+", panel.content), "the sends are others"
    saved = await office.press("Save changes", changed, user="91")
    assert saved.id == panel.id
    assert "days weekdays → Mon and Thu" in saved.plain
    assert (await office.preferences()).schedule.days == (0, 3)


async def test_what_is_typed_is_typed_in_a_modal_that_holds_what_is_set(office: Office) -> None:
    panel = await settings(office)
    modal = await office.window(typing(panel), panel, user="91")
    assert fields(modal)["time"] == "09:00"
    changed = await fill(office, modal, time="7:30")
    assert "07:30" in changed.plain or "7:30" in changed.plain
    await office.press("Save changes", changed, user="91")
    assert f"{(await office.preferences()).schedule.at:%H:%M}" == "07:30"


async def test_a_mistake_stands_at_its_question_and_nothing_is_saved(office: Office) -> None:
    panel = await settings(office)
    modal = await office.window(typing(panel), panel, user="91")
    wrong = await fill(office, modal, time="25:99", number="4")
    lines = wrong.content.splitlines()
    at = next(number for number, line in enumerate(lines) if line.startswith("**Time**"))
    assert "25:99" in lines[at + 1]
    assert lines[at + 1].startswith(">")
    still = await office.press("Save changes", wrong, user="91")
    assert "25:99" in still.content
    assert "Save changes" in labels(still)
    preferences = await office.preferences()
    assert (f"{preferences.schedule.at:%H:%M}", preferences.number) == ("09:00", 5)
    modal = await office.window(typing(still), still, user="91")
    assert fields(modal)["time"] == "25:99", "it can be mended"
    mended = await fill(office, modal, time="8:00")
    await office.press("Save changes", mended, user="91")
    preferences = await office.preferences()
    assert (f"{preferences.schedule.at:%H:%M}", preferences.number) == ("08:00", 4)


async def test_flags_are_ticked_together(office: Office) -> None:
    panel = await find(office, await settings(office), ALSO)
    changed = await office.pick(ALSO, ["Thumbnails", "Repeats"], panel, user="91")
    await office.press("Save changes", changed, user="91")
    preferences = await office.preferences()
    assert (preferences.pictures, preferences.repeats, preferences.your_topics) == (True, True, False)


async def test_the_pages_keep_what_was_chosen_on_others(office: Office) -> None:
    panel = await find(office, await settings(office), OFTEN)
    panel = await office.pick(OFTEN, "weekly", panel, user="91")
    panel = await find(office, panel, MODE)
    panel = await office.pick(MODE, "trending", panel, user="91")
    await office.press("Save changes", panel, user="91")
    preferences = await office.preferences()
    assert (preferences.schedule.cadence, preferences.mode) == (Cadence.WEEKLY, FeedMode.TRENDING)


async def test_a_role_is_chosen_from_discords_own_list(office: Office) -> None:
    office.server.role("300000000000000030", name="readers")
    panel = await settings(office)
    what = "Mention: nobody"
    panel = await find(office, panel, what)
    panel = await office.pick(what, ["300000000000000030"], panel, user="91")
    await office.press("Save changes", panel, user="91")
    assert (await office.preferences()).mention == "300000000000000030"


async def test_cancel_leaves_everything(office: Office) -> None:
    panel = await settings(office)
    panel = await office.pick(DAYS, ["Monday"], panel, user="91")
    left = await office.press("Cancel", panel, user="91")
    assert (left.plain, left.id) == ("Nothing was changed.", panel.id)
    assert labels(left) == []
    assert (await office.preferences()).schedule.days == (0, 1, 2, 3, 4)


async def test_two_quick_changes_both_count(office: Office) -> None:
    panel = await find(office, await settings(office), OFTEN)
    before = panel
    await office.pick(OFTEN, "weekly", panel, user="91")
    stale = office.server.change(office.server.now(panel), components=before.components)
    panel = await office.pick(MODE, "trending", stale, user="91")
    await office.press("Save changes", panel, user="91")
    preferences = await office.preferences()
    assert (preferences.schedule.cadence, preferences.mode) == (Cadence.WEEKLY, FeedMode.TRENDING)


async def test_two_changes_at_once_both_count(office: Office) -> None:
    panel = await find(office, await settings(office), OFTEN)
    await asyncio.gather(
        office.pick(OFTEN, "weekly", panel, user="91"), office.pick(MODE, "trending", panel, user="91")
    )
    await office.press("Save changes", office.server.now(panel), user="91")
    preferences = await office.preferences()
    assert (preferences.schedule.cadence, preferences.mode) == (Cadence.WEEKLY, FeedMode.TRENDING)


async def test_a_panel_goes_on_after_a_restart(shut: Office) -> None:
    async with shut.running():
        panel = await shut.pick(DAYS, ["Monday"], await settings(shut), user="91")
    async with shut.running():
        modal = await shut.window(typing(panel), panel, user="91")
        panel = await fill(shut, modal, number="3")
        await shut.press("Save changes", panel, user="91")
        preferences = await shut.preferences()
        assert (preferences.schedule.days, preferences.number) == ((0,), 3)


async def test_a_panel_for_another_channel(office: Office) -> None:
    panel = await settings(office, channel="22")
    panel = await office.pick(DAYS, ["Friday"], panel, user="91")
    saved = await office.press("Save changes", panel, user="91")
    assert (await office.preferences(OTHER)).schedule.days == (4,)
    assert (await office.preferences(ROOM)).schedule.days == (0, 1, 2, 3, 4)
    again = next(label for label in labels(saved) if label.startswith("Undo"))
    await office.press(again, saved, user="91")
    assert (await office.preferences(OTHER)).schedule.days == (0, 1, 2, 3, 4), "its buttons are about that one too"


async def test_a_panel_that_the_servers_settings_opened_saves(office: Office) -> None:
    office.server.permit("papers-setup", "101")
    panel = await settings(office, user="101")
    panel = await office.pick(DAYS, ["Friday"], panel, user="101")
    await office.press("Save changes", panel, user="101")
    assert (await office.preferences()).schedule.days == (4,)


async def test_a_panel_that_is_not_kept_any_more_is_explained(office: Office) -> None:
    panel = await settings(office)
    await office.stores.button_payloads.delete_older(office.now.replace(year=2027))
    shown = await office.press("Save changes", panel, user="91")
    assert "This panel is too old. Nothing was changed; ask for a new one." in shown.plain


async def test_a_slow_panel_is_deferred_and_changed_in_its_place(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    panel = await settings(office)
    monkeypatch.setattr(responses, "LOADING_DELAY", 0.05)
    office.gate.hold = asyncio.Event()
    reaction = await office.server.pick(DAYS, ["Monday"], message=panel, user="91")
    assert reaction.kind == "deferred"
    office.gate.hold.set()
    changed = await reaction.settled()
    assert (changed.id, "Days" in labels(changed)) == (panel.id, True)
    assert re.findall(r"<t:\d+", changed.content) != re.findall(r"<t:\d+", panel.content)


# Following.


async def test_following_asks_for_the_topic_then_shows_what_it_would_have_sent(office: Office) -> None:
    modal = await office.server.slash("papers follow", {}, user="100", channel="20")
    assert modal.kind == "modal"
    panel = await fill(office, modal, topic="diffusion")
    assert panel.to == "100"
    assert re.search(r"It would have sent \d+ papers? in the (last )?14 days", panel.plain)
    assert await office.topics(ANAS) == []
    saved = await office.press("Follow", panel)
    assert "Following “diffusion” for you" in saved.plain
    assert await office.topics(ANAS) == ['"diffusion"']


async def test_a_wrong_topic_stands_at_its_question_and_can_be_mended(office: Office) -> None:
    modal = await office.server.slash("papers follow", {}, user="100", channel="20")
    wrong = await fill(office, modal, topic="-only")
    assert "Follow" in labels(wrong)
    lines = wrong.content.splitlines()
    at = next(number for number, line in enumerate(lines) if line.startswith("**Topic**"))
    assert lines[at + 1].startswith(">")
    mended = await fill(office, await office.window(typing(wrong), wrong), topic="diffusion")
    await office.press("Follow", mended)
    assert await office.topics(ANAS) == ['"diffusion"']


async def test_what_somebody_may_not_choose_stands_at_its_question(office: Office) -> None:
    modal = await office.server.slash("papers follow", {}, user="100", channel="20")
    panel = await fill(office, modal, topic="diffusion")
    refused = await office.pick("For", "#papers, in its digest", panel)
    assert "Only people who manage #papers may change what it follows" in refused.plain
    await office.press("Follow", refused)
    assert await office.topics(ANAS) == ['"diffusion"']
    assert await office.topics(ROOM) == []


async def test_a_modal_that_comes_too_late_is_opened_by_a_button(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(responses, "LOADING_DELAY", 0.05)
    office.gate.hold = asyncio.Event()
    reaction = await office.server.slash("papers follow", {}, user="100", channel="20")
    assert reaction.kind == "deferred"
    office.gate.hold.set()
    monkeypatch.setattr(responses, "LOADING_DELAY", 1.5)
    panel = await reaction.settled()
    modal = await office.window(typing(panel), panel)
    panel = await fill(office, modal, topic="diffusion")
    await office.press("Follow", panel)
    assert await office.topics(ANAS) == ['"diffusion"']


async def test_following_from_a_button(office: Office) -> None:
    await office.type("papers follow", {"topic": "diffusion"})
    shown = await office.type("papers follows")
    modal = await office.window("Follow a topic", shown)
    panel = await fill(office, modal, topic="robotics")
    await office.press("Follow", panel)
    assert await office.topics(ANAS) == ['"diffusion"', '"robotics"']
    assert custom(shown, "Follow a topic")
