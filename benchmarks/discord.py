"""Discord test server in its own process: REST rate limit, gateway and people who use application commands.

`start_server` starts it. It says its addresses; at a first order people begin, at a second one they stop, and once
everything is answered it says what it saw.
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
from benchmarks.far import ServerProcess
from benchmarks.lag import sample_lag
from benchmarks.report import compute_percentile
from tests.servers.discord import Discord, discord

TOKEN: Final = "token-1"  # noqa: S105 - of a server on loopback
REQUESTS_PER_SECOND: Final = 50
"""Requests a second: https://docs.discord.com/developers/topics/rate-limits#global-rate-limit."""
_POST_ROUTE: Final = "POST /channels/{channel_id}/messages"
_ROUND_TRIP: Final = 0.15
"""Seconds until Discord has taken a message."""
_COMMANDS: Final[tuple[tuple[str, dict[str, Any]], ...]] = (
    ("papers today", {}),
    ("papers search", {"query": "diffusion"}),
    ("papers help", {}),
    ("papers search", {"query": "agents", "sort": "votes"}),
    ("papers saved", {}),
)
_PEOPLE_PER_SERVER: Final = 3
"""In each server."""
_TIMEOUT: Final = 60.0


def build_server_id(channel: int, servers: int) -> str:
    """Return the id of the server that a channel is in."""
    return str(100_000 + channel % servers)


def build_channel_id(number: int) -> str:
    """Return a channel's id."""
    return str(1_000_000 + number)


def start_server(servers: int, channels: int, rate: int) -> AbstractAsyncContextManager[tuple[ServerProcess, str]]:
    """Run Discord in a process of its own; give it and its addresses as JSON. *rate* is in commands a second."""
    return far.start_process("benchmarks.discord", str(servers), str(channels), str(rate))


async def serve(servers: int, channels: int, rate: int) -> None:
    """Be that process, until nobody needs it any more."""
    orders = await far.open_stdin()
    async with discord() as server:
        _fill_server(server, servers, channels)
        print(json.dumps({"api": server.api, "gateway": server.gateway}), flush=True)
        await orders.readline()
        await server.wait(lambda: server.ready and server.commands, _TIMEOUT)
        server.most_a_second = REQUESTS_PER_SECOND
        server.calls.clear()
        print("begun", flush=True)
        async with sample_lag() as lags:
            answered = await _run_commands(server, servers, channels, rate, orders)
        print(json.dumps(_build_report(server, answered, lags)), flush=True)
        await orders.read()


def _fill_server(server: Discord, servers: int, channels: int) -> None:
    server.checking = False
    server.bot(TOKEN)
    for number in range(servers):
        server_id = build_server_id(number, servers)
        server.guild(server_id, name=f"Lab {number}", owner=f"{server_id}0")
        for person in range(_PEOPLE_PER_SERVER):
            server.person(f"{server_id}{person}", guilds=(server_id,))
    for number in range(channels):
        server.channel(build_channel_id(number), build_server_id(number, servers), f"papers-{number}")
    server.fail(_POST_ROUTE, delay=_ROUND_TRIP, times=math.inf)


async def _run_commands(
    server: Discord, servers: int, channels: int, rate: int, orders: asyncio.StreamReader
) -> list[float]:
    """Let people use commands until a line comes, whatever became of the last one; return what each waited."""
    loop, stop = asyncio.get_running_loop(), asyncio.ensure_future(orders.readline())
    began, tasks = loop.time(), list[asyncio.Task[float]]()
    for number in itertools.count():
        await asyncio.wait({stop}, timeout=max(0.0, began + number / rate - loop.time()))
        if stop.done():
            return await asyncio.gather(*tasks)
        person = f"{build_server_id(number, servers)}{number // servers % _PEOPLE_PER_SERVER}"
        tasks.append(asyncio.create_task(_run_command(server, number, person, build_channel_id(number % channels))))
    raise AssertionError("People use commands until they are told to stop.")


async def _run_command(server: Discord, number: int, person: str, channel: str) -> float:
    """Use a command; return the seconds until its answer is there, not only the word that it is coming."""
    began = time.perf_counter()
    words, options = _COMMANDS[number % len(_COMMANDS)]
    reaction = await server.slash(words, options, user=person, channel=channel)
    await reaction.settled(_TIMEOUT)
    return time.perf_counter() - began


def _build_report(server: Discord, answered: list[float], lags: list[float]) -> dict[str, Any]:
    return {
        "answered": answered,
        "posts": sum(len(place.posts) for place in server.places.values()),
        "refused": sum(call.status >= 400 for call in server.calls),  # noqa: PLR2004 - from here on HTTP says no
        "busy": sum("Broadsheet is busy" in one.content for one in server.private),
        "lag": compute_percentile(lags, 99),
        "wrong": server.violations[:3],
    }


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])))
