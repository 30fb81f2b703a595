"""Slack, Discord and the sources on loopback, with channels whose digests are due, and what they hold afterwards."""

from __future__ import annotations

import json
import random
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Collection, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from adapters.discord.rendering.message_keys import hash_delivery_key, read_message_key
from bot.domain.channels import Channel
from bot.domain.deliveries import DeliveryKey
from tests.papers import of_day
from tests.servers.discord import Discord, discord, payloads, rights
from tests.servers.slack import Slack, slack
from tests.servers.slack.rules import ALL
from tests.servers.sources import Record, Sources, record

SLACK_POSTS: Final = "chat.postMessage"
DISCORD_POSTS: Final = "POST /channels/{channel_id}/messages"
SECRETS: Final = ("xoxb-1-bot-of-the-fault-suite", "xapp-1-app-of-the-fault-suite", "token-of-the-fault-suite")
ALWAYS: Final = 10**9
"""Times that no run reaches."""


@dataclass
class Platforms:
    """What the bot talks to. ``channels`` are those that it posts to, ``lists`` the dates of which there are papers."""

    slack: Slack
    discord: Discord
    sources: Sources
    channels: tuple[Channel, ...]
    lists: tuple[date, ...]
    random: random.Random = field(default_factory=lambda: random.Random(7))  # noqa: S311 - the same each time

    @property
    def slack_channels(self) -> Sequence[Channel]:
        return [channel for channel in self.channels if channel.platform == "slack"]

    @property
    def discord_channels(self) -> Sequence[Channel]:
        return [channel for channel in self.channels if channel.platform == "discord"]

    @property
    def settings(self) -> dict[str, str]:
        """What the bot is told to find them."""
        bot_token, app_token, discord_token = SECRETS
        chats = {"SLACK_BOT_TOKEN": bot_token, "SLACK_APP_TOKEN": app_token, "DISCORD_TOKEN": discord_token}
        urls = {"SLACK_API_URL": self.slack.url, "DISCORD_API_URL": self.discord.api}
        sources = {"HF_ENDPOINT": self.sources.url, "ARXIV_URL": self.sources.url}
        return chats | urls | sources | {"DISCORD_GATEWAY_URL": self.discord.gateway}

    def fail(self, platform: str = "", **how: Any) -> list[Any]:
        """Let posts go wrong until `heal`, of one platform or of both; *how* are the fields of the servers' faults."""
        faults: list[Any] = []
        if platform in {"", "slack"}:
            faults.append(self.slack.fail(SLACK_POSTS, **({"times": ALWAYS} | how)))
        if platform in {"", "discord"}:
            faults.append(self.discord.fail(DISCORD_POSTS, **({"times": ALWAYS} | how)))
        return faults

    def slow(self, least: float, most: float) -> None:
        """Let posts be accepted and answered late: it may be before or after that that the bot is killed."""

        def draw() -> float:
            return self.random.uniform(least, most) / 2

        self.fail(delay=draw, lag=draw)

    def drop(self, share: float = 1.0, times: int = ALWAYS) -> None:
        """Lose the replies to a share of the posts that are accepted."""
        self.fail(drop="after", times=times, where=lambda _: self.random.random() < share)

    def heal(self) -> None:
        """Let everything go well again."""
        every: list[Any] = [*self.slack.faults, *self.discord.faults]
        for fault in every:
            fault.times = 0
            if fault.until:
                fault.until.set()
        self.slack.faults.clear()
        self.discord.faults.clear()

    def say(self, lines: int) -> None:
        """Let people say so many lines in each channel."""
        for number in range(lines):
            for channel in self.channels:
                server: Slack | Discord = self.slack if channel.platform == "slack" else self.discord
                server.say(f"Line {number}", channel.id, "U1" if channel.platform == "slack" else "100")

    async def wait(self, condition: Callable[[], Any], seconds: float) -> float:
        """Wait until something is so; return how many seconds that took."""
        began = time.monotonic()
        await self.slack.wait(condition, seconds)
        return time.monotonic() - began

    def count_posts(self) -> int:
        """Return how many requests to post have arrived, answered or not."""
        in_slack = sum(call.method == SLACK_POSTS for call in self.slack.calls)
        return in_slack + sum(f"{call.method} {call.route}" == DISCORD_POSTS for call in self.discord.calls)

    def count_messages(self, *keys: DeliveryKey) -> list[int]:
        """Return how often each message is there; of several parts the one that is there most often counts."""
        in_slack, in_discord = self.read_slack(), dict[str, int]()
        for (hashed, _), number in self.read_discord().items():
            in_discord[hashed] = max(in_discord.get(hashed, 0), number)
        return [
            in_slack[str(key)] if key.channel.platform == "slack" else in_discord.get(hash_delivery_key(key), 0)
            for key in keys
        ]

    def count_digests(self, day: date) -> dict[Channel, int]:
        """Return how often each channel has the first message of its digest."""
        keys = [get_digest_key(channel, day) for channel in self.channels]
        return dict(zip(self.channels, self.count_messages(*keys), strict=True))

    def read_text(self, key: DeliveryKey) -> str:
        """Return what a channel shows of the bot."""
        server: Slack | Discord = self.slack if key.channel.platform == "slack" else self.discord
        place = server.places[key.channel.id]
        return json.dumps(
            [[getattr(post, "blocks", None), getattr(post, "components", None)] for post in place.posts.values()]
        )

    def read_slack(self) -> Counter[str]:
        """Return how many messages carry each delivery's key, in their metadata."""
        posts = (post for place in self.slack.places.values() for post in place.posts.values())
        keys = (post.metadata.get("event_payload", {}).get("key", "") for post in posts if post.metadata)
        return Counter(key for key in keys if key)

    def read_discord(self) -> Counter[tuple[str, int]]:
        """Return how many messages carry each part of each delivery's key, in their buttons or their small print."""
        posts = (post for place in self.discord.places.values() for post in place.posts.values())
        own = (payloads.message(self.discord, post) for post in posts if post.author == self.discord.app.user)
        return Counter(key for message in own if (key := read_message_key(message)))

    def find_duplicates(self) -> list[str]:
        """Return the keys that more than one message carries."""
        counted = [*self.read_slack().items(), *self.read_discord().items()]
        return [str(key) for key, number in counted if number > 1]


