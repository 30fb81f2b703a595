"""Reading: the list of a date, one paper, papers like it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from typing import Final

from bot import wording
from bot.cards import Action, Card
from bot.commands import discussing, finding, lists, moments, paging, parameters, suggesting, timing
from bot.commands.desk import Desk, direct
from bot.commands.replies import say
from bot.digests.page import listed, ranked
from bot.errors import Mistake
from bot.language import gettext, grouped, headed, joined
from bot.models import FeedDay, Paper, Preferences
from bot.ports.commands import Answer, Command, Parameter, Request

LONGEST: Final = timedelta(days=31)
"""The widest span of lists that one answer shows."""
_LIKE: Final = 30
_PAGE: Final = 5


def commands(desk: Desk) -> tuple[Command, ...]:
    """Return the commands of this file."""
    paper = parameters.of_paper(partial(suggesting.papers, desk))
    return (
        Command(
            "today",
            "The papers of a day, by votes",
            partial(today, desk),
            (
                Parameter(
                    "date",
                    "A date or a span; the newest list when left out",
                    moments.dates,
                    example="2026-11-23",
                    rest=True,
                    suggest=partial(timing.days, desk),
                ),
                parameters.PAGE,
            ),
            example="today yesterday",
            detail="Dates can be 2026-11-23, 23 Nov, yesterday, Monday, 2026-11, or two with .. between them.",
        ),
        Command(
            "show",
            "One paper: abstract, links, votes over time",
            partial(show, desk),
            (paper,),
            example="show 2602.12160",
            detail="Takes an arXiv id, or a link to arXiv, Hugging Face or alphaXiv.",
        ),
        Command(
            "similar",
            "Papers like one",
            partial(similar, desk),
            (paper, parameters.PAGE),
            example="similar 2602.12160",
        ),
    )


async def today(desk: Desk, request: Request, *, date: moments.Dates | None = None, page: int = 1) -> Answer:
    """Show the list of a date or of a span, numbered in the order of votes."""
    standing = await desk.standing(request)
    schedule = standing.preferences.schedule
    newest = await desk.stores.days.newest()
    if date:
        first, last = date(schedule.local_date(request.now))
    elif newest:
        first = last = newest.date
    else:
        return say(
            gettext("No list is stored yet; the first one comes within minutes of the start."),
            Action(gettext("Status"), "status"),
        )
    if last - first > LONGEST:
        raise Mistake(gettext("A list shows at most 31 days at once."), "today 2026-11")
    days = await desk.stores.days.between(first, last)
    known = await desk.stores.papers.get(listed(days))
    papers = ranked(days, known, Preferences())
    span = lists.Span(first, last, tuple(days), request.now, schedule.timezone)
    if not papers:
        return _nothing(span, newest)
    return await paging.answer(_list(span, papers, page), request.arguments, desk)


def _list(span: lists.Span, papers: Sequence[Paper], page: int) -> Card:
    leaf = paging.leaf(papers, page)
    return Card(
        folio=tuple(part for part in (str(span), wording.count(len(papers), "paper"), leaf.span) if part),
        items=tuple(wording.item(paper, number=leaf.first + n) for n, paper in enumerate(leaf.things)),
        actions=(*leaf.turns("today", {"date": span.iso}), Action(gettext("For me"), "new")),
        footer=span.sentences,
        fallback=headed(str(span), wording.names(leaf.things[:5])),
    )


def _nothing(span: lists.Span, newest: FeedDay | None) -> Answer:
    """Say why there is no list, and offer the newest one."""
    if newest is None:
        return say(span.missing)
    text = joined(span.missing, gettext("The newest list is that of {day}.", day=wording.day(newest.date)))
    return say(text, Action(gettext("Show it"), "today", {"date": newest.date.isoformat()}))


async def show(desk: Desk, request: Request, *, paper: str) -> Answer:
    """Show one paper with what is known of it."""
    found = await finding.paper(desk, request, paper)
    sightings = await desk.stores.papers.sightings(found.id)
    posts = await desk.stores.editions.of_paper(request.channel, found.id)
    await _seen(desk, request, found)
    zone = (await desk.standing(request)).preferences.schedule.timezone
    lines = (finding.rise(sightings, request.now), *finding.posted(posts, zone))
    return await paging.answer(
        Card(
            items=(finding.entry(found, request.now),),
            actions=discussing.offer(desk, request, found),
            footer=tuple(line for line in lines if line),
            fallback=found.title,
        ),
        request.arguments,
        desk,
    )


async def _seen(desk: Desk, request: Request, paper: Paper) -> None:
    if not request.dry and await desk.stored(paper.id):
        await desk.stores.wishes.saw(direct(request), [paper.id], request.now)


async def similar(desk: Desk, request: Request, *, paper: str, page: int = 1) -> Answer:
    """Show the stored papers most like one."""
    found = await finding.paper(desk, request, paper)
    hits = await desk.stores.index.like(found, _LIKE)
    known = await desk.stores.papers.get([hit.paper for hit in hits])
    papers = [known[hit.paper] for hit in hits if hit.paper in known]
    if not papers:
        return say(gettext("Nothing stored is like “{name}”.", name=wording.name(found)))
    leaf = paging.leaf(papers, page, _PAGE)
    today = request.now.date()
    return await paging.answer(
        Card(
            title=gettext("Papers like “{name}”", name=wording.name(found)),
            folio=tuple(part for part in (leaf.span,) if part),
            items=tuple(wording.item(like, dated=today) for like in leaf.things),
            actions=leaf.turns("similar", {"paper": found.id}),
            footer=(
                gettext(
                    "{count} stored papers compared by their words.", count=grouped(await desk.stores.papers.count())
                ),
            ),
            fallback=wording.names(leaf.things),
        ),
        request.arguments,
        desk,
    )
