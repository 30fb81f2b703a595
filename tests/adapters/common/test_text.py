"""Text from outside, whatever is in it: what can't be seen is gone, the rest fits, and only https is a link."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.common.text import (
    Measure,
    clean_text,
    count_bytes,
    count_utf16_units,
    cut_text,
    fit_text,
    remove_controls,
    remove_invisible,
    sanitize_url,
)
from tests.adapters.slack.hostile import TEXT

MEASURES = st.sampled_from([len, count_utf16_units, count_bytes])
HALVES = re.compile("[\ud800-\udfff]")


@pytest.mark.parametrize(
    ("text", "units", "size"), [("", 0, 0), ("abc", 3, 3), ("é", 1, 2), ("中", 1, 3), ("😀", 2, 4), ("\ud800", 1, 3)]
)
def test_what_a_limit_counts(text: str, units: int, size: int) -> None:
    assert (count_utf16_units(text), count_bytes(text)) == (units, size)


def test_what_can_not_be_seen_is_removed() -> None:
    assert remove_invisible("\x00\x1b[31ma\u200b\u202eb\u2066\n\xadc\ud800\ufeff\U000e0041") == "[31mab\nc"
    assert remove_controls("\x00\x1b[31ma\u202eb\u2066\r\n\tc\ud800\ufeff\x85") == "[31mab\n\tc"


def test_what_joins_letters_stays_where_nothing_else_stands_beside_it() -> None:
    assert remove_controls("👨\u200d👩 نمی\u200cخواهم") == "👨\u200d👩 نمی\u200cخواهم"


def test_a_space_that_forbids_a_break_stays_and_no_other_does() -> None:
    assert clean_text("« digest\u202f»\u00a0: 1\u202f300") == "« digest\u202f»\u00a0: 1\u202f300"
    assert clean_text("\u00a0a\u00a0\u00a0b \u202fc\u2003d\u202f") == "a b c d"
    assert clean_text("\u00a0\u202f") == ""


@given(TEXT | st.text())
def test_clean_text_is_one_line_and_stays_clean(text: str) -> None:
    cleaned = clean_text(text)
    assert clean_text(cleaned) == cleaned
    assert remove_controls(cleaned) == cleaned
    assert len(cleaned.splitlines()) <= 1
    assert not HALVES.search(cleaned)


@given(text=st.text(max_size=60), longest=st.integers(-2, 60), measure=MEASURES)
def test_the_longest_beginning_that_fits_is_kept(text: str, longest: int, measure: Measure) -> None:
    kept = cut_text(text, longest, measure)
    assert text.startswith(kept)
    assert not kept or measure(kept) <= longest
    assert kept == text or measure(text[: len(kept) + 1]) > longest


@given(text=TEXT | st.text(), longest=st.integers(0, 300), measure=MEASURES)
def test_what_is_written_fits(text: str, longest: int, measure: Measure) -> None:
    assert measure(fit_text(text, longest, lambda part: part.replace("&", "&amp;"), measure)) <= longest


def test_text_is_cut_between_words() -> None:
    assert fit_text("One model that  draws", 13) == "One model…"
    assert fit_text("One model", 9) == "One model"
    assert fit_text("&&&&", 9, lambda part: part.replace("&", "&amp;")) == "&amp;…"
    assert fit_text("&&&&", 3, lambda part: part.replace("&", "&amp;")) == ""
    assert fit_text("\u200b" * 5000 + "a", 10) == "", "nobody looks through thousands of signs that can't be seen"


@pytest.mark.parametrize("url", ["https://example.org", "https://example.org:8443/a?b=c#d", "https://例え.jp/é"])
def test_https_is_a_link(url: str) -> None:
    assert sanitize_url(url) == url
    assert sanitize_url(url, len(url)) == url
    assert sanitize_url(url, len(url) - 1) == ""


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org",
        "javascript:alert(1)",
        "JavaScript:alert(1)",
        "data:text/html,x",
        "//example.org",
        "/path",
        "https://",
        "https://user@example.org",
        "https://exa mple.org",
        "https://example.org/\u202e",
        "https://example.org/\u200bx",
        "https://example.org/\ud800",
        "https://[",
        "https://example.org/\x00",
        " https://example.org\n",
        "",
    ],
)
def test_nothing_else_is(url: str) -> None:
    assert sanitize_url(url) == ""
