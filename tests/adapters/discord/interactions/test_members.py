"""What a server decides about its members, as they meet it: commands, buttons, suggestions, direct messages."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from adapters.common.button_payload import ButtonPayload
from adapters.discord.rendering.custom_id import encode_payload
from bot.domain.channels import DIRECT_MESSAGE_WORKSPACE, Channel, ChannelKind
from bot.domain.papers import Paper
from bot.follows import alerts
from tests.adapters.discord.bot_harness import ANAS_DIRECT_MESSAGES, PAPERS_CHANNEL, BotHarness
from tests.servers.discord import Shown

BLOCKED = "The managers here keep you from using Broadsheet; ask one of them why."
CAPPED = "The managers let nobody follow topics for themselves."
BOBS = Channel("discord", DIRECT_MESSAGE_WORKSPACE, "101", ChannelKind.DIRECT)


def button(harness: BotHarness, press: ButtonPayload, **more: Any) -> Shown:
    """Let the bot show a button that asks for anything; everybody sees it unless *more* says otherwise."""
    one = {"type": 2, "style": 2, "label": "?", "custom_id": encode_payload(press)[0]}
    rows = [{"type": 1, "components": [one]}]
    return harness.server.put(Shown(harness.server.clock.snowflake(), "20", "1", "x", rows, **more))


@pytest.fixture
async def excluded(harness: BotHarness) -> BotHarness:
    """Ana is kept from using the bot, after she was shown something and followed a topic."""
    await harness.type("papers follow", {"topic": "diffusion"})
    await harness.type("papers-setup member exclude", {"member": "100"}, user="90")
    return harness


async def test_who_is_excluded_is_told_so_at_every_command(excluded: BotHarness) -> None:
    for words, options in (("papers today", {}), ("papers search", {"query": "diffusion"}), ("papers me show", {})):
        assert BLOCKED in (await excluded.type(words, options)).plain
    assert BLOCKED not in (await excluded.type("papers today", user="101")).plain, "others go on"


async def test_who_is_excluded_is_told_so_at_buttons(excluded: BotHarness) -> None:
    digest = await excluded.digest()
    select = next(one for row in digest.components for one in row["components"] if one["type"] == 3)
    shown = await excluded.pick("Pick a paper", select["options"][0]["label"], digest)
    assert BLOCKED in shown.plain
    shown = await excluded.press("?", button(excluded, ButtonPayload("save", {"paper": "2602.12160"})))
    assert BLOCKED in shown.plain
    assert await excluded.stores.mutes_and_saves.list_saved_papers(ANAS_DIRECT_MESSAGES) == []


async def test_who_is_excluded_is_told_so_at_a_message(excluded: BotHarness) -> None:
    said = excluded.server.say("https://arxiv.org/abs/2602.12160", "20", "101")
    shown = await (await excluded.server.menu("Papers in this message", said, user="100")).settled()
    assert BLOCKED in shown.plain


async def test_who_is_excluded_is_suggested_nothing(excluded: BotHarness) -> None:
    await excluded.type("papers follow", {"topic": "video"}, user="101")
    assert await excluded.server.type("papers unfollow", {}, "topic", user="101", channel="20")
    assert await excluded.server.type("papers unfollow", {}, "topic", user="100", channel="20") == []


async def test_who_is_excluded_goes_on_in_direct_messages_and_elsewhere(excluded: BotHarness) -> None:
    assert BLOCKED not in (await excluded.type("papers today", channel="")).plain
    assert await excluded.topics(ANAS_DIRECT_MESSAGES) == ['"diffusion"']


async def test_who_is_readmitted_goes_on(excluded: BotHarness) -> None:
    await excluded.type("papers-setup member readmit", {"member": "100"}, user="90")
    assert BLOCKED not in (await excluded.type("papers today")).plain


async def test_members_follow_as_much_as_the_server_lets_them(harness: BotHarness) -> None:
    await harness.type("papers-setup member limit", {"number": 1}, user="90")
    await harness.type("papers follow", {"topic": "diffusion"})
    assert "more than 1 follows for you" in (await harness.type("papers follow", {"topic": "video"})).plain
    assert await harness.topics(ANAS_DIRECT_MESSAGES) == ['"diffusion"']


async def test_direct_messages_are_no_way_around_a_limit(harness: BotHarness) -> None:
    await harness.type("papers-setup member limit", {"number": 0}, user="90")
    for channel in ("20", ""):
        shown = await harness.type("papers follow", {"topic": "diffusion"}, channel=channel)
        assert CAPPED in shown.plain, channel
    assert await harness.topics(ANAS_DIRECT_MESSAGES) == []


async def test_in_direct_messages_the_strictest_limit_of_ones_servers_counts(offline: BotHarness) -> None:
    for server, most in (("10", 0), ("12", 1), ("13", 5)):
        known = await offline.stores.workspaces.get("discord", "10")
        assert known
        await offline.stores.workspaces.save(replace(known, id=server, limits={"follows": most}))
    for server in ("12", "13"):
        offline.server.guild(server, owner="190")
        offline.server.channel(f"{server}0", guild=server, name="general")
    offline.server.person("101", name="Bob", guilds=("12", "13"))
    async with offline.run_bot():
        shown = await offline.type("papers follow", {"topic": "diffusion"}, user="101", channel="")
        assert "Following “diffusion”" in shown.plain
        shown = await offline.type("papers follow", {"topic": "video"}, user="101", channel="")
        assert "more than 1 follows for you" in shown.plain
        assert await offline.topics(BOBS) == ['"diffusion"']
        shown = await offline.type("papers follow", {"topic": "video"}, user="101", channel="130")
        assert "Following “video”" in shown.plain, "what that server lets its members do"


@pytest.mark.parametrize("user", ["100", "91"], ids=["a reader", "a manager of channels"])
@pytest.mark.parametrize(
    ("manager", "flags"), [(False, 0), (True, 0), (False, 64)], ids=["public", "public, forged", "private"]
)
async def test_no_button_gives_everybody_what_is_for_admins(
    harness: BotHarness, user: str, flags: int, *, manager: bool
) -> None:
    press = ButtonPayload("member exclude", {"member": "101"}, manager=manager)
    shown = await harness.press("?", button(harness, press, to=user if flags else "", flags=flags), user=user)
    assert "Only admins may use “/papers-setup member exclude”" in shown.plain
    known = await harness.stores.workspaces.get("discord", "10")
    assert known
    assert known.blocked == ()


async def test_what_somebody_follows_arrives_in_their_direct_messages(harness: BotHarness) -> None:
    await harness.type("papers follow", {"topic": "diffusion"})
    harness.advance(hours=1)
    news = Paper("2602.90001", "Diffusion at Last", abstract="We propose diffusion.", authors=("Eve",), votes=7)
    await harness.stores.papers.add([news], harness.now, queue_matching=True)
    await alerts.record_alerts(harness.stores, harness.now)
    assert await harness.post() == [], "the channel in which they asked hears nothing"
    (told,) = harness.server.shown(harness.server.conversation("100").id)
    assert "Diffusion at Last" in told.plain
    assert "diffusion" in told.plain


@pytest.mark.parametrize("name", ["@everyone", "<@101>", "<@&30>", "**@here**"])
async def test_nobody_is_pinged_by_the_name_of_somebody(harness: BotHarness, name: str) -> None:
    harness.server.people["91"].name = name
    found = await harness.type("papers search", {"query": "diffusion"}, user="91")
    await harness.press("Share", found, user="91")
    await harness.type("papers discuss", {"paper": "2602.12160"}, user="91")
    await harness.type("papers-setup digest set", {"number": 3}, user="91")
    posted = await harness.post()
    log = await harness.type("papers-setup log", user="90")
    assert len(posted) == 2
    for shown in (*posted, log):
        assert name in shown.plain, "it reads as it was written"
        assert (shown.mentions, shown.pings) == ([], ())


async def test_whom_the_server_lets_in_presses_what_they_were_shown(harness: BotHarness) -> None:
    harness.server.permit("papers-setup", "101")
    preview = await harness.type("papers-setup digest on", user="101")
    shown = await harness.press("Start at the next time", preview, user="101")
    assert "The digest is on in #papers" in shown.plain
    assert (await harness.preferences(PAPERS_CHANNEL)).on
