"""Cards and forms as HTML: pictures of each kind, and what no text can do to them.

``UPDATE_GOLDEN=1 make test`` writes the pictures anew; look at what changed before it is committed.
"""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.web.rendering import forms, messages
from adapters.web.rendering.site_info import LOCAL_USER
from adapters.web.rendering.text import compile_highlights, render_highlighted
from bot.cards import paper_items
from bot.cards.models import Action, Card, Field, FieldKind, Form, Item, Link
from bot.ports.commands import Answer, Request
from bot.ports.web_messages import WebMessage
from tests import workspace
from tests.workspace import NOW, PAPERS, PAPERS_CHANNEL

GOLDEN = Path(__file__).parents[3] / "golden" / "web"
REQUEST = Request("request1", PAPERS_CHANNEL, LOCAL_USER, NOW, "search", {"query": "attention"})
THUMBNAIL = "https://cdn-thumbnails.huggingface.co/social-thumbnails/papers/2602.12160.png"


def post(card: Card, **changes: object) -> str:
    return messages.render_message(replace(WebMessage(7, PAPERS_CHANNEL, card, NOW), **changes))  # type: ignore[arg-type]


def panel(body: Card | Form, *, shareable: bool = False) -> str:
    return messages.render_private_answer(Answer(body, shareable=shareable), REQUEST)


def every_field() -> Form:
    """Return a form with a field of each kind, each with a mistake."""
    kinds = get_args(FieldKind)
    fields = [
        Field(
            kind,
            kind.title(),
            kind,
            f"{kind} x",
            "a hint",
            (("a", "A"),),
            mistake=f"No {kind}.",
            advanced=kind == "zone",
        )
        for kind in kinds
    ]
    return Form("Everything", "settings", tuple(fields), {"channel": "papers"}, submit="Send", note="")


PICTURES: dict[str, Callable[[], str]] = {
    "digest": lambda: post(workspace.digest()),
    "digest-edited": lambda: post(workspace.digest(votes=3), edited_at=NOW),
    "digest-with-pictures": lambda: messages.render_message(
        WebMessage(
            7, PAPERS_CHANNEL, Card(items=(paper_items.build_paper_item(replace(PAPERS[0], thumbnail=THUMBNAIL)),)), NOW
        ),
        pictures=True,
    ),
    "digest-empty": lambda: post(Card(folio=("Sat 28 Nov",), text="Nothing is listed on weekends.", tone="digest")),
    "alert": lambda: post(workspace.alert()),
    "reply": lambda: post(Card(text="An abstract."), parent_message_id="3"),
    "answer": lambda: panel(workspace.results(2, "attention"), shareable=True),
    "answer-shared": lambda: post(workspace.results(1, "attention")),
    "answer-brief": lambda: panel(Card(text="Saved.", actions=(Action("Undo", "undo", style="main"),))),
    "answer-code": lambda: panel(Card("Everything stored about you", code='{\n "saves": ["<b>"]\n}')),
    "answer-sections": lambda: panel(
        Card(
            title="Follows",
            items=(
                Item("diffusion", text="since 12 Nov", section="Here", actions=(Action("Unfollow", "unfollow"),)),
                Item("world model", section="For you"),
                Item("sparse attention", section="For you", links=(Link("where", "https://example.org/a?b=1&c=2"),)),
            ),
        )
    ),
    "mistake": lambda: panel(Card(text="“serch” is not a command.", example="search x", tone="mistake")),
    "failure": lambda: panel(Card(text="That failed. Reference: 3fa9c1.", tone="failure")),
    "form": lambda: panel(workspace.settings({})),
    "form-with-mistakes": lambda: panel(every_field()),
}


def spread(html: str) -> str:
    """Return HTML with an element on each line, so that differences can be read."""
    return re.sub(r"(?<=>)(?=<(?!/))", "\n", html) + "\n"


@pytest.mark.parametrize("name", PICTURES)
def test_picture(name: str) -> None:
    path, drawn = GOLDEN / f"{name}.html", spread(PICTURES[name]())
    if os.environ.get("UPDATE_GOLDEN"):
        path.write_text(drawn, encoding="utf-8")
    kept = path.read_text(encoding="utf-8") if path.exists() else ""
    difference = "\n".join(
        difflib.unified_diff(kept.splitlines(), drawn.splitlines(), "kept", "drawn", lineterm="", n=1)
    )
    assert not difference, f"{name} is drawn otherwise; UPDATE_GOLDEN=1 keeps it so.\n{difference}"


def test_every_picture_is_of_something() -> None:
    assert {path.stem for path in GOLDEN.glob("*.html")} == set(PICTURES)


@pytest.mark.parametrize(
    ("text", "phrases", "found"),
    [
        ("A World Model in Minecraft", ["world model"], ["World Model"]),
        ("world-model and world  model", ["world model"], ["world-model", "world  model"]),
        ("worldly models", ["world", "model"], []),
        ("Poincaré and POINCARE", ["poincare"], ["Poincaré", "POINCARE"]),
        ("a & b &amp; amp", ["amp"], ["amp", "amp"]),
        ("sparse attention", ["attention", "sparse attention"], ["sparse attention"]),
        ("sparse attention, sparse", ["sparse", "attention"], ["sparse attention", "sparse"]),
        ("by Yann LeCun", ['author:"yann lecun"'], ["Yann LeCun"]),
        ("anything", ["", "-", "***"], []),
        ("x_1 and 11", ["1"], ["1"]),
    ],
)
def test_words_that_matched_are_marked(text: str, phrases: list[str], found: list[str]) -> None:
    html = render_highlighted(text, compile_highlights(phrases), 200)
    assert [re.sub("&amp;", "&", part) for part in re.findall(r"<mark>(.*?)</mark>", html)] == found


