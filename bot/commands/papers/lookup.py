"""Paper lookup by arXiv id, link or number in the last digest: the store first, then the sources."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from bot.cards import paper_items
from bot.cards.models import Item, Link
from bot.commands.context import CommandContext
from bot.digests import composition
from bot.domain.deliveries import DeliveryKey
from bot.domain.identifiers import EXAMPLE_ARXIV_ID, parse_arxiv_id, parse_paper_number
from bot.domain.papers import Paper
from bot.domain.preferences import Preferences
from bot.errors import Mistake, SourceDown, SourceError, SourceRefused
from bot.i18n import formatting
from bot.i18n.translation import format_number, gettext, ngettext, phrase
from bot.ports.commands import Request
from bot.ports.deliveries import POSTED_STATES, PaperMessage

BUDGET: Final = 8.0
"""Seconds that the sources have together to tell of one paper."""
_MAX_DIGESTS: Final = 10
"""Digests among which the last digest is looked for."""
_MAX_AUTHORS: Final = 12
"""Authors that are written out."""


async def find_paper(context: CommandContext, request: Request, identifier: str) -> Paper:
    """Return one paper; "3" or "#3" is the one of that number in the channel's last digest.

    Raises `bot.errors.Mistake` when nobody knows it and `bot.errors.SourceDown` when nobody could be asked.
    """
    if (number := parse_paper_number(identifier)) is not None:
        identifier = await find_numbered_paper(context, request, number)
    paper = await context.get_stored_paper(identifier)
    if paper:
        return paper
    if not parse_arxiv_id(identifier):
        raise Mistake(
            gettext(
                "No stored paper has the id “{identifier}”; “search” finds papers by words.", identifier=identifier
            ),
            f"show {EXAMPLE_ARXIV_ID}",
        )
    try:
        async with asyncio.timeout(BUDGET):
            paper = await _fetch_paper(context, identifier)
    except TimeoutError:
        raise SourceDown(
            gettext("{identifier} is not stored, and the sources did not answer in time.", identifier=identifier)
        ) from None
    if paper is None:
        raise Mistake(
            _describe_unknown(context, identifier),
            f"show {EXAMPLE_ARXIV_ID}",
        )
    return paper


async def find_numbered_paper(context: CommandContext, request: Request, number: int) -> str:
    """Return the id of the paper with a number: in the last digest here, else in the newest list.

    Raises `bot.errors.Mistake` when there is none.
    """
    history = await context.stores.digests.list_past_digests(request.channel, _MAX_DIGESTS)
    last = next((past for past in history if past.state in POSTED_STATES), None)
    key = DeliveryKey(request.channel, "digest", last.day.isoformat()) if last else None
    sent = await context.stores.ledger.find_by_key(key) if key else None
    posted = {item.number: item.paper for item in sent.card.items} if sent else {}
    # The card of a digest is emptied when it is so old that nobody means it any more.
    numbered = posted or await _number_newest_list(context)
    if number not in numbered:
        raise Mistake(
            gettext("The last digest here has no number {number}.", number=number)
            if posted
            else gettext("The newest list has no number {number}.", number=number),
            f"show {EXAMPLE_ARXIV_ID}",
        )
    return numbered[number]


async def _number_newest_list(context: CommandContext) -> dict[int | None, str]:
    """Return the papers of the newest list by their rank."""
    newest = await context.stores.feed_days.get_newest()
    days = [newest] if newest else []
    ranked = composition.rank_papers(
        days, await context.stores.papers.get(composition.list_paper_ids(days)), Preferences()
    )
    return {n: paper.id for n, paper in enumerate(ranked, 1)}


async def _fetch_paper(context: CommandContext, identifier: str) -> Paper | None:
    """Ask one source after the other; raises `bot.errors.SourceDown` when the last one gave no answer."""
    lookups = [source.lookup for source in context.sources if source.lookup]
    if not lookups:
        raise SourceDown(
            gettext("{identifier} is not among the stored papers, and no source is switched on.", identifier=identifier)
        )
    is_down = False
    for lookup in lookups:
        try:
            if paper := await lookup.fetch_paper(identifier):
                return paper
            is_down = False
        except SourceRefused:
            is_down = False
        except SourceError:
            is_down = True
    if is_down:
        raise SourceDown(
            gettext("{identifier} is not stored, and the sources can’t be reached now.", identifier=identifier)
        )
    return None


def _describe_unknown(context: CommandContext, identifier: str) -> str:
    """Say that no source knows a paper; two are named."""
    match [source.title for source in context.sources if source.lookup]:
        case [first, second]:
            return gettext(
                "Neither {first} nor {second} knows {identifier}.", first=first, second=second, identifier=identifier
            )
        case _:
            return gettext("No source knows {identifier}.", identifier=identifier)


def build_detailed_item(paper: Paper, now: datetime) -> Item:
    """Return a paper with its whole abstract, its authors and every link."""
    short = paper_items.build_paper_item(paper, today=now.date())
    names = list(paper.authors[:_MAX_AUTHORS])
    more = (
        [ngettext("{n} other", "{n} others", len(paper.authors) - _MAX_AUTHORS)]
        if len(paper.authors) > _MAX_AUTHORS
        else []
    )
    notes = (
        formatting.format_short_day(paper.effective_date, now.date()) if paper.effective_date else "",
        paper.organization,
        formatting.format_list(names + more),
        ", ".join(paper.categories),
        formatting.format_count(paper.stars, "star") if paper.stars else "",
        gettext("withdrawn") if paper.withdrawn else "",
    )
    return Item(
        title=paper.title,
        url=paper.url,
        text=paper.abstract or paper.summary or gettext("No abstract is stored."),
        votes=paper.votes,
        notes=tuple(note for note in notes if note),
        links=build_links(paper),
        thumbnail=paper.thumbnail,
        paper=paper.id,
        actions=short.actions,
    )


def build_links(paper: Paper) -> tuple[Link, ...]:
    """Return every place that tells more about a paper."""
    own_links = [Link(gettext("code"), paper.code)] if paper.code else []
    own_links += [Link(gettext("project"), paper.project)] if paper.project else []
    if not parse_arxiv_id(paper.id):
        return tuple(own_links)
    feed = [Link("Hugging Face", f"https://huggingface.co/papers/{paper.id}")] if paper.listed else []
    return (
        Link("arXiv", f"https://arxiv.org/abs/{paper.id}"),
        Link("PDF", f"https://arxiv.org/pdf/{paper.id}"),
        *feed,
        Link("alphaXiv", f"https://www.alphaxiv.org/abs/{paper.id}"),
        *own_links,
    )


def format_vote_history(sightings: Sequence[tuple[datetime, int]], now: datetime) -> str:
    """Tell the votes over time: "3 votes on 23 Nov, 19 on 24 Nov"."""
    if not sightings:
        return ""
    (first, least), (last, most) = sightings[0], sightings[-1]
    start = gettext(
        "{votes} on {day}",
        votes=formatting.format_count(least, "vote"),
        day=formatting.format_short_day(first.date(), now.date()),
    )
    if most == least or first.date() == last.date():
        return gettext(
            "{votes} on {day}.",
            votes=formatting.format_count(most, "vote"),
            day=formatting.format_short_day(last.date(), now.date()),
        )
    return gettext(
        "{start}, {most} on {day}.",
        start=start,
        most=format_number(most),
        day=formatting.format_short_day(last.date(), now.date()),
    )


_POSTED_PHRASES: Final = {
    "digest": phrase("Posted here {when}, in a digest."),
    "sample": phrase("Posted here {when}, in a digest."),
    "alert": phrase("Posted here {when}, as an alert."),
    "share": phrase("Posted here {when}, by sharing."),
}
_POSTED_DEFAULT: Final = phrase("Posted here {when}.")
_ON_ITS_WAY: Final = phrase("On its way here since {when}.")


def format_past_posts(posts: Sequence[PaperMessage], zone: str) -> tuple[str, ...]:
    """Say when a paper was posted to this channel, or that it is on its way."""
    return tuple(
        gettext(
            _POSTED_PHRASES.get(post.kind, _POSTED_DEFAULT) if post.is_sent else _ON_ITS_WAY,
            when=formatting.format_moment(post.at, zone),
        )
        for post in posts
    )
