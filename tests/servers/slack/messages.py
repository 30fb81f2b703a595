"""The methods chat.*: https://docs.slack.dev/reference/methods?family=chat."""

from __future__ import annotations

from typing import Any, Final

from tests.servers.slack.asks import Ask, Method
from tests.servers.slack.checks import metadata_problem
from tests.servers.slack.things import Json, Place, Refusal, Shown

POSTED: Final = 40_000
"""Characters of a new message's text."""
EDITED: Final = 4_000
"""Characters of the text of an edit."""


def as_json(shown: Shown, *, metadata: bool = False) -> Json:
    """Write a message as Slack does in answers and payloads."""
    parts: Json = {"type": "message", "user": shown.user, "ts": shown.ts, "text": shown.text}
    parts |= {"blocks": numbered(shown.blocks)} if shown.blocks else {}
    parts |= {"bot_id": shown.bot} if shown.bot else {}
    parts |= {"thread_ts": shown.thread} if shown.thread else {}
    parts |= {"edited": {"user": shown.user, "ts": shown.ts}} if shown.edited else {}
    return parts | ({"metadata": shown.metadata} if metadata and shown.metadata else {})


def numbered(blocks: list[Json]) -> list[Json]:
    """Give every block and interactive element the id that Slack gives to those without one."""
    return [{"block_id": f"b{number}", **_named(block)} for number, block in enumerate(blocks)]


def _named(block: Json) -> Json:
    def one(thing: Json, number: int) -> Json:
        plain = {"mrkdwn", "plain_text", "image"}
        return thing if thing.get("type") in plain else {"action_id": f"a{number}", **thing}

    if block.get("type") == "actions":
        return block | {"elements": [one(thing, number) for number, thing in enumerate(block["elements"])]}
    return block | {name: one(block[name], 0) for name in ("accessory", "element") if name in block}


def post(ask: Ask) -> Json:
    """chat.postMessage."""
    place = _writable(ask, _target(ask))
    parts = _content(ask, POSTED)
    thread = ask.text("thread_ts")
    if thread and not thread.replace(".", "", 1).isdigit():
        raise Refusal("invalid_thread_ts")
    unfurl = ask.flag("unfurl_links", default=True) or ask.flag("unfurl_media", default=True)
    shown = Shown(place.id, ask.world.clock.ts(), ask.bot.user, thread=thread, bot=ask.bot.bot, unfurl=unfurl, **parts)
    ask.world.put(shown)
    return {"channel": place.id, "ts": shown.ts, "message": as_json(shown, metadata=True)}


def update(ask: Ask) -> Json:
    """chat.update; blocks and metadata that are not sent stay."""
    place = _writable(ask, ask.place())
    shown = _own(ask, place, "cant_update_message")
    changed = ask.world.change(shown, edited=True, **_content(ask, EDITED, before=shown))
    return {"channel": place.id, "ts": shown.ts, "text": changed.text, "message": as_json(changed)}


def delete(ask: Ask) -> Json:
    """chat.delete."""
    shown = _own(ask, ask.place(), "cant_delete_message")
    ask.world.drop(shown)
    return {"channel": shown.channel, "ts": shown.ts}


def whisper(ask: Ask) -> Json:
    """chat.postEphemeral."""
    place = _writable(ask, ask.place())
    user = ask.need("user")
    if user not in place.members:
        raise Refusal("user_not_in_channel")
    parts = _content(ask, POSTED)
    parts.pop("metadata")
    shown = Shown(
        place.id, ask.world.clock.ts(), ask.bot.user, thread=ask.text("thread_ts"), bot=ask.bot.bot, to=user, **parts
    )
    ask.world.put(shown)
    return {"message_ts": shown.ts}


def unfurl(ask: Ask) -> Json:
    """chat.unfurl, by channel and ts."""
    place = ask.world.places.get(ask.need("channel"))
    if place is None or not ask.sees(place):
        raise Refusal("cannot_find_channel")
    shown = place.posts.get(ask.need("ts"))
    if shown is None:
        raise Refusal("cannot_unfurl_message")
    unfurls = ask.arguments.get("unfurls")
    if not isinstance(unfurls, dict) or not unfurls:
        raise Refusal("missing_unfurls")
    for address, preview in unfurls.items():
        if address not in shown.text.replace("&amp;", "&"):
            raise Refusal("cannot_unfurl_url")
        ask.checked(preview.get("blocks", []))
    ask.world.unfurled.append((place.id, shown.ts, unfurls))
    return {}


def permalink(ask: Ask) -> Json:
    """chat.getPermalink."""
    place = ask.place()
    shown = _message(place, ask.need("message_ts"))
    home = ask.world.teams[place.team].domain
    address = f"https://{home}.slack.com/archives/{place.id}/p{shown.ts.replace('.', '')}"
    return {"channel": place.id, "permalink": address}


def _target(ask: Ask) -> Place:
    """Return where a new message goes; a person's id opens the conversation with them."""
    if ask.need("channel") in ask.world.people:
        return ask.world.direct(ask.need("channel"), ask.bot)
    return ask.place()


def _writable(ask: Ask, place: Place) -> Place:
    """Refuse what the bot can't write to."""
    if place.archived:
        raise Refusal("is_archived")
    everywhere = "chat:write.public" in ask.bot.scopes and ask.method == "chat.postMessage"
    if ask.bot.user not in place.members and not everywhere:
        raise Refusal("not_in_channel")
    return place


def _content(ask: Ask, most: int, before: Shown | None = None) -> dict[str, Any]:
    """Read text, blocks and metadata of a message, all checked."""
    text, given = ask.text("text"), ask.arguments.get("blocks")
    blocks = ask.checked(given) if given is not None else before.blocks if before else []
    if not text and not given and not ask.arguments.get("attachments"):
        ask.world.violation(ask.method, ["no text"])
        raise Refusal("no_text")
    if len(text) > most:
        ask.world.violation(ask.method, [f"the text has {len(text)} characters, {most} are allowed"])
        raise Refusal("msg_too_long")
    metadata = ask.arguments.get("metadata", before.metadata if before else {})
    if problem := metadata_problem(metadata):
        ask.world.violation(ask.method, [problem])
        raise Refusal(problem)
    return {"text": text or (before.text if before else ""), "blocks": blocks, "metadata": metadata or {}}


def _message(place: Place, ts: str) -> Shown:
    if ts not in place.posts:
        raise Refusal("message_not_found")
    return place.posts[ts]


def _own(ask: Ask, place: Place, otherwise: str) -> Shown:
    """Return the bot's own message."""
    shown = _message(place, ask.need("ts"))
    if shown.user != ask.bot.user:
        raise Refusal(otherwise)
    return shown


METHODS: Final[dict[str, Method]] = {
    "chat.postMessage": post,
    "chat.update": update,
    "chat.delete": delete,
    "chat.postEphemeral": whisper,
    "chat.unfurl": unfurl,
    "chat.getPermalink": permalink,
}
