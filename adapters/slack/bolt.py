"""slack_bolt's app with everything given to it: it reads nothing from the environment that counts."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import Any, Final, cast

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

from adapters.slack import departures, events, pressed, shortcuts, typed, unfurls, visits, windows
from adapters.slack.departures import Forget
from adapters.slack.kit import Kit
from bot.errors import BroadsheetError

_GRACE: Final = 10.0
_UNKNOWN: Final = (
    "Broadsheet can’t act in this workspace now: it is not installed here, or Slack does not answer it. "
    "Try again in a minute; if that does not help, add it to the workspace again."
)

log = logging.getLogger(__name__)

Find = Callable[[str, str], Awaitable[AuthorizeResult | None]]


def app(
    kit: Kit,
    authorize: AsyncAuthorize,
    client: AsyncWebClient,
    *,
    secret: str,
    flow: AsyncOAuthFlow | None,
    forget: Forget,
) -> App:
    """Return the app with all its listeners. *secret* signs requests; without one none can be right."""
    bolt = App(
        name="broadsheet",
        logger=_quiet(),
        signing_secret=secret or secrets.token_hex(32),
        client=client,
        before_authorize=_placed,
        authorize=cast("Any", authorize),  # declared narrower than what it takes: an `AsyncAuthorize` too
        user_facing_authorize_error_message=_UNKNOWN,
        oauth_flow=flow,
    )
    for part in (typed, pressed, windows, shortcuts, visits, unfurls, events):
        part.listen(bolt, kit)
    departures.listen(bolt, kit, forget)
    return bolt


class App(AsyncApp):
    """slack_bolt's app, which acknowledges and lets its listeners go on; this one knows which still do."""

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        self._flights = _Flights()
        self.listener_runner.listener_start_handler = self._flights

    def note(self) -> None:
        """Count the current task as a listener: it hands over what was acknowledged already."""
        self._flights.note()

    async def drain(self, seconds: float = _GRACE) -> None:
        """Wait for the listeners that run, then end those that still do."""
        await self._flights.land(seconds)


class _Flights(AsyncListenerStartHandler):
    """The listeners that run; slack_bolt itself holds no reference to their tasks."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[Any]] = set()

    async def handle(self, request: AsyncBoltRequest, response: BoltResponse | None) -> None:
        """Note the listener that starts."""
        del request, response
        self.note()

    def note(self) -> None:
        """Note the current task."""
        task = asyncio.current_task()
        if task:
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def land(self, seconds: float) -> None:
        """Wait for all, and for what they start, then cancel what is left."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while self._tasks:
                    await asyncio.wait(set(self._tasks))
        late = set(self._tasks)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)


async def _placed(
    body: Mapping[str, Any], context: AsyncBoltContext, next_: Callable[[], Awaitable[BoltResponse]]
) -> BoltResponse:
    """Tell the workspace of an event that an organization's installation hears: its authorization names none."""
    if not context.team_id and body.get("type") == "event_callback":
        context["team_id"] = body.get("context_team_id") or body.get("team_id")
    return await next_()


def _quiet() -> logging.Logger:
    """Return a logger that lets errors through only: below that slack_bolt writes whole payloads down."""
    quiet = logging.getLogger(f"{__name__}.framework")
    quiet.setLevel(logging.ERROR)
    return quiet


class Authorize(AsyncAuthorize):
    """Tells slack_bolt with whose token it acts; *find* takes a workspace and its organization."""

    def __init__(self, find: Find) -> None:
        self._find = find

    async def __call__(
        self, *, context: AsyncBoltContext, enterprise_id: str | None, team_id: str | None, **_: Any
    ) -> AuthorizeResult | None:
        """Return the installation of a workspace, None where there is none or nobody can tell."""
        del context
        try:
            return await self._find(team_id or "", enterprise_id or "")
        except (BroadsheetError, SlackClientError, OSError, TimeoutError) as error:
            log.warning("With whose token to act can't be told: %s", error)
            return None
