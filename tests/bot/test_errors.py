"""Failures in the log: found by the reference that a person was given, without what anybody typed."""

from __future__ import annotations

import logging
import re

import pytest

from bot.errors import StoreError, log_failure

LOG = logging.getLogger("test")


def raise_with_cause(text: str) -> None:
    try:
        raise ValueError(text)
    except ValueError as cause:
        raise StoreError(text) from cause


def fail(text: str) -> Exception:
    """Return an error that was raised, and what caused it."""
    try:
        raise_with_cause(text)
    except StoreError as error:
        return error
    raise AssertionError


def test_a_failure_is_found_by_its_reference(caplog: pytest.LogCaptureFixture) -> None:
    reference = log_failure(LOG, "The line broke", fail("why"))
    (record,) = caplog.records
    assert re.fullmatch("[0-9a-f]{6}", reference)
    assert record.getMessage() == f"The line broke, reference {reference}"
    assert "ValueError: why" in caplog.text
    assert "StoreError: why" in caplog.text


@pytest.mark.parametrize("typed", ["my secret search", "%s %d {0}", "\ud800", "a\nb"])
def test_what_somebody_typed_is_left_out(typed: str, caplog: pytest.LogCaptureFixture) -> None:
    reference = log_failure(LOG, "search failed", fail(typed), redacted=True)
    assert f"search failed, reference {reference}." in caplog.text
    assert typed not in caplog.text
    assert "raise_with_cause" in caplog.text
    assert [kind for kind in ("StoreError", "ValueError") if kind in caplog.text] == ["StoreError", "ValueError"]
    assert caplog.records[0].exc_info is None


def test_every_failure_has_a_reference_of_its_own() -> None:
    assert len({log_failure(LOG, "It failed", ValueError()) for _ in range(20)}) == 20
