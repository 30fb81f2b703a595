"""Adding Broadsheet to a workspace: slack_bolt's OAuth flow with our stores and our pages."""

from __future__ import annotations

import logging
import re
from collections.abc import Collection
from typing import Any, Final
from urllib.parse import urljoin

from slack_bolt.oauth.async_callback_options import AsyncCallbackOptions, AsyncFailureArgs, AsyncSuccessArgs
from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow
from slack_bolt.oauth.async_oauth_settings import AsyncOAuthSettings
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack import pages
from adapters.slack.installations import Installations
from adapters.slack.states import LIFE, States

INSTALL: Final = "/slack/install"
REDIRECT: Final = "/slack/oauth_redirect"
COOKIE: Final = "__Host-broadsheet-install"
"""Holds the state; its first letters bind it to this host and to https
(https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Set-Cookie#cookie_prefixes)."""
_TEAM: Final = re.compile(r"[TE][A-Z0-9]{1,20}", re.ASCII)


class Flow(AsyncOAuthFlow):
    """The flow with our page in front; states are bound to the browser by slack_bolt's cookie."""

    async def build_install_page_html(self, url: str, request: AsyncBoltRequest) -> str:
        """Return the page with the button."""
        del request
        return pages.invitation(url)

    async def build_authorize_url(self, state: str, request: AsyncBoltRequest) -> str:
        """Return Slack's address, for the workspace that the link to us names."""
        # The generator of slack_sdk escapes nothing: whatever is no id could add parameters of its own.
        asked = request.query.get("team", [""])[0]
        team = asked if _TEAM.fullmatch(asked) else None
        return self.settings.authorize_url_generator.generate(state=state, team=team)

    async def append_set_cookie_headers(self, headers: dict[str, Any], set_cookie_value: str | None) -> dict[str, Any]:
        """Return the headers of the page."""
        whole: dict[str, Any] = await super().append_set_cookie_headers(headers | dict(pages.HEADERS), set_cookie_value)
        return whole


def flow(
    *,
    client: AsyncWebClient,
    client_id: str,
    client_secret: str,
    scopes: Collection[str],
    public_url: str,
    command: str,
    installations: Installations,
    states: States,
) -> Flow:
    """Return the flow for an app; nothing of it is read from the environment.

    *public_url* is this server's own address ("https://bot.example.org"), *client* one without a token.
    """
    return Flow(
        client=client,
        logger=logging.getLogger(__name__),
        settings=AsyncOAuthSettings(
            client_id=client_id,
            client_secret=client_secret,
            scopes=list(scopes),
            user_scopes=[],
            redirect_uri=f"{public_url.rstrip('/')}{REDIRECT}",
            install_path=INSTALL,
            redirect_uri_path=REDIRECT,
            callback_options=_Pages(command),
            authorization_url=urljoin(client.base_url, "../oauth/v2/authorize"),
            installation_store=installations,
            installation_store_bot_only=True,
            state_store=states,
            state_cookie_name=COOKIE,
            state_expiration_seconds=int(LIFE.total_seconds()),
        ),
    )


class _Pages(AsyncCallbackOptions):
    """What the installer sees in the end."""

    def __init__(self, command: str) -> None:
        super().__init__(self._done, self._failed)
        self._command = command

    async def _done(self, args: AsyncSuccessArgs) -> BoltResponse:
        over = args.settings.state_utils.build_set_cookie_for_deletion()
        body = pages.done(args.installation, self._command)
        return BoltResponse(status=200, headers={**pages.HEADERS, "Set-Cookie": [over]}, body=body)

    async def _failed(self, args: AsyncFailureArgs) -> BoltResponse:
        body = pages.failed(args.reason, INSTALL)
        return BoltResponse(status=args.suggested_status_code, headers=dict(pages.HEADERS), body=body)
