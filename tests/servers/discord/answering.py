"""The routes by which the app answers an interaction."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, cast

from tests.servers.discord import payloads, rules
from tests.servers.discord.asks import Ask, Method
from tests.servers.discord.interactions import ACK_SECONDS, TOKEN_SECONDS, Interaction, problems
from tests.servers.discord.messages import changes
from tests.servers.discord.pings import pings
from tests.servers.discord.things import EPHEMERAL, LOADING, Json, Refusal, Shown

if TYPE_CHECKING:
    from tests.servers.discord.acting import Acting


def callback(ask: Ask) -> Json | None:
    """Take the first answer, once and within three seconds."""
    server = cast("Acting", ask.server)
    interaction = server.interactions.get(ask.ids["interaction_id"])
    if interaction is None or interaction.token != ask.ids["interaction_token"]:
        raise Refusal(10062)
    if interaction.response is not None:
        raise Refusal(40060)
    if server.clock.now() - interaction.created > ACK_SECONDS:
        raise Refusal(10062)
    ask.refuse(problems(ask.body, interaction))
    kind, data = ask.body["type"], ask.body.get("data") or {}
    shown: Shown | None = None
    if kind in {4, 5}:
        flags = ((data.get("flags") or 0) & ~LOADING) | (LOADING if kind == 5 else 0)
        shown = _write(ask, interaction, data | {"flags": flags}, empty=kind == 5)
        interaction.original = shown.id
    elif kind in {6, 7} and interaction.source:
        interaction.original = interaction.source.id
        interaction.messages.append(interaction.original)
        shown = _edit(ask, interaction, interaction.original, data) if kind == 7 else None
    interaction.response = ask.body
    interaction.seconds = server.since(interaction)
    interaction.answered.set()
    server.changed()
    return _told(ask, interaction, shown) if ask.query.get("with_response", "").lower() in {"1", "true"} else None


def _told(ask: Ask, interaction: Interaction, shown: Shown | None) -> Json:
    """Return what an app hears that asked for it."""
    about: Json = {"id": interaction.id, "type": interaction.kind, "channel_id": interaction.channel}
    about |= {"response_message_id": shown.id if shown else None}
    about |= {"response_message_loading": bool(shown and shown.loading)}
    about |= {"response_message_ephemeral": interaction.private}
    resource: Json = {"type": ask.body["type"]}
    return {
        "interaction": about,
        "resource": resource | ({"message": payloads.message(ask.server, shown)} if shown else {}),
    }


def follow(ask: Ask) -> Json | None:
    """Send a further message; while the bot is thinking it becomes the answer."""
    interaction = _hook(ask)
    ask.refuse(rules.message(ask.body, rules.HOOK, private=True))
    first = cast("Acting", ask.server).written(interaction, interaction.original)
    if first and first.loading:
        return payloads.message(ask.server, _edit(ask, interaction, first.id, ask.body))
    interaction.followups += 1
    if interaction.visitor and interaction.followups > 5:
        raise Refusal(40094)
    shown = _write(ask, interaction, ask.body)
    interaction.touched += 1
    ask.server.changed()
    return payloads.message(ask.server, shown)


def edit(ask: Ask) -> Json:
    """Change the answer or a further message."""
    interaction = _hook(ask)
    ask.refuse(rules.message(ask.body, rules.EDIT | {"poll"}, private=True))
    shown = _named(ask, interaction)
    return payloads.message(ask.server, _edit(ask, interaction, shown.id, ask.body))


def read(ask: Ask) -> Json:
    """Return the answer or a further message."""
    return payloads.message(ask.server, _named(ask, _hook(ask)))


def delete(ask: Ask) -> None:
    """Remove the answer or a further message."""
    interaction = _hook(ask)
    ask.server.drop(_named(ask, interaction))
    interaction.touched += 1
    ask.server.changed()


def _hook(ask: Ask) -> Interaction:
    """Return the interaction whose token is in the path."""
    server = cast("Acting", ask.server)
    found = server.interactions.get(ask.ids["webhook_token"].removeprefix("interaction-"))
    if found is None or ask.ids["webhook_id"] != server.app.application or found.response is None:
        raise Refusal(10015)
    if server.clock.now() - found.created > TOKEN_SECONDS:
        raise Refusal(50027)
    return found


def _named(ask: Ask, interaction: Interaction) -> Shown:
    name = ask.ids.get("message_id", "@original")
    id_ = interaction.original if name == "@original" else name
    found = cast("Acting", ask.server).written(interaction, id_)
    if found is None or id_ not in interaction.messages:
        raise Refusal(10008)
    return found


def _write(ask: Ask, interaction: Interaction, data: Json, *, empty: bool = False) -> Shown:
    """Put a new message of an interaction where its person, or everybody, sees it."""
    if not empty and not any(data.get(name) for name in ("content", "embeds", "components")):
        raise Refusal(50006)
    server, flags = ask.server, data.get("flags") or 0
    to = interaction.user if flags & EPHEMERAL else ""
    place = server.places[interaction.channel]
    if place.archived and not to:
        raise Refusal(50083)
    heard = () if to else pings(server, ask.me, place, data)
    parts: dict[str, Any] = {name: data.get(name) or [] for name in ("components", "embeds")}
    parts |= {"content": data.get("content") or "", "flags": flags, "pings": heard, "names": server.names}
    shown = server.put(Shown(server.clock.snowflake(), place.id, ask.me, to=to, command=interaction.id, **parts))
    interaction.messages.append(shown.id)
    return shown


def _edit(ask: Ask, interaction: Interaction, id_: str, data: Json) -> Shown:
    """Change a message of an interaction; the one that says the bot is thinking becomes the answer."""
    server = cast("Acting", ask.server)
    shown = server.written(interaction, id_)
    if shown is None:
        raise Refusal(10008)
    changed = changes(data)
    # Whether it is private was decided when it came into being.
    changed["flags"] = (int(changed.get("flags", shown.flags)) & ~(EPHEMERAL | LOADING)) | (shown.flags & EPHEMERAL)
    changed |= {"edited": not shown.loading, "replaced": not shown.loading}
    if shown.loading and not shown.to:
        changed["pings"] = pings(server, ask.me, server.places[shown.channel], data)
    if not any(changed.get(name, getattr(shown, name)) for name in ("content", "embeds", "components")):
        raise Refusal(50006)
    interaction.touched += 1
    return server.change(shown, **changed)


_ORIGINAL: Final = "/webhooks/{webhook_id}/{webhook_token}/messages/@original"
_FURTHER: Final = "/webhooks/{webhook_id}/{webhook_token}/messages/{message_id}"
METHODS: Final[dict[str, Method]] = {
    "POST /interactions/{interaction_id}/{interaction_token}/callback": callback,
    "POST /webhooks/{webhook_id}/{webhook_token}": follow,
    **{f"PATCH {path}": edit for path in (_ORIGINAL, _FURTHER)},
    **{f"GET {path}": read for path in (_ORIGINAL, _FURTHER)},
    **{f"DELETE {path}": delete for path in (_ORIGINAL, _FURTHER)},
}
