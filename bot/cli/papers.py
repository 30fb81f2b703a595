"""Commands on papers: import, backfill, search, match."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from bot import house, sample, wording
from bot.cli import digests, printing
from bot.errors import Mistake, SourceError
from bot.models import WEEKDAYS, Paper, feed_date

FIRST_LIST: Final = date(2023, 5, 4)
"""The first date that Hugging Face Daily Papers has."""


def take(
    paths: Annotated[
        list[Path], typer.Argument(help="Recorded lists (YYYY-MM-DD.json), JSON Lines, or folders; .gz too.")
    ],
) -> None:
    """Store papers from files. What is stored already is merged; importing twice changes nothing.

    Example: python -m bot import bot/sample papers.jsonl.gz
    """
    asyncio.run(_take(paths))


async def _take(paths: Sequence[Path]) -> None:
    from bot import poller
    from bot.sources import recorded

    async with house.working() as home:
        now = house.clock()
        new = read = skipped = 0
        real, empty = False, await home.stores.papers.count() == 0
        with _progress() as progress:
            bar = progress.add_task("Importing", total=None)
            for batch in recorded.read(paths):
                stored = await poller.take_in(home.stores, batch.day, batch.papers, now)
                new, read, skipped = new + len(stored.new), read + len(batch.papers), skipped + batch.skipped
                real = real or (bool(batch.papers) and batch.path.resolve().parent != sample.FOLDER.resolve())
                progress.update(bar, completed=read, description=batch.path.name)
            if real or (empty and read):
                await home.stores.marks.put("sample", "" if real else "yes")
            progress.update(bar, description="Indexing")
            await home.stores.index.refresh()
    were = "was" if skipped == 1 else "were"
    dropped = f" {wording.count(skipped, 'record')} could not be used and {were} skipped." if skipped else ""
    typer.echo(f"{wording.count(read, 'paper')} read, {new:,} new.{dropped}")


def backfill(
    days: Annotated[int, typer.Option(metavar="N", min=1, max=2000, help="How many days back, up to today.")] = 30,
    first: Annotated[date | None, printing.dated("--from", "First date.")] = None,
    last: Annotated[date | None, printing.dated("--to", "Last date.")] = None,
) -> None:
    """Fetch the lists of past days from Hugging Face. Stopped half-way, it goes on where it was.

    Example: python -m bot backfill --from 2026-01-01 --to 2026-06-30
    """
    asyncio.run(_backfill(days, first, last))


async def _backfill(days: int, first: date | None, last: date | None) -> None:
    from bot import poller
    from bot.models import DayState

    now = house.clock()
    end = min(last or feed_date(now), feed_date(now))
    begin = max(first or end - timedelta(days=days - 1), FIRST_LIST)
    if begin > end:
        raise Mistake(f"{begin} lies after {end}.", "python -m bot backfill --from 2026-01-01 --to 2026-01-31")
    weekdays = [day for n in range((end - begin).days + 1) if (day := begin + timedelta(days=n)).weekday() in WEEKDAYS]
    fetched = 0
    async with house.working() as home:
        with _progress() as progress:
            for day in progress.track(weekdays, description="Fetching lists"):
                known = await home.stores.days.get(day)
                if known and known.state is DayState.OK and day < end:
                    continue
                try:
                    await poller.read_day(home.stores, home.daily, day, now, news=False)
                except SourceError as error:
                    kept = f"{wording.count(fetched, 'list')} came before and {'is' if fetched == 1 else 'are'} kept"
                    raise SourceError(f"{error} {kept}; run the same command again later.") from error
                fetched += 1
        await home.stores.index.refresh()
    stored = len(weekdays) - fetched
    typer.echo(f"{wording.count(fetched, 'list')} fetched; {stored} {'was' if stored == 1 else 'were'} stored already.")


def search(
    query: Annotated[list[str], typer.Argument(help="Words to look for.")],
    limit: Annotated[int, typer.Option(metavar="N", min=1, max=200, help="How many results.")] = 10,
    as_json: Annotated[bool, typer.Option("--json", help="Print a list of {id, title, score, url}.")] = False,
) -> None:
    """Search the stored papers; works beside a running bot.

    Example: python -m bot search sparse attention --limit 5
    """
    asyncio.run(_search(_line(query), limit, as_json=as_json))


async def _search(query: str, limit: int, *, as_json: bool) -> None:
    from bot import search as flow

    async with house.reading() as stores:
        results = await flow.find(stores, None, flow.Query(query), house.clock())
    found = results.papers[:limit]
    if as_json:
        printing.as_json([_result(paper, results.scores.get(paper.id, 0.0)) for paper in found])
        return
    for number, paper in enumerate(found, 1):
        printing.one(number, paper)
    if not found:
        hint = f" Did you mean “{results.suggestion}”?" if results.suggestion else ""
        typer.echo(f"None of {wording.count(results.searched, 'stored paper')} has these words.{hint}")


def _result(paper: Paper, score: float) -> dict[str, Any]:
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
    asyncio.run(_match(_line(topic), days, as_json=as_json))


async def _match(text: str, days: int | None, *, as_json: bool) -> None:
    from bot import follows
    from bot.topics import parse

    topic = parse(text)
    async with house.reading() as stores:
        seen = await follows.preview(stores, topic, days, house.clock())
    if as_json:
        papers = [{"id": p.id, "title": p.title, "because": str(why)} for p, why in seen.papers]
        printing.as_json({"matched": seen.matched, "per_week": seen.per_week, "papers": papers})
        return
    meant = f" Did you mean “{seen.near}”?" if seen.near else ""
    found = f"{wording.count(seen.matched, 'paper')} in {wording.count(seen.days, 'day')}, {seen.per_week:g} a week."
    typer.echo(f"{found}{meant}")
    for paper, why in seen.papers:
        typer.echo(f"{paper.id:<12} {wording.shorten(paper.title, 80)}\n{'':<12} {why}")


def _line(words: Sequence[str]) -> str:
    """Put together what the shell took apart: ``"world model" -robot`` comes as two words, the first with a space.

    Raises `typer.BadParameter` for what looks like a mistyped option.
    """
    if strange := [word for word in words if word.startswith("--")]:
        raise typer.BadParameter(f"No such option: {strange[0]}")
    if len(words) == 1:
        return words[0]
    return " ".join(f'"{word}"' if " " in word and '"' not in word else word for word in words)


def _progress() -> Progress:
    console = Console(stderr=True)
    columns = (TextColumn("{task.description:<20}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    return Progress(*columns, console=console, transient=True, disable=not console.is_terminal)


COMMANDS: Final[dict[str, Callable[..., None]]] = {
    "import": take,
    "backfill": backfill,
    "search": search,
    "digest": digests.digest,
    "match": match,
}
TAKE_WORDS: Final = {"search", "match"}
"""Commands whose words may begin with a minus."""
