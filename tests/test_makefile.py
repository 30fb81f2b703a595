"""What `make` would do, asked with -n in a folder of its own: nothing is installed."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LOCKS = ("requirements.lock", "requirements-dev.lock")

pytestmark = pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed.")


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A clone with a virtual environment in which nothing is installed yet."""
    shutil.copy(ROOT / "Makefile", tmp_path)
    (tmp_path / ".venv/bin").mkdir(parents=True)
    for name in (*LOCKS, ".venv/bin/python"):
        touch(tmp_path / name, at=100)
    return tmp_path


def touch(path: Path, *, at: int) -> None:
    path.touch()
    os.utime(path, (at, at))


def installed(clone: Path, target: str) -> list[str]:
    """The locks that `make target` would install."""
    command = [shutil.which("make") or "make", "-n", target]
    asked = subprocess.run(command, cwd=clone, capture_output=True, text=True, check=True)
    return [line.split()[-1] for line in asked.stdout.splitlines() if "--require-hashes" in line]


def test_the_first_run_installs_what_running_takes_and_the_second_nothing(clone: Path) -> None:
    assert installed(clone, "run") == ["requirements.lock"]
    touch(clone / ".venv/run", at=200)
    assert installed(clone, "run") == []
    assert installed(clone, "test") == ["requirements-dev.lock"]


@pytest.mark.parametrize("lock", LOCKS)
@pytest.mark.parametrize("stamps", [("dev",), ("dev", "run")])
def test_a_lock_that_changed_is_installed_for_developers_too(clone: Path, lock: str, stamps: tuple[str, ...]) -> None:
    for stamp in stamps:
        touch(clone / ".venv" / stamp, at=200)
    assert installed(clone, "run") == []
    touch(clone / lock, at=300)
    assert installed(clone, "run") == ["requirements-dev.lock"]


def test_a_lock_that_changed_is_installed_where_nobody_develops(clone: Path) -> None:
    touch(clone / ".venv/run", at=200)
    touch(clone / "requirements-dev.lock", at=300)
    assert installed(clone, "run") == []
    touch(clone / "requirements.lock", at=300)
    assert installed(clone, "run") == ["requirements.lock"]
