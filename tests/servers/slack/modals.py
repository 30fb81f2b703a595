"""The methods views.*: https://docs.slack.dev/reference/methods?family=views."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Final

from tests.servers.slack.asks import Ask, Method
from tests.servers.slack.checks import unfetchable, view_problems
from tests.servers.slack.messages import numbered
from tests.servers.slack.state import values
from tests.servers.slack.things import Bot, Json, Refusal
from tests.servers.slack.world import APP, Trigger, World

TRIGGER_LIVES: Final = 3.0
"""Seconds for which a trigger_id opens a modal."""
_DEEP: Final = 3
_LARGE: Final = 250_000
_KEPT: Final = ("title", "submit", "close", "callback_id", "private_metadata", "external_id")


def checked(world: World, where: str, view: Any) -> Json:
    """Return a view that Slack would take; everything else is refused and recorded."""
    found = view_problems(view)
    world.violation(where, found)
    if found or (found := unfetchable(view)):
        raise Refusal("invalid_arguments", response_metadata={"messages": [f"[ERROR] {text}" for text in found]})
    if len(json.dumps(view)) > _LARGE:
        world.violation(where, ["the view is larger than 250 kB"])
        raise Refusal("view_too_large")
    return dict(view)


def fresh(world: World, view: Json, bot: Bot, team: str, below: Sequence[Json] = ()) -> Json:
    """Return a view as Slack keeps it; *below* are the ones under it."""
    name = world.secret("V")
    kept = {
        "id": name,
        "team_id": team,
        "app_id": APP,
        "app_installed_team_id": bot.team or team,
        "bot_id": bot.bot,
        "root_view_id": below[0]["id"] if below else name,
        "previous_view_id": below[-1]["id"] if below else None,
    }
    return renewed(world, kept, view)


def renewed(world: World, old: Json, view: Json) -> Json:
    """Return *old* with the content of *view*; what a person typed stays where the ids stay."""
    blocks = numbered(view["blocks"])
    content = {name: view.get(name) if name in {"title", "submit", "close"} else view.get(name, "") for name in _KEPT}
    before = old.get("state", {}).get("values")
    return (
        old
        | content
        | {
            "type": view["type"],
            "blocks": blocks,
            "state": {"values": values(blocks, before)},
            "hash": f"{int(world.clock.now())}.{world.secret('hash')}",
            "clear_on_close": bool(view.get("clear_on_close")),
            "notify_on_close": bool(view.get("notify_on_close")),
        }
    )


def open_(ask: Ask) -> Json:
    """views.open."""
    trigger = _trigger(ask)
    view = _new(ask)
    trigger.used = True
    ask.world.stacks[trigger.user] = [fresh(ask.world, view, ask.bot, trigger.team)]
    return _answer(ask, ask.world.stacks[trigger.user][-1])


def push(ask: Ask) -> Json:
    """views.push: at most three lie on each other."""
    trigger = _trigger(ask)
    view, stack = _new(ask), ask.world.stacks.get(trigger.user, [])
    if not stack:
        raise Refusal("not_found")
    if len(stack) >= _DEEP:
        raise Refusal("push_limit_reached")
    trigger.used = True
    stack.append(fresh(ask.world, view, ask.bot, trigger.team, tuple(stack)))
    return _answer(ask, stack[-1])


def update(ask: Ask) -> Json:
    """views.update, by view_id or external_id."""
    view = checked(ask.world, ask.method, ask.arguments.get("view"))
    key, wanted = ("view_id", "id") if ask.text("view_id") else ("external_id", "external_id")
    for stack in ask.world.stacks.values():
        for place, old in enumerate(stack):
            if old[wanted] == ask.need(key):
                _same(ask, old)
                stack[place] = renewed(ask.world, old, view)
                return _answer(ask, stack[place])
    raise Refusal("not_found")


def publish(ask: Ask) -> Json:
    """views.publish: the home of a person."""
    view = checked(ask.world, ask.method, ask.arguments.get("view"))
    person = ask.world.people.get(ask.need("user_id"))
    if person is None:
        raise Refusal("user_not_found")
    if view["type"] != "home":
        raise Refusal("invalid_arguments")
    old = ask.world.homes.get(person.id)
    if old:
        _same(ask, old)
    kept = renewed(ask.world, old, view) if old else fresh(ask.world, view, ask.bot, person.team)
    ask.world.homes[person.id] = kept
    return _answer(ask, kept)


def _new(ask: Ask) -> Json:
    """Return the view of the call, a modal with a name of its own."""
    view = checked(ask.world, ask.method, ask.arguments.get("view"))
    if view["type"] != "modal":
        raise Refusal("invalid_arguments")
    name = view.get("external_id")
    if name and any(one["external_id"] == name for stack in ask.world.stacks.values() for one in stack):
        raise Refusal("duplicate_external_id")
    return view


def _trigger(ask: Ask) -> Trigger:
    """Return the trigger of the call: known, fresh and not used yet."""
    trigger = ask.world.triggers.get(ask.need("trigger_id"))
    if trigger is None:
        raise Refusal("invalid_arguments", response_metadata={"messages": ["invalid `trigger_id`"]})
    if ask.world.clock.now() - trigger.at > TRIGGER_LIVES:
        raise Refusal("expired_trigger_id")
    if trigger.used:
        raise Refusal("exchanged_trigger_id")
    return trigger


def _same(ask: Ask, old: Json) -> None:
    if ask.text("hash") and ask.text("hash") != old["hash"]:
        raise Refusal("hash_conflict")


def _answer(ask: Ask, view: Json) -> Json:
    ask.world.changed()
    return {"view": view}


METHODS: Final[dict[str, Method]] = {
    "views.open": open_,
    "views.push": push,
    "views.update": update,
    "views.publish": publish,
}
