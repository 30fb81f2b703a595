"""Real Chromium on a running workspace; whatever leaves this machine or is complained of fails the test."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Page, async_playwright
from yarl import URL

from adapters.discord.preview.html import render_preview
from adapters.slack.preview import html
from tests.browser.pictures import ARGUMENTS, chromium
from tests.workspace import Workspace, running

PATIENCE = 10_000


@pytest_asyncio.fixture(loop_scope="session")
async def workspace() -> AsyncIterator[Workspace]:
    async with running(beat=1, drawn={"slack": html.render_preview, "discord": render_preview}) as started:
        yield started


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    path = chromium()
    if path is None:
        if os.environ.get("CI") == "true":
            pytest.fail("There is no Chromium here; install it, or name it in CHROMIUM.")
        pytest.skip("There is no Chromium here: install it, or name it in CHROMIUM, to run the browser tests.")
    async with async_playwright() as player:  # one browser for all tests, hence one event loop
        started = await player.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        yield started
        await started.close()


@pytest.fixture
def complaints() -> list[str]:
    """What the page complained of; a test that provokes some takes them out."""
    return []


@pytest_asyncio.fixture(loop_scope="session")
async def context(browser: Browser, complaints: list[str]) -> AsyncIterator[BrowserContext]:
    opened = await browser.new_context(viewport={"width": 1280, "height": 900}, timezone_id="Europe/Berlin")
    opened.set_default_timeout(PATIENCE)
    asked: list[str] = []
    opened.on("request", lambda request: asked.append(request.url))
    opened.on("console", lambda message: _note(message, complaints))
    opened.on("weberror", lambda error: complaints.append(str(error.error)))
    yield opened
    await opened.close()
    assert [url for url in asked if URL(url).host not in {"127.0.0.1", "thumbnails.test"}] == []
    assert complaints == []


@pytest_asyncio.fixture(loop_scope="session")
async def page(context: BrowserContext, workspace: Workspace) -> AsyncIterator[Page]:
    opened = await context.new_page()
    await opened.goto(workspace.url)
    await opened.locator("#post-2").wait_for()
    yield opened
    # Before the workspace stops, or its stream of events is asked for again and refused.
    await opened.close()


def _note(message: ConsoleMessage, complaints: list[str]) -> None:
    if message.type in {"error", "warning"}:
        complaints.append(message.text)
