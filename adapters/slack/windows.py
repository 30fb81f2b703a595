"""Modals: block_actions, block_suggestion and view_submission of a form shown as a modal view."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from typing import Any, Final

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.async_context import AsyncBoltContext

from adapters.slack import fields, forms, inputs, saving
from adapters.slack.forms import ADVANCED_ACTION_ID, FORM_CALLBACK_ID
from adapters.slack.guard import log_exceptions
from adapters.slack.kit import SlackContext
from adapters.slack.previews import OrderedViewUpdates
from adapters.slack.requests import build_form_request, read_private_metadata
from adapters.slack.views import View
from bot.cards.models import Form
from bot.errors import BroadsheetError, Malformed

_FIELD_ACTION_ID: Final = re.compile(rf"^{fields.FIELD_ACTION_PREFIX}")
_MAX_OPTIONS: Final = 20

log = logging.getLogger(__name__)

Body = Mapping[str, Any]


def register_listeners(app: AsyncApp, slack_context: SlackContext) -> None:
    """Take what happens in forms."""
    previews = OrderedViewUpdates(slack_context)

    @app.action(_FIELD_ACTION_ID)
    @log_exceptions
    async def on_field_change(ack: AsyncAck, body: Body, context: AsyncBoltContext) -> None:
        await ack()
        await _update_form_view(slack_context, previews, body, context, advanced=False)

    @app.action(ADVANCED_ACTION_ID)
    @log_exceptions
    async def on_show_advanced(ack: AsyncAck, body: Body, context: AsyncBoltContext) -> None:
        await ack()
        await _update_form_view(slack_context, previews, body, context, advanced=True)

    @app.options(_FIELD_ACTION_ID)
    @log_exceptions
    async def on_block_suggestion(ack: AsyncAck, body: Body, context: AsyncBoltContext) -> None:
        try:
            options = await _find_options(slack_context, body, context)
        except BroadsheetError as error:
            log.warning("Nothing is suggested: %s", error)
            options = []
        await ack(options=options)

    @app.view(FORM_CALLBACK_ID)
    @log_exceptions
    async def on_view_submission(ack: AsyncAck, body: Body, context: AsyncBoltContext) -> None:
        await saving.handle_view_submission(ack, slack_context, body, context)


async def _update_form_view(
    slack_context: SlackContext,
    view_updates: OrderedViewUpdates,
    body: Body,
    bolt_context: AsyncBoltContext,
    *,
    advanced: bool,
) -> None:
    """Show the form with what saving would do now; what was typed stays."""
    try:
        there = read_private_metadata(body, bolt_context)
    except Malformed as error:
        log.warning("A form is not shown anew: %s", error)
        return

    async def render_view() -> View | None:
        answer = await slack_context.commands.answer(await build_form_request(slack_context, body, there))
        if not isinstance(answer.body, Form):
            return None
        return forms.build_modal(answer.body, there, advanced=advanced or there.shows_advanced)

    await view_updates.update(there.channel.workspace, body["view"], render_view)


async def _find_options(
    slack_context: SlackContext, body: Body, bolt_context: AsyncBoltContext
) -> list[dict[str, Any]]:
    """Return what a field could hold, from the parameter that it stands for."""
    name = str(body.get("action_id", "")).removeprefix(fields.FIELD_ACTION_PREFIX)
    request = await build_form_request(slack_context, body, read_private_metadata(body, bolt_context))
    command = next((each for each in slack_context.commands.list_commands() if each.name == request.command), None)
    parameter = next((each for each in command.parameters if each.name == name), None) if command else None
    if parameter is None or parameter.suggest is None:
        return []
    found = await parameter.suggest(str(body.get("value", "")), request)
    return [inputs.build_option(each.value, each.label) for each in found[:_MAX_OPTIONS]]
