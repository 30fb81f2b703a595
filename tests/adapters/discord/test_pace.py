"""The limiter on a clock of its own: nothing here waits."""

from __future__ import annotations

import asyncio

import pytest

from adapters.discord.errors import BANNED
from adapters.discord.pace import MOST_INVALID, RATE, Pace
from bot.errors import TryLater
from tests.adapters.discord.outbound import Ticks


@pytest.fixture
def clock() -> Ticks:
    return Ticks()


@pytest.fixture
def pace(clock: Ticks) -> Pace:
    return Pace(clock, clock.sleep)


async def turns(pace: Pace, clock: Ticks, number: int) -> list[float]:
    given_at = []
    for _ in range(number):
        await pace.turn()
        given_at.append(clock.now)
    return given_at


def busiest(moments: list[float], span: float) -> int:
    return max(sum(first <= moment < first + span for moment in moments) for first in moments)


async def test_no_second_holds_more_than_discord_allows(pace: Pace, clock: Ticks) -> None:
    moments = await turns(pace, clock, 500)
    assert busiest(moments, 1.0) <= 50
    assert moments[-1] - moments[0] == pytest.approx(499 / RATE, rel=0.01), "the limit is used, not only kept"


async def test_who_comes_late_catches_up_within_the_limit(pace: Pace, clock: Ticks) -> None:
    moments = []
    for number in range(500):
        clock.now += 0.03 if number % 25 == 0 else 0
        moments += await turns(pace, clock, 1)
    assert busiest(moments, 1.0) <= 50
    assert moments[-1] - moments[0] < 500 / RATE * 1.005


async def test_who_wait_together_while_the_program_is_held_up_go_one_by_one(clock: Ticks) -> None:
    held, moments = asyncio.Event(), list[float]()

    async def stuck(seconds: float) -> None:
        due = clock.now + seconds
        await held.wait()
        clock.now = max(clock.now, due)

    pace = Pace(clock, stuck)

    async def asks() -> None:
        await pace.turn()
        moments.append(clock.now)

    asking = [asyncio.ensure_future(asks()) for _ in range(100)]
    await asyncio.sleep(0)
    clock.now += 5
    held.set()
    await asyncio.gather(*asking)
    assert busiest(moments, 1.0) <= 50


async def test_a_pause_saves_nothing_up(pace: Pace, clock: Ticks) -> None:
    await turns(pace, clock, 10)
    clock.now += 60
    assert busiest(await turns(pace, clock, 200), 1.0) <= 50


async def test_a_refusal_for_all_slows_it_down_and_time_brings_it_back(pace: Pace, clock: Ticks) -> None:
    pace.saw(429, "global")
    assert pace.rate == pytest.approx(RATE * 0.8)
    moments = await turns(pace, clock, 100)
    assert busiest(moments, 1.0) <= 41
    clock.now += 10
    await pace.turn()
    assert RATE * 0.8 < pace.rate < RATE
    clock.now += 20
    await pace.turn()
    assert pace.rate == RATE


async def test_what_is_refused_together_slows_it_down_once(pace: Pace, clock: Ticks) -> None:
    for _ in range(5):
        pace.saw(429, "global")
        clock.now += 0.1
    assert pace.rate == pytest.approx(RATE * 0.8)
    clock.now += 1
    pace.saw(429, "global")
    assert pace.rate == pytest.approx(RATE * 0.8 * 0.8)


async def test_many_refusals_for_all_leave_a_little(pace: Pace, clock: Ticks) -> None:
    for _ in range(100):
        pace.saw(429, "global")
        clock.now += 1
    assert pace.rate == 5


@pytest.mark.parametrize("scope", ["user", "shared", ""])
async def test_a_refusal_of_one_route_slows_nothing_else_down(pace: Pace, scope: str) -> None:
    pace.saw(429, scope)
    assert pace.rate == RATE


async def test_too_many_refusals_stop_everything_before_discord_does(pace: Pace, clock: Ticks) -> None:
    for number in range(MOST_INVALID):
        clock.now += 0.05
        pace.saw((401, 403, 429)[number % 3], "user")
    with pytest.raises(TryLater) as caught:
        await pace.turn()
    clock.now += caught.value.after
    await pace.turn()


async def test_refusals_that_count_for_nothing_stop_nothing(pace: Pace) -> None:
    for _ in range(MOST_INVALID):
        pace.saw(429, "shared")
        pace.saw(404, "")
    await pace.turn()


async def test_a_machine_that_is_kept_out_asks_nothing(pace: Pace, clock: Ticks) -> None:
    pace.rest(BANNED)
    pace.rest(5)
    with pytest.raises(TryLater) as caught:
        await pace.turn()
    assert caught.value.after == BANNED
    clock.now += BANNED
    await pace.turn()
