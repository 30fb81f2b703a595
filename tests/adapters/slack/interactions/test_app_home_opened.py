"""The bot's home."""

from __future__ import annotations

from dataclasses import replace

from bot.domain.channels import Channel
from tests.adapters.slack.bot_harness import ANAS_DIRECT_MESSAGES, PAPERS_CHANNEL, BotHarness, read_view


async def home(harness: BotHarness, user: str = "U1") -> str:
    """Open it, and read it."""
    await harness.server.open_home(user)
    await harness.drain()
    return shown(harness, user)


def shown(harness: BotHarness, user: str = "U1") -> str:
    view = harness.server.home(user)
    assert view
    return read_view(view)


async def start(harness: BotHarness, channel: Channel) -> None:
    """Turn a channel's digest on."""
    standing = await harness.stores.channels.get_or_create(channel, harness.now)
    preferences = replace(standing.preferences, on=True)
    await harness.stores.channels.save_preferences(
        channel, preferences, preferences.schedule.find_next_post(harness.now)
    )


async def test_a_new_home_says_what_to_do(harness: BotHarness) -> None:
    said = await home(harness)
    assert "You follow nothing yet" in said
    assert "No channel has a digest yet" in said
    assert "Nothing is saved" in said


async def test_the_other_tab_is_none_of_ours(harness: BotHarness) -> None:
    await harness.server.open_home("U1", tab="messages")
    await harness.drain()
    assert harness.server.home("U1") is None


async def test_a_home_shows_follows_channels_and_saved_papers(harness: BotHarness) -> None:
    await harness.type('follow "world model"')
    await harness.type("save 2602.12160")
    await start(harness, PAPERS_CHANNEL)
    said = await home(harness)
    assert "world model" in said
    assert "DreamID-Omni" in said
    assert "#papers" in said
    assert "weekdays 09:00 UTC, 5 papers" in said
    assert "nothing posted yet" in said


async def test_the_last_digest_of_a_channel_is_told(harness: BotHarness) -> None:
    await start(harness, PAPERS_CHANNEL)
    await harness.type("digest now")
    await harness.post()
    assert "last on Fri 27 Feb" in await home(harness)


async def test_private_channels_of_others_do_not_show(harness: BotHarness) -> None:
    harness.server.channel("G1", name="secret-plans", members=("U2", "UBOT"), private=True)
    await start(harness, Channel("slack", "T1", "G1", name="secret-plans"))
    assert "secret-plans" not in await home(harness)
    assert "secret-plans" in await home(harness, "U2")


async def test_what_is_pressed_at_home_is_shown_there_at_once(harness: BotHarness) -> None:
    await harness.type('follow "world model"')
    await home(harness)
    view = harness.server.home("U1")
    assert view
    await harness.press("Unfollow", view)
    assert "no more" in harness.window()
    assert "You follow nothing yet" in shown(harness)


async def test_a_channel_is_paused_from_home(harness: BotHarness) -> None:
    await start(harness, PAPERS_CHANNEL)
    await home(harness)
    view = harness.server.home("U1")
    assert view
    await harness.press("Pause", view)
    assert (await harness.preferences()).paused
    assert "Everything is paused here" in shown(harness)


async def test_who_is_outside_changes_nothing_from_home(harness: BotHarness) -> None:
    await start(harness, PAPERS_CHANNEL)
    await home(harness, "U3")
    view = harness.server.home("U3")
    assert view
    await harness.press("Pause", view, user="U3")
    assert "Only people who manage #papers" in harness.window("U3")
    assert not (await harness.preferences()).paused


async def test_settings_that_are_saved_from_home_show_there(harness: BotHarness) -> None:
    await start(harness, PAPERS_CHANNEL)
    await home(harness)
    view = harness.server.home("U1")
    assert view
    await harness.press("Settings", view)
    await harness.server.submit(harness.server.views("U1")[-1], {"number": "7"}, user="U1")
    await harness.drain()
    assert (await harness.preferences()).number == 7
    assert "7 papers" in shown(harness)


async def test_a_digest_of_ones_own_starts_at_home(harness: BotHarness) -> None:
    await home(harness)
    view = harness.server.home("U1")
    assert view
    await harness.press("A digest of your own", view)
    await harness.press("Start at the next time", harness.server.views("U1")[-1])
    assert (await harness.preferences(ANAS_DIRECT_MESSAGES)).on


async def test_a_home_that_slack_does_not_take_is_a_line_in_the_log(harness: BotHarness) -> None:
    harness.server.fail("views.publish", error="internal_error")
    await harness.server.open_home("U1")
    await harness.drain()
    assert harness.server.home("U1") is None


async def test_without_the_directory_only_what_is_ones_own_shows(harness: BotHarness) -> None:
    await start(harness, PAPERS_CHANNEL)
    harness.server.fail("users.conversations", error="internal_error", times=9)
    said = await home(harness)
    assert "#papers" not in said
    assert "You follow nothing yet" in said
