"""CLI commands on papers: import, backfill, search, match."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from bot.bootstrap import context
from bot.cli import digests, output
from bot.domain.feed import FIRST_FEED_DATE, find_newest_feed_date
from bot.domain.papers import Paper
from bot.domain.schedules import WEEKDAYS
from bot.errors import Mistake, SourceError
from bot.i18n import formatting


def import_papers(
    paths: Annotated[
        list[Path] | None, typer.Argument(help="Recorded lists (YYYY-MM-DD.json), JSON Lines, or folders; .gz too.")
    ] = None,
    sample: Annotated[bool, typer.Option("--sample", help="Store the bundled sample of February 2026.")] = False,
) -> None:
    """Store papers from files. What is stored already is merged; importing twice changes nothing.

    Example: python -m bot import --sample papers.jsonl.gz
    """
    from bot.sources.sample import recordings

    all_paths = [*([recordings.FOLDER] if sample else []), *(paths or [])]
    if not all_paths:
        raise Mistake("There is nothing to import: name a file or a folder.", "python -m bot import papers.jsonl.gz")
    asyncio.run(_import_papers(all_paths))


async def _import_papers(paths: Sequence[Path]) -> None:
    from bot import poller
    from bot.sources import file_import
    from bot.sources.sample.stored_sample import set_sample_stored

    async with context.open_context() as app_context:
        now = context.read_clock()
        new = read_count = skipped_count = 0
        recorded = {source.recordings.resolve() for source in app_context.sources if source.recordings}
        real, empty = False, await app_context.stores.papers.count_papers() == 0
        with _build_progress() as progress:
            bar = progress.add_task("Importing", total=None)
            for batch in file_import.read_batches(paths):
                stored_batch = await poller.import_batch(app_context.stores, batch.day, batch.papers, now)
                new, read_count, skipped_count = (
                    new + len(stored_batch.new),
                    read_count + len(batch.papers),
                    skipped_count + batch.skipped_count,
                )
                real = real or (bool(batch.papers) and batch.path.resolve().parent not in recorded)
                progress.update(bar, completed=read_count, description=batch.path.name)
            if real or (empty and read_count):
                await set_sample_stored(app_context.stores.key_values, is_stored=not real)
            progress.update(bar, description="Indexing")
            await app_context.stores.search_index.refresh()
    were = "was" if skipped_count == 1 else "were"
    skipped_note = (
        f" {formatting.format_count(skipped_count, 'record')} could not be used and {were} skipped."
        if skipped_count
        else ""
    )
    typer.echo(f"{formatting.format_count(read_count, 'paper')} read, {new:,} new.{skipped_note}")


def backfill(
    days: Annotated[int, typer.Option(metavar="N", min=1, max=2000, help="How many days back, up to today.")] = 30,
    first: Annotated[date | None, output.build_date_option("--from", "First date.")] = None,
    last: Annotated[date | None, output.build_date_option("--to", "Last date.")] = None,
) -> None:
    """Fetch the lists of past days from Hugging Face. Stopped half-way, it goes on where it was.

    Example: python -m bot backfill --from 2026-01-01 --to 2026-06-30
    """
    asyncio.run(_backfill_lists(days, first, last))


async def _backfill_lists(days: int, first: date | None, last: date | None) -> None:
    from bot import poller
    from bot.domain.feed import DayState

    now = context.read_clock()
    end = min(last or find_newest_feed_date(now), find_newest_feed_date(now))
    begin = max(first or end - timedelta(days=days - 1), FIRST_FEED_DATE)
    if begin > end:
        raise Mistake(f"{begin} lies after {end}.", "python -m bot backfill --from 2026-01-01 --to 2026-01-31")
    weekdays = [day for n in range((end - begin).days + 1) if (day := begin + timedelta(days=n)).weekday() in WEEKDAYS]
    fetched_count = 0
    async with context.open_context() as app_context:
        (lists,) = [source.lists for source in app_context.sources if source.lists]
        with _build_progress() as progress:
            for day in progress.track(weekdays, description="Fetching lists"):
                feed_day = await app_context.stores.feed_days.get_day(day)
                if feed_day and feed_day.state is DayState.OK and day < end:
                    continue
                try:
                    await poller.read_day(app_context.stores, lists, day, now, news=False)
                except SourceError as error:
                    verb = "is" if fetched_count == 1 else "are"
                    outcome = f"{formatting.format_count(fetched_count, 'list')} came before and {verb} kept"
                    raise SourceError(f"{error} {outcome}; run the same command again later.") from error
                fetched_count += 1
        await app_context.stores.search_index.refresh()
    stored_count = len(weekdays) - fetched_count
    typer.echo(
        f"{formatting.format_count(fetched_count, 'list')} fetched; "
        f"{stored_count} {'was' if stored_count == 1 else 'were'} stored already."
    )


def search(
    query: Annotated[list[str], typer.Argument(help="Words to look for.")],
    limit: Annotated[int, typer.Option(metavar="N", min=1, max=200, help="How many results.")] = 10,
    as_json: Annotated[bool, typer.Option("--json", help="Print a list of {id, title, score, url}.")] = False,
) -> None:
    """Search the stored papers; works beside a running bot.

    Example: python -m bot search sparse attention --limit 5
    """
    asyncio.run(_search_papers(_join_words(query), limit, as_json=as_json))


async def _search_papers(query: str, limit: int, *, as_json: bool) -> None:
    from bot.search import paper_search

    async with context.open_existing_stores() as stores:
        results = await paper_search.find_papers(stores, (), paper_search.SearchQuery(query), context.read_clock())
    papers = results.papers[:limit]
    if as_json:
        output.print_json([_result_to_json(paper, results.scores.get(paper.id, 0.0)) for paper in papers])
        return
    for number, paper in enumerate(papers, 1):
        output.print_paper(number, paper)
    if not papers:
        hint = f" Did you mean “{results.suggestion}”?" if results.suggestion else ""
        typer.echo(f"None of {formatting.format_count(results.searched_count, 'stored paper')} has these words.{hint}")


def _result_to_json(paper: Paper, score: float) -> dict[str, Any]:
    return {"id": paper.id, "title": paper.title, "score": round(score, 4), "url": paper.url}


def match(
    topic: Annotated[list[str], typer.Argument(help="A topic: a phrase, author:, cat: or -word.")],
    days: Annotated[
        int | None, typer.Option(metavar="N", min=1, max=10_000, help="Only the last N days of what is stored.")
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print {matched, per_week, papers: [{id, title, because}]}.")
    ] = False,
) -> None:
    """Show which stored papers a topic would have sent, and why.

    Example: python -m bot match '"world model" -robot' --days 30
    """
    asyncio.run(_match_topic(_join_words(topic), days, as_json=as_json))


async def _match_topic(text: str, days: int | None, *, as_json: bool) -> None:
    from bot.domain.topics.parser import parse_topic
    from bot.follows.preview import preview_topic

    topic = parse_topic(text)
    async with context.open_existing_stores() as stores:
        preview = await preview_topic(stores, topic, days, context.read_clock())
    if as_json:
        papers = [{"id": p.id, "title": p.title, "because": str(why)} for p, why in preview.papers]
        output.print_json({"matched": preview.match_count, "per_week": preview.per_week, "papers": papers})
        return
    suggestion = f" Did you mean “{preview.suggestion}”?" if preview.suggestion else ""
    matches, period = (
        formatting.format_count(preview.match_count, "paper"),
        formatting.format_count(preview.days, "day"),
    )
    summary = f"{matches} in {period}, {preview.per_week:g} a week."
    typer.echo(f"{summary}{suggestion}")
    for paper, why in preview.papers:
        typer.echo(f"{paper.id:<12} {formatting.shorten(paper.title, 80)}\n{'':<12} {why}")


def _join_words(words: Sequence[str]) -> str:
    """Put together what the shell took apart: ``"world model" -robot`` comes as two words, the first with a space.

    Raises `typer.BadParameter` for what looks like a mistyped option.
    """
    if strange := [word for word in words if word.startswith("--")]:
        raise typer.BadParameter(f"No such option: {strange[0]}")
    if len(words) == 1:
        return words[0]
    return " ".join(f'"{word}"' if " " in word and '"' not in word else word for word in words)


def _build_progress() -> Progress:
    console = Console(stderr=True)
    columns = (TextColumn("{task.description:<20}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    return Progress(*columns, console=console, transient=True, disable=not console.is_terminal)


COMMANDS: Final[dict[str, Callable[..., None]]] = {
    "import": import_papers,
    "backfill": backfill,
    "search": search,
    "digest": digests.digest,
    "match": match,
}
FREE_TEXT_COMMANDS: Final = {"search", "match"}
"""Commands whose words may begin with a minus."""
