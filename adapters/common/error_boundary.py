"""Error boundary of listeners: whatever one raises is a line in the log, with a reference."""

from __future__ import annotations

import logging
from collections.abc import Callable, Coroutine
from functools import wraps
from typing import Any

from bot.errors import log_failure

log = logging.getLogger(__name__)

Listener = Callable[..., Coroutine[Any, Any, None]]


def log_exceptions(listener: Listener) -> Listener:
    """Return *listener* so that whatever it raises is a line in the log.

    A library may take an acknowledgement back when a listener raises right after it, and people are then told that
    nothing responded. What was not acknowledged yet stays so, for the chat to say that it did not work.
    """

    @wraps(listener)
    async def run_listener(*arguments: Any, **keywords: Any) -> None:
        try:
            await listener(*arguments, **keywords)
        except Exception as error:  # noqa: BLE001 - the boundary
            log_failure(log, "A listener failed", error)

    return run_listener
