"""Whose token is it, is it fresh, and when is it gone: real vault, real stores, Slack on loopback."""

from __future__ import annotations

import asyncio
import logging
import re
import sqlite3
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, closing
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Literal

import pytest

from adapters.common.button_payload import ButtonPayload
from adapters.slack.auth import token_rotation
from adapters.slack.rendering.action_value import MAX_BUTTON_VALUE, encode_payload
from bot.domain.channels import Channel, ChannelKind
from bot.domain.preferences import Preferences
from bot.domain.schedules import Schedule
from bot.errors import Gone, StoreError, TryLater
from bot.ports.workspaces import Workspace
from storage.database import Database, open_database
from storage.system.vault import VaultStore, load_keys
from tests.adapters.slack.oauth_harness import OAuthHarness, open_oauth_harness, open_second_process
from tests.servers.slack import Acked, Slack, slack
from tests.stores import broken, url

# slack_sdk still writes its header in the way that aiohttp is about to give up.
pytestmark = pytest.mark.filterwarnings("ignore:BasicAuth is deprecated:DeprecationWarning")

DAILY = Preferences(on=True, schedule=Schedule(time(9), "Europe/Berlin"))


@pytest.fixture
async def server() -> AsyncIterator[Slack]:
    async with slack() as one:
        one.team("T1", name="Acme")
        yield one


@pytest.fixture
async def here(server: Slack, tmp_path: Path) -> AsyncIterator[OAuthHarness]:
    async with open_oauth_harness(server, tmp_path) as one:
        yield one


@pytest.fixture
async def aging(here: OAuthHarness) -> OAuthHarness:
    """An installation whose token ends soon."""
    here.slack.oauth.rotating = True
    await here.install()
    vault = here.installations.vault
    ends = here.clock() + timedelta(hours=1)
    kept = {**(await vault.get("slack/T1") or {}), "bot_token_expires_at": ends.isoformat()}
    await vault.put("slack/T1", kept, here.clock())
    here.slack.calls.clear()
    return here


def refreshes(server: Slack) -> int:
    return sum(call.method == "oauth.v2.access" for call in server.calls)


async def silent(here: OAuthHarness, team: str) -> str:
    """Return why a channel of a workspace is silent, once everything that was told is done."""
    await here.app.drain()
    (standing,) = await here.stores.channels.list_for_workspace("slack", team)
    return str(standing.retired_reason or "")


async def install(here: OAuthHarness, *teams: str) -> None:
    for team in teams:
        await here.stores.channels.save_preferences(Channel("slack", team, f"C{team}"), DAILY, here.clock())


async def test_a_token_that_never_ends_is_never_renewed(here: OAuthHarness) -> None:
    await here.install()
    here.slack.calls.clear()
    here.clock.later = timedelta(days=1000)
    assert await here.installations.get_token("T1") == next(iter(here.slack.bots))
    assert here.slack.calls == []


async def test_where_it_is_not_installed_it_has_gone(here: OAuthHarness) -> None:
    with pytest.raises(Gone) as caught:
        await here.installations.get_token("T9")
    assert caught.value.installation
    assert await here.installations.authorize("T9", "") is None


async def test_a_token_is_renewed_two_hours_before_its_end(here: OAuthHarness) -> None:
    here.slack.oauth.rotating = True
    await here.install()
    first = await here.installations.get_token("T1")
    here.clock.later = timedelta(hours=9, minutes=59)
    assert await here.installations.get_token("T1") == first
    here.clock.later = timedelta(hours=10, minutes=1)
    second = await here.installations.get_token("T1")
    assert second != first
    here.slack.later(12 * 3600 - 60)
    assert here.slack.bots[second].dead == ""


async def test_of_many_who_ask_at_once_one_asks_slack(aging: OAuthHarness) -> None:
    tokens = await asyncio.gather(*(aging.installations.get_token("T1") for _ in range(20)))
    assert len(set(tokens)) == 1
    assert refreshes(aging.slack) == 1
    assert await aging.installations.get_token("T1") == tokens[0]
    assert refreshes(aging.slack) == 1


