"""What Discord accepts in messages, as far as its OpenAPI file misses it or is not there.

Sources: https://docs.discord.com/developers/resources/message and …/components/reference.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, Final

from tests.servers.discord.elements import component
from tests.servers.discord.reading import walk

Json = Mapping[str, Any]

CONTENT: Final = 2000
EMBEDS: Final = 6000
"""Characters in all embeds of a message together."""
ROWS: Final = 5
V2: Final = 1 << 15

_SHARED: Final = {"content", "embeds", "allowed_mentions", "components", "flags", "attachments", "poll"}
CREATE: Final = _SHARED | {"tts", "nonce", "enforce_nonce", "message_reference", "sticker_ids", "shared_client_theme"}
POST: Final = _SHARED | {"sticker_ids"}
EDIT: Final = (_SHARED - {"poll"}) | {"tts"}
"""discord.py sends "tts" with every edit, where it means nothing."""
ANSWER: Final = _SHARED | {"tts"}
HOOK: Final = ANSWER | {"username", "avatar_url", "thread_name", "applied_tags"}
THREAD: Final = {"name", "auto_archive_duration", "rate_limit_per_user"}
FORUM: Final = THREAD | {"message", "applied_tags"}

_FLAGS: Final = 1 << 2 | 1 << 12 | V2
_EPHEMERAL: Final = 1 << 6
_EMBED: Final = {"title", "type", "description", "url", "timestamp", "color", "footer", "image", "thumbnail"} | {
    "author",
    "fields",
}
_TEXTS: Final = {"title": 256, "description": 4096}


def strangers(thing: Json, known: set[str], where: str = "") -> Iterator[str]:
    """Yield the keys that Discord does not know."""
    yield from (f"{where}{name} is not a key that Discord knows" for name in sorted(thing.keys() - known))


def message(body: Any, known: set[str], *, private: bool = False, held: int = 0) -> Iterator[str]:
    """Yield what Discord would refuse in a message; *known* are its keys, *private* lets it be ephemeral.

    *held* are the flags that it has already.
    """
    if not isinstance(body, dict):
        yield "a message must be an object"
        return
    yield from strangers(body, known)
    content, flags = body.get("content") or "", body.get("flags") or 0
    if len(content) > CONTENT:
        yield f"content has {len(content)} characters, {CONTENT} are allowed"
    if flags & ~(_FLAGS | (_EPHEMERAL if private else 0)):
        yield f"flags {flags} hold a bit that can not be set"
    yield from _embeds(body.get("embeds") or [])
    yield from _mentions(body.get("allowed_mentions") or {})
    if flags & V2 and (content or body.get("embeds")):
        yield "a message of Components V2 takes neither content nor embeds"
    yield from components(body.get("components") or [], new=bool((flags | held) & V2))


def edits(body: Json, held: int, content: str) -> Iterator[str]:
    """Yield what Discord would refuse in a change of a message that has the flags *held* and some *content*.

    https://docs.discord.com/developers/components/using-message-components#sending-a-message-with-a-component
    """
    flags = held if body.get("flags") is None else body["flags"]
    if held & V2 and not flags & V2:
        yield "the flag of Components V2 can not be taken from a message"
    if held & V2 and (body.get("content") or body.get("embeds")):
        yield "a message of Components V2 takes neither content nor embeds"
    if flags & V2 and not held & V2 and body.get("content", content):
        yield "a message becomes one of Components V2 only when its content is taken away"


def components(rows: list[Any], *, new: bool = False, most: int = ROWS) -> Iterator[str]:
    """Yield what Discord would refuse in components; *new* tells that they are those of Components V2."""
    if not new and len(rows) > most:
        yield f"components has {len(rows)} rows, {most} are allowed"
    if not new and any(row.get("type") != 1 for row in rows):
        yield "components outside of an action row need the flag of Components V2"
    every = list(walk(rows))
    if len(every) > 40:
        yield f"components are {len(every)} in all, 40 are allowed"
    for one in every:
        yield from component(one)
    names = Counter(one["custom_id"] for one in every if one.get("custom_id"))
    yield from (f"custom_id {name!r} is there {count} times" for name, count in names.items() if count > 1)
    if (length := sum(len(one.get("content", "")) for one in every if one.get("type") == 10)) > 4000:
        yield f"text displays have {length} characters in all, 4000 are allowed"


def _embeds(embeds: list[Any]) -> Iterator[str]:
    if len(embeds) > 10:
        yield f"embeds are {len(embeds)}, 10 are allowed"
    if (length := sum(_length(embed) for embed in embeds)) > EMBEDS:
        yield f"embeds have {length} characters in all, {EMBEDS} are allowed"
    for embed in embeds:
        yield from strangers(embed, _EMBED, "embed.")
        for name, most in _TEXTS.items():
            if len(embed.get(name) or "") > most:
                yield f"embed.{name} has {len(embed[name])} characters, {most} are allowed"
        if len(embed.get("fields") or ()) > 25:
            yield f"embed.fields are {len(embed['fields'])}, 25 are allowed"


def _length(embed: Json) -> int:
    fields = embed.get("fields") or ()
    inner = [(embed.get("footer") or {}).get("text"), (embed.get("author") or {}).get("name")]
    inner += [field[name] for field in fields for name in ("name", "value")]
    return sum(len(text or "") for text in [embed.get("title"), embed.get("description"), *inner])


def _mentions(allowed: Json) -> Iterator[str]:
    yield from strangers(allowed, {"parse", "roles", "users", "replied_user"}, "allowed_mentions.")
    parse = allowed.get("parse") or []
    for name in ("roles", "users"):
        if name in parse and allowed.get(name):
            yield f"allowed_mentions names {name} and parses them too"
        if len(allowed.get(name) or ()) > 100:
            yield f"allowed_mentions.{name} has more than 100"
