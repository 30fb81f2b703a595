"""What people do in Discord: use commands, press, choose, fill in forms, react."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from tests.servers.discord import commands, payloads, people, pressing, rights
from tests.servers.discord.events import Events
from tests.servers.discord.interactions import (
    ACK_SECONDS,
    AUTOCOMPLETE,
    COMMAND,
    COMPONENT,
    SUBMIT,
    Interaction,
    Reaction,
)
from tests.servers.discord.things import Impossible, Json, Person, Place, Shown


class Acting(Events):
    """Each method acts as somebody and returns once the app has answered first, or three seconds have passed."""

    def __init__(self) -> None:
        super().__init__()
        self.interactions: dict[str, Interaction] = {}

    async def slash(
        self, words: str, options: Mapping[str, Any] | None = None, *, user: str = "100", channel: str = ""
    ) -> Reaction:
        """Use a slash command, "papers search"; without a *channel* in the conversation with the bot."""
        person, place = self.people[user], self._where(channel, user)
        command, data = commands.chosen(self.commands, words, options or {})
        self._allowed(command, person, place)
        return await self._act(COMMAND, person, place, data | self._resolved(data, person, place))

    async def type(
        self, words: str, options: Mapping[str, Any], focused: str, *, user: str = "100", channel: str = ""
    ) -> list[Json]:
        """Type into the *focused* option of a command that the app completes; return the choices that are offered."""
        person, place = self.people[user], self._where(channel, user)
        command, data = commands.chosen(self.commands, words, {**options, focused: options.get(focused, "")}, focused)
        self._allowed(command, person, place)
        reaction = await self._act(AUTOCOMPLETE, person, place, data)
        return list(reaction.payload.get("choices") or [])

    async def menu(self, name: str, message: Shown, *, user: str = "100") -> Reaction:
        """Use a command of a message's context menu."""
        found = [one for one in self.commands if one["type"] == 3 and one["name"] == name]
        if self.commands and not found:
            raise Impossible(f"There is no message command {name!r}.")
        command = found[0] if found else {"id": "701", "name": name}
        person, place, now = self.people[user], self.places[message.channel], self.now(message)
        self._allowed(command, person, place)
        data = {"id": command["id"], "name": name, "type": 3, "target_id": now.id}
        return await self._act(
            COMMAND, person, place, data | {"resolved": {"messages": {now.id: payloads.message(self, now)}}}
        )

    async def press(self, what: str, *, message: Shown, user: str = "100") -> Reaction:
        """Press a button, by the words on it or its custom_id."""
        now = self._before(message, user)
        button = pressing.button(now.components, what)
        data = {"custom_id": button["custom_id"], "component_type": 2}
        return await self._act(COMPONENT, self.people[user], self.places[now.channel], data, now)

    async def pick(self, what: str, values: Sequence[str] | str, *, message: Shown, user: str = "100") -> Reaction:
        """Choose in a select, named by its placeholder or custom_id, by the options' labels or values."""
        now = self._before(message, user)
        select = pressing.select(now.components, what)
        chosen = pressing.chosen(select, [values] if isinstance(values, str) else list(values))
        data = {"custom_id": select["custom_id"], "component_type": select["type"], "values": chosen}
        return await self._act(COMPONENT, self.people[user], self.places[now.channel], data, now)

    async def submit(self, reaction: Reaction, fill: Mapping[str, Any] | None = None, *, user: str = "") -> Reaction:
        """Fill in a modal, its fields named by label or custom_id, and send it."""
        if reaction.kind != "modal":
            raise Impossible(f"There is no modal: the answer was {reaction.kind!r}.")
        before, modal = reaction.interaction, reaction.payload
        if user and user != before.user:
            raise Impossible("Somebody else sees this modal.")
        data = {"custom_id": modal["custom_id"], "components": pressing.filled(modal, fill or {})}
        source = before.source and self.written(before, before.source.id)
        return await self._act(SUBMIT, self.people[before.user], self.places[before.channel], data, source)

    async def react(self, emoji: str, *, message: Shown, user: str = "100", burst: bool = False) -> None:
        """Put a reaction below a message, or a super reaction."""
        self.reacting(self._before(message, user), emoji, user, add=True, burst=burst)

    async def unreact(self, emoji: str, *, message: Shown, user: str = "100") -> None:
        """Take a reaction back."""
        self.reacting(self._before(message, user), emoji, user, add=False)

    # For the other parts of the server.

    def written(self, interaction: Interaction, id_: str) -> Shown | None:
        """Return a message of an interaction as it stands now."""
        place = self.places.get(interaction.channel)
        return self.whispers.get(id_) or (place.posts.get(id_) if place else None)

    def since(self, interaction: Interaction) -> float:
        """Return how many seconds ago somebody acted."""
        return time.monotonic() - interaction.asked

    # Inside.

    async def _act(self, kind: int, person: Person, place: Place, data: Json, source: Shown | None = None) -> Reaction:
        """Tell the app and wait for its first answer."""
        visitor = bool(place.guild) and not self.guilds[place.guild].present
        now = self.clock.now()
        id_ = self.clock.snowflake()
        one = Interaction(id_, f"interaction-{id_}", kind, person.id, place.id, now, source, visitor)
        self.interactions[one.id] = one
        self.interact(self._payload(one, person, place, data), place.guild)
        with suppress(TimeoutError):
            await asyncio.wait_for(one.answered.wait(), ACK_SECONDS)
        return Reaction(self, one)

    def _payload(self, one: Interaction, person: Person, place: Place, data: Json) -> Json:
        """Return an interaction as the gateway carries it."""
        body: Json = {"id": one.id, "application_id": self.app.application, "type": one.kind, "data": data}
        body |= {
            "token": one.token,
            "version": 1,
            "locale": person.locale,
            "entitlements": [],
            "entitlement_sku_ids": [],
        }
        body |= {"channel_id": place.id, "channel": payloads.channel(self, place), "attachment_size_limit": 10_485_760}
        body |= {"app_permissions": str(self.permissions(self.app.user, place)), "context": 0 if place.guild else 1}
        body["channel"]["permissions"] = str(self.permissions(person.id, place))
        body |= people.acting_member(self, person, place)
        body |= {"authorizing_integration_owners": self._owners(person, place)}
        if place.guild:
            guild = self.guilds[place.guild]
            body |= {"guild_id": guild.id, "guild_locale": guild.locale}
            body |= {"guild": {"id": guild.id, "locale": guild.locale, "features": []}}
        if one.source:
            body["message"] = payloads.message(self, one.source)
        return body

    def _owners(self, person: Person, place: Place) -> Json:
        """Return by whose installation the app is there."""
        here = bool(place.guild) and self.guilds[place.guild].present
        owners = {"0": place.guild} if here else {} if place.guild else {"0": "0"}
        return owners | ({"1": person.id} if person.installed else {})

    def _where(self, channel: str, user: str) -> Place:
        if not channel:
            return self.conversation(user)
        place = self.places.get(channel)
        if place is None:
            raise Impossible(f"There is no channel {channel}.")
        return place

    def _before(self, message: Shown, user: str) -> Shown:
        """Return a message as it stands now, before somebody who sees it."""
        now = self.now(message)
        place = self.places[now.channel]
        if now.to not in {"", user} or place.recipient not in {"", user}:
            raise Impossible(f"{user} does not see this message.")
        outside = user in self.people and place.guild not in self.people[user].guilds
        if place.guild and (outside or not self.permissions(user, place) & rights.VIEW):
            raise Impossible(f"{user} does not see this channel.")
        return now

    def _allowed(self, command: Json, person: Person, place: Place) -> None:
        """Refuse a command that Discord would not offer to somebody there."""
        name, needs = command["name"], command.get("default_member_permissions")
        has = self.permissions(person.id, place) if place.guild else rights.ALL
        if place.guild and (place.guild not in person.guilds or not has & rights.VIEW):
            raise Impossible(f"{person.id} does not see this channel.")
        given = {(name, person.id), (name, "")} & self.permitted
        lacks = needs is not None and (int(needs) == 0 or has & int(needs) != int(needs))
        if place.guild and lacks and not given and not has & rights.ADMINISTRATOR:
            raise Impossible(f"{person.id} may not use {name!r}.")
        if not place.guild and 1 not in (command.get("contexts") or [0, 1, 2]):
            raise Impossible(f"{name!r} is not offered in direct messages.")

    def _resolved(self, data: Json, person: Person, place: Place) -> Json:
        """Return what the ids among a command's options stand for, channels with what the person may do there."""
        found: dict[str, Json] = {}
        for option in pressing.leaves(data["options"]):
            id_ = str(option["value"])
            if option["type"] == 6 and id_ in self.people:
                found.setdefault("users", {})[id_] = people.user(self, id_)
                if place.guild in self.people[id_].guilds:
                    there = people.acting_member(self, self.people[id_], place)["member"]
                    found.setdefault("members", {})[id_] = {k: v for k, v in there.items() if k != "user"}
            elif option["type"] == 7 and id_ in self.places:
                meant = self.places[id_]
                if not self.permissions(person.id, meant) & rights.VIEW:
                    raise Impossible(f"{person.id} does not see {id_}.")
                rights_ = {"permissions": str(self.permissions(person.id, meant))}
                found.setdefault("channels", {})[id_] = payloads.channel(self, meant) | rights_
            elif option["type"] == 8 and id_ in self.roles:
                found.setdefault("roles", {})[id_] = people.role(self.roles[id_])
            elif option["type"] in {6, 7, 8}:
                raise Impossible(f"{option['name']} does not take {id_!r}.")
        return {"resolved": found} if found else {}
