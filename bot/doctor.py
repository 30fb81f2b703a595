"""`doctor`: looks at everything that an operator can get wrong, and names the fix."""

from __future__ import annotations

import asyncio
import errno
import socket
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from bot import house, wording
from bot.config import Settings
from bot.errors import BroadsheetError, Locked, SourceError
from bot.models import feed_date
from bot.ports.stores import Stores
from bot.visits import Finding, visits

OPEN: Final = (
    "WEB_TRUST_NETWORK lets other machines reach the workspace, and whoever reaches it may change everything. "
    "Set WEB_HOST=127.0.0.1 unless something else keeps strangers out."
)
_PATIENCE: Final = 15.0
_OLD: Final = timedelta(days=4)


async def examine() -> Sequence[Finding]:
    """Look at the settings, the data directory, the database, the index, the sources, the platforms.

    Raises `bot.errors.Misconfigured` when the settings can't be read at all.
    """
    chosen, now = house.settings(), house.clock()
    running = _running(chosen)
    findings = [
        Finding(well=True, what="The settings can be read."),
        *_secrets(chosen),
        Finding(well=True, what=f"A bot runs on {chosen.data_dir}." if running else "No bot runs here at the moment."),
        *_ports(chosen, running=running),
        *([] if chosen.local else [Finding(well=False, what=OPEN)]),
        database := _database(chosen),
    ]
    if not database.well:
        return [*findings, *await visits(chosen, None, running=running)]
    try:
        async with house.stores(chosen) as stores:
            findings += await _stored(stores, now)
            findings.append(await _source(chosen, stores, now))
            findings += await visits(chosen, stores, running=running)
    except BroadsheetError as error:
        findings.append(Finding(well=False, what=str(error)))
    return findings


def _running(chosen: Settings) -> bool:
    from storage.locks import hold

    try:
        with hold(chosen.data_dir):
            return False
    except Locked:
        return True


def _secrets(chosen: Settings) -> Sequence[Finding]:
    """Look at who may read the files in which tokens and keys are kept."""
    files = (Path(".env"), chosen.data_dir / "vault.key")
    open_ = [file for file in files if file.exists() and file.stat().st_mode & 0o077]
    if not open_:
        return [Finding(well=True, what="No secrets lie open.")]
    return [Finding(well=False, what=f"Others on this machine can read {f}. Run: chmod 600 {f}") for f in open_]


def _ports(chosen: Settings, *, running: bool) -> Sequence[Finding]:
    """Look whether both listeners can be opened; a bot that runs has opened them."""
    web = _port("workspace", "WEB", chosen.web_host, chosen.web_port, running=running)
    if chosen.port is None:
        return [web]
    return [web, _port("public listener", "PUBLIC", chosen.public_host, chosen.port, running=running)]


def _port(what: str, prefix: str, host: str, port: int, *, running: bool) -> Finding:
    if port == 0:
        return Finding(well=True, what=f"The {what} takes any free port of {host}.")
    if running:
        return Finding(well=True, what=f"The {what} listens on {host}, port {port}.")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            setting = "WEB_PORT" if prefix == "WEB" else "PORT"
            if error.errno == errno.EADDRINUSE:
                return Finding(well=False, what=f"Port {port} is taken. Set {setting} to a free one in .env.")
            why = f"The {what} can't listen on {host}, port {port}: {error.strerror}."
            return Finding(well=False, what=f"{why} Check {prefix}_HOST and {setting}.")
    return Finding(well=True, what=f"Port {port} is free for the {what}.")


def _database(chosen: Settings) -> Finding:
    from storage.backups import verify
    from storage.upgrades import outdated

    path = house.database_file(chosen)
    if not path.exists():
        return Finding(well=False, what="Nothing is stored yet. Run: make run, or python -m bot migrate")
    try:
        if outdated(path):
            return Finding(well=False, what="The database is from an older version. Run: python -m bot migrate")
        verify(path)
    except BroadsheetError as error:
        return Finding(well=False, what=str(error))
    return Finding(well=True, what=f"The database {path} is whole.")


async def _stored(stores: Stores, now: datetime) -> Sequence[Finding]:
    """Look at what is there to be posted."""
    newest = await stores.days.newest()
    held = f"{wording.count(await stores.papers.count(), 'paper')} stored"
    if newest is None or await stores.marks.get("sample"):
        return [Finding(well=True, what=f"{held}; no real list yet. Lists come while the bot runs.")]
    told = f"{held}; the newest list is of {newest.date}."
    if now.date() - newest.date > _OLD:
        return [Finding(well=False, what=f"{told} Run: python -m bot backfill --days 7")]
    return [Finding(well=True, what=told)]


async def _source(chosen: Settings, stores: Stores, now: datetime) -> Finding:
    """Ask Hugging Face for a list, once."""
    try:
        async with house.sources(chosen, stores) as (daily, _), asyncio.timeout(_PATIENCE):
            await daily.day(feed_date(now) - timedelta(days=1))
    except (SourceError, TimeoutError) as error:
        why = str(error) or f"Hugging Face did not answer within {_PATIENCE:.0f} s."
        return Finding(well=False, what=f"{why} Check the network, or HF_ENDPOINT.")
    return Finding(well=True, what="Hugging Face answers.")
