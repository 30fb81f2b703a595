"""view_submission: a form saved; response_action “errors” on the wrong fields, or “update” with the outcome."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from typing import Any, Final

from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.async_context import AsyncBoltContext

from adapters.slack import forms, views, visits
from adapters.slack.kit import SlackContext
from adapters.slack.origins import PrivateMetadata
from adapters.slack.render import render_card_modal
from adapters.slack.requests import build_form_request, read_private_metadata
from adapters.slack.views import View
from bot.cards.models import Card, Form
from bot.errors import Malformed
from bot.ports.commands import Answer

_SUBMISSION_DEADLINE: Final = 2.0
"""Seconds that it may take before the window says that it takes a moment; Slack waits for three."""
_SAVING_CARD: Final = Card(title="Saving", text="This takes a moment; the outcome will stand here.")
_WRONG_WORKSPACE_CARD: Final = Card(
    title="Not saved", text="This form belongs to another workspace. Nothing was changed."
)

log = logging.getLogger(__name__)

Body = Mapping[str, Any]


async def handle_view_submission(
    ack: AsyncAck, slack_context: SlackContext, body: Body, bolt_context: AsyncBoltContext
) -> None:
    """Save a form, and say what came of it within Slack's deadline, or that it takes a moment."""
    try:
        there = read_private_metadata(body, bolt_context)
    except Malformed as error:
        log.warning("A form was not taken: %s", error)
        await ack(
            response_action="update", view=render_card_modal(_WRONG_WORKSPACE_CARD, command=slack_context.command)[0]
        )
        return
    asked = asyncio.ensure_future(_run_submission(slack_context, body, there))
    try:
        done, _ = await asyncio.wait({asked}, timeout=_SUBMISSION_DEADLINE)
    except asyncio.CancelledError:
        asked.cancel()
        raise
    if done:
        await ack(**await _build_response_action(slack_context, there, await asked, body["view"]))
    else:
        await ack(response_action="update", view=render_card_modal(_SAVING_CARD, command=slack_context.command)[0])
        drawn = await _render_answer_view(slack_context, there, await asked)
        await views.update_view(slack_context, there.channel.workspace, body["view"]["id"], drawn)
    if there.from_home:
        await visits.publish_home(slack_context, there.channel.workspace, body["user"]["id"])


async def _run_submission(context: SlackContext, body: Body, origin: PrivateMetadata) -> Answer:
    # One press, one trigger: what is pressed again after a mistake is a new one, what Slack repeats is not.
    return await context.commands.answer(await build_form_request(context, body, origin, str(body["trigger_id"])))


async def _build_response_action(
    context: SlackContext, origin: PrivateMetadata, answer: Answer, view: View
) -> dict[str, Any]:
    """Return what the window does next: marks the fields that are wrong, or says what was done."""
    inputs = [block["block_id"] for block in view.get("blocks", ()) if block.get("type") == "input"]
    wrong: Mapping[str, str] = {}
    if isinstance(answer.body, Form):
        wrong = forms.collect_errors(answer.body)
    elif answer.body.tone == "mistake" and inputs:
        wrong = {inputs[0]: answer.body.text}
    if wrong and set(wrong) <= set(inputs):
        return {"response_action": "errors", "errors": wrong}
    return {"response_action": "update", "view": await _render_answer_view(context, origin, answer)}


async def _render_answer_view(context: SlackContext, origin: PrivateMetadata, answer: Answer) -> View:
    """Draw an answer for the window of the form."""
    if isinstance(answer.body, Form):
        return forms.build_modal(answer.body, origin, advanced=origin.shows_advanced)
    return await views.prepare_view(context, answer.body, origin.channel)
