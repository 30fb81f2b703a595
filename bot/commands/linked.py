"""Papers that a message links to: for the shortcuts of a message, and for the card below a link. For buttons only."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Final

from bot import wording
from bot.cards import Card, Item
from bot.commands import finding, papers
from bot.commands.desk import Desk
from bot.commands.parameters import plain
from bot.errors import Mistake, SourceError
from bot.identifiers import arxiv_id, arxiv_ids
from bot.language import gettext, ngettext, phrase
from bot.models import Paper
from bot.ports.commands import Answer, Command, Parameter, Request

MOST: Final = 8
QUIET: Final = timedelta(minutes=30)
"""A paper that was shown in a channel so lately needs no card below its link."""
_NONE: Final = phrase("There is no arXiv id in this message, nor a link to a paper on arXiv, Hugging Face or alphaXiv.")


def commands(desk: Desk) -> tuple[Command, ...]:
    """Return the commands of this file."""
    text = Parameter("text", "What the message says", plain, rest=True)
    link = Parameter("link", "A link to a paper", plain, required=True)
    return (
        Command("within", "The papers of a message", partial(within, desk), (text,), hidden=True),
        Command("similar within", "Papers like the first of a message", partial(alike, desk), (text,), hidden=True),
        Command("unfurl", "A card for a link", partial(unfurl, desk), (link,), hidden=True),
    )


async def within(desk: Desk, request: Request, *, text: str = "") -> Answer:
    """Show the papers that a message names; one alone in full."""
    named = arxiv_ids(text)
    if not named:
        raise Mistake(gettext(_NONE), "search graph neural network")
    if len(named) == 1:
        return await papers.show(desk, request.of("show", {"paper": named[0]}), paper=named[0])
    found = [paper for identifier in named[:MOST] if (paper := await _known(desk, request, identifier))]
    if not found:
        raise Mistake(gettext("None of the papers in this message could be found."), f"show {named[0]}")
    today = request.now.date()
    return Answer(
        Card(
            title=gettext("Papers in this message"),
            items=tuple(wording.item(paper, dated=today) for paper in found),
            footer=_rest(len(named[:MOST]) - len(found), len(named[MOST:])),
            fallback=wording.names(found),
        )
    )


def _rest(unknown: int, beyond: int) -> tuple[str, ...]:
    """Say how many papers of a message are not there, and why."""
    lost = ngettext("{n} more was not found.", "{n} more were not found.", unknown)
    left = ngettext("{n} more is not shown.", "{n} more are not shown.", beyond)
    return tuple(line for line, number in ((lost, unknown), (left, beyond)) if number)


async def alike(desk: Desk, request: Request, *, text: str = "") -> Answer:
    """Show papers like the first one that a message names."""
    named = arxiv_ids(text)
    if not named:
        raise Mistake(gettext(_NONE), "similar 2602.12160")
    return await papers.similar(desk, request.of("similar", {"paper": named[0]}), paper=named[0])


async def unfurl(desk: Desk, request: Request, *, link: str) -> Answer:
    """Return a card for a link, or an empty one: where nobody wants it, or the paper was shown here just now."""
    nothing = Answer(Card())
    standing = await desk.standing(request)
    identifier = arxiv_id(link)
    if not (standing.preferences.unfurls and identifier):
        return nothing
    posts = await desk.stores.editions.of_paper(request.channel, identifier)
    event = f"unfurl:{request.channel.key}:{identifier}"
    if any(at > request.now - QUIET for _, _, at in posts) or not await desk.stores.inbox.first(event, request.now):
        return nothing
    found = await _known(desk, request, identifier)
    if found is None:
        return nothing
    zone = standing.preferences.schedule.timezone
    return Answer(Card(items=(_item(found, request),), footer=tuple(finding.posted(posts, zone)), fallback=found.title))


def _item(found: Paper, request: Request) -> Item:
    """Return what a preview of the page lacks: votes, code, the line of sense."""
    return replace(wording.item(found, dated=request.now.date()), actions=(), abstract="")


async def _known(desk: Desk, request: Request, identifier: str) -> Paper | None:
    try:
        return await finding.paper(desk, request, identifier)
    except (Mistake, SourceError):
        return None
