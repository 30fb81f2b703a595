"""Identifiers, above all: they tell papers apart."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sources.text import cleaning


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("2602.23229", "2602.23229"),
        ("2602.23229v12", "2602.23229"),
        ("arXiv:2602.23229", "2602.23229"),
        ("ARXIV:2602.23229v1", "2602.23229"),
        (" 2602.23229\n", "2602.23229"),
        ("https://arxiv.org/abs/2602.23229v2", "2602.23229"),
        ("http://arxiv.org/pdf/2602.23229", "2602.23229"),
        ("2406.105", "2406.00105"),
        ("0704.105", "0704.0105"),
        ("0704.0001", "0704.0001"),
        ("1412.9999", "1412.9999"),
        ("1501.00001", "1501.00001"),
        ("2503.0213", None),
        ("1412.00001", None),
        ("2613.00001", None),
        ("2600.00001", None),
        ("2602.٢٣٢٢٩", None),
        ("quant-ph/0201082v1", "quant-ph/0201082"),
        ("math.GT/0309136", "math/0309136"),
        ("MATH/0309136", "math/0309136"),
        ("http://arxiv.org/abs/cond-mat.SU/0309136v2", "cond-mat/0309136"),
        ("astro-ph/060100", None),
        ("2602.23229 or so", None),
        ("", None),
        (2602.23229, None),
        (None, None),
        ("2" * 1000, None),
    ],
)
def test_identity(sent: Any, kept: str | None) -> None:
    assert cleaning.normalize_arxiv_id(sent) == kept


@given(st.text())
def test_an_identity_is_its_own_identity(text: str) -> None:
    found = cleaning.normalize_arxiv_id(text)
    assert found is None or cleaning.normalize_arxiv_id(found) == found


@given(st.text(), st.integers(1, 50))
def test_clean_text_stays_clean(text: str, limit: int) -> None:
    once = cleaning.clean_text(text, limit)
    assert len(once) <= limit
    assert cleaning.clean_text(once, limit) == once
    assert once.isprintable() or not any(ord(c) < 32 for c in once)
    once.encode()


def test_languages_are_left_alone() -> None:
    for text in ("Мир и война", "深度学习", "می‌خواهم", "👩‍🔬 at work", "naïve ﬁt"):
        assert cleaning.clean_text(text, 100) == text


def test_one_name_is_one_name() -> None:
    assert cleaning.clean_authors(["Rodrigo A. Vargas--Hernández", r"Andr\'e Martins", r"Andr\'e Martins"]) == (
        "Rodrigo A. Vargas-Hernández",
        "André Martins",
    )
