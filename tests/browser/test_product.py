"""The whole product in real Chromium: the program as `make run` starts it, recorded lists from a source on loopback."""

import asyncio
import gzip
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect, sync_playwright

from bot.domain.feed import find_newest_feed_date
from bot.sources.sample import recordings
from tests.bot.cli.test_cli import running
from tests.browser.pictures import ARGUMENTS, chromium
from tests.servers.sources import Sources

pytestmark = pytest.mark.browser


THUMBNAILS = "https://cdn-thumbnails.huggingface.co/"


def allowed(url: str) -> bool:
    """Tell whether a page may ask for *url*: this machine's, or a picture, which the test hands out itself."""
    return "//127.0.0.1:" in url or url.startswith(THUMBNAILS)


def recorded(day: date) -> list[dict[str, Any]]:
    """Return a list of the sample as the source sends it."""
    return list(json.loads(gzip.decompress((recordings.FOLDER / f"{day}.json.gz").read_bytes())))


@contextmanager
def source() -> Iterator[str]:
    """Serve recorded lists under this week's dates, from a thread of its own; yields the address."""
    newest = find_newest_feed_date(datetime.now(UTC))
    weekdays = [day for n in range(8) if (day := newest - timedelta(days=n)).weekday() < 5]
    records = [recorded(date(2026, 2, day)) for day in (26, 25, 24, 23, 20, 19)]
    days = dict(zip(weekdays, records, strict=False))
    started, stop = threading.Event(), asyncio.Event()
    address: list[str] = []

    async def serve() -> None:
        async with Sources(days) as server:
            address.append(server.url)
            started.set()
            await stop.wait()

    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()))
    thread.start()
    try:
        assert started.wait(10)
        yield address[0]
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(10)
        loop.close()


@pytest.fixture
def page() -> Iterator[Page]:
    """Open a browser whose console must stay silent and whose requests must stay on this machine."""
    executable = chromium()
    assert executable, "Chromium is missing; .ci/run installs it"
    complaints: list[str] = []
    with sync_playwright() as player:
        browser = player.chromium.launch(executable_path=executable, args=list(ARGUMENTS))
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda asked: complaints.append(asked.url) if not allowed(asked.url) else None)
        page.route(f"{THUMBNAILS}**", lambda route: route.fulfill(body=b"", content_type="image/png"))
        yield page
        browser.close()
    assert not complaints


def say(page: Page, line: str) -> None:
    box = page.get_by_role("combobox")
    box.fill(line)
    box.press("Escape")
    box.press("Enter")


needs_chromium = pytest.mark.skipif(
    chromium() is None, reason="Chromium is not installed; install it to run the tests in a browser."
)


@pytest.mark.long
@needs_chromium
def test_the_sample_works_without_internet(page: Page, tmp_path: Path) -> None:
    with running(tmp_path / "data") as (_, url):
        page.goto(url)
        expect(page.get_by_role("heading", name="The Trinity of Consistency")).to_be_visible()
        expect(page.get_by_text("votes of Fri 27 Feb 2026")).to_be_visible()
        expect(page.get_by_text("Three things to try")).to_be_visible()
        page.get_by_role("button", name="Get a digest now").click()
        box = page.get_by_role("combobox")
        if box.input_value():
            box.press("Enter")
        expect(page.get_by_text("votes of Thu 26 Feb 2026")).to_be_visible(timeout=15_000)
        page.get_by_role("button", name="See as Slack").first.click()
        expect(page.frame_locator("iframe").get_by_text("The Trinity of Consistency")).to_be_visible()
        page.close()


@needs_chromium
def test_a_reader_follows_searches_sets_up_and_gets_a_digest(page: Page, tmp_path: Path) -> None:
    with source() as endpoint, running(tmp_path / "data", HF_ENDPOINT=endpoint) as (_, url):
        page.goto(url)
        expect(page.get_by_text("Three things to try")).to_be_visible()

        say(page, "search sparse attention")
        answer = page.get_by_role("region", name="Only you can see this").last
        expect(answer.get_by_role("heading", name="SpargeAttention2")).to_be_visible()
        answer.get_by_role("button", name="Next").click()
        expect(answer.get_by_text("6–10 of")).to_be_visible()

        say(page, "follow agent where:here")
        expect(page.locator(".private", has_text="Following “agent” for #papers")).to_be_visible()

        say(page, "settings")
        form = page.locator("form.set").last
        form.get_by_label("Number").fill("3")
        expect(form.get_by_text("Next:")).to_be_visible()
        form.get_by_role("button", name="Save").click()
        expect(page.locator(".private", has_text="number 5 → 3")).to_be_visible()

        say(page, "digest now")
        digest = page.locator(".msg", has_text="top 3 of").last
        expect(digest).to_be_visible(timeout=20_000)
        expect(digest).not_to_contain_text("Sample")
        expect(digest.get_by_text("Your topics")).to_be_visible()
        digest.get_by_role("button", name="Abstract").first.click()
        expect(digest.locator(".abstract").first).to_be_visible()
        page.close()
