"""Slack, joined: one workspace by a token or many by installations, over Socket Mode or signed requests."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from slack_sdk.oauth.token_rotation.async_rotator import AsyncTokenRotator
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack import bolt, http, oauth, socket
from adapters.slack.chat import SlackChat
from adapters.slack.clients import Clients
from adapters.slack.installations import Installations
from adapters.slack.kit import Kit
from adapters.slack.manifest import SCOPES
from adapters.slack.oauth import Flow
from adapters.slack.pace import Pace
from adapters.slack.people import People
from adapters.slack.rooms import Rooms
from adapters.slack.single import Single
from adapters.slack.states import States
from bot import house
from bot.app.lines import Line, Open
from bot.config import Settings
from bot.house import House, clock
from bot.models import Channel
from bot.ports.commands import Commands
from bot.presence import Attendance


@asynccontextmanager
async def line(home: House) -> AsyncIterator[Line]:
    """Give the line to Slack that the settings describe."""
    chosen, stores = home.settings, home.stores
    attendance = Attendance(stores)
    async with AsyncExitStack() as stack:
        tokens: Installations | Single = Single(chosen.slack_bot_token, chosen.slack_api_url)
        if chosen.slack_client_id:
            tokens = await _installations(home, attendance, stack)
        clients = Clients(tokens, chosen.slack_api_url, Pace(time.monotonic))
        rooms = Rooms(clients, time.monotonic)

        async def pictures(channel: Channel) -> bool:
            return (await stores.channels.open(channel, clock())).preferences.pictures

        def connect(commands: Commands) -> Open:
            return _connect(home, commands, tokens, clients, rooms)

        yield Line(SlackChat(clients, stores.actions, command=chosen.slack_command, pictures=pictures), rooms, connect)


async def _installations(home: House, attendance: Attendance, stack: AsyncExitStack) -> Installations:
    chosen = home.settings
    vault = await stack.enter_async_context(house.vault(chosen))
    rotator = AsyncTokenRotator(
        client_id=chosen.slack_client_id, client_secret=chosen.slack_client_secret, client=_nobody(chosen)
    )
    installations = Installations(vault, home.stores.workspaces, attendance, clock, rotator)
    # Before the vault: a token that Slack has just renewed must still be kept.
    stack.push_async_callback(installations.close)
    return installations


def _connect(home: House, commands: Commands, tokens: Installations | Single, clients: Clients, rooms: Rooms) -> Open:
    """Build what takes people's commands."""
    chosen, stores, attendance = home.settings, home.stores, Attendance(home.stores)
    kit = Kit(
        commands=commands,
        actions=stores.actions,
        inbox=stores.inbox,
        workspaces=stores.workspaces,
        presence=attendance,
        clients=clients,
        rooms=rooms,
        people=People(clients, time.monotonic),
        clock=clock,
        command=chosen.slack_command,
    )
    flow = None if isinstance(tokens, Single) else _flow(chosen, tokens)
    app = bolt.app(
        kit,
        bolt.Authorize(tokens.identity),
        _nobody(chosen),
        secret=chosen.slack_signing_secret,
        flow=flow,
        forget=tokens.forget,
    )

    async def serve(stop: asyncio.Event) -> None:
        if isinstance(tokens, Single):
            await tokens.introduce(attendance, clock, stop)
        if chosen.slack_app_token and not stop.is_set():
            await socket.serve(app, chosen.slack_app_token, chosen.slack_api_url, stop)
        await stop.wait()
        await app.drain()

    signed = bool(chosen.slack_signing_secret) and not chosen.slack_app_token
    return Open(serve, http.routes(app, flow, signed=signed))


def _flow(chosen: Settings, installations: Installations) -> Flow:
    return oauth.flow(
        client=_nobody(chosen),
        client_id=chosen.slack_client_id,
        client_secret=chosen.slack_client_secret,
        scopes=SCOPES,
        public_url=chosen.public_url,
        command=chosen.slack_command,
        installations=installations,
        states=States(installations.vault, clock),
    )


def _nobody(chosen: Settings) -> AsyncWebClient:
    """Return a client without a token, which takes nothing from the environment."""
    client = AsyncWebClient(base_url=chosen.slack_api_url, retry_handlers=[])
    client.proxy = None  # which it took from the environment
    return client
