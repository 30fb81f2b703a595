"""The limiter on a clock of its own: nothing here waits."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.slack.api.rate_limit import CALLS_PER_MINUTE, MAX_WAIT_SECONDS, RateLimiter
from bot.errors import TryLater

POST = "chat.postMessage"


@dataclass
class Clock:
    """Monotonic seconds that pass only by waiting."""

    now: float = 1_000.0

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def pace(clock: Clock) -> RateLimiter:
    return RateLimiter(clock, clock.sleep)


async def turns(pace: RateLimiter, clock: Clock, number: int, method: str, channel: str = "") -> list[float]:
    """Return when each of so many turns was given, by somebody who comes again when told to."""
    given_at: list[float] = []
    while len(given_at) < number:
        try:
            await pace.acquire("T1", method, channel)
        except TryLater as later:
            clock.now += later.retry_after
        else:
            given_at.append(clock.now)
    return given_at


def busiest(moments: list[float], span: float) -> int:
    return max(sum(first <= moment < first + span for moment in moments) for first in moments)


async def test_a_channel_gets_two_at_once_and_then_one_a_second(pace: RateLimiter, clock: Clock) -> None:
    assert await turns(pace, clock, 5, POST, "C1") == [1_000, 1_000, 1_001, 1_002, 1_003]


async def test_channels_do_not_wait_for_one_another(pace: RateLimiter, clock: Clock) -> None:
    for number in range(50):
        await pace.acquire("T1", POST, f"C{number}")
    assert clock.now == 1_000


@pytest.mark.parametrize(
    "method", [POST, "chat.update", "views.open", "conversations.list", "conversations.history", "made.up"]
)
async def test_no_minute_holds_more_than_its_tier(pace: RateLimiter, clock: Clock, method: str) -> None:
    calls = CALLS_PER_MINUTE.get(method, 20)
    moments = await turns(pace, clock, 3 * calls, method)
    assert busiest(moments, 60) <= calls
    assert moments[-1] - moments[0] < 60 * 5, "the limit is used, not only kept"


async def test_a_workspace_is_limited_over_all_its_channels(pace: RateLimiter, clock: Clock) -> None:
    moments = []
    for number in range(700):
        moments += await turns(pace, clock, 1, POST, f"C{number}")
    assert busiest(moments, 60) <= 300


async def test_a_short_wait_is_waited_here_and_a_long_one_is_the_ledgers(pace: RateLimiter, clock: Clock) -> None:
    await turns(pace, clock, 2, POST, "C1")
    await pace.acquire("T1", POST, "C1")
    assert clock.now == 1_001
    pace.pause("T1", POST, MAX_WAIT_SECONDS + 1)
    with pytest.raises(TryLater) as caught:
        await pace.acquire("T1", POST, "C1")
    assert caught.value.retry_after >= MAX_WAIT_SECONDS + 1
    assert clock.now == 1_001


async def test_a_pause_holds_one_method_of_one_workspace(pace: RateLimiter, clock: Clock) -> None:
    pace.pause("T1", POST, 30)
    with pytest.raises(TryLater, match="limits"):
        await pace.acquire("T1", POST, "C9")
    await pace.acquire("T2", POST, "C9")
    await pace.acquire("T1", "chat.update")
    assert clock.now == 1_000
    clock.now += 30
    await pace.acquire("T1", POST, "C9")
    assert clock.now == 1_030


async def test_a_pause_is_never_made_shorter(pace: RateLimiter, clock: Clock) -> None:
    pace.pause("T1", POST, 30)
    pace.pause("T1", POST, 5)
    clock.now += 29
    await pace.acquire("T1", POST)
    assert clock.now == 1_030


async def test_those_sent_away_come_again_one_by_one(pace: RateLimiter, clock: Clock) -> None:
    pace.pause("T1", POST, 30)
    told = []
    for number in range(100):
        with pytest.raises(TryLater) as caught:
            await pace.acquire("T1", POST, f"C{number}")
        told.append(1_000 + caught.value.retry_after)
    assert told[0] == 1_030
    assert busiest(told, 1) <= 4
    for number, moment in enumerate(told):
        clock.now = moment
        await pace.acquire("T1", POST, f"C{number}")
        assert clock.now == pytest.approx(moment), "nobody is sent away twice"


async def test_a_pause_holds_those_who_wait_already(clock: Clock) -> None:
    waits: list[float] = []

    async def sleep(seconds: float) -> None:
        waits.append(seconds)
        interrupted.pause("T1", POST, 20)
        clock.now += seconds

    interrupted = RateLimiter(clock, sleep)
    for _ in range(2):
        await interrupted.acquire("T1", POST, "C1")
    with pytest.raises(TryLater) as caught:
        await interrupted.acquire("T1", POST, "C1")
    assert waits == [1]
    assert clock.now + caught.value.retry_after >= 1_020


async def test_what_is_idle_is_forgotten(pace: RateLimiter, clock: Clock) -> None:
    for number in range(5_000):
        clock.now += 1
        await pace.acquire(f"T{number}", POST, "C1")
    assert len(pace._buckets) <= 1_001


async def test_nothing_that_counts_is_forgotten(pace: RateLimiter, clock: Clock) -> None:
    pace.pause("T1", POST, 3_600)
    for number in range(2_500):
        clock.now += 1
        await pace.acquire(f"W{number}", POST, "C1")
    with pytest.raises(TryLater):
        await pace.acquire("T1", POST)


@given(st.lists(st.tuples(st.floats(0, 30), st.integers(0, 2), st.integers(0, 3)), min_size=1, max_size=80))
async def test_whoever_asks_when_nobody_is_too_fast(asked: list[tuple[float, int, int]]) -> None:
    clock = Clock()
    pace = RateLimiter(clock, clock.sleep)
    posted: dict[tuple[str, str], list[float]] = {}
    for pause, workspace, channel in asked:
        clock.now += pause
        place = (f"T{workspace}", f"C{channel}")
        before = clock.now
        with suppress(TryLater):
            await pace.acquire(place[0], POST, place[1])
            posted.setdefault(place, []).append(clock.now)
        assert clock.now - before <= MAX_WAIT_SECONDS
    for moments in posted.values():
        assert busiest(moments, 1 - 1e-6) <= 2
        assert busiest(moments, 10 - 1e-6) <= 11


async def test_a_restricted_method_is_called_once_a_minute_and_others_are_not(clock: Clock) -> None:
    limiter = RateLimiter(clock, clock.sleep)
    await limiter.acquire("T1", "conversations.history")
    for _ in range(2):
        limiter.limit_method("T1", "conversations.history")
        with pytest.raises(TryLater) as caught:
            await limiter.acquire("T1", "conversations.history")
        assert caught.value.retry_after == 60
        await limiter.acquire("T2", "conversations.history")
        await limiter.acquire("T1", "conversations.replies")
        clock.now += 60
        await limiter.acquire("T1", "conversations.history")
    clock.now += 3_600
    for _ in range(12):
        await limiter.acquire("T1", "conversations.history")
