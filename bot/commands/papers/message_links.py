"""Message shortcuts and link unfurling: the papers a message links to, and the card below a link."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Final

from bot.cards import paper_items
from bot.cards.models import Card, Item
from bot.commands.context import CommandContext
from bot.commands.papers import browse, lookup
from bot.commands.parsing.parameter_types import read_text
from bot.domain.identifiers import find_arxiv_ids, parse_arxiv_id
from bot.domain.papers import Paper
from bot.errors import Mistake, SourceError
from bot.i18n.translation import gettext, ngettext, phrase
from bot.ports.commands import Answer, Command, MessageShortcut, Parameter, ParameterType, Request
from bot.ports.features import Feature

MAX_PAPERS: Final = 8
UNFURL_COOLDOWN: Final = timedelta(minutes=30)
"""A paper that was shown in a channel so lately needs no card below its link."""
UNFURL_DOMAINS: Final = ("arxiv.org", "huggingface.co", "alphaxiv.org")
_NO_LINK: Final = phrase(
    "There is no arXiv id in this message, nor a link to a paper on arXiv, Hugging Face or alphaXiv."
)


def build_commands(context: CommandContext) -> tuple[Command, ...]:
    """Return the commands of this file."""
    text = Parameter("text", "What the message says", read_text, ParameterType.PAPERS, takes_rest=True)
    link = Parameter("link", "A link to a paper", read_text, ParameterType.LINK, required=True)
    hidden = partial(Command, hidden=True)
    return (
        hidden(
            "within",
            "The papers of a message",
            partial(show_linked_papers, context),
            (text,),
            shortcut=MessageShortcut("papers_here", "Papers in this message"),
        ),
        hidden(
            "similar within",
            "Papers like the first of a message",
            partial(show_similar_to_linked, context),
            (text,),
            # Elsewhere it is a button below the papers of the message.
            shortcut=MessageShortcut("similar_here", "Similar papers", Feature.MORE_SHORTCUTS),
        ),
        hidden("unfurl", "A card for a link", partial(unfurl_link, context), (link,), unfurl_domains=UNFURL_DOMAINS),
    )


async def show_linked_papers(context: CommandContext, request: Request, *, text: str = "") -> Answer:
    """Show the papers that a message names; one alone in full."""
    arxiv_ids = find_arxiv_ids(text)
    if not arxiv_ids:
        raise Mistake(gettext(_NO_LINK), "search graph neural network")
    if len(arxiv_ids) == 1:
        return await browse.show_paper(
            context, request.with_command("show", {"paper": arxiv_ids[0]}), paper=arxiv_ids[0]
        )
    papers = [
        paper
        for identifier in arxiv_ids[:MAX_PAPERS]
        if (paper := await _find_paper_or_none(context, request, identifier))
    ]
    if not papers:
        raise Mistake(gettext("None of the papers in this message could be found."), f"show {arxiv_ids[0]}")
    items = context.build_sound_items(papers, partial(paper_items.build_paper_item, today=request.now.date()))
    return Answer(
        Card(
            title=gettext("Papers in this message"),
            items=items,
            footer=_describe_left_out(len(arxiv_ids[:MAX_PAPERS]) - len(papers), len(arxiv_ids[MAX_PAPERS:])),
            fallback=paper_items.format_item_names(items),
        )
    )


def _describe_left_out(unknown: int, beyond: int) -> tuple[str, ...]:
    """Say how many papers of a message are not there, and why."""
    lost = ngettext("{n} more was not found.", "{n} more were not found.", unknown)
    left = ngettext("{n} more is not shown.", "{n} more are not shown.", beyond)
    return tuple(line for line, number in ((lost, unknown), (left, beyond)) if number)


async def show_similar_to_linked(context: CommandContext, request: Request, *, text: str = "") -> Answer:
    """Show papers like the first one that a message names."""
    named = find_arxiv_ids(text)
    if not named:
        raise Mistake(gettext(_NO_LINK), "similar 2602.12160")
    return await browse.show_similar_papers(
        context, request.with_command("similar", {"paper": named[0]}), paper=named[0]
    )


async def unfurl_link(context: CommandContext, request: Request, *, link: str) -> Answer:
    """Return a card for a link, or an empty one: where nobody wants it, or the paper was shown here just now."""
    nothing = Answer(Card())
    channel_state = await context.load_channel_state(request)
    identifier = parse_arxiv_id(link)
    if not (channel_state.preferences.unfurls and identifier):
        return nothing
    posts = await context.stores.digests.list_messages_of_paper(request.channel, identifier)
    event = f"unfurl:{request.channel.key}:{identifier}"
    if any(
        post.at > request.now - UNFURL_COOLDOWN for post in posts
    ) or not await context.stores.processed_events.add_if_new(event, request.now):
        return nothing
    paper = await _find_paper_or_none(context, request, identifier)
    if paper is None:
        return nothing
    zone = channel_state.preferences.schedule.timezone
    return Answer(
        Card(
            items=(_build_unfurl_item(paper, request),),
            footer=tuple(lookup.format_past_posts(posts, zone)),
            fallback=paper.title,
        )
    )


def _build_unfurl_item(paper: Paper, request: Request) -> Item:
    """Return what a preview of the page lacks: votes, code, the line of sense."""
    return replace(paper_items.build_paper_item(paper, today=request.now.date()), actions=(), abstract="")


async def _find_paper_or_none(context: CommandContext, request: Request, identifier: str) -> Paper | None:
    try:
        return await lookup.find_paper(context, request, identifier)
    except (Mistake, SourceError):
        return None
