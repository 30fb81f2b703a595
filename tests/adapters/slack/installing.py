"""A server of ours that can be installed in Slack on loopback: real stores, real vault, real flow, real listener."""

from __future__ import annotations

import html
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any, cast

import aiohttp
from slack_sdk.oauth.token_rotation.async_rotator import AsyncTokenRotator
from slack_sdk.web.async_client import AsyncWebClient
from yarl import URL

from adapters import public_listener
from adapters.slack.auth import oauth
from adapters.slack.auth.installations import VaultInstallationStore
from adapters.slack.auth.oauth import INSTALL_PATH, STATE_COOKIE, VaultStateStore
from adapters.slack.connection import http_endpoints
from adapters.slack.connection.app import Authorize, BoltApp, create_app
from adapters.slack.context import SlackContext
from bot.commands.table import build_declared_table
from bot.ports.stores import Stores
from bot.workspace_lifecycle import WorkspaceLifecycle
from storage.database import open_database
from storage.system.vault import VaultStore, load_keys
from tests.servers.slack import Slack
from tests.stores import open_stores, url

HERE = "https://bot.example.org"
SCOPES = ("commands", "chat:write")


@dataclass
class Ahead:
    """The time of day, and as much later as a test wants."""

    later: timedelta = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.later


@dataclass(frozen=True)
class Seen:
    """What a browser got."""

    status: int
    page: str
    headers: Mapping[str, str]
    cookies: SimpleCookie

    @property
    def text(self) -> str:
        """What a person reads."""
        return html.unescape(re.sub(r"<[^>]*>", " ", re.sub(r"<style>.*?</style>", "", self.page)))

    @property
    def button(self) -> str:
        """Where the button leads."""
        found = re.search(r'class="button" href="([^"]*)"', self.page)
        assert found, "The page has no button."
        return html.unescape(found[1])


@dataclass
class Site:
    """Our server, as a browser and Slack meet it; ``cookie`` is what the browser holds."""

    slack: Slack
    stores: Stores
    installations: VaultInstallationStore
    app: BoltApp
    clock: Ahead
    folder: Path
    address: str = ""
    cookie: str = ""
    browser: aiohttp.ClientSession = field(init=False)

    async def get(self, target: str, **more: Any) -> Seen:
        """Open an address of ours, with the cookie: it is for https alone, and a jar would keep it back."""
        headers = {"Cookie": self.cookie} if self.cookie else {}
        here = URL(self.address + target.removeprefix(HERE), encoded=True)
        async with self.browser.get(here, headers=headers, allow_redirects=False, **more) as answer:
            seen = Seen(answer.status, await answer.text(), answer.headers, answer.cookies)
        if STATE_COOKIE in seen.cookies:
            self.cookie = f"{STATE_COOKIE}={seen.cookies[STATE_COOKIE].value}"
        return seen

    async def agree(self, button: str) -> str:
        """Follow the button to Slack, press "Allow" there; return where Slack sends the browser."""
        async with self.browser.get(URL(button, encoded=True), allow_redirects=False) as answer:
            assert answer.status == 302, await answer.text()
            return answer.headers["Location"]

    async def install(self) -> Seen:
        """Go the whole way."""
        first = await self.get(INSTALL_PATH)
        return await self.get(await self.agree(first.button))

    async def names(self) -> list[str]:
        """Return the installations that are kept, once everything that was told is done."""
        await self.app.drain()
        return list(await self.installations.vault.list_names("slack/"))


@asynccontextmanager
async def site(slack: Slack, folder: Path, port: int = 0) -> AsyncIterator[Site]:
    """Run our server in *folder*; on a *port* that is chosen it is known by that, else as behind a proxy."""
    clock = Ahead()
    async with open_stores(folder, clock()) as stores, installations(slack, folder, stores, clock) as kept:
        workspace_events = WorkspaceLifecycle(stores)
        kit = SlackContext(
            **dict.fromkeys(SlackContext.__slots__, cast("Any", None))
            | {"commands": build_declared_table(), "workspace_events": workspace_events, "clock": clock}
        )
        flow = oauth.create_oauth_flow(
            client=nobody(slack),
            client_id=slack.oauth.client_id,
            client_secret=slack.oauth.client_secret,
            scopes=SCOPES,
            public_url=f"http://127.0.0.1:{port}" if port else f"{HERE}/",
            command="/papers",
            installation_store=kept,
            state_store=VaultStateStore(kept.vault, clock),
        )
        app = create_app(
            kit,
            Authorize(kept.authorize),
            nobody(slack),
            signing_secret=slack.signing_secret,
            oauth_flow=flow,
            token_deleter=kept.delete_tokens,
        )
        one = Site(slack, stores, kept, app, clock, folder)
        async with (
            public_listener.serve(
                public_listener.create_application(http_endpoints.build_routes(app, flow)), "127.0.0.1", port
            ) as one.address,
            aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as one.browser,
        ):
            slack.endpoint = f"{one.address}{http_endpoints.EVENTS_PATH}"
            yield one


@asynccontextmanager
async def installations(
    slack: Slack, folder: Path, stores: Stores, clock: Ahead, *, rotating: bool = True
) -> AsyncIterator[VaultInstallationStore]:
    """Give the installations of the database in *folder*, as one process has them."""
    database = open_database(url(folder))
    rotator = AsyncTokenRotator(
        client_id=slack.oauth.client_id, client_secret=slack.oauth.client_secret, client=nobody(slack)
    )
    vault = VaultStore(database, load_keys((), folder))
    kept = VaultInstallationStore(
        vault, stores.workspaces, WorkspaceLifecycle(stores), clock, rotator if rotating else None
    )
    try:
        yield kept
        await kept.close()
    finally:
        await database.close()


def nobody(slack: Slack) -> AsyncWebClient:
    """Return a client without a token."""
    return AsyncWebClient(base_url=slack.url, retry_handlers=[])
