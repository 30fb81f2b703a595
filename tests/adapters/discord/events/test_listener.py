"""What Discord tells of its channels, threads and roles: over sockets, with our own listeners."""

from __future__ import annotations

import asyncio
import logging

import pytest

from adapters.discord.context import DiscordContext
from adapters.discord.events import listener
from adapters.discord.events.guilds import REMOVED_REASON
from bot.domain.channels import Channel
from bot.ports.workspaces import Workspace
from bot.reasons.reason import Reason
from tests.adapters.discord.bot_harness import PAPERS_CHANNEL, TOKEN, BotHarness
from tests.adapters.discord.event_waits import TALK, subscribe, wait_for_direct_messages, wait_until, wait_until_retired
from tests.servers.discord import rights

AWAY = Reason("workspace.unavailable", why=REMOVED_REASON)


async def test_a_channel_that_was_deleted_gets_nothing_more(subscribed: BotHarness) -> None:
    await subscribed.server.drop_channel("20")
    await wait_until_retired(subscribed, Reason("channel.deleted"))
    assert (await subscribed.preferences()).on, "what was set up is kept"


async def test_whoever_can_repair_it_is_told_once_of_a_channel_that_was_deleted(subscribed: BotHarness) -> None:
    await subscribed.server.drop_channel("20")
    (said,) = await wait_for_direct_messages(subscribed, "90")
    assert "Nothing is posted to #papers any more: the channel was deleted. Its settings and follows are kept." in said
    subscribed.advance(hours=1)
    await subscribed.context.workspace_events.on_channel_lost(PAPERS_CHANNEL, Reason("channel.deleted"), subscribed.now)
    await subscribed.post()
    assert len(subscribed.server.direct("90")) == 1


async def test_nobody_is_told_of_a_deleted_channel_in_which_nothing_was_posted(subscribed: BotHarness) -> None:
    await subscribed.type("papers status", channel="22")
    await subscribed.server.drop_channel("22")
    await wait_until_retired(subscribed, Reason("channel.deleted"), Channel("discord", "10", "22"))
    await subscribed.post()
    assert subscribed.server.direct("90") == []


async def test_nobody_is_told_of_the_channels_of_a_server_that_was_left(subscribed: BotHarness) -> None:
    await subscribed.server.leave("10")
    await wait_until_retired(subscribed, AWAY)
    await subscribed.post()
    assert subscribed.server.direct("90") == []


async def test_a_permission_that_was_lost_is_told_and_its_return_goes_on(subscribed: BotHarness) -> None:
    subscribed.excused.append("Nothing is posted to discord:10:20 any more")
    await subscribed.server.allow("20", rights.ALL & ~rights.SEND)
    assert "lacks Send Messages there. Allow it under Edit Channel" in (await subscribed.type("papers status")).plain
    await subscribed.type("papers-setup digest now", user="90")
    assert await subscribed.post() == []
    reason = await subscribed.retired()
    assert "may not post" in str(reason)
    asked = len(subscribed.server.calls)
    await subscribed.post()
    assert len(subscribed.server.calls) == asked, "it is asked once"
    told = (await subscribed.type("papers status")).plain
    assert "Nothing is posted here any more" in told
    assert "lacks Send Messages there" in told
    await subscribed.server.allow("20")
    await wait_until_retired(subscribed, None)
    told = (await subscribed.type("papers status")).plain
    assert "lacks Send Messages there" not in told
    assert "Not posted: Broadsheet may not post there" in told
    await subscribed.tick()
    assert "On its way" in (await subscribed.type("papers status")).plain
    (digest,) = await subscribed.post()
    assert "DreamID" in digest.plain, "it was refused, and its time is not over"
    assert "Fri 27 Feb Posted" in (await subscribed.type("papers status")).plain.replace("**", "")


async def test_a_thread_that_was_deleted_gets_nothing_more(subscribed: BotHarness) -> None:
    subscribed.server.thread(TALK.id, "20", TALK.name)
    await subscribe(subscribed, TALK)
    subscribed.server.forget(subscribed.server.places[TALK.id])
    await wait_until_retired(subscribed, Reason("channel.deleted"), TALK)
    (said,) = await wait_for_direct_messages(subscribed, "90")
    assert "Nothing is posted to #talk any more: the channel was deleted." in said


async def test_a_role_that_is_gone_is_mentioned_no_more_and_its_owner_is_told_once(subscribed: BotHarness) -> None:
    await subscribed.server.create_role("30", name="readers")
    await subscribe(subscribed, mention="30")
    await subscribed.stores.workspaces.save(Workspace("discord", "10", "Lab", managers=("90",)))
    await subscribed.server.delete_role("30")

    async def check() -> bool:
        await subscribed.post()
        return bool(subscribed.server.direct("90"))

    await wait_until(check)
    assert (await subscribed.preferences()).mention == ""
    (told,) = subscribed.server.direct("90")
    assert "The role that digests in" in told.plain


async def test_a_listener_that_fails_is_a_line_in_the_log_and_others_go_on(
    subscribed: BotHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    subscribed.excused.append("A listener failed, reference")

    async def broken(context: DiscordContext, *_: object) -> None:
        raise RuntimeError("broken")

    subscribed.context.client.event(
        listener._build_listener("guild_channel_delete", broken, subscribed.context, asyncio.Lock())
    )
    subscribed.server.channel("23", guild="10", name="doomed")
    await subscribed.server.drop_channel("23")
    await subscribed.server.leave("10")
    await wait_until_retired(subscribed, AWAY)


async def test_nothing_of_what_people_write_is_in_the_log(
    offline: BotHarness, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        caplog.clear()
        async with offline.run_bot():
            await offline.type("papers search", {"query": "zebra crossing"})
            await offline.server.rename("20", "secret-plans")
            await offline.digest()
        theirs = [record.getMessage() for record in caplog.records if record.name.startswith("discord")]
        written = [record.getMessage() for record in caplog.records]
    for word in ("zebra", "secret-plans", TOKEN, "interaction token"):
        assert not [line for line in theirs if word in line]
    assert not [line for line in written if TOKEN in line or "zebra" in line]
