"""CLI commands on the installation: run, doctor, migrate, backup."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Annotated, Final

import typer

from bot.bootstrap import context
from bot.cli import output


def run(
    wait: Annotated[float, typer.Option(min=0, help="Seconds to wait for another instance that is stopping.")] = 20,
) -> None:
    """Start Broadsheet: the scheduler, the workspace in the browser, and the chats that have tokens.

    Example: WEB_PORT=8080 python -m bot run
    """
    from bot.bootstrap import run as bootstrap_run

    asyncio.run(bootstrap_run.run(lock_seconds=wait))


def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="Print a list of {name, ok, sentence, fix}.")] = False,
) -> None:
    """Check the installation and name the fix for what is wrong.

    Example: python -m bot doctor
    """
    from bot.diagnostics.doctor import run_checks

    findings = asyncio.run(run_checks())
    if as_json:
        rows = [{"name": each.name, "ok": each.ok, "sentence": each.sentence, "fix": each.fix} for each in findings]
        output.print_json(rows)
    for finding in () if as_json else findings:
        typer.echo(f"{'ok ' if finding.ok else 'FIX'} {finding.message}")
    raise typer.Exit(code=0 if all(finding.ok for finding in findings) else 1)


def migrate() -> None:
    """Bring the database up to date, after a backup of its file.

    Example: python -m bot migrate
    """
    backup_path = context.migrate_database(context.load_settings(), context.read_clock())
    typer.echo(f"The database is up to date.{f' The one before is kept in {backup_path}.' if backup_path else ''}")


def backup(
    verify: Annotated[bool, typer.Option("--verify", help="Check the copy: integrity, references, counts.")] = False,
) -> None:
    """Copy the database to DATA_DIR/backups; safe beside a running bot.

    Example: python -m bot backup --verify
    """
    for line in context.backup_database(context.load_settings(), context.read_clock(), verify=verify):
        typer.echo(line)


COMMANDS: Final[dict[str, Callable[..., None]]] = {"run": run, "doctor": doctor, "migrate": migrate, "backup": backup}
