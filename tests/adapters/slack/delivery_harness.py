"""What stands between the tests and Slack on loopback: tokens, a clock that nobody waits for, buttons in memory."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from adapters.slack.api.client import SlackClient
from adapters.slack.api.rate_limit import RateLimiter
from bot.cards.models import Card
from bot.domain.channels import Channel
from bot.domain.deliveries import DeliveryKey, Operation
from bot.errors import Gone
from bot.ports.chat import Delivery
from tests.fakes import FakeMonotonic
from tests.servers.slack import Slack

NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
PAPERS = Channel("slack", "T1", "C1", name="papers")


def read_clock() -> datetime:
    return datetime.now(UTC)


@dataclass
class MemoryTokens:
    """Tokens by workspace; ``newer`` are given once the first was refused."""

    held: dict[str, str] = field(default_factory=lambda: {"T1": "xoxb-1"})
    newer: dict[str, str] = field(default_factory=dict)

    async def get_token(self, workspace: str, *, rejected_token: str = "") -> str:
        if rejected_token and self.held.get(workspace) == rejected_token and workspace in self.newer:
            self.held[workspace] = self.newer.pop(workspace)
        if workspace not in self.held:
            raise Gone("it is not installed there", installation=True)
        return self.held[workspace]


def build_delivery(
    card: Card | None = None,
    operation: Operation = "post",
    *,
    channel: Channel = PAPERS,
    parent: str = "",
    created: datetime | None = None,
    **more: Any,
) -> Delivery:
    key = DeliveryKey(channel, "digest", "2026-11-24", 0, operation)
    return Delivery(1, key, card or Card(text="Hello"), parent_message_id=parent, created_at=created, **more)


def add_workspace(server: Slack) -> None:
    """Give Slack a workspace with a channel, a person and our bot."""
    server.team("T1")
    server.bot("T1", token="xoxb-1")
    server.person("U1", name="Ana", admin=True)
    server.channel("C1", name="papers", purpose="Papers that we read")


@asynccontextmanager
async def open_client(
    url: str,
    keys: MemoryTokens | None = None,
    ticks: FakeMonotonic | None = None,
    clock: Callable[[], datetime] = read_clock,
) -> AsyncIterator[SlackClient]:
    """Give clients of the Web API at *url*, closed at the end."""
    ticks = ticks or FakeMonotonic()
    clients = SlackClient(keys or MemoryTokens(), url, RateLimiter(ticks, ticks.sleep), clock)
    try:
        yield clients
    finally:
        await clients.close()
