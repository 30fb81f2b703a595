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
from tests.adapters.discord.bot_harness import (
    ANAS_DIRECT_MESSAGES,
    PAPERS_CHANNEL,
    BotHarness,
    find_custom_id,
    list_labels,
)
from tests.servers.discord import Reaction, Shown

OTHER = Channel("discord", "10", "22")
OFTEN, MODE, DAYS, ALSO = "How often", "Mode", "Days", "Also"


async def settings(harness: BotHarness, *, user: str = "91", **options: Any) -> Shown:
    return await harness.type("papers-setup settings", options, user=user)


def typing(panel: Shown) -> str:
    """Return the first button that opens a modal."""
    return next(label for label in list_labels(panel) if label.endswith("…"))


def fields(reaction: Reaction) -> dict[str, str]:
    """Return what a modal asks, with what it holds."""
    asked = [row["component"] for row in reaction.payload["components"]]
    return {str(each["custom_id"]): str(each.get("value", "")) for each in asked}


async def fill(harness: BotHarness, reaction: Reaction, **answers: str) -> Shown:
    """Fill a modal in; return what its panel shows then."""
    return await (await harness.server.submit(reaction, answers)).settled()


async def find(harness: BotHarness, panel: Shown, what: str) -> Shown:
    """Turn pages until a list or button is there."""
    for _ in range(4):
        if what in list_labels(panel):
            return panel
        turn = next(label for label in list_labels(panel) if label in {"Advanced", "More", "Back"})
        panel = await harness.press(turn, panel, user="91")
    raise AssertionError(what)


async def test_settings_are_a_private_panel_with_the_next_three_sends(harness: BotHarness) -> None:
    panel = await settings(harness)
    assert panel.to == "91"
    assert {"Save changes", "Cancel", DAYS} <= set(list_labels(panel))
    assert len(re.findall(r"<t:\d+:", panel.content)) >= 3, "each reader sees their own time"


async def test_what_is_chosen_is_shown_and_saved_with_save_only(harness: BotHarness) -> None:
    panel = await settings(harness)
    changed = await harness.pick(DAYS, ["Monday", "Thursday"], panel, user="91")
    assert (changed.id, changed.replaced) == (panel.id, True)
    assert (await harness.preferences()).schedule.days == (0, 1, 2, 3, 4), "nothing is saved yet"
    assert re.findall(r"<t:\d+", changed.content) != re.findall(r"<t:\d+", panel.content), "the sends are others"
    saved = await harness.press("Save changes", changed, user="91")
    assert saved.id == panel.id
    assert "days weekdays → Mon and Thu" in saved.plain
    assert (await harness.preferences()).schedule.days == (0, 3)


async def test_what_is_typed_is_typed_in_a_modal_that_holds_what_is_set(harness: BotHarness) -> None:
    panel = await settings(harness)
    modal = await harness.window(typing(panel), panel, user="91")
    assert fields(modal)["time"] == "09:00"
    changed = await fill(harness, modal, time="7:30")
    assert "07:30" in changed.plain or "7:30" in changed.plain
    await harness.press("Save changes", changed, user="91")
    assert f"{(await harness.preferences()).schedule.at:%H:%M}" == "07:30"


async def test_a_mistake_stands_at_its_question_and_nothing_is_saved(harness: BotHarness) -> None:
    panel = await settings(harness)
    modal = await harness.window(typing(panel), panel, user="91")
    wrong = await fill(harness, modal, time="25:99", number="4")
    lines = wrong.content.splitlines()
    at = next(number for number, line in enumerate(lines) if line.startswith("**Time**"))
    assert "25:99" in lines[at + 1]
    assert lines[at + 1].startswith(">")
    still = await harness.press("Save changes", wrong, user="91")
    assert "25:99" in still.content
    assert "Save changes" in list_labels(still)
    preferences = await harness.preferences()
    assert (f"{preferences.schedule.at:%H:%M}", preferences.number) == ("09:00", 5)
    modal = await harness.window(typing(still), still, user="91")
    assert fields(modal)["time"] == "25:99", "it can be mended"
    mended = await fill(harness, modal, time="8:00")
    await harness.press("Save changes", mended, user="91")
    preferences = await harness.preferences()
    assert (f"{preferences.schedule.at:%H:%M}", preferences.number) == ("08:00", 4)


async def test_flags_are_ticked_together(harness: BotHarness) -> None:
    panel = await find(harness, await settings(harness), ALSO)
    changed = await harness.pick(ALSO, ["Thumbnails", "Repeats"], panel, user="91")
    await harness.press("Save changes", changed, user="91")
    preferences = await harness.preferences()
    assert (preferences.pictures, preferences.repeats, preferences.your_topics) == (True, True, False)


