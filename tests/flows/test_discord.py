"""The whole program with Discord: from one token to a digest, as docs/discord.md tells it."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import parse_qs, urlparse

import pytest

from tests.servers.discord import Discord, discord
from tests.servers.slack import slack

ROOT = Path(__file__).parents[2]
CLOSED = "http://127.0.0.1:9"


@pytest.fixture
async def server() -> AsyncIterator[Discord]:
    async with discord() as server:
        server.bot("token-1", user="1", application="2", name="Broadsheet")
        server.guild("10", name="Lab", owner="90", system="20")
        server.channel("20", guild="10", name="papers")
        server.person("90", name="Olga", guilds=("10",), manages=True)
        server.person("100", name="Ana", guilds=("10",))
        yield server
        assert server.violations == []


def settings(data: Path, server: Discord, **more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG", "VIRTUAL_ENV"}}
    ours = {"DATA_DIR": str(data), "HF_ENDPOINT": CLOSED, "ARXIV_URL": CLOSED, "WEB_PORT": "0", "PYTHONPATH": str(ROOT)}
    theirs = {"DISCORD_TOKEN": "token-1", "DISCORD_API_URL": server.api, "DISCORD_GATEWAY_URL": server.gateway}
    return kept | ours | theirs | more


@asynccontextmanager
async def running(data: Path, environment: dict[str, str]) -> AsyncIterator[Process]:
    """Run the program; it ends with 0 and without a traceback."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "run", env=environment, cwd=data.parent, stdout=PIPE, stderr=PIPE
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
        _, errors = await asyncio.wait_for(process.communicate(), 30)
    assert process.returncode == 0, errors.decode()
    assert "Traceback" not in errors.decode()


async def invited(process: Process) -> str:
    """Read what the program prints until it names the link with which a server takes it in; return that."""
    assert process.stdout
    async with asyncio.timeout(20):
        async for line in process.stdout:
            if b"The bot is in no Discord server yet." in line:
                return line.decode().split()[-1]
    raise AssertionError("The link is not printed.")


async def test_from_one_token_to_a_digest(server: Discord, tmp_path: Path) -> None:
    server.guilds["10"].present = False
    async with running(tmp_path, settings(tmp_path / "data", server, LOG_LEVEL="WARNING")) as process:
        link = urlparse(await invited(process))
        assert (link.netloc, parse_qs(link.query)["client_id"]) == ("discord.com", ["2"])
        await server.join("10")
        await server.wait(lambda: bool(server.commands), 20)
        await server.wait(lambda: bool(server.shown("20")), 20)
        (hello,) = server.shown("20")
        assert "Broadsheet posts the day’s most upvoted papers here" in hello.plain
        reaction = await server.slash("papers-setup digest on", {}, user="90", channel="20")
        preview = await reaction.settled()
        await server.press("Post now", message=preview, user="90")
        await server.wait(lambda: len(server.shown("20")) > 1, 20)
        _, digest = server.shown("20")
        assert "1." in digest.plain
        assert digest.pings == ()


@pytest.mark.long
async def test_a_second_start_tells_discord_of_nothing_anew(server: Discord, tmp_path: Path) -> None:
    for start in (1, 2):
        async with running(tmp_path, settings(tmp_path / "data", server)):
            await server.wait(lambda start=start: server.identifies == start and server.syncs > 0, 20)  # type: ignore[misc]
            reaction = await server.slash("papers today", {}, user="100", channel="20")
            assert await reaction.settled()
            await server.wait(lambda: bool(server.shown("20")), 20)
        await server.wait(lambda: not server.sockets, 20)
    assert server.syncs == 1
    assert len(server.shown("20")) == 1, "one greeting"


async def test_a_refused_token_ends_it_with_a_sentence(server: Discord, tmp_path: Path) -> None:
    environment = settings(tmp_path / "data", server, DISCORD_TOKEN="wrong")
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "run", env=environment, cwd=tmp_path, stdout=PIPE, stderr=PIPE
    )
    _, errors = await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode == 4, errors.decode()
    assert "Discord turned DISCORD_TOKEN down." in errors.decode()
    assert "Traceback" not in errors.decode()


@pytest.mark.long
async def test_disallowed_intents_end_it_with_a_sentence(server: Discord, tmp_path: Path) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot",
        "run",
        env=settings(tmp_path / "data", server),
        cwd=tmp_path,
        stdout=PIPE,
        stderr=PIPE,
    )
    # By then the library surely listens: one that is still connecting would only try again.
    await server.wait(lambda: bool(server.shown("20")), 20)
    await server.hang_up(code=4014)
    _, errors = await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode == 4, errors.decode()
    assert "Discord does not let this application connect (close code 4014)." in errors.decode()


@pytest.mark.long
async def test_slack_runs_beside_it_from_the_same_database(server: Discord, tmp_path: Path) -> None:
    async with slack() as other:
        other.team("T1", name="Acme")
        other.bot("T1", token="xoxb-1", user="UBOT", bot="B1")
        other.app_token("xapp-1")
        other.person("U1", name="Ana", team="T1", tz="Asia/Tokyo")
        other.channel("C1", name="papers", team="T1", members=("U1", "UBOT"))
        tokens = {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "xapp-1", "SLACK_API_URL": other.url}
        async with running(tmp_path, settings(tmp_path / "data", server, **tokens)):
            await other.wait(lambda: bool(other.sockets), 20)
            await server.wait(lambda: server.identifies == 1 and server.syncs > 0, 20)
            await other.command("today", channel="C1", user="U1")
            reaction = await server.slash("papers today", {}, user="100", channel="20")
            shown = await reaction.settled()
            await other.wait(lambda: bool(other.whispers("C1", "U1")), 20)
            assert "1." in shown.plain
            assert "1." in other.whispers("C1", "U1")[-1].plain
