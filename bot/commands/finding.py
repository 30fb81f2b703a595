"""Looking one paper up, in the store, then at the sources; and what is said about it."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from bot import wording
from bot.cards import Item, Link
from bot.commands.desk import Desk
from bot.digests import page
from bot.errors import Mistake, SourceDown, SourceError, SourceRefused
from bot.identifiers import EXAMPLE, arxiv_id
from bot.language import gettext, grouped, ngettext, phrase
from bot.models import DeliveryKey, Paper, Preferences
from bot.ports.commands import Request

BUDGET: Final = 8.0
"""Seconds that the sources have together to tell of one paper."""
_LOOKED: Final = 10
"""Editions among which the last digest is looked for."""
_NUMBER: Final = re.compile(r"#?\d{1,3}")
_NAMED: Final = 12
"""Authors that are written out."""


async def paper(desk: Desk, request: Request, identifier: str) -> Paper:
    """Return one paper; "3" or "#3" is the one of that number in the channel's last digest.

    Raises `bot.errors.Mistake` when nobody knows it and `bot.errors.SourceDown` when nobody could be asked.
    """
    if _NUMBER.fullmatch(identifier):
        identifier = await _numbered(desk, request, int(identifier.removeprefix("#")))
    found = await desk.stored(identifier)
    if found:
        return found
    if not arxiv_id(identifier):
        raise Mistake(
            gettext(
                "No stored paper has the id “{identifier}”; “search” finds papers by words.", identifier=identifier
            ),
            f"show {EXAMPLE}",
        )
    try:
        async with asyncio.timeout(BUDGET):
            found = await _asked(desk, identifier)
    except TimeoutError:
        raise SourceDown(
            gettext("{identifier} is not stored, and the sources did not answer in time.", identifier=identifier)
        ) from None
    if found is None:
        raise Mistake(
            gettext("Neither Hugging Face nor arXiv knows {identifier}.", identifier=identifier), f"show {EXAMPLE}"
        )
    return found


async def _numbered(desk: Desk, request: Request, number: int) -> str:
    """Return the id of the paper with a number: in the last digest here, else in the newest list."""
    history = await desk.stores.editions.history(request.channel, _LOOKED)
    last = next((past for past in history if past.state == "posted"), None)
    key = DeliveryKey(request.channel, "digest", last.day.isoformat()) if last else None
    sent = await desk.stores.ledger.get(key) if key else None
    posted = {item.number: item.paper for item in sent.card.items} if sent else {}
    # The card of a digest is emptied when it is so old that nobody means it any more.
    numbered = posted or await _listed(desk)
    if number not in numbered:
        raise Mistake(
            gettext("The last digest here has no number {number}.", number=number)
            if posted
            else gettext("The newest list has no number {number}.", number=number),
            f"show {EXAMPLE}",
        )
    return numbered[number]


async def _listed(desk: Desk) -> dict[int | None, str]:
    """Return the papers of the newest list by their rank."""
    newest = await desk.stores.days.newest()
    days = [newest] if newest else []
    ranked = page.ranked(days, await desk.stores.papers.get(page.listed(days)), Preferences())
    return {n: paper.id for n, paper in enumerate(ranked, 1)}


async def _asked(desk: Desk, identifier: str) -> Paper | None:
    """Ask Hugging Face, then arXiv; raises `bot.errors.SourceDown` when neither gave an answer."""
    if desk.daily is None and desk.arxiv is None:
        raise SourceDown(
            gettext("{identifier} is not among the stored papers, and no source is switched on.", identifier=identifier)
        )
    down = False
    if desk.daily:
        try:
            if found := await desk.daily.paper(identifier):
                return found
        except SourceRefused:
            pass
        except SourceError:
            down = True
    if desk.arxiv:
        try:
            return next(iter((await desk.arxiv.papers([identifier])).papers), None)
        except SourceRefused:
            return None
        except SourceError:
            down = True
    if down:
        raise SourceDown(
            gettext("{identifier} is not stored, and the sources can’t be reached now.", identifier=identifier)
        )
    return None


def entry(found: Paper, now: datetime) -> Item:
    """Return a paper with its whole abstract, its authors and every link."""
    short = wording.item(found, dated=now.date())
    names = list(found.authors[:_NAMED])
    more = [ngettext("{n} other", "{n} others", len(found.authors) - _NAMED)] if len(found.authors) > _NAMED else []
    notes = (
        wording.short_day(found.day, now.date()) if found.day else "",
        found.organization,
        wording.listing(names + more),
        ", ".join(found.categories),
        wording.count(found.stars, "star") if found.stars else "",
        gettext("withdrawn") if found.withdrawn else "",
    )
    return Item(
        title=found.title,
        url=found.url,
        text=found.abstract or found.summary or gettext("No abstract is stored."),
        votes=found.votes,
        notes=tuple(note for note in notes if note),
        links=links(found),
        thumbnail=found.thumbnail,
        paper=found.id,
        actions=short.actions,
    )


def links(found: Paper) -> tuple[Link, ...]:
    """Return every place that tells more about a paper."""
    known = [Link(gettext("code"), found.code)] if found.code else []
    known += [Link(gettext("project"), found.project)] if found.project else []
    if not arxiv_id(found.id):
        return tuple(known)
    feed = [Link("Hugging Face", f"https://huggingface.co/papers/{found.id}")] if found.listed else []
    return (
        Link("arXiv", f"https://arxiv.org/abs/{found.id}"),
        Link("PDF", f"https://arxiv.org/pdf/{found.id}"),
        *feed,
        Link("alphaXiv", f"https://www.alphaxiv.org/abs/{found.id}"),
        *known,
    )


def rise(sightings: Sequence[tuple[datetime, int]], now: datetime) -> str:
    """Tell the votes over time: "3 votes on 23 Nov, 19 on 24 Nov"."""
    if not sightings:
        return ""
    (first, least), (last, most) = sightings[0], sightings[-1]
    start = gettext(
        "{votes} on {day}", votes=wording.count(least, "vote"), day=wording.short_day(first.date(), now.date())
    )
    if most == least or first.date() == last.date():
        return gettext(
            "{votes} on {day}.", votes=wording.count(most, "vote"), day=wording.short_day(last.date(), now.date())
        )
    return gettext(
        "{start}, {most} on {day}.", start=start, most=grouped(most), day=wording.short_day(last.date(), now.date())
    )


_KINDS: Final = {
    "digest": phrase("Posted here {when}, in a digest."),
    "sample": phrase("Posted here {when}, in a digest."),
    "alert": phrase("Posted here {when}, as an alert."),
    "share": phrase("Posted here {when}, by sharing."),
}
_OTHERWISE: Final = phrase("Posted here {when}.")


def posted(posts: Sequence[tuple[str, str, datetime]], zone: str) -> tuple[str, ...]:
    """Say when a paper was posted to this channel."""
    return tuple(gettext(_KINDS.get(kind, _OTHERWISE), when=wording.when(at, zone)) for kind, _, at in posts)
