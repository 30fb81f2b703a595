"""OAuth v2 installation flow: “Add to Slack”, the redirect URI and the one-time state."""

from __future__ import annotations

import hashlib
import logging
import re
import secrets
from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import urljoin

from slack_bolt.oauth.async_callback_options import AsyncCallbackOptions, AsyncFailureArgs, AsyncSuccessArgs
from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow
from slack_bolt.oauth.async_oauth_settings import AsyncOAuthSettings
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.oauth.state_store.async_state_store import AsyncOAuthStateStore
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.auth import oauth_pages
from adapters.slack.auth.installations import VaultInstallationStore
from bot.ports.secrets import Vault

INSTALL_PATH: Final = "/slack/install"
REDIRECT_PATH: Final = "/slack/oauth_redirect"
STATE_COOKIE: Final = "__Host-broadsheet-install"
"""Holds the state; its first letters bind it to this host and to https
(https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Set-Cookie#cookie_prefixes)."""
_TEAM_ID_PATTERN: Final = re.compile(r"[TE][A-Z0-9]{1,20}", re.ASCII)

STATE_PREFIX: Final = "slack-state/"
STATE_LIFETIME: Final = timedelta(minutes=10)


class OAuthFlow(AsyncOAuthFlow):
    """The flow with our page in front; states are bound to the browser by slack_bolt's cookie."""

    async def build_install_page_html(self, url: str, request: AsyncBoltRequest) -> str:
        """Return the page with the button."""
        del request
        return oauth_pages.render_install_page(url)

    async def build_authorize_url(self, state: str, request: AsyncBoltRequest) -> str:
        """Return Slack's address, for the workspace that the link to us names."""
        # The generator of slack_sdk escapes nothing: whatever is no id could add parameters of its own.
        requested_team = request.query.get("team", [""])[0]
        team = requested_team if _TEAM_ID_PATTERN.fullmatch(requested_team) else None
        return self.settings.authorize_url_generator.generate(state=state, team=team)

    async def append_set_cookie_headers(self, headers: dict[str, Any], set_cookie_value: str | None) -> dict[str, Any]:
        """Return the headers of the page."""
        all_headers: dict[str, Any] = await super().append_set_cookie_headers(
            headers | oauth_pages.build_headers(), set_cookie_value
        )
        return all_headers


def create_oauth_flow(
    *,
    client: AsyncWebClient,
    client_id: str,
    client_secret: str,
    scopes: Collection[str],
    public_url: str,
    command: str,
    installation_store: VaultInstallationStore,
    state_store: VaultStateStore,
) -> OAuthFlow:
    """Return the flow for an app; nothing of it is read from the environment.

    *public_url* is this server's own address ("https://bot.example.org"), *client* one without a token.
    """
    return OAuthFlow(
        client=client,
        logger=logging.getLogger(__name__),
        settings=AsyncOAuthSettings(
            client_id=client_id,
            client_secret=client_secret,
            scopes=list(scopes),
            user_scopes=[],
            redirect_uri=f"{public_url.rstrip('/')}{REDIRECT_PATH}",
            install_path=INSTALL_PATH,
            redirect_uri_path=REDIRECT_PATH,
            callback_options=_CallbackPages(command),
            authorization_url=urljoin(client.base_url, "../oauth/v2/authorize"),
            installation_store=installation_store,
            installation_store_bot_only=True,
            state_store=state_store,
            state_cookie_name=STATE_COOKIE,
            state_expiration_seconds=int(STATE_LIFETIME.total_seconds()),
        ),
    )


class _CallbackPages(AsyncCallbackOptions):
    """What the installer sees in the end."""

    def __init__(self, command: str) -> None:
        super().__init__(self._render_success, self._render_failure)
        self._command = command

    async def _render_success(self, args: AsyncSuccessArgs) -> BoltResponse:
        deletion_cookie = args.settings.state_utils.build_set_cookie_for_deletion()
        body = oauth_pages.render_success_page(args.installation, self._command)
        return BoltResponse(
            status=200, headers={**oauth_pages.build_headers(), "Set-Cookie": [deletion_cookie]}, body=body
        )

    async def _render_failure(self, args: AsyncFailureArgs) -> BoltResponse:
        body = oauth_pages.render_failure_page(args.reason, INSTALL_PATH)
        return BoltResponse(status=args.suggested_status_code, headers=oauth_pages.build_headers(), body=body)


class VaultStateStore(AsyncOAuthStateStore):
    """States in the vault, under their hash: each works once, for ten minutes."""

    def __init__(self, vault: Vault, clock: Callable[[], datetime]) -> None:
        self._vault = vault
        self._clock = clock

    async def async_issue(self, *_: Any, **__: Any) -> str:
        """Return a new state; those that nobody came back with are swept away."""
        now = self._clock()
        await self._vault.delete_older(STATE_PREFIX, now - STATE_LIFETIME)
        state = secrets.token_urlsafe(32)
        await self._vault.put(_build_state_name(state), {"until": (now + STATE_LIFETIME).isoformat()}, now)
        return state

    async def async_consume(self, state: str) -> bool:
        """Tell whether a state is ours, still fresh, and used for the first time."""
        kept = await self._vault.pop(_build_state_name(state))
        return kept is not None and self._clock() < datetime.fromisoformat(kept["until"])


def _build_state_name(state: str) -> str:
    return STATE_PREFIX + hashlib.sha256(state.encode()).hexdigest()