def get_digest_key(channel: Channel, day: date) -> DeliveryKey:
    """Return the key of the first message of a digest."""
    return DeliveryKey(channel, "digest", day.isoformat())


@asynccontextmanager
async def open_platforms(
    listed: Collection[date], slack_channels: int = 4, discord_channels: int = 4, *, history: bool = True
) -> AsyncIterator[Platforms]:
    """Serve them with so many channels, and with the lists of some dates; without *history* none may be read."""
    days = {day: _record_list(day) for day in listed}
    async with slack() as slack_server, discord() as discord_server, Sources(days) as sources:
        # What a platform does for us beside the look-up: here the look-up has to do it all.
        discord_server.nonce_seconds = 0
        slack_side = _open_slack(slack_server, slack_channels, history=history)
        discord_side = _open_discord(discord_server, discord_channels, history=history)
        yield Platforms(slack_server, discord_server, sources, (*slack_side, *discord_side), tuple(listed))


def _record_list(day: date) -> list[Record]:
    return [record(paper.id, paper.title, votes=paper.votes) for paper in of_day(day)]


def _open_slack(server: Slack, number: int, *, history: bool) -> list[Channel]:
    scopes = None if history else {scope for scope in ALL if not scope.endswith(":history")}
    server.team("T1", name="Acme")
    server.bot("T1", token=SECRETS[0], user="UBOT", bot="B1", scopes=scopes)
    server.app_token(SECRETS[1])
    server.person("U1", name="Ana", team="T1", admin=True)
    for n in range(number):
        server.channel(f"C{n:03}", name=f"papers-{n}", team="T1", members=("U1", "UBOT"))
    return [Channel("slack", "T1", f"C{n:03}", name=f"papers-{n}") for n in range(number)]


def _open_discord(server: Discord, number: int, *, history: bool) -> list[Channel]:
    server.bot(SECRETS[2], user="1", application="2", name="Broadsheet")
    server.guild("10", name="Lab", owner="100")
    server.person("100", name="Ana", guilds=("10",), admin=True)
    permissions = None if history else rights.ALL & ~rights.READ_HISTORY
    for n in range(number):
        server.channel(str(2_000 + n), guild="10", name=f"papers-{n}", permissions=permissions)
    return [Channel("discord", "10", str(2_000 + n), name=f"papers-{n}") for n in range(number)]
