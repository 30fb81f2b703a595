"""Pager composition: messages go out as POST requests, and lines that people type come in over a WebSocket."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final

import aiohttp

from bot.cards.models import Card
from bot.domain.channels import Channel
from bot.domain.people import Person
from bot.errors import Gone, TryLater, Uncertain
from bot.ports.channels import ChannelState
from bot.ports.chat import Delivery
from bot.ports.commands import Commands, Request
from bot.ports.platforms import PlatformServices
from bot.ports.workspaces import ChannelInfo, Workspace

from .settings import PagerSettings

WORKSPACE: Final = Workspace("pager", "ward", "The ward", managers=("ada",))
CHANNEL: Final = Channel("pager", "ward", "1", name="papers")


@dataclass
class PagerChat:
    """The pager's messages. Implements `bot.ports.chat.Chat`."""

    session: aiohttp.ClientSession
    platform: str = "pager"

    async def send(self, delivery: Delivery, now: Any) -> str:
        """Send a page."""
        body = {"text": render_card(delivery.card), "key": str(delivery.key)}
        try:
            async with self.session.post(f"/channels/{delivery.key.channel.id}", json=body) as response:
                if response.status == HTTPStatus.NOT_FOUND:
                    raise Gone("the pager was lost")
                return str(await response.json())
        except aiohttp.ClientError as error:
            raise TryLater("The pager does not answer", 1.0) from error

    async def find_message(self, delivery: Delivery) -> str | None:
        """Nobody can ask a pager."""
        raise Uncertain("Nobody can ask a pager.")

    async def run(self) -> None:
        """Do nothing."""

    async def close(self) -> None:
        """Let go of the network."""
        await self.session.close()


class PagerDirectory:
    """The pager's one channel. Implements `bot.ports.workspaces.Directory`."""

    async def list_shared_channels(self, workspace: str, person: str) -> Sequence[ChannelInfo]:
        """Return it."""
        return [ChannelInfo(CHANNEL)]

    def list_contact_channels(self, workspace: Workspace) -> Sequence[Channel]:
        """Return where those who manage are told."""
        return workspace.manager_direct_channels

    def find_display_name(self, channel: Channel, identity: str) -> str:
        """Return "": it has no names for anything."""
        return ""

    async def find_posting_problem(self, channel_state: ChannelState) -> str:
        """Return "": there is none."""
        return ""


@dataclass(frozen=True)
class PagerConnection:
    """Lines that people type. Implements `bot.ports.platforms.Connection`."""

    session: aiohttp.ClientSession
    services: PlatformServices
    commands: Commands
    routes: Sequence[Any] = ()

    async def serve(self, stop: asyncio.Event) -> None:
        """Answer line by line until *stop*."""
        await self.services.workspace_events.on_workspace_installed(WORKSPACE, self.services.clock())
        answering = asyncio.create_task(self._answer_lines())
        await stop.wait()
        answering.cancel()
        with suppress(asyncio.CancelledError):
            await answering

    async def _answer_lines(self) -> None:
        async with self.session.ws_connect("/lines") as socket:
            async for message in socket:
                await socket.send_json({"text": await self._answer_line(**message.json())})

    async def _answer_line(self, identifier: str, person: str, line: str) -> str:
        command, arguments = self.commands.parse_line(line)
        asker, now = Person("pager", person), self.services.clock()
        answer = await self.commands.answer(Request(identifier, CHANNEL, asker, now, command, arguments))
        return render_card(answer.body) if isinstance(answer.body, Card) else answer.body.title


@dataclass(frozen=True)
class PagerPlatform:
    """Implements `bot.ports.platforms.Platform`."""

    services: PlatformServices
    chat: PagerChat
    directory: PagerDirectory

    def connect(self, commands: Commands) -> PagerConnection:
        """Return what answers lines."""
        return PagerConnection(self.chat.session, self.services, commands)


@asynccontextmanager
async def open_platform(settings: PagerSettings, services: PlatformServices) -> AsyncIterator[PagerPlatform]:
    """Give the pager of the settings."""
    async with aiohttp.ClientSession(settings.pager_url) as session:
        yield PagerPlatform(services, PagerChat(session), PagerDirectory())


async def is_reachable(url: str) -> bool:
    """Tell whether the server answers."""
    try:
        async with aiohttp.ClientSession(url) as session, session.get("/") as response:
            return response.ok
    except aiohttp.ClientError:
        return False


def render_card(card: Card) -> str:
    """Return a card as a pager shows it."""
    return "\n".join([card.title, card.text, *(f"{item.number}. {item.title}" for item in card.items)]).strip()
