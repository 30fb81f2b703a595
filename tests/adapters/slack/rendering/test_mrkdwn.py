"""What no text from outside can do in Slack, and that people see it as it is all the same."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.common.text import clean_text
from adapters.slack.preview.mrkdwn_html import render_inline
from adapters.slack.rendering import mrkdwn
from tests.adapters.slack.hostile import TEXT, URLS

ALIKE = str.maketrans({"∗": "*", "∼": "~", "ˋ": "`", "ˍ": "_", "∣": "|"})


def seen(written: str) -> str:
    """Return what a person reads, with the signs that were replaced put back."""
    decoded = written.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    return decoded.replace("\u2060", "").translate(ALIKE)


@settings(max_examples=400, deadline=None)
@given(TEXT, st.integers(20, 3000))
def test_inert_text_does_nothing(given: str, longest: int) -> None:
    written = mrkdwn.escape_mrkdwn(given, longest)
    assert len(written) <= longest
    assert not re.search(r"<(?!/)", render_inline(written)), "nothing is marked up, not even by the loosest reading"
    assert not re.match("&gt;|>", written)
    assert not re.search(r"[\x00-\x1f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", written)
    assert not re.search(r"[@#]\w|://|www\.", written)
    assert not re.search(r"&(?!amp;|lt;|gt;)", written)
    written.encode()


@settings(max_examples=200, deadline=None)
@given(TEXT.filter(lambda text: len(text) < 500))
def test_people_see_what_was_written(given: str) -> None:
    assert seen(mrkdwn.escape_mrkdwn(given)) == clean_text(given).translate(ALIKE)


@pytest.mark.parametrize(
    ("given", "written"),
    [
        ("AT&T <b> 1 > 0", "AT&amp;T &lt;b&gt; 1 &gt; 0"),
        ("A* search", "A∗ search"),
        ("SWE_bench, x_1 and _this_", "SWE_bench, x_1 and ˍthisˍ"),
        ("中_文_字", "中ˍ文ˍ字"),
        ("~5x", "∼5x"),
        ("> quoted", "\u2060&gt; quoted"),
        (":smile: 3:1", ":\u2060smile: 3:1"),
        ("GPT-4: a study", "GPT-4: a study"),
        ("see https://x.org", "see https:\u2060//x.org"),
        ("@here in #papers", "@\u2060here in #\u2060papers"),
        ("one\n\ntwo\u2028three\u200b", "one two three"),
        ("\u202eevil", "evil"),
        ("", ""),
    ],
)
def test_signs(given: str, written: str) -> None:
    assert mrkdwn.escape_mrkdwn(given) == written


@settings(max_examples=200, deadline=None)
@given(URLS, TEXT)
def test_a_link_is_ours_or_none(url: str, shown: str) -> None:
    written = mrkdwn.format_link(url, shown)
    drawn = render_inline(written)
    links = re.findall(r'<a href="([^"]*)"', drawn)
    assert len(links) <= 1
    assert all(link.startswith("https://") for link in links)
    assert not re.search(r"<(?!/?a\b)", drawn)
    assert seen(re.sub(r"^<[^|]*\||>$", "", written) if links else written) == seen(mrkdwn.escape_mrkdwn(shown, 300))


@pytest.mark.parametrize(
    ("url", "written"),
    [
        ("https://x.org/a?b=1&c=2", "<https://x.org/a?b=1&amp;c=2|p(a∣b)>"),
        ("https://x.org/a|b>c", "<https://x.org/a%7Cb%3Ec|p(a∣b)>"),
        ("http://x.org", "p(a|b)"),
        ("https://me@x.org", "p(a|b)"),
        ("https://x.org/" + "a" * 600, "p(a|b)"),
        ("https://x.org/" + "&" * 500, "p(a|b)"),
        ("https://[", "p(a|b)"),
        ("", "p(a|b)"),
    ],
)
def test_links(url: str, written: str) -> None:
    assert mrkdwn.format_link(url, "p(a|b)") == written


@settings(max_examples=200, deadline=None)
@given(TEXT)
def test_pieces_are_the_whole(given: str) -> None:
    parts = list(mrkdwn.split_mrkdwn(given, 100))
    assert all(0 < len(part) <= 100 for part in parts)
    assert re.sub(r"\s", "", seen("".join(parts))) == re.sub(r"\s", "", clean_text(given).translate(ALIKE))


@settings(max_examples=200, deadline=None)
@given(TEXT)
def test_code_is_one_piece(given: str) -> None:
    written = mrkdwn.format_code(given)
    assert len(written) <= 300
    assert re.fullmatch(r"<code>[^<]*</code>|", render_inline(written))


@settings(max_examples=200, deadline=None)
@given(TEXT, st.integers(24, 300))
def test_plain_text_fits_and_names_no_emoji(given: str, longest: int) -> None:
    made = mrkdwn.build_plain_text(given, longest)
    assert 0 < len(made["text"]) <= longest
    assert not re.search(r":[a-z0-9_+'-]+:", made["text"])
    assert made["emoji"] is False
