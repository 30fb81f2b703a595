"""link_shared and chat.unfurl: cards below links to papers, where a channel wants them."""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping
from typing import Any, Final
from urllib.parse import urlsplit

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.async_context import AsyncBoltContext

from adapters.common.error_boundary import log_exceptions
from adapters.slack.context import SlackContext
from adapters.slack.interactions.requests import Requester, build_channel, get_team_id
from adapters.slack.rendering.messages import render_unfurl
from bot.cards.models import Card
from bot.errors import SendError
from bot.ports.commands import Answer, ParameterType

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
            answer = await _answer_link(slack_context, caller, url)
            if answer and isinstance(answer.body, Card) and answer.body.items:
                cards[url] = {"blocks": render_unfurl(answer.body)}
        if cards:
            await _send_unfurls(slack_context, workspace, event, cards)


async def _answer_link(context: SlackContext, requester: Requester, url: str) -> Answer | None:
    """Return what the command says that has cards for links of the domain; None when there is no such command."""
    for command in context.commands.list_commands():
        link = command.find_parameter(ParameterType.LINK)
        if link and _is_below(url, command.unfurl_domains):
            request = await requester.build_request(context, command.name, {link.name: url})
            return await context.commands.answer(request)
    return None


def _is_below(url: str, domains: Collection[str]) -> bool:
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return False
    return any(host == domain or host.endswith(f".{domain}") for domain in domains)


async def _send_unfurls(
    slack_context: SlackContext, workspace: str, event: Mapping[str, Any], cards: Mapping[str, Any]
) -> None:
    try:
        await slack_context.client.call(
            workspace, "chat.unfurl", channel=event["channel"], ts=event["message_ts"], unfurls=dict(cards)
        )
    except SendError as error:
        log.info("A link could not be unfurled: %s", error)
