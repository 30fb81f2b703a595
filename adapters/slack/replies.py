"""Answering: a request goes to the table of commands, its answer goes the way that it came."""

from __future__ import annotations

import asyncio
import logging
from typing import Final

from adapters.slack import forms, handles
from adapters.slack.kit import Kit
from adapters.slack.origins import Origin
from adapters.slack.requests import Caller
from adapters.slack.rights import WIDE
from adapters.slack.ways import Way
from bot import wording
from bot.cards import Action, Card, Form
from bot.errors import Mistake, SendError, Unsendable
from bot.models import Kind
from bot.ports.commands import Answer, Audience, Request

PATIENCE: Final = 1.5
"""Seconds until people are told that it takes a moment; Slack opens windows for three."""

_POSTS: Final = frozenset({"discuss"})
"""Commands of everybody's that post to the channel."""

log = logging.getLogger(__name__)


async def line(kit: Kit, way: Way, caller: Caller, text: str) -> None:
    """Answer what somebody typed; nothing at all asks for help."""
    try:
        command, arguments = kit.commands.read(text or "help")
        request = await handles.resolved(kit, await caller.asks(kit, command, arguments))
    except Mistake as error:
        return await tell(way, Answer(wording.mistake(error)), await caller.asks(kit, "help", {}))
    return await reply(kit, way, request)


async def reply(kit: Kit, way: Way, request: Request, *, home: bool = False) -> None:
    """Answer *request*; *home* tells that it was asked there, which is shown anew when a form of it is saved."""
    stranger = await _stranger(kit, request)
    if stranger:
        return await tell(way, stranger, request)
    answer = await _patiently(kit, way, request)
    if isinstance(answer.body, Form):
        if await _asked(way, answer.body, request, home=home):
            return None
        answer = _knock(answer.body, request)
    return await tell(way, answer, request)


async def tell(way: Way, answer: Answer, request: Request) -> None:
    """Show an answer; one that does not get through is a line in the log, for there is nobody else to tell."""
    try:
        await way.say(answer, request)
    except SendError as error:
        log.warning("The answer to “%s” did not get through: %s", request.command, error)


async def _patiently(kit: Kit, way: Way, request: Request) -> Answer:
    """Return the answer; when it takes long, say so meanwhile."""
    asked = asyncio.ensure_future(kit.commands.answer(request))
    try:
        done, _ = await asyncio.wait({asked}, timeout=PATIENCE)
        if not done:
            await way.wait(request)
    except SendError as error:
        log.info("That it takes a moment could not be said: %s", error)
    except asyncio.CancelledError:
        asked.cancel()
        raise
    return await asked


async def _asked(way: Way, form: Form, request: Request, *, home: bool) -> bool:
    """Open a form; False when it can't be."""
    try:
        return await way.window(forms.view(form, Origin(request.channel, home=home)))
    except Unsendable as error:
        log.warning("The form of “%s” can't be shown: %s", request.command, error)
        return False


async def _stranger(kit: Kit, request: Request) -> Answer | None:
    """Say how to let the bot in, where it is to post or is to be set up in a channel that it is not in."""
    audience = next((each.audience for each in kit.commands.all() if each.name == request.command), None)
    here = request.share or request.command in _POSTS or (audience is Audience.MANAGERS and request.command not in WIDE)
    if request.channel.kind is Kind.DIRECT or not here:
        return None
    try:
        if await kit.rooms.joined(request.channel):
            return None
        # What was read a minute ago may be from before the invitation.
        kit.rooms.forget(request.channel.workspace)
        if await kit.rooms.joined(request.channel):
            return None
    except SendError as error:
        log.info("Whether the bot is in a channel can't be told: %s", error)
        return None
    text = "Broadsheet is not in this channel, so nothing was changed. Invite it, then try again."
    return Answer(Card(text=text, footer=("Type /invite @Broadsheet",), fallback=text, tone="mistake"))


def _knock(form: Form, request: Request) -> Answer:
    """Return a button that opens a form, for whoever could not be shown it at once."""
    action = Action("Open the form", request.command, dict(request.arguments), style="main")
    return Answer(Card(text=f"{form.title}: press the button for the form.", actions=(action,), fallback=form.title))
