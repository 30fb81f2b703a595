"""A team's day on loopback: the real table on real stores with the sample's papers, behind the real app."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

from slack_bolt.authorization import AuthorizeResult

from adapters import public_listener
from adapters.slack.composition import SlackConnection, SlackPlatform, build_platform
from adapters.slack.connection import http_endpoints
from adapters.slack.connection.app import BoltApp
from adapters.slack.context import SlackContext
from adapters.slack.platform import PLATFORM
from adapters.slack.settings import SlackSettings
from bot.bootstrap.bot import Bot
from bot.domain.channels import Channel, ChannelKind
from bot.domain.preferences import Preferences
from bot.ports.commands import Command
from bot.ports.platforms import PlatformServices
from bot.ports.stores import Stores
from bot.ports.workspaces import Workspace, Workspaces
from bot.reasons.reason import Reason
from tests.adapters.slack.delivery_harness import MemoryTokens
from tests.composition import FakePaperSource, open_test_bot, replace_builder
from tests.fakes import FakeMonotonic
from tests.servers.slack import Acked, Shown, Slack, slack
from tests.servers.slack.reading import read
from tests.sources import without_arxiv
from tests.stores import open_stores

NOW = datetime(2026, 2, 27, 15, tzinfo=UTC)
"""A Friday, 16:00 in Berlin; the sample's newest list is of that day."""
WORKSPACE = Workspace("slack", "T1", "Acme", managers=("U9",))
PAPERS_CHANNEL = Channel("slack", "T1", "C1", name="papers")
ANAS_DIRECT_MESSAGES = Channel("slack", "T1", "U1", ChannelKind.DIRECT)

BOT = {"enterprise_id": "", "bot_user_id": "UBOT", "bot_id": "B1", "bot_token": "xoxb-1"}

Json = dict[str, Any]


@dataclass
class FakeTokens(MemoryTokens):
    """The bot's tokens in memory, in T1 or *everywhere*; implements `adapters.slack.composition.BotTokens`.

    ``deleted`` are those that were deleted, as (workspace, organization).
    """

    workspaces: Workspaces | None = None
    everywhere: bool = False
    deleted: list[tuple[str, str]] = field(default_factory=list)

    async def get_token(self, workspace: str, *, rejected_token: str = "") -> str:
        return await super().get_token("T1" if self.everywhere else workspace, rejected_token=rejected_token)

    async def authorize(self, workspace: str, organization: str) -> AuthorizeResult | None:
        known = self.everywhere or workspace in self.held
        return AuthorizeResult(**BOT, team_id=workspace) if known else None

    async def delete_tokens(self, workspace: str, organization: str, ended_at: datetime) -> Sequence[str]:
        assert self.workspaces
        self.deleted.append((workspace, organization))
        under = await self.workspaces.list_for_organization("slack", organization)
        return [workspace] if workspace else [each.id for each in under]


