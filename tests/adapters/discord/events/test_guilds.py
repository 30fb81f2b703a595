"""Servers that take the bot in, throw it out, are away for a while and change hands, and what a new session repeats."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from gettext import NullTranslations

import pytest

from adapters.discord.api.error_codes import CHANNEL_ERRORS
from adapters.discord.events import guilds
from adapters.discord.events.guilds import REMOVED_REASON
from bot.domain.channels import Channel
from bot.i18n import translation
from bot.ports.workspaces import Workspace
from bot.reasons.reason import Reason, to_reason
from tests.adapters.discord.inbound import ROOM, Office, labels
from tests.adapters.discord.watching import greetings, retired, settled, subscribe, told, until
from tests.servers.discord import rights

HELLO = "Broadsheet posts the day’s most upvoted papers here"
AWAY = Reason("workspace.unavailable", why=REMOVED_REASON)

# -- coming and going --------------------------------------------------------------------------------------------------


async def test_whoever_takes_the_bot_in_is_greeted_once(here: Office) -> None:
    here.server.places["40"].name = "general"
    await here.server.join("11", name="Elsewhere", owner="190", system="40")
    (hello,) = await greetings(here, "40")
    assert HELLO in hello.plain
    assert hello.pings == ()
    known = await here.stores.workspaces.get("discord", "11")
    assert known
    assert (known.name, known.managers, known.left_at) == ("Elsewhere", ("190",), None)


async def test_the_system_channel_is_greeted_though_another_stands_before_it(here: Office) -> None:
    here.server.channel("39", guild="11", name="rules")
    here.server.channel("41", guild="11", name="later")
    await here.server.join("11", name="Elsewhere", owner="190", system="40")
    (hello,) = await greetings(here, "40")
    assert HELLO in hello.plain
    assert here.server.shown("39") == here.server.shown("41") == []


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
    assert left.left_at == here.now
    await here.server.join("10")
    await retired(here, None)
    assert (await here.preferences()).on


async def test_whoever_invites_the_bot_anew_with_what_it_lacked_gets_digests_again(here: Office) -> None:
    """Not only where it says hello."""
    lacked, room = CHANNEL_ERRORS[50013], replace(ROOM, id="22", name="video-diffusion")
    await subscribe(here, room)
    await here.stores.channels.retire(room, lacked)
    await here.server.leave("10")

    async def left() -> bool:
        known = await here.stores.workspaces.get("discord", "10")
        return known is not None and known.left_at is not None

    await until(left)
    assert await here.retired(room) == lacked
    await here.server.join("10")
    await retired(here, None, room)


async def test_a_role_that_was_deleted_while_nobody_listened_is_mentioned_no_more_and_its_owner_is_told_once(
    shut: Office,
) -> None:
    shut.server.role("30", name="readers")
    kept = replace(ROOM, id="22", name="video-diffusion")
    await subscribe(shut, mention="31")
    await subscribe(shut, kept, mention="30")
    for _ in range(2):
        async with shut.running():
            (said,) = await told(shut, "90")
            assert "The role that digests in #papers mentioned was deleted" in said
            assert (await shut.preferences()).mention == ""
            assert (await shut.preferences(kept)).mention == "30"


async def test_what_happened_meanwhile_is_made_good_at_the_start(shut: Office) -> None:
    await subscribe(shut)
    shut.server.guilds["10"].present = False
    shut.server.guilds["11"].present = True
    async with shut.running():
        await retired(shut, AWAY)
        (hello,) = await greetings(shut, "40")
        assert HELLO in hello.plain


async def test_an_outage_is_no_farewell(here: Office, caplog: pytest.LogCaptureFixture) -> None:
    await here.server.outage("10")
    await here.server.wait(lambda: here.kit.client.get_guild(10) is not None)
    await here.server.outage("10", over=True)
    await here.server.rename("20", "news")

    async def check() -> bool:
        return (await here.stores.channels.get_or_create(replace(ROOM, name=""), here.now)).channel.name == "news"

    await until(check)
    assert await here.retired() is None
    assert await here.post() == [], "nobody is greeted anew"


async def test_a_server_that_is_told_of_late_is_greeted_then(shut: Office) -> None:
    await subscribe(shut)
    shut.server.guilds["11"].present, shut.server.guilds["11"].available = True, False
    async with shut.running():
        await settled(shut)
        assert await shut.stores.workspaces.get("discord", "11") is None
        await shut.server.outage("11", over=True)
        (hello,) = await greetings(shut, "40")
        assert HELLO in hello.plain
        known = await shut.stores.workspaces.get("discord", "11")
        assert known
        assert (known.name, known.managers) == ("Elsewhere", ("190",))
    assert shut.server.direct("190") == []


async def test_a_server_that_is_out_of_reach_at_the_start_stays_as_it_was_and_goes_on_when_it_is_back(
    shut: Office,
) -> None:
    await subscribe(shut)
    await shut.stores.workspaces.save(Workspace("discord", "10", "Lab", managers=("90",)))
    await shut.stores.channels.retire(ROOM, to_reason("Broadsheet may not post there"))
    shut.server.guilds["10"].available = False
    async with shut.running():
        await shut.server.join("11")
        await greetings(shut, "40")
        assert await shut.stores.workspaces.get("discord", "10") == Workspace("discord", "10", "Lab", managers=("90",))
        assert str(await shut.retired()) == "Broadsheet may not post there"
        await shut.server.outage("10", over=True)
        await retired(shut, None)


class Marked(NullTranslations):
    """Sentences that tell in which language they were said."""

    def __init__(self, code: str) -> None:
        super().__init__()
        self.code = code

    def gettext(self, message: str) -> str:
        return f"{self.code}: {message}"


async def test_a_greeting_is_in_the_language_of_the_server(here: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(translation, "_load_catalogue", Marked)
    await here.server.join("11", name="Anderswo", owner="190", system="40", locale="de")
    (hello,) = await greetings(here, "40")
    assert hello.plain.startswith(f"de: {HELLO}")
    assert labels(hello) == ["de: Start the digest", "de: Today’s papers"]


async def test_whoever_hands_a_server_over_manages_it_no_more(here: Office) -> None:
    await managed(here, "90")
    await here.server.transfer("10", owner="91")
    await managed(here, "91")


async def test_a_server_that_changed_hands_meanwhile_is_managed_by_its_new_owner(shut: Office) -> None:
    await shut.stores.workspaces.save(Workspace("discord", "10", "Lab", managers=("90",), limits={"follows": 3}))
    shut.server.guilds["10"].owner = "91"
    async with shut.running():
        await managed(shut, "91")
        known = await shut.stores.workspaces.get("discord", "10")
        assert known
        assert known.limits == {"follows": 3}


async def managed(office: Office, *owners: str) -> None:
    """Wait until a server is managed by some people and nobody else."""

    async def check() -> bool:
        known = await office.stores.workspaces.get("discord", "10")
        return known is not None and known.managers == owners

    await until(check)


# -- the gateway -------------------------------------------------------------------------------------------------------


async def test_a_session_that_goes_on_repeats_nothing(here: Office) -> None:
    await here.server.reconnect()
    await here.server.wait(lambda: here.server.resumes == 1)
    assert (here.server.identifies, here.server.syncs) == (1, 1)
    assert await here.type("papers today")
    assert await here.post() == []


@pytest.mark.parametrize("resumable", [True, False])
async def test_a_session_that_is_over_begins_anew_without_repeated_work(here: Office, *, resumable: bool) -> None:
    await here.server.invalidate(resumable=resumable)
    await here.server.wait(lambda: here.server.identifies + here.server.resumes == 2 and here.server.ready, 15)
    assert await here.type("papers today"), "it is answered once"
    assert len(here.server.private) == 1
    assert here.server.syncs == 1
    assert await here.post() == [], "nobody is greeted anew"


async def test_a_lost_line_is_one_line_of_the_log(here: Office, caplog: pytest.LogCaptureFixture) -> None:
    here.excused.append("Attempting a reconnect for shard ID 0")
    here.server.away = True
    await here.server.hang_up()
    told = await here.server.wait(lambda: [one for one in caplog.records if one.name.startswith("discord.")], 15)
    here.server.away = False
    assert re.search(r"in [\d.]+s \(WSServerHandshakeError: 503, .+\)$", told[0].getMessage())
    assert told[0].exc_info is None
    await here.server.wait(lambda: here.server.ready, 15)


async def test_a_second_ready_changes_nothing(here: Office) -> None:
    for _ in range(2):
        await guilds.reconcile_guilds(here.kit, 0)
    assert await here.post() == []
    assert await here.retired() is None


async def test_a_server_that_was_left_while_the_session_was_lost_gets_nothing_more(here: Office) -> None:
    here.server.guilds["10"].present = False
    await here.server.invalidate()
    await retired(here, AWAY)
    here.server.guilds["10"].present = True
    await here.server.invalidate()
    await retired(here, None)


# -- shards ------------------------------------------------------------------------------------------------------------

FAR = str(1 << 22)
"""A server of the second of two shards: https://docs.discord.com/developers/events/gateway#sharding."""


