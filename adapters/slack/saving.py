"""Saving a form: what is wrong is marked on its field, and what was done stands in the form's place."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from typing import Any, Final

from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.async_context import AsyncBoltContext

from adapters.slack import forms, views, visits
from adapters.slack.kit import Kit
from adapters.slack.origins import Origin
from adapters.slack.render import modal
from adapters.slack.requests import filled, origin
from adapters.slack.views import View
from bot.cards import Card, Form
from bot.errors import Malformed
from bot.ports.commands import Answer

_DEADLINE: Final = 2.0
"""Seconds that it may take before the window says that it takes a moment; Slack waits for three."""
_BUSY: Final = Card(title="Saving", text="This takes a moment; the outcome will stand here.")
_FOREIGN: Final = Card(title="Not saved", text="This form belongs to another workspace. Nothing was changed.")

log = logging.getLogger(__name__)

Body = Mapping[str, Any]


async def save(ack: AsyncAck, kit: Kit, body: Body, context: AsyncBoltContext) -> None:
    """Save a form, and say what came of it within Slack's deadline, or that it takes a moment."""
    try:
        there = origin(body, context)
    except Malformed as error:
        log.warning("A form was not taken: %s", error)
        await ack(response_action="update", view=modal(_FOREIGN, command=kit.command)[0])
        return
    asked = asyncio.ensure_future(_done(kit, body, there))
    try:
        done, _ = await asyncio.wait({asked}, timeout=_DEADLINE)
    except asyncio.CancelledError:
        asked.cancel()
        raise
    if done:
        await ack(**await _outcome(kit, there, await asked, body["view"]))
    else:
        await ack(response_action="update", view=modal(_BUSY, command=kit.command)[0])
        drawn = await _window(kit, there, await asked)
        await views.changed(kit, there.channel.workspace, body["view"]["id"], drawn)
    if there.home:
        await visits.show(kit, there.channel.workspace, body["user"]["id"])


async def _done(kit: Kit, body: Body, there: Origin) -> Answer:
    # One press, one trigger: what is pressed again after a mistake is a new one, what Slack repeats is not.
    return await kit.commands.answer(await filled(kit, body, there, str(body["trigger_id"])))


async def _outcome(kit: Kit, there: Origin, answer: Answer, view: View) -> dict[str, Any]:
    """Return what the window does next: marks the fields that are wrong, or says what was done."""
    inputs = [block["block_id"] for block in view.get("blocks", ()) if block.get("type") == "input"]
    wrong: Mapping[str, str] = {}
    if isinstance(answer.body, Form):
        wrong = forms.errors(answer.body)
    elif answer.body.tone == "mistake" and inputs:
        wrong = {inputs[0]: answer.body.text}
    if wrong and set(wrong) <= set(inputs):
        return {"response_action": "errors", "errors": wrong}
    return {"response_action": "update", "view": await _window(kit, there, answer)}


async def _window(kit: Kit, there: Origin, answer: Answer) -> View:
    """Draw an answer for the window of the form."""
    if isinstance(answer.body, Form):
        return forms.view(answer.body, there, advanced=there.advanced)
    return await views.drawn(kit, answer.body, there.channel)
