"""Messages as HTML: what Discord would show, and nothing that it would not."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given, settings

from adapters.common.text import clean_text
from adapters.discord.preview.html import STYLE_SHEET, render_messages_html
from adapters.discord.preview.markdown_html import render_inline
from adapters.discord.preview.markdown_html import render_markdown as drawn
from adapters.discord.rendering.markdown import escape_markdown
from adapters.discord.rendering.messages import RenderedMessage, render_messages
from bot.cards.models import Card
from tests.adapters.discord import samples
from tests.adapters.html_reader import Reader
from tests.adapters.slack.hostile import CARDS, TEXT
from tests.servers.discord import markdown

pytestmark = pytest.mark.filterwarnings("ignore:Generating overly large repr")

EVERY = {**samples.MESSAGES, **samples.PRIVATE}
A = 'rel="noopener noreferrer" target="_blank"'
ELEMENT = re.compile(
    "div|span|p|b|i|u|s|a|h[123]|small|ul|ol|li|pre|code|blockquote|br|time|details|summary|svg|path",
)


def squeezed(text: str) -> str:
    return "".join(text.split())


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("one\ntwo", "<p>one<br>two</p>"),
        ("a\n\nb", "<p>a<br><br>b</p>"),
        ("a\n\n-# b", "<p>a<br><br></p><small>b</small>"),
        ("# a\n## b\n### c", "<h1>a</h1><h2>b</h2><h3>c</h3>"),
        ("-# a\n-# b", "<small>a</small><small>b</small>"),
        ("- a\n- b", "<ul><li>a</li><li>b</li></ul>"),
        ("1. a\n2. b", "<ol><li>a</li><li>b</li></ol>"),
        ("> a\n> **b**", "<blockquote><p>a<br><b>b</b></p></blockquote>"),
        ("> - a", "<blockquote><ul><li>a</li></ul></blockquote>"),
        ("a\n```\n<b>\n *x*\n```\nb", "<p>a</p><pre>&lt;b&gt;\n *x*</pre><p>b</p>"),
        ("#a -#b >c", "<p>#a -#b &gt;c</p>"),
        ("", ""),
    ],
)
def test_lines(text: str, html: str) -> None:
    assert drawn(text) == html


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("**1. [A *b*](https://a.org/x)**", f'<b>1. <a href="https://a.org/x" {A}>A <i>b</i></a></b>'),
        ("[A [b]](https://a.org)", f'<a href="https://a.org" {A}>A [b]</a>'),
        ("[x](javascript:alert(1))", "[x](javascript:alert(1))"),
        ("see https://a.org/1.", f'see <a href="https://a.org/1" {A}>https://a.org/1</a>.'),
        ("<https://a.org>", f'<a href="https://a.org" {A}>https://a.org</a>'),
        ("*a* _b_ __c__ ~~d~~", "<i>a</i> <i>b</i> <u>c</u> <s>d</s>"),
        ("||a||", '<span class="dc-spoiler">a</span>'),
        ("`<*a*>`", "<code>&lt;*a*&gt;</code>"),
        (r"\*a\* \`b\` snake_case 3 * 4", "*a* `b` snake_case 3 * 4"),
        ("<@&30> <@1> <#20>", "".join(f'<span class="dc-mention">@{n}</span> ' for n in ("role", "member")) + "…"),
        (
            "<t:1772179200:f>",
            '<time datetime="2026-02-27T08:00:00Z" data-style="f">27 February 2026 08:00 UTC</time>',
        ),
        ("<t:99999999999999999>", "Invalid date"),
        ("</papers search:7>", '<span class="dc-mention">/papers search</span>'),
        ('a < b & "c"', "a &lt; b &amp; &quot;c&quot;"),
    ],
)
def test_signs(text: str, html: str) -> None:
    assert render_inline(text) == html.replace("…", '<span class="dc-mention">#channel</span>')


@pytest.mark.long
@settings(max_examples=300, deadline=None)
@given(TEXT)
def test_escaped_text_is_drawn_letter_by_letter(text: str) -> None:
    read = Reader(drawn(escape_markdown(text)))
    assert read.words == clean_text(text)
    assert {tag for tag, _ in read.found} <= {"p", "br"}


@pytest.mark.parametrize("name", EVERY)
def test_what_is_drawn_is_what_a_reader_of_discord_would_see(name: str) -> None:
    """Moments apart, which the two write otherwise."""
    for text in (text for message in EVERY[name]() for text in said(message.payload) if "<t:" not in text):
        read, seen = Reader(drawn(text)), markdown.read(text, {"<@&30>": "@role"})
        assert squeezed(read.words) == squeezed(seen.plain)
        assert [given["href"] for tag, given in read.found if tag == "a"] == [url for url, _ in seen.links]


def said(thing: Any) -> list[str]:
    """Return every text in which markdown is read."""
    if isinstance(thing, dict):
        own = [thing["content"]] if thing.get("content") else []
        return own + [text for part in thing.values() for text in said(part)]
    return [text for part in thing for text in said(part)] if isinstance(thing, list) else []


@pytest.mark.parametrize("name", EVERY)
def test_every_label_is_there_to_read(name: str) -> None:
    messages = EVERY[name]()
    read = Reader(render_messages_html([message.payload for message in messages]))
    assert [label for label in labels([message.payload for message in messages]) if label not in read.words] == []
    assert read.words.startswith("BBroadsheetAPP")
    assert read.words.count("APP") == 1


def labels(thing: Any) -> list[str]:
    """Return the words of whatever can be pressed or chosen, and of pictures."""
    if isinstance(thing, dict):
        shown = (
            thing.get("placeholder")
            if not any(o["default"] for o in thing.get("options", ()) if "default" in o)
            else ""
        )
        own = [thing[key] for key in ("label", "description") if key in thing] + [shown]
        return [text for text in own if text] + [text for part in thing.values() for text in labels(part)]
    return [text for part in thing for text in labels(part)] if isinstance(thing, list) else []


def test_only_a_private_message_says_so() -> None:
    (private,), (public,) = EVERY["status"](), EVERY["digest"]()
    assert "Only you can see this" in render_messages_html([private.payload])
    assert "Only you can see this" not in render_messages_html([public.payload])


def test_nothing_is_asked_of_another_server() -> None:
    html = render_messages_html([message.payload for message in EVERY["digest-pictures"]()])
    assert html.count("dc-thumbnail") == 5
    assert "First page or figure of ARLArena" in html
    assert [given for _, given in Reader(html).found if "src" in given or "style" in given] == []
    assert "url(" not in STYLE_SHEET.read_text("utf-8")
    assert "@import" not in STYLE_SHEET.read_text("utf-8")


@pytest.mark.long
@settings(max_examples=150, deadline=None)
@given(CARDS)
def test_a_hostile_card_is_inert(card: Card) -> None:
    for pictures in (False, True):
        messages: tuple[RenderedMessage, ...] = render_messages(card, pictures=pictures)
        read = Reader(render_messages_html([message.payload for message in messages]))
        assert [tag for tag, _ in read.found if not ELEMENT.fullmatch(tag)] == []
        assert [
            name for _, given in read.found for name in given if name.startswith("on") or name in {"style", "src"}
        ] == []
        assert [a["href"] for _, a in read.found if "href" in a and not (a["href"] or "").startswith("https://")] == []
