"""POST /api/command and /api/action: a typed command, a button or a form answered for the asker alone."""

from __future__ import annotations

from functools import partial

from aiohttp import web

from adapters.common.unrenderable_items import render_sound_answer
from adapters.web.context import CONTEXT, WebContext, find_channel, list_channel_states
from adapters.web.handlers import request_validation
from adapters.web.rendering import forms
from adapters.web.rendering.messages import render_private_answer, summarize_card
from adapters.web.rendering.site_info import LOCAL_USER
from bot.cards import messages
from bot.cards.models import Card, Form
from bot.errors import Mistake
from bot.ports.commands import Answer, Request
from bot.ports.previews import PrivateAnswer


async def handle_command(request: web.Request) -> web.Response:
    """Answer a typed line."""
    context, body = request.app[CONTEXT], await request_validation.parse_command_body(request)
    channel = await find_channel(context, body.channel)
    try:
        name, arguments = context.commands.parse_line(body.line)
    except Mistake as mistake:
        command_request = Request(body.id, channel, LOCAL_USER, context.clock(), "")
        return await _respond_privately(context, Answer(messages.build_mistake_card(mistake)), command_request)
    command_request = Request(body.id, channel, LOCAL_USER, context.clock(), name, arguments)
    return await _answer_request(context, command_request)


async def handle_action(request: web.Request) -> web.Response:
    """Answer a button or a form; a dry one says what would happen."""
    context, body = request.app[CONTEXT], await request_validation.parse_action_body(request)
    channel = await find_channel(context, body.channel)
    command_request = Request(
        body.id,
        channel,
        LOCAL_USER,
        context.clock(),
        body.command,
        body.arguments,
        dry_run=body.dry,
        share=body.share,
    )
    if body.dry:
        return _respond_to_dry_run(await context.commands.answer(command_request))
    return await _answer_request(context, command_request)


async def _answer_request(context: WebContext, command_request: Request) -> web.Response:
    before = await list_channel_states(context)
    answer = await context.commands.answer(command_request)
    if await list_channel_states(context) != before:
        context.feed.publish("channels")
    return await _respond_privately(context, answer, command_request)


async def _respond_privately(context: WebContext, answer: Answer, command_request: Request) -> web.Response:
    """Hand an answer back for the asker alone.

    One that replaces what held the button does so on the page when that was private; a message that everybody sees is
    never changed by what one reader presses.
    """
    if context.previews:
        context.recent_answers.add(PrivateAnswer(answer, command_request))
    render = partial(
        render_private_answer,
        request=command_request,
        pictures=(await context.site_info()).show_thumbnails,
        platforms=context.preview_labels,
    )
    html = render_sound_answer(answer, render, context.skipped_papers)
    kind = "form" if isinstance(answer.body, Form) else answer.body.tone
    return web.json_response(
        {"placement": answer.placement, "kind": kind, "said": summarize_card(answer.body), "html": html},
    )


def _respond_to_dry_run(answer: Answer) -> web.Response:
    """Answer a dry request: what saving would do, and what is wrong with which field."""
    if isinstance(answer.body, Card):
        return web.json_response(
            {"preview": forms.render_form_preview([answer.body.text or answer.body.title]), "mistakes": {}}
        )
    mistakes = {field.name: field.mistake for field in answer.body.fields if field.mistake}
    return web.json_response({"preview": forms.render_form_preview(answer.body.preview), "mistakes": mistakes})
