"""Doctor checks: settings, secret files, ports, database, stored papers, sources and platforms, each with its fix."""

from __future__ import annotations

import asyncio
import errno
import socket
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from bot.bootstrap import context, file_permissions
from bot.bootstrap.platforms import PLATFORMS, Platforms
from bot.config import Settings
from bot.diagnostics.platform_checks import check_platforms, label_results
from bot.domain.feed import find_newest_feed_date
from bot.errors import BroadsheetError, Locked, SourceError
from bot.i18n import formatting
from bot.ports.platforms import CheckResult
from bot.ports.sources import DailyLists, Source
from bot.ports.stores import Stores
from bot.sources.sample.stored_sample import is_sample_stored

OPEN_NETWORK_WARNING: Final = (
    "WEB_TRUST_NETWORK lets other machines reach the workspace, and whoever reaches it may change everything. "
    "Set WEB_HOST=127.0.0.1 unless something else keeps strangers out."
)
_SOURCE_TIMEOUT: Final = 15.0
_MAX_LIST_AGE: Final = timedelta(days=4)


async def run_checks(platforms: Platforms = PLATFORMS) -> Sequence[CheckResult]:
    """Look at the settings, the data directory, the database, the index, the sources, the platforms.

    Raises `bot.errors.Misconfigured` when the settings can't be read at all.
    """
    settings, now = context.load_settings(platforms), context.read_clock()
    running = _is_bot_running(settings)
    findings = [
        CheckResult(ok=True, message="The settings can be read.", name="settings"),
        *label_results("secret_files", _check_secret_files(settings)),
        CheckResult(
            ok=True,
            message=f"A bot runs on {settings.data_dir}." if running else "No bot runs here at the moment.",
            name="bot",
        ),
        *label_results("ports", _check_ports(settings, running=running)),
        *([] if settings.is_local_only else [CheckResult(ok=False, message=OPEN_NETWORK_WARNING, name="network")]),
        *label_results("database", [database := _check_database(settings)]),
    ]
    if not database.ok:
        return [*findings, *await check_platforms(platforms, settings, None, running=running)]
    try:
        async with context.open_stores(settings) as stores:
            findings += label_results("papers", await _check_stored_papers(stores, now))
            findings += label_results("sources", await _check_sources(settings, stores, now))
            findings += await check_platforms(platforms, settings, stores, running=running)
    except BroadsheetError as error:
        findings.append(CheckResult(ok=False, message=str(error), name="database"))
    return findings


def _is_bot_running(settings: Settings) -> bool:
    from storage.maintenance.process_lock import lock_data_directory

    try:
        with lock_data_directory(settings.data_dir):
            return False
    except Locked:
        return True


def _check_secret_files(settings: Settings) -> Sequence[CheckResult]:
    """Look at who may use the files in which tokens, keys and data are kept."""
    exposed = file_permissions.find_exposed_files(settings)
    if not exposed:
        return [CheckResult(ok=True, message="No secrets lie open.")]
    return [CheckResult(ok=False, message=each.problem) for each in exposed]


def _check_ports(settings: Settings, *, running: bool) -> Sequence[CheckResult]:
    """Look whether both listeners can be opened; a bot that runs has opened them."""
    web = _check_port("workspace", "WEB", settings.web_host, settings.web_port, running=running)
    if settings.port is None:
        return [web]
    return [web, _check_port("public listener", "PUBLIC", settings.public_host, settings.port, running=running)]


def _check_port(listener: str, prefix: str, host: str, port: int, *, running: bool) -> CheckResult:
    if port == 0:
        return CheckResult(ok=True, message=f"The {listener} takes any free port of {host}.")
    if running:
        return CheckResult(ok=True, message=f"The {listener} listens on {host}, port {port}.")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            setting = "WEB_PORT" if prefix == "WEB" else "PORT"
            if error.errno == errno.EADDRINUSE:
                return CheckResult(ok=False, message=f"Port {port} is taken. Set {setting} to a free one in .env.")
            why = f"The {listener} can't listen on {host}, port {port}: {error.strerror}."
            return CheckResult(ok=False, message=f"{why} Check {prefix}_HOST and {setting}.")
    return CheckResult(ok=True, message=f"Port {port} is free for the {listener}.")


def _check_database(settings: Settings) -> CheckResult:
    from storage.maintenance.recovery import has_data, reject_damaged_database, reject_missing_database
    from storage.maintenance.upgrade import is_outdated

    path = context.get_database_path(settings)
    try:
        reject_missing_database(path, settings.data_dir)
        if not has_data(path):
            return CheckResult(ok=False, message="Nothing is stored yet. Run: make run, or python -m bot migrate")
        reject_damaged_database(path, settings.data_dir, newest=None)
        if is_outdated(path):
            return CheckResult(ok=False, message="The database is from an older version. Run: python -m bot migrate")
    except BroadsheetError as error:
        return CheckResult(ok=False, message=str(error))
    return CheckResult(ok=True, message=f"The database {path} is whole.")


async def _check_stored_papers(stores: Stores, now: datetime) -> Sequence[CheckResult]:
    """Look at what is there to be posted."""
    newest = await stores.feed_days.get_newest()
    paper_count = f"{formatting.format_count(await stores.papers.count_papers(), 'paper')} stored"
    if newest is None or await is_sample_stored(stores.key_values):
        return [CheckResult(ok=True, message=f"{paper_count}; no real list yet. Lists come while the bot runs.")]
    summary = f"{paper_count}; the newest list is of {newest.date}."
    if now.date() - newest.date > _MAX_LIST_AGE:
        return [CheckResult(ok=False, message=f"{summary} Run: python -m bot backfill --days 7")]
    return [CheckResult(ok=True, message=summary)]


async def _check_sources(settings: Settings, stores: Stores, now: datetime) -> Sequence[CheckResult]:
    """Ask for a list, once, where digests are made of lists."""
    async with context.open_sources(settings, stores) as sources:
        return [await _check_lists(source, source.lists, now) for source in sources if source.lists]


async def _check_lists(source: Source, lists: DailyLists, now: datetime) -> CheckResult:
    try:
        async with asyncio.timeout(_SOURCE_TIMEOUT):
            await lists.fetch_day(find_newest_feed_date(now) - timedelta(days=1))
    except (SourceError, TimeoutError) as error:
        why = str(error) or f"{source.title} did not answer within {_SOURCE_TIMEOUT:.0f} s."
        return CheckResult(ok=False, message=f"{why} Check the network, or {source.setting}.")
    return CheckResult(ok=True, message=f"{source.title} answers.")
