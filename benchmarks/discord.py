"""Discord on loopback in a process of its own, as slow and as strict as the real one, where people use commands.

`apart` starts it. It says its addresses; at a first order people begin, at a second one they stop, and once everything
is answered it says what it saw.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import math
import sys
import time
from contextlib import AbstractAsyncContextManager
from typing import Any, Final

from benchmarks import far
from benchmarks.far import Far
from benchmarks.lag import sampled
from benchmarks.report import percentile
from tests.servers.discord import Discord, discord

TOKEN: Final = "token-1"  # noqa: S105 - of a server on loopback
LIMIT: Final = 50
"""Requests a second: https://docs.discord.com/developers/topics/rate-limits#global-rate-limit."""
_POST: Final = "POST /channels/{channel_id}/messages"
_ROUND_TRIP: Final = 0.15
"""Seconds until Discord has taken a message."""
_USED: Final[tuple[tuple[str, dict[str, Any]], ...]] = (
    ("papers today", {}),
    ("papers search", {"query": "diffusion"}),
    ("papers help", {}),
    ("papers search", {"query": "agents", "sort": "votes"}),
    ("papers saved", {}),
)
_PEOPLE: Final = 3
"""In each server."""
_WAIT: Final = 60.0


def server_of(channel: int, servers: int) -> str:
    """Return the id of the server that a channel is in."""
    return str(100_000 + channel % servers)


def channel_id(number: int) -> str:
    """Return a channel's id."""
    return str(1_000_000 + number)


def apart(servers: int, channels: int, rate: int) -> AbstractAsyncContextManager[tuple[Far, str]]:
    """Run Discord in a process of its own; give it and its addresses as JSON. *rate* is in commands a second."""
    return far.apart("benchmarks.discord", str(servers), str(channels), str(rate))


async def serve(servers: int, channels: int, rate: int) -> None:
    """Be that process, until nobody needs it any more."""
    orders = await far.orders()
    async with discord() as server:
        _furnish(server, servers, channels)
        print(json.dumps({"api": server.api, "gateway": server.gateway}), flush=True)
        await orders.readline()
        await server.wait(lambda: server.ready and server.commands, _WAIT)
        server.most_a_second = LIMIT
        server.calls.clear()
        print("begun", flush=True)
        async with sampled() as lags:
            answered = await _use(server, servers, channels, rate, orders)
        print(json.dumps(_seen(server, answered, lags)), flush=True)
        await orders.read()


def _furnish(server: Discord, servers: int, channels: int) -> None:
    server.checking = False
    server.bot(TOKEN)
    for number in range(servers):
        there = server_of(number, servers)
        server.guild(there, name=f"Lab {number}", owner=f"{there}0")
        for person in range(_PEOPLE):
            server.person(f"{there}{person}", guilds=(there,))
    for number in range(channels):
        server.channel(channel_id(number), server_of(number, servers), f"papers-{number}")
    server.fail(_POST, delay=_ROUND_TRIP, times=math.inf)


async def _use(server: Discord, servers: int, channels: int, rate: int, orders: asyncio.StreamReader) -> list[float]:
    """Let people use commands until a line comes, whatever became of the last one; return what each waited."""
    loop, stop = asyncio.get_running_loop(), asyncio.ensure_future(orders.readline())
    began, acts = loop.time(), list[asyncio.Task[float]]()
    for number in itertools.count():
        await asyncio.wait({stop}, timeout=max(0.0, began + number / rate - loop.time()))
        if stop.done():
            return await asyncio.gather(*acts)
        person = f"{server_of(number, servers)}{number // servers % _PEOPLE}"
        acts.append(asyncio.create_task(_act(server, number, person, channel_id(number % channels))))
    raise AssertionError("People use commands until they are told to stop.")


async def _act(server: Discord, number: int, person: str, channel: str) -> float:
    """Use a command; return the seconds until its answer is there, not only the word that it is coming."""
    began = time.perf_counter()
    words, options = _USED[number % len(_USED)]
    reaction = await server.slash(words, options, user=person, channel=channel)
    await reaction.settled(_WAIT)
    return time.perf_counter() - began


def _seen(server: Discord, answered: list[float], lags: list[float]) -> dict[str, Any]:
    return {
        "answered": answered,
        "posts": sum(len(place.posts) for place in server.places.values()),
        "refused": sum(call.status >= 400 for call in server.calls),  # noqa: PLR2004 - from here on HTTP says no
        "busy": sum("Broadsheet is busy" in one.content for one in server.private),
        "lag": percentile(lags, 99),
        "wrong": server.violations[:3],
    }


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])))
