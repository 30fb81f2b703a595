"""link_shared and chat.unfurl: cards below links to papers, where a channel wants them."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any, Final

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.async_context import AsyncBoltContext

from adapters.common.error_boundary import log_exceptions
from adapters.slack.context import SlackContext
from adapters.slack.interactions.requests import Requester, build_channel, get_team_id
from adapters.slack.rendering.messages import render_unfurl
from bot.cards.models import Card
from bot.errors import SendError

UNFURL_DOMAINS: Final = ("arxiv.org", "huggingface.co", "alphaxiv.org")
"""Whose links Slack tells of; the manifest names them."""
_TOO_MANY_LINKS: Final = 3
"""From so many links on a message is left alone: it is a list already."""

log = logging.getLogger(__name__)


def register_listeners(app: AsyncApp, slack_context: SlackContext) -> None:
    """Take the links."""

    @app.event("link_shared")
    @log_exceptions
    async def on_link_shared(event: Mapping[str, Any], body: Mapping[str, Any], context: AsyncBoltContext) -> None:
        links = [str(link["url"]) for link in event.get("links", ())]
        if len(links) >= _TOO_MANY_LINKS or event.get("channel") == "COMPOSER":
            return
        workspace, user = get_team_id(context), event["user"]
        channel = build_channel(workspace, event["channel"], user)
        cards: dict[str, Any] = {}
        for number, url in enumerate(links):
            caller = Requester(f"{body['event_id']}:{number}", channel, user, is_member=True)
            answer = await slack_context.commands.answer(
                await caller.build_request(slack_context, "unfurl", {"link": url})
            )
            if isinstance(answer.body, Card) and answer.body.items:
                cards[url] = {"blocks": render_unfurl(answer.body)}
        if cards:
            await _send_unfurls(slack_context, workspace, event, cards)


async def _send_unfurls(
    slack_context: SlackContext, workspace: str, event: Mapping[str, Any], cards: Mapping[str, Any]
) -> None:
    try:
        await slack_context.client.call(
            workspace, "chat.unfurl", channel=event["channel"], ts=event["message_ts"], unfurls=dict(cards)
        )
    except SendError as error:
        log.info("A link could not be unfurled: %s", error)
