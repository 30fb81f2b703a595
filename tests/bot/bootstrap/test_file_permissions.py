"""What lies open at a start: closed where it is ours, refused where it is not, and told alike by `doctor`."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from bot.bootstrap import file_permissions
from bot.bootstrap.file_permissions import close_exposed_files, find_exposed_files
from bot.bootstrap.platforms import build_settings_class
from bot.config import Settings
from bot.errors import Misconfigured

FILES = (".env", "data/vault.key", "data/broadsheet.db", "data/broadsheet.db-wal")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with everything in it, open to nobody, as the one where a bot is started."""
    monkeypatch.chdir(tmp_path)
    for name in build_settings_class().model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    (tmp_path / "data").mkdir(mode=0o700)
    for name in FILES:
        (tmp_path / name).touch(0o600)
    return tmp_path


def build_settings(**more: str) -> Settings:
    return build_settings_class()(data_dir=Path.cwd() / "data", **more)  # type: ignore[arg-type]


def write_path(folder: Path, name: str) -> str:
    """Return how a sentence names a file."""
    return name if name == ".env" else str(folder / name)


def read_modes(folder: Path) -> dict[str, int]:
    return {name: stat.S_IMODE((folder / name).stat().st_mode) for name in (*FILES, "data")}


@pytest.fixture
def someone_else(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let this process be another account than the one that made the files."""
    monkeypatch.setattr(os, "geteuid", lambda: 4242)


def mount_read_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_permissions, "_is_mounted_read_only", lambda _: True)


def test_what_is_closed_is_left_alone(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    close_exposed_files(build_settings())
    assert (caplog.messages, find_exposed_files(build_settings())) == ([], [])


def test_a_first_start_has_nothing_to_look_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    close_exposed_files(build_settings())
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", [*FILES, "data"])
def test_what_is_ours_is_closed_with_one_line(folder: Path, caplog: pytest.LogCaptureFixture, name: str) -> None:
    (folder / name).chmod(0o755 if name == "data" else 0o644)
    (told,) = find_exposed_files(build_settings())
    path, mode = write_path(folder, name), "700" if name == "data" else "600"
    assert told.problem == f"Others on this machine can read {path}. Run: chmod {mode} {path}"
    close_exposed_files(build_settings())
    assert caplog.messages == [f"Others on this machine could use {path}; only its owner can now"]
    assert {mode & 0o077 for mode in read_modes(folder).values()} == {0}
    assert find_exposed_files(build_settings()) == []


@pytest.mark.usefixtures("someone_else")
@pytest.mark.parametrize(
    ("name", "mode"),
    [
        ("data/vault.key", 0o640),
        ("data/broadsheet.db", 0o604),
        ("data", 0o777),
        (".env", 0o644),
        (".env", 0o660),
    ],
)
def test_what_is_not_ours_is_refused_with_the_fix(folder: Path, name: str, mode: int) -> None:
    (folder / name).chmod(mode)
    settings = build_settings(discord_token="abcdefgh")
    with pytest.raises(Misconfigured) as caught:
        close_exposed_files(settings)
    (fault,) = caught.value.faults
    assert fault.startswith("Others on this machine can read ")
    path = write_path(folder, name)
    assert fault.endswith(f"Run: sudo chown 4242 {path} && sudo chmod {'700' if name == 'data' else '600'} {path}")
    assert [each.problem for each in find_exposed_files(settings)] == [fault]
    assert read_modes(folder)[name] == mode


@pytest.mark.usefixtures("someone_else")
@pytest.mark.parametrize(("name", "mode", "token"), [(".env", 0o644, ""), ("data", 0o775, "abcdefgh")])
def test_what_is_not_ours_and_gives_nothing_away_is_told_once(
    folder: Path, caplog: pytest.LogCaptureFixture, name: str, mode: int, token: str
) -> None:
    (folder / name).chmod(mode)
    settings = build_settings(discord_token=token)
    close_exposed_files(settings)
    (told,) = caplog.messages
    assert name in told
    assert find_exposed_files(settings) == []


@pytest.mark.usefixtures("someone_else")
def test_an_env_file_that_is_read_through_its_group_is_as_it_should_be(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (folder / ".env").chmod(0o640)
    close_exposed_files(build_settings(discord_token="abcdefgh"))
    assert caplog.messages == []


def test_an_env_file_on_a_read_only_mount_is_told_once(
    folder: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / ".env").chmod(0o644)
    mount_read_only(monkeypatch)
    close_exposed_files(build_settings(discord_token="abcdefgh"))
    assert len(caplog.messages) == 1
    assert find_exposed_files(build_settings(discord_token="abcdefgh")) == []
    assert read_modes(folder)[".env"] == 0o644


def test_a_mount_is_asked_whether_it_can_be_written(folder: Path) -> None:
    assert not file_permissions._is_mounted_read_only(folder)
