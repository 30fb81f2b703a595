"""Everybody can use it: by keyboard alone, on a small screen, in both themes, by ear."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import BrowserContext, Page, expect

from tests.workspace import Workspace

pytestmark = [pytest.mark.browser, pytest.mark.long, pytest.mark.asyncio(loop_scope="session")]

SCRIPTS = Path(__file__).parent
CONTRAST = (SCRIPTS / "contrast.js").read_text(encoding="utf-8")
NAMES = """() => [...document.querySelectorAll('button, input, select, a[href], [role]')]
    .filter((e) => e.checkVisibility() && !['presentation', 'none', 'separator', 'list', 'status'].includes(e.role)
        && !(e.ariaLabel || e.innerText?.trim() || e.labels?.length || e.title
            || document.getElementById(e.getAttribute('aria-labelledby'))?.innerText))
    .map((e) => e.outerHTML.slice(0, 120))"""
DOUBLES = """() => [...document.querySelectorAll('[id]')].map((e) => e.id)
    .filter((id, n, all) => all.indexOf(id) !== n)"""


async def test_a_command_by_keyboard_alone(page: Page) -> None:
    await page.keyboard.press("Tab")
    await expect(page.get_by_role("link", name="Skip to the message box")).to_be_focused()
    await page.keyboard.press("Enter")
    say = page.get_by_role("combobox", name="Command in #papers")
    await expect(say).to_be_focused()
    await page.keyboard.type("/papers fo")
    await expect(say).to_have_attribute("aria-expanded", "true")
    await expect(page.locator(".ghost")).to_have_text("/papers follow <topic>")
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("ArrowDown")
    chosen = page.get_by_role("option", selected=True)
    await expect(chosen).to_contain_text("follows")
    await expect(say).to_have_attribute("aria-activedescendant", await chosen.get_attribute("id") or "none")
    await page.keyboard.press("ArrowUp")
    await page.keyboard.press("Enter")
    await expect(say).to_have_value("/papers follow ")
    await page.keyboard.type("robots")
    await page.keyboard.press("Enter")
    await expect(page.locator(".mine .private")).to_contain_text("Done: follow robots.")
    await expect(say).to_have_value("")
    await page.keyboard.press("ArrowUp")
    await expect(say).to_have_value("/papers follow robots")
    await page.keyboard.press("ArrowDown")
    await expect(say).to_have_value("")


async def test_tab_completes_and_escape_closes(page: Page) -> None:
    say = page.locator("#say")
    await say.focus()
    await page.keyboard.type("sea")
    await expect(page.get_by_role("option")).to_have_count(1)
    await page.keyboard.press("Tab")
    await expect(say).to_have_value("search ")
    await page.keyboard.press("Backspace")
    await expect(page.get_by_role("listbox")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("listbox")).to_be_hidden()
    await expect(say).to_have_value("search")
    await page.keyboard.press("Tab")
    await expect(page.get_by_role("button", name="Send")).to_be_focused()


async def test_a_completion_by_touch(page: Page) -> None:
    await page.fill("#say", "/papers un")
    await page.get_by_role("option").first.click()
    await expect(page.locator("#say")).to_have_value("/papers unfollow ")
    await expect(page.locator("#say")).to_be_focused()


async def test_a_menu_by_keyboard_alone(page: Page) -> None:
    more = page.get_by_role("button", name="More: ARLArena")
    await more.focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("menuitem", name="Save: ARLArena")).to_be_focused()
    await page.keyboard.press("End")
    await expect(page.get_by_role("menuitem", name="Why this paper: ARLArena")).to_be_focused()
    await page.keyboard.press("ArrowDown")
    await expect(page.get_by_role("menuitem", name="Save: ARLArena")).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(more).to_be_focused()
    await expect(more).to_have_attribute("aria-expanded", "false")


async def test_the_drawer_on_a_phone(page: Page) -> None:
    await page.set_viewport_size({"width": 360, "height": 740})
    opener = page.get_by_role("button", name="Channels")
    await opener.click()
    await expect(page.get_by_role("link", name="papers", exact=True)).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(opener).to_be_focused()
    await opener.click()
    await page.get_by_role("link", name="nlp-papers").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("#nlp-papers")
    await expect(page.locator("#side")).not_to_be_in_viewport()


@pytest.mark.parametrize("width", [320, 360, 768, 1280])
async def test_nothing_is_wider_than_the_screen(page: Page, width: int) -> None:
    await page.set_viewport_size({"width": width, "height": 740})
    for line in ("/papers settings", "search sparse attention", "help", "x" * 400, "break"):
        await page.fill("#say", line)
        await page.press("#say", "Escape")
        await page.press("#say", "Enter")
        await expect(page.locator(".mine .private").last).to_be_visible()
    await page.locator("details.adv summary").click()
    await page.locator(".unfold").first.click()
    wide = "[document.documentElement, document.querySelector('#stream')].map((e) => e.scrollWidth - e.clientWidth)"
    assert await page.evaluate(wide) == [0, 0]


async def test_the_theme_is_the_system_s_until_one_is_chosen(page: Page) -> None:
    dark, light = "rgb(21, 22, 24)", "rgb(255, 255, 255)"
    body = page.locator("body")
    await expect(body).to_have_css("background-color", light)
    await page.emulate_media(color_scheme="dark")
    await expect(body).to_have_css("background-color", dark)
    await page.get_by_role("button", name="Switch to light").click()
    await expect(body).to_have_css("background-color", light)
    await page.reload()
    await expect(body).to_have_css("background-color", light)
    await page.get_by_role("button", name="Switch to dark").click()
    await expect(body).to_have_css("background-color", dark)


@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_everything_can_be_read_and_is_named(page: Page, workspace: Workspace, theme: str) -> None:
    await page.emulate_media(color_scheme="dark" if theme == "dark" else "light", reduced_motion="reduce")
    for line in ("settings", "search sparse attention", "serch", "break", "/papers f"):
        await page.fill("#say", line)
        if line == "/papers f":
            await expect(page.get_by_role("listbox")).to_be_visible()
        else:
            await page.press("#say", "Escape")
            await page.press("#say", "Enter")
            await expect(page.locator(".mine .private").last).to_be_visible()
    await page.locator("details.adv summary").evaluate("(summary) => summary.click()")
    assert await page.evaluate(CONTRAST) == []
    assert await page.evaluate(NAMES) == []
    assert await page.evaluate(DOUBLES) == []


async def test_without_scripts_the_page_says_so(context: BrowserContext, workspace: Workspace) -> None:
    assert context.browser
    plain = await context.browser.new_context(java_script_enabled=False)
    page = await plain.new_page()
    await page.goto(workspace.url)
    await expect(page.locator("noscript p")).to_be_visible()
    await plain.close()
