"""An album: every body that Discord is sent while somebody goes through a day, beside the pictures that are kept.

``UPDATE_GOLDEN=1`` writes the pictures anew, and takes away those that are of nothing any more.
"""

from __future__ import annotations

import asyncio
import difflib
import json
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from adapters.common.button_payload import ButtonPayload
from adapters.discord.delivery import forum_posts
from adapters.discord.delivery.chat import ChannelStyle, DiscordChat
from adapters.discord.forms import state
from adapters.discord.rendering import message_keys
from adapters.discord.rendering.custom_id import decode_payload
from bot.delivery.dispatcher import Dispatcher
from bot.domain.channels import Channel, ChannelKind
from bot.errors import Malformed
from bot.ports.chat import Delivery
from tests.adapters.discord.bot_harness import BotHarness
from tests.servers.discord import Reaction, Shown
from tests.servers.discord.things import Call

GOLDEN: Final = Path(__file__).parents[2] / "golden" / "discord" / "sent"
_UNSEEN: Final = re.compile("[\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")
_IDS: Final = re.compile(r"(?<!\d)\d{17,20}(?!\d)")
_REFERENCE: Final = re.compile(r"(?<=Reference: )[0-9a-f]{6}")


def sent(call: Call) -> Iterator[Any]:
    """Yield what a request says: the message of an answer, of a channel or of a post, or a modal."""
    body: Any = call.json.get("data") if call.route.endswith("/callback") else call.json
    if call.method in {"POST", "PATCH"} and isinstance(body, dict) and body.keys() & {"content", "components", "name"}:
        yield {**body, **({"files": dict(call.files)} if call.files else {})}


def written(data: Any) -> str:
    """Return JSON in which what can't be seen is spelled out, and what is another each time is the same."""
    spread = json.dumps(data, ensure_ascii=False, indent=1)
    spread = _UNSEEN.sub(lambda match: f"\\u{ord(match[0]):04x}", spread)
    return _REFERENCE.sub("3fa9c1", _IDS.sub("1", spread)) + "\n"


def custom_id(shown: Shown, what: str, **arguments: str) -> str:
    """Return the custom_id of what asks for a command, with these of its arguments; or of a panel's part."""
    every = [str(part.get("custom_id") or "") for row in shown.components for part in row.get("components", ())]
    return next(each for each in every if _asks(each, what, arguments))


def _asks(custom_id_: str, what: str, arguments: Mapping[str, str]) -> bool:
    if part := state.parse_custom_id(custom_id_):
        return part.action == what
    try:
        press = decode_payload(custom_id_)
    except Malformed:
        return False
    if not isinstance(press, ButtonPayload):
        return False
    return ("share" if press.share else press.command) == what and arguments.items() <= press.arguments.items()


