"""Slack Bolt’s AsyncApp: built with all listeners, authorize and OAuth flow given to it; drained on shutdown."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Any, Final, cast
from urllib.parse import parse_qs, urlsplit

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.authorization.async_authorize import AsyncAuthorize
from slack_bolt.context.async_context import AsyncBoltContext
from slack_bolt.listener.async_listener_start_handler import AsyncListenerStartHandler
from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.errors import SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from adapters.common.tasks import TaskTracker
from adapters.slack.context import SlackContext
from adapters.slack.events import channels, installations, unfurls
from adapters.slack.events.installations import TokenDeleter
from adapters.slack.interactions import app_home, block_actions, commands, modals, shortcuts
from bot.errors import BroadsheetError
from bot.ports.secrets import SecretRegistrar

_RESPONSE_URL_LIFETIME: Final = timedelta(minutes=30)
"""https://docs.slack.dev/interactivity/handling-user-interaction"""
_DRAIN_SECONDS: Final = 10.0
_NOT_AUTHORIZED_MESSAGE: Final = (
    "Broadsheet can’t act in this workspace now: it is not installed here, or Slack does not answer it. "
    "Try again in a minute; if that does not help, add it to the workspace again."
)

log = logging.getLogger(__name__)

InstallationLookup = Callable[[str, str], Awaitable[AuthorizeResult | None]]


def create_app(
    context: SlackContext,
    authorize: AsyncAuthorize,
    client: AsyncWebClient,
    *,
    signing_secret: str,
    oauth_flow: AsyncOAuthFlow | None,
    token_deleter: TokenDeleter,
) -> BoltApp:
    """Return the app with all its listeners. *signing_secret* signs requests; without one none can be right."""
    app = BoltApp(
        name="broadsheet",
        logger=_create_quiet_logger(),
        signing_secret=signing_secret or secrets.token_hex(32),
        client=client,
        before_authorize=_build_request_preparation(context.secret_registrar),
        authorize=cast("Any", authorize),  # declared narrower than what it takes: an `AsyncAuthorize` too
        user_facing_authorize_error_message=_NOT_AUTHORIZED_MESSAGE,
        oauth_flow=oauth_flow,
        secret_registrar=context.secret_registrar,
    )
    for module in (commands, block_actions, modals, shortcuts, app_home, unfurls, channels):
        module.register_listeners(app, context)
    installations.register_listeners(app, context, token_deleter)
    return app


class BoltApp(AsyncApp):
    """slack_bolt's app, which acknowledges and lets its listeners go on; this one knows which still do."""

    def __init__(self, *, secret_registrar: SecretRegistrar, **options: Any) -> None:
        super().__init__(**options)
        self.secret_registrar = secret_registrar
        self.tasks = TaskTracker()
        self.listener_runner.listener_start_handler = _ListenerTracking(self.tasks)

    async def drain(self, seconds: float = _DRAIN_SECONDS) -> None:
        """Wait for the listeners that run, then end those that still do."""
        await self.tasks.drain(seconds)


class _ListenerTracking(AsyncListenerStartHandler):
    """Notes the listeners that start; slack_bolt itself holds no reference to their tasks."""

    def __init__(self, tasks: TaskTracker) -> None:
        self._tasks = tasks

    async def handle(self, request: AsyncBoltRequest, response: BoltResponse | None) -> None:
        """Note the listener that starts."""
        del request, response
        self._tasks.track_current_task()


def _build_request_preparation(secret_registrar: SecretRegistrar) -> Callable[..., Awaitable[BoltResponse]]:
    """Return what is done with each request once its signature was checked, before anybody looks who is meant."""

    async def prepare_request(
        body: Mapping[str, Any], context: AsyncBoltContext, next_: Callable[[], Awaitable[BoltResponse]]
    ) -> BoltResponse:
        register_capability_url(secret_registrar, str(body.get("response_url") or ""), _RESPONSE_URL_LIFETIME)
        # An event that an organization's installation hears: its authorization names no workspace.
        if not context.team_id and body.get("type") == "event_callback":
            context["team_id"] = body.get("context_team_id") or body.get("team_id")
        return await next_()

    return prepare_request


def register_capability_url(registrar: SecretRegistrar, url: str, lifetime: timedelta) -> None:
    """Keep an address out of the log with which anybody may do what it is for; the host's name may stay."""
    parts = urlsplit(url)
    for value in (parts.path, parts.path.rpartition("/")[2], parts.query, *parse_qs(parts.query).get("ticket", ())):
        registrar.register(value, lifetime)


def _create_quiet_logger() -> logging.Logger:
    """Return a logger that lets errors through only: below that slack_bolt writes whole payloads down."""
    logger = logging.getLogger(f"{__name__}.framework")
    logger.setLevel(logging.ERROR)
    return logger


class Authorize(AsyncAuthorize):
    """Tells slack_bolt with whose token it acts; *find* takes a workspace and its organization."""

    def __init__(self, lookup: InstallationLookup) -> None:
        self._lookup = lookup

    async def __call__(
        self, *, context: AsyncBoltContext, enterprise_id: str | None, team_id: str | None, **_: Any
    ) -> AuthorizeResult | None:
        """Return the installation of a workspace, None where there is none or nobody can tell."""
        del context
        try:
            return await self._lookup(team_id or "", enterprise_id or "")
        except (BroadsheetError, SlackClientError, OSError, TimeoutError) as error:
            log.warning("With whose token to act can't be told: %s", error)
            return None
