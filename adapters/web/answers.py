"""Answers to what is typed and pressed, handed back for the asker alone; what is for everybody comes by the ledger."""

from __future__ import annotations

from aiohttp import web

from adapters.web import forms, incoming, render
from adapters.web.desk import DESK, Desk, place, standings
from adapters.web.site import YOU
from bot import wording
from bot.cards import Card, Form
from bot.errors import Mistake
from bot.ports.commands import Answer, Request
from bot.ports.drawings import Aside


async def command(request: web.Request) -> web.Response:
    """Answer a typed line."""
    desk, told = request.app[DESK], await incoming.typed(request)
    channel = await place(desk, told.channel)
    try:
        name, arguments = desk.commands.read(told.line)
    except Mistake as mistake:
        asked = Request(told.id, channel, YOU, desk.clock(), "")
        return await _private(desk, Answer(wording.mistake(mistake)), asked)
    asked = Request(told.id, channel, YOU, desk.clock(), name, arguments)
    return await _answer(desk, asked)


async def action(request: web.Request) -> web.Response:
    """Answer a button or a form; a dry one says what would happen."""
    desk, told = request.app[DESK], await incoming.pressed(request)
    channel = await place(desk, told.channel)
    asked = Request(
        told.id,
        channel,
        YOU,
        desk.clock(),
        told.command,
        told.arguments,
        dry=told.dry,
        share=told.share,
    )
    if told.dry:
        return _foreseen(await desk.commands.answer(asked))
    return await _answer(desk, asked)


async def _answer(desk: Desk, asked: Request) -> web.Response:
    before = await standings(desk)
    answer = await desk.commands.answer(asked)
    if await standings(desk) != before:
        desk.feed.publish("channels")
    return await _private(desk, answer, asked)


async def _private(desk: Desk, answer: Answer, asked: Request) -> web.Response:
    """Hand an answer back for the asker alone.

    One that replaces what held the button does so on the page when that was private; a message that everybody sees is
    never changed by what one reader presses.
    """
    if desk.drawings:
        desk.recent.keep(Aside(answer, asked))
    html = render.panel(answer, asked, pictures=(await desk.site()).pictures, platforms=tuple(desk.drawings))
    kind = "form" if isinstance(answer.body, Form) else answer.body.tone
    return web.json_response(
        {"placement": answer.placement, "kind": kind, "said": render.said(answer.body), "html": html},
    )


def _foreseen(answer: Answer) -> web.Response:
    """Answer a dry request: what saving would do, and what is wrong with which field."""
    if isinstance(answer.body, Card):
        return web.json_response({"preview": forms.preview([answer.body.text or answer.body.title]), "mistakes": {}})
    mistakes = {field.name: field.mistake for field in answer.body.fields if field.mistake}
    return web.json_response({"preview": forms.preview(answer.body.preview), "mistakes": mistakes})
