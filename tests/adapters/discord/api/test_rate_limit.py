"""The limiter on a clock of its own: nothing here waits."""

from __future__ import annotations

import asyncio

import pytest

from adapters.discord.api.errors import DEFAULT_BAN_SECONDS
from adapters.discord.api.rate_limit import MAX_INVALID_REQUESTS, MAX_REQUESTS_PER_SECOND, RateLimiter
from bot.errors import TryLater
from tests.fakes import FakeMonotonic


@pytest.fixture
def clock() -> FakeMonotonic:
    return FakeMonotonic()


@pytest.fixture
def pace(clock: FakeMonotonic) -> RateLimiter:
    return RateLimiter(clock, clock.sleep)


async def turns(pace: RateLimiter, clock: FakeMonotonic, number: int) -> list[float]:
    given_at = []
    for _ in range(number):
        await pace.acquire()
        given_at.append(clock.now)
    return given_at


def busiest(moments: list[float], span: float) -> int:
    return max(sum(first <= moment < first + span for moment in moments) for first in moments)


async def test_no_second_holds_more_than_discord_allows(pace: RateLimiter, clock: FakeMonotonic) -> None:
    moments = await turns(pace, clock, 500)
    assert busiest(moments, 1.0) <= 50
    assert moments[-1] - moments[0] == pytest.approx(499 / MAX_REQUESTS_PER_SECOND, rel=0.01), (
        "the limit is used, not only kept"
    )


async def test_who_comes_late_catches_up_within_the_limit(pace: RateLimiter, clock: FakeMonotonic) -> None:
    moments = []
    for number in range(500):
        clock.now += 0.03 if number % 25 == 0 else 0
        moments += await turns(pace, clock, 1)
    assert busiest(moments, 1.0) <= 50
    assert moments[-1] - moments[0] < 500 / MAX_REQUESTS_PER_SECOND * 1.005


async def test_who_wait_together_while_the_program_is_held_up_go_one_by_one(clock: FakeMonotonic) -> None:
    held, moments = asyncio.Event(), list[float]()

    async def stuck(seconds: float) -> None:
        due = clock.now + seconds
        await held.wait()
        clock.now = max(clock.now, due)

    pace = RateLimiter(clock, stuck)

    async def asks() -> None:
        await pace.acquire()
        moments.append(clock.now)

    asking = [asyncio.ensure_future(asks()) for _ in range(100)]
    await asyncio.sleep(0)
    clock.now += 5
    held.set()
    await asyncio.gather(*asking)
    assert busiest(moments, 1.0) <= 50


async def test_a_pause_saves_nothing_up(pace: RateLimiter, clock: FakeMonotonic) -> None:
    await turns(pace, clock, 10)
    clock.now += 60
    assert busiest(await turns(pace, clock, 200), 1.0) <= 50


async def test_a_refusal_for_all_slows_it_down_and_time_brings_it_back(pace: RateLimiter, clock: FakeMonotonic) -> None:
    pace.record_response(429, "global")
    assert pace.rate == pytest.approx(MAX_REQUESTS_PER_SECOND * 0.8)
    moments = await turns(pace, clock, 100)
    assert busiest(moments, 1.0) <= 41
    clock.now += 10
    await pace.acquire()
    assert MAX_REQUESTS_PER_SECOND * 0.8 < pace.rate < MAX_REQUESTS_PER_SECOND
    clock.now += 20
    await pace.acquire()
    assert pace.rate == MAX_REQUESTS_PER_SECOND


async def test_what_is_refused_together_slows_it_down_once(pace: RateLimiter, clock: FakeMonotonic) -> None:
    for _ in range(5):
        pace.record_response(429, "global")
        clock.now += 0.1
    assert pace.rate == pytest.approx(MAX_REQUESTS_PER_SECOND * 0.8)
    clock.now += 1
    pace.record_response(429, "global")
    assert pace.rate == pytest.approx(MAX_REQUESTS_PER_SECOND * 0.8 * 0.8)


async def test_many_refusals_for_all_leave_a_little(pace: RateLimiter, clock: FakeMonotonic) -> None:
    for _ in range(100):
        pace.record_response(429, "global")
        clock.now += 1
    assert pace.rate == 5


@pytest.mark.parametrize("scope", ["user", "shared", ""])
async def test_a_refusal_of_one_route_slows_nothing_else_down(pace: RateLimiter, scope: str) -> None:
    pace.record_response(429, scope)
    assert pace.rate == MAX_REQUESTS_PER_SECOND


async def test_too_many_refusals_stop_everything_before_discord_does(pace: RateLimiter, clock: FakeMonotonic) -> None:
    for number in range(MAX_INVALID_REQUESTS):
        clock.now += 0.05
        pace.record_response((401, 403, 429)[number % 3], "user")
    with pytest.raises(TryLater) as caught:
        await pace.acquire()
    clock.now += caught.value.retry_after
    await pace.acquire()


async def test_refusals_that_count_for_nothing_stop_nothing(pace: RateLimiter) -> None:
    for _ in range(MAX_INVALID_REQUESTS):
        pace.record_response(429, "shared")
        pace.record_response(404, "")
    await pace.acquire()


async def test_a_machine_that_is_kept_out_asks_nothing(pace: RateLimiter, clock: FakeMonotonic) -> None:
    pace.pause(DEFAULT_BAN_SECONDS)
    pace.pause(5)
    with pytest.raises(TryLater) as caught:
        await pace.acquire()
    assert caught.value.retry_after == DEFAULT_BAN_SECONDS
    clock.now += DEFAULT_BAN_SECONDS
    await pace.acquire()
