"""Tasks that a library starts: known while they run, waited for at the end, and ended when they don't."""

from __future__ import annotations

import asyncio
import time

import pytest

from adapters.common.tasks import TaskTracker


async def start(tracker: TaskTracker, until: asyncio.Event) -> asyncio.Task[str]:
    """Return a task that is tracked and runs *until* then."""
    begun = asyncio.Event()

    async def work() -> str:
        tracker.track_current_task()
        begun.set()
        await until.wait()
        return "done"

    task = asyncio.create_task(work())
    await begun.wait()
    return task


async def test_nothing_is_waited_for_where_nothing_runs() -> None:
    await TaskTracker().drain(60)


async def test_what_runs_is_waited_for_and_what_it_starts() -> None:
    tracker, turn = TaskTracker(), asyncio.Event()
    first = await start(tracker, turn)
    later: list[asyncio.Task[str]] = []

    async def start_another() -> None:
        tracker.track_current_task()
        await turn.wait()
        later.append(await start(tracker, turn))

    starting = asyncio.create_task(start_another())
    asyncio.get_running_loop().call_soon(turn.set)
    await tracker.drain(60)
    assert starting.done()
    assert [task.result() for task in (first, *later)] == ["done", "done"]


async def test_what_does_not_end_is_ended() -> None:
    tracker = TaskTracker()
    task = await start(tracker, asyncio.Event())
    await tracker.wait(0.01)
    assert not task.done(), "who only waits ends nothing"
    await tracker.drain(0.01)
    assert task.cancelled()


async def test_what_failed_does_not_hold_up_the_end() -> None:
    tracker = TaskTracker()

    async def fail() -> None:
        tracker.track_current_task()
        await asyncio.sleep(0)
        raise ValueError("no")

    task = asyncio.create_task(fail())
    await asyncio.sleep(0)
    began = time.monotonic()
    await tracker.drain(60)
    assert time.monotonic() - began < 30
    with pytest.raises(ValueError, match="no"):
        await task
