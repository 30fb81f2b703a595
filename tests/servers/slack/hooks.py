"""response_url: how an app answers what a person did, without a token.

https://docs.slack.dev/interactivity/handling-user-interaction#message_responses. A slash command has no message of its
own, so there is nothing that ``replace_original`` could replace: the answer comes as one more message
(slackapi/bolt-python#1268, slackapi/bolt-js#2287).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from tests.servers.slack.asks import Ask
from tests.servers.slack.messages import POSTED
from tests.servers.slack.things import Bot, Json, Refusal, Shown
from tests.servers.slack.world import World

LIVES: Final = 1800.0
USES: Final = 5


@dataclass(slots=True)
class Hook:
    """One response_url; ``original`` is the message that it may replace, or None."""

    channel: str
    user: str
    bot: Bot
    at: float
    original: Shown | None = None
    uses: int = 0


def respond(world: World, hook: Hook, given: Mapping[str, Any]) -> None:
    """Do what a POST to the response_url says; a use too many or too late is a violation."""
    if world.clock.now() - hook.at > LIVES:
        world.violation("response_url", ["used after 30 minutes"])
        raise Refusal("expired_url")
    if hook.uses >= USES:
        world.violation("response_url", ["used more than 5 times"])
        raise Refusal("used_url")
    hook.uses += 1
    current = _current(world, hook)
    if given.get("delete_original"):
        if current:
            world.drop(current)
        return
    parts = _content(world, hook, given)
    if given.get("replace_original") and current:
        world.change(current, edited=not current.to, replaced=True, **parts)
    else:
        public = given.get("response_type") == "in_channel"
        thread = str(given.get("thread_ts", ""))
        to = "" if public else hook.user
        bot = hook.bot
        world.put(Shown(hook.channel, world.clock.ts(), bot.user, thread=thread, bot=bot.bot, to=to, **parts))


def _current(world: World, hook: Hook) -> Shown | None:
    """Return the message that the hook belongs to, as it stands now."""
    if hook.original is None:
        return None
    place = world.places[hook.channel]
    every = [*place.whispers, *place.posts.values()]
    return next((one for one in every if one.ts == hook.original.ts), None)


def _content(world: World, hook: Hook, given: Mapping[str, Any]) -> Json:
    text, ask = str(given.get("text") or ""), Ask(world, "response_url", hook.bot, given)
    blocks = ask.checked(given.get("blocks") or [])
    if not text and not blocks:
        world.violation("response_url", ["no text"])
        raise Refusal("no_text")
    if len(text) > POSTED:
        world.violation("response_url", ["the text is too long"])
        raise Refusal("msg_too_long")
    return {"text": text, "blocks": blocks}