@pytest.mark.parametrize("url", ["http://example.org", "javascript:alert(1)", "https://example.org/\u202e", ""])
def test_only_https_is_linked(url: str) -> None:
    html = post(Card(items=(Item("Title", url, links=(Link("code", url),), thumbnail=url),)))
    assert "<a " not in html
    assert "Title" in html


ALLOWED = {
    *("article", "span", "svg", "use", "div", "b", "time", "p", "bdi", "ol", "li", "h2", "h3", "a", "mark", "button"),
    *("details", "summary", "section", "form", "label", "input", "select", "option", "datalist", "img", "pre", "code"),
}
VOID = {"input", "img"}


class Reader(HTMLParser):
    """Reads HTML and holds it to what the renderers may write."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in ALLOWED
        for name, value in attrs:
            assert not name.startswith("on")
            assert name != "style"
            if name == "href":
                assert (value or "").startswith(("https://", "#"))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_comment(self, data: str) -> None:
        raise AssertionError(data)

    def handle_decl(self, decl: str) -> None:
        raise AssertionError(decl)


def read(html: str) -> Reader:
    html.encode()
    reader = Reader()
    reader.feed(str(html))
    reader.close()
    assert reader.open == []
    return reader


HOSTILE = st.sampled_from(
    [
        "<script>alert(1)</script>",
        '" onmouseover="alert(1)',
        "'><img src=x onerror=alert(1)>",
        "<!channel> @everyone <@U1>",
        "\u202eevil\u2066\u202a",
        "&lt;b&gt;",
        "</bdi></h3></li></ol>",
        "<!-- <![CDATA[ -->",
        "\ud800",
        "\x00\x1b[31m",
        "- ;: \n\n",
    ]
)
LONG = st.integers(99_000, 100_000).map("x".__mul__)
TEXT = st.one_of(HOSTILE, LONG, st.text(max_size=40), st.builds("{} {}".format, st.text(max_size=10), HOSTILE))
TEXTS = st.lists(TEXT, max_size=3).map(tuple)
ACTIONS = st.lists(st.builds(Action, TEXT, TEXT, st.dictionaries(TEXT, TEXT, max_size=2), TEXT), max_size=3).map(tuple)
LINKS = st.lists(st.builds(Link, TEXT, TEXT), max_size=2).map(tuple)
ITEMS = st.lists(
    st.builds(
        Item,
        TEXT,
        url=TEXT,
        number=st.none() | st.integers(),
        text=TEXT,
        votes=st.none() | st.integers(),
        notes=TEXTS,
        links=LINKS,
        because=TEXTS,
        abstract=TEXT,
        thumbnail=TEXT,
        section=TEXT,
        actions=ACTIONS,
    ),
    max_size=2,
).map(tuple)
TONES = st.sampled_from(["digest", "alert", "answer", "mistake", "failure"])
CARDS = st.builds(
    Card,
    TEXT,
    TEXT,
    folio=TEXTS,
    items=ITEMS,
    actions=ACTIONS,
    footer=TEXTS,
    marks=TEXTS,
    fallback=TEXT,
    tone=TONES,
    code=TEXT,
)
FIELDS = st.builds(
    Field,
    TEXT,
    TEXT,
    kind=st.sampled_from(list(forms._CONTROL_RENDERERS)),
    value=TEXT,
    hint=TEXT,
    choices=st.lists(st.tuples(TEXT, TEXT), max_size=2).map(tuple),
    mistake=TEXT,
    advanced=st.booleans(),
)
FORMS = st.builds(Form, TEXT, TEXT, st.lists(FIELDS, max_size=4).map(tuple), preview=TEXTS, submit=TEXT, note=TEXT)


@pytest.mark.long
@settings(max_examples=150, deadline=None)
@given(CARDS)
def test_no_card_breaks_out(card: Card) -> None:
    for html in (
        messages.render_message(WebMessage(1, PAPERS_CHANNEL, card, NOW), pictures=True),
        panel(card, shareable=True),
    ):
        text = read(html).text
        assert not re.search("[\u202a-\u202e\u2066-\u2069\x00\x1b]", text)


@settings(max_examples=100, deadline=None)
@given(FORMS)
def test_no_form_breaks_out(form: Form) -> None:
    read(panel(form))
    read(f"<div>{forms.render_form_preview(form.preview)}</div>")


def test_what_is_shown_is_bounded() -> None:
    long = "word " * 20_000
    item = Item(long, text=long, notes=(long,) * 3, because=(long,) * 9, abstract=long, section=long)
    assert len(post(Card(long, long, (long,), (item,), footer=(long,)))) < 60_000


def test_text_to_be_copied_is_whole() -> None:
    long = "\n".join(f'"paper {n}",' for n in range(9_000))
    assert long in read(panel(Card(code=long))).text
