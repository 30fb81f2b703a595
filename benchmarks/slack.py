"""Slack test server in its own process: Web API, Socket Mode and people who type slash commands.

`start_server` starts it. It says the address of its Web API; at a first order people begin to type, at a second one
they stop, and once everything is acknowledged, and answered where answers are to come, it says what it saw. So neither
the server's work nor its checks cost the measured process anything.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import sys
from contextlib import AbstractAsyncContextManager
from typing import Any, Final

from benchmarks import far
from benchmarks.far import ServerProcess
from benchmarks.lag import sample_lag
from benchmarks.report import compute_percentile
from tests.servers.slack import Acked, Slack, slack

BOT_TOKEN: Final = "xoxb-{}"  # noqa: S105 - as below
APP_TOKEN: Final = "xapp-1"  # noqa: S105 - of a server on loopback
_COMMANDS: Final = ("today", "search diffusion", "help", "search agents sort:votes", "saved")
_PEOPLE_PER_WORKSPACE: Final = 10
"""In each workspace; so nobody types faster than one person may."""
_TIMEOUT: Final = 60.0


def start_server(
    workspaces: int, channels: int, rate: int, *, answers: bool
) -> AbstractAsyncContextManager[tuple[ServerProcess, str]]:
    """Run Slack in a process of its own; give it and the address of its Web API. *rate* is in commands a second."""
    return far.start_process(
        "benchmarks.slack", str(workspaces), str(channels), str(rate), "answers" if answers else ""
    )


async def serve(workspaces: int, channels: int, rate: int, *, answers: bool) -> None:
    """Be that process, until nobody needs it any more."""
    orders = await far.open_stdin()
    async with slack() as server:
        _fill_server(server, workspaces, channels)
        print(server.url, flush=True)
        await orders.readline()
        await server.wait(lambda: server.sockets, _TIMEOUT)
        print("typing", flush=True)
        async with sample_lag() as lags:
            acked = await _run_commands(server, workspaces, channels, rate, orders)
        if answers:
            await server.wait(lambda: len(_list_answers(server)) >= len(acked), _TIMEOUT)
        print(json.dumps(_build_report(server, acked, lags)), flush=True)
        await orders.read()


def _fill_server(server: Slack, workspaces: int, channels: int) -> None:
    server.app_token(APP_TOKEN)
    for workspace in range(workspaces):
        team = f"T{workspace}"
        server.team(team)
        server.bot(team, BOT_TOKEN.format(team), f"UBOT{workspace}", f"B{workspace}")
        for number in range(_PEOPLE_PER_WORKSPACE):
            server.person(f"U{workspace}-{number}", team=team)
    for channel in range(channels):
        workspace = channel % workspaces
        members = [f"UBOT{workspace}", *(f"U{workspace}-{number}" for number in range(_PEOPLE_PER_WORKSPACE))]
        server.channel(f"C{channel}", f"papers-{channel}", f"T{workspace}", members)


async def _run_commands(
    server: Slack, workspaces: int, channels: int, rate: int, orders: asyncio.StreamReader
) -> list[Acked]:
    """Let people type until a line comes; the next one does not wait for the acknowledgement of the last."""
    loop, stop = asyncio.get_running_loop(), asyncio.ensure_future(orders.readline())
    began, tasks = loop.time(), list[asyncio.Task[Acked]]()
    for number in itertools.count():
        await asyncio.wait({stop}, timeout=max(0.0, began + number / rate - loop.time()))
        if stop.done():
            return await asyncio.gather(*tasks)
        workspace, person_number = number % workspaces, number // workspaces
        channel = f"C{number % channels}"
        command = server.command(
            _COMMANDS[number % len(_COMMANDS)],
            channel=channel,
            user=f"U{workspace}-{person_number % _PEOPLE_PER_WORKSPACE}",
        )
        tasks.append(asyncio.create_task(command))
    raise AssertionError("People type until they are told to stop.")


def _list_answers(server: Slack) -> list[str]:
    """Return what was answered, lines that ask for patience left out."""
    shown = (one.text for place in server.places.values() for one in place.whispers)
    return [text for text in shown if not text.startswith("Looking")]


def _build_report(server: Slack, acked: list[Acked], lags: list[float]) -> dict[str, Any]:
    return {
        "acks": [one.seconds for one in acked if one.ok],
        "posts": sum(len(place.posts) for place in server.places.values()),
        "busy": sum(text.startswith("Broadsheet is busy") for text in _list_answers(server)),
        "lag": compute_percentile(lags, 99),
        "wrong": [*server.violations, *(f"HTTP {one.status}" for one in acked if not one.ok)][:3],
    }


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), answers=bool(sys.argv[4])))
