"""One request, as the routes see it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NoReturn

from tests.servers.discord import rights
from tests.servers.discord.things import Bot, Guild, Place, Refusal, Shown

if TYPE_CHECKING:
    from tests.servers.discord.gateway import Gateway


@dataclass(frozen=True, slots=True)
class Ask:
    """A request: who asks (None where a token in the path is enough), the path's ids, the query, the body."""

    server: Gateway
    route: str
    bot: Bot | None
    ids: Mapping[str, str]
    query: Mapping[str, str]
    body: Any

    @property
    def me(self) -> str:
        """The bot's user id."""
        return self.bot.user if self.bot else self.server.app.user

    def refuse(self, problems: Iterable[str]) -> None:
        """Record what is wrong with the body and refuse it, if there is anything."""
        if found := list(problems):
            self.server.violation(self.route, found)
            self.invalid(found[0])

    def invalid(self, text: str) -> NoReturn:
        """Refuse a form without calling it a violation."""
        raise Refusal(50035, {"_errors": [{"code": "INVALID", "message": text}]})

    def place(self, name: str = "channel_id", needs: int = 0) -> Place:
        """Return the channel of the path, in which the bot must have some permissions besides seeing it."""
        place = self.server.places.get(self.ids[name])
        if place is None:
            raise Refusal(10003)
        if place.guild and not self.server.guilds[place.guild].present:
            raise Refusal(50001)
        if not self.can(place, rights.VIEW):
            raise Refusal(50001)
        self.need(place, needs)
        return place

    def can(self, place: Place, needs: int) -> bool:
        """Tell whether the bot has some permissions."""
        return self.server.permissions(self.me, place) & needs == needs

    def need(self, place: Place, needs: int) -> None:
        """Refuse when it has not."""
        if not self.can(place, needs):
            raise Refusal(50013)

    def message(self, place: Place) -> Shown:
        """Return the message of the path."""
        shown = place.posts.get(self.ids["message_id"])
        if shown is None:
            raise Refusal(10008)
        return shown

    def guild(self) -> Guild:
        """Return the server of the path, in which the bot must be."""
        guild = self.server.guilds.get(self.ids["guild_id"])
        if guild is None or not guild.present:
            raise Refusal(10004)
        return guild

    def number(self, name: str, default: int, least: int, most: int) -> int:
        """Return a number of the query."""
        try:
            number = int(self.query.get(name, default))
        except ValueError:
            self.invalid(f"{name} is no number")
        if not least <= number <= most:
            self.refuse([f"{name} must be from {least} to {most}"])
        return number


Method = Callable[[Ask], Any]
