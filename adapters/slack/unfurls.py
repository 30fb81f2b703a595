"""Links to papers that people post: a card that adds what Slack's own preview lacks, where a channel wants it."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any, Final

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.async_context import AsyncBoltContext

from adapters.slack.guard import guarded
from adapters.slack.kit import Kit
from adapters.slack.render import unfurl
from adapters.slack.requests import Caller, place, team
from bot.cards import Card
from bot.errors import SendError

DOMAINS: Final = ("arxiv.org", "huggingface.co", "alphaxiv.org")
"""Whose links Slack tells of; the manifest names them."""
_MANY: Final = 3
"""From so many links on a message is left alone: it is a list already."""

log = logging.getLogger(__name__)


def listen(app: AsyncApp, kit: Kit) -> None:
    """Take the links."""

    @app.event("link_shared")
    @guarded
    async def shared(event: Mapping[str, Any], body: Mapping[str, Any], context: AsyncBoltContext) -> None:
        links = [str(link["url"]) for link in event.get("links", ())]
        if len(links) >= _MANY or event.get("channel") == "COMPOSER":
            return
        workspace, user = team(context), event["user"]
        channel = place(workspace, event["channel"], user)
        cards: dict[str, Any] = {}
        for number, url in enumerate(links):
            caller = Caller(f"{body['event_id']}:{number}", channel, user, inside=True)
            answer = await kit.commands.answer(await caller.asks(kit, "unfurl", {"link": url}))
            if isinstance(answer.body, Card) and answer.body.items:
                cards[url] = {"blocks": unfurl(answer.body)}
        if cards:
            await _attach(kit, workspace, event, cards)


async def _attach(kit: Kit, workspace: str, event: Mapping[str, Any], cards: Mapping[str, Any]) -> None:
    try:
        await kit.clients.call(
            workspace, "chat.unfurl", channel=event["channel"], ts=event["message_ts"], unfurls=dict(cards)
        )
    except SendError as error:
        log.info("A link could not be unfurled: %s", error)
