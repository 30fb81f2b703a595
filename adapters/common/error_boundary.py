"""Error boundary of listeners: whatever one raises is a line in the log, with a reference."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Any

log = logging.getLogger(__name__)

Listener = Callable[..., Awaitable[None]]


def log_exceptions(listener: Listener) -> Listener:
    """Return *listener* so that whatever it raises is a line in the log.

    slack_bolt takes an acknowledgement back when a listener raises right after it, and Slack then tells people that the
    app did not respond. What was not acknowledged yet stays so, for Slack to say that it did not work.
    """

    @wraps(listener)
    async def run_listener(**arguments: Any) -> None:
        try:
            await listener(**arguments)
        except Exception:
            log.exception("A listener failed, reference %s", secrets.token_hex(3))

    return run_listener
