"""A server's day on loopback: the real table on real stores with the sample's papers, behind discord.py's gateway."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, Final, cast

from adapters.discord.composition import DiscordPlatform, build_platform
from adapters.discord.context import DiscordContext
from adapters.discord.gateway.client import DiscordClient
from adapters.discord.platform import PLATFORM
from bot.bootstrap.bot import Bot
from bot.cards.models import Page
from bot.commands.table import CommandTable
from bot.domain.channels import DIRECT_MESSAGE_WORKSPACE, Channel, ChannelKind
from bot.domain.preferences import Preferences
from bot.ports.commands import Answer, Command, Completion, Request
from bot.ports.stores import Stores
from bot.ports.workspaces import Workspace
from bot.reasons.reason import Reason
from tests.composition import FakePaperSource, open_test_bot, replace_builder
from tests.servers.discord import Discord, Reaction, Shown
from tests.sources import without_arxiv
from tests.stores import open_stores

NOW: Final = datetime(2026, 2, 27, 15, tzinfo=UTC)
"""A Friday, 16:00 in Berlin; the sample's newest list is of that day."""
WORKSPACE: Final = Workspace("discord", "10", "Lab")
PAPERS_CHANNEL: Final = Channel("discord", "10", "20", name="papers")
ANAS_DIRECT_MESSAGES: Final = Channel("discord", DIRECT_MESSAGE_WORKSPACE, "100", ChannelKind.DIRECT)
TOKEN: Final = "token-1"


@dataclass
class CommandGate:
    """The table of commands, which a test can make wait."""

    table: CommandTable
    hold: asyncio.Event | None = None

    def list_commands(self) -> Sequence[Command]:
        return self.table.list_commands()

    def parse_line(self, line: str) -> tuple[str, dict[str, str]]:
        return self.table.parse_line(line)

    async def answer(self, request: Request) -> Answer:
        if self.hold:
            await self.hold.wait()
        return await self.table.answer(request)

    async def build_home(self, request: Request, channels: Collection[str]) -> Page:
        return await self.table.build_home(request, channels)

    async def complete_line(self, line: str, request: Request) -> Sequence[Completion]:
        return await self.table.complete_line(line, request)


