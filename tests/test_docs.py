"""The documentation is true: its commands run, its links lead somewhere, its tables say what the code does."""

from __future__ import annotations

import ast
import json
import os
import re
import shlex
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from bot.__main__ import EXIT_CODES
from bot.bootstrap.platforms import build_settings_class
from bot.domain.papers import Paper
from bot.domain.topics.parser import parse_topic
from bot.errors import Mistake
from docs import commands, parity
from tests.contract.test_chats import CHATS

ROOT = Path(__file__).parents[1]
Settings = build_settings_class()
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def text(page: str) -> str:
    return (ROOT / page).read_text(encoding="utf-8")


def prose(markdown: str) -> str:
    """Return a page without its code."""
    return re.sub(r"```.*?```|`[^`\n]*`", "", markdown, flags=re.DOTALL)


def rows(page: str, *head: str) -> list[tuple[str, ...]]:
    """Return the rows of every table of *page* that has these headings; code marks are taken off."""
    found: list[tuple[str, ...]] = []
    inside = False
    for line in text(page).splitlines():
        cells = tuple(cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", line)[1:-1])
        if cells == head:
            inside = True
        elif not cells:
            inside = False
        elif inside and not set("".join(cells)) <= set("-: "):
            found.append(tuple(re.sub(r"^`(.*)`$", r"\1", cell) for cell in cells))
    return found


# -- commands --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Shown:
    """A command of a page, with the lines of output that stand below it."""

    page: str
    line: str
    output: tuple[str, ...]

    @property
    def arguments(self) -> list[str]:
        """The arguments after ``python``; with --help in place of what needs the network or does not end."""
        command, _, note = self.line.partition("  #")
        words = shlex.split(command.split(" > ")[0])[1:]
        return [*words[:3], "--help"] if "network" in note or "Ctrl+C" in note else words


def shown(paths: list[Path]) -> Iterator[Shown]:
    for path in paths:
        for part in re.findall(r"```console\n(.*?)```", path.read_text(encoding="utf-8"), re.DOTALL):
            for command in re.split(r"^\$ ", part, flags=re.MULTILINE)[1:]:
                line, *output = command.strip().splitlines()
                if line.startswith("python -m"):
                    yield Shown(name(path), line, tuple(output))


SHOWN = list(shown(PAGES))


@pytest.fixture(scope="module")
def env(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Return an environment with the sample stored and every source out of reach."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        nowhere = f"http://127.0.0.1:{probe.getsockname()[1]}"
    ours = {"DATA_DIR": str(tmp_path_factory.mktemp("docs") / "data"), "DATABASE_URL": "", "WEB_PORT": "0"}
    given = {**os.environ, **ours, "HF_ENDPOINT": nowhere, "ARXIV_URL": nowhere, "COLUMNS": "200"}
    done = run(["-m", "bot", "import", "bot/sources/sample"], given)
    assert done.returncode == 0, done.stderr
    return given


def run(arguments: list[str], given: dict[str, str]) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, *arguments]
    return subprocess.run(command, cwd=ROOT, env=given, capture_output=True, text=True, timeout=120, check=False)


def test_the_pages_show_commands() -> None:
    assert {"README.md", "docs/operating.md", "docs/topics.md", "docs/json.md"} <= {each.page for each in SHOWN}


@pytest.mark.long
@pytest.mark.parametrize("each", SHOWN, ids=lambda each: f"{each.page}: {each.line}")
def test_every_command_runs(each: Shown, env: dict[str, str]) -> None:
    done = run(each.arguments, env)
    assert done.returncode == 0, done.stderr
    for line in each.output:
        pattern = ".*".join(re.escape(part) for part in line.split("…"))
        assert re.search(pattern, done.stdout), f"“{line}” is not in:\n{done.stdout}"


def test_every_command_of_the_command_line_is_in_the_readme() -> None:
    listed = set(re.findall(r"^  (\w+)  ", run(["-m", "bot", "--help"], dict(os.environ)).stdout, re.MULTILINE))
    told = {row[0].split()[0] for row in rows("README.md", "`python -m bot …`", "what it does")}
    assert told == listed


def test_the_list_of_commands_is_up_to_date() -> None:
    assert text("docs/commands.md") == commands.render_page(), "run: python -m docs.commands > docs/commands.md"


def test_the_page_of_parity_is_up_to_date() -> None:
    assert text("docs/parity.md") == parity.render_page(), "run: python -m docs.parity > docs/parity.md"
    assert {"slack", "discord", "web on the database"} <= set(CHATS), "each promise is kept by all that the page names"


# -- the shapes of JSON ----------------------------------------------------------------------------------------------


def shape(part: str) -> object:
    """Return the example under the heading that begins with *part* in docs/json.md."""
    found = re.search(rf"^## `{part}.*?```json\n(.*?)```", text("docs/json.md"), re.DOTALL | re.MULTILINE)
    assert found
    return json.loads(found[1])


def keys(value: object) -> object:
    """Return the types of *value*, dictionaries and first elements of lists unfolded."""
    if isinstance(value, dict):
        return {key: keys(part) for key, part in value.items()}
    return [keys(value[0])] if isinstance(value, list) else type(value)


@pytest.mark.parametrize(
    ("part", "arguments"),
    [
        ("search", ["search", "sparse", "attention", "--json"]),
        ("digest", ["digest", "--dry-run", "--format", "json"]),
        ("match", ["match", "diffusion", "--json"]),
    ],
)
def test_json_has_the_shape_that_is_written_down(part: str, arguments: list[str], env: dict[str, str]) -> None:
    done = run(["-m", "bot", *arguments], env)
    assert keys(json.loads(done.stdout)) == keys(shape(part))


def test_the_line_that_import_takes(tmp_path: Path, env: dict[str, str]) -> None:
    found = re.search(r"^## In\n.*?```json\n(.*?)```", text("docs/json.md"), re.DOTALL | re.MULTILINE)
    assert found
    lines = [found[1].strip(), '{"id": "a-1", "title": "Only this", "abstract": "and that"}', "nonsense"]
    (tmp_path / "papers.jsonl").write_text("\n".join(lines), encoding="utf-8")
    done = run(["-m", "bot", "import", str(tmp_path / "papers.jsonl")], env | {"DATA_DIR": str(tmp_path / "data")})
    assert done.stdout == "2 papers read, 2 new. 1 record could not be used and was skipped.\n"


# -- topics ----------------------------------------------------------------------------------------------------------


def told(cell: str) -> Paper:
    """Return the paper that a cell describes: "Title; by Name; in cs.CL"."""
    title, *rest = (part.strip() for part in cell.split(";"))
    authors = tuple(part.removeprefix("by ") for part in rest if part.startswith("by "))
    categories = tuple(part.removeprefix("in ") for part in rest if part.startswith("in "))
    return Paper("2602.00001", title, authors=authors, categories=categories, published=date(2026, 2, 1))


@pytest.mark.parametrize(
    ("typed", "taken", "left"), rows("docs/topics.md", "you type", "a paper that it takes", "a paper that it leaves")
)
def test_topics_take_and_leave_what_the_page_says(typed: str, taken: str, left: str) -> None:
    topic = parse_topic(typed)
    assert topic.matches(told(taken))
    assert not topic.matches(told(left))


@pytest.mark.parametrize(("typed", "kept"), rows("docs/topics.md", "you type", "it is kept as"))
def test_topics_are_kept_as_the_page_says(typed: str, kept: str) -> None:
    assert str(parse_topic(typed)) == kept
    assert str(parse_topic(kept)) == kept


@pytest.mark.parametrize(("typed", "answer"), rows("docs/topics.md", "you type", "the answer"))
def test_mistakes_are_answered_as_the_page_says(typed: str, answer: str) -> None:
    with pytest.raises(Mistake) as caught:
        parse_topic(typed)
    assert str(caught.value) == answer


def test_the_tables_of_the_page_were_found() -> None:
    found = re.findall(r"^\| `", text("docs/topics.md"), re.MULTILINE)
    heads = (("a paper that it takes", "a paper that it leaves"), ("it is kept as",), ("the answer",))
    assert len(found) == sum(len(rows("docs/topics.md", "you type", *head)) for head in heads)


# -- settings, links -------------------------------------------------------------------------------------------------


def test_every_setting_is_in_the_manual() -> None:
    defaults = {key.upper(): field.default for key, field in Settings.model_fields.items()}
    words = {key: {False: "no", True: "yes"}[value] for key, value in defaults.items() if isinstance(value, bool)}
    written = {
        key: " ".join(value) if isinstance(value, tuple) else str(value or "") for key, value in defaults.items()
    }
    written |= words
    told = {row[0]: row[1] for row in rows("docs/operating.md", "setting", "default", "what")}
    assert told == written


def test_every_exit_code_is_in_the_manual() -> None:
    told = {int(row[0]) for row in rows("docs/operating.md", "code", "means", "a supervisor should")}
    assert told == {0, *(code for _, code in EXIT_CODES)}


WHERE = rows("docs/architecture.md", "question", "file", "look for")


def test_the_tour_answers_where_things_are() -> None:
    assert len(WHERE) >= 30
    assert len({question for question, _, _ in WHERE}) == len(WHERE)


def defined_names(path: Path) -> set[str]:
    """Return the functions, classes and constants of a module."""
    nodes = ast.parse(path.read_text(encoding="utf-8")).body
    named = {node.name for node in nodes if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)}
    return named | {ast.unparse(node.target) for node in nodes if isinstance(node, ast.AnnAssign)}