async def test_of_several_processes_one_asks_slack(aging: OAuthHarness) -> None:
    held = asyncio.Event()
    aging.slack.fail("oauth.v2.access", until=held)
    async with AsyncExitStack() as stack:
        others = [
            await stack.enter_async_context(open_second_process(aging.slack, aging.folder, aging.stores, aging.clock))
            for _ in range(3)
        ]
        asked = [asyncio.create_task(each.get_token("T1")) for each in (aging.installations, *others) for _ in range(5)]
        await aging.slack.wait(lambda: refreshes(aging.slack))
        held.set()
        assert len(set(await asyncio.gather(*asked))) == 1
    assert refreshes(aging.slack) == 1


async def test_whoever_gets_the_lease_just_after_another_renewed_asks_nothing(aging: OAuthHarness) -> None:
    class Late(VaultStore):
        """A vault in which another process does everything between our looking and our lease."""

        async def acquire_lease(self, name: str, now: datetime, until: datetime) -> bool:
            await aging.installations.get_token("T1")
            return await super().acquire_lease(name, now, until)

    async with _database(aging) as database:
        vault = Late(database, load_keys((), aging.folder))
        stale = (await vault.get("slack/T1") or {})["bot_token"]
        fresh = await token_rotation.TokenRotation(vault, aging.clock, None).rotate_token("slack/T1", stale)
    assert fresh.bot_token == await aging.installations.get_token("T1") != stale
    assert refreshes(aging.slack) == 1


async def test_whoever_slept_longer_than_the_lease_takes_what_another_got(aging: OAuthHarness) -> None:
    held = asyncio.Event()
    aging.slack.fail("oauth.v2.access", until=held)
    async with open_second_process(aging.slack, aging.folder, aging.stores, aging.clock) as slow:
        asked = asyncio.create_task(slow.get_token("T1"))
        await aging.slack.wait(lambda: refreshes(aging.slack))
        aging.clock.later += timedelta(seconds=61)
        fresh = await aging.installations.get_token("T1")
        held.set()
        assert await asked == fresh


