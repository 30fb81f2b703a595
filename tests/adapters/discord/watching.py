"""What the tests of places share: a channel with a digest, and waiting until something is stored or said."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace

from bot.domain.channels import Channel, ChannelKind
from bot.reasons.reason import Reason
from tests.adapters.discord.inbound import ROOM, Office
from tests.servers.discord import Shown

TALK = Channel("discord", "10", "21", ChannelKind.THREAD, "talk")


async def subscribe(office: Office, channel: Channel = ROOM, **wanted: object) -> None:
    standing = await office.stores.channels.get_or_create(channel, office.now)
    preferences = replace(standing.preferences, on=True, **wanted)  # type: ignore[arg-type]
    await office.stores.channels.save_preferences(channel, preferences, preferences.schedule.find_next_post(office.now))


async def until(check: Callable[[], Awaitable[bool]]) -> None:
    """Wait until *check* holds."""
    async with asyncio.timeout(5):
        while not await check():
            await asyncio.sleep(0.01)


async def retired(office: Office, reason: Reason | None, channel: Channel = ROOM) -> None:
    async def check() -> bool:
        return await office.retired(channel) == reason

    await until(check)


async def greetings(office: Office, channel: str, number: int = 1) -> list[Shown]:
    """Wait for so many messages of a channel."""

    async def check() -> bool:
        return len(await office.post(channel)) >= number

    await until(check)
    return office.server.shown(channel)


async def told(office: Office, person: str, number: int = 1) -> list[str]:
    """Wait for so many direct messages to somebody; return what they say."""

    async def check() -> bool:
        await office.post()
        return len(office.server.direct(person)) >= number

    await until(check)
    return [shown.plain for shown in office.server.direct(person)]


async def settled(office: Office) -> None:
    """Wait until all that was told so far is written down: a name that is told last is."""
    await office.stores.channels.get_or_create(ROOM, office.now)
    name = f"after-{len(office.server.calls)}-{office.server.places[ROOM.id].name}"
    await office.server.rename(ROOM.id, name)

    async def check() -> bool:
        return (await office.stores.channels.get_or_create(replace(ROOM, name=""), office.now)).channel.name == name

    await until(check)
