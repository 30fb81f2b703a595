"""Forms as windows: what they would do is shown while they are filled in."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from typing import Any, Final

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.async_context import AsyncBoltContext

from adapters.slack import fields, forms, inputs, saving
from adapters.slack.forms import ADVANCED, CALLBACK
from adapters.slack.guard import guarded
from adapters.slack.kit import Kit
from adapters.slack.previews import Previews
from adapters.slack.requests import filled, origin
from adapters.slack.views import View
from bot.cards import Form
from bot.errors import BroadsheetError, Malformed

_FIELD: Final = re.compile(rf"^{fields.ACTION}")
_OPTIONS: Final = 20

log = logging.getLogger(__name__)

Body = Mapping[str, Any]


def listen(app: AsyncApp, kit: Kit) -> None:
    """Take what happens in forms."""
    previews = Previews(kit)

    @app.action(_FIELD)
    @guarded
    async def changed(ack: AsyncAck, body: Body, context: AsyncBoltContext) -> None:
        await ack()
        await _redraw(kit, previews, body, context, advanced=False)

    @app.action(ADVANCED)
    @guarded
    async def unfolded(ack: AsyncAck, body: Body, context: AsyncBoltContext) -> None:
        await ack()
        await _redraw(kit, previews, body, context, advanced=True)

    @app.options(_FIELD)
    @guarded
    async def suggested(ack: AsyncAck, body: Body, context: AsyncBoltContext) -> None:
        try:
            options = await _options(kit, body, context)
        except BroadsheetError as error:
            log.warning("Nothing is suggested: %s", error)
            options = []
        await ack(options=options)

    @app.view(CALLBACK)
    @guarded
    async def submitted(ack: AsyncAck, body: Body, context: AsyncBoltContext) -> None:
        await saving.save(ack, kit, body, context)


async def _redraw(kit: Kit, previews: Previews, body: Body, context: AsyncBoltContext, *, advanced: bool) -> None:
    """Show the form with what saving would do now; what was typed stays."""
    try:
        there = origin(body, context)
    except Malformed as error:
        log.warning("A form is not shown anew: %s", error)
        return

    async def draw() -> View | None:
        answer = await kit.commands.answer(await filled(kit, body, there))
        if not isinstance(answer.body, Form):
            return None
        return forms.view(answer.body, there, advanced=advanced or there.advanced)

    await previews.redraw(there.channel.workspace, body["view"], draw)


async def _options(kit: Kit, body: Body, context: AsyncBoltContext) -> list[dict[str, Any]]:
    """Return what a field could hold, from the parameter that it stands for."""
    name = str(body.get("action_id", "")).removeprefix(fields.ACTION)
    request = await filled(kit, body, origin(body, context))
    command = next((each for each in kit.commands.all() if each.name == request.command), None)
    parameter = next((each for each in command.parameters if each.name == name), None) if command else None
    if parameter is None or parameter.suggest is None:
        return []
    found = await parameter.suggest(str(body.get("value", "")), request)
    return [inputs.option(each.value, each.label) for each in found[:_OPTIONS]]