class FastIdentifyingClient(DiscordClient):
    """The client as it is, but for the pause that the library makes before each session after the first."""

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Wait for nothing: the server on loopback lets anybody identify at once."""


@dataclass
class BotHarness:
    """Everything that a test looks at. ``now`` is the bot’s moment; ``excused`` are errors that may be logged.

    ``more`` are commands beside the real ones.
    """

    server: Discord
    stores: Stores
    paper_source: FakePaperSource
    now: datetime = NOW
    excused: list[str] = field(default_factory=list)
    more: Sequence[Command] = ()
    _context: DiscordContext | None = None
    _gate: CommandGate | None = None
    _bot: Bot | None = None

    def clock(self) -> datetime:
        return self.now

    def advance(self, **span: float) -> None:
        self.now += timedelta(**span)

    @property
    def context(self) -> DiscordContext:
        """The running bot's."""
        assert self._context, "The bot is not running."
        return self._context

    @property
    def gate(self) -> CommandGate:
        """The running bot's commands."""
        assert self._gate, "The bot is not running."
        return self._gate

    @asynccontextmanager
    async def run_bot(self) -> AsyncIterator[DiscordContext]:
        """Run the bot: a client of its own that knows only what the stores have kept."""
        definition = replace_builder(
            PLATFORM, partial(build_platform, client_class=partial(FastIdentifyingClient, guild_ready_seconds=0.05))
        )
        settings = {
            "discord_token": TOKEN,
            "discord_api_url": self.server.api,
            "discord_gateway_url": self.server.gateway,
        }
        sources = without_arxiv(self.paper_source)
        async with open_test_bot(definition, settings, self.stores, self.clock, sources) as self._bot:
            table = self._bot.commands
            self._gate = CommandGate(replace(table, commands=(*table.commands, *self.more)))
            connection = cast("DiscordPlatform", self._bot.platforms["discord"]).connect(self._gate)
            self._context, stop = connection.context, asyncio.Event()
            serving = asyncio.create_task(connection.serve(stop))
            try:
                await self.server.wait(
                    lambda: (self.context.client.is_ready() and connection.synced.is_set()) or serving.done()
                )
                yield self._context
            finally:
                stop.set()
                await serving
                await self.context.rest.close()

    async def type(
        self, words: str, options: dict[str, Any] | None = None, *, channel: str = "20", user: str = "100"
    ) -> Shown:
        """Use a slash command; return the private answer."""
        reaction = await self.server.slash(words, options or {}, user=user, channel=channel)
        return check_is_private(await reaction.settled(), user)

    async def press(self, what: str, message: Shown, *, user: str = "100") -> Shown:
        """Press a button; return the answer."""
        reaction = await self.server.press(what, message=message, user=user)
        return await reaction.settled()

    async def pick(self, what: str, values: Sequence[str] | str, message: Shown, *, user: str = "100") -> Shown:
        """Choose in a select; return the answer."""
        reaction = await self.server.pick(what, values, message=message, user=user)
        return await reaction.settled()

    async def window(self, what: str, message: Shown, *, user: str = "100") -> Reaction:
        """Press what opens a modal."""
        reaction = await self.server.press(what, message=message, user=user)
        assert reaction.kind == "modal", reaction.kind
        return reaction

    async def post(self, channel: str = "20") -> list[Shown]:
        """Deliver what waits; return what stands in the channel."""

        assert self._bot, "The bot is not running."
        await self._bot.jobs.deliver()
        return self.server.shown(channel)

    async def tick(self) -> None:
        """Record the digests that are due."""
        assert self._bot, "The bot is not running."
        await self._bot.jobs.tick()

    async def digest(self) -> Shown:
        """Post the day's digest to the channel."""
        await self.type("papers-setup digest now", user="90")
        return (await self.post())[-1]

    async def preferences(self, channel: Channel = PAPERS_CHANNEL) -> Preferences:
        return (await self.stores.channels.get_or_create(channel, self.now)).preferences

    async def retired(self, channel: Channel = PAPERS_CHANNEL) -> Reason | None:
        return (await self.stores.channels.get_or_create(channel, self.now)).retired_reason

    async def topics(self, channel: Channel) -> list[str]:
        return [follow.topic for follow in await self.stores.follows.list_for_channel(channel)]


def check_is_private(shown: Shown, user: str) -> Shown:
    """Return an answer that only its asker sees."""
    assert shown.to == user, "Everybody sees this."
    return shown


def list_labels(shown: Shown) -> list[str]:
    """Return what stands on the buttons and lists of a message."""
    return [str(one.get("label") or one.get("placeholder")) for row in shown.components for one in row["components"]]


def find_custom_id(shown: Shown, label: str) -> str:
    """Return the custom_id of a button or list."""
    parts = [one for row in shown.components for one in row["components"]]
    return next(str(one["custom_id"]) for one in parts if label in (one.get("label"), one.get("placeholder")))


def add_people_and_channels(server: Discord) -> None:
    """Two servers and five people: Olga and Mia manage, Ana and Bob read, Dora is in a server without the bot."""
    server.person("90", name="Olga", guilds=("10",), admin=True)
    server.person("91", name="Mia", guilds=("10",), manages=True)
    server.person("101", name="Bob", guilds=("10",))
    server.channel("22", guild="10", name="video-diffusion", topic="Video generation, diffusion")
    server.guild("11", name="Elsewhere", owner="190", present=False)
    server.channel("40", guild="11", name="general")
    server.person("104", name="Dora", guilds=("11",), installed=True)


@asynccontextmanager
async def open_harness(folder: Path, server: Discord) -> AsyncIterator[BotHarness]:
    """Open the bot on the stores in *folder*; the bot does not run yet."""
    async with open_stores(folder, NOW) as stores:
        add_people_and_channels(server)
        yield BotHarness(server, stores, FakePaperSource())
