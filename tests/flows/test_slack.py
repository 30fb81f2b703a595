"""The whole program and Slack: real processes of ours, the real SDKs, and a Slack of our own on loopback."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest

from tests.servers.slack import Slack, slack

ROOT = Path(__file__).parents[2]
CLOSED = "http://127.0.0.1:9"
SECRET = "s3cret"


@pytest.fixture
async def server() -> AsyncIterator[Slack]:
    async with slack() as server:
        server.team("T1", name="Acme")
        server.bot("T1", token="xoxb-1", user="UBOT", bot="B1")
        server.app_token("xapp-1")
        server.person("U1", name="Ana", team="T1", tz="Asia/Tokyo")
        server.channel("C1", name="papers", team="T1", members=("U1", "UBOT"))
        yield server
        assert server.violations == []
        assert server.late == []


def settings(data: Path, server: Slack, **more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG", "VIRTUAL_ENV"}}
    ours = {"DATA_DIR": str(data), "HF_ENDPOINT": CLOSED, "ARXIV_URL": CLOSED, "WEB_PORT": "0"}
    return kept | ours | {"PYTHONPATH": str(ROOT), "SLACK_API_URL": server.url, **more}


@asynccontextmanager
async def running(data: Path, environment: dict[str, str]) -> AsyncIterator[tuple[Process, str]]:
    """Run the program; yields it with what it says at its start. It ends with 0."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "run", env=environment, cwd=data.parent, stdout=PIPE, stderr=PIPE
    )
    assert process.stdout
    try:
        said = (await process.stdout.readline()).decode()
        if "PORT" in environment:
            said += (await process.stdout.readline()).decode()
        yield process, said
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
        _, errors = await asyncio.wait_for(process.communicate(), 30)
    assert process.returncode == 0, errors.decode()
    assert "Traceback" not in errors.decode()


async def digest_on(server: Slack) -> None:
    """Turn the digest on as somebody would who follows docs/slack.md."""
    acked = await server.command("digest on", channel="C1", user="U1")
    assert acked.status == 200
    await server.wait(lambda: bool(server.whispers("C1", "U1")), 20)
    preview = server.whispers("C1", "U1")[-1]
    assert "Asia/Tokyo" in preview.plain
    await server.press("Post now", within=preview, user="U1")
    await server.wait(lambda: bool(server.shown("C1")), 20)
    (digest,) = server.shown("C1")
    assert "1." in digest.plain
    assert digest.mentions == []


async def test_from_two_tokens_to_a_digest(server: Slack, tmp_path: Path) -> None:
    tokens = {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "xapp-1"}
    async with running(tmp_path, settings(tmp_path / "data", server, **tokens)):
        await server.wait(lambda: bool(server.sockets), 20)
        await digest_on(server)


async def test_signed_requests_bring_the_same(server: Slack, tmp_path: Path) -> None:
    more = {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_SIGNING_SECRET": SECRET, "PORT": "0"}
    async with running(tmp_path, settings(tmp_path / "data", server, **more)) as (_, said):
        found = re.search(r"public listener: (\S+)", said)
        assert found, said
        server.endpoint, server.signing_secret = f"{found[1]}/slack/events", SECRET
        await digest_on(server)


async def test_a_refused_token_ends_it_with_a_sentence(server: Slack, tmp_path: Path) -> None:
    more = {"SLACK_BOT_TOKEN": "xoxb-wrong", "SLACK_APP_TOKEN": "xapp-1"}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "run", env=settings(tmp_path / "data", server, **more), cwd=tmp_path,
        stdout=PIPE, stderr=PIPE,
    )  # fmt: skip
    _, errors = await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode == 4
    said = errors.decode().strip().splitlines()[-1]
    assert said == "Slack turned SLACK_BOT_TOKEN down (invalid_auth). Put a valid one into .env."


@pytest.mark.long
async def test_add_to_slack_brings_a_workspace(server: Slack, tmp_path: Path) -> None:
    server.revoke("xoxb-1")
    more = {
        "SLACK_CLIENT_ID": server.oauth.client_id,
        "SLACK_CLIENT_SECRET": server.oauth.client_secret,
        "SLACK_SIGNING_SECRET": SECRET,
        "PORT": "0",
        "PUBLIC_URL": "http://127.0.0.1:1",
    }
    async with running(tmp_path, settings(tmp_path / "data", server, **more)) as (_, said):
        found = re.search(r"public listener: (\S+)", said)
        assert found, said
        async with aiohttp.ClientSession() as browser:
            answer = await browser.get(f"{found[1]}/slack/install")
            shown = await answer.text()
            assert "Add to Slack" in shown
            cookie = answer.headers["Set-Cookie"].partition(";")[0]
            asked = re.search(r'href="([^"]+authorize[^"]+)"', shown)
            assert asked
            consent = await browser.get(asked[1].replace("&amp;", "&"), allow_redirects=False)
            back = consent.headers["Location"].replace("http://127.0.0.1:1", found[1])
            done = await browser.get(back, headers={"Cookie": cookie})
            assert "Broadsheet is in" in await done.text()
            for private in ("/", "/healthz", "/status", "/api/channels"):
                assert (await browser.get(f"{found[1]}{private}")).status == 404
            assert (await browser.get(f"{found[1]}/livez")).status == 200
        server.endpoint, server.signing_secret = f"{found[1]}/slack/events", SECRET
        await digest_on(server)