@dataclass
class BotHarness:
    """Everything that a test looks at. ``now`` is the bot’s moment; ``excused`` are errors that may be logged.

    ``more`` are commands beside the real ones.
    """

    server: Slack
    stores: Stores
    paper_source: FakePaperSource
    tokens: FakeTokens
    now: datetime = NOW
    excused: list[str] = field(default_factory=list)
    more: Sequence[Command] = ()
    _bot: Bot | None = None
    _connection: SlackConnection | None = None

    @property
    def bot(self) -> Bot:
        """The bot as the program puts it together."""
        assert self._bot, "The bot is not open."
        return self._bot

    @property
    def connection(self) -> SlackConnection:
        """Its line to Slack."""
        assert self._connection, "The bot is not open."
        return self._connection

    @property
    def context(self) -> SlackContext:
        return self.connection.context

    @property
    def app(self) -> BoltApp:
        return self.connection.app

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """Put the bot together; nobody can reach it yet."""
        ticks = FakeMonotonic()

        def built(settings: SlackSettings, services: PlatformServices) -> SlackPlatform:
            declared = replace(services, commands=(*services.commands, *self.more))
            return build_platform(settings, declared, self.tokens, ticks, ticks.sleep)

        settings = {
            "slack_bot_token": "xoxb-1",
            "slack_signing_secret": self.server.signing_secret,
            "slack_api_url": self.server.url,
        }
        definition, sources = replace_builder(PLATFORM, built), without_arxiv(self.paper_source)
        async with open_test_bot(definition, settings, self.stores, self.clock, sources) as self._bot:
            slack_platform = cast("SlackPlatform", self._bot.platforms["slack"])
            table = self._bot.commands
            self._connection = slack_platform.connect(replace(table, commands=(*table.commands, *self.more)))
            try:
                yield
            finally:
                await self.app.drain()
                await slack_platform.chat.close()

    def clock(self) -> datetime:
        return self.now

    def advance(self, **span: float) -> None:
        self.now += timedelta(**span)

    async def drain(self) -> None:
        """Wait until everything that was told has been dealt with."""
        await self.app.drain()

    async def type(self, text: str, *, channel: str = "C1", user: str = "U1") -> Shown:
        """Type a slash command; return the private answer."""
        before = len(self.server.whispers(channel, user))
        acked = await self.server.command(text, channel=channel, user=user)
        assert acked.ok, acked
        await self.drain()
        said = self.server.whispers(channel, user)
        assert len(said) > before, f"Nothing was answered to {text!r}."
        return said[-1]

    async def press(self, what: str, within: Shown | Json, *, user: str = "U1", item: int = 1) -> Acked:
        """Press a button and wait until it has done its work."""
        acked = await self.server.press(join_as_shown(what, within), within=within, user=user, item=item)
        assert acked.ok, acked
        await self.drain()
        return acked

    async def form(self, text: str, *, channel: str = "C1", user: str = "U1") -> Json:
        """Type what opens a form; return its modal."""
        await self.server.command(text, channel=channel, user=user)
        await self.drain()
        return self.server.views(user)[-1]

    def window(self, user: str = "U1") -> str:
        """Return what people read in the modal on top."""
        return read_view(self.server.views(user)[-1])

    def said(self, channel: str = "C1", user: str = "U1") -> str:
        """Return the last private line, as people read it."""
        return self.server.whispers(channel, user)[-1].plain.replace("\u2060", "")

    async def post(self) -> list[Shown]:
        """Deliver what waits; return what stands in the channel."""
        await self.bot.jobs.deliver()
        return self.server.shown("C1")

    async def preferences(self, channel: Channel = PAPERS_CHANNEL) -> Preferences:
        return (await self.stores.channels.get_or_create(channel, self.now)).preferences

    async def retired(self, channel: Channel = PAPERS_CHANNEL) -> Reason | None:
        return (await self.stores.channels.get_or_create(channel, self.now)).retired_reason


def read_view(view: Json) -> str:
    """Return what people read in a modal or at home."""
    return read("", view["blocks"]).plain.replace("\u2060", "")


def join_as_shown(what: str, within: Shown | Json) -> str:
    """Return what people read as *what*, with the joiners that keep Slack from making links of it."""
    blocks = json.dumps(within.blocks if isinstance(within, Shown) else within["blocks"], ensure_ascii=False)
    joined = what.replace("#", "#\u2060")
    return joined if joined in blocks else what


def add_people_and_channels(server: Slack) -> None:
    """Two workspaces, two channels, four people; Ana and Bob are in both channels, Cem in none, Dora elsewhere."""
    server.team("T1")
    server.team("T2", name="Other")
    server.bot("T1", token="xoxb-1")
    server.app_token("xapp-1")
    server.person("U1", name="Ana", admin=True)
    server.person("U2", name="Bob")
    server.person("U3", name="Cem")
    server.person("U4", name="Dora", team="T2")
    server.channel("C1", name="papers", members=("U1", "U2", "UBOT"), purpose="Papers that we read")
    server.channel("C2", name="video-diffusion", members=("U1", "U2", "UBOT"), purpose="Video generation, diffusion")


@asynccontextmanager
async def open_harness(
    folder: Path, *, everywhere: bool = False, more: Sequence[Command] = ()
) -> AsyncIterator[BotHarness]:
    """Open the bot on the stores in *folder*; nobody can reach it yet.

    The bot is installed in T1, or, *everywhere*, wherever somebody asks for it. *more* are commands beside the real
    ones.
    """
    async with slack() as server, open_stores(folder, NOW) as stores:
        add_people_and_channels(server)
        tokens = FakeTokens(workspaces=stores.workspaces, everywhere=everywhere)
        harness = BotHarness(server, stores, FakePaperSource(), tokens, more=more)
        async with harness.open():
            yield harness


@asynccontextmanager
async def connect_socket_mode(harness: BotHarness) -> AsyncIterator[None]:
    """Take what people do over Socket Mode."""
    settings = harness.connection.settings.model_copy(update={"slack_app_token": "xapp-1"})
    stop = asyncio.Event()
    serving = asyncio.create_task(replace(harness.connection, settings=settings).serve(stop))
    try:
        await harness.server.wait(lambda: harness.server.sockets)
        yield
    finally:
        stop.set()
        await serving


@asynccontextmanager
async def serve_requests(harness: BotHarness) -> AsyncIterator[None]:
    """Take what people do as signed requests on the public listener."""
    async with public_listener.serve(
        public_listener.create_application(harness.connection.routes), "127.0.0.1", 0
    ) as url:
        harness.server.endpoint = f"{url}{http_endpoints.EVENTS_PATH}"
        yield
