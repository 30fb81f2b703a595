"""What `doctor` asks the platforms: each by its own adapter, about its own channels."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot import house, untold, wording
from bot.config import Settings
from bot.models import Kind
from bot.ports.places import Standing
from bot.ports.stores import Stores

if TYPE_CHECKING:
    from adapters.slack.installations import Installations


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at; ``what`` says how it is and, if it is not ``well``, what to do."""

    well: bool
    what: str


async def visits(chosen: Settings, stores: Stores | None, *, running: bool) -> Sequence[Finding]:
    """Ask every platform that the settings name about its tokens and channels; without *stores* there are none.

    *running* tells that a bot runs. Raises `bot.errors.BroadsheetError` kinds when the stores can't be read.
    """
    asked = [*await _slack(chosen, stores, running=running), *await _discord(chosen, stores)]
    return [*asked, *(await _untold(stores) if stores else ())]


async def _untold(stores: Stores) -> Sequence[Finding]:
    """Return what nobody could be told."""
    findings = list[Finding]()
    for workspace in [one for platform in ("slack", "discord") for one in await stores.workspaces.of(platform)]:
        words = await untold.waiting(stores.marks, workspace.platform, workspace.id)
        name = workspace.name or workspace.id
        findings += [
            Finding(well=False, what=f"Nobody who manages {name} can be told: {word}") for word in words.values()
        ]
    return findings


async def _wanted(stores: Stores | None, platform: str) -> Sequence[Standing]:
    """Return the channels of a platform that should have a digest, but those of workspaces that took the bot away."""
    standings = await stores.channels.on(retired=True) if stores else ()
    return [
        standing
        for standing in standings
        if standing.channel.platform == platform
        and standing.channel.kind is not Kind.DIRECT
        and not wording.is_away(standing.retired)
    ]


async def _discord(chosen: Settings, stores: Stores | None) -> Sequence[Finding]:
    """Connect to Discord, and look at the channels that should have a digest."""
    if not chosen.discord_token:
        return []
    from adapters.discord import checkup
    from adapters.discord.client import Client

    client = Client(chosen.discord_api_url, chosen.discord_gateway_url)
    found = await checkup.look(client, chosen.discord_token, await _wanted(stores, "discord"))
    return [Finding(well=well, what=what) for well, what in found]


async def _slack(chosen: Settings, stores: Stores | None, *, running: bool) -> Sequence[Finding]:
    """Ask Slack about the tokens, and about the channels that have a digest; without *stores* there are none."""
    if not chosen.slack:
        return []
    from adapters.slack import checkup

    channels = [standing.channel for standing in await _wanted(stores, "slack")]
    found: list[tuple[bool, str]] = []
    if chosen.slack_app_token:
        found += await checkup.app(chosen.slack_app_token, chosen.slack_api_url)
    if chosen.slack_bot_token:
        found += await checkup.single(chosen.slack_bot_token, chosen.slack_api_url, channels)
    if chosen.port is not None:
        found.append(await _listener(chosen, running=running))
    if chosen.slack_client_id and stores:
        async with _installations(chosen, stores) as installations:
            found += await checkup.many(installations, chosen.slack_api_url, chosen.public_url, channels)
    # That Slack can't be reached is found by both tokens, and told once.
    return [Finding(well=well, what=what) for well, what in dict.fromkeys(found)]


async def _listener(chosen: Settings, *, running: bool) -> tuple[bool, str]:
    """Look whether Slack's requests can arrive."""
    from adapters.slack import checkup

    if running and chosen.public_url:
        return await checkup.reached(chosen.public_url)
    needed = "while a bot runs" if chosen.public_url else "when PUBLIC_URL is set"
    return True, f"Whether requests from outside arrive can be seen only {needed}."


@asynccontextmanager
async def _installations(chosen: Settings, stores: Stores) -> AsyncIterator[Installations]:
    """Give the installations; a token that has ended is renewed as the bot would, for one may run beside us."""
    from slack_sdk.oauth.token_rotation.async_rotator import AsyncTokenRotator

    from adapters.slack.installations import Installations
    from adapters.slack.membership import client
    from bot.presence import Attendance

    nobody = client(chosen.slack_api_url)
    rotator = AsyncTokenRotator(
        client_id=chosen.slack_client_id, client_secret=chosen.slack_client_secret, client=nobody
    )
    async with house.vault(chosen) as vault:
        installations = Installations(vault, stores.workspaces, Attendance(stores), house.clock, rotator)
        try:
            yield installations
        finally:
            await installations.close()