@pytest.mark.parametrize(("question", "file", "symbol"), WHERE)
def test_what_is_looked_for_is_where_the_tour_says(question: str, file: str, symbol: str) -> None:
    assert symbol in defined_names(ROOT / file), question


def slug(heading: str) -> str:
    """Return the anchor of a heading, as code hosts make it."""
    plain = re.sub(r"[^\w\s-]", "", heading.strip().lower())
    return plain.replace(" ", "-")


def anchors(path: Path) -> set[str]:
    return {slug(heading) for heading in re.findall(r"^#+ (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)}


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_links_lead_somewhere(path: Path) -> None:
    links = re.findall(r"\]\(([^)\s]+)\)", prose(path.read_text(encoding="utf-8")))
    for link in links:
        if "://" in link:
            continue
        target, _, anchor = link.partition("#")
        there = (path.parent / target).resolve() if target else path
        assert there.exists(), f"{link} leads nowhere"
        assert not anchor or anchor in anchors(there), f"{link}: there is no such heading"


def test_every_page_can_be_reached() -> None:
    linked = {
        (path.parent / link.partition("#")[0]).resolve()
        for path in PAGES
        for link in re.findall(r"\]\(([^)\s]+)\)", path.read_text(encoding="utf-8"))
        if "://" not in link
    }
    reached = {page for page in PAGES if page.resolve() in linked or page.parent.resolve() in linked}
    assert [name(page) for page in PAGES if page not in reached and page.parent != ROOT] == []
