"""CLI output: prints JSON and numbered papers; also the typer option that parses a date."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import typer

from bot.cards import paper_items
from bot.domain.papers import Paper
from bot.i18n import formatting


def _parse_date(text: str) -> date:
    """Read a date; raises `typer.BadParameter` for what is none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"“{text}” is not a date such as 2026-11-24") from None


def build_date_option(name: str, summary: str) -> Any:
    """Return an option that takes a date."""
    return typer.Option(name, parser=_parse_date, metavar="YYYY-MM-DD", help=summary)


def print_json(value: Any) -> None:
    """Print data as JSON."""
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2))


def print_paper(number: int, paper: Paper) -> None:
    """Print one paper of a numbered list."""
    votes = formatting.format_count(paper.votes, "vote") if paper.votes is not None else ""
    details = " · ".join(
        part for part in (votes, paper.organization, paper_items.format_authors(paper), paper.url) if part
    )
    typer.echo(f"{number:>2}. {paper.title}\n    {paper_items.summarize_paper(paper)}\n    {details}")
