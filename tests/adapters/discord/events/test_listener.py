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
from tests.adapters.discord.inbound import ROOM, TOKEN, Office
from tests.adapters.discord.watching import TALK, retired, subscribe, told, until
from tests.servers.discord import rights

AWAY = Reason("workspace.unavailable", why=REMOVED_REASON)


async def test_a_channel_that_was_deleted_gets_nothing_more(here: Office) -> None:
    await here.server.drop_channel("20")
    await retired(here, Reason("channel.deleted"))
    assert (await here.preferences()).on, "what was set up is kept"


async def test_whoever_can_repair_it_is_told_once_of_a_channel_that_was_deleted(here: Office) -> None:
    await here.server.drop_channel("20")
    (said,) = await told(here, "90")
    assert "Nothing is posted to #papers any more: the channel was deleted. Its settings and follows are kept." in said
    here.later(hours=1)
    await here.kit.workspace_events.on_channel_lost(ROOM, Reason("channel.deleted"), here.now)
    await here.post()
    assert len(here.server.direct("90")) == 1


async def test_nobody_is_told_of_a_deleted_channel_in_which_nothing_was_posted(here: Office) -> None:
    await here.type("papers status", channel="22")
    await here.server.drop_channel("22")
    await retired(here, Reason("channel.deleted"), Channel("discord", "10", "22"))
    await here.post()
    assert here.server.direct("90") == []


async def test_nobody_is_told_of_the_channels_of_a_server_that_was_left(here: Office) -> None:
    await here.server.leave("10")
    await retired(here, AWAY)
    await here.post()
    assert here.server.direct("90") == []


async def test_a_permission_that_was_lost_is_told_and_its_return_goes_on(here: Office) -> None:
    here.excused.append("Nothing is posted to discord:10:20 any more")
    await here.server.allow("20", rights.ALL & ~rights.SEND)
    assert "lacks Send Messages there. Allow it under Edit Channel" in (await here.type("papers status")).plain
    await here.type("papers-setup digest now", user="90")
    assert await here.post() == []
    reason = await here.retired()
    assert "may not post" in str(reason)
    asked = len(here.server.calls)
    await here.post()
    assert len(here.server.calls) == asked, "it is asked once"
    told = (await here.type("papers status")).plain
    assert "Nothing is posted here any more" in told
    assert "lacks Send Messages there" in told
    await here.server.allow("20")
    await retired(here, None)
    assert "lacks" not in (await here.type("papers status")).plain


async def test_a_thread_that_was_deleted_gets_nothing_more(here: Office) -> None:
    here.server.thread(TALK.id, "20", TALK.name)
    await subscribe(here, TALK)
    here.server.forget(here.server.places[TALK.id])
    await retired(here, Reason("channel.deleted"), TALK)
    (said,) = await told(here, "90")
    assert "Nothing is posted to #talk any more: the channel was deleted." in said


async def test_a_role_that_is_gone_is_mentioned_no_more_and_its_owner_is_told_once(here: Office) -> None:
    await here.server.create_role("30", name="readers")
    await subscribe(here, mention="30")
    await here.stores.workspaces.save(Workspace("discord", "10", "Lab", managers=("90",)))
    await here.server.delete_role("30")

    async def check() -> bool:
        await here.post()
        return bool(here.server.direct("90"))

    await until(check)
    assert (await here.preferences()).mention == ""
    (told,) = here.server.direct("90")
    assert "The role that digests in" in told.plain


async def test_a_listener_that_fails_is_a_line_in_the_log_and_others_go_on(
    here: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    here.excused.append("A listener failed, reference")

    async def broken(kit: DiscordContext, *_: object) -> None:
        raise RuntimeError("broken")

    here.kit.client.event(listener._build_listener("guild_channel_delete", broken, here.kit, asyncio.Lock()))
    here.server.channel("23", guild="10", name="doomed")
    await here.server.drop_channel("23")
    await here.server.leave("10")
    await retired(here, AWAY)


async def test_nothing_of_what_people_write_is_in_the_log(shut: Office, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        caplog.clear()
        async with shut.running():
            await shut.type("papers search", {"query": "zebra crossing"})
            await shut.server.rename("20", "secret-plans")
            await shut.digest()
        theirs = [record.getMessage() for record in caplog.records if record.name.startswith("discord")]
        written = [record.getMessage() for record in caplog.records]
    for word in ("zebra", "secret-plans", TOKEN, "interaction token"):
        assert not [line for line in theirs if word in line]
    assert not [line for line in written if TOKEN in line or "zebra" in line]
