"""CLI command `digest`: prints the digest (dry run), or records it for every channel that has one."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from bot.bootstrap import context
from bot.cards.models import Card
from bot.cli import output
from bot.domain.channels import Channel
from bot.domain.papers import Paper
from bot.i18n import formatting

if TYPE_CHECKING:
    from bot.digests.planner import DigestOutcome


class OutputFormat(StrEnum):
    """How a digest is printed."""

    TEXT = "text"
    JSON = "json"


def digest(
    day: Annotated[
        date | None, output.build_date_option("--date", "The list of this date; without it, what is due next.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show it as a new channel would get it.")] = False,
    number: Annotated[
        int, typer.Option(metavar="N", min=1, max=100, help="How many papers to show; a channel has its own number.")
    ] = 5,
    output_format: Annotated[
        OutputFormat, typer.Option("--format", help="text, or json: a list of {id, title, votes, url}.")
    ] = OutputFormat.TEXT,
) -> None:
    """Post the digest to every channel that has one, and print it. With --dry-run, only show it.

    Example: python -m bot digest --date 2026-02-26 --dry-run --format json
    """
    asyncio.run(_post_or_print_digest(day, number, output_format, post=not dry_run))


async def _post_or_print_digest(day: date | None, number: int, output_format: OutputFormat, *, post: bool) -> None:
    from bot.digests import planner
    from bot.sources.sample.stored_sample import is_sample_stored

    async with context.open_existing_stores() as stores:
        digest_card = await planner.build_digest_for_date(stores, day, number)
        is_sample = await is_sample_stored(stores.key_values)
        outcomes = (
            await planner.post_to_all_channels(stores, context.read_clock(), day, is_sample=is_sample) if post else ()
        )
        cards = [outcome.card for _, outcome in outcomes if outcome.card] if outcomes else [digest_card]
        papers = await stores.papers.get({item.paper for card in cards for item in card.items})
    if output_format is OutputFormat.JSON:
        paper_ids = dict.fromkeys(item.paper for card in cards for item in card.items)
        output.print_json([_paper_to_json(papers[paper]) for paper in paper_ids])
    else:
        for card, channels in _group_identical_cards(outcomes) if outcomes else [(digest_card, ())]:
            _print_card(card, channels, papers)
    if post:
        _print_outcomes(outcomes)


def _group_identical_cards(outcomes: Sequence[tuple[Channel, DigestOutcome]]) -> Sequence[tuple[Card, Sequence[str]]]:
    """Return each card that was recorded, once, with the names of the channels that get it."""
    groups: dict[str, tuple[Card, list[str]]] = {}
    for channel, outcome in outcomes:
        if outcome.card:
            groups.setdefault(repr(outcome.card), (outcome.card, []))[1].append(_format_channel_name(channel))
    return list(groups.values())


def _print_outcomes(outcomes: Sequence[tuple[Channel, DigestOutcome]]) -> None:
    """Say on stderr what was recorded, and why a channel got nothing."""
    if not outcomes:
        typer.echo("No channel has a digest, so nothing was posted; a new one would get this.", err=True)
        return
    for channel, outcome in outcomes:
        if outcome.card is None:
            typer.echo(f"Nothing for {_format_channel_name(channel)}: {outcome.sentence}", err=True)
    posted = sum(outcome.card is not None for _, outcome in outcomes)
    typer.echo(f"Recorded for {formatting.format_count(posted, 'channel')}; the running bot posts it.", err=True)


def _format_channel_name(channel: Channel) -> str:
    return channel.name or channel.key


def _paper_to_json(paper: Paper) -> Mapping[str, object]:
    return {"id": paper.id, "title": paper.title, "votes": paper.votes or 0, "url": paper.url}


def _print_card(card: Card, channels: Sequence[str], papers: Mapping[str, Paper]) -> None:
    if channels:
        typer.echo(f"For {formatting.format_list(channels)}:")
    typer.echo(" · ".join(card.folio))
    for number, item in enumerate(card.items, 1):
        output.print_paper(number, papers[item.paper])
    for line in card.footer:
        typer.echo(line)
