"""A disk that can only be read: every command says so in one sentence, with its exit code, and changes nothing."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.bot.cli.test_cli import SAMPLE, environment, told
from tests.bot.cli.test_cli import bot as unbound

_HUMBLE = """
import ctypes, os, sys
for right in (1, 2):  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH: what lets root write where nobody may
    ctypes.CDLL(None).prctl(24, right, 0, 0, 0)  # PR_CAPBSET_DROP, which others than root need not and may not
os.execv(sys.executable, [sys.executable, *sys.argv[1:]])
"""


def humbly(data: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run Python as somebody to whom the permissions of files apply, be it root."""
    return subprocess.run(
        [sys.executable, "-c", _HUMBLE, *words],
        env=environment(data, WEB_PORT="0"),
        cwd=data.parent,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def contents(folder: Path) -> dict[str, bytes | None]:
    return {str(path.relative_to(folder)): path.read_bytes() if path.is_file() else None for path in folder.rglob("*")}


@pytest.fixture(scope="module")
def sealed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A DATA_DIR with the sample that can only be read."""
    data = tmp_path_factory.mktemp("disk") / "data"
    assert unbound(data, "import", str(SAMPLE)).returncode == 0
    everything = [data, *data.rglob("*")]
    for path in everything:
        path.chmod(0o500 if path.is_dir() else 0o400)
    try:
        if humbly(data, "-c", "import os; open(os.environ['DATA_DIR'] + '/x', 'w')").returncode == 0:
            pytest.skip("Whoever runs these tests may write everywhere and can't give that up.")
        yield data
    finally:
        for path in everything:
            path.chmod(0o700 if path.is_dir() else 0o600)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["run"], "{data} can't be written to: Permission denied."),
        (["import", str(SAMPLE)], "{data} can't be written to: Permission denied."),
        (["migrate"], "{data} can't be written to: Permission denied."),
        (["backup"], "{data}/backups can't be used as a folder for data: Permission denied."),
        (["search", "x"], "The database can only be read. Check who owns the files in DATA_DIR and the disk's mount."),
        (["digest", "--dry-run"], "The database can only be read. "),
    ],
)
def test_a_disk_that_can_only_be_read_is_said(sealed: Path, words: list[str], sentence: str) -> None:
    before = contents(sealed)
    result = humbly(sealed, "-m", "bot", *words)
    assert result.returncode == 1
    assert told(result).startswith(sentence.format(data=sealed))
    assert len(told(result).splitlines()) == 1
    assert contents(sealed) == before


def test_files_that_can_only_be_read_are_said_without_a_traceback_of_the_log(sealed: Path) -> None:
    """The index may be made anew in such a folder, but not written, and the log can't tell of it either."""
    sealed.chmod(0o700)
    try:
        result = humbly(sealed, "-m", "bot", "search", "attention")
    finally:
        sealed.chmod(0o500)
    assert result.returncode == 1
    assert "who owns the folder index in DATA_DIR" in told(result)
    assert "Logging error" not in result.stderr


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="There is no /proc, where nobody can make a folder.")
@pytest.mark.parametrize("words", [["run"], ["import", str(SAMPLE)], ["migrate"]])
def test_a_folder_that_can_not_be_made_is_said(tmp_path: Path, words: list[str]) -> None:
    environ = environment(Path("/proc/broadsheet"), WEB_PORT="0")
    command = [sys.executable, "-m", "bot", *words]
    result = subprocess.run(command, env=environ, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
    assert result.returncode == 1
    assert told(result) == f"/proc/broadsheet can't be used as a folder for data: {os.strerror(2)}."
    assert list(tmp_path.iterdir()) == []
