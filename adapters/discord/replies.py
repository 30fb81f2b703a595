"""Answering: a request goes to the table of commands, its answer goes the way that it came."""

from __future__ import annotations

from adapters.discord import panels, rights, tagging
from adapters.discord.kit import Kit
from adapters.discord.render import DISCUSS
from adapters.discord.ways import Way
from bot.cards import Card, Form
from bot.ports.commands import Answer, Request


async def reply(kit: Kit, way: Way, asked: Request, *, setup: bool = False) -> None:
    """Answer *asked*; *setup* tells that the buttons of the answer may do what managers may.

    Raises `bot.errors.SendError` kinds.
    """
    if lacking := way.unable(asked, share=asked.share, discuss=asked.command == DISCUSS):
        return await way.tell(Answer(Card(text=rights.mended(lacking), tone="mistake")), asked)
    answer = await kit.answer(asked)
    if isinstance(answer.body, Form):
        await panels.show(kit, way, answer.body, asked, setup=setup)
    else:
        await way.tell(await tagging.warned(kit, asked, answer), asked, setup=setup)
    return None
