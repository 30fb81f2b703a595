"""People, and what they do: each act is told to the app and returns how it was acknowledged."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from tests.servers.slack import payloads
from tests.servers.slack.checks import choices_problems
from tests.servers.slack.delivery import Acked, Parcel
from tests.servers.slack.events import Events
from tests.servers.slack.hooks import Hook, respond
from tests.servers.slack.messages import as_json, numbered
from tests.servers.slack.modals import checked, fresh, renewed
from tests.servers.slack.oauth import OAuth
from tests.servers.slack.reading import label, options
from tests.servers.slack.state import empty, fields, put
from tests.servers.slack.things import Impossible, Json, Person, Refusal, Shown


class Acting(Events):
    """What a person, or the platform, can do. ``hooks`` are the response_urls given out."""

    def __init__(self) -> None:
        super().__init__()
        self.root = ""
        self.oauth = OAuth()
        self.hooks: dict[str, Hook] = {}

    async def command(self, text: str, *, channel: str, user: str, command: str = "/papers") -> Acked:
        """Type a slash command; an acknowledgement with content is an answer."""
        person, place = self.people[user], self.somewhere(channel, user)
        bot = self.serving_team(person.team)
        form = payloads.command(self, (command, text), place, person, bot)
        url = self._responses(Hook(place.id, user, bot, self.clock.now()))
        form |= {"response_url": url, "trigger_id": self.trigger(user, person.team)}
        acked = await self.deliver(Parcel("slash_commands", form, answers=True))
        if acked.ok and acked.body:
            answer = acked.body if isinstance(acked.body, dict) else {"text": acked.body}
            respond(self, self.hooks[url.rpartition("/")[2]], answer)
        return acked

    async def press(
        self,
        what: str,
        within: Shown | Json | None = None,
        *,
        user: str,
        item: int = 1,
        message: Shown | None = None,
        view: Json | None = None,
    ) -> Acked:
        """Press a button, or choose from an overflow menu, by what stands on it (or by its action_id or value).

        *within* (or *message*, or *view*) is a message, a modal or a home view, as it was seen: what is there now
        counts. *item* says which of several of the same name, from 1.
        """
        surface = self._now(message or view or within)
        block, element, more = _found(_blocks(surface), what, item)
        return await self._acted(surface, payloads.action(self, block, element, more), self.people[user])

    async def choose(self, view: Json | Shown, action_id: str, value: Any, *, user: str) -> Acked | None:
        """Put something into a field; the app is told where the field says so, else nothing happens (None)."""
        surface = self._now(view)
        for block, element in fields(_blocks(surface)):
            if element["action_id"] == action_id:
                state = put(element, value)
                if isinstance(surface, dict):
                    surface["state"]["values"][block["block_id"]][action_id] = state
                if block["type"] == "input" and not block.get("dispatch_action"):
                    return None
                return await self._acted(surface, payloads.action(self, block, element, state), self.people[user])
        raise Impossible(f"There is no field {action_id!r}.")

    async def suggest(self, view: Json | Shown, action_id: str, typed: str, *, user: str) -> list[Json]:
        """Type into a menu that the app completes; return the options that are shown."""
        surface = self._now(view)
        for block, element in fields(_blocks(surface)):
            if element["action_id"] == action_id and "external" in element["type"]:
                payload = self._interaction("block_suggestion", surface, self.people[user])
                payload |= {"action_id": action_id, "block_id": block["block_id"], "value": typed}
                acked = await self.deliver(Parcel("interactive", payload, answers=True))
                self.violation("block_suggestion", choices_problems(acked.body))
                return options(acked.body or {})
        raise Impossible(f"There is no such menu: {action_id!r}.")

    async def submit(self, view: Json, fill: Mapping[str, Any] | None = None, *, user: str) -> Acked:
        """Fill a modal's fields, by block_id, and press its button; what the app answers happens to the modal."""
        surface = self._now(view)
        for block_id, value in (fill or {}).items():
            _fill(surface, block_id, value)
        _complete(surface)
        payload = self._interaction("view_submission", surface, self.people[user]) | {"response_urls": []}
        payload["trigger_id"] = self.trigger(user, self.people[user].team)
        acked = await self.deliver(Parcel("interactive", payload, answers=True))
        if acked.ok:
            self._submitted(user, surface, acked.body or {})
        return acked

    async def close(self, view: Json, *, user: str) -> Acked | None:
        """Close a modal; the app is told when it asked to be."""
        surface, stack = self._now(view), self.stacks[user]
        cleared = bool(surface["clear_on_close"])
        del stack[0 if cleared else stack.index(surface) :]
        self.changed()
        if not surface["notify_on_close"]:
            return None
        payload = self._interaction("view_closed", surface, self.people[user]) | {"is_cleared": cleared}
        return await self.deliver(Parcel("interactive", payload))

    async def shortcut(self, callback: str, message: Shown | None = None, *, user: str) -> Acked:
        """Use a shortcut, of a message or global."""
        person = self.people[user]
        trigger = {"callback_id": callback, "trigger_id": self.trigger(user, person.team), "action_ts": self.clock.ts()}
        if message is None:
            bot = self.serving_team(person.team)
            payload = payloads.interaction("shortcut", person, self.teams[person.team], bot) | trigger
            return await self.deliver(Parcel("interactive", payload))
        place = self.place(message.channel)
        bot, team = self.serving(place, person, message.user)
        payload = payloads.interaction("message_action", person, team, bot) | trigger
        hook = Hook(place.id, user, bot, self.clock.now())
        payload |= {"response_url": self._responses(hook), "channel": payloads.channel(place)}
        payload |= {"message": as_json(self._now(message)), "message_ts": message.ts}
        return await self.deliver(Parcel("interactive", payload))

    # Inside.

    async def _acted(self, surface: Shown | Json, action: Json, person: Person) -> Acked:
        """Tell of one action in a message or a view."""
        payload = self._interaction("block_actions", surface, person) | {"actions": [action]}
        payload["trigger_id"] = self.trigger(person.id, person.team)
        if isinstance(surface, Shown):
            if surface.to not in {"", person.id}:
                raise Impossible(f"{person.id} does not see this message.")
            bot, _ = self.serving(self.place(surface.channel), person, surface.user)
            payload["response_url"] = self._responses(Hook(surface.channel, person.id, bot, self.clock.now(), surface))
        return await self.deliver(Parcel("interactive", payload))

    def _interaction(self, kind: str, surface: Shown | Json, person: Person) -> Json:
        if isinstance(surface, Shown):
            place = self.place(surface.channel)
            bot, team = self.serving(place, person, surface.user)
            return payloads.interaction(kind, person, team, bot) | payloads.on_message(place, surface)
        bot = self.serving_team(surface["app_installed_team_id"])
        team = self.teams[surface["app_installed_team_id"]]
        return payloads.interaction(kind, person, team, bot) | payloads.on_view(surface, kind)

    def _responses(self, hook: Hook) -> str:
        """Return a new response_url."""
        name = self.secret("hook")
        self.hooks[name] = hook
        return f"{self.root}/hooks/{name}"

    def _now(self, surface: Any) -> Any:
        """Return a message or view as it stands now."""
        if isinstance(surface, Shown):
            place = self.places[surface.channel]
            messages = [*place.posts.values(), *place.whispers]
            found: list[Any] = [one for one in messages if one.ts == surface.ts]
        else:
            views = [*(one for stack in self.stacks.values() for one in stack), *self.homes.values()]
            found = [one for one in views if one["id"] == surface["id"]]
        if not found:
            raise Impossible("It is no longer there.")
        return found[0]

    def _submitted(self, user: str, view: Json, answer: Json) -> None:
        """Do to the modal what the acknowledgement says."""
        stack, kind = self.stacks[user], answer.get("response_action", "")
        place = next(number for number, one in enumerate(stack) if one["id"] == view["id"])
        try:
            if kind == "errors":
                unknown = answer["errors"].keys() - {block["block_id"] for block in view["blocks"]}
                self.violation("view_submission", [f"no block {name} to show an error at" for name in sorted(unknown)])
            elif kind == "update":
                stack[place] = renewed(self, view, checked(self, "view_submission", answer["view"]))
            elif kind == "push":
                bot = self.serving_team(view["app_installed_team_id"])
                inner = checked(self, "view_submission", answer["view"])
                stack.append(fresh(self, inner, bot, view["team_id"], tuple(stack)))
            else:
                del stack[0 if kind == "clear" else place :]
        except Refusal:
            # Slack shows "We had some trouble connecting"; the violation is recorded.
            pass
        self.changed()


