"""`doctor`: looks at everything that an operator can get wrong, and names the fix."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from bot import house, wording
from bot.config import Settings
from bot.errors import BroadsheetError, Locked, SourceError
from bot.models import Kind, feed_date
from bot.ports.sources import DailyPapers

OPEN: Final = (
    "WEB_TRUST_NETWORK lets other machines reach the workspace, and whoever reaches it may change everything. "
    "Set WEB_HOST=127.0.0.1 unless something else keeps strangers out."
)
_PATIENCE: Final = 15.0
_OLD: Final = timedelta(days=4)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at; ``what`` says how it is and, if it is not ``well``, what to do."""

    well: bool
    what: str


async def examine() -> Sequence[Finding]:
    """Look at the settings, the data directory, the database, the index, the port and the sources.

    Raises `bot.errors.Misconfigured` when the settings can't be read at all.
    """
    chosen, now = house.settings(), house.clock()
    running = _running(chosen)
    findings = [
        Finding(well=True, what="The settings can be read."),
        _secret(),
        Finding(well=True, what=f"A bot runs on {chosen.data_dir}." if running else "No bot runs here at the moment."),
        _port(chosen, running=running),
        *([] if chosen.local else [Finding(well=False, what=OPEN)]),
    ]
    if not house.database_file(chosen).exists():
        return [*findings, Finding(well=False, what="Nothing is stored yet. Run: make run, or python -m bot migrate")]
    database = _database(chosen)
    if not database.well:
        return [*findings, database]
    return [*findings, database, *await _stored(chosen, now), *await _slack(chosen)]


def _running(chosen: Settings) -> bool:
    from storage.locks import hold

    try:
        with hold(chosen.data_dir):
            return False
    except Locked:
        return True


def _secret() -> Finding:
    """Look at who may read `.env`, where tokens are kept."""
    from pathlib import Path

    env = Path(".env")
    if env.exists() and env.stat().st_mode & 0o077:
        return Finding(well=False, what="Others on this machine can read .env. Run: chmod 600 .env")
    return Finding(well=True, what="No secrets lie open.")


def _port(chosen: Settings, *, running: bool) -> Finding:
    if running or chosen.web_port == 0:
        return Finding(well=True, what=f"The workspace listens on {chosen.web_host}, port {chosen.web_port or 'any'}.")
    family = socket.AF_INET6 if ":" in chosen.web_host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((chosen.web_host, chosen.web_port))
        except OSError:
            return Finding(well=False, what=f"Port {chosen.web_port} is taken. Set WEB_PORT to a free one in .env.")
    return Finding(well=True, what=f"Port {chosen.web_port} is free for the workspace.")


def _database(chosen: Settings) -> Finding:
    from storage.backups import verify
    from storage.upgrades import outdated

    path = house.database_file(chosen)
    try:
        if outdated(path):
            return Finding(well=False, what="The database is from an older version. Run: python -m bot migrate")
        verify(path)
    except BroadsheetError as error:
        return Finding(well=False, what=str(error))
    return Finding(well=True, what=f"The database {path} is whole.")


async def _stored(chosen: Settings, now: datetime) -> Sequence[Finding]:
    try:
        async with house.stores(chosen) as stores, house.sources(chosen, stores) as (daily, _):
            papers = await stores.papers.count()
            newest = await stores.days.newest()
            sampling = bool(await stores.marks.get("sample"))
            answered = await _source(daily, now)
    except BroadsheetError as error:
        return [Finding(well=False, what=str(error))]
    held = f"{wording.count(papers, 'paper')} stored"
    if sampling or newest is None:
        list_ = Finding(well=True, what=f"{held}; no real list yet.")
    elif now.date() - newest.date > _OLD:
        list_ = Finding(
            well=False, what=f"{held}; the newest list is of {newest.date}. Run: python -m bot backfill --days 7"
        )
    else:
        list_ = Finding(well=True, what=f"{held}; the newest list is of {newest.date}.")
    return [list_, answered]


async def _slack(chosen: Settings) -> Sequence[Finding]:
    """Ask Slack about the tokens, and about the channels that have a digest."""
    if not chosen.slack_bot_token:
        return []
    from adapters.slack import checkup

    async with house.stores(chosen) as stores:
        channels = [s.channel for s in await stores.channels.on() if s.channel.platform == "slack"]
    shared = [channel for channel in channels if channel.kind is not Kind.DIRECT]
    found = list(await checkup.bot(chosen.slack_bot_token, chosen.slack_api_url, shared))
    if chosen.slack_app_token:
        found.append(await checkup.app(chosen.slack_app_token, chosen.slack_api_url))
    return [Finding(well=well, what=what) for well, what in found]


async def _source(daily: DailyPapers, now: datetime) -> Finding:
    """Ask Hugging Face for a list, once."""
    try:
        async with asyncio.timeout(_PATIENCE):
            await daily.day(feed_date(now) - timedelta(days=1))
    except (SourceError, TimeoutError) as error:
        why = str(error) or f"no answer in {_PATIENCE:.0f} s."
        return Finding(well=False, what=f"Hugging Face can't be read: {why} Check the network, or HF_ENDPOINT.")
    return Finding(well=True, what="Hugging Face answers.")
