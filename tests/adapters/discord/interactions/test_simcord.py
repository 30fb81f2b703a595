"""The same commands in process, driven by simcord: another opinion on what Discord takes.

simcord knows a client without a CommandTree by what is synced through REST.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, cast

import pytest
import simcord

from adapters.discord.composition import DiscordPlatform, build_platform
from adapters.discord.context import DiscordContext
from adapters.discord.gateway.client import DiscordClient
from adapters.discord.interactions import command_sync
from adapters.discord.platform import PLATFORM
from bot.bootstrap.bot import Bot
from bot.cards.models import Card
from bot.domain.channels import Channel
from bot.domain.deliveries import DeliveryKey
from bot.domain.papers import Paper
from bot.errors import Gone
from bot.ports.chat import Chat, Delivery
from bot.ports.stores import Stores
from tests.adapters.discord.bot_harness import NOW
from tests.composition import FakePaperSource, open_test_bot, replace_builder
from tests.sources import without_arxiv
from tests.stores import open_stores

NEW = Paper("2602.99999", "A Paper from This Morning", abstract="It is new.", authors=("Eve",))


@dataclass
class Slow(FakePaperSource):
    """It takes five seconds of simcord's clock to answer."""

    async def fetch_paper(self, identifier: str) -> Paper | None:
        await asyncio.sleep(5)
        return self.known.get(identifier)


@dataclass
class Stage:
    """A server of simcord's with one channel and one reader, and the bot in it."""

    env: simcord.Env
    stores: Stores
    chat: Chat
    paper_source: FakePaperSource
    guild: Any
    channel: Any
    ana: Any


@asynccontextmanager
async def connected(
    client: DiscordClient, stores: Stores, paper_source: FakePaperSource
) -> AsyncIterator[tuple[Bot, DiscordContext]]:
    """Let a client answer, put together as the program is."""
    definition = replace_builder(PLATFORM, partial(build_platform, client_class=lambda *_: client))
    async with open_test_bot(
        definition, {"discord_token": "-"}, stores, lambda: NOW, without_arxiv(paper_source)
    ) as bot:
        yield bot, cast("DiscordPlatform", bot.platforms["discord"]).connect(bot.commands).context


@asynccontextmanager
async def started(folder: Path, paper_source: FakePaperSource) -> AsyncIterator[Stage]:
    """Connect the bot on the stores in *folder*; simcord's clock must start in the test's own context."""
    client = DiscordClient()
    async with (
        open_stores(folder, NOW) as stores,
        connected(client, stores, paper_source) as (bot, context),
        simcord.run(client, shard_count=1) as env,
    ):
        guild = env.create_guild()
        await command_sync.sync_commands(context)
        ana = guild.add_member(env.create_user("ana"))
        yield Stage(env, stores, bot.chats["discord"], paper_source, guild, guild.create_text_channel("papers"), ana)


async def test_commands_are_known_by_what_is_synced(stored: Path) -> None:
    async with started(stored, FakePaperSource()) as stage:
        offered = stage.ana.available_commands(stage.channel)
        assert "papers search" in offered
        assert not [name for name in offered if name.startswith("papers-setup")], "Ana does not manage channels"


async def test_a_command_is_answered_in_private(stored: Path) -> None:
    async with started(stored, FakePaperSource()) as stage:
        result = await stage.ana.slash(stage.channel, "papers today")
        assert result.ephemeral
        assert "The Trinity of Consistency" in result.response.content


async def test_autocomplete(stored: Path) -> None:
    async with started(stored, FakePaperSource()) as stage:
        (choice,) = await stage.ana.autocomplete(stage.channel, "papers show", "paper", "trinity consistency")
        assert choice["name"].startswith(f"{choice['value']}: The Trinity of Consistency")
        result = await stage.ana.slash(stage.channel, "papers show", paper=choice["value"])
        assert "The Trinity of Consistency" in result.response.content


async def test_a_slow_command_is_deferred(stored: Path) -> None:
    async with started(stored, Slow({NEW.id: NEW})) as stage:
        result = await stage.ana.slash(stage.channel, "papers show", paper=NEW.id)
        await stage.env.advance_time(2)
        assert result.deferred
        assert result.ephemeral
        await stage.env.advance_time(10)
        assert "A Paper from This Morning" in result.response.content


async def test_a_button_works_after_a_restart(stored: Path) -> None:
    async with started(stored, FakePaperSource()) as stage:
        result = await stage.ana.slash(stage.channel, "papers search", query="diffusion")
        before = result.response.content
        client = DiscordClient()
        async with connected(client, stage.stores, stage.paper_source):
            await stage.env.restart_bot(client)
            await stage.ana.click(result.response, label="Next")
        assert result.response.content != before


async def test_a_modal_opens_and_its_panel_follows(stored: Path) -> None:
    async with started(stored, FakePaperSource()) as stage:
        shown = await stage.ana.slash(stage.channel, "papers follow")
        assert shown.modal
        panel = await stage.ana.submit_modal(shown, {"topic": "diffusion"})
        assert "It would have sent" in panel.response.content
        saved = await stage.ana.click(panel.response, label="Follow")
        assert saved.acknowledged
        own = Channel("discord", "@me", str(stage.ana.id))
        assert [follow.topic for follow in await stage.stores.follows.list_for_channel(own)] == ['"diffusion"']


@pytest.mark.parametrize(("status", "code"), [(404, 10003), (403, 50001), (403, 50013)])
async def test_a_channel_that_is_lost_is_gone_after_one_request(stored: Path, status: int, code: int) -> None:
    async with started(stored, FakePaperSource()) as stage:
        stage.env.inject_error("POST", "/channels/*/messages", status=status, code=code, times=None)
        there = Channel("discord", str(stage.guild.id), str(stage.channel.id), name="papers")
        delivery = Delivery(1, DeliveryKey(there, "notice", "x"), Card(text="Hello"))
        with pytest.raises(Gone):
            await stage.chat.send(delivery, NOW)
        posts = [entry for entry in stage.env.http_requests if str(entry).count("/messages")]
        assert len(posts) == 1
