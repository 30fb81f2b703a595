"""What Slack sends to the app, as it is written: commands, interactions, events.

Shapes: https://docs.slack.dev/reference/interaction-payloads, …/interactivity/implementing-slash-commands and
…/apis/events-api.
"""

from __future__ import annotations

from typing import Any, Final

from tests.servers.slack.messages import as_json
from tests.servers.slack.state import values
from tests.servers.slack.things import Bot, Json, Person, Place, Shown, Team
from tests.servers.slack.world import APP, World

TOKEN: Final = "verification-token"


def command(world: World, typed: tuple[str, str], place: Place, person: Person, bot: Bot) -> Json:
    """Return the form of a slash command, *typed* as name and rest, without trigger and response_url."""
    team = world.teams[person.team]
    form: Json = {
        "token": TOKEN,
        "team_id": team.id,
        "team_domain": team.domain,
        "channel_id": place.id,
        "channel_name": "directmessage" if place.direct else "privategroup" if place.private else place.name,
        "user_id": person.id,
        "user_name": person.name.lower(),
        "command": typed[0],
        "text": typed[1],
        "api_app_id": APP,
        "is_enterprise_install": str(bot.org).lower(),
    }
    org = team.organisation
    return form | ({"enterprise_id": org["id"], "enterprise_name": org["name"]} if org else {})


def interaction(kind: str, person: Person, team: Team, bot: Bot) -> Json:
    """Return what all interactions have in common; *team* is where the app is installed."""
    return {
        "type": kind,
        "token": TOKEN,
        "api_app_id": APP,
        "user": {
            "id": person.id,
            "username": person.name.lower(),
            "name": person.name.lower(),
            "team_id": person.team,
        },
        "team": None if bot.org else _team(team),
        "enterprise": team.organisation,
        "is_enterprise_install": bot.org,
    }


def on_message(place: Place, shown: Shown) -> Json:
    """Return where a press on a message happened; private ones are not repeated."""
    ts = {"message_ts": shown.ts, "channel_id": place.id, "is_ephemeral": bool(shown.to)}
    found: Json = {
        "container": {"type": "message", **ts} | ({"thread_ts": shown.thread} if shown.thread else {}),
        "channel": channel(place),
        "state": {"values": values(as_json(shown).get("blocks", []))},
    }
    return found | ({} if shown.to else {"message": as_json(shown)})


def on_view(view: Json, kind: str) -> Json:
    """Return where something in a view happened."""
    whole = kind in {"view_submission", "view_closed"}
    return {"view": view} | ({} if whole else {"container": {"type": "view", "view_id": view["id"]}})


def channel(place: Place) -> Json:
    """Write a channel as interactions do."""
    return {
        "id": place.id,
        "name": "directmessage" if place.direct else "privategroup" if place.private else place.name,
    }


def action(world: World, block: Json, element: Json, more: Json) -> Json:
    """Return one entry of ``actions``."""
    found: Json = {"type": element["type"], "action_id": element["action_id"], "block_id": block["block_id"]}
    return found | {"action_ts": world.clock.ts()} | more


def event(world: World, inner: Json, team: Team, bots: list[Bot], event_id: str = "") -> Json:
    """Wrap an event for the installation in *team*."""
    place = world.places.get(_place(inner))
    return {
        "type": "event_callback",
        "token": TOKEN,
        "team_id": team.id,
        "enterprise_id": team.enterprise or None,
        "context_team_id": team.id,
        "context_enterprise_id": team.enterprise or None,
        "api_app_id": APP,
        "event": {"event_ts": world.clock.ts()} | inner,
        "event_id": event_id or world.secret("Ev"),
        "event_time": int(world.clock.now()),
        "authorizations": [_authorization(team, bot) for bot in bots],
        "is_ext_shared_channel": bool(place and place.shared),
        "event_context": world.secret("context"),
    }


def _place(inner: Json) -> str:
    named: Any = inner.get("channel", "")
    return str(named["id"] if isinstance(named, dict) else named)


def _team(team: Team) -> Json:
    found = {"id": team.id, "domain": team.domain}
    org = team.organisation
    return found | ({"enterprise_id": org["id"], "enterprise_name": org["name"]} if org else {})


def _authorization(team: Team, bot: Bot) -> Json:
    return {
        "enterprise_id": team.enterprise or None,
        "team_id": None if bot.org else bot.team,
        "user_id": bot.user,
        "is_bot": True,
        "is_enterprise_install": bot.org,
    }
