"""A message as Slack or Discord shows it: opened, read, copied and closed, by pointer and by keyboard."""

from __future__ import annotations

import json

import pytest
from playwright.async_api import Browser, BrowserContext, Page, expect

from adapters.discord.preview.html import STYLE_SHEET, render_messages_html
from adapters.discord.rendering.messages import render_messages
from adapters.slack.rendering.messages import render_message
from bot.cards.models import Action, Card, Item
from bot.ports.previews import MessagePreview
from tests.browser.test_reach import CONTRAST, DOUBLES, NAMES
from tests.workspace import Workspace, digest, running

pytestmark = [pytest.mark.browser, pytest.mark.long, pytest.mark.asyncio(loop_scope="session")]

OPENER = "#post-1 > .hold > .by [data-as=slack]"
LOOKS = {"slack": (".sk", "rgb(26, 29, 33)"), "discord": (".dc", "rgb(50, 51, 57)")}


async def test_a_message_is_seen_and_copied(page: Page, context: BrowserContext, workspace: Workspace) -> None:
    await context.grant_permissions(["clipboard-read", "clipboard-write"], origin=workspace.url)
    await page.locator(OPENER).click()
    window = page.get_by_role("dialog", name="As Slack shows it")
    drawing = window.frame_locator("iframe")
    await expect(drawing.get_by_text("DreamID-Omni: Unified Framework")).to_be_visible()
    await expect(drawing.locator(".sk")).to_have_css("background-color", "rgb(255, 255, 255)")
    await drawing.locator("summary").first.click()
    await expect(drawing.get_by_text("Why this paper").first).to_be_visible()
    await window.get_by_role("tab", name="JSON").click()
    await expect(window.locator("iframe")).to_be_hidden()
    await expect(window.locator("code")).to_contain_text('"type": "context"')
    await window.get_by_role("button", name="Copy").click()
    await expect(window.get_by_role("button", name="Copied")).to_be_visible()
    await expect(window.get_by_role("status")).to_have_text("Copied")
    copied = await page.evaluate("navigator.clipboard.readText()")
    assert json.loads(copied) == {"blocks": render_message(digest()).blocks}
    await window.get_by_role("button", name="Close").click()
    await expect(window).to_be_hidden()


async def test_the_other_platform_is_beside_it(page: Page) -> None:
    await page.get_by_role("button", name="See as Discord: Sample digest, Top 5 of 17").click()
    window = page.get_by_role("dialog", name="As Discord shows it")
    drawing = window.frame_locator("iframe")
    await expect(drawing.get_by_role("link", name="DreamID-Omni: Unified Framework")).to_be_visible()
    await drawing.get_by_text("Pick a paper").click()
    await expect(drawing.get_by_role("listitem").first).to_contain_text("19 votes · ByteDance")
    (sent,) = render_messages(digest())
    assert json.loads(await window.locator("code").text_content() or "") == sent.payload
    await page.keyboard.press("Escape")
    await page.locator(OPENER).click()
    await expect(page.get_by_role("dialog", name="As Slack shows it")).to_be_visible()


async def test_a_moment_is_in_the_reader_s_zone(browser: Browser) -> None:
    """No card says when something comes to everybody, so a drawing is made that does."""
    html = render_messages_html([{"content": "Next: <t:1772179200:f>, <t:1772179200:t>, <t:99999999999999999>"}])
    async with running(
        drawn={"discord": lambda _: MessagePreview(html, "{}", STYLE_SHEET.read_text("utf-8"))}
    ) as workspace:
        page = await browser.new_page(timezone_id="Asia/Tokyo")
        await page.goto(workspace.url)
        await page.locator("#post-1 .see").click()
        moments = page.frame_locator("iframe").locator(".dc-text")
        await expect(moments).to_have_text("Next: 27 February 2026 at 17:00, 17:00, Invalid date")
        await page.close()


