"""Listeners that raise: their library hears nothing of it, the log everything."""

from __future__ import annotations

import asyncio
import inspect

import pytest

from adapters.common.error_boundary import log_exceptions


async def test_what_a_listener_raises_is_a_line_with_a_reference_and_a_traceback(
    caplog: pytest.LogCaptureFixture,
) -> None:
    @log_exceptions
    async def listen(first: int, *, second: int) -> None:
        raise ValueError(first + second)

    await listen(1, second=2)
    (record,) = caplog.records
    assert record.getMessage().startswith("A listener failed, reference ")
    assert record.exc_info
    assert str(record.exc_info[1]) == "3"


async def test_a_listener_keeps_its_name_and_its_arguments() -> None:
    """slack_bolt looks at what a listener wants, discord.py at how it is called."""

    @log_exceptions
    async def on_press(ack: object, body: object) -> None:
        """Listen."""

    assert on_press.__name__ == "on_press"
    assert list(inspect.signature(on_press).parameters) == ["ack", "body"]
    assert inspect.iscoroutinefunction(on_press)


async def test_who_is_ended_ends() -> None:
    @log_exceptions
    async def listen() -> None:
        raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        await listen()
