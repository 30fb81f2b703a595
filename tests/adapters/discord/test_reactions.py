"""Readers react to a digest with a paper's number; enough of them lift it. Over sockets, with the real line."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any, cast

import pytest

from bot.app import discord as app
from bot.commands.desk import Desk
from bot.commands.table import table
from bot.config import Settings
from bot.delivery import Courier
from bot.digests import planning
from bot.house import House, clock
from bot.models import feed_date
from bot.ports.stores import Stores
from tests.adapters.discord.outbound import PAPERS, TOKEN
from tests.papers import of_day, publish, subscribe
from tests.servers.discord import Discord, Shown
from tests.stores import open_stores

READERS = ("100", "101", "102")


@dataclass
class Hall:
    """A channel that has got its digest, and readers before it."""

    server: Discord
    stores: Stores
    courier: Courier
    listed: list[str]

    @property
    def digest(self) -> Shown:
        return next(shown for shown in self.server.shown(PAPERS.id) if "1." in shown.plain)

    async def lifted(self, at_least: int = 0) -> list[Shown]:
        """Send what is to be sent, until so much stands below the digest; return that."""
        async with asyncio.timeout(5):
            while True:
                await self.courier.pump()
                shown = self.server.shown(PAPERS.id)
                below = shown[shown.index(self.digest) + 1 :]
                if len(below) >= at_least:
                    return below
                await asyncio.sleep(0.01)

    async def asked(self, times: int) -> None:
        """Wait until Discord was asked so often who reacted."""
        await self.server.wait(lambda: sum("/reactions/" in call.path for call in self.server.calls) >= times)


@pytest.fixture
async def hall(server: Discord, tmp_path: Path) -> AsyncIterator[Hall]:
    for reader in READERS[1:]:
        server.person(reader, name=f"Reader {reader}", guilds=("10",))
    settings = Settings.model_construct(
        discord_token=TOKEN, discord_api_url=server.api, discord_gateway_url=server.gateway
    )
    async with open_stores(tmp_path, clock()) as stores:
        nobody: Any = None
        line = app.line(House(settings, stores, nobody, nobody))
        stop = asyncio.Event()
        serving = asyncio.ensure_future(line.connect(table(Desk(stores))).serve(stop))
        await server.wait(lambda: server.identifies == 1 and server.syncs == 1)
        courier = Courier(stores, {"discord": line.chat}, clock)
        day = feed_date(clock()) - timedelta(days=2)
        await publish(stores, day, clock())
        standing = await subscribe(stores, PAPERS, "UTC", clock(), lift=2, number=3)
        await planning.post_now(stores, standing, clock(), await stores.days.get(day))
        await courier.pump()
        await server.wait(lambda: any("1." in shown.plain for shown in server.shown(PAPERS.id)))
        yield Hall(server, stores, courier, _ids(day))
        stop.set()
        await serving
        await cast("Any", line.chat).close()


def _ids(day: date) -> list[str]:
    return [paper.id for paper in of_day(day)]


async def test_two_readers_lift_a_paper_into_a_thread_of_its_own(hall: Hall) -> None:
    await hall.server.react("2️⃣", message=hall.digest, user="100")
    await hall.asked(1)
    assert await hall.lifted() == []
    await hall.server.react("2️⃣", message=hall.digest, user="101")
    await hall.asked(2)
    (post,) = await hall.lifted(1)
    assert "2 readers picked this paper" in post.plain
    assert hall.listed[1] in str(post.components)
    assert post.pings == ()
    (thread,) = hall.server.threads(PAPERS.id)
    assert f"We propose {hall.listed[1]}." in hall.server.shown(thread.id)[0].plain


async def test_a_reaction_that_was_taken_back_does_not_count(hall: Hall) -> None:
    await hall.server.react("1️⃣", message=hall.digest, user="100")
    await hall.server.unreact("1️⃣", message=hall.digest, user="100")
    await hall.server.react("1️⃣", message=hall.digest, user="101")
    await hall.asked(2)
    assert await hall.lifted() == []


async def test_other_emojis_and_other_channels_ask_nothing(hall: Hall) -> None:
    await hall.server.react("👍", message=hall.digest, user="100")
    standing = await hall.stores.channels.get(PAPERS)
    assert standing
    await hall.server.react("3️⃣", message=hall.digest, user="100")
    await hall.asked(1)
    assert sum("/reactions/" in call.path for call in hall.server.calls) == 1
