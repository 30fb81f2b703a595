"""What happens in a workspace that an app is told of: https://docs.slack.dev/reference/events."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Literal

from tests.servers.slack import payloads
from tests.servers.slack.delivery import Acked, Delivery, Parcel
from tests.servers.slack.things import Bot, Impossible, Json, Person, Place, Refusal, Shown, Team


class Events(Delivery):
    """Each method changes the world and then tells the app, as Slack would."""

    async def event(self, inner: Json, team: str = "T1", event_id: str | None = None) -> Acked:
        """Send any event; *inner* is what stands under "event"."""
        home = self.teams.get(team) or Team(team, team)
        bot = self.installed(team)
        payload = payloads.event(self, inner, home, [bot] if bot else [], event_id or "")
        return await self.deliver(Parcel("events_api", payload))

    async def challenge(self) -> Acked:
        """Ask the endpoint to prove itself, as Slack does when its address is entered."""
        payload = {"type": "url_verification", "token": payloads.TOKEN, "challenge": self.secret("challenge")}
        return await self.deliver(Parcel("events_api", payload))

    async def mention(self, text: str, *, channel: str, user: str, thread: str = "") -> Acked:
        """Write "@Broadsheet …" in a channel."""
        person, place = self.people[user], self.place(channel)
        bot, team = self.serving(place, person)
        if bot.user not in place.members:
            raise Impossible(f"The bot is not in {channel}, so Slack would offer to invite it.")
        shown = self.say(f"<@{bot.user}> {text}".strip(), channel, user, thread)
        return await self.event(self._written("app_mention", shown, person), team.id)

    async def direct_message(self, text: str, *, user: str, thread: str = "") -> Acked:
        """Write to the bot alone."""
        person = self.people[user]
        place = self.direct(user, self.serving_team(person.team))
        shown = self.say(text, place.id, user, thread)
        return await self.event(self._written("message", shown, person) | {"channel_type": "im"}, person.team)

    async def paste(self, text: str, *, channel: str, user: str, thread: str = "") -> Acked:
        """Write a message with links in it; the app is told of the links, see ``shown`` for the message."""
        place = self.place(channel)
        _, team = self.serving(place, self.people[user])
        shown = self.say(text, channel, user, thread)
        links = [{"url": url, "domain": url.split("/")[2]} for url in re.findall(r"https?://[^\s<>|]+", text)]
        inner: Json = {"type": "link_shared", "channel": place.id, "user": user, "message_ts": shown.ts, "links": links}
        inner |= {"source": "conversations_history", "is_bot_user_member": True}
        return await self.event(inner | ({"thread_ts": thread} if thread else {}), team.id)

    async def open_home(self, user: str, tab: Literal["home", "messages"] = "home") -> Acked:
        """Open the app's home."""
        person = self.people[user]
        place = self.direct(user, self.serving_team(person.team))
        inner = {"type": "app_home_opened", "user": user, "channel": place.id, "tab": tab}
        view = self.homes.get(user)
        return await self.event(inner | ({"view": view} if view else {}), person.team)

    async def invite(self, channel: str, *, by: str = "") -> Acked:
        """Bring the bot into a channel."""
        place = self.place(channel)
        bot = self.serving_team(place.team)
        place.members.add(bot.user)
        inner = {"type": "member_joined_channel", "user": bot.user, "channel": place.id, "team": place.team}
        inner |= {"channel_type": "G" if place.private else "C"} | ({"inviter": by} if by else {})
        return await self.event(inner, place.team)

    async def remove(self, channel: str, *, by: str = "U1") -> Acked:
        """Take the bot out of a channel."""
        place = self.place(channel)
        place.members.discard(self.serving_team(place.team).user)
        name = "group_left" if place.private else "channel_left"
        return await self.event({"type": name, "channel": place.id, "actor_id": by}, place.team)

    async def archive(self, channel: str, *, by: str = "U1", again: bool = False) -> Acked:
        """Archive a channel, or (*again*) bring it back."""
        place = self.place(channel)
        place.archived = not again
        what = "unarchive" if again else "archive"
        return await self.event({"type": f"{_kind(place)}_{what}", "channel": place.id, "user": by}, place.team)

    async def rename(self, channel: str, name: str) -> Acked:
        """Rename a channel."""
        place = self.place(channel)
        place.name = name
        inner = {"id": place.id, "name": name, "created": int(self.clock.now())}
        return await self.event({"type": f"{_kind(place)}_rename", "channel": inner}, place.team)

    async def delete(self, channel: str) -> Acked:
        """Delete a channel."""
        place = self.places.pop(channel)
        return await self.event({"type": f"{_kind(place)}_deleted", "channel": place.id}, place.team)

    async def renumber(self, channel: str, new: str) -> Acked:
        """Give a channel another id, as happens when it becomes shared."""
        place = self.places.pop(channel)
        posts = {ts: replace(shown, channel=new) for ts, shown in place.posts.items()}
        self.places[new] = replace(place, id=new, posts=posts)
        inner = {"type": "channel_id_changed", "old_channel_id": channel, "new_channel_id": new}
        return await self.event(inner, place.team)

    async def uninstall(
        self, team: str, first: Literal["app_uninstalled", "tokens_revoked"] = "tokens_revoked"
    ) -> tuple[Acked, Acked]:
        """Take the app out of a workspace or an organisation; the two events come in either order."""
        bots = [bot for bot in self.bots.values() if team == (bot.team or bot.enterprise) and not bot.dead]
        users = sorted({bot.user for bot in bots})
        for bot in bots:
            bot.dead = "account_inactive"
        revoked: Json = {"type": "tokens_revoked", "tokens": {"oauth": [], "bot": users}}
        inner = [revoked, {"type": "app_uninstalled"}][:: 1 if first == "tokens_revoked" else -1]
        return await self._last(team, bots, inner[0]), await self._last(team, bots, inner[1])

    def serving(self, place: Place, person: Person, author: str = "") -> tuple[Bot, Team]:
        """Return the installation that hears of what *person* does in a channel: the *author*'s, else their own."""
        homes = [person.team, *place.teams] if person.team in place.teams else [*place.teams]
        found = [(bot, self.teams[home]) for home in homes if (bot := self.installed(home))]
        mine = [one for one in found if one[0].user == author] or [o for o in found if o[0].user in place.members]
        if not found:
            raise Impossible(f"The app is not installed where {place.id} is.")
        return (mine or found)[0]

    def serving_team(self, team: str) -> Bot:
        """Return the installation of a workspace."""
        if bot := self.installed(team):
            return bot
        raise Impossible(f"The app is not installed in {team}.")

    def somewhere(self, channel: str, user: str) -> Place:
        """Return the channel in which somebody acts; their own id stands for the conversation with the bot."""
        try:
            return self.place(channel)
        except Refusal:
            if channel == user:
                return self.direct(user, self.serving_team(self.people[user].team))
            raise Impossible(f"There is no channel {channel}.") from None

    def _written(self, kind: str, shown: Shown, person: Person) -> Json:
        """Return the event of a person's message."""
        inner: Json = {"type": kind, "user": person.id, "team": person.team, "channel": shown.channel}
        inner |= {"text": shown.text, "ts": shown.ts, "event_ts": shown.ts, "client_msg_id": self.secret("client")}
        inner |= {"user_team": person.team} if self.places[shown.channel].shared else {}
        return inner | ({"thread_ts": shown.thread} if shown.thread else {})

    async def _last(self, team: str, bots: list[Bot], inner: Json) -> Acked:
        """Tell of an installation that has just ended."""
        home = self.teams.get(team) or next(
            (one for one in self.teams.values() if one.enterprise == team), Team(team, team)
        )
        return await self.deliver(Parcel("events_api", payloads.event(self, inner, home, bots[-1:])))


def _kind(place: Place) -> str:
    return "group" if place.private else "channel"
