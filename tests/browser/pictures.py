"""Pictures of a running workspace: ``python tests/browser/pictures.py URL FOLDER``, three widths in two themes."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import Final

from playwright.sync_api import Browser, Page, sync_playwright

WIDTHS: Final = {1280: 900, 768: 1024, 360: 780}
THEMES: Final = ("light", "dark")
ARGUMENTS: Final = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def chromium() -> str | None:
    """Return where Chromium is, or None."""
    return os.environ.get("CHROMIUM") or shutil.which("chromium")


def pictures(url: str, folder: Path) -> list[Path]:
    """Write a picture for each width and theme; return their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as player:
        browser = player.chromium.launch(executable_path=chromium(), args=list(ARGUMENTS))
        try:
            return [_take(browser, url, folder, width, theme) for width in WIDTHS for theme in THEMES]
        finally:
            browser.close()


def _take(browser: Browser, url: str, folder: Path, width: int, theme: str) -> Path:
    page = opened(browser, url, width, theme)
    path = folder / f"{width}-{theme}.png"
    page.screenshot(path=path)
    page.close()
    return path


def opened(browser: Browser, url: str, width: int, theme: str) -> Page:
    """Return a page of *width* in *theme*, on which the messages have come."""
    scale = 2 if width == min(WIDTHS) else 1
    page = browser.new_page(
        viewport={"width": width, "height": WIDTHS[width]},
        color_scheme="dark" if theme == "dark" else "light",
        device_scale_factor=scale,
        has_touch=scale == 2,
    )
    page.goto(url)
    page.locator("#messages .msg, #messages .empty").first.wait_for()
    return page


if __name__ == "__main__":
    for written in pictures(sys.argv[1], Path(sys.argv[2])):
        print(written)  # noqa: T201 (this is what it is run for)
