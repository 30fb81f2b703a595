"""The digest from the command line: shown, or recorded for every channel that has one."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from bot import house, wording
from bot.cards import Card
from bot.cli import printing
from bot.models import Channel, Paper

if TYPE_CHECKING:
    from bot.digests.planning import Outcome


class Format(StrEnum):
    """How a digest is printed."""

    TEXT = "text"
    JSON = "json"


def digest(
    day: Annotated[
        date | None, printing.dated("--date", "The list of this date; without it, what is due next.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show it as a new channel would get it.")] = False,
    number: Annotated[
        int, typer.Option(metavar="N", min=1, max=100, help="How many papers to show; a channel has its own number.")
    ] = 5,
    form: Annotated[
        Format, typer.Option("--format", help="text, or json: a list of {id, title, votes, url}.")
    ] = Format.TEXT,
) -> None:
    """Post the digest to every channel that has one, and print it. With --dry-run, only show it.

    Example: python -m bot digest --date 2026-02-26 --dry-run --format json
    """
    asyncio.run(_digest(day, number, form, post=not dry_run))


async def _digest(day: date | None, number: int, form: Format, *, post: bool) -> None:
    from bot.digests import planning

    async with house.reading() as stores:
        shown = await planning.of_list(stores, day, number)
        outcomes = await planning.post_everywhere(stores, house.clock(), day) if post else ()
        cards = [outcome.card for _, outcome in outcomes if outcome.card] if outcomes else [shown]
        papers = await stores.papers.get({item.paper for card in cards for item in card.items})
    if form is Format.JSON:
        found = dict.fromkeys(item.paper for card in cards for item in card.items)
        printing.as_json([_paper(papers[paper]) for paper in found])
    else:
        for card, channels in _alike(outcomes) if outcomes else [(shown, ())]:
            _print(card, channels, papers)
    if post:
        _tell(outcomes)


def _alike(outcomes: Sequence[tuple[Channel, Outcome]]) -> Sequence[tuple[Card, Sequence[str]]]:
    """Return each card that was recorded, once, with the names of the channels that get it."""
    alike: dict[str, tuple[Card, list[str]]] = {}
    for channel, outcome in outcomes:
        if outcome.card:
            alike.setdefault(repr(outcome.card), (outcome.card, []))[1].append(_name(channel))
    return list(alike.values())


def _tell(outcomes: Sequence[tuple[Channel, Outcome]]) -> None:
    """Say on stderr what was recorded, and why a channel got nothing."""
    if not outcomes:
        typer.echo("No channel has a digest, so nothing was posted; a new one would get this.", err=True)
        return
    for channel, outcome in outcomes:
        if outcome.card is None:
            typer.echo(f"Nothing for {_name(channel)}: {outcome.sentence}", err=True)
    posted = sum(outcome.card is not None for _, outcome in outcomes)
    typer.echo(f"Recorded for {wording.count(posted, 'channel')}; the running bot posts it.", err=True)


def _name(channel: Channel) -> str:
    return channel.name or channel.key


def _paper(paper: Paper) -> Mapping[str, object]:
    return {"id": paper.id, "title": paper.title, "votes": paper.votes or 0, "url": paper.url}


def _print(card: Card, channels: Sequence[str], papers: Mapping[str, Paper]) -> None:
    if channels:
        typer.echo(f"For {wording.listing(channels)}:")
    typer.echo(" · ".join(card.folio))
    for number, item in enumerate(card.items, 1):
        printing.one(number, papers[item.paper])
    for line in card.footer:
        typer.echo(line)