async def test_the_pages_keep_what_was_chosen_on_others(harness: BotHarness) -> None:
    panel = await find(harness, await settings(harness), OFTEN)
    panel = await harness.pick(OFTEN, "weekly", panel, user="91")
    panel = await find(harness, panel, MODE)
    panel = await harness.pick(MODE, "trending", panel, user="91")
    await harness.press("Save changes", panel, user="91")
    preferences = await harness.preferences()
    assert (preferences.schedule.cadence, preferences.mode) == (Cadence.WEEKLY, FeedMode.TRENDING)


async def test_a_role_is_chosen_from_discords_own_list(harness: BotHarness) -> None:
    harness.server.role("300000000000000030", name="readers")
    panel = await settings(harness)
    what = "Mention: nobody"
    panel = await find(harness, panel, what)
    panel = await harness.pick(what, ["300000000000000030"], panel, user="91")
    await harness.press("Save changes", panel, user="91")
    assert (await harness.preferences()).mention == "300000000000000030"


async def test_cancel_leaves_everything(harness: BotHarness) -> None:
    panel = await settings(harness)
    panel = await harness.pick(DAYS, ["Monday"], panel, user="91")
    left = await harness.press("Cancel", panel, user="91")
    assert (left.plain, left.id) == ("Nothing was changed.", panel.id)
    assert list_labels(left) == []
    assert (await harness.preferences()).schedule.days == (0, 1, 2, 3, 4)


async def test_two_quick_changes_both_count(harness: BotHarness) -> None:
    panel = await find(harness, await settings(harness), OFTEN)
    before = panel
    await harness.pick(OFTEN, "weekly", panel, user="91")
    stale = harness.server.change(harness.server.now(panel), components=before.components)
    panel = await harness.pick(MODE, "trending", stale, user="91")
    await harness.press("Save changes", panel, user="91")
    preferences = await harness.preferences()
    assert (preferences.schedule.cadence, preferences.mode) == (Cadence.WEEKLY, FeedMode.TRENDING)


async def test_two_changes_at_once_both_count(harness: BotHarness) -> None:
    panel = await find(harness, await settings(harness), OFTEN)
    await asyncio.gather(
        harness.pick(OFTEN, "weekly", panel, user="91"), harness.pick(MODE, "trending", panel, user="91")
    )
    await harness.press("Save changes", harness.server.now(panel), user="91")
    preferences = await harness.preferences()
    assert (preferences.schedule.cadence, preferences.mode) == (Cadence.WEEKLY, FeedMode.TRENDING)


async def test_a_panel_goes_on_after_a_restart(offline: BotHarness) -> None:
    async with offline.run_bot():
        panel = await offline.pick(DAYS, ["Monday"], await settings(offline), user="91")
    async with offline.run_bot():
        modal = await offline.window(typing(panel), panel, user="91")
        panel = await fill(offline, modal, number="3")
        await offline.press("Save changes", panel, user="91")
        preferences = await offline.preferences()
        assert (preferences.schedule.days, preferences.number) == ((0,), 3)


async def test_a_panel_for_another_channel(harness: BotHarness) -> None:
    panel = await settings(harness, channel="22")
    panel = await harness.pick(DAYS, ["Friday"], panel, user="91")
    saved = await harness.press("Save changes", panel, user="91")
    assert (await harness.preferences(OTHER)).schedule.days == (4,)
    assert (await harness.preferences(PAPERS_CHANNEL)).schedule.days == (0, 1, 2, 3, 4)
    again = next(label for label in list_labels(saved) if label.startswith("Undo"))
    await harness.press(again, saved, user="91")
    assert (await harness.preferences(OTHER)).schedule.days == (0, 1, 2, 3, 4), "its buttons are about that one too"


async def test_a_panel_that_the_servers_settings_opened_saves(harness: BotHarness) -> None:
    harness.server.permit("papers-setup", "101")
    panel = await settings(harness, user="101")
    panel = await harness.pick(DAYS, ["Friday"], panel, user="101")
    await harness.press("Save changes", panel, user="101")
    assert (await harness.preferences()).schedule.days == (4,)


async def test_a_panel_that_is_not_kept_any_more_is_explained(harness: BotHarness) -> None:
    panel = await settings(harness)
    await harness.stores.button_payloads.delete_older(harness.now.replace(year=2027))
    shown = await harness.press("Save changes", panel, user="91")
    assert "This panel is too old. Nothing was changed; ask for a new one." in shown.plain


