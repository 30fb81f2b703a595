"""What `doctor` says of Slack, and which fix it names: real clients against Slack on loopback."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from aiohttp import web

from adapters import public_listener
from adapters.slack.doctor import tokens
from adapters.slack.doctor.tokens import SCOPE_PURPOSES
from adapters.slack.manifest import BOT_SCOPES
from bot.domain.channels import Channel
from bot.ports.workspaces import Workspace
from tests.adapters.slack.oauth_harness import PUBLIC_URL, OAuthHarness, open_oauth_harness
from tests.servers.slack import Slack, slack

# slack_sdk still writes its header in the way that aiohttp is about to give up.
pytestmark = pytest.mark.filterwarnings("ignore:BasicAuth is deprecated:DeprecationWarning")

PAPERS, SECRET = Channel("slack", "T1", "C1", name="papers"), Channel("slack", "T1", "C2", name="secret")
APP = "https://api.slack.com/apps → your app"
COPY = f"Copy the bot's token from {APP} → OAuth & Permissions into .env."
MAKE = f"Make one under {APP} → Basic Information → App-Level Tokens, with the scope connections:write."
KNOWN = (True, "Slack knows the bot as @broadsheet in Acme.")
WHOLE = (True, "The bot in Acme has every scope that it uses.")
JOINED = (True, "The bot is in 1 channel of Acme that should have a digest.")
INVITE = "/invite @broadsheet"
AGAIN = f"Install it there again: {PUBLIC_URL}/slack/install"


@pytest.fixture
async def server() -> AsyncIterator[Slack]:
    """Slack with a workspace, which has our bot with its scopes and no other, and an app token."""
    async with slack() as one:
        one.team("T1", name="Acme")
        one.bot("T1", token="xoxb-1", scopes=BOT_SCOPES)
        one.app_token("xapp-1")
        one.channel("C1", name="papers")
        yield one


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[OAuthHarness]:
    """Our server, ready to be installed in two workspaces and in an organization of two more."""
    async with slack() as one, open_oauth_harness(one, tmp_path) as own:
        for team, name, organization in (("T1", "Acme", ""), ("T2", "Beta", ""), ("T3", "C", "E1"), ("T4", "D", "E1")):
            one.team(team, name=name, enterprise=organization)
            one.channel(f"C{team}", team=team, members=[f"UBOT{organization or team}"])
        yield own


@pytest.fixture
def unused() -> Iterator[str]:
    """An address at which nobody listens, and which nobody else can take."""
    with closing(socket.socket()) as held:
        held.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{held.getsockname()[1]}"


async def single(server: Slack, *channels: Channel) -> list[tuple[bool, str]]:
    return list(await tokens.check_bot_token("xoxb-1", server.url, channels))


async def many(here: OAuthHarness, *channels: Channel) -> list[tuple[bool, str]]:
    return list(await tokens.check_installations(here.installations, here.slack.url, PUBLIC_URL, channels))


async def install(here: OAuthHarness, *targets: str) -> None:
    """Install with all that the manifest asks for."""
    for target in targets:
        here.slack.oauth.consents = target
        await here.install()
    for bot in here.slack.bots.values():
        bot.scopes = frozenset(BOT_SCOPES)
    here.slack.calls.clear()


def rooms(*teams: str) -> list[Channel]:
    return [Channel("slack", team, f"C{team}", name="papers") for team in teams]


def asked(server: Slack, method: str) -> int:
    return sum(call.method == method for call in server.calls)


def test_every_scope_serves_something() -> None:
    assert tuple(SCOPE_PURPOSES) == BOT_SCOPES


async def test_what_is_right_is_told_too(server: Slack) -> None:
    assert await single(server, PAPERS) == [KNOWN, WHOLE, JOINED]
    assert await tokens.check_app_token("xapp-1", server.url) == [(True, "Socket Mode can be opened.")]


@pytest.mark.parametrize("error", ["invalid_auth", "account_inactive", "token_revoked"])
async def test_a_token_that_slack_turns_down_is_to_be_copied_again(server: Slack, error: str) -> None:
    server.revoke("xoxb-1", error)
    assert await single(server, PAPERS) == [(False, f"Slack turned SLACK_BOT_TOKEN down ({error}). {COPY}")]


async def test_a_token_of_nobody_is_to_be_copied_again(server: Slack) -> None:
    said = await tokens.check_bot_token("xoxb-wrong", server.url, [PAPERS])
    assert said == [(False, f"Slack turned SLACK_BOT_TOKEN down (invalid_auth). {COPY}")]


async def test_missing_scopes_are_named_with_what_they_serve_and_the_fix(server: Slack) -> None:
    server.bots["xoxb-1"].scopes -= {"im:write", "links:write"}
    _, told, joined = await single(server, PAPERS)
    assert told == (
        False,
        (
            "The bot in Acme lacks im:write (direct messages to those who follow something) and links:write (cards "
            f"below links). Add this under {APP} → OAuth & Permissions → Bot Token Scopes, and reinstall the app."
        ),
    )
    assert joined == JOINED


async def test_channels_that_a_scope_hides_are_told_as_that(server: Slack) -> None:
    server.bots["xoxb-1"].scopes -= {"groups:read"}
    server.channel("C2", name="secret", private=True)
    *_, joined, hidden = await single(server, PAPERS, SECRET)
    assert joined == JOINED
    assert hidden == (False, "#secret of Acme can't be looked at (missing_scope), see above.")


async def test_without_any_scope_for_channels_the_rest_is_still_told(server: Slack) -> None:
    server.bots["xoxb-1"].scopes = frozenset({"chat:write"})
    known, scopes, hidden = await single(server, PAPERS)
    assert known == KNOWN
    assert "channels:read (public channels, and who is in them)" in scopes[1]
    assert hidden == (False, "#papers of Acme can't be looked at (missing_scope), see above.")


async def test_an_app_token_that_slack_turns_down_is_to_be_made_again(server: Slack) -> None:
    said = await tokens.check_app_token("xapp-wrong", server.url)
    assert said == [(False, f"SLACK_APP_TOKEN was turned down by Slack (invalid_auth). {MAKE}")]


async def test_an_app_token_without_its_scope_is_to_be_made_again(server: Slack) -> None:
    server.fail("apps.connections.open", error="missing_scope")
    said = await tokens.check_app_token("xapp-1", server.url)
    assert said == [(False, f"SLACK_APP_TOKEN lacks the scope connections:write. {MAKE}")]


async def test_a_bots_token_opens_no_socket(server: Slack) -> None:
    said = await tokens.check_app_token("xoxb-1", server.url)
    assert said == [(False, f"SLACK_APP_TOKEN was turned down by Slack (not_allowed_token_type). {MAKE}")]


async def test_where_the_bot_is_not_a_member_it_is_to_be_invited(server: Slack) -> None:
    server.channel("C1", name="renamed", members=["U1"])
    *_, told = await single(server, PAPERS)
    assert told == (False, f"The bot is not in #renamed of Acme, which has a digest. Type there: {INVITE}")


async def test_a_channel_without_a_name_is_told_by_its_id(server: Slack) -> None:
    *_, told = await single(server, replace(PAPERS, id="C9", name=""))
    assert told[1].startswith("Slack finds no C9 of Acme: ")


async def test_an_archived_channel_is_not_one_to_be_invited_to(server: Slack) -> None:
    server.channel("C1", name="papers", archived=True)
    *_, told = await single(server, PAPERS)
    assert told == (
        False,
        (
            "#papers of Acme, which has a digest, is archived. Unarchive it; or leave it, and its digest ends by "
            "itself at the next post."
        ),
    )


@pytest.mark.parametrize("private", [False, True], ids=["deleted", "private"])
async def test_a_channel_that_slack_does_not_show_is_deleted_or_private(server: Slack, *, private: bool) -> None:
    if private:
        server.channel("C2", name="secret", private=True, members=["U1"])
    *_, told = await single(server, SECRET)
    assert told == (
        False,
        (
            "Slack finds no #secret of Acme: it was deleted, or it is private and the bot is not in it. If it is "
            f"there, type in it: {INVITE}; if not, leave it, and its digest ends by itself at the next post."
        ),
    )


async def test_a_private_channel_that_the_bot_is_in_is_well(server: Slack) -> None:
    server.channel("C2", name="secret", private=True)
    assert (await single(server, PAPERS, SECRET))[-1] == (
        True,
        "The bot is in 2 channels of Acme that should have a digest.",
    )


async def test_of_many_channels_only_those_without_the_bot_are_asked_for_one_by_one(server: Slack) -> None:
    for number in range(1_500):
        server.channel(f"C{number}", members=["UBOT"] if number else ["U1"])
    channels = [Channel("slack", "T1", f"C{number}", name=f"c{number}") for number in range(1_500)]
    *_, joined, missed = await single(server, *channels)
    assert joined == (True, "The bot is in 1,499 channels of Acme that should have a digest.")
    assert missed == (False, f"The bot is not in #papers of Acme, which has a digest. Type there: {INVITE}")
    assert (asked(server, "users.conversations"), asked(server, "conversations.info")) == (2, 1)


async def test_a_token_of_another_workspace_is_told(server: Slack) -> None:
    *_, joined = said = await single(server, PAPERS, Channel("slack", "T2", "C7", name="elsewhere"))
    assert (
        False,
        (
            "SLACK_BOT_TOKEN belongs to another workspace than #elsewhere. Put that workspace's into .env, or set up "
            "many workspaces: docs/slack.md"
        ),
    ) in said
    assert joined == JOINED


async def test_a_slack_that_can_not_be_reached_is_told_once(unused: str) -> None:
    told = [(False, "Slack can’t be reached. Check the network and SLACK_API_URL, and run doctor again in a minute.")]
    assert await tokens.check_bot_token("xoxb-1", f"{unused}/", [PAPERS]) == told
    assert await tokens.check_app_token("xapp-1", f"{unused}/") == told


@pytest.mark.parametrize("fault", [{"status": 503}, {"body": "<p>A proxy's page</p>"}, {"drop": "after"}])
async def test_what_is_no_answer_of_slack_is_no_fault_of_the_token(server: Slack, fault: dict[str, str]) -> None:
    server.fail("auth.test", **fault)
    ((well, told),) = await single(server, PAPERS)
    assert not well
    assert "SLACK_BOT_TOKEN" not in told
    assert told.endswith("Check the network and SLACK_API_URL, and run doctor again in a minute.")


async def test_where_slack_asks_for_a_pause_what_was_found_is_still_told(server: Slack) -> None:
    server.channel("C1", members=["U1"])
    server.fail("conversations.info", retry_after=30)
    known, scopes, told = await single(server, PAPERS, SECRET)
    assert (known, scopes) == (KNOWN, WHOLE)
    assert told[1].startswith("Slack asks for a pause. ")
    assert asked(server, "conversations.info") == 1


async def test_proxies_of_the_environment_change_nothing(
    server: Slack, here: OAuthHarness, unused: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await install(here, "T1")
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, unused)
    for name in ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_CLIENT_ID", "SLACK_SIGNING_SECRET"):
        monkeypatch.setenv(name, "hostile")
    assert await single(server, PAPERS) == [KNOWN, WHOLE, JOINED]
    assert await tokens.check_app_token("xapp-1", server.url) == [(True, "Socket Mode can be opened.")]
    assert await many(here, *rooms("T1")) == [KNOWN, WHOLE, JOINED]
    assert (await tokens.check_public_url(here.address))[0]


async def test_what_slack_hears_is_not_written_down(
    server: Slack, here: OAuthHarness, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    await install(here, "T1")
    caplog.clear()
    await single(server, PAPERS)
    await tokens.check_app_token("xapp-wrong", server.url)
    await many(here, *rooms("T1", "T2"))
    assert [record for record in caplog.records if record.name.startswith("slack")] == []
    assert not {"xoxb-1", "xapp-wrong"} & set(caplog.text.split())


async def test_an_app_that_nobody_has_installed_says_where_to(here: OAuthHarness) -> None:
    assert await many(here) == [
        (True, f"Nobody has installed the app so far. It is added to a workspace at {PUBLIC_URL}/slack/install")
    ]


async def test_of_several_workspaces_the_one_with_a_revoked_token_is_told(here: OAuthHarness) -> None:
    await install(here, "T1", "T2")
    here.slack.revoke(await here.installations.get_token("T2"))
    assert await many(here, *rooms("T1", "T2")) == [
        KNOWN,
        WHOLE,
        JOINED,
        (False, f"Slack turned the token of Beta (T2) down (token_revoked). {AGAIN}"),
    ]


async def test_a_workspace_that_lacks_a_scope_is_to_install_again(here: OAuthHarness) -> None:
    await install(here, "T1", "T2")
    here.slack.bots[await here.installations.get_token("T2")].scopes -= {"users:read"}
    (told,) = [told for well, told in await many(here, *rooms("T1", "T2")) if not well]
    assert told == f"The bot in Beta lacks users:read (admins, and people's time zones). {AGAIN}"


async def test_a_workspace_that_has_a_digest_and_no_installation_is_told(here: OAuthHarness) -> None:
    await install(here, "T1")
    told, *well = await many(here, *rooms("T2", "T1"))
    assert told == (False, f"T2: the app is not installed there; install it to go on. {AGAIN}")
    assert well == [KNOWN, WHOLE, JOINED]


async def test_an_organization_is_looked_at_once_and_its_workspaces_each(here: OAuthHarness) -> None:
    await install(here, "E1")
    for team in ("T3", "T4"):
        await here.stores.workspaces.save(Workspace("slack", team, organization="E1"))
    here.slack.channel("CT4", name="papers", team="T4", members=["U1"])
    assert await many(here, *rooms("T3", "T4")) == [
        (True, "Slack knows the bot as @broadsheet in Org E1."),
        (True, "The bot in Org E1 has every scope that it uses."),
        (True, "The bot is in 1 channel of Org E1 that should have a digest."),
        (False, f"The bot is not in #papers of Org E1, which has a digest. Type there: {INVITE}"),
    ]
    assert asked(here.slack, "auth.test") == 1


async def test_a_token_that_has_ended_is_renewed_and_not_told(here: OAuthHarness) -> None:
    here.slack.oauth.rotating = True
    await install(here, "T1")
    first = await here.installations.get_token("T1")
    here.clock.later = timedelta(hours=13)
    here.slack.later(13 * 3600)
    assert await many(here, *rooms("T1")) == [KNOWN, WHOLE, JOINED]
    assert await here.installations.get_token("T1") != first


async def test_a_token_that_can_not_be_renewed_is_told_and_the_others_are_looked_at(here: OAuthHarness) -> None:
    here.slack.oauth.rotating = True
    await install(here, "T1")
    here.slack.oauth.rotating = False
    await install(here, "T2")
    here.clock.later, here.slack.oauth.client_secret = timedelta(hours=11), "another"
    told, *well = await many(here, *rooms("T1", "T2"))
    assert told == (
        False,
        (
            "T1: Slack did not renew the token (bad_client_secret). Check the network, SLACK_CLIENT_ID and "
            "SLACK_CLIENT_SECRET."
        ),
    )
    assert all(each for each, _ in well)
    assert len(well) == 3


async def test_the_public_listener_answers_where_the_world_looks_for_it(here: OAuthHarness) -> None:
    assert await tokens.check_public_url(here.address) == (True, f"The public listener answers at {here.address}.")


async def test_a_public_listener_that_can_not_be_reached_is_told(unused: str) -> None:
    well, told = await tokens.check_public_url(unused)
    assert not well
    assert " can't be reached from here (ClientConnectorError). Check PUBLIC_URL, and that a proxy there" in told


async def test_something_else_behind_the_public_address_is_told() -> None:
    async with public_listener.serve(web.Application(), "127.0.0.1", 0) as address:
        assert await tokens.check_public_url(address) == (
            False,
            (
                f"{address}/livez answers with something else (404). Check PUBLIC_URL, and that a proxy there hands "
                "requests on to PORT."
            ),
        )
