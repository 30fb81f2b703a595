"""What `doctor` finds: an open door, a taken port, readable secrets; on a real folder, with no source in reach."""

from __future__ import annotations

import logging
import socket
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot import doctor
from bot.config import Settings
from bot.doctor import OPEN, Finding
from tests.stores import opened

NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)


@pytest.fixture(autouse=True)
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Give an empty folder, and take the log's handlers off again."""
    monkeypatch.chdir(tmp_path)
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    for name, value in {"DATA_DIR": str(tmp_path / "data"), "WEB_PORT": "0"}.items():
        monkeypatch.setenv(name, value)
    before, level = list(logging.getLogger().handlers), logging.getLogger().level
    yield
    for handler in [handler for handler in logging.getLogger().handlers if handler not in before]:
        logging.getLogger().removeHandler(handler)
        handler.close()
    logging.getLogger().setLevel(level)


async def found() -> dict[str, bool]:
    return {finding.what: finding.well for finding in await doctor.examine()}


async def test_a_door_that_is_closed_is_not_mentioned() -> None:
    assert OPEN not in await found()


async def test_a_door_that_somebody_vouches_for_is_still_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WEB_HOST", "0.0.0.0")  # noqa: S104 (read, never bound to)
    monkeypatch.setenv("WEB_TRUST_NETWORK", "yes")
    assert (await found())[OPEN] is False


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
async def test_a_port_is_free_or_taken_on_the_address_that_is_used(monkeypatch: pytest.MonkeyPatch, host: str) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        taken = socket.create_server((host, 0), family=family)
    except OSError:
        pytest.skip(f"This machine has no {host}.")
    port = taken.getsockname()[1]
    monkeypatch.setenv("WEB_HOST", host)
    monkeypatch.setenv("WEB_PORT", str(port))
    with taken:
        assert (await found())[f"Port {port} is taken. Set WEB_PORT to a free one in .env."] is False
    assert (await found())[f"Port {port} is free for the workspace."] is True


@pytest.mark.parametrize(("mode", "well"), [(0o600, True), (0o640, False), (0o604, False)])
async def test_secrets_that_others_can_read_are_told(tmp_path: Path, *, mode: int, well: bool) -> None:
    (tmp_path / ".env").touch(mode)
    (tmp_path / ".env").chmod(mode)
    what = "No secrets lie open." if well else "Others on this machine can read .env. Run: chmod 600 .env"
    assert Finding(well, what) in await doctor.examine()


async def test_a_database_of_a_newer_version_is_not_to_be_migrated(tmp_path: Path) -> None:
    async with opened(tmp_path / "data", NOW):
        pass
    with closing(sqlite3.connect(tmp_path / "data" / "broadsheet.db")) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
        connection.commit()
    (told,) = [what for what, well in (await found()).items() if not well]
    assert "was written by a newer version of Broadsheet" in told
    assert told.endswith("Install that version again, or restore a backup from before.")


async def test_a_database_of_an_older_version_is_to_be_migrated(tmp_path: Path) -> None:
    async with opened(tmp_path / "data", NOW):
        pass
    with closing(sqlite3.connect(tmp_path / "data" / "broadsheet.db")) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '0001'")
        connection.commit()
    assert (await found())["The database is from an older version. Run: python -m bot migrate"] is False


async def test_an_empty_folder_is_told_with_what_to_run() -> None:
    assert (await found())["Nothing is stored yet. Run: make run, or python -m bot migrate"] is False
