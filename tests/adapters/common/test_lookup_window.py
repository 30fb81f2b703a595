"""Between which moments a message is looked for."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from adapters.common.lookup_window import CLOCK_SKEW, LOOKUP_SECONDS, LookupWindow, choose_window, needs_lookup
from bot.cards.models import Card
from bot.delivery.dispatcher import LEASE
from bot.domain.channels import Channel
from bot.domain.deliveries import DeliveryKey
from bot.ports.chat import Delivery

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def build_delivery(since: datetime | None, attempted_at: datetime | None, attempts: int = 0) -> Delivery:
    key = DeliveryKey(Channel("slack", "T1", "C1"), "digest", "2026-11-24", 0, "post")
    recorded = Delivery(1, key, Card(text="Hello"), attempts=attempts, created_at=NOON - HOUR)
    return replace(recorded, lookup_since=since, attempted_at=attempted_at)


@pytest.mark.parametrize("ago", [timedelta(0), 20 * MINUTE])
def test_an_ordinary_attempt_is_looked_for_around_its_moment(ago: timedelta) -> None:
    window = choose_window(build_delivery(NOON - ago, NOON))
    assert window.since == NOON - ago - CLOCK_SKEW
    assert window.until
    assert NOON + LEASE + CLOCK_SKEW < window.until < NOON + 5 * MINUTE


@pytest.mark.parametrize("attempted_at", [None, NOON - 5 * MINUTE, NOON + 2 * HOUR])
def test_after_a_restored_backup_or_lateness_all_until_now_is_looked_at(attempted_at: datetime | None) -> None:
    assert choose_window(build_delivery(NOON, attempted_at)) == LookupWindow(NOON - CLOCK_SKEW, None)


def test_without_a_moment_all_since_a_message_was_recorded_is_looked_at() -> None:
    assert choose_window(build_delivery(None, NOON)) == LookupWindow(NOON - HOUR - CLOCK_SKEW, None)


def test_what_was_never_tried_is_not_looked_up() -> None:
    assert not needs_lookup(build_delivery(None, NOON))
    assert needs_lookup(build_delivery(NOON, None))
    assert needs_lookup(build_delivery(None, None, attempts=1))


def test_a_window_is_read_anew_only_when_clocks_differ_by_much() -> None:
    window = LookupWindow(NOON, NOON + HOUR)
    assert window.contains(window.move(-CLOCK_SKEW, CLOCK_SKEW))
    assert not window.contains(window.move(-2 * CLOCK_SKEW, CLOCK_SKEW))
    assert not window.contains(window.move(-CLOCK_SKEW, 2 * CLOCK_SKEW))
    assert not window.contains(LookupWindow(NOON))
    assert LookupWindow().contains(window)


def test_a_look_up_and_the_request_after_it_end_before_the_lease() -> None:
    assert LEASE.total_seconds() > LOOKUP_SECONDS + 30
