"""Messages as another platform shows them: what is drawn, what is sent, and that neither can do anything."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import AsyncIterator
from html.parser import HTMLParser

import pytest
from aiohttp import ClientSession

from adapters.discord.preview.html import render_preview
from adapters.discord.rendering.messages import render_messages
from adapters.slack.preview import html
from adapters.slack.rendering.messages import render_message
from adapters.web.event_feed import RecentAnswers
from adapters.web.rendering.site_info import LOCAL_USER
from bot.cards.models import Action, Card, Item
from bot.ports.commands import Answer, Request
from bot.ports.previews import PrivateAnswer
from tests.workspace import NLP_CHANNEL, NOW, PAPERS_CHANNEL, Workspace, digest, running

POST = "as=slack&channel=papers&post=1"
ELSEWHERE = "as=discord&channel=papers&post=1"
HOSTILE = '</style><script>document.title="caught"</script><img src=x onerror=alert(1)>'


class Elements(HTMLParser):
    """The elements of a document with their attributes, as a browser would find them."""

    def __init__(self, document: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(document)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


@pytest.fixture
async def workspace() -> AsyncIterator[Workspace]:
    async with running(beat=0.05, drawn={"slack": html.render_preview, "discord": render_preview}) as started:
        yield started


async def test_a_message_is_drawn(client: ClientSession) -> None:
    async with client.get(f"/api/drawing?{POST}") as answer:
        assert answer.status == 200
        assert answer.content_type == "text/html"
        page = await answer.text()
    assert "DreamID-Omni: Unified Framework" in page
    assert 'class="sk-app"' in page


async def test_what_is_sent_is_shown_to_the_letter(client: ClientSession) -> None:
    async with client.get(f"/api/source?{POST}") as answer:
        text = (await answer.json())["source"]
    assert json.loads(text) == {"blocks": render_message(digest()).blocks}
    assert text.startswith('{\n  "blocks": [\n')


async def test_a_second_platform_is_drawn_its_own_way(client: ClientSession) -> None:
    async with client.get(f"/api/drawing?{ELSEWHERE}") as answer:
        assert 'class="dc-app"' in await answer.text()
    async with client.get(f"/api/source?{ELSEWHERE}") as answer:
        text = (await answer.json())["source"]
    assert [json.loads(text)] == [each.payload for each in render_messages(digest())]


@pytest.mark.parametrize("query", [POST, ELSEWHERE])
async def test_a_drawing_may_load_and_do_nothing(client: ClientSession, query: str) -> None:
    async with client.get(f"/api/drawing?{query}") as answer:
        policy, page = answer.headers["Content-Security-Policy"], await answer.text()
        assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
    rules = dict(rule.strip().partition(" ")[::2] for rule in policy.split(";"))
    style = re.findall(r"<style>(.*?)</style>", page, re.DOTALL)
    assert len(style) == 1
    assert rules.pop("style-src") == f"'sha256-{base64.b64encode(hashlib.sha256(style[0].encode()).digest()).decode()}'"
    assert "allow-scripts" not in rules.pop("sandbox")
    assert rules == {
        "default-src": "'none'",
        "base-uri": "'none'",
        "form-action": "'none'",
        "frame-ancestors": "'self'",
    }


@pytest.mark.parametrize(("theme", "given"), [("dark", "dark"), ("light", "light"), ("", None), ('"><script>', None)])
async def test_the_page_s_theme_is_the_drawing_s(client: ClientSession, theme: str, given: str | None) -> None:
    async with client.get(f"/api/drawing?{POST}", params={"theme": theme}) as answer:
        found = Elements(await answer.text()).found
    assert found[0] == ("html", {"lang": "en"} | ({"data-theme": given} if given else {}))


@pytest.mark.parametrize("platform", ["slack", "discord"])
async def test_a_hostile_card_is_inert(client: ClientSession, workspace: Workspace, platform: str) -> None:
    item = Item(HOSTILE, "https://example.org", text=HOSTILE, notes=(HOSTILE,), actions=(Action(HOSTILE, "x"),) * 2)
    card = Card(HOSTILE, HOSTILE, (HOSTILE,), (item,), (Action(HOSTILE, "x"),), (HOSTILE,), code=HOSTILE)
    number = await workspace.table.post(card, "hostile")
    async with client.get(f"/api/drawing?as={platform}&channel=papers&post={number}") as answer:
        page = await answer.text()
    found = Elements(page).found
    assert page.count("document.title") >= 5
    assert {tag for tag, _ in found}.isdisjoint({"script", "img", "iframe", "object", "form", "base"})
    assert [name for _, given in found for name in given if name.startswith("on") or name == "style"] == []


async def test_a_private_answer_is_drawn(client: ClientSession) -> None:
    asked = {"id": "answer123", "channel": "papers", "line": "search sparse attention"}
    async with client.post("/api/command", json=asked) as answer:
        assert 'data-answer="answer123"' in (await answer.json())["html"]
    async with client.get("/api/drawing?as=slack&answer=answer123") as answer:
        assert "5 papers on sparse attention" in await answer.text()


@pytest.mark.parametrize(("platform", "only"), [("slack", "Only visible to you"), ("discord", "Only you can see this")])
async def test_a_private_answer_looks_like_one(client: ClientSession, platform: str, only: str) -> None:
    asked = {"id": "answer123", "channel": "papers", "line": "search sparse attention"}
    async with client.post("/api/command", json=asked) as answer:
        assert answer.status == 200
    async with client.get(f"/api/drawing?as={platform}&answer=answer123") as answer:
        page = await answer.text()
    assert only in page
    assert re.search(r">Share\b", page)
    async with client.get(f"/api/drawing?as={platform}&channel=papers&post=1") as answer:
        page = await answer.text()
    assert only not in page
    assert not re.search(r">Share\b", page)


@pytest.mark.parametrize(("platform", "class_"), [("slack", "sk-window"), ("discord", "dc-modal")])
async def test_a_form_is_drawn_with_its_window(client: ClientSession, platform: str, class_: str) -> None:
    async with client.post("/api/command", json={"id": "formform1", "channel": "papers", "line": "settings"}) as answer:
        assert re.findall(r"See as (\w+):", (await answer.json())["html"]) == ["Slack", "Discord"]
    async with client.get(f"/api/drawing?as={platform}&answer=formform1") as answer:
        page = await answer.text()
    assert class_ in page
    assert "Europe/Berlin" in page
    async with client.get(f"/api/source?as={platform}&answer=formform1") as answer:
        assert "Europe/Berlin" in (await answer.json())["source"]


@pytest.mark.parametrize("path", ["/api/drawing", "/api/source"])
@pytest.mark.parametrize(
    ("query", "status", "sentence"),
    [
        ("as=slack&channel=papers&post=99", 404, "There is no such message here."),
        ("as=slack&channel=papers&post=0", 404, "There is no such message here."),
        ("as=slack&channel=papers", 404, "There is no such message here."),
        (f"as=slack&channel={NLP_CHANNEL.id}&post=1", 404, "There is no such message here."),
        ("as=slack&channel=nowhere&post=1", 404, "There is no such channel here."),
        ("as=teams&channel=papers&post=1", 404, "There are no drawings for that platform."),
        ("as=slack&answer=longgone1", 404, "This answer is no longer kept. Ask again to see it."),
        ("channel=papers&post=1", 400, "“as” must be a text."),
        ("as=slack&channel=papers&post=one", 400, "“post” must be the number of a message."),
        ("as=slack&post=1", 400, "“channel” must be a text."),
    ],
)
async def test_what_is_not_there(client: ClientSession, path: str, query: str, status: int, sentence: str) -> None:
    async with client.get(f"{path}?{query}") as answer:
        assert answer.status == status
        assert (await answer.json())["error"] == sentence
        assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]


async def test_another_site_gets_no_drawing(client: ClientSession) -> None:
    async with client.get(f"/api/drawing?{POST}", headers={"Sec-Fetch-Site": "cross-site"}) as answer:
        assert answer.status == 403


async def test_the_page_offers_it_only_where_something_can_be_drawn(client: ClientSession) -> None:
    async def offered(session: ClientSession) -> tuple[bool, list[str]]:
        async with session.get("/") as page, session.get("/api/messages?channel=papers") as shown:
            return "<dialog" in await page.text(), re.findall(r"See as (\w+):", await shown.text())

    assert await offered(client) == (True, ["Slack", "Discord"] * 2)
    async with running() as without, ClientSession(without.url) as session:
        assert await offered(session) == (False, [])
        async with session.get(f"/api/drawing?{POST}") as answer:
            assert answer.status == 404


def test_the_oldest_answers_go_first() -> None:
    recent = RecentAnswers(max_answers=2)
    for name in ("one", "two", "one", "three"):
        asked = Request(name, PAPERS_CHANNEL, LOCAL_USER, NOW, "today")
        recent.add(PrivateAnswer(Answer(Card(text=name)), asked))
    assert [recent.get(name) is not None for name in ("one", "two", "three")] == [True, False, True]