async def test_by_keyboard_alone(page: Page) -> None:
    opener = page.get_by_role("button", name="See as Slack: Sample digest, Top 5 of 17")
    await opener.focus()
    await page.keyboard.press("Enter")
    window = page.get_by_role("dialog")
    drawing, source = window.get_by_role("tab", name="Drawing"), window.get_by_role("tab", name="JSON")
    await expect(drawing).to_be_focused()
    assert await page.evaluate(NAMES) == []
    assert await page.evaluate(DOUBLES) == []
    await page.keyboard.press("ArrowRight")
    await expect(source).to_be_focused()
    await expect(window.get_by_role("tabpanel", name="JSON")).to_be_visible()
    await page.keyboard.press("ArrowRight")
    await expect(drawing).to_have_attribute("aria-selected", "true")
    await page.keyboard.press("Escape")
    await expect(window).to_be_hidden()
    await expect(opener).to_be_focused()


async def test_escape_inside_the_drawing_closes_it_too(page: Page) -> None:
    await page.locator(OPENER).click()
    link = page.frame_locator("iframe").get_by_role("link").first
    await link.focus()
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog")).to_be_hidden()
    await expect(page.locator(OPENER)).to_be_focused()


async def test_a_private_answer_is_seen(page: Page) -> None:
    await page.fill("#say", "search sparse attention")
    await page.press("#say", "Escape")
    await page.press("#say", "Enter")
    await page.locator(".mine .private [data-as=slack]").click()
    await expect(page.frame_locator("iframe").get_by_text("5 papers on sparse attention")).to_be_visible()
    at = page.viewport_size
    assert at
    await page.mouse.click(4, at["height"] - 4)
    await expect(page.get_by_role("dialog")).to_be_hidden()


async def test_what_can_t_be_drawn_is_said(page: Page, workspace: Workspace, complaints: list[str]) -> None:
    workspace.board.posts.clear()
    await page.locator(OPENER).click()
    await expect(page.get_by_role("alert")).to_have_text("There is no such message here.")
    await expect(page.locator("iframe")).to_have_count(0)
    await page.keyboard.press("Escape")
    complaints.clear()


@pytest.mark.parametrize("platform", LOOKS)
async def test_hostile_words_stay_words(page: Page, workspace: Workspace, platform: str) -> None:
    title = '<img src=x onerror="top.document.title=1"><script>top.document.title=2</script>'
    card = Card(title, title, items=(Item(title, text=title, actions=(Action(title, title),)),), tone="digest")
    await workspace.table.post(card, "hostile")
    await page.locator(f"#post-3 [data-as={platform}]").click()
    await expect(page.frame_locator("iframe").get_by_text("<img src=x").first).to_be_visible()
    await expect(page).to_have_title("#papers · Broadsheet")


@pytest.mark.parametrize("platform", LOOKS)
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 390, 1280])
async def test_it_can_be_read_everywhere(page: Page, platform: str, theme: str, width: int) -> None:
    await page.set_viewport_size({"width": width, "height": 780})
    await page.emulate_media(color_scheme="dark" if theme == "dark" else "light", reduced_motion="reduce")
    await page.locator(f"#post-1 .by [data-as={platform}]").click()
    await expect(page.frame_locator("iframe").locator(LOOKS[platform][0])).to_be_visible()
    frame = page.frames[-1]
    await expect(page.locator("dialog code")).not_to_be_empty()
    wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    for part in (page, frame):
        assert await part.evaluate(CONTRAST) == []
        assert await part.evaluate(wide) == 0
    await page.get_by_role("tab", name="JSON").click()
    assert await page.evaluate(CONTRAST) == []
    assert (
        await page.evaluate(
            "(({scrollWidth, clientWidth}) => scrollWidth - clientWidth)(document.querySelector('dialog pre'))"
        )
        == 0
    )


@pytest.mark.parametrize("platform", LOOKS)
async def test_a_chosen_theme_is_the_drawing_s(page: Page, platform: str) -> None:
    element, colour = LOOKS[platform]
    await page.get_by_role("button", name="Switch to dark").click()
    await page.locator(f"#post-1 .by [data-as={platform}]").click()
    drawn = page.frame_locator("iframe").locator(element)
    await expect(drawn).to_have_css("background-color", colour)
