"""Forms: shown before they are saved, wrong answers on their field, and what saving did."""

from __future__ import annotations

import asyncio

from bot.domain.schedules import Cadence
from tests.adapters.slack.bot_harness import ANAS_DIRECT_MESSAGES, PAPERS_CHANNEL, BotHarness, Json, read_view
from tests.servers.slack.state import fields


def names(view: Json) -> list[str]:
    """Return the fields that a modal asks."""
    return [block["block_id"] for block, _ in fields(view["blocks"])]


async def test_the_preview_follows_what_is_chosen(harness: BotHarness) -> None:
    view = await harness.form("settings")
    assert "09:00" in read_view(view)
    await harness.server.choose(view, "field:time", "17:30", user="U1")
    await harness.drain()
    assert "Fri 27 Feb 17:30, Mon 2 Mar 17:30, Tue 3 Mar 17:30" in harness.window()
    assert (await harness.preferences()).schedule.at.hour == 9


async def test_the_last_of_quick_changes_is_what_is_shown(harness: BotHarness) -> None:
    view = await harness.form("settings")
    for at in ("10:00", "11:00", "12:00"):
        await harness.server.choose(view, "field:time", at, user="U1")
    await harness.drain()
    assert "Mon 2 Mar 12:00" in harness.window()
    assert "10:00" not in harness.window()


async def test_two_changes_of_the_same_sight_do_not_hold_each_other_up(harness: BotHarness) -> None:
    view = await harness.form("settings")
    turn = asyncio.Event()
    harness.server.fail("views.update", until=turn)
    first = asyncio.create_task(harness.server.choose(view, "field:time", "10:00", user="U1"))
    await harness.server.wait(lambda: [call for call in harness.server.calls if call.method == "views.update"])
    second = asyncio.create_task(harness.server.choose(view, "field:time", "11:00", user="U1"))
    await second
    turn.set()
    await first
    await harness.drain()
    assert "Mon 2 Mar 11:00" in harness.window()


async def test_advanced_unfolds_and_keeps_what_was_typed(harness: BotHarness) -> None:
    view = await harness.form("settings")
    assert names(view) == ["time", "days", "number", "topics"]
    await harness.server.choose(view, "field:number", "7", user="U1")
    await harness.server.choose(view, "field:topics", "diffusion\n“world model”", user="U1")
    await harness.press("Advanced", view)
    unfolded = harness.server.views("U1")[-1]
    assert {"zone", "cadence", "mode", "unfurl"} <= set(names(unfolded))
    await harness.server.submit(unfolded, {"cadence": "weekly", "unfurl": ["yes"], "pictures": ["yes"]}, user="U1")
    await harness.drain()
    saved = await harness.preferences()
    assert (saved.number, saved.schedule.cadence) == (7, Cadence.WEEKLY)
    assert saved.unfurls
    assert saved.pictures
    assert [follow.topic for follow in await harness.stores.follows.list_for_channel(PAPERS_CHANNEL)] == [
        '"diffusion"',
        '"world model"',
    ]


async def test_a_zone_is_found_by_its_city(harness: BotHarness) -> None:
    view = await harness.form("settings")
    await harness.press("Advanced", view)
    unfolded = harness.server.views("U1")[-1]
    found = await harness.server.suggest(unfolded, "field:zone", "kolk", user="U1")
    assert [option["value"] for option in found] == ["Asia/Kolkata"]
    assert await harness.server.suggest(unfolded, "field:zone", "nowhere", user="U1") == []
    await harness.server.choose(unfolded, "field:zone", found[0], user="U1")
    await harness.drain()
    assert "(Asia/Kolkata)" in harness.window()


async def test_the_zone_is_guessed_from_the_profile(harness: BotHarness) -> None:
    harness.server.person("U2", name="Bob", tz="Asia/Tokyo")
    await harness.type("digest on", user="U2")
    assert "Asia/Tokyo" in harness.said(user="U2")


