"""The workspace as a person uses it: type, press, fill in, wait, come back."""

from __future__ import annotations

import asyncio
import json
import re

import pytest
from playwright.async_api import BrowserContext, Page, Route, expect

from adapters.web.rendering.site_info import SiteInfo
from bot.cards.models import Action, Card, Item
from tests.workspace import EXPORT, NLP_CHANNEL, NOW, Workspace, alert, digest, running

pytestmark = [pytest.mark.browser, pytest.mark.long, pytest.mark.asyncio(loop_scope="session")]


async def say(page: Page, line: str) -> None:
    await page.fill("#say", line)
    await page.press("#say", "Escape")
    await page.press("#say", "Enter")


async def test_a_typed_command_is_answered_in_private(page: Page) -> None:
    await say(page, "/papers search sparse attention")
    answer = page.locator(".mine .private")
    await expect(answer).to_contain_text("Only you can see this")
    await expect(answer.locator("h3")).to_have_count(2)
    await expect(page.locator("#heard")).to_have_text("Only you can see this: 5 papers on sparse attention")
    await expect(page.locator("#say")).to_be_focused()
    await answer.get_by_role("button", name="Dismiss this answer").click()
    await expect(page.locator(".mine")).to_have_count(0)


async def test_what_is_typed_before_the_channels_came_is_sent_when_they_are_there(page: Page) -> None:
    asked, go_on = asyncio.Event(), asyncio.Event()

    async def hold(route: Route) -> None:
        asked.set()
        await go_on.wait()
        await route.continue_()

    await page.route(re.compile("/api/channels"), hold)
    await page.reload(wait_until="commit")
    async with asyncio.timeout(10):
        await asked.wait()
    await say(page, "search sparse attention")
    await expect(page.locator("#say")).to_have_value("")
    go_on.set()
    await expect(page.locator(".mine .private")).to_contain_text("Only you can see this")
    await page.unroute_all(behavior="wait")


async def test_pages_turn_in_place_and_can_be_shared(page: Page) -> None:
    await say(page, "search attention")
    answer = page.locator(".private")
    await answer.get_by_role("button", name="Next").click()
    await expect(answer).to_contain_text("3–4 of 5")
    await expect(answer).to_have_count(1)
    await expect(answer.get_by_role("button", name="Next")).to_be_focused()
    await answer.get_by_role("button", name="Prev").click()
    await expect(answer).to_contain_text("1–2 of 5")
    await answer.get_by_role("button", name="Share in #papers").click()
    await expect(answer.get_by_role("button", name="Shared")).to_be_disabled()
    await expect(page.locator("#post-3 .body.answer")).to_contain_text("5 papers on attention")


async def test_a_paper_s_menu_answers_beside_the_paper(page: Page, workspace: Workspace) -> None:
    item = page.locator("#post-1 li.paper").nth(1)
    await item.get_by_role("button", name="More: ARLArena").click()
    await item.get_by_role("menuitem", name="Why this paper: ARLArena").click()
    await expect(item.locator(".private")).to_contain_text("Done: why 2602.21534.")
    await expect(page.get_by_role("menu")).to_have_count(0)
    await item.get_by_role("button", name="Abstract: ARLArena").click()
    await expect(item.locator(".abstract")).to_be_visible()
    edited = await workspace.board.edit_card(1, digest(votes=80), NOW)
    workspace.feed.publish("edit", edited)
    await expect(item.locator(".meta b")).to_have_text("92")
    await expect(item.locator(".abstract")).to_be_visible()
    await expect(item.locator(".private")).to_contain_text("Done: why 2602.21534.")


async def test_a_form_says_what_it_will_do_then_does_it(page: Page, workspace: Workspace) -> None:
    await say(page, "/papers settings")
    form = page.locator("form.set")
    workspace.table.asked.clear()
    await form.get_by_label("Time").fill("08:15")
    await expect(form.locator(".next")).to_contain_text("Next: Wed 25 Nov 08:15")
    await form.get_by_label("Number").fill("40")
    await expect(form.get_by_text("A digest has 1 to 10 papers.")).to_be_visible()
    await expect(form.get_by_label("Number")).to_have_attribute("aria-invalid", "true")
    await form.get_by_role("button", name="Save").click()
    await expect(form.get_by_label("Number")).to_be_focused()
    await form.get_by_label("Number").fill("3")
    await expect(form.get_by_text("A digest has 1 to 10 papers.")).to_be_hidden()
    await form.get_by_role("button", name="Remove diffusion").click()
    await form.get_by_label("Topics").fill("retrieval -medical")
    await form.get_by_label("Topics").press("Enter")
    await form.get_by_label("Wed").uncheck()
    await form.get_by_role("button", name="Save").click()
    await expect(page.locator(".private")).to_contain_text("Saved for #papers: 3 papers at 08:15.")
    assert dict(workspace.table.asked[-1].arguments) == {
        "time": "08:15",
        "days": "Mon, Tue, Thu, Fri",
        "number": "3",
        "topics": "world model; sparse attention; retrieval -medical",
        "mode": "settled",
        "zone": "Europe/Berlin",
        "quiet": "yes",
    }


