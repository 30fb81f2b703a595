"""The rules of the house. What a linter can't say, a test does."""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
import textwrap
import tomllib
from pathlib import Path
from typing import Any

import pytest

from bot.config import Settings

ROOT = Path(__file__).parents[1]
LAYERS = ("bot", "adapters", "storage")
LONGEST = 300
LONGER = {
    "storage/migrations/versions/step_0001.py": "written by Alembic, never changed again",
}
CLOCK = "bot/bootstrap/context.py"
"""Where the moment may be asked for."""
TEXTS = {".py", ".md", ".toml", ".lock", ".yaml", ".yml", ".ini", ".html", ".css", ".js", ".svg", ".json", ""}


def modules(*folders: str) -> list[Path]:
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def dotted(path: Path) -> str:
    return name(path).removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def tracked() -> list[Path]:
    """Return every file that is or would be committed."""
    if shutil.which("git") is None or not (ROOT / ".git").exists():
        pytest.skip("This is not a git checkout, so nothing says which files belong to it.")
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    paths = [ROOT / path for path in listed.split("\0") if path]
    return [path for path in paths if path.suffix in TEXTS and path.is_file()]


def found(pattern: re.Pattern[str], paths: list[Path]) -> list[str]:
    """Return "file:line: text" of every line that has *pattern*."""
    return [
        f"{name(path)}:{number}: {line.strip()[:120]}"
        for path in paths
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1)
        if pattern.search(line)
    ]


def calls(path: Path) -> set[str]:
    """Return the dotted names that a module uses ("datetime.now"), comments and strings left out."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {
        f"{node.value.id}.{node.attr}"
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
    }


def run(code: str, *arguments: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run *code* in a fresh Python that finds the repository and nothing else of ours."""
    given = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1", **environment}
    command = [sys.executable, "-c", textwrap.dedent(code), *arguments]
    return subprocess.run(command, cwd=cwd, env=given, capture_output=True, text=True, timeout=120, check=False)


# -- words and files -------------------------------------------------------------------------------------------------


def test_the_core_knows_no_platform() -> None:
    words = re.compile(r"(?<![-\w])(blocks?|embeds?|guilds?|mrkdwn)(?![-\w])", re.IGNORECASE)
    assert found(words, modules("bot")) == []


def test_the_rule_on_words_can_fail(tmp_path: Path) -> None:
    words = re.compile(r"(?<![-\w])(blocks?|embeds?|guilds?|mrkdwn)(?![-\w])", re.IGNORECASE)
    assert words.search("a Slack block")
    assert not words.search("a non-blocking call, asyncio.Blocking")


def test_nothing_names_a_machine() -> None:
    paths = re.compile(r"(?<![\w.:-])/(work|root|home|Users)/\w")
    assert found(paths, tracked()) == []


def test_nothing_names_a_registry() -> None:
    hosts = re.compile(r"\b(pypi\.org|pythonhosted\.org|registry\.npmjs|deb\.debian\.org)\b")
    assert found(hosts, tracked()) == []


def test_nothing_is_left_to_do() -> None:
    unfinished = re.compile(r"\b(TO" r"DO|FIX" r"ME|XX" r"X|NotImplemented" r"Error)\b")
    paths = [path for path in tracked() if path.suffix in {".py", ".md", ".js", ".css", ".html"}]
    assert found(unfinished, paths) == []


def test_modules_are_short() -> None:
    lengths = {name(p): len(p.read_text(encoding="utf-8").splitlines()) for p in modules(*LAYERS, "benchmarks")}
    assert {path: lines for path, lines in lengths.items() if lines > LONGEST and path not in LONGER} == {}
    assert [path for path in LONGER if lengths[path] <= LONGEST] == [], "these exceptions are not needed any more"


def test_every_module_says_what_it_is() -> None:
    silent = [name(p) for p in modules(*LAYERS, "benchmarks") if not ast.get_docstring(ast.parse(p.read_text("utf-8")))]
    assert silent == []


def test_time_is_an_argument() -> None:
    clocks = {"datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time"}
    assert [name(path) for path in modules(*LAYERS) if calls(path) & clocks] == [CLOCK]


def test_only_the_settings_read_the_environment() -> None:
    readers = {"os.environ", "os.getenv", "os.environb"}
    assert [name(path) for path in modules(*LAYERS) if calls(path) & readers and name(path) != "bot/config.py"] == []


# -- imports ---------------------------------------------------------------------------------------------------------

