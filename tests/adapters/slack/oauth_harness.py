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
from slack_sdk.web.async_client import AsyncWebClient
from yarl import URL

from adapters import public_listener
from adapters.slack.auth.installations import VaultInstallationStore
from adapters.slack.auth.oauth import INSTALL_PATH, STATE_COOKIE
from adapters.slack.composition import SlackPlatform, open_installations
from adapters.slack.connection import http_endpoints
from adapters.slack.connection.app import BoltApp
from adapters.slack.platform import PLATFORM
from adapters.slack.settings import SlackSettings
from bot.bootstrap.services import build_services
from bot.config import Settings
from bot.ports.stores import Stores
from tests.composition import open_test_bot
from tests.servers.slack import Slack
from tests.stores import open_stores

PUBLIC_URL = "https://bot.example.org"


@dataclass
class ShiftedClock:
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
class OAuthHarness:
    """Our server, as a browser and Slack meet it; ``cookie`` is what the browser holds."""

    slack: Slack
    stores: Stores
    installations: VaultInstallationStore
    app: BoltApp
    clock: ShiftedClock
    folder: Path
    address: str = ""
    cookie: str = ""
    browser: aiohttp.ClientSession = field(init=False)

    async def get(self, target: str, **more: Any) -> Seen:
        """Open an address of ours, with the cookie: it is for https alone, and a jar would keep it back."""
        headers = {"Cookie": self.cookie} if self.cookie else {}
        here = URL(self.address + target.removeprefix(PUBLIC_URL), encoded=True)
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
async def open_oauth_harness(slack: Slack, folder: Path, port: int = 0) -> AsyncIterator[OAuthHarness]:
    """Run our server in *folder*; on a *port* that is chosen it is known by that, else as behind a proxy."""
    clock, public_url = ShiftedClock(), f"http://127.0.0.1:{port}" if port else f"{PUBLIC_URL}/"
    given = {"data_dir": folder, "public_url": public_url, **dict(build_settings(slack))}
    async with (
        open_stores(folder, clock()) as stores,
        open_test_bot(PLATFORM, given, stores, clock) as bot,
    ):
        platform = cast("SlackPlatform", bot.platforms["slack"])
        connection = platform.connect(bot.commands)
        one = OAuthHarness(
            slack, stores, cast("VaultInstallationStore", platform.tokens), connection.app, clock, folder
        )
        async with (
            public_listener.serve(
                public_listener.create_application(connection.routes), "127.0.0.1", port
            ) as one.address,
            aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as one.browser,
        ):
            slack.endpoint = f"{one.address}{http_endpoints.EVENTS_PATH}"
            yield one


@asynccontextmanager
async def open_second_process(
    slack: Slack, folder: Path, stores: Stores, clock: ShiftedClock, *, rotating: bool = True
) -> AsyncIterator[VaultInstallationStore]:
    """Give the installations of the database in *folder*, as one process has them."""
    services = build_services(Settings.model_construct(data_dir=folder), stores, {}, clock)
    if rotating:
        async with open_installations(build_settings(slack), services, create_tokenless_client(slack)) as kept:
            yield kept
    else:
        async with services.open_vault() as vault:
            yield VaultInstallationStore(vault, stores.workspaces, services.workspace_events, clock)


def build_settings(slack: Slack) -> SlackSettings:
    """Return the settings of an app that many workspaces install, over signed requests."""
    return SlackSettings(
        slack_client_id=slack.oauth.client_id,
        slack_client_secret=slack.oauth.client_secret,
        slack_signing_secret=slack.signing_secret,
        slack_api_url=slack.url,
    )


def create_tokenless_client(slack: Slack) -> AsyncWebClient:
    """Return a client without a token."""
    return AsyncWebClient(base_url=slack.url, retry_handlers=[])