async def test_no_day_at_all_is_not_sent(page: Page, workspace: Workspace) -> None:
    await say(page, "/papers settings")
    form = page.locator("form.set")
    workspace.table.asked.clear()
    for day in ("Mon", "Tue", "Wed", "Thu", "Fri"):
        await form.get_by_label(day).uncheck()
    await form.get_by_role("button", name="Save").click()
    await expect(form.get_by_text("Choose at least one day.")).to_be_visible()
    assert workspace.table.asked == []


async def test_messages_arrive_by_themselves(page: Page, workspace: Workspace) -> None:
    await workspace.table.post(digest(), "tomorrow")
    await expect(page.locator("#post-3")).to_be_in_viewport()
    await page.evaluate("document.querySelector('#stream').scrollTop = 0")
    await expect(page.locator("#post-1")).to_be_in_viewport()
    await workspace.table.post(alert(), "again")
    pill = page.get_by_role("button", name="New messages below")
    await expect(pill).to_be_visible()
    await pill.click()
    await expect(page.locator("#post-4")).to_be_in_viewport()
    await expect(pill).to_be_hidden()


async def test_the_first_look_begins_with_the_date(page: Page, workspace: Workspace) -> None:
    await workspace.table.post(digest(), "long", channel=NLP_CHANNEL)
    await page.set_viewport_size({"width": 1280, "height": 500})
    await page.get_by_role("link", name="nlp-papers").click()
    await expect(page.locator("#post-3")).to_be_in_viewport()
    await expect(page.locator(".room:not([hidden]) .day")).to_be_in_viewport(ratio=1)


async def test_a_late_answer_leaves_a_reader_who_scrolled_up(page: Page, workspace: Workspace) -> None:
    workspace.table.hold = asyncio.Event()
    await say(page, "search attention")
    await expect(page.locator(".dots")).to_be_in_viewport()
    await page.locator("#stream").hover()
    await page.mouse.wheel(0, -5000)
    await expect(page.locator("#stream")).to_have_js_property("scrollTop", 0)
    workspace.table.hold.set()
    await expect(page.locator(".mine .private")).to_be_attached()
    pill = page.get_by_role("button", name="New messages below")
    await expect(pill).to_be_visible()
    await expect(page.locator("#stream")).to_have_js_property("scrollTop", 0)
    await pill.click()
    await expect(page.locator(".mine .private h3").first).to_be_in_viewport()
    await expect(pill).to_be_hidden()


async def test_a_late_answer_is_shown_to_a_reader_who_waits(page: Page, workspace: Workspace) -> None:
    workspace.table.hold = asyncio.Event()
    await say(page, "search attention")
    await expect(page.locator(".dots")).to_be_in_viewport()
    workspace.table.hold.set()
    await expect(page.locator(".mine .private h3").first).to_be_in_viewport()
    await expect(page.locator(".pill")).to_be_hidden()


async def test_what_is_stored_can_be_copied(page: Page, context: BrowserContext) -> None:
    await context.grant_permissions(["clipboard-read", "clipboard-write"])
    await say(page, "me export")
    answer = page.locator(".mine .private")
    await answer.get_by_role("button", name="Copy").click()
    await expect(answer.get_by_role("button", name="Copied")).to_be_visible()
    assert await page.evaluate("navigator.clipboard.readText()") == EXPORT


async def test_the_own_conversation_offers_to_follow_whatever_is_wanted(page: Page) -> None:
    await page.get_by_role("link", name="Broadsheet", exact=True).first.click()
    await expect(page.get_by_text("Nothing here yet")).to_be_visible()
    await expect(page.get_by_role("button", name="Follow a topic", exact=True)).to_have_attribute("data-send", "follow")