def _blocks(surface: Shown | Json) -> list[Json]:
    """Return the blocks of a message or a view, every one with its id."""
    blocks: list[Json] = numbered(surface.blocks) if isinstance(surface, Shown) else surface["blocks"]
    return blocks


def _found(blocks: list[Json], what: str, item: int) -> tuple[Json, Json, Json]:
    """Find what can be pressed: its block, itself, and what pressing it adds to the action."""
    every = list(_pressable(blocks))
    fitting = [(block, one, more) for block, one, more, names in every if what in names]
    if item > len(fitting):
        raise Impossible(f"No {what!r} number {item} to press, only {[names[0] for _, _, _, names in every]}.")
    return fitting[item - 1]


def _pressable(blocks: list[Json]) -> Iterator[tuple[Json, Json, Json, list[str]]]:
    """Yield every button and every option of an overflow menu, with the names by which it can be meant."""
    for block in blocks:
        for one in [*block.get("elements", ()), block.get("accessory") or {}]:
            if one.get("type") == "button":
                more = {name: one[name] for name in ("text", "value") if name in one}
                yield block, one, more, [label(one), one["action_id"], one.get("value", "")]
            elif one.get("type") == "overflow":
                for option in options(one):
                    yield block, one, {"selected_option": option}, [label(option), option["value"]]


def _fill(view: Json, block_id: str, value: Any) -> None:
    """Put a value into the field of a block; the state of all its elements by action_id is fine too."""
    mine = [(block, one) for block, one in fields(view["blocks"]) if block_id in {block["block_id"], one["action_id"]}]
    if not mine:
        raise Impossible(f"There is no field {block_id!r}, only {[b['block_id'] for b, _ in fields(view['blocks'])]}.")
    for block, element in mine:
        whole = isinstance(value, dict) and element["action_id"] in value
        state = put(element, value[element["action_id"]] if whole else value)
        view["state"]["values"][block["block_id"]][element["action_id"]] = state


def _complete(view: Json) -> None:
    """Refuse what Slack's own client would not send."""
    if not view["submit"]:
        raise Impossible("This modal has no button to send it.")
    for block, element in fields(view["blocks"]):
        state = view["state"]["values"][block["block_id"]][element["action_id"]]
        if block["type"] == "input" and not block.get("optional") and empty(state):
            raise Impossible(f"{block['block_id']!r} is required and empty.")