async def test_what_is_wrong_is_marked_on_its_field_and_can_be_mended(harness: BotHarness) -> None:
    view = await harness.form("settings")
    acked = await harness.server.submit(view, {"topics": '"half a phrase'}, user="U1")
    assert acked.body["response_action"] == "errors"
    assert set(acked.body["errors"]) == {"topics"}
    again = await harness.server.submit(view, user="U1")
    assert again.body["response_action"] == "errors"
    mended = await harness.server.submit(view, {"topics": "half a phrase", "number": "6"}, user="U1")
    assert mended.body["response_action"] == "update"
    await harness.drain()
    assert (await harness.preferences()).number == 6
    assert "Saved for #papers" in harness.window()


async def test_what_was_saved_is_undone_from_the_window(harness: BotHarness) -> None:
    view = await harness.form("settings")
    await harness.server.submit(view, {"number": "6"}, user="U1")
    await harness.press("Undo", harness.server.views("U1")[-1])
    assert (await harness.preferences()).number == 5
    assert "Taken back" in harness.window()


async def test_saving_that_takes_long_is_told_in_the_window(harness: BotHarness) -> None:
    harness.server.channel("C3", name="elsewhere", members=("U1", "UBOT"))
    view = await harness.form("settings", channel="C3")
    turn = asyncio.Event()
    harness.advance(hours=1)
    harness.context.directory._cache._answers.clear()  # a minute has passed for the directory
    harness.server.fail("conversations.members", until=turn)
    acked = await harness.server.submit(view, {"number": "6"}, user="U1")
    assert acked.seconds < 3
    assert "takes a moment" in harness.window()
    turn.set()
    await harness.drain()
    assert "Saved for #elsewhere" in harness.window()


async def test_a_submission_that_is_told_twice_saves_once(harness: BotHarness) -> None:
    view = await harness.form("settings")
    acked = await harness.server.submit(view, {"number": "6"}, user="U1")
    again = await harness.server.again(acked)
    await harness.drain()
    assert "done already" in str(again.body)
    assert len(await harness.stores.audit.list_changes(PAPERS_CHANNEL)) == 1


async def test_following_shows_what_the_topic_would_have_sent(harness: BotHarness) -> None:
    view = await harness.form("follow")
    await harness.server.choose(view, "field:topic", '"world model"', user="U1")
    await harness.drain()
    assert "It would have sent" in harness.window()
    assert "14 days" in harness.window()
    assert await harness.stores.follows.list_for_channel(ANAS_DIRECT_MESSAGES) == []
    await harness.server.submit(harness.server.views("U1")[-1], {"where": "here"}, user="U1")
    await harness.drain()
    assert "Following “world model” for #papers" in harness.window()
    assert [follow.topic for follow in await harness.stores.follows.list_for_channel(PAPERS_CHANNEL)] == [
        '"world model"'
    ]


async def test_a_form_of_another_workspace_changes_nothing(harness: BotHarness) -> None:
    view = await harness.form("settings")
    stolen = harness.server.stacks["U1"][-1]
    stolen["private_metadata"] = stolen["private_metadata"].replace('"T1"', '"T2"')
    await harness.server.choose(view, "field:time", "17:30", user="U1")
    acked = await harness.server.submit(view, {"number": "6"}, user="U1")
    await harness.drain()
    assert "another workspace" in str(acked.body)
    assert (await harness.preferences()).number == 5


async def test_a_window_that_was_closed_meanwhile_is_no_failure(harness: BotHarness) -> None:
    view = await harness.form("settings")
    turn = asyncio.Event()
    harness.server.fail("views.update", until=turn)
    changing = asyncio.create_task(harness.server.choose(view, "field:time", "17:30", user="U1"))
    await harness.server.wait(lambda: [call for call in harness.server.calls if call.method == "views.update"])
    await harness.server.close(view, user="U1")
    turn.set()
    await changing
    await harness.drain()
    assert harness.server.views("U1") == []
