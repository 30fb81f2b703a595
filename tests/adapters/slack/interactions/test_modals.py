"""Forms: shown before they are saved, wrong answers on their field, and what saving did."""

from __future__ import annotations

import asyncio

from bot.domain.schedules import Cadence
from tests.adapters.slack.inbound import ANAS, ROOM, Json, Office, plain
from tests.servers.slack.state import fields


def names(view: Json) -> list[str]:
    """Return the fields that a window asks."""
    return [block["block_id"] for block, _ in fields(view["blocks"])]


async def test_the_preview_follows_what_is_chosen(office: Office) -> None:
    view = await office.form("settings")
    assert "09:00" in plain(view)
    await office.server.choose(view, "field:time", "17:30", user="U1")
    await office.rest()
    assert "Fri 27 Feb 17:30, Mon 2 Mar 17:30, Tue 3 Mar 17:30" in office.window()
    assert (await office.preferences()).schedule.at.hour == 9


async def test_the_last_of_quick_changes_is_what_is_shown(office: Office) -> None:
    view = await office.form("settings")
    for at in ("10:00", "11:00", "12:00"):
        await office.server.choose(view, "field:time", at, user="U1")
    await office.rest()
    assert "Mon 2 Mar 12:00" in office.window()
    assert "10:00" not in office.window()


async def test_two_changes_of_the_same_sight_do_not_hold_each_other_up(office: Office) -> None:
    view = await office.form("settings")
    turn = asyncio.Event()
    office.server.fail("views.update", until=turn)
    first = asyncio.create_task(office.server.choose(view, "field:time", "10:00", user="U1"))
    await office.server.wait(lambda: [call for call in office.server.calls if call.method == "views.update"])
    second = asyncio.create_task(office.server.choose(view, "field:time", "11:00", user="U1"))
    await second
    turn.set()
    await first
    await office.rest()
    assert "Mon 2 Mar 11:00" in office.window()


async def test_advanced_unfolds_and_keeps_what_was_typed(office: Office) -> None:
    view = await office.form("settings")
    assert names(view) == ["time", "days", "number", "topics"]
    await office.server.choose(view, "field:number", "7", user="U1")
    await office.server.choose(view, "field:topics", "diffusion\n“world model”", user="U1")
    await office.press("Advanced", view)
    unfolded = office.server.views("U1")[-1]
    assert {"zone", "cadence", "mode", "unfurl"} <= set(names(unfolded))
    await office.server.submit(unfolded, {"cadence": "weekly", "unfurl": ["yes"], "pictures": ["yes"]}, user="U1")
    await office.rest()
    saved = await office.preferences()
    assert (saved.number, saved.schedule.cadence) == (7, Cadence.WEEKLY)
    assert saved.unfurls
    assert saved.pictures
    assert [follow.topic for follow in await office.stores.follows.list_for_channel(ROOM)] == [
        '"diffusion"',
        '"world model"',
    ]


async def test_a_zone_is_found_by_its_city(office: Office) -> None:
    view = await office.form("settings")
    await office.press("Advanced", view)
    unfolded = office.server.views("U1")[-1]
    found = await office.server.suggest(unfolded, "field:zone", "kolk", user="U1")
    assert [option["value"] for option in found] == ["Asia/Kolkata"]
    assert await office.server.suggest(unfolded, "field:zone", "nowhere", user="U1") == []
    await office.server.choose(unfolded, "field:zone", found[0], user="U1")
    await office.rest()
    assert "(Asia/Kolkata)" in office.window()


async def test_the_zone_is_guessed_from_the_profile(office: Office) -> None:
    office.server.person("U2", name="Bob", tz="Asia/Tokyo")
    await office.type("digest on", user="U2")
    assert "Asia/Tokyo" in office.said(user="U2")


async def test_what_is_wrong_is_marked_on_its_field_and_can_be_mended(office: Office) -> None:
    view = await office.form("settings")
    acked = await office.server.submit(view, {"topics": '"half a phrase'}, user="U1")
    assert acked.body["response_action"] == "errors"
    assert set(acked.body["errors"]) == {"topics"}
    again = await office.server.submit(view, user="U1")
    assert again.body["response_action"] == "errors"
    mended = await office.server.submit(view, {"topics": "half a phrase", "number": "6"}, user="U1")
    assert mended.body["response_action"] == "update"
    await office.rest()
    assert (await office.preferences()).number == 6
    assert "Saved for #papers" in office.window()


async def test_what_was_saved_is_undone_from_the_window(office: Office) -> None:
    view = await office.form("settings")
    await office.server.submit(view, {"number": "6"}, user="U1")
    await office.press("Undo", office.server.views("U1")[-1])
    assert (await office.preferences()).number == 5
    assert "Taken back" in office.window()


async def test_saving_that_takes_long_is_told_in_the_window(office: Office) -> None:
    office.server.channel("C3", name="elsewhere", members=("U1", "UBOT"))
    view = await office.form("settings", channel="C3")
    turn = asyncio.Event()
    office.later(hours=1)
    office.kit.directory._cache._answers.clear()  # a minute has passed for the directory
    office.server.fail("conversations.members", until=turn)
    acked = await office.server.submit(view, {"number": "6"}, user="U1")
    assert acked.seconds < 3
    assert "takes a moment" in office.window()
    turn.set()
    await office.rest()
    assert "Saved for #elsewhere" in office.window()


async def test_a_submission_that_is_told_twice_saves_once(office: Office) -> None:
    view = await office.form("settings")
    acked = await office.server.submit(view, {"number": "6"}, user="U1")
    again = await office.server.again(acked)
    await office.rest()
    assert "done already" in str(again.body)
    assert len(await office.stores.audit.list_changes(ROOM)) == 1


async def test_following_shows_what_the_topic_would_have_sent(office: Office) -> None:
    view = await office.form("follow")
    await office.server.choose(view, "field:topic", '"world model"', user="U1")
    await office.rest()
    assert "It would have sent" in office.window()
    assert "14 days" in office.window()
    assert await office.stores.follows.list_for_channel(ANAS) == []
    await office.server.submit(office.server.views("U1")[-1], {"where": "here"}, user="U1")
    await office.rest()
    assert "Following “world model” for #papers" in office.window()
    assert [follow.topic for follow in await office.stores.follows.list_for_channel(ROOM)] == ['"world model"']


async def test_a_form_of_another_workspace_changes_nothing(office: Office) -> None:
    view = await office.form("settings")
    stolen = office.server.stacks["U1"][-1]
    stolen["private_metadata"] = stolen["private_metadata"].replace('"T1"', '"T2"')
    await office.server.choose(view, "field:time", "17:30", user="U1")
    acked = await office.server.submit(view, {"number": "6"}, user="U1")
    await office.rest()
    assert "another workspace" in str(acked.body)
    assert (await office.preferences()).number == 5


async def test_a_window_that_was_closed_meanwhile_is_no_failure(office: Office) -> None:
    view = await office.form("settings")
    turn = asyncio.Event()
    office.server.fail("views.update", until=turn)
    changing = asyncio.create_task(office.server.choose(view, "field:time", "17:30", user="U1"))
    await office.server.wait(lambda: [call for call in office.server.calls if call.method == "views.update"])
    await office.server.close(view, user="U1")
    turn.set()
    await changing
    await office.rest()
    assert office.server.views("U1") == []
