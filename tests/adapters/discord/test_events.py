"""What Discord tells of its places, and what its gateway does to a session: over sockets, with our own listeners."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace

import pytest

from adapters.discord import events
from adapters.discord.events import DELETED, LEFT
from adapters.discord.kit import Kit
from bot import wording
from bot.models import Channel, Kind
from bot.ports.places import Workspace
from tests.adapters.discord.inbound import ROOM, TOKEN, Office
from tests.servers.discord import Shown, rights

TALK = Channel("discord", "10", "21", Kind.THREAD, "talk")
OWNER = Channel("discord", "@me", "190", Kind.DIRECT)
HELLO = "Broadsheet posts the day’s most upvoted papers here"
AWAY = wording.away(LEFT)


@pytest.fixture
async def here(shut: Office) -> AsyncIterator[Office]:
    """A bot that hears of places, in a server whose channel has a digest."""
    await subscribe(shut)
    async with shut.running(events.listen):
        yield shut


async def subscribe(office: Office, channel: Channel = ROOM, **wanted: object) -> None:
    standing = await office.stores.channels.open(channel, office.now)
    preferences = replace(standing.preferences, on=True, **wanted)  # type: ignore[arg-type]
    await office.stores.channels.set(channel, preferences, preferences.schedule.next_after(office.now))


async def until(check: Callable[[], Awaitable[bool]]) -> None:
    """Wait until *check* holds."""
    async with asyncio.timeout(5):
        while not await check():
            await asyncio.sleep(0.01)


async def retired(office: Office, reason: str, channel: Channel = ROOM) -> None:
    async def check() -> bool:
        return await office.retired(channel) == reason

    await until(check)


async def greetings(office: Office, channel: str, number: int = 1) -> list[Shown]:
    """Wait for so many messages of a channel."""

    async def check() -> bool:
        return len(await office.post(channel)) >= number

    await until(check)
    return office.server.shown(channel)


# -- coming and going --------------------------------------------------------------------------------------------------


async def test_whoever_takes_the_bot_in_is_greeted_once(here: Office) -> None:
    here.server.places["40"].name = "general"
    await here.server.join("11", name="Elsewhere", owner="190", system="40")
    (hello,) = await greetings(here, "40")
    assert HELLO in hello.plain
    assert hello.pings == ()
    known = await here.stores.workspaces.get("discord", "11")
    assert known
    assert (known.name, known.managers, known.left) == ("Elsewhere", ("190",), None)


async def test_without_a_system_channel_the_first_that_can_be_written_to_is_greeted(here: Office) -> None:
    here.server.channel("39", guild="11", name="rules", permissions=rights.ALL & ~rights.SEND)
    await here.server.join("11", name="Elsewhere", owner="190", system="39")
    (hello,) = await greetings(here, "40")
    assert HELLO in hello.plain
    assert here.server.shown("39") == []


async def test_where_nothing_can_be_written_to_the_owner_is_greeted(here: Office) -> None:
    here.server.person("190", name="Otto", guilds=("11",))
    here.server.places["40"].permissions = rights.ALL & ~rights.SEND
    await here.server.join("11", name="Elsewhere", owner="190")

    async def check() -> bool:
        await here.post()
        return bool(here.server.direct("190"))

    await until(check)
    (hello,) = here.server.direct("190")
    assert "Broadsheet" in hello.plain


async def test_a_server_that_was_left_is_kept_and_comes_back(here: Office) -> None:
    await here.server.leave("10")
    await retired(here, AWAY)
    left = await here.stores.workspaces.get("discord", "10")
    assert left
    assert left.left == here.now
    await here.server.join("10")
    await retired(here, "")
    assert (await here.preferences()).on


async def test_what_happened_meanwhile_is_made_good_at_the_start(shut: Office) -> None:
    await subscribe(shut)
    shut.server.guilds["10"].present = False
    shut.server.guilds["11"].present = True
    async with shut.running(events.listen):
        await retired(shut, AWAY)
        (hello,) = await greetings(shut, "40")
        assert HELLO in hello.plain


async def test_an_outage_is_no_farewell(here: Office, caplog: pytest.LogCaptureFixture) -> None:
    await here.server.outage("10")
    await here.server.wait(lambda: here.kit.client.get_guild(10) is not None)
    await here.server.outage("10", over=True)
    await here.server.rename("20", "news")

    async def check() -> bool:
        return (await here.stores.channels.open(replace(ROOM, name=""), here.now)).channel.name == "news"

    await until(check)
    assert await here.retired() == ""
    assert await here.post() == [], "nobody is greeted anew"


# -- the gateway -------------------------------------------------------------------------------------------------------


async def test_a_session_that_goes_on_repeats_nothing(here: Office) -> None:
    await here.server.reconnect()
    await here.server.wait(lambda: here.server.resumes == 1)
    assert (here.server.identifies, here.server.syncs) == (1, 1)
    assert await here.type("papers today")
    assert await here.post() == []


@pytest.mark.long
@pytest.mark.parametrize("resumable", [True, False])
async def test_a_session_that_is_over_begins_anew_without_repeated_work(here: Office, *, resumable: bool) -> None:
    await here.server.invalidate(resumable=resumable)
    await here.server.wait(lambda: here.server.identifies + here.server.resumes == 2 and here.server.ready, 15)
    assert await here.type("papers today"), "it is answered once"
    assert len(here.server.private) == 1
    assert here.server.syncs == 1
    assert await here.post() == [], "nobody is greeted anew"


async def test_a_second_ready_changes_nothing(here: Office) -> None:
    for _ in range(2):
        await events.reconcile(here.kit)
    assert await here.post() == []
    assert await here.retired() == ""


async def test_nothing_of_what_people_write_is_in_the_log(shut: Office, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        caplog.clear()
        async with shut.running(events.listen):
            await shut.type("papers search", {"query": "zebra crossing"})
            await shut.server.rename("20", "secret-plans")
            await shut.digest()
        theirs = [record.getMessage() for record in caplog.records if record.name.startswith("discord")]
        written = [record.getMessage() for record in caplog.records]
    for word in ("zebra", "secret-plans", TOKEN, "interaction token"):
        assert not [line for line in theirs if word in line]
    assert not [line for line in written if TOKEN in line or "zebra" in line]


# -- channels ----------------------------------------------------------------------------------------------------------


async def test_a_channel_that_was_deleted_gets_nothing_more(here: Office) -> None:
    await here.server.drop_channel("20")
    await retired(here, DELETED)
    assert (await here.preferences()).on, "what was set up is kept"


async def test_a_permission_that_was_lost_is_told_and_its_return_goes_on(here: Office) -> None:
    here.excused.append("Nothing is posted to discord:10:20 any more")
    await here.server.allow("20", rights.ALL & ~rights.SEND)
    assert "lacks Send Messages there. Allow it under Edit Channel" in (await here.type("papers status")).plain
    await here.type("papers-setup digest now", user="90")
    assert await here.post() == []
    reason = await here.retired()
    assert "may not post" in reason
    asked = len(here.server.calls)
    await here.post()
    assert len(here.server.calls) == asked, "it is asked once"
    told = (await here.type("papers status")).plain
    assert "Nothing is posted here any more" in told
    assert "lacks Send Messages there" in told
    await here.server.allow("20")
    await retired(here, "")
    assert "lacks" not in (await here.type("papers status")).plain


async def test_a_role_that_lets_the_bot_write_again_is_enough(here: Office) -> None:
    await here.stores.channels.retire(ROOM, "Broadsheet may not post there")
    await here.server.create_role("30", name="bots")
    await here.server.change_role("30", permissions=rights.SEND)
    await retired(here, "")


async def test_a_thread_that_was_deleted_gets_nothing_more(here: Office) -> None:
    here.server.thread(TALK.id, "20", TALK.name)
    await subscribe(here, TALK)
    here.server.forget(here.server.places[TALK.id])
    await retired(here, DELETED, TALK)


async def test_a_thread_that_is_unlocked_goes_on(here: Office) -> None:
    here.server.thread(TALK.id, "20", TALK.name)
    await subscribe(here, TALK)
    await here.stores.channels.retire(TALK, "the thread is locked")
    await here.server.archive_thread(TALK.id, archived=False, locked=True)
    await here.server.rename("20", "news")

    async def renamed() -> bool:
        return (await here.stores.channels.open(replace(ROOM, name=""), here.now)).channel.name == "news"

    await until(renamed)
    assert await here.retired(TALK) == "the thread is locked"
    await here.server.archive_thread(TALK.id, archived=False, locked=False)
    await retired(here, "", TALK)


async def test_a_role_that_is_gone_is_mentioned_no_more_and_its_owner_is_told_once(here: Office) -> None:
    await here.server.create_role("30", name="readers")
    await subscribe(here, mention="30")
    await here.stores.workspaces.put(Workspace("discord", "10", "Lab", managers=("90",)))
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

    async def broken(kit: Kit, *_: object) -> None:
        raise RuntimeError("broken")

    here.kit.client.event(events._listener("guild_channel_delete", broken, here.kit))
    here.server.channel("23", guild="10", name="doomed")
    await here.server.drop_channel("23")
    await here.server.leave("10")
    await retired(here, AWAY)
