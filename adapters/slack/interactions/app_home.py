"""App Home (app_home_opened): the view (type “home”) of a person’s follows, channels and saved papers."""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping
from functools import partial
from typing import Any

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.async_context import AsyncBoltContext

from adapters.common.error_boundary import log_exceptions
from adapters.common.unrenderable_items import render_sound_items
from adapters.slack.context import SlackContext
from adapters.slack.interactions.requests import Requester, build_channel, get_team_id
from adapters.slack.rendering.blocks import Block, build_divider, build_section, measure_weight
from adapters.slack.rendering.buttons_and_menus import VIEW_VALUE_BUDGET, ComponentBuilder
from adapters.slack.rendering.layout import MAX_VIEW_BLOCKS, MAX_VIEW_WEIGHT, lay_out_card
from adapters.slack.rendering.messages import DEFAULT_COMMAND
from bot.cards.models import Page
from bot.errors import SendError
from bot.ports.skipped_papers import SkippedPapers

log = logging.getLogger(__name__)


def render_home_view(
    page: Page,
    *,
    command: str = DEFAULT_COMMAND,
    modal_commands: Collection[str] = (),
    skipped_papers: SkippedPapers | None = None,
) -> tuple[Block, Mapping[str, Mapping[str, Any]]]:
    """Return the home's view, and what its buttons need kept. A long part leaves the others their share of the room.

    *command* and *modal_commands* are as in `adapters.slack.rendering.messages`; *skipped_papers* takes what can't be
    drawn.
    """
    builder = ComponentBuilder(available=VIEW_VALUE_BUDGET, modal_commands=modal_commands)
    blocks = list[Block]()
    for number, card in enumerate(page.sections):
        parts = len(page.sections) - number
        most = (MAX_VIEW_BLOCKS - len(blocks)) // parts - 1
        heaviest = (MAX_VIEW_WEIGHT - measure_weight(blocks)) // parts
        lay_out = partial(lay_out_card, builder=builder, max_blocks=most, max_weight=heaviest, command=command)
        section_blocks = render_sound_items(card, lay_out, skipped_papers or SkippedPapers())
        if section_blocks and len(section_blocks) <= most:
            blocks += [build_divider(), *section_blocks] if blocks else section_blocks
    return {
        "type": "home",
        "callback_id": "home",
        "blocks": blocks or [build_section("Nothing is here yet.")],
    }, builder.stored_data


def register_listeners(app: AsyncApp, slack_context: SlackContext) -> None:
    """Take those who open it."""

    @app.event("app_home_opened")
    @log_exceptions
    async def on_app_home_opened(event: Mapping[str, Any], context: AsyncBoltContext) -> None:
        if event.get("tab") == "home":
            await publish_home(slack_context, get_team_id(context), event["user"])


async def publish_home(context: SlackContext, workspace: str, user: str) -> None:
    """Show somebody their home as it is now."""
    request = await Requester("", build_channel(workspace, "", user), user).build_request(context)
    page = await context.commands.build_home(request, await _find_visible_channels(context, workspace, user))
    view, payloads = render_home_view(
        page,
        command=context.command,
        modal_commands=context.modal_commands,
        skipped_papers=context.skipped_papers,
    )
    await context.button_payloads.save_payloads(payloads, request.now)
    try:
        await context.client.call(workspace, "views.publish", user_id=user, view=view)
    except SendError as error:
        log.warning("Somebody's home could not be shown: %s", error)


async def _find_visible_channels(context: SlackContext, workspace: str, user: str) -> frozenset[str]:
    """Return the channels that somebody may see: public ones, and private ones that they are in."""
    try:
        channels, own = (
            await context.directory.list_channels(workspace),
            await context.directory.list_user_channel_ids(workspace, user),
        )
    except SendError as error:
        log.warning("The channels of a home can't be told: %s", error)
        return frozenset()
    return frozenset(
        channel_info.id for channel_info in channels if not channel_info.is_private or channel_info.id in own
    )
