"""Wheel and sdist: what `pip install` of either puts down runs in an empty folder, without a checkout.

Both are built from a copy of what git lists, so that nothing else which lies about gets in, and nothing is written into
the checkout. Each is installed into a virtual environment of its own. No test uses the network, so what Broadsheet
depends on is not installed a second time: a .pth file adds the site-packages of the Python that runs the tests. Python
does not read the .pth files of a folder which is added so; neither that nor the working folder leads to the checkout,
and `test_it_runs_in_an_empty_folder` looks where the package really is.
"""

import os
import re
import shutil
import signal
import subprocess
import sys
import sysconfig
import urllib.request
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.bootstrap.context import VERSION
from tests import checkout

pytestmark = pytest.mark.long

PACKAGES = ("bot", "adapters", "storage")
BUILD = "import sys; from setuptools import build_meta; print(getattr(build_meta, sys.argv[1])(sys.argv[2]))"
BUILT_BY = {"wheel": "build_wheel", "sdist": "build_sdist"}


def run(*command: Path | str, cwd: Path) -> str:
    """Return what a command prints, run without this machine's settings and without a way to the checkout."""
    done = subprocess.run(command, cwd=cwd, env=environment(), capture_output=True, text=True, timeout=240, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG", "TZ"}}
    closed = "http://127.0.0.1:9"
    return kept | {"HF_ENDPOINT": closed, "ARXIV_URL": closed, "WEB_PORT": "0"}


@dataclass(frozen=True)
class Installation:
    """A virtual environment with Broadsheet, and an empty folder to run it in."""

    environment: Path
    folder: Path

    @property
    def site_packages(self) -> Path:
        found = sysconfig.get_path("purelib", "venv", {"base": str(self.environment)})
        return Path(found)

    @property
    def python(self) -> Path:
        return self.environment / "bin/python"

    @property
    def broadsheet(self) -> Path:
        return self.environment / "bin/broadsheet"


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the checkout, tests and documentation included."""
    folder = tmp_path_factory.mktemp("source")
    for path in checkout.list_files():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(checkout.ROOT / path, folder / path)
    return folder


@pytest.fixture(scope="module", params=BUILT_BY)
def installed(request: pytest.FixtureRequest, source: Path, tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """Broadsheet, installed from the wheel or from the sdist."""
    folder = tmp_path_factory.mktemp(request.param)
    built = run(sys.executable, "-c", BUILD, BUILT_BY[request.param], str(folder), cwd=source).splitlines()[-1]
    (folder / "empty").mkdir()
    installation = Installation(folder / "venv", folder / "empty")
    venv.create(installation.environment, symlinks=True)
    dependencies = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
    (installation.site_packages / "dependencies.pth").write_text("\n".join(dependencies), encoding="utf-8")
    pip = (sys.executable, "-m", "pip", "--python", installation.python, "--isolated", "--disable-pip-version-check")
    offline = ("--quiet", "--no-index", "--no-deps", "--no-build-isolation")
    run(*pip, "install", *offline, folder / built, cwd=folder)
    return installation


def list_installed(installation: Installation) -> set[str]:
    """Return the files in site-packages, without those of the package installer and of Python itself."""
    files = (path for path in installation.site_packages.rglob("*") if path.is_file())
    names = {path.relative_to(installation.site_packages).as_posix() for path in files if path.suffix != ".pyc"}
    return {name for name in names if not name.startswith(f"broadsheet-{VERSION}.dist-info/")} - {"dependencies.pth"}


def test_it_holds_what_the_packages_hold_and_nothing_else(installed: Installation) -> None:
    """Every module and every file beside them is there; tests, documentation and benchmarks are not."""
    listed = {path for path in checkout.list_files() if path.startswith(tuple(f"{package}/" for package in PACKAGES))}
    assert {Path(path).suffix for path in listed} >= {".css", ".gz", ".js", ".po", ".py", ".svg"}
    assert list_installed(installed) == listed


def test_the_console_script_is_the_module(installed: Installation) -> None:
    assert run(installed.broadsheet, "--version", cwd=installed.folder) == f"Broadsheet {VERSION}\n"
    assert run(installed.python, "-m", "bot", "--version", cwd=installed.folder) == f"Broadsheet {VERSION}\n"


@contextmanager
def running(installation: Installation) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Start `broadsheet run` on a free port and wait until it says where the workspace is."""
    process = subprocess.Popen(
        [installation.broadsheet, "run"],
        cwd=installation.folder,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout
        line = process.stdout.readline()
        address = re.search(r"http://127\.0\.0\.1:\d+", line)
        assert address, line + (process.stderr.read() if process.stderr else "")
        yield process, address[0]
    finally:
        process.kill()
        process.communicate(timeout=30)


def get(url: str) -> str:
    with urllib.request.urlopen(url, timeout=20) as answer:
        return str(answer.read().decode())


def test_it_runs_in_an_empty_folder(installed: Installation) -> None:
    """The page, what the page names, its health and the sample are there; SIGTERM ends it with 0."""
    where = run(installed.python, "-c", "import bot; print(bot.__file__)", cwd=installed.folder).strip()
    assert Path(where) == installed.site_packages / "bot/__init__.py"
    with running(installed) as (process, url):
        named = set(re.findall(r'"(/static/[^"]+)"', get(url)))
        assert {Path(path).suffix for path in named} == {".css", ".js", ".svg"}
        assert all(get(f"{url}{path}") for path in named)
        assert '"ok": true' in get(f"{url}/healthz")
        assert run(installed.broadsheet, "import", "--sample", cwd=installed.folder).startswith("399 papers read, 0")
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=30) == 0
    assert (installed.folder / "data/broadsheet.db").is_file()
