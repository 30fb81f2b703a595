"""Installing, as a browser does it: our page, Slack's page, our page again; and all that can go wrong on the way."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import cast

import pytest
from yarl import URL

from adapters.slack.auth.oauth import INSTALL_PATH, REDIRECT_PATH, STATE_COOKIE, SignedStateStore
from adapters.slack.manifest import BOT_SCOPES
from adapters.slack.settings import SECRET_PATTERNS
from bot import logs
from bot.ports.workspaces import Workspace
from bot.redaction import SecretRegistry
from tests.adapters.slack.oauth_harness import PUBLIC_URL, OAuthHarness, create_tokenless_client, open_oauth_harness
from tests.servers.slack import Slack, slack
from tests.stores import broken

# slack_sdk still writes its header in the way that aiohttp is about to give up.
pytestmark = pytest.mark.filterwarnings("ignore:BasicAuth is deprecated:DeprecationWarning")


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
def log(tmp_path: Path) -> Iterator[Path]:
    """Write everything that anybody logs into the file that an operator would read."""
    root = logging.getLogger()
    level, handlers = root.level, root.handlers[:]
    logs.configure("DEBUG", tmp_path, secret_patterns=SECRET_PATTERNS)
    yield tmp_path / logs.LOG_FILE
    for handler in root.handlers:
        if handler not in handlers:
            handler.close()
    root.setLevel(level)
    root.handlers[:] = handlers


async def test_the_whole_way(here: OAuthHarness) -> None:
    first = await here.get(INSTALL_PATH)
    assert first.status == 200
    assert "Add to Slack" in first.text
    target = URL(first.button)
    assert str(target.with_query(None)) == here.slack.authorize_url
    assert target.query["scope"] == ",".join(BOT_SCOPES)
    assert target.query["redirect_uri"] == f"{PUBLIC_URL}{REDIRECT_PATH}"
    last = await here.get(await here.agree(first.button))
    assert last.status == 200
    assert "Broadsheet is in Acme" in last.text
    assert "/invite @Broadsheet" in last.text
    assert "/papers digest on" in last.text
    assert last.button == "https://slack.com/app_redirect?app=A1BROADSHEET&team=T1"
    (token,) = here.slack.bots
    assert await here.installations.get_token("T1") == token
    known = await here.stores.workspaces.get("slack", "T1")
    assert known == Workspace("slack", "T1", "Acme", managers=("U1",))


async def test_no_token_can_be_read_in_the_files(log: Path, here: OAuthHarness) -> None:
    here.slack.oauth.rotating = True
    await here.install()
    here.clock.later = timedelta(hours=11)
    await here.installations.get_token("T1")
    secrets = [one for bot in here.slack.bots.values() for one in (bot.token, bot.refresh) if one]
    secrets.append(here.slack.oauth.client_secret)
    assert len(secrets) == 4
    written = {path.name: path.read_bytes() for path in here.folder.iterdir() if path.is_file()}
    assert b"slack/T1" in written["broadsheet.db"] + written["broadsheet.db-wal"]
    assert b"oauth.v2.access" in written[log.name]
    assert [(name, one) for name, text in written.items() for one in secrets if one.encode() in text] == []


async def test_the_state_is_bound_to_the_browser_by_a_cookie_that_scripts_and_other_sites_can_not_use(
    here: OAuthHarness,
) -> None:
    first = await here.get(INSTALL_PATH)
    cookie = first.cookies[STATE_COOKIE]
    assert cookie.value == URL(first.button).query["state"]
    assert (cookie["secure"], cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, True, "Lax", "/")
    assert cookie["max-age"] == "600"
    last = await here.get(await here.agree(first.button))
    assert last.cookies[STATE_COOKIE].value == "deleted"


async def test_the_pages_are_safe_to_show(here: OAuthHarness) -> None:
    pages = (await here.get(INSTALL_PATH), await here.install(), await here.get(f"{REDIRECT_PATH}?error=access_denied"))
    for seen in pages:
        assert seen.headers["Content-Type"] == "text/html; charset=utf-8"
        assert "default-src 'none'; style-src 'sha256-" in seen.headers["Content-Security-Policy"]
        assert "frame-ancestors 'none'" in seen.headers["Content-Security-Policy"]
        assert seen.headers["Referrer-Policy"] == "no-referrer"
        assert seen.headers["Cache-Control"] == "no-store"
        assert seen.headers["X-Content-Type-Options"] == "nosniff"


async def test_a_state_works_once(here: OAuthHarness) -> None:
    back = await here.agree((await here.get(INSTALL_PATH)).button)
    held = here.cookie
    assert (await here.get(back)).status == 200
    here.cookie = held
    again = await here.get(back)
    assert again.status == 401
    assert "used already" in again.text
    assert again.button == INSTALL_PATH


async def test_a_state_ends_after_ten_minutes(here: OAuthHarness) -> None:
    back = await here.agree((await here.get(INSTALL_PATH)).button)
    here.clock.later = timedelta(minutes=10)
    assert (await here.get(back)).status == 401
    assert await here.names() == []


async def test_whoever_asks_for_the_page_and_never_comes_back_writes_nothing(here: OAuthHarness) -> None:
    database = sqlite3.connect(here.folder / "broadsheet.db")
    with closing(database):
        before = list(database.iterdump())
        states = {(await here.get(INSTALL_PATH)).cookies[STATE_COOKIE].value for _ in range(300)}
        assert list(database.iterdump()) == before
    assert len(states) == 300


async def test_a_state_of_an_app_with_another_secret_is_refused(here: OAuthHarness) -> None:
    back = URL(await here.agree((await here.get(INSTALL_PATH)).button))
    state = await SignedStateStore("another", here.stores.processed_events, here.clock).async_issue()
    here.cookie = f"{STATE_COOKIE}={state}"
    assert (await here.get(str(back.update_query(state=state)))).status == 401
    assert await here.names() == []


async def test_the_page_is_shown_while_nothing_can_be_written(here: OAuthHarness) -> None:
    with broken(here.folder, "INSERT ON events"):
        first = await here.get(INSTALL_PATH)
        back = await here.agree(first.button)
        seen = await here.get(back)
    assert first.status == 200
    assert seen.status == 503
    assert "Not just now" in seen.text
    assert "Reference" in seen.text
    assert await here.names() == []


async def test_an_installation_of_another_browser_is_refused(here: OAuthHarness) -> None:
    back = await here.agree((await here.get(INSTALL_PATH)).button)
    for cookie in ("", f"{STATE_COOKIE}=another", "theme=dark"):
        here.cookie = cookie
        seen = await here.get(back)
        assert seen.status == 400
        assert "not started in this browser" in seen.text
    assert await here.names() == []


@pytest.mark.parametrize("state", ["forged", "%00", "%ff%fe", "a" * 5000])
async def test_a_state_that_we_never_gave_is_refused_even_with_its_cookie(here: OAuthHarness, state: str) -> None:
    code = URL(await here.agree((await here.get(INSTALL_PATH)).button)).query["code"]
    here.cookie = f"{STATE_COOKIE}={state}"
    seen = await here.get(f"{REDIRECT_PATH}?code={code}&state={state}")
    assert seen.status in {400, 401}
    assert await here.names() == []


@pytest.mark.parametrize("query", ["", "?code=1", "?state=1", "?error=<script>", "?error=x&error=y"])
async def test_an_address_that_says_nothing_gets_a_page(here: OAuthHarness, query: str) -> None:
    seen = await here.get(f"{REDIRECT_PATH}{query}")
    assert seen.status in {200, 400}
    assert "Not installed" in seen.text
    assert "<script" not in seen.page


async def test_whoever_cancels_is_told_so(here: OAuthHarness) -> None:
    here.slack.oauth.consents = ""
    seen = await here.install()
    assert seen.status == 200
    assert "cancelled in Slack" in seen.text
    assert "Nothing was changed" in seen.text
    assert await here.names() == []


@pytest.mark.parametrize("what", ["INSERT ON secrets", "INSERT ON workspaces"])
async def test_what_can_not_be_written_down_is_not_kept_by_halves(here: OAuthHarness, what: str) -> None:
    back = await here.agree((await here.get(INSTALL_PATH)).button)
    with broken(here.folder, what):
        seen = await here.get(back)
    assert seen.status == 500
    assert "could not be written down" in seen.text
    assert await here.names() == []
    assert await here.stores.workspaces.get("slack", "T1") is None
    assert (await here.install()).status == 200
    assert await here.names() == ["slack/T1"]


async def test_an_installation_that_is_there_stays_when_a_newer_one_can_not_be_announced(here: OAuthHarness) -> None:
    await here.install()
    here.slack.team("T1", "Renamed")
    with broken(here.folder, "UPDATE ON workspaces"):
        assert (await here.install()).status == 500
    assert await here.installations.get_token("T1")


@pytest.mark.parametrize("method", ["oauth.v2.access", "auth.test"])
async def test_slack_does_not_answer(here: OAuthHarness, method: str) -> None:
    back = await here.agree((await here.get(INSTALL_PATH)).button)
    here.slack.fail(method, drop="before")
    seen = await here.get(back)
    assert seen.status == 503
    assert "Try again" in seen.text
    assert await here.names() == []


async def test_slack_does_not_take_the_code(here: OAuthHarness, caplog: pytest.LogCaptureFixture) -> None:
    back = await here.agree((await here.get(INSTALL_PATH)).button)
    here.slack.oauth.client_secret = "another"
    seen = await here.get(back)
    assert seen.status == 401
    assert "The log of this server says why" in seen.text
    assert "bad_client_secret" in caplog.text
    assert await here.names() == []


async def test_installing_again_keeps_what_people_set(here: OAuthHarness) -> None:
    await here.install()
    known = await here.stores.workspaces.get("slack", "T1")
    assert known
    await here.stores.workspaces.save(replace(known, policy="admins", timezone="Asia/Tokyo", limits={"follows": 3}))
    here.slack.oauth.installer = "U2"
    await here.install()
    newer = await here.stores.workspaces.get("slack", "T1")
    assert newer == replace(known, policy="admins", timezone="Asia/Tokyo", limits={"follows": 3}, managers=("U1", "U2"))


async def test_an_organization_is_told_to_choose_its_workspaces(here: OAuthHarness) -> None:
    here.slack.team("T2", name="Lab", enterprise="E1")
    here.slack.oauth.consents = "E1"
    seen = await here.install()
    assert "Broadsheet is in Org E1" in seen.text
    address = "https://e1.slack.com/manage/organization/apps/profile/A1BROADSHEET/workspaces/add"
    assert f'<a href="{address}">Add it to workspaces</a>' in seen.page
    assert "app_redirect" not in seen.page
    assert await here.names() == ["slack/E1"]
    organization = Workspace("slack", "E1", "Org E1", managers=("U1",), organization="E1")
    assert await here.stores.workspaces.get("slack", "E1") == organization


async def test_names_of_workspaces_are_text(here: OAuthHarness) -> None:
    here.slack.team("T1", name='<script>alert("&")</script>')
    seen = await here.install()
    assert "<script" not in seen.page
    assert 'Broadsheet is in <script>alert("&")</script>' in seen.text


async def test_a_link_may_name_the_workspace_and_nothing_else(here: OAuthHarness) -> None:
    assert URL((await here.get(f"{INSTALL_PATH}?team=T7")).button).query["team"] == "T7"
    plain = (await here.get(INSTALL_PATH)).button
    for team in ("T1%26scope=admin", "T1&team=T2%26x=1", "", "%0d%0aX:y", "U1"):
        asked = URL((await here.get(f"{INSTALL_PATH}?team={team}")).button)
        assert asked.query.getall("scope") == [",".join(BOT_SCOPES)]
        assert set(asked.query) - {"team"} == set(URL(plain).query)
        assert asked.query.get("team", "T1") == "T1"


async def test_looking_at_headers_starts_nothing(here: OAuthHarness) -> None:
    for path in (INSTALL_PATH, REDIRECT_PATH):
        async with here.browser.head(here.address + path) as answer:
            assert answer.status == 405
            assert STATE_COOKIE not in answer.cookies


async def test_the_environment_changes_nothing(server: Slack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("CLIENT_ID", "CLIENT_SECRET", "SCOPES", "USER_SCOPES", "REDIRECT_URI", "INSTALL_PATH", "BOT_TOKEN"):
        monkeypatch.setenv(f"SLACK_{name}", "hostile")
    async with open_oauth_harness(server, tmp_path) as one:
        first = await one.get(INSTALL_PATH)
        assert "hostile" not in first.page
        assert (await one.get(await one.agree(first.button))).status == 200


async def test_the_token_that_was_kept_works(here: OAuthHarness) -> None:
    await here.install()
    client = create_tokenless_client(here.slack)
    client.token = await here.installations.get_token("T1")
    assert (await client.auth_test())["team_id"] == "T1"


async def test_nobody_reads_a_code_in_the_log(here: OAuthHarness) -> None:
    back = await here.agree((await here.get(INSTALL_PATH)).button)
    code = URL(back).query["code"]
    registry = cast("SecretRegistry", here.app.secret_registrar)
    assert code in registry.redact(f"oauth.v2.access code={code}")
    await here.get(back)
    assert registry.redact(f"oauth.v2.access code={code}") == "oauth.v2.access code=[secret]"