async def test_a_lease_that_nobody_gives_back_ends_by_itself(
    aging: OAuthHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(token_rotation, "_LEASE_CHECKS", 2)
    now = aging.clock()
    assert await aging.installations.vault.acquire_lease("slack/T1", now, now + timedelta(seconds=60))
    with pytest.raises(TryLater):
        await aging.installations.get_token("T1")
    aging.clock.later += timedelta(seconds=61)
    await aging.installations.get_token("T1")
    assert refreshes(aging.slack) == 1


async def test_whoever_stops_waiting_does_not_stop_the_renewal(aging: OAuthHarness) -> None:
    held = asyncio.Event()
    aging.slack.fail("oauth.v2.access", until=held)
    asked = asyncio.create_task(aging.installations.get_token("T1"))
    await aging.slack.wait(lambda: refreshes(aging.slack))
    asked.cancel()
    held.set()
    await aging.installations.close()
    async with open_second_process(aging.slack, aging.folder, aging.stores, aging.clock) as other:
        assert aging.slack.bots[await other.get_token("T1")].refresh
    assert refreshes(aging.slack) == 1


async def test_a_refused_token_is_renewed_and_otherwise_gone(here: OAuthHarness) -> None:
    here.slack.oauth.rotating = True
    await here.install()
    first = await here.installations.get_token("T1")
    second = await here.installations.get_token("T1", rejected_token=first)
    assert second != first
    assert await here.installations.get_token("T1", rejected_token=first) == second
    assert refreshes(here.slack) == 2  # the installation's and one more
    here.slack.oauth.rotating = False
    here.slack.team("T2", name="Lab")
    here.slack.oauth.consents = "T2"
    await here.install()
    with pytest.raises(Gone) as caught:
        await here.installations.get_token("T2", rejected_token=await here.installations.get_token("T2"))
    assert caught.value.installation


@pytest.mark.parametrize("error", ["invalid_refresh_token", "token_revoked", "invalid_grant", "account_inactive"])
async def test_a_refresh_that_slack_refuses_ends_the_installation(aging: OAuthHarness, error: str) -> None:
    aging.slack.fail("oauth.v2.access", error=error)
    with pytest.raises(Gone, match="install the app again") as caught:
        await aging.installations.get_token("T1")
    assert caught.value.installation
    assert await aging.installations.get_token("T1")  # the lease was given back


@pytest.mark.parametrize(
    ("fault", "after"),
    [
        ({"drop": "before"}, 10),
        ({"status": 500}, 10),
        ({"status": 502, "body": "<html>"}, 10),
        ({"error": "internal_error"}, 10),
        ({"status": 429, "retry_after": 77}, 77),
        ({"error": "bad_client_secret"}, 300),
        ({"error": "something_new"}, 300),
    ],
)
async def test_what_may_pass_is_tried_later(aging: OAuthHarness, fault: dict[str, object], after: float) -> None:
    aging.slack.fail("oauth.v2.access", **fault)
    with pytest.raises(TryLater) as caught:
        await aging.installations.get_token("T1")
    assert caught.value.retry_after == after
    assert await aging.installations.get_token("T1")


async def test_slack_is_out_of_reach(aging: OAuthHarness, tmp_path: Path) -> None:
    aging.slack.root = "http://127.0.0.1:1"
    async with open_second_process(aging.slack, tmp_path, aging.stores, aging.clock) as kept:
        with pytest.raises(TryLater):
            await kept.get_token("T1")


async def test_without_the_clients_secret_nothing_is_renewed(aging: OAuthHarness, tmp_path: Path) -> None:
    async with open_second_process(aging.slack, tmp_path, aging.stores, aging.clock, rotating=False) as kept:
        with pytest.raises(Gone, match="SLACK_CLIENT_SECRET"):
            await kept.get_token("T1")


async def test_new_tokens_are_written_down_although_the_database_is_busy(
    aging: OAuthHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = asyncio.Event()
    aging.slack.fail("oauth.v2.access", until=held)
    monkeypatch.setattr(token_rotation, "_SAVE_RETRY_SECONDS", (0.05,) * 200)
    asked = asyncio.create_task(aging.installations.get_token("T1"))
    await aging.slack.wait(lambda: refreshes(aging.slack))
    with broken(aging.folder, "UPDATE OF sealed ON secrets"):
        held.set()
        await aging.slack.wait(lambda: len(aging.slack.bots) == 2)
    assert await asked in aging.slack.bots
    assert refreshes(aging.slack) == 1


async def test_new_tokens_that_can_not_be_written_down_are_an_error(
    aging: OAuthHarness, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(token_rotation, "_SAVE_RETRY_SECONDS", (0.01,))
    with broken(aging.folder, "UPDATE OF sealed ON secrets"), pytest.raises(StoreError):
        await aging.installations.get_token("T1")
    assert "must be installed again" in caplog.text
    with pytest.raises(Gone):
        await aging.installations.get_token("T1")


async def test_telling_who_the_bot_is_never_asks_slack(aging: OAuthHarness) -> None:
    said = await aging.installations.authorize("T1", "")
    assert said
    assert (said.team_id, said.bot_user_id, said.bot_id) == ("T1", "UBOTT1", "BT1")
    assert aging.slack.calls == []


class TestOrganizations:
    @pytest.fixture
    async def org(self, here: OAuthHarness) -> OAuthHarness:
        """An organization with the app in two of its three workspaces, and a stranger's workspace."""
        for team, enterprise in (("T1", "E1"), ("T2", "E1"), ("T3", "E1"), ("T9", "")):
            here.slack.team(team, name=team, enterprise=enterprise)
        for target in ("T9", "E1"):
            here.slack.oauth.consents = target
            await here.install()
        for team in ("T1", "T2"):
            await here.installations.authorize(team, "E1")
        await install(here, "T1", "T2", "T9")
        return here

    async def test_one_token_serves_the_workspaces_that_were_met(self, org: OAuthHarness) -> None:
        tokens = {await org.installations.get_token(team) for team in ("T1", "T2")}
        assert tokens == {token for token, bot in org.slack.bots.items() if bot.org}
        with pytest.raises(Gone):
            await org.installations.get_token("T3")
        known = await org.stores.workspaces.get("slack", "T2")
        assert known == Workspace("slack", "T2", managers=("U1",), organization="E1")

    async def test_an_installation_of_its_own_goes_before(self, org: OAuthHarness) -> None:
        org.slack.oauth.consents = "T1"
        await org.install()
        own = await org.installations.get_token("T1")
        assert org.slack.bots[own].team == "T1"
        said = await org.installations.authorize("T1", "E1")
        assert said
        assert said.bot_token == own

    async def test_a_workspace_that_had_left_is_met_again(self, org: OAuthHarness) -> None:
        alone = Workspace("slack", "T3", "Lab", policy="admins", left_at=org.clock())
        await org.stores.workspaces.save(alone)
        await org.installations.authorize("T3", "E1")
        known = await org.stores.workspaces.get("slack", "T3")
        assert known == replace(alone, left_at=None, organization="E1", managers=("U1",))
        assert await org.installations.get_token("T3")

    @pytest.mark.parametrize("first", ["app_uninstalled", "tokens_revoked"])
    async def test_its_end_is_the_end_in_all_of_them(
        self, org: OAuthHarness, first: Literal["app_uninstalled", "tokens_revoked"]
    ) -> None:
        acked = await org.slack.uninstall("E1", first)
        assert [one.status for one in acked] == [200, 200]
        either = {
            "Broadsheet has no access to this workspace (it was uninstalled)",
            "Broadsheet has no access to this workspace (its token was revoked)",
        }  # both are told at once
        assert {await silent(org, team) for team in ("T1", "T2")} <= either
        assert await silent(org, "T9") == ""
        assert await org.names() == ["slack/T9"]
        org.slack.oauth.consents = "E1"
        await org.install()
        assert [await silent(org, team) for team in ("T1", "T2", "T9")] == ["", "", ""]

    async def test_a_workspace_with_its_own_installation_stays(self, org: OAuthHarness) -> None:
        org.slack.oauth.consents = "T1"
        await org.install()
        await org.slack.uninstall("E1")
        assert [await silent(org, team) for team in ("T1", "T9")] == ["", ""]
        assert await silent(org, "T2") != ""
        assert org.slack.bots[await org.installations.get_token("T1")].team == "T1"

    async def test_the_end_of_its_own_leaves_the_organizations(self, org: OAuthHarness) -> None:
        org.slack.oauth.consents = "T1"
        await org.install()
        await org.slack.uninstall("T1")
        assert await silent(org, "T1") == ""
        assert org.slack.bots[await org.installations.get_token("T1")].org

    async def test_workspaces_that_it_takes_away_fall_silent(self, org: OAuthHarness) -> None:
        acked = await org.slack.event({"type": "team_access_revoked", "team_ids": ["T2", "T7"]}, team="T1")
        assert acked.status == 200
        assert await silent(org, "T2") == ("Broadsheet has no access to this workspace (its organization took it away)")
        assert await silent(org, "T1") == ""
        await org.installations.authorize("T2", "E1")
        assert await silent(org, "T2") == ""

    async def test_workspaces_that_it_gives_are_served_at_once(self, org: OAuthHarness) -> None:
        given = {"type": "team_access_granted", "team_ids": ["T3", "T2"]}
        await org.slack.event({"type": "team_access_revoked", "team_ids": ["T2"]}, team="T1")
        assert await silent(org, "T2") != ""
        for _ in range(2):
            assert (await org.slack.event(given, team="T3")).status == 200
            await org.app.drain()
        assert await silent(org, "T2") == ""
        known = await org.stores.workspaces.get("slack", "T3")
        assert known == Workspace("slack", "T3", managers=("U1",), organization="E1")
        assert await org.installations.get_token("T3") == await org.installations.get_token("T1")

    async def test_what_an_organization_is_given_may_name_no_workspace(self, org: OAuthHarness) -> None:
        """Slack's example names the organization alone."""
        inner = {"type": "team_access_granted", "team_ids": ["T3"]}
        acked = await org.slack.event(inner, team="T1")
        payload = {**acked.parcel.payload, "event_id": "Ev9", "team_id": None, "context_team_id": None}
        assert (await org.slack.again(replace(acked, parcel=replace(acked.parcel, payload=payload)))).status == 200
        await org.app.drain()
        assert await org.installations.get_token("T3")
        assert await org.stores.workspaces.get("slack", "E1")

    async def test_whoever_installed_it_can_be_forgotten(self, org: OAuthHarness) -> None:
        await org.stores.privacy.erase_data(Channel("slack", "T2", "U1", ChannelKind.DIRECT), org.clock())
        for team in ("E1", "T1", "T2"):
            known = await org.stores.workspaces.get("slack", team)
            assert known
            assert known.managers == ()
        await org.installations.authorize("T3", "E1")
        stranger = await org.stores.workspaces.get("slack", "T9")
        assert stranger
        assert stranger.managers == ("U1",), "in another organization the same id is another person"
        await org.stores.privacy.erase_data(Channel("slack", "T9", "U1", ChannelKind.DIRECT), org.clock())
        await named_nowhere(org, "U1")


async def named_nowhere(here: OAuthHarness, person: str) -> None:
    """Hold that neither the database nor a secret in it names a person."""
    with closing(sqlite3.connect(here.folder / "broadsheet.db")) as connection:
        dump = "\n".join(connection.iterdump())
    vault = here.installations.vault
    secrets = [str(await vault.get(name)) for name in await vault.list_names("")]
    assert secrets
    assert not [line for line in (*dump.splitlines(), *secrets) if re.search(rf"\b{person}\b", line)]


async def test_whoever_installed_it_and_used_it_can_be_forgotten(aging: OAuthHarness) -> None:
    me = Channel("slack", "T1", "U1", ChannelKind.DIRECT)
    assert (await aging.stores.privacy.export_data(me))["manager"]
    long = ButtonPayload("follow", {"topic": "x" * 3000}, channel="U1")
    await aging.stores.button_payloads.save_payloads(encode_payload(long, MAX_BUTTON_VALUE)[1], aging.clock())
    await aging.stores.channels.save_preferences(me, DAILY, aging.clock())
    await aging.stores.mutes_and_saves.save(me, "2602.12160", aging.clock())
    with pytest.raises(AssertionError):
        await named_nowhere(aging, "U1")
    await aging.installations.get_token("T1")
    await aging.stores.privacy.erase_data(me, aging.clock())
    await named_nowhere(aging, "U1")


async def test_a_renewal_keeps_nothing_of_what_was_uninstalled_meanwhile(aging: OAuthHarness) -> None:
    held = asyncio.Event()
    aging.slack.fail("oauth.v2.access", until=held)
    asked = asyncio.create_task(aging.installations.get_token("T1"))
    await aging.slack.wait(lambda: refreshes(aging.slack))
    await aging.installations.delete_tokens("T1", "", datetime.now(UTC) + timedelta(minutes=1))
    held.set()
    await asked
    assert await aging.names() == []


async def test_what_comes_after_the_end_is_no_error(here: OAuthHarness, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    acked = await here.slack.event({"type": "channel_rename", "channel": {"id": "C1", "name": "x"}})
    assert acked.status == 200
    ours = [record for record in caplog.records if record.name.startswith(("adapters", "bot", "slack_bolt"))]
    assert [(record.levelno, record.getMessage()) for record in ours] == [
        (logging.DEBUG, "Something came from T1, where the app is not installed")
    ]


@pytest.mark.parametrize("first", ["app_uninstalled", "tokens_revoked"])
async def test_an_uninstall_deletes_the_token_and_silences_the_workspace(
    here: OAuthHarness, first: Literal["app_uninstalled", "tokens_revoked"]
) -> None:
    here.slack.team("T2", name="Lab")
    for target in ("T1", "T2"):
        here.slack.oauth.consents = target
        await here.install()
    await install(here, "T1", "T2")
    acked = await here.slack.uninstall("T1", first)
    assert [one.status for one in acked] == [200, 200]
    assert await here.names() == ["slack/T2"]
    assert "no access to this workspace" in await silent(here, "T1")
    assert await silent(here, "T2") == ""
    with pytest.raises(Gone):
        await here.installations.get_token("T1")


async def test_people_who_revoke_their_own_tokens_end_nothing(here: OAuthHarness) -> None:
    await here.install()
    await here.slack.event({"type": "tokens_revoked", "tokens": {"oauth": ["U7"], "bot": []}})
    assert await here.names() == ["slack/T1"]


async def test_news_of_an_older_end_do_not_end_what_was_installed_since(here: OAuthHarness) -> None:
    await here.install()
    news = [_older(one) for one in await here.slack.uninstall("T1")]
    assert await here.names() == []
    await here.install()
    assert [(await here.slack.again(one)).status for one in news] == [200, 200]
    assert await here.names() == ["slack/T1"]
    assert await here.installations.delete_tokens("T1", "", datetime.now(UTC)) == ["T1"]
    assert await here.names() == []


def _older(acked: Acked) -> Acked:
    """Return the same news of a minute earlier."""
    payload = acked.parcel.payload
    return replace(acked, parcel=replace(acked.parcel, payload={**payload, "event_time": payload["event_time"] - 60}))


@asynccontextmanager
async def _database(here: OAuthHarness) -> AsyncIterator[Database]:
    """Open the database once more, as another process would."""
    database = open_database(url(here.folder))
    try:
        yield database
    finally:
        await database.close()
