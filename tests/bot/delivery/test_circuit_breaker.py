"""Circuits: opened by silence, closed by any answer, tried with one message."""

import logging
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.delivery.circuit_breaker import (
    FIRST_PAUSE,
    MAX_PAUSE,
    PLATFORM_THRESHOLD,
    WORKSPACE_THRESHOLD,
    CircuitBreaker,
)
from bot.domain.channels import Channel
from bot.ports.stores import Stores
from bot.reasons.reason import to_reason
from tests.stores import open_stores

NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)
CHANNEL = Channel("slack", "T1", "C1")
SILENCE = to_reason("no answer")


@pytest.fixture
async def stores(tmp_path: Path) -> AsyncIterator[Stores]:
    async with open_stores(tmp_path, NOW) as opened:
        yield opened


@pytest.fixture
def breaker(stores: Stores) -> CircuitBreaker:
    return CircuitBreaker(stores.circuits, lambda: 1.0)


async def _fall_silent(breaker: CircuitBreaker, times: int, now: datetime = NOW) -> None:
    for _ in range(times):
        await breaker.record_silence(CHANNEL, SILENCE, now)


async def test_a_few_silences_leave_it_open_to_all(breaker: CircuitBreaker) -> None:
    await _fall_silent(breaker, WORKSPACE_THRESHOLD - 1)
    openings = await breaker.find_openings("slack", 16, NOW)
    assert (openings.limit, set(openings.closed_workspaces)) == (16, set())


async def test_a_silent_workspace_is_left_alone_and_then_tried(
    breaker: CircuitBreaker, caplog: pytest.LogCaptureFixture
) -> None:
    await _fall_silent(breaker, WORKSPACE_THRESHOLD)
    openings = await breaker.find_openings("slack", 16, NOW)
    assert (openings.limit, set(openings.closed_workspaces)) == (16, {"T1"}), "others of the platform go on"
    openings = await breaker.find_openings("slack", 16, NOW + FIRST_PAUSE)
    assert (set(openings.closed_workspaces), set(openings.trial_workspaces)) == (set(), {"T1"})
    caplog.clear()
    with caplog.at_level(logging.WARNING):
        await breaker.record_answer(CHANNEL)
        await breaker.record_answer(CHANNEL)
    assert caplog.messages == ["slack T1 answers again"]
    assert not (await breaker.find_openings("slack", 16, NOW)).closed_workspaces


async def test_pauses_grow_up_to_five_minutes(breaker: CircuitBreaker, stores: Stores) -> None:
    pauses = []
    await _fall_silent(breaker, WORKSPACE_THRESHOLD - 1)
    for _ in range(7):
        await _fall_silent(breaker, 1)
        (circuit,) = await stores.circuits.list_open()
        pauses.append(circuit.open_until - NOW)
        assert circuit.opened == NOW, "since when it is silent stays known"
    assert pauses[:3] == [FIRST_PAUSE, 2 * FIRST_PAUSE, 4 * FIRST_PAUSE]
    assert pauses[-1] == MAX_PAUSE


async def test_a_platform_of_which_several_workspaces_are_silent_is_left_alone(breaker: CircuitBreaker) -> None:
    for number in range(PLATFORM_THRESHOLD + 1):
        await breaker.record_silence(Channel("discord", f"{number}", "C"), SILENCE, NOW)
    assert (await breaker.find_openings("discord", 16, NOW)).limit == 0
    assert (await breaker.find_openings("discord", 16, NOW + FIRST_PAUSE)).limit == 1, "one is tried"
    assert (await breaker.find_openings("slack", 16, NOW)).limit == 16
    await breaker.record_answer(Channel("discord", "3", "C"))
    assert (await breaker.find_openings("discord", 16, NOW)).limit == 16


async def test_one_silent_workspace_does_not_shut_the_platform(breaker: CircuitBreaker) -> None:
    await _fall_silent(breaker, PLATFORM_THRESHOLD * 2)
    assert (await breaker.find_openings("slack", 16, NOW)).limit == 16


async def test_a_new_start_knows_them_and_an_answer_closes_them(breaker: CircuitBreaker, stores: Stores) -> None:
    await _fall_silent(breaker, WORKSPACE_THRESHOLD)
    restarted = CircuitBreaker(stores.circuits, lambda: 1.0)
    await restarted.load()
    assert "T1" in (await restarted.find_openings("slack", 16, NOW)).closed_workspaces
    await restarted.record_answer(CHANNEL)
    assert await stores.circuits.list_open() == []


async def test_a_clock_that_is_set_back_shuts_nobody_for_long(breaker: CircuitBreaker) -> None:
    await _fall_silent(breaker, WORKSPACE_THRESHOLD)
    openings = await breaker.find_openings("slack", 16, NOW - timedelta(days=1))
    assert not openings.closed_workspaces
