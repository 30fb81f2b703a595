"""Slack on loopback installs an app as Slack does."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError

from tests.adapters.slack.plain_bolt_app import call_refused, create_client, serve_workspace
from tests.servers.slack import Slack

# slack_sdk still writes its header in the way that aiohttp is about to give up.
pytestmark = pytest.mark.filterwarnings("ignore:BasicAuth is deprecated:DeprecationWarning")


@pytest.fixture
async def server() -> AsyncIterator[Slack]:
    async with serve_workspace() as one:
        yield one


async def agreed(server: Slack, **more: str) -> dict[str, list[str]]:
    """Press "Allow"; return what comes back to the app."""
    query = {"client_id": "111.222", "scope": "commands,chat:write", "state": "s1", "redirect_uri": "http://x/back"}
    async with (
        aiohttp.ClientSession() as browser,
        browser.get(server.authorize_url, params=query | more, allow_redirects=False) as answer,
    ):
        return parse_qs(urlsplit(answer.headers["Location"]).query)


async def exchanged(server: Slack, **arguments: str) -> dict[str, Any]:
    answer = await create_client(server, "").oauth_v2_access(
        client_id="111.222", client_secret="oauth-secret", **arguments
    )
    assert isinstance(answer.data, dict)
    return answer.data


async def test_a_code_gives_one_token(server: Slack) -> None:
    server.team("T2", name="Lab")
    back = await agreed(server, team="T2")
    assert back["state"] == ["s1"]
    given = await exchanged(server, code=back["code"][0], redirect_uri="http://x/back")
    assert (given["team"], given["scope"]) == ({"id": "T2", "name": "Lab"}, "chat:write,commands")
    assert (await create_client(server, given["access_token"]).auth_test())["user_id"] == given["bot_user_id"]
    with pytest.raises(SlackApiError, match="invalid_code"):
        await exchanged(server, code=back["code"][0])


async def test_codes_expire_and_consent_can_be_refused(server: Slack) -> None:
    code = (await agreed(server))["code"][0]
    server.later(601)
    with pytest.raises(SlackApiError, match="invalid_code"):
        await exchanged(server, code=code)
    server.oauth.consents = ""
    assert await agreed(server) == {"error": ["access_denied"], "state": ["s1"]}


async def test_a_refresh_token_works_once_and_the_old_access_token_until_it_expires(server: Slack) -> None:
    server.oauth.rotating = True
    first = await exchanged(server, code=(await agreed(server))["code"][0])
    assert first["expires_in"] == 43_200
    renew = {"grant_type": "refresh_token", "refresh_token": first["refresh_token"]}
    second = await exchanged(server, **renew)
    with pytest.raises(SlackApiError, match="invalid_refresh_token"):
        await exchanged(server, **renew)
    await create_client(server, first["access_token"]).auth_test()
    server.later(43_201)
    assert await call_refused(create_client(server, first["access_token"]), "auth.test") == "token_expired"
    third = await exchanged(server, grant_type="refresh_token", refresh_token=second["refresh_token"])
    await create_client(server, third["access_token"]).auth_test()
