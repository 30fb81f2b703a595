"""Single workspace: one bot token from SLACK_BOT_TOKEN, checked by auth.test, in place of installations."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final

from slack_bolt.authorization import AuthorizeResult
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from adapters.common.backoff import iterate_pauses, wait_or_stop
from adapters.slack.api.error_codes import INSTALLATION_ERRORS
from bot.errors import Gone, Refused
from bot.ports.platform_events import WorkspaceEvents
from bot.ports.workspaces import Workspace
from bot.reasons.reason import Reason

_FIRST_RETRY_SECONDS, _MAX_RETRY_SECONDS = 2.0, 60.0
_TIMEOUT_SECONDS: Final = 30

log = logging.getLogger(__name__)


class SingleWorkspace:
    """The bot's one token. Implements `adapters.slack.api.client.TokenProvider`."""

    def __init__(self, token: str, api_url: str) -> None:
        self._token = token
        self._client = AsyncWebClient(token, base_url=api_url, timeout=_TIMEOUT_SECONDS, retry_handlers=[])
        self._client.proxy = None  # which it took from the environment
        self._authorization: AuthorizeResult | None = None

    async def get_token(self, workspace: str, *, rejected_token: str = "") -> str:
        """Return the token; one that was *rejected_token* has no other. Raises `bot.errors.Gone`."""
        if rejected_token:
            raise Gone(Reason("installation.token_refused"), installation=True)
        if self._authorization and self._authorization.team_id not in (None, "", workspace):
            raise Gone(Reason("installation.other_workspace"), installation=True)
        return self._token

    async def authorize(self, workspace: str, organization: str) -> AuthorizeResult:
        """Return with whose token the bot acts; channels shared with other workspaces are seen from its own."""
        del workspace, organization
        if self._authorization is None:
            response = await self._client.auth_test()
            self._authorization = AuthorizeResult.from_auth_test_response(
                bot_token=self._token, auth_test_response=response
            )
        return self._authorization

    async def delete_tokens(self, workspace: str, organization: str, ended_at: datetime) -> Sequence[str]:
        """Delete nothing, for the token is the operator's; return the workspace, which is left without it."""
        del organization, ended_at
        return [workspace] if workspace else []

    async def register_workspace(
        self, workspace_events: WorkspaceEvents, clock: Callable[[], datetime], stop: asyncio.Event
    ) -> None:
        """Ask Slack who the bot is, as long as that takes, and note the workspace.

        Raises `bot.errors.Refused` when Slack turns the token down.
        """
        for pause in iterate_pauses(_FIRST_RETRY_SECONDS, _MAX_RETRY_SECONDS):
            if stop.is_set():
                break
            try:
                authorization = await self.authorize("", "")
            except SlackApiError as error:
                reason = str(error.response.get("error"))
                if reason in INSTALLATION_ERRORS:
                    raise Refused(
                        f"Slack turned SLACK_BOT_TOKEN down ({reason}). Put a valid one into .env."
                    ) from error
                log.warning("Slack did not tell who the bot is: %s", reason)
            except (OSError, TimeoutError) as error:
                log.warning("Slack can't be reached (%s); it is tried again", type(error).__name__)
            else:
                workspace = Workspace("slack", authorization.team_id or "", authorization.team or "")
                return await workspace_events.on_workspace_installed(workspace, clock())
            await wait_or_stop(stop, pause)
        return None