async def test_a_slow_panel_is_deferred_and_changed_in_its_place(
    harness: BotHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    panel = await settings(harness)
    monkeypatch.setattr(responses, "LOADING_DELAY", 0.05)
    harness.gate.hold = asyncio.Event()
    reaction = await harness.server.pick(DAYS, ["Monday"], message=panel, user="91")
    assert reaction.kind == "deferred"
    harness.gate.hold.set()
    changed = await reaction.settled()
    assert (changed.id, "Days" in list_labels(changed)) == (panel.id, True)
    assert re.findall(r"<t:\d+", changed.content) != re.findall(r"<t:\d+", panel.content)


# Following.


async def test_following_asks_for_the_topic_then_shows_what_it_would_have_sent(harness: BotHarness) -> None:
    modal = await harness.server.slash("papers follow", {}, user="100", channel="20")
    assert modal.kind == "modal"
    panel = await fill(harness, modal, topic="diffusion")
    assert panel.to == "100"
    assert re.search(r"It would have sent \d+ papers? in the (last )?14 days", panel.plain)
    assert await harness.topics(ANAS_DIRECT_MESSAGES) == []
    saved = await harness.press("Follow", panel)
    assert "Following “diffusion” for you" in saved.plain
    assert await harness.topics(ANAS_DIRECT_MESSAGES) == ['"diffusion"']


async def test_a_wrong_topic_stands_at_its_question_and_can_be_mended(harness: BotHarness) -> None:
    modal = await harness.server.slash("papers follow", {}, user="100", channel="20")
    wrong = await fill(harness, modal, topic="-only")
    assert "Follow" in list_labels(wrong)
    lines = wrong.content.splitlines()
    at = next(number for number, line in enumerate(lines) if line.startswith("**Topic**"))
    assert lines[at + 1].startswith(">")
    mended = await fill(harness, await harness.window(typing(wrong), wrong), topic="diffusion")
    await harness.press("Follow", mended)
    assert await harness.topics(ANAS_DIRECT_MESSAGES) == ['"diffusion"']


async def test_what_somebody_may_not_choose_stands_at_its_question(harness: BotHarness) -> None:
    modal = await harness.server.slash("papers follow", {}, user="100", channel="20")
    panel = await fill(harness, modal, topic="diffusion")
    refused = await harness.pick("For", "#papers, in its digest", panel)
    assert "Only people who manage #papers may change what it follows" in refused.plain
    await harness.press("Follow", refused)
    assert await harness.topics(ANAS_DIRECT_MESSAGES) == ['"diffusion"']
    assert await harness.topics(PAPERS_CHANNEL) == []


async def test_a_modal_that_comes_too_late_is_opened_by_a_button(
    harness: BotHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(responses, "LOADING_DELAY", 0.05)
    harness.gate.hold = asyncio.Event()
    reaction = await harness.server.slash("papers follow", {}, user="100", channel="20")
    assert reaction.kind == "deferred"
    harness.gate.hold.set()
    monkeypatch.setattr(responses, "LOADING_DELAY", 1.5)
    panel = await reaction.settled()
    modal = await harness.window(typing(panel), panel)
    panel = await fill(harness, modal, topic="diffusion")
    await harness.press("Follow", panel)
    assert await harness.topics(ANAS_DIRECT_MESSAGES) == ['"diffusion"']


async def test_following_from_a_button(harness: BotHarness) -> None:
    await harness.type("papers follow", {"topic": "diffusion"})
    shown = await harness.type("papers follows")
    modal = await harness.window("Follow a topic", shown)
    panel = await fill(harness, modal, topic="robotics")
    await harness.press("Follow", panel)
    assert await harness.topics(ANAS_DIRECT_MESSAGES) == ['"diffusion"', '"robotics"']
    assert find_custom_id(shown, "Follow a topic")


@pytest.mark.parametrize(("minutes", "days"), [(14, (0,)), (16, (0, 1, 2, 3, 4))])
async def test_a_panel_lets_somebody_manage_for_a_quarter_of_an_hour(
    harness: BotHarness, minutes: int, days: tuple[int, ...]
) -> None:
    harness.server.permit("papers-setup", "101")
    panel = await harness.pick(DAYS, ["Monday"], await settings(harness, user="101"), user="101")
    harness.server.clock.later(minutes * 60)
    shown = await harness.press("Save changes", panel, user="101")
    is_refused = "Only people who manage #papers may use “/papers-setup settings”" in shown.plain
    assert is_refused is (minutes > 15)
    assert (await harness.preferences()).schedule.days == days


async def test_who_manages_by_their_permissions_saves_later_too(harness: BotHarness) -> None:
    panel = await harness.pick(DAYS, ["Monday"], await settings(harness), user="91")
    harness.server.clock.later(3600)
    await harness.press("Save changes", panel, user="91")
    assert (await harness.preferences()).schedule.days == (0,)
