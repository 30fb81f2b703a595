"""Adding the app to Slack, in a real browser: our page, Slack's, our page again."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Literal

import pytest
import pytest_asyncio
from playwright.async_api import BrowserContext, Page, expect

from adapters.slack.auth.oauth import INSTALL_PATH
from tests.adapters.slack.oauth_harness import OAuthHarness, open_oauth_harness
from tests.servers.slack import slack

pytestmark = [
    pytest.mark.browser,
    pytest.mark.asyncio(loop_scope="session"),
    # slack_sdk still writes its header in the way that aiohttp is about to give up.
    pytest.mark.filterwarnings("ignore:BasicAuth is deprecated:DeprecationWarning"),
]

CONTRAST = (Path(__file__).parent / "contrast.js").read_text(encoding="utf-8")
REFUSED = "Failed to load resource: the server responded with a status of 400 (Bad Request)"
WIDE = "() => document.documentElement.scrollWidth > document.documentElement.clientWidth"


@pytest_asyncio.fixture(loop_scope="session")
async def here(tmp_path: Path) -> AsyncIterator[OAuthHarness]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
    async with slack() as server, open_oauth_harness(server, tmp_path, port) as one:
        server.team("T1", name="The Laboratory for Unusually Long Names of Workspaces")
        yield one


@pytest_asyncio.fixture(loop_scope="session")
async def page(context: BrowserContext, here: OAuthHarness, complaints: list[str]) -> AsyncIterator[Page]:
    opened = await context.new_page()
    await opened.goto(here.address + INSTALL_PATH)
    yield opened
    await opened.close()
    complaints[:] = [one for one in complaints if one != REFUSED]  # the tests open an address a second time


async def test_the_whole_way(page: Page, here: OAuthHarness) -> None:
    await expect(page).to_have_title("Add Broadsheet to Slack")
    await page.get_by_role("link", name="Add to Slack").click()
    await expect(page.get_by_role("heading")).to_have_text(f"Broadsheet is in {here.slack.teams['T1'].name}")
    await expect(page.get_by_role("link", name="Open Slack")).to_be_visible()
    assert await here.installations.get_token("T1")
    assert await page.context.cookies() == []
    await page.reload()
    await expect(page.get_by_role("heading")).to_have_text("Not installed")
    await page.get_by_role("link", name="Try again").click()
    await expect(page).to_have_title("Add Broadsheet to Slack")


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
async def test_every_page_can_be_read(page: Page, theme: Literal["light", "dark"], width: int) -> None:
    await page.set_viewport_size({"width": width, "height": 700})
    await page.emulate_media(color_scheme=theme)
    for title, button in (("Add Broadsheet", "Add to Slack"), ("Broadsheet is in", None), ("Not installed", None)):
        await expect(page.get_by_role("heading")).to_contain_text(title)
        assert await page.evaluate(CONTRAST) == []
        assert not await page.evaluate(WIDE)
        await (page.get_by_role("link", name=button).click() if button else page.reload())