WATCH = """
    import importlib, os, sys, threading

    changes = []

    def watch(event, arguments):
        if event == "open":
            path, mode, flags = arguments
            writes = set(mode or "") & set("wax+") or (flags or 0) & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)
            if writes and path != os.devnull:
                changes.append(f"{event} {path}")
        elif event in ("os.mkdir", "os.remove", "os.rename", "socket.connect", "socket.bind", "subprocess.Popen",
                       "sqlite3.connect"):
            changes.append(f"{event} {arguments[0]}")

    sys.addaudithook(watch)
    for module in sys.argv[1:]:
        importlib.import_module(module)
    assert not changes, changes
    assert threading.active_count() == 1, threading.enumerate()
    print("quiet")
"""


def test_importing_does_nothing(tmp_path: Path) -> None:
    # Alembic runs env.py as a script; nothing imports it.
    names = [dotted(path) for path in modules(*LAYERS) if not name(path).startswith("storage/migrations/")]
    done = run(WATCH, *names, cwd=tmp_path)
    assert done.stdout == "quiet\n", done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_module_that_does_something_is_noticed(tmp_path: Path) -> None:
    (tmp_path / "noisy.py").write_text("open('left', 'w').close()\n")
    done = run(WATCH, "noisy", cwd=tmp_path)
    assert "open left" in done.stderr


def test_the_command_line_starts_without_the_platforms(tmp_path: Path) -> None:
    done = run("import sys, bot.__main__; print(*sys.modules)", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert set(done.stdout.split()) & {"slack_bolt", "discord", "alembic", "adapters.web.server"} == set()


# -- settings, packages, files beside the code -----------------------------------------------------------------------


def example() -> dict[str, tuple[str, str]]:
    """Return the settings of `.env.example`: name to (default, the comment above it)."""
    settings: dict[str, tuple[str, str]] = {}
    comment = ""
    for line in (ROOT / ".env.example").read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            comment = line.removeprefix("#").strip()
        elif "=" in line:
            key, _, value = line.partition("=")
            settings[key] = (value, comment)
            comment = ""
    return settings


def written(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return " ".join(value) if isinstance(value, tuple) else str("" if value is None else value)


def test_the_example_of_the_settings_is_complete() -> None:
    defaults = {key.upper(): written(field.default) for key, field in Settings.model_fields.items()}
    assert {key: value for key, (value, _) in example().items()} == defaults


def test_every_setting_is_explained() -> None:
    assert [key for key, (_, comment) in example().items() if not comment] == []
    assert [key for key, field in Settings.model_fields.items() if not field.description] == []


def packages() -> list[str]:
    """Return the packages that pyproject.toml asks for, without versions."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    asked = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    return [re.split(r"[>=<~!;\s]", requirement)[0] for requirement in asked]


def test_every_package_is_explained() -> None:
    decision = (ROOT / "docs/decisions/0002-dependencies.md").read_text(encoding="utf-8")
    explained = re.findall(r"^\| `([^`]+)` \|", decision, re.MULTILINE)
    assert set(packages()) - set(explained) == set()
    assert set(explained) - set(packages()) == set(), "these are explained and not asked for"
    assert len(explained) == len(set(explained)), "each is explained once"


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_locks_have_hashes_and_no_address(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")
    entries = re.split(r"^(?=[A-Za-z0-9])", text, flags=re.MULTILINE)[1:]
    assert len(entries) > len(packages()) // 2
    assert [entry.splitlines()[0] for entry in entries if "--hash=sha256:" not in entry] == []
    assert [line for line in text.splitlines() if "://" in line or line.startswith("-")] == []


def test_the_lock_holds_what_is_asked_for() -> None:
    locked = {
        line.partition("==")[0].split("[")[0].lower()
        for line in (ROOT / "requirements-dev.lock").read_text(encoding="utf-8").splitlines()
        if "==" in line
    }
    canonical = {re.sub(r"[-_.]+", "-", key) for key in locked}
    asked = {re.sub(r"[-_.]+", "-", package.split("[")[0].lower()) for package in packages()}
    assert asked - canonical == set()


def test_the_procfile_starts_something() -> None:
    process, _, command = (ROOT / "Procfile").read_text(encoding="utf-8").strip().partition(": ")
    program, *arguments = command.split()
    assert (process, program) == ("worker", "python")
    done = subprocess.run(
        [sys.executable, *arguments, "--help"], cwd=ROOT, capture_output=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr


def test_versions_agree() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    assert found(re.compile(rf'^VERSION: Final = "{re.escape(version)}"$'), modules("bot"))
    assert version in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
