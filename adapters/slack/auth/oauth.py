"""OAuth v2 installation flow: “Add to Slack”, the redirect URI and the one-time state."""

from __future__ import annotations

import base64
import hmac
import logging
import re
import secrets
from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import urljoin

from cryptography.fernet import Fernet, InvalidToken
from slack_bolt.oauth.async_callback_options import AsyncCallbackOptions, AsyncFailureArgs, AsyncSuccessArgs
from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow
from slack_bolt.oauth.async_oauth_settings import AsyncOAuthSettings
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.oauth.installation_store import Installation
from slack_sdk.oauth.state_store.async_state_store import AsyncOAuthStateStore
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.auth import oauth_pages
from adapters.slack.auth.installations import VaultInstallationStore
from bot.ports.platform_events import ProcessedEvents
from bot.ports.secrets import SecretRegistrar

INSTALL_PATH: Final = "/slack/install"
REDIRECT_PATH: Final = "/slack/oauth_redirect"
STATE_COOKIE: Final = "__Host-broadsheet-install"
"""Holds the state; its first letters bind it to this host and to https
(https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Set-Cookie#cookie_prefixes)."""
_TEAM_ID_PATTERN: Final = re.compile(r"[TE][A-Z0-9]{1,20}", re.ASCII)

STATE_LIFETIME: Final = timedelta(minutes=10)
_CODE_LIFETIME: Final = timedelta(minutes=10)
"""https://docs.slack.dev/authentication/installing-with-oauth"""
_KEY_LABEL: Final = b"broadsheet: state of an installation"


class OAuthFlow(AsyncOAuthFlow):
    """The flow with our page in front; states are bound to the browser by slack_bolt's cookie."""

    def __init__(self, *, secret_registrar: SecretRegistrar, **options: Any) -> None:
        super().__init__(**options)
        self._secret_registrar = secret_registrar

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

    async def run_installation(self, code: str) -> Installation | None:
        """Exchange the code for a token; nobody reads it in the log before."""
        self._secret_registrar.register(code, _CODE_LIFETIME)
        return await super().run_installation(code)

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
    state_store: SignedStateStore,
    secret_registrar: SecretRegistrar,
) -> OAuthFlow:
    """Return the flow for an app; nothing of it is read from the environment.

    *public_url* is this server's own address ("https://bot.example.org"), *client* one without a token.
    """
    return OAuthFlow(
        secret_registrar=secret_registrar,
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


class SignedStateStore(AsyncOAuthStateStore):
    """States that Fernet signs, with the moment in them: nothing is stored before somebody comes back with one.

    Each works once, for ten minutes. The key is derived from *client_secret*, so that every process of an app takes
    what another one gave.
    """

    def __init__(self, client_secret: str, processed_events: ProcessedEvents, clock: Callable[[], datetime]) -> None:
        key = hmac.digest(client_secret.encode(), _KEY_LABEL, "sha256")
        self._fernet = Fernet(base64.urlsafe_b64encode(key))
        self._processed_events = processed_events
        self._clock = clock

    async def async_issue(self, *_: Any, **__: Any) -> str:
        """Return a new state."""
        return self._fernet.encrypt_at_time(secrets.token_bytes(16), int(self._clock().timestamp())).decode()

    async def async_consume(self, state: str) -> bool:
        """Tell whether a state is ours, still fresh, and used for the first time."""
        now = self._clock()
        # Fernet counts whole seconds, and the last one too.
        lifetime = int(STATE_LIFETIME.total_seconds()) - 1
        try:
            nonce = self._fernet.decrypt_at_time(state, lifetime, int(now.timestamp()))
        except InvalidToken:
            return False
        # By what is signed: of a text in base64 there may be several ways to write it.
        return await self._processed_events.add_if_new(f"slack-state:{nonce.hex()}", now)
