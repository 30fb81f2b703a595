"""Hugging Face's records, in every shape that two years have seen, and in some that nobody wants to see."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.papers import Paper
from bot.errors import Malformed
from bot.sources.huggingface.parser import parse_paper, parse_paper_list
from bot.sources.parsed_papers import ParsedPapers
from tests.bot.sources.fakes import shared

DAY = date(2026, 2, 27)
FULL: dict[str, Any] = {
    "paper": {
        "id": "2602.23229",
        "authors": [
            {"_id": "1", "name": "Marco Garosi", "hidden": False, "user": {"user": "account-name"}},
            {"_id": "2", "name": "Somebody Shy", "hidden": True},
        ],
        "publishedAt": "2026-02-26T17:08:18.000Z",
        "submittedOnDailyAt": "2026-03-06T03:55:12.777Z",
        "submittedOnDailyBy": {"user": "account-name", "fullname": "account-name"},
        "title": "Large Multimodal Models as\n General In-Context Classifiers",
        "summary": "Which model should\nwe use?",
        "upvotes": 10,
        "projectPage": "https://circle-lmm.github.io/",
        "githubRepo": "https://github.com/somebody/CIRCLE",
        "githubStars": 9,
        "ai_summary": "They classify.",
        "ai_keywords": ["CIRCLE", "in-context learning", "CIRCLE", 7],
        "organization": {"name": "account-name", "fullname": "Understanding Group"},
    },
    "publishedAt": "2026-02-25T12:08:18.000Z",
    "title": "outer",
    "thumbnail": "https://cdn-thumbnails.huggingface.co/social-thumbnails/papers/2602.23229.png",
    "numComments": 1,
    "submittedBy": {"name": "account-name"},
}


def one(**inner: Any) -> Paper:
    found = parse_paper({"paper": {"id": "2602.00001", "title": "T", **inner}})
    assert found
    return found


def test_a_full_record() -> None:
    assert parse_paper(FULL, DAY) == Paper(
        id="2602.23229",
        title="Large Multimodal Models as General In-Context Classifiers",
        abstract="Which model should we use?",
        authors=("Marco Garosi",),
        published=date(2026, 2, 26),
        votes=10,
        comments=1,
        summary="They classify.",
        keywords=("CIRCLE", "in-context learning"),
        organization="Understanding Group",
        code="https://github.com/somebody/CIRCLE",
        stars=9,
        project="https://circle-lmm.github.io/",
        thumbnail="https://cdn-thumbnails.huggingface.co/social-thumbnails/papers/2602.23229.png",
        listed=DAY,
    )


def test_no_account_is_kept() -> None:
    assert "account-name" not in repr(parse_paper(FULL, DAY))


def test_the_submission_is_the_listing_where_no_date_was_asked_for() -> None:
    found = parse_paper(FULL)
    assert found
    assert found.listed == date(2026, 3, 6)


@pytest.mark.parametrize(
    "record",
    [
        {"id": "2602.00001", "title": "T", "upvotes": 3},
        {"paper_id": "2602.00001", "title": "T", "upvotes": 3},
        {"paper": {"id": "2602.00001", "upvotes": 3}, "title": "T"},
        {"paper": {"id": "2602.00001", "title": None, "upvotes": 3}, "title": "T"},
        '{"paper": {"id": "2602.00001", "title": "T", "upvotes": 3}}',
        {"paper": {"id": "arXiv:2602.00001v2", "title": "T", "upvotes": "3"}},
    ],
)
def test_shapes_that_mean_the_same(record: Any) -> None:
    assert parse_paper(record) == Paper("2602.00001", "T", votes=3)


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        (12, 12),
        ("12", 12),
        (12.0, 12),
        (0, 0),
        (None, None),
        (True, None),
        (False, None),
        (12.5, None),
        (-1, None),
        (float("nan"), None),
        (float("inf"), None),
        (10**30, None),
        ("many", None),
        ([12], None),
    ],
)
def test_votes(sent: Any, kept: int | None) -> None:
    assert one(upvotes=sent).votes == kept


@pytest.mark.parametrize(
    "identifier", [None, 7, 2602.1, True, "", "abc", "2602.1234", "2602.123456", "26.00001", ["2602.00001"]]
)
def test_a_record_without_a_usable_id_is_rejected(identifier: Any) -> None:
    assert parse_paper({"paper": {"id": identifier, "title": "T"}}) is None


@pytest.mark.parametrize("title", [None, 7, "", " \u202e\x00 ", ["T"], "x" * 100_000])
def test_a_record_without_a_usable_title_is_rejected(title: Any) -> None:
    assert parse_paper({"paper": {"id": "2602.00001", "title": title}}) is None


def test_texts_can_do_no_harm() -> None:
    found = one(
        title="<!channel> @everyone \u202egnp.exe\u2066\x00\u200b", summary="a\x1b[31m b", authors=["E\u202eve"]
    )
    assert found.title == "<!channel> @everyone gnp.exe"
    assert found.abstract == "a[31m b"
    assert found.authors == ("Eve",)


def test_lengths_are_capped() -> None:
    found = one(
        title="t" * 900, summary="s" * 90_000, authors=[{"name": "n" * 900}, *({"name": f"A {n}"} for n in range(900))]
    )
    assert (len(found.title), len(found.abstract), len(found.authors), len(found.authors[0])) == (500, 20_000, 500, 200)
    assert found.title.endswith("…")


@pytest.mark.parametrize(
    "url",
    [
        "http://a.example/x",
        "javascript:alert(1)",
        "https://",
        "https://localhost/x",
        "https://u:p@a.example/",
        "https://a.example:8443/",
        'https://a.example/"><script>',
        "https://a.example/ x",
        "https://a.example/\u202e",
        "https://[::1",
        "//a.example",
        7,
        None,
        ["https://a.example"],
    ],
)
def test_only_plain_https_links_are_kept(url: Any) -> None:
    found = one(githubRepo=url, projectPage=url, thumbnail=url)
    assert (found.code, found.project, found.thumbnail) == ("", "", "")


@pytest.mark.parametrize(
    "authors", [None, "Ada", 7, {"name": "Ada"}, [None, 7, {}, {"name": None}, {"name": "Ada", "hidden": "yes"}]]
)
def test_authors_of_the_wrong_type(authors: Any) -> None:
    assert one(authors=authors).authors == ()


@pytest.mark.parametrize("moment", [None, 7, "", "yesterday", "2026-13-40", "2026-02", "0000-00-00", "2026-02-300"])
def test_dates_of_the_wrong_type(moment: Any) -> None:
    assert one(publishedAt=moment).published is None


def test_withdrawn() -> None:
    assert one(withdrawnAt="2026-03-01T00:00:00.000Z").withdrawn
    assert not one(withdrawnAt=None).withdrawn


def test_a_paper_is_listed_once() -> None:
    parsed = parse_paper_list([{"id": "2602.00001v1", "title": "First"}, {"id": "2602.00001v2", "title": "Second"}, {}])
    assert parsed == ParsedPapers((Paper("2602.00001", "First"),), rejected=1, record_count=3)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
KEYS = sorted({*FULL, *FULL["paper"], "paper_id", "withdrawnAt"})
DRIFTED = st.dictionaries(st.sampled_from(KEYS), JSON | st.sampled_from(["2602.00001", "T"]), max_size=12)


@given(JSON | st.lists(DRIFTED | DRIFTED.map(lambda inner: {"paper": inner}) | JSON, max_size=4))
def test_nothing_makes_it_stumble(reply: Any) -> None:
    try:
        parsed = parse_paper_list(reply, DAY)
    except Malformed:
        assert not isinstance(reply, list)
        return
    for found in parsed.papers:
        json.dumps(found.title).encode()
        assert found.id
        assert found.title == " ".join(found.title.split())
        found.title.encode()  # no half characters


@pytest.mark.long
def test_all_recorded_days_load() -> None:
    files = sorted(shared("hf_daily/raw_api").glob("*.json"))
    parsed = {
        file.stem: parse_paper_list(json.loads(file.read_bytes()), date.fromisoformat(file.stem)) for file in files
    }
    assert len(parsed) == 457
    assert sum(len(day.papers) for day in parsed.values()) == 6949
    assert {name: day.rejected for name, day in parsed.items() if day.rejected} == {}
    assert all(paper.authors and paper.abstract and paper.published for day in parsed.values() for paper in day.papers)