async def test_what_was_not_read_is_counted(page: Page, workspace: Workspace) -> None:
    await workspace.table.post(alert(), "one", channel=NLP_CHANNEL)
    await workspace.table.post(alert(), "two", channel=NLP_CHANNEL)
    link = page.get_by_role("link", name="nlp-papers 2 new messages")
    await expect(link).to_be_visible()
    await expect(page).to_have_title("(2) #papers · Broadsheet")
    await link.click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("#nlp-papers")
    await expect(page.locator("#post-4")).to_be_visible()
    await expect(page.locator(".count")).to_have_count(0)
    await page.go_back()
    await expect(page).to_have_title("#papers · Broadsheet")
    await expect(page.locator("#post-1")).to_be_visible()


async def test_private_answers_survive_a_look_elsewhere_but_no_reload(page: Page) -> None:
    await say(page, "follow x")
    await expect(page.locator(".private")).to_be_visible()
    await page.get_by_role("link", name="nlp-papers").click()
    await expect(page.get_by_text("Nothing here yet")).to_be_visible()
    await page.get_by_role("link", name="papers", exact=True).click()
    await expect(page.locator(".private")).to_be_visible()
    await page.reload()
    await expect(page.locator("#post-2")).to_be_visible()
    await expect(page.locator(".private")).to_have_count(0)


async def test_three_things_to_try(page: Page) -> None:
    tries = page.locator(".try button")
    await expect(tries).to_have_count(3)
    await tries.nth(2).click()
    await expect(page.locator(".mine .private")).to_contain_text("Posted a digest of 5 papers.")
    await expect(page.locator("#post-3 .folio")).to_contain_text("Top 5 of 17")


async def test_what_could_not_be_sent_can_be_sent_again(
    page: Page, workspace: Workspace, complaints: list[str]
) -> None:
    ids: list[str] = []

    async def fail(route: Route) -> None:
        ids.append(json.loads(route.request.post_data or "{}")["id"])
        await (route.abort() if len(ids) == 1 else route.continue_())

    await page.route("**/api/command", fail)
    await say(page, "digest now")
    await expect(page.locator(".fate")).to_contain_text("Not sent. Broadsheet does not answer.")
    await page.get_by_role("button", name="Send again").click()
    await expect(page.locator("#post-3")).to_be_visible()
    assert ids[0] == ids[1]
    assert len(workspace.table.asked) == 1
    complaints.clear()


async def test_a_lost_connection_is_said_and_nothing_is_missed(context: BrowserContext, complaints: list[str]) -> None:
    page = await context.new_page()
    async with running() as first:
        await page.goto(first.url)
        await expect(page.locator("#post-2")).to_be_visible()
    await expect(page.get_by_text("The connection to Broadsheet is lost.")).to_be_visible()
    port = int(first.url.rpartition(":")[2])
    await first.table.post(digest(), "meanwhile")
    async with running(port=port, kept=first.board):
        await expect(page.get_by_text("The connection to Broadsheet is lost.")).to_be_hidden()
        await expect(page.locator("#post-3")).to_be_visible()
        await page.close()
    complaints.clear()


async def test_hostile_words_stay_words(page: Page, workspace: Workspace) -> None:
    title = '<img src=x onerror="document.title=1"><script>document.title=2</script>'
    card = Card(title, title, items=(Item(title, text=title, actions=(Action(title, title),)),), tone="digest")
    await workspace.table.post(card, "hostile")
    await expect(page.locator("#post-3 h3")).to_have_text(title)
    await expect(page).to_have_title("#papers · Broadsheet")


async def test_thumbnails_come_when_they_can(context: BrowserContext, complaints: list[str]) -> None:
    page = await context.new_page()
    fine = '<svg xmlns="http://www.w3.org/2000/svg" width="16" height="9"/>'

    async def answer(route: Route) -> None:
        if "fine" in route.request.url:
            await route.fulfill(body=fine, content_type="image/svg+xml")
        else:
            await route.abort()

    await page.route("https://thumbnails.test/**", answer)
    items = tuple(
        Item(name, "https://example.org", thumbnail=f"https://thumbnails.test/{name}") for name in ("fine", "gone")
    )
    async with running(site=SiteInfo(show_thumbnails=True)) as workspace:
        await workspace.table.post(Card(items=items, tone="digest"), "pictured")
        await page.goto(workspace.url)
        await expect(page.locator("#post-3 img")).to_have_count(1)
        await expect(page.locator("#post-3 .pictured")).to_have_count(1)
        await expect(page.get_by_role("img", name="First page or figure of fine")).to_be_visible()
        await page.close()
    assert all(re.search("ERR_FAILED", complaint) for complaint in complaints)
    complaints.clear()
