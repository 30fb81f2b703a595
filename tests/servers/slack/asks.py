"""A call of the Web API, as its method sees it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from aiohttp import web

from tests.servers.slack.checks import TEXTS, problems, unfetchable, weight
from tests.servers.slack.things import Bot, Json, Place, Refusal, Team
from tests.servers.slack.world import World

_JSON: Final = {"blocks", "attachments", "view", "metadata", "unfurls"}
"""Arguments that are JSON inside a form."""


@dataclass(frozen=True, slots=True)
class Ask:
    """Who calls, with what."""

    world: World
    method: str
    bot: Bot
    arguments: Mapping[str, Any]

    def text(self, name: str, default: str = "") -> str:
        """Return an argument as text."""
        return str(self.arguments.get(name, default))

    def need(self, name: str) -> str:
        """Return an argument that must be there."""
        if not self.arguments.get(name):
            raise Refusal(
                "invalid_arguments", response_metadata={"messages": [f"[ERROR] missing required field: {name}"]}
            )
        return self.text(name)

    def flag(self, name: str, *, default: bool = False) -> bool:
        """Return a yes or no, however it was written."""
        return str(self.arguments.get(name, default)).lower() in {"1", "true"}

    def number(self, name: str, default: int, most: int) -> int:
        """Return a number between 1 and *most*."""
        try:
            number = int(self.arguments.get(name, default))
        except (TypeError, ValueError):
            raise Refusal("invalid_arguments") from None
        if not 1 <= number <= most:
            raise Refusal("invalid_limit")
        return number

    def scope(self, *scopes: str) -> None:
        """Refuse a caller who has none of *scopes*."""
        if scopes and not self.bot.scopes & set(scopes):
            provided = ",".join(sorted(self.bot.scopes))
            raise Refusal("missing_scope", needed=",".join(scopes), provided=provided)

    def teams(self) -> list[Team]:
        """Return the workspaces that the caller serves."""
        every = self.world.teams.values()
        return [t for t in every if t.id == self.bot.team or (self.bot.org and t.enterprise == self.bot.enterprise)]

    def team(self) -> Team:
        """Return the workspace that a call is about; an org-wide token has to name it."""
        named = self.text("team_id", self.bot.team)
        if not named:
            raise Refusal("missing_argument")
        team = next((team for team in self.teams() if team.id == named), None)
        if team is None:
            raise Refusal("team_access_not_granted")
        return team

    def sees(self, place: Place) -> bool:
        """Tell whether a channel exists for the caller."""
        if place.direct or place.private:
            return self.bot.user in place.members
        return bool({team.id for team in self.teams()} & set(place.teams))

    def place(self) -> Place:
        """Return the channel of the call."""
        place = self.world.places.get(self.need("channel"))
        if place is None or not self.sees(place):
            raise Refusal("channel_not_found")
        return place

    def checked(self, blocks: Any) -> list[Json]:
        """Return a message's blocks; what Slack would refuse is refused and recorded."""
        if isinstance(blocks, str):
            self.world.violation(self.method, ["blocks are not JSON"])
            raise Refusal("invalid_blocks_format")
        found = problems(blocks)
        self.world.violation(self.method, found)
        if found or (found := unfetchable(blocks)):
            raise Refusal(
                "invalid_blocks", errors=found, response_metadata={"messages": [f"[ERROR] {t}" for t in found]}
            )
        if weight(blocks) > TEXTS:
            self.world.violation(self.method, [f"the texts have {weight(blocks)} characters, {TEXTS} are allowed"])
            raise Refusal("msg_blocks_too_long")
        return list(blocks)


Method = Callable[[Ask], Json]


async def arguments(request: web.Request) -> Json:
    """Read a call's arguments, from the query, a form or JSON."""
    found: Json = dict(request.query)
    if request.content_type == "application/json":
        body = json.loads(await request.text() or "{}")
        found |= body if isinstance(body, dict) else {}
    elif request.can_read_body:
        found |= {name: value for name, value in (await request.post()).items() if isinstance(value, str)}
    return {name: _unpacked(value) if name in _JSON else value for name, value in found.items()}


def token(request: web.Request, given: Mapping[str, Any]) -> str:
    """Return the token of a call, from the header or the arguments."""
    scheme, _, value = request.headers.get("Authorization", "").partition(" ")
    return value.strip() if scheme == "Bearer" else str(given.get("token", ""))


def page(items: list[Json], ask: Ask, limit: int) -> tuple[list[Json], Json]:
    """Cut a list at the cursor; return the page and the ``response_metadata``."""
    start = ask.text("cursor")
    if start and not start.removeprefix("at:").isdigit():
        raise Refusal("invalid_cursor")
    first = int(start.removeprefix("at:") or 0)
    following = f"at:{first + limit}" if first + limit < len(items) else ""
    return items[first : first + limit], {"next_cursor": following}


def _unpacked(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value
