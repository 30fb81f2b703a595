"""Interactions and how the app answers them: https://docs.discord.com/developers/interactions/receiving-and-responding."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from tests.servers.discord import rules
from tests.servers.discord.elements import component
from tests.servers.discord.reading import walk
from tests.servers.discord.things import EPHEMERAL, Impossible, Json, Shown

if TYPE_CHECKING:
    from tests.servers.discord.acting import Acting

COMMAND: Final = 2
COMPONENT: Final = 3
AUTOCOMPLETE: Final = 4
SUBMIT: Final = 5

KINDS: Final = {4: "message", 5: "deferred", 6: "deferred", 7: "update", 8: "autocomplete", 9: "modal"}
ACK_SECONDS: Final = 3
TOKEN_SECONDS: Final = 15 * 60


@dataclass(slots=True)
class Interaction:
    """Something that a person did, and what the app answered. ``source`` is the message that it was done in."""

    id: str
    token: str
    kind: int
    user: str
    channel: str
    created: float
    source: Shown | None = None
    visitor: bool = False
    asked: float = field(default_factory=time.monotonic)
    seconds: float = 0
    response: Json | None = None
    original: str = ""
    messages: list[str] = field(default_factory=list)
    followups: int = 0
    touched: int = 0
    answered: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def private(self) -> bool:
        """Whether the answer is for one person."""
        data = (self.response or {}).get("data") or {}
        return bool((data.get("flags") or 0) & EPHEMERAL)

    def takes(self, kind: int) -> bool:
        """Tell whether it may be answered so."""
        if self.kind == AUTOCOMPLETE:
            return kind == 8
        fitting = {4, 5} | ({6, 7} if self.source else set()) | ({9} if self.kind != SUBMIT else set())
        return kind in fitting


@dataclass(frozen=True, slots=True)
class Reaction:
    """What the app did first: kind "message", "deferred", "update", "modal", "autocomplete", or "none" in time.

    ``payload`` is the data of its answer, ``seconds`` how long it took.
    """

    server: Acting
    interaction: Interaction

    @property
    def kind(self) -> str:
        """How it answered."""
        response = self.interaction.response
        return KINDS[response["type"]] if response else "none"

    @property
    def payload(self) -> Json:
        """What it answered."""
        return (self.interaction.response or {}).get("data") or {}

    @property
    def seconds(self) -> float:
        """How long it took."""
        return self.interaction.seconds

    @property
    def shown(self) -> Shown | None:
        """The message that it answered with or changed, as it stands now; None while the bot is thinking."""
        found = self.server.written(self.interaction, self.interaction.original)
        return None if found is None or found.loading else found

    @property
    def followups(self) -> list[Shown]:
        """The further messages that it sent."""
        others = [one for one in self.interaction.messages if one != self.interaction.original]
        return [shown for one in others if (shown := self.server.written(self.interaction, one))]

    async def settled(self, seconds: float = 20) -> Shown:
        """Return the answer, once a deferred one has been given."""
        if self.kind == "deferred":
            await self.server.wait(lambda: self.interaction.touched, seconds)
        last = self.interaction.messages[-1] if self.interaction.messages else ""
        shown = self.shown or self.server.written(self.interaction, last)
        if shown is None:
            raise Impossible(f"There is no message to look at: the answer was {self.kind!r}.")
        return shown


def problems(body: Any, interaction: Interaction) -> Iterator[str]:
    """Yield what Discord would refuse in an answer."""
    if not isinstance(body, dict) or body.get("type") not in KINDS:
        yield f"there is no answer of type {body.get('type') if isinstance(body, dict) else body}"
        return
    kind, data = body["type"], body.get("data") or {}
    yield from rules.strangers(body, {"type", "data"})
    if not interaction.takes(kind):
        yield f"an interaction of type {interaction.kind} does not take an answer of type {kind}"
    elif kind in {4, 7}:
        yield from rules.message(data, rules.ANSWER, private=True)
    elif kind == 5:
        yield from rules.strangers(data, {"flags"})
    elif kind == 8:
        yield from choices(data)
    elif kind == 9:
        yield from modal(data)


def choices(data: Json) -> Iterator[str]:
    """Yield what Discord would refuse in the choices for an option."""
    yield from rules.strangers(data, {"choices"})
    given = data.get("choices") or []
    if len(given) > 25:
        yield f"choices are {len(given)}, 25 are allowed"
    for one in given:
        yield from rules.strangers(one, {"name", "name_localizations", "value"}, "choice.")
        for name in ("name", "value"):
            if isinstance(one.get(name), str) and not 1 <= len(one[name]) <= 100:
                yield f"a choice's {name} has {len(one[name])} characters, 1 to 100 are allowed"


def modal(data: Json) -> Iterator[str]:
    """Yield what Discord would refuse in a modal."""
    yield from rules.strangers(data, {"custom_id", "title", "components"})
    for name, most in (("title", 45), ("custom_id", 100)):
        if not 1 <= len(data.get(name) or "") <= most:
            yield f"a modal's {name} has {len(data.get(name) or '')} characters, 1 to {most} are allowed"
    rows = data.get("components") or []
    if not 1 <= len(rows) <= 5:
        yield f"a modal has {len(rows)} rows, 1 to 5 are allowed"
    for one in walk(rows):
        yield from component(one)
    if any(one.get("type") not in {1, 10, 18} for one in rows):
        yield "a modal holds action rows, labels and text displays"
    if any(part.get("type") != 4 for row in rows if row.get("type") == 1 for part in row.get("components", ())):
        yield "an action row of a modal holds one text input"
