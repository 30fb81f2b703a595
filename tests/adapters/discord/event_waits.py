"""What the tests of places share: a channel with a digest, and waiting until something is stored or said."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace

from bot.domain.channels import Channel, ChannelKind
from bot.reasons.reason import Reason
from tests.adapters.discord.bot_harness import PAPERS_CHANNEL, BotHarness
from tests.servers.discord import Shown

TALK = Channel("discord", "10", "21", ChannelKind.THREAD, "talk")


async def subscribe(harness: BotHarness, channel: Channel = PAPERS_CHANNEL, **wanted: object) -> None:
    standing = await harness.stores.channels.get_or_create(channel, harness.now)
    preferences = replace(standing.preferences, on=True, **wanted)  # type: ignore[arg-type]
    await harness.stores.channels.save_preferences(
        channel, preferences, preferences.schedule.find_next_post(harness.now)
    )


async def wait_until(check: Callable[[], Awaitable[bool]]) -> None:
    """Wait until *check* holds."""
    async with asyncio.timeout(5):
        while not await check():
            await asyncio.sleep(0.01)


async def wait_until_retired(harness: BotHarness, reason: Reason | None, channel: Channel = PAPERS_CHANNEL) -> None:
    async def check() -> bool:
        return await harness.retired(channel) == reason

    await wait_until(check)


async def wait_for_messages(harness: BotHarness, channel: str, number: int = 1) -> list[Shown]:
    """Wait for so many messages of a channel."""

    async def check() -> bool:
        return len(await harness.post(channel)) >= number

    await wait_until(check)
    return harness.server.shown(channel)


async def wait_for_direct_messages(harness: BotHarness, person: str, number: int = 1) -> list[str]:
    """Wait for so many direct messages to somebody; return what they say."""

    async def check() -> bool:
        await harness.post()
        return len(harness.server.direct(person)) >= number

    await wait_until(check)
    return [shown.plain for shown in harness.server.direct(person)]


async def wait_until_recorded(harness: BotHarness) -> None:
    """Wait until all that was told so far is written down: a name that is told last is."""
    await harness.stores.channels.get_or_create(PAPERS_CHANNEL, harness.now)
    name = f"after-{len(harness.server.calls)}-{harness.server.places[PAPERS_CHANNEL.id].name}"
    await harness.server.rename(PAPERS_CHANNEL.id, name)

    async def check() -> bool:
        return (
            await harness.stores.channels.get_or_create(replace(PAPERS_CHANNEL, name=""), harness.now)
        ).channel.name == name

    await wait_until(check)
