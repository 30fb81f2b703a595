"""Request flow: a request goes to the command table, its answer, form or “Looking…” to the responder."""

from __future__ import annotations

import asyncio
import logging
from typing import Final

from adapters.slack.context import SlackContext
from adapters.slack.forms import modal
from adapters.slack.forms.private_metadata import PrivateMetadata
from adapters.slack.interactions import user_groups
from adapters.slack.interactions.requests import Requester
from adapters.slack.interactions.responses import Responder
from bot.cards import messages
from bot.cards.models import Action, Card, Form
from bot.domain.channels import ChannelKind
from bot.errors import Mistake, SendError, Unsendable
from bot.ports.commands import Answer, Audience, Request, find_command

LOADING_DELAY: Final = 1.5
"""Seconds until people are told that it takes a moment; Slack opens modals for three."""

log = logging.getLogger(__name__)


async def answer_command_text(context: SlackContext, responder: Responder, requester: Requester, text: str) -> None:
    """Answer what somebody typed; nothing at all asks for help."""
    try:
        command, arguments = context.commands.parse_line(text)
        request = await user_groups.resolve_user_group(
            context, await requester.build_request(context, command, arguments)
        )
    except Mistake as error:
        return await send_or_log_answer(
            responder, Answer(messages.build_mistake_card(error)), await requester.build_request(context)
        )
    return await answer_request(context, responder, request)


async def answer_request(
    context: SlackContext, responder: Responder, request: Request, *, from_app_home: bool = False
) -> None:
    """Answer *request*.

    *from_app_home* tells that it was asked there, which is shown anew when a form of it is saved.
    """
    stranger = await _check_bot_membership(context, request)
    if stranger:
        return await send_or_log_answer(responder, stranger, request)
    answer = await _run_command(context, responder, request)
    if isinstance(answer.body, Form):
        if await _open_form(responder, answer.body, request, from_app_home=from_app_home):
            return None
        answer = _build_open_form_answer(answer.body, request)
    return await send_or_log_answer(responder, answer, request)


async def send_or_log_answer(responder: Responder, answer: Answer, request: Request) -> None:
    """Show an answer; one that does not get through is a line in the log, for there is nobody else to tell."""
    try:
        await responder.send_answer(answer, request)
    except SendError as error:
        log.warning("The answer to “%s” did not get through: %s", request.command, error)


async def _run_command(context: SlackContext, responder: Responder, request: Request) -> Answer:
    """Return the answer; when it takes long, say so meanwhile."""
    answer_task = asyncio.ensure_future(context.commands.answer(request))
    try:
        done, _ = await asyncio.wait({answer_task}, timeout=LOADING_DELAY)
        if not done:
            await responder.show_loading(request)
    except SendError as error:
        log.info("That it takes a moment could not be said: %s", error)
    except asyncio.CancelledError:
        answer_task.cancel()
        raise
    return await answer_task


async def _open_form(responder: Responder, form: Form, request: Request, *, from_app_home: bool) -> bool:
    """Open a form; False when it can't be."""
    try:
        return await responder.open_modal(
            modal.build_modal(form, PrivateMetadata(request.channel, from_home=from_app_home))
        )
    except Unsendable as error:
        log.warning("The form of “%s” can't be shown: %s", request.command, error)
        return False


async def _check_bot_membership(context: SlackContext, request: Request) -> Answer | None:
    """Say how to let the bot in, where it is to post or is to be set up in a channel that it is not in."""
    if request.channel.kind is ChannelKind.DIRECT or not _is_about_channel(context, request):
        return None
    try:
        if await context.directory.is_bot_in(request.channel):
            return None
        # What was read a minute ago may be from before the invitation.
        context.directory.invalidate_channels(request.channel.workspace)
        if await context.directory.is_bot_in(request.channel):
            return None
    except SendError as error:
        log.info("Whether the bot is in a channel can't be told: %s", error)
        return None
    text = "Broadsheet is not in this channel, so nothing was changed. Invite it, then try again."
    return Answer(Card(text=text, footer=("Type /invite @Broadsheet",), fallback=text, tone="mistake"))


def _is_about_channel(context: SlackContext, request: Request) -> bool:
    """Tell whether something is posted to the channel in which it was asked, now or from then on."""
    command = find_command(context.commands.list_commands(), request.command)
    return request.share or (
        command is not None
        and (command.opens_thread or (command.audience is Audience.MANAGERS and not command.spans_channels))
    )


def _build_open_form_answer(form: Form, request: Request) -> Answer:
    """Return a button that opens a form, for whoever could not be shown it at once."""
    action = Action("Open the form", request.command, dict(request.arguments), style="main")
    return Answer(Card(text=f"{form.title}: press the button for the form.", actions=(action,), fallback=form.title))
