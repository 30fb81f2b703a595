"""The commands of docs/operating.md on backup, restore, upgrade and the way back, typed as they stand there."""

from __future__ import annotations

import re
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.domain.channels import Channel, ChannelKind
from storage.database import open_migration_engine
from storage.maintenance import upgrade
from storage.maintenance.backup import verify_backup
from storage.maintenance.upgrade import list_revisions, read_revision
from tests.bot.cli.test_cli import ROOT, bot, environment, running, told
from tests.stores import open_stores, url

ANN = Channel("slack", "T1", "U1", ChannelKind.DIRECT, "Ann")
NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)


def written(part: str) -> list[str]:
    """Return the commands of a part of the section, by the bold words with which it begins."""
    page = (ROOT / "docs/operating.md").read_text(encoding="utf-8")
    found = re.search(rf"^\*\*{part}\*\*.*?^```\n(.*?)^```", page, re.DOTALL | re.MULTILINE)
    assert found
    return found[1].splitlines()


def type_commands(data: Path, commands: list[str], **names: str) -> str:
    """Run *commands* in a shell beside DATA_DIR, with the names of real files in place of the page's."""
    lines = "\n".join(commands).replace("python -m bot", f"{sys.executable} -m bot")
    for pattern, name in names.items():
        lines = re.sub(rf"\d{{8}}T\d{{6}}Z-{pattern}[-\d]*\.db", name, lines)
    command = ["/bin/sh", "-ec", lines]
    done = subprocess.run(
        command, cwd=data.parent, env=environment(data), capture_output=True, text=True, timeout=60, check=True
    )
    return done.stdout


def start_and_stop(data: Path) -> str:
    """Start as the page's last command does, stop by SIGTERM, and return what the log said."""
    with running(data) as (process, _):
        process.send_signal(signal.SIGTERM)
        _, log = process.communicate(timeout=30)
    assert process.returncode == 0
    return log


async def test_a_backup_is_restored_known_as_one_and_brings_nobody_back(tmp_path: Path) -> None:
    data = tmp_path / "data"
    assert "restored" not in start_and_stop(data)
    async with open_stores(data, NOW) as stores:
        await stores.mutes_and_saves.save(ANN, "2602.13515", NOW)
    assert "Verified: whole, " in type_commands(data, written("Back up"))
    (backup,) = (data / "backups").iterdir()
    async with open_stores(data, NOW) as stores:
        await stores.privacy.erase_data(ANN, NOW)
    *commands, last = written("Restore")
    assert last == "python -m bot run"
    type_commands(data, commands, backup=backup.name)
    log = start_and_stop(data)
    assert "The database was restored or copied; it was last in use at " in log
    assert "A backup brought back 1 who had asked to be forgotten; they are forgotten again" in log
    async with open_stores(data, NOW) as stores:
        assert await stores.mutes_and_saves.list_saved_papers(ANN) == []
        since, at = [await stores.key_values.get(f"restored_{name}") for name in ("since", "at")]
        assert datetime.fromisoformat(since) < datetime.fromisoformat(at)
    assert "restored" not in start_and_stop(data), "it is the current one now"


def begin_with(data: Path, revision: str) -> None:
    """Make a database of an older version, with a paper in it."""
    from alembic import command  # noqa: PLC0415 - slow to import

    engine = open_migration_engine(url(data))
    with engine.begin() as connection:
        config = upgrade._build_alembic_config()
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
    engine.dispose()
    with closing(sqlite3.connect(data / "broadsheet.db")) as file, file:
        file.execute(
            "INSERT INTO papers (external_id, title, authors, categories, keywords, seen, day, sequence)"
            " VALUES ('2401.00001', 'Old', '[]', '[]', '[]', '2024-01-02 00:00:00.000000', '2024-01-02', 1)"
        )


@pytest.mark.parametrize("how", ["run", "migrate"])
def test_an_upgrade_keeps_the_database_of_before_and_the_way_back_restores_it(tmp_path: Path, how: str) -> None:
    data, file = tmp_path / "data", tmp_path / "data" / "broadsheet.db"
    begin_with(data, list_revisions()[0])
    backup_first, *_ = written("Upgrade")
    assert "Verified: whole, 1 papers" in type_commands(data, [backup_first])
    if how == "run":
        start_and_stop(data)
    else:
        assert bot(data, "migrate").returncode == 0
    assert read_revision(file) == list_revisions()[-1]
    (before,) = (data / "backups").glob(f"*-before-{list_revisions()[-1]}.db")
    assert verify_backup(before)["papers"] == 1
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")  # as an older version sees it
    assert "was written by a newer version" in told(bot(data, "run", WEB_PORT="0"))
    _, *commands, _ = written("Go back")
    type_commands(data, commands, before=before.name)
    assert read_revision(file) == list_revisions()[0], "what the version before wrote"
    assert verify_backup(file)["papers"] == 1
    start_and_stop(data)
