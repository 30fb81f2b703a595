"""HTML of which every part that is not Markup is text, whatever stands in it."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from adapters.common.html import escape_text, join_html, render_matches, render_tag
from tests.adapters.html_reader import Reader
from tests.adapters.slack.hostile import TEXT

HOSTILE = st.one_of(
    TEXT,
    st.text(),
    st.sampled_from(
        [
            "<script>alert(1)</script>",
            "\"' onload=x",
            "</b><b>",
            "&lt;i&gt;",
            "<!--",
            "]]>",
            "{0} {x} %s",
            "\ud800",
            "\x00",
        ]
    ),
)


def test_an_element() -> None:
    assert render_tag("p", "a < b", None, "", render_tag("br"), class_="small") == '<p class="small">a &lt; b<br></p>'
    assert (
        render_tag("i", aria_label="", hidden=True, open=False, title=None, width=0)
        == '<i aria-label="" hidden width="0"></i>'
    )


def test_only_markup_is_html() -> None:
    assert join_html("<b>", Markup("<b>"), render_tag("i")) == "&lt;b&gt;<b><i></i>"
    assert isinstance(join_html("x"), Markup)
    assert isinstance(render_tag("i") + "<b>", Markup)
    assert render_tag("i") + "<b>" == "<i></i>&lt;b&gt;"


def test_halves_of_characters_can_be_sent() -> None:
    assert escape_text("a\ud83d&\udfffb") == "a?&amp;?b"
    assert render_tag("p", "\ud800", title="\udfff").encode() == b'<p title="?">?</p>'


@pytest.mark.parametrize("name", ["br", "hr", "img", "input", "link", "meta"])
def test_what_holds_nothing_is_not_closed(name: str) -> None:
    assert render_tag(name) == f"<{name}>"


@given(HOSTILE)
def test_what_matches_is_rendered_and_the_rest_is_text(text: str) -> None:
    digits = re.compile(r"\d+")
    html = render_matches(digits.finditer(text), text, lambda match: render_tag("b", match[0]))
    read = Reader(html)
    assert read.words == text.encode(errors="replace").decode()
    assert [name for name, _ in read.found] == ["b"] * len(digits.findall(text))


def test_text_between_matches_may_be_read_otherwise() -> None:
    html = render_matches(re.finditer("x", "a axa"), "a axa", lambda _: render_tag("br"), str.upper)
    assert html == "A A<br>A"


@given(HOSTILE, HOSTILE)
def test_hostile_text_stays_text(text: str, value: str) -> None:
    read = Reader(render_tag("p", text, render_tag("b", text), title=value, data_x=value))
    shown = {key: (said or "").encode(errors="replace").decode() for key, said in read.found[0][1].items()}
    assert [name for name, _ in read.found] == ["p", "b"]
    assert read.words == 2 * text.encode(errors="replace").decode()
    assert shown == dict.fromkeys(("title", "data-x"), value.encode(errors="replace").decode())