@dataclass
class Album:
    """Pictures of one day of a server: ``taken`` by name, each a list of what was sent."""

    harness: BotHarness
    taken: dict[str, list[Any]] = field(default_factory=dict)

    @contextmanager
    def picture(self, name: str) -> Iterator[None]:
        """Keep what is sent meanwhile."""
        seen = len(self.harness.server.calls)
        yield
        self.taken[name] = [body for call in self.harness.server.calls[seen:] for body in sent(call)]
        assert self.taken[name], f"Nothing was sent: {name}"

    async def type(
        self,
        words: str,
        options: dict[str, Any] | None = None,
        more: str = "",
        *,
        user: str = "90",
        channel: str = "20",
    ) -> Shown:
        """Use a command and keep its answer, under the command's name and *more*; return it."""
        self.harness.advance(minutes=1)
        with self.picture(_named(words, more)):
            reaction = await self.harness.server.slash(words, options or {}, user=user, channel=channel)
            return await reaction.settled()

    async def modal(self, words: str, *, user: str = "90", channel: str = "20") -> Reaction:
        """Use a command that opens a modal; keep and return that."""
        with self.picture(_named(words, "modal")):
            return await self.harness.server.slash(words, {}, user=user, channel=channel)

    async def press(self, name: str, shown: Shown, what: str, *, user: str = "90", **arguments: str) -> Shown:
        """Press what asks for the command, or is the part of a panel, *what*; keep and return the answer."""
        self.harness.advance(minutes=1)
        with self.picture(name):
            reaction = await self.harness.server.press(custom_id(shown, what, **arguments), message=shown, user=user)
            return shown if reaction.kind == "modal" else await reaction.settled()

    async def pick(self, name: str, shown: Shown, number: int = 0, *, user: str = "100") -> Shown:
        """Choose from the first list of a message, by number; keep and return the answer."""
        select = next(part for row in shown.components for part in row["components"] if part["type"] == 3)
        with self.picture(name):
            chosen = select["options"][number]["value"]
            reaction = await self.harness.server.pick(select["custom_id"], chosen, message=shown, user=user)
            return await reaction.settled()

    async def deliver(self, more: str = "") -> list[Delivery]:
        """Send what waits; keep the first of each kind and operation: "digest-reply", "alert-post"."""
        chat = _Chat(
            self, more, self.harness.context.rest, self.harness.stores.button_payloads, style_lookup=self._taste
        )
        await Dispatcher(self.harness.stores, {"discord": chat}, self.harness.clock).dispatch_due()
        return chat.delivered

    async def _taste(self, channel: Channel) -> ChannelStyle:
        """Return what a channel wants, as the running bot looks it up."""
        wanted = await self.harness.preferences(channel)
        tags = (
            forum_posts.list_usable_tags(self.harness.context.directory.find_discord_channel(channel))
            if channel.kind is ChannelKind.FORUM
            else ()
        )
        return ChannelStyle(wanted.pictures, wanted.mention, tags, wanted.tag)

    def compare(self, story: str) -> None:
        """Hold all pictures against those that are kept."""
        folder = GOLDEN / story
        drawn = {f"{name}.json": written(bodies) for name, bodies in self.taken.items()}
        if os.environ.get("UPDATE_GOLDEN"):
            _keep(folder, drawn)
        kept = {path.name: path.read_text(encoding="utf-8") for path in folder.glob("*.json")}
        difference = "\n".join(
            line
            for name in sorted(drawn.keys() | kept.keys())
            for line in difflib.unified_diff(
                kept.get(name, "").splitlines(), drawn.get(name, "").splitlines(), name, "sent", lineterm="", n=2
            )
        )
        assert not difference, f"Something else is sent; UPDATE_GOLDEN=1 keeps it so.\n{difference}"


class _Chat(DiscordChat):
    """Sends to Discord, and takes a picture of what was sent."""

    def __init__(self, album: Album, more: str, *given: Any, **by_name: Any) -> None:
        super().__init__(*given, **by_name)
        self.delivered: list[Delivery] = []
        self._album, self._more = album, more
        self._turn = asyncio.Lock()

    async def send(self, delivery: Delivery, now: datetime) -> str:
        """Send, with the album open; one after another, so that each picture is of one message."""
        async with self._turn:
            return await self._pictured(delivery, now)

    async def _pictured(self, delivery: Delivery, now: datetime) -> str:
        of, calls = delivery.key, self._album.harness.server.calls
        seen = len(calls)
        identity = await super().send(delivery, now)
        self.delivered.append(delivery)
        said = [body for call in calls[seen:] if call.status < 300 for body in sent(call)]
        name = "-".join(part for part in (of.kind, of.operation, self._more) if part)
        plain = json.loads(
            json.dumps(said)
            .replace(message_keys.hash_delivery_key(of), "a" * 10)
            .replace(message_keys.build_nonce(of, 0), "n" * 25)
        )
        self._album.taken.setdefault(name, plain if of.kind == "share" else said)
        return identity


def _named(words: str, more: str) -> str:
    _, *command = words.split()
    return "-".join(part for part in (*command, more) if part)


def _keep(folder: Path, drawn: Mapping[str, str]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for path in folder.glob("*.json"):
        if path.name not in drawn:
            path.unlink()
    for name, text in drawn.items():
        (folder / name).write_text(text, encoding="utf-8")