@pytest.fixture
async def sharded(shut: Office) -> AsyncIterator[Office]:
    """A bot with two shards, each with a server that is new; the one that is known has thrown it out."""
    shut.server.shards = 2
    shut.server.guilds["11"].present = True
    shut.server.guild(FAR, name="Far", owner="190", system="50")
    shut.server.channel("50", guild=FAR, name="far")
    for gone in ("12", str(int(FAR) + 1)):
        await shut.stores.workspaces.save(Workspace("discord", gone, "Gone"))
    await subscribe(shut)
    async with shut.running():
        yield shut


async def test_each_shard_makes_good_for_its_own_servers_once(sharded: Office) -> None:
    for channel in ("40", "50"):
        (hello,) = await greetings(sharded, channel)
        assert HELLO in hello.plain

    async def check() -> bool:
        return [one.id for one in await sharded.stores.workspaces.list_for_platform("discord")] == ["10", "11", FAR]

    await until(check)
    assert (sharded.server.identifies, sharded.server.syncs) == (2, 1)


async def test_a_shard_s_beginning_says_nothing_of_servers_that_another_shard_tells_of(sharded: Office) -> None:
    await greetings(sharded, "50")
    late = str(int(FAR) + 2)
    await sharded.stores.workspaces.save(Workspace("discord", late, "Late"))

    async def known() -> bool:
        return late in [one.id for one in await sharded.stores.workspaces.list_for_platform("discord")]

    await guilds.reconcile_guilds(sharded.kit, 0)
    assert await known()
    await guilds.reconcile_guilds(sharded.kit, 1)
    assert not await known()


async def test_what_happens_in_both_shards_is_heard(sharded: Office) -> None:
    far = Channel("discord", FAR, "50", name="far")
    await subscribe(sharded, far)
    await sharded.server.drop_channel("50")
    await retired(sharded, Reason("channel.deleted"), far)
    await sharded.server.drop_channel("20")
    await retired(sharded, Reason("channel.deleted"))


async def test_a_shard_that_begins_anew_repeats_nothing_and_says_nothing_of_the_others(sharded: Office) -> None:
    await greetings(sharded, "50")
    sharded.server.guilds[FAR].present = False
    await sharded.server.invalidate(shard=1)

    async def check() -> bool:
        return [one.id for one in await sharded.stores.workspaces.list_for_platform("discord")] == ["10", "11"]

    await until(check)
    await sharded.server.wait(lambda: sharded.server.identifies == 3 and sharded.server.ready)
    assert await sharded.type("papers today")
    assert len(await sharded.post("40")) == len(await sharded.post("50")) == 1, "nobody is greeted anew"
    assert sharded.server.syncs == 1
