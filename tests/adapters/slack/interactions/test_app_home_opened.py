"""The bot's home."""

from __future__ import annotations

from dataclasses import replace

from bot.domain.channels import Channel
from tests.adapters.slack.inbound import ANAS, ROOM, Office, plain


async def home(office: Office, user: str = "U1") -> str:
    """Open it, and read it."""
    await office.server.open_home(user)
    await office.rest()
    return shown(office, user)


def shown(office: Office, user: str = "U1") -> str:
    view = office.server.home(user)
    assert view
    return plain(view)


async def start(office: Office, channel: Channel) -> None:
    """Turn a channel's digest on."""
    standing = await office.stores.channels.get_or_create(channel, office.now)
    preferences = replace(standing.preferences, on=True)
    await office.stores.channels.save_preferences(channel, preferences, preferences.schedule.find_next_post(office.now))


async def test_a_new_home_says_what_to_do(office: Office) -> None:
    said = await home(office)
    assert "You follow nothing yet" in said
    assert "No channel has a digest yet" in said
    assert "Nothing is saved" in said


async def test_the_other_tab_is_none_of_ours(office: Office) -> None:
    await office.server.open_home("U1", tab="messages")
    await office.rest()
    assert office.server.home("U1") is None


async def test_a_home_shows_follows_channels_and_saved_papers(office: Office) -> None:
    await office.type('follow "world model"')
    await office.type("save 2602.12160")
    await start(office, ROOM)
    said = await home(office)
    assert "world model" in said
    assert "DreamID-Omni" in said
    assert "#papers" in said
    assert "weekdays 09:00 UTC, 5 papers" in said
    assert "nothing posted yet" in said


async def test_the_last_digest_of_a_channel_is_told(office: Office) -> None:
    await start(office, ROOM)
    await office.type("digest now")
    await office.post()
    assert "last on Fri 27 Feb" in await home(office)


async def test_private_channels_of_others_do_not_show(office: Office) -> None:
    office.server.channel("G1", name="secret-plans", members=("U2", "UBOT"), private=True)
    await start(office, Channel("slack", "T1", "G1", name="secret-plans"))
    assert "secret-plans" not in await home(office)
    assert "secret-plans" in await home(office, "U2")


async def test_what_is_pressed_at_home_is_shown_there_at_once(office: Office) -> None:
    await office.type('follow "world model"')
    await home(office)
    view = office.server.home("U1")
    assert view
    await office.press("Unfollow", view)
    assert "no more" in office.window()
    assert "You follow nothing yet" in shown(office)


async def test_a_channel_is_paused_from_home(office: Office) -> None:
    await start(office, ROOM)
    await home(office)
    view = office.server.home("U1")
    assert view
    await office.press("Pause", view)
    assert (await office.preferences()).paused
    assert "Everything is paused here" in shown(office)


async def test_who_is_outside_changes_nothing_from_home(office: Office) -> None:
    await start(office, ROOM)
    await home(office, "U3")
    view = office.server.home("U3")
    assert view
    await office.press("Pause", view, user="U3")
    assert "Only people who manage #papers" in office.window("U3")
    assert not (await office.preferences()).paused


async def test_settings_that_are_saved_from_home_show_there(office: Office) -> None:
    await start(office, ROOM)
    await home(office)
    view = office.server.home("U1")
    assert view
    await office.press("Settings", view)
    await office.server.submit(office.server.views("U1")[-1], {"number": "7"}, user="U1")
    await office.rest()
    assert (await office.preferences()).number == 7
    assert "7 papers" in shown(office)


async def test_a_digest_of_ones_own_starts_at_home(office: Office) -> None:
    await home(office)
    view = office.server.home("U1")
    assert view
    await office.press("A digest of your own", view)
    await office.press("Start at the next time", office.server.views("U1")[-1])
    assert (await office.preferences(ANAS)).on


async def test_a_home_that_slack_does_not_take_is_a_line_in_the_log(office: Office) -> None:
    office.server.fail("views.publish", error="internal_error")
    await office.server.open_home("U1")
    await office.rest()
    assert office.server.home("U1") is None


async def test_without_the_directory_only_what_is_ones_own_shows(office: Office) -> None:
    await start(office, ROOM)
    office.server.fail("users.conversations", error="internal_error", times=9)
    said = await home(office)
    assert "#papers" not in said
    assert "You follow nothing yet" in said
