"""What `doctor` says of Discord, and which fix it names: discord.py against the gateway on loopback."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from adapters.discord import doctor
from adapters.discord.api.error_codes import CHANNEL_ERRORS
from adapters.discord.doctor import Finding
from adapters.discord.gateway.client import DiscordClient
from bot.domain.channels import Channel, ChannelKind
from bot.domain.preferences import Preferences
from bot.ports.channels import ChannelState
from tests.adapters.discord.delivery_harness import FORUM, PAPERS, THREAD, TOKEN
from tests.servers.discord import Discord, rights

KNOWN = (True, "Discord knows the bot as Broadsheet, in 1 server.")
WELL = (True, "The bot can post in 1 channel that should have a digest.")
CURE = "Allow it under Edit Channel → Permissions → Broadsheet."


async def look(server: Discord, *channels: Channel, token: str = TOKEN, **wanted: object) -> Sequence[Finding]:
    # So long it waits for more servers; those on loopback come at once.
    client = DiscordClient(server.api, server.gateway, guild_ready_seconds=0.05)
    preferences = replace(Preferences(on=True), **wanted)  # type: ignore[arg-type]
    standings = [ChannelState(key, channel, preferences) for key, channel in enumerate(channels)]
    return list(await doctor.check_bot_token(client, token, standings))


async def test_what_is_right_is_told_too(server: Discord) -> None:
    assert await look(server, PAPERS) == [KNOWN, WELL]
    await server.wait(lambda: not server.sockets)


async def test_beside_a_bot_that_runs_it_disturbs_nothing(server: Discord) -> None:
    assert await look(server) == [KNOWN]
    assert server.shown("20") == [], "nobody is greeted by it"
    assert server.syncs == 0


@pytest.mark.parametrize(
    ("lacking", "named"),
    [
        (rights.VIEW, "View Channel"),
        (rights.SEND, "Send Messages"),
        (rights.READ_HISTORY, "Read Message History"),
        (rights.SEND | rights.READ_HISTORY, "Read Message History and Send Messages"),
    ],
)
async def test_a_missing_permission_is_named_with_the_fix(server: Discord, lacking: int, named: str) -> None:
    server.places["20"].permissions = rights.ALL & ~lacking
    _, told = await look(server, PAPERS)
    assert told == (False, f"#papers of Lab, which has a digest: Broadsheet lacks {named} there. {CURE}")


async def test_what_only_some_layouts_need_is_asked_for_only_there(server: Discord) -> None:
    server.places["20"].permissions = rights.ALL & ~rights.CREATE_THREADS & ~rights.EMBED_LINKS
    assert await look(server, PAPERS) == [KNOWN, WELL]
    _, told = await look(server, PAPERS, entries=True, pictures=True)
    assert "lacks Create Public Threads and Embed Links there." in told[1]


async def test_forums_and_threads_have_needs_of_their_own(server: Discord) -> None:
    server.channel("40", name="reading", kind="forum", permissions=rights.ALL & ~rights.SEND_IN_THREADS)
    server.thread("21", "20", "talk", locked=True)
    _, forum, thread = await look(server, FORUM, THREAD)
    assert "lacks Send Messages in Threads there." in forum[1]
    assert thread == (False, "#talk of Lab, which has a digest: The thread is locked. Unlock it.")


async def test_a_role_that_can_not_be_pinged_is_told(server: Discord) -> None:
    server.role("30", name="readers")
    server.role("31", name="writers", mentionable=True)
    server.places["20"].permissions = rights.ALL & ~rights.MENTION_EVERYONE
    _, told = await look(server, PAPERS, mention="30")
    assert "@readers can’t be pinged. Allow it under Server Settings → Roles" in told[1]
    assert await look(server, PAPERS, mention="31") == [KNOWN, WELL]


async def test_a_channel_that_was_deleted_and_a_server_that_was_left_are_told(server: Discord) -> None:
    gone, elsewhere = replace(PAPERS, id="29", name="gone"), Channel("discord", "99", "50")
    archived = Channel("discord", "10", "51", ChannelKind.THREAD, "old")
    _, first, second, third = await look(server, gone, elsewhere, archived)
    assert first[1].startswith("Discord finds no #gone of Lab, which has a digest: it was deleted.")
    assert second[1].startswith(
        "The bot is not in the server of the channel 50, which has a digest. Invite it: https://"
    )
    assert third == WELL


async def test_a_channel_that_fell_silent_for_what_no_permission_tells_is_no_good_one(server: Discord) -> None:
    archived = Channel("discord", "10", "51", ChannelKind.THREAD, "old")
    client = DiscordClient(server.api, server.gateway, guild_ready_seconds=0.05)
    reasons = {PAPERS: CHANNEL_ERRORS[40067], archived: CHANNEL_ERRORS[160005]}
    standings = [
        ChannelState(key, of, Preferences(on=True), retired_reason=why) for key, (of, why) in enumerate(reasons.items())
    ]
    _, first, second = await doctor.check_bot_token(client, TOKEN, standings)
    assert first[1].startswith(
        "#papers of Lab, which has a digest: nothing is posted there any more: the forum asks for"
    )
    assert not second[0]
    assert "#old of Lab, which has a digest: nothing is posted there any more: the thread is locked." in second[1]


async def test_without_a_server_the_invite_link_is_told(server: Discord) -> None:
    server.guilds["10"].present = False
    known, link = await look(server)
    assert known == (True, "Discord knows the bot as Broadsheet, in 0 servers.")
    assert link[1].startswith("Invite it to one: https://discord.com/oauth2/authorize?client_id=2&")


async def test_a_token_that_discord_turns_down_is_told(server: Discord) -> None:
    ((well, told),) = await look(server, PAPERS, token="wrong")
    assert not well
    assert told.startswith("Discord turned DISCORD_TOKEN down. Copy the bot’s token anew")


async def test_a_discord_that_can_not_be_reached_is_told(server: Discord) -> None:
    client = DiscordClient("http://127.0.0.1:9", server.gateway)
    told = await doctor.check_bot_token(client, TOKEN, [])
    assert told == [(False, "Discord can’t be reached. Check the network, or DISCORD_API_URL.")]


async def test_a_gateway_that_does_not_answer_is_told(server: Discord, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "_READY_TIMEOUT_SECONDS", 0.2)
    told = await doctor.check_bot_token(DiscordClient(server.api, "ws://127.0.0.1:9"), TOKEN, [])
    assert told == [(False, "Discord’s gateway does not answer. Check the network, or DISCORD_GATEWAY_URL.")]


async def test_a_forum_that_takes_no_lifted_paper_is_told(server: Discord) -> None:
    server.channel("40", name="reading", kind="forum", permissions=rights.ALL & ~rights.SEND)
    server.channel("41", name="talks", kind="forum")
    _, told = await look(server, PAPERS, lift=5, into="40")
    assert "Papers can’t be lifted into #reading." in told[1]
    _, told = await look(server, PAPERS, lift=5, into="42")
    assert "Papers can’t be lifted into #42." in told[1]
    for lift, into in ((5, "41"), (0, "40")):
        assert (await look(server, PAPERS, lift=lift, into=into))[1] == WELL
