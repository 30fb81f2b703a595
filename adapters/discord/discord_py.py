"""discord.py’s undocumented names (Client.http, Route, the webhook adapter, ConnectionState.parsers), used only here.

The library sends what its own models make, and reads events by its own parsers. For payloads, addresses and faults of
ours it documents no way. Each name stands in tests/adapters/discord/test_discord_py.py, with what breaks without it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, cast

import aiohttp
import discord
from discord.gateway import DiscordWebSocket
from discord.http import Route
from discord.utils import MISSING
from discord.webhook.async_ import async_context
from yarl import URL

EventParser = Callable[[Any], None]
MultipartForm = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class RestRequest:
    """One request; a *form* takes the place of *json*."""

    route: Route
    json: Any = None
    form: MultipartForm | None = None
    params: Mapping[str, Any] | None = None


def build_route(method: str, path: str, ids: Mapping[str, str | int | None]) -> Route:
    """Return *path* with *ids* filled in, by which the library counts its rate limits."""
    return Route(method, path, **cast("Any", ids))


async def send_as_bot(client: discord.Client, request: RestRequest) -> Any:
    """Send with the bot's token, which the library knows; it obeys the headers of rate limits and repeats some faults.

    The documented methods send no JSON of our own.
    """
    options: dict[str, Any] = (
        {"form": request.form} if request.form else {} if request.json is None else {"json": request.json}
    )
    if request.params:
        options["params"] = dict(request.params)
    with release_global_pause(client):
        return await client.http.request(request.route, **options)


async def send_as_interaction(client: discord.Client, request: RestRequest) -> Any:
    """Answer an interaction, as the library itself does: its token is enough, and the limit for all is not its.

    https://docs.discord.com/developers/topics/rate-limits#global-rate-limit
    """
    session = discord.Webhook.partial(0, "", client=client).session  # where the client's trace listens
    return await async_context.get().request(
        request.route,
        session,
        payload=None if request.form else request.json,
        multipart=request.form,
        params=dict(request.params) if request.params else None,
    )


@contextmanager
def release_global_pause(client: discord.Client) -> Iterator[None]:
    """End the library's pause for all where whoever waits in it is interrupted: it would never end, for anybody.

    The fault is told of a sister library: https://github.com/DisnakeDev/disnake/pull/1585.
    """
    try:
        yield
    except asyncio.CancelledError:
        client.http._global_over.set()  # noqa: SLF001 - nothing else ends the pause
        raise


def set_api_url(api_url: str) -> None:
    """Let all clients of this process call *api_url*: there is no option for it."""
    Route.BASE = api_url


def set_gateway_url(client: discord.Client, gateway_url: str) -> None:
    """Open every connection of *client* at *gateway_url*, without one where Discord says: there is no option for it.

    Where a session is lost the library asks Discord's own address, not the one that REST named.
    """
    connect, home_url = client.http.ws_connect, URL(gateway_url) if gateway_url else None

    async def connect_websocket(url: str, **options: Any) -> aiohttp.ClientWebSocketResponse:
        nonlocal home_url
        told_url = URL(url)
        home_url = home_url or told_url  # the first one is REST's
        is_redirected = gateway_url or told_url.origin() == DiscordWebSocket.DEFAULT_GATEWAY.origin()
        return await connect(str(home_url.update_query(told_url.query) if is_redirected else told_url), **options)

    client.http.ws_connect = connect_websocket  # type: ignore[method-assign]


def discard_connector(client: discord.Client) -> None:
    """Let the next login of a client that was closed make new connections: the library keeps the closed ones.

    https://github.com/Rapptz/discord.py/issues/9121
    """
    client.http.connector = MISSING


def get_event_parsers(client: discord.Client) -> dict[str, EventParser]:
    """Return what reads events, by their names, to be changed: where one fails the session ends, and no hook hears."""
    return client._connection.parsers  # noqa: SLF001 - nothing else leads to them
