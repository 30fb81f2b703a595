"""What the handlers work with, and what all of them need of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus
from typing import Any, Final

from aiohttp import web

from adapters.web import render
from adapters.web.chat import WebChat
from adapters.web.events import BEAT, Feed
from adapters.web.guards import Wrong
from adapters.web.recent import Recent
from adapters.web.site import DIRECT, PLATFORM, WORKSPACE, Site
from bot.models import Channel, Kind
from bot.ports.commands import Commands
from bot.ports.drawings import Draw
from bot.ports.places import Board, Channels, Post, Standing


@dataclass(frozen=True, slots=True)
class Desk:
    """What the handlers work with."""

    commands: Commands
    board: Board
    channels: Channels
    chat: WebChat
    feed: Feed
    site: Callable[[], Awaitable[Site]]
    clock: Callable[[], datetime]
    status: Callable[[datetime], Awaitable[Mapping[str, Any]]]
    beat: float = BEAT
    drawings: Mapping[str, Draw] = field(default_factory=dict)
    recent: Recent = field(default_factory=Recent)


DESK: Final = web.AppKey("desk", Desk)


async def standings(desk: Desk) -> Sequence[Standing]:
    """Return the channels of this workspace, without the direct one."""
    known = await desk.channels.of(PLATFORM, WORKSPACE)
    return [standing for standing in known if standing.channel.kind is not Kind.DIRECT]


async def place(desk: Desk, name: str) -> Channel:
    """Return the channel of a name; raises `Wrong` when there is none."""
    if name == DIRECT.id:
        return DIRECT
    for standing in await standings(desk):
        if standing.channel.id == name:
            return standing.channel
    raise Wrong("There is no such channel here.", HTTPStatus.NOT_FOUND)


async def news(desk: Desk, post: Post) -> dict[str, Any]:
    """Return a message as the page's scripts take it."""
    return {
        "id": post.id,
        "channel": post.channel.id,
        "said": render.said(post.card),
        "html": render.message(post, pictures=(await desk.site()).pictures, platforms=tuple(desk.drawings)),
    }
