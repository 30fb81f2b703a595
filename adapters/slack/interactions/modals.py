"""Modals: block_actions, block_suggestion and view_submission of a form shown as a modal view."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Mapping
from typing import Any, Final

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.async_context import AsyncBoltContext

from adapters.common.error_boundary import log_exceptions
from adapters.slack.context import SlackContext
from adapters.slack.forms import inputs, modal
from adapters.slack.forms.modal import ADVANCED_ACTION_ID, FORM_CALLBACK_ID, build_modal
from adapters.slack.forms.private_metadata import PrivateMetadata
from adapters.slack.interactions import app_home, views
from adapters.slack.interactions.requests import build_form_request, read_private_metadata
from adapters.slack.interactions.views import OrderedViewUpdates, View
from adapters.slack.rendering.messages import render_card_modal
from bot.cards.models import Card, Form
from bot.errors import BroadsheetError, Malformed
from bot.ports.commands import Answer, find_command

_SUBMISSION_DEADLINE: Final = 2.0
"""Seconds that it may take before the modal says that it takes a moment; Slack waits for three."""
_SAVING_CARD: Final = Card(title="Saving", text="This takes a moment; the outcome will stand here.")
_WRONG_WORKSPACE_CARD: Final = Card(
    title="Not saved", text="This form belongs to another workspace. Nothing was changed."
)

log = logging.getLogger(__name__)

Body = Mapping[str, Any]

_FIELD_ACTION_ID: Final = re.compile(rf"^{modal.FIELD_ACTION_PREFIX}")
_MAX_OPTIONS: Final = 20


async def handle_view_submission(
    ack: AsyncAck, slack_context: SlackContext, body: Body, bolt_context: AsyncBoltContext
) -> None:
    """Save a form, and say what came of it within Slack's deadline, or that it takes a moment."""
    try:
        origin = read_private_metadata(body, bolt_context)
    except Malformed as error:
        log.warning("A form was not taken: %s", error)
        await ack(
            response_action="update", view=render_card_modal(_WRONG_WORKSPACE_CARD, command=slack_context.command)[0]
        )
        return
    answer_task = asyncio.ensure_future(_run_submission(slack_context, body, origin))
    try:
        done, _ = await asyncio.wait({answer_task}, timeout=_SUBMISSION_DEADLINE)
    except asyncio.CancelledError:
        answer_task.cancel()
        raise
    if done:
        await ack(**await _build_response_action(slack_context, origin, await answer_task, body["view"]))
    else:
        await ack(response_action="update", view=render_card_modal(_SAVING_CARD, command=slack_context.command)[0])
        answer_view = await _render_answer_view(slack_context, origin, await answer_task)
        await views.update_view(slack_context, origin.channel.workspace, body["view"]["id"], answer_view)
    if origin.from_home:
        await app_home.publish_home(slack_context, origin.channel.workspace, body["user"]["id"])


async def _run_submission(context: SlackContext, body: Body, origin: PrivateMetadata) -> Answer:
    # One press, one trigger: what is pressed again after a mistake is a new one, what Slack repeats is not.
    return await context.commands.answer(await build_form_request(context, body, origin, str(body["trigger_id"])))


async def _build_response_action(
    context: SlackContext, origin: PrivateMetadata, answer: Answer, view: View
) -> dict[str, Any]:
    """Return what the modal does next: marks the fields that are wrong, or says what was done."""
    inputs = [block["block_id"] for block in view.get("blocks", ()) if block.get("type") == "input"]
    errors: Mapping[str, str] = {}
    if isinstance(answer.body, Form):
        errors = modal.collect_errors(answer.body)
    elif answer.body.tone == "mistake" and inputs:
        errors = {inputs[0]: answer.body.text}
    if errors and set(errors) <= set(inputs):
        return {"response_action": "errors", "errors": errors}
    return {"response_action": "update", "view": await _render_answer_view(context, origin, answer)}


async def _render_answer_view(context: SlackContext, origin: PrivateMetadata, answer: Answer) -> View:
    """Draw an answer for the modal of the form."""
    if isinstance(answer.body, Form):
        return modal.build_modal(answer.body, origin, advanced=origin.shows_advanced)
    return await views.prepare_view(context, answer.body, origin.channel)


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
        await handle_view_submission(ack, slack_context, body, context)


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
        origin = read_private_metadata(body, bolt_context)
    except Malformed as error:
        log.warning("A form is not shown anew: %s", error)
        return

    async def render_view() -> View | None:
        answer = await slack_context.commands.answer(await build_form_request(slack_context, body, origin))
        if not isinstance(answer.body, Form):
            return None
        return build_modal(answer.body, origin, advanced=advanced or origin.shows_advanced)

    await view_updates.update(origin.channel.workspace, body["view"], render_view)


async def _find_options(
    slack_context: SlackContext, body: Body, bolt_context: AsyncBoltContext
) -> list[dict[str, Any]]:
    """Return what a field could hold, from the parameter that it stands for."""
    name = str(body.get("action_id", "")).removeprefix(modal.FIELD_ACTION_PREFIX)
    request = await build_form_request(slack_context, body, read_private_metadata(body, bolt_context))
    command = find_command(slack_context.commands.list_commands(), request.command)
    parameter = next((each for each in command.parameters if each.name == name), None) if command else None
    if parameter is None or parameter.suggest is None:
        return []
    suggestions = await parameter.suggest(str(body.get("value", "")), request)
    return [inputs.build_option(each.value, each.label) for each in suggestions[:_MAX_OPTIONS]]
