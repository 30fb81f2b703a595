"""Answering: a request goes to the table of commands, its answer goes the way that it came."""

from __future__ import annotations

import asyncio
import logging
from typing import Final

from adapters.discord import panels, render
from adapters.discord.kit import Kit
from adapters.discord.ways import Way
from bot.cards import Form
from bot.errors import SendError
from bot.ports.commands import Answer, Placement, Request

PATIENCE: Final = 1.5
"""Seconds until people are told that it takes a moment; Discord waits for three."""

log = logging.getLogger(__name__)


async def reply(kit: Kit, way: Way, asked: Request, *, setup: bool = False) -> None:
    """Answer *asked*; *setup* tells that the buttons of the answer may do what managers may."""
    try:
        answer = await _patiently(kit, way, asked)
        if isinstance(answer.body, Form):
            await panels.show(kit, way, answer.body, asked, setup=setup)
        else:
            await tell(kit, way, answer, asked, setup=setup)
    except SendError as error:
        log.warning("The answer to “%s” did not get through: %s", asked.command, error)


async def tell(kit: Kit, way: Way, answer: Answer, asked: Request, *, setup: bool = False) -> None:
    """Show a card to the asker alone. Raises `bot.errors.SendError` kinds."""
    message = render.private(answer, asked, manager=setup, native=kit.tree.native)
    await way.say(message, replace=answer.placement is Placement.REPLACE)


async def _patiently(kit: Kit, way: Way, asked: Request) -> Answer:
    """Return the answer; when it takes long, say so meanwhile."""
    answering = asyncio.ensure_future(kit.commands.answer(asked))
    try:
        done, _ = await asyncio.wait({answering}, timeout=PATIENCE)
        if not done:
            await way.wait()
    except BaseException:
        answering.cancel()
        raise
    return await answering
