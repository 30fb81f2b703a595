"""Structure: names, sizes, folders and imports. What a linter can't say, a test does."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
import textwrap
import tomllib
from pathlib import Path
from typing import Any

import pytest

from bot.bootstrap.context import VERSION
from bot.bootstrap.platforms import build_settings_class
from bot.commands.table import build_declared_table
from tests import checkout

ROOT = Path(__file__).parents[1]
Settings = build_settings_class()
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
    """Return every text file that is or would be committed."""
    return [path for path in map(ROOT.joinpath, checkout.list_files()) if path.suffix in TEXTS]


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


CHATS = re.compile("slack|discord", re.IGNORECASE)
NAMING_CHATS = {
    "bot/bootstrap/platforms.py": "the table of platforms; settings, doctor, command line and the bot follow from it",
    "bot/reasons/discord.py": "a reason is said from its code alone, also by what has no platform at hand",
    "bot/reasons/slack.py": "the same",
    "bot/reasons/sentences.py": "joins the sentences of all subjects",
}
"""Modules of the core that name a chat, and why; what a chat has, it declares (`bot.ports.features`)."""


def test_the_core_knows_chats_by_one_line_each() -> None:
    naming = {line.partition(":")[0] for line in found(CHATS, modules("bot"))}
    assert naming - NAMING_CHATS.keys() == set(), "let the platform declare it, in its PlatformDefinition"
    assert NAMING_CHATS.keys() - naming == set(), "these exceptions are not needed any more"
    lines = found(CHATS, [ROOT / "bot/bootstrap/platforms.py"])
    assert [line.rpartition(": ")[2] for line in lines] == [
        'load_platform("adapters.slack.platform"),',
        'load_platform("adapters.discord.platform"),',
    ]


def test_the_name_of_a_chat_is_noticed() -> None:
    assert CHATS.search('platform="slack",')
    assert CHATS.search("    # In Discord it is a button.")


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


# -- names ----------------------------------------------------------------------------------------------------------

FULLEST = 12
"""Modules of a folder, ``__init__.py`` left out; what has more is cut by subject."""
FULLER = {
    "bot/ports": "one module a port, one noun each: a port is looked for by its noun",
}
FORBIDDEN_MODULES = frozenset({"utils", "util", "helpers", "helper", "manager", "service", "base", "misc", "stuff"})
COINED = frozenset({
    "house", "room", "rooms", "desk", "kit", "pad", "way", "ways", "leaf", "leaves", "shelf", "wish", "wishes",
    "courier", "newsroom", "taste", "tastes", "whisper", "whispers", "visit", "visits", "untold", "crowd", "crowds",
    "gallery", "manners", "attendance", "told", "placed", "drawn", "standings",
})  # fmt: skip
"""Words that no module, class, function or parameter is called: figures of speech, and participles."""
VAGUE = frozenset({
    "about", "asked", "chosen", "drawn", "found", "given", "got", "held", "here", "kept", "known", "left", "made",
    "meant", "named", "one", "said", "seen", "shown", "standing", "taken", "there", "told", "wanted",
})  # fmt: skip
"""Words that by themselves name nothing in a longer function: ten lines on, nobody knows what was found, or where
"there" is. ``papers``, ``known_ids`` and ``target_channel`` say it."""
LONG_FUNCTION = 10
VERBS = frozenset({
    "abandon", "hold", "mark", "recover",
    "acknowledge", "acquire", "add", "announce", "answer", "append", "apply", "assign", "authorize", "await", "back",
    "backfill", "backup", "begin", "break", "build", "call", "cancel", "canonicalize", "catch", "change", "check",
    "choose", "claim", "clamp", "classify", "clean", "clear", "close", "collect", "combine", "commit", "compare",
    "compile", "complete", "compose", "compute", "configure", "connect", "convert", "copy", "correct", "count",
    "create", "cut", "decode", "decrypt", "deduplicate", "defer", "define", "delete", "deliver", "derive", "describe",
    "detect", "disable", "discard", "discuss", "dispatch", "drain", "drop", "dump", "edit", "encode", "encrypt", "end",
    "ensure", "erase", "escape", "exchange", "exclude", "expire", "explain", "export", "extract", "fetch", "fill",
    "filter", "find", "fit", "flush", "fold", "follow", "forget", "format", "forward", "freeze", "fuse", "generate",
    "get", "group", "guard", "guess", "handle", "hash", "hide", "import", "include", "increment", "index", "insert",
    "install", "interpret", "invalidate", "iterate", "join", "judge", "keep", "kill", "label", "launch", "lay", "limit",
    "list", "load", "localize", "lock", "log", "look", "main", "make", "match", "measure", "mention", "merge",
    "migrate", "move", "mute", "normalize", "note", "notify", "number", "omit", "open", "order", "page", "paginate",
    "pack", "pair", "parse", "pass", "pause", "pick", "plan", "poll", "pop", "post", "postpone", "prepare", "preview",
    "print", "promote", "pseudonymize", "publish", "push", "put", "query", "quote", "raise", "rank", "read", "readmit",
    "reconcile", "record", "recount", "redact", "refer", "refresh", "register", "reject", "release", "remove", "rename",
    "render", "reopen", "replace", "report", "request", "require", "reread", "reserve", "resolve", "respond", "restore",
    "resume", "retarget", "retire", "retry", "revert", "rotate", "run", "sample", "sanitize", "save", "schedule",
    "score", "search", "select", "send", "serialize", "serve", "set", "settle", "share", "shorten", "show", "silence",
    "snapshot", "sort", "split", "start", "stop", "store", "stream", "strip", "subscribe", "subtract", "suggest",
    "summarize", "sweep", "sync", "take", "thin", "tick", "time", "tokenize", "track", "translate", "truncate", "turn",
    "undo", "unescape", "unfollow", "unfurl", "unmute", "unpack", "unquote", "unsave", "update", "upgrade", "use",
    "validate", "verify", "wait", "walk", "wrap", "write",
})  # fmt: skip
PREDICATES = frozenset({
    "accepts", "can", "contains", "fits", "has", "is", "looks", "matches", "needs", "passes", "shows", "starts", "uses",
})  # fmt: skip
"""How a function begins that tells whether something is so."""
PREPOSITIONS = frozenset({"as", "from", "on", "to", "with"})
"""Conversions, copies that differ, and what happens on an event: ``to_channel``, ``with_command``, ``on_ready``."""
NAMED_ELSEWHERE = frozenset({
    "gettext", "ngettext", "phrase", "plural_phrase",  # gettext's own names, by which its tools find sentences
    "event", "login",  # discord.Client
    "async_dispatch",  # slack_bolt
    "async_issue", "async_consume", "async_save", "async_save_bot", "async_find_bot",  # slack_sdk
    "async_find_installation",  # slack_sdk
    "formatException", "emit",  # logging
    "connection_made", "connection_lost", "data_received", "eof_received",  # asyncio.Protocol
})  # fmt: skip


def inner_modules() -> list[Path]:
    return [path for path in modules(*LAYERS) if not name(path).startswith("storage/migrations/")]


def words(identifier: str) -> list[str]:
    """Return the words of an identifier, in lower case: "_fetchPage" is ["fetch", "page"]."""
    return [word.lower() for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", identifier)]


def is_property(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    decorators = {ast.unparse(each).rpartition(".")[2] for each in function.decorator_list}
    return bool(decorators & {"property", "cached_property", "setter"})


def is_console_command(path: Path) -> bool:
    return name(path).startswith("bot/cli/") or path.name == "cli.py"


def functions(path: Path) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]


def begins_with_a_verb(identifier: str) -> bool:
    first, *rest = words(identifier)
    return first in VERBS | PREDICATES or (first in PREPOSITIONS and bool(rest))


def test_folders_are_cut_by_subject() -> None:
    counted: dict[str, int] = {}
    for path in inner_modules():
        if path.name != "__init__.py":
            counted[name(path.parent)] = counted.get(name(path.parent), 0) + 1
    assert {folder: number for folder, number in counted.items() if number > FULLEST and folder not in FULLER} == {}
    assert [folder for folder in FULLER if counted[folder] <= FULLEST] == [], "these exceptions are not needed any more"


def test_packages_export_and_do_nothing_else() -> None:
    def is_export(node: ast.stmt) -> bool:
        is_list = isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__"
        return is_list or isinstance(node, ast.Import | ast.ImportFrom | ast.Expr)

    packages = [path for path in inner_modules() if path.name == "__init__.py"]
    full = [name(p) for p in packages if not all(map(is_export, ast.parse(p.read_text(encoding="utf-8")).body))]
    assert full == []
    folders = {path.parent for path in inner_modules()}
    assert [name(folder) for folder in folders if not (folder / "__init__.py").is_file()] == []


def test_modules_bear_their_terms() -> None:
    named = {name(path): set(path.stem.split("_")) for path in [*inner_modules(), *modules("benchmarks")]}
    assert [path for path, parts in named.items() if parts & (FORBIDDEN_MODULES | COINED)] == []


def test_functions_begin_with_a_verb() -> None:
    wrong = [
        f"{name(path)}: {function.name}"
        for path in [*inner_modules(), *modules("benchmarks")]
        for function in functions(path)
        if not function.name.startswith("__")
        and function.name not in NAMED_ELSEWHERE
        and not is_property(function)
        and not is_console_command(path)
        and not begins_with_a_verb(function.name)
    ]
    assert wrong == []


@pytest.mark.parametrize("identifier", ["encode_payload", "is_due", "_fetch_page", "on_ready", "to_channel", "send"])
def test_names_that_begin_with_a_verb(identifier: str) -> None:
    assert begins_with_a_verb(identifier)


@pytest.mark.parametrize("identifier", ["told", "placed", "drawn", "day", "buttons", "to", "_kept", "Whispers"])
def test_names_that_do_not_begin_with_a_verb(identifier: str) -> None:
    assert not begins_with_a_verb(identifier)


def test_nothing_bears_a_coined_name() -> None:
    coined = [
        f"{name(path)}: {identifier}"
        for path in inner_modules()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        for identifier in (
            [getattr(node, "name", "") or getattr(node, "arg", "") or ""]
            if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef | ast.arg)
            else []
        )
        if set(words(identifier)) & COINED
    ]
    assert coined == []


def bound_names(function: ast.FunctionDef | ast.AsyncFunctionDef) -> set[str]:
    """Return what a function calls its parameters and local variables, those of what it encloses among them."""
    names: set[str] = set()
    for node in ast.walk(function):
        if isinstance(node, ast.arg):
            names.add(node.arg)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
        elif isinstance(node, ast.ExceptHandler | ast.MatchAs | ast.MatchStar) and node.name:
            names.add(node.name)
    return names


def vague_names(path: Path) -> set[tuple[str, str]]:
    """Return the functions of more than ten lines in which something has a vague name, each with that name."""
    return {
        (function.name, identifier)
        for function in functions(path)
        if (function.end_lineno or function.lineno) - function.lineno + 1 > LONG_FUNCTION
        for identifier in bound_names(function)
        if identifier.strip("_") in VAGUE
    }


def test_longer_functions_name_what_they_hold() -> None:
    assert {name(path): names for path in inner_modules() if (names := vague_names(path))} == {}


LOOK_UP = """
def look_up(identifiers, {parameter}=None, *, known_ids=()):
    match identifiers:
        case [{capture}, *_]:
            pass
    try:
        {local} = [{item} for {item} in identifiers]
    except KeyError as {error}:
        raise LookupError from {error}
    def build(answer, *, {inner}=None):
        return answer.found
    return build(papers, known=known_ids)
"""
PLAIN = {"parameter": "day", "capture": "paper", "local": "papers", "item": "each", "error": "error", "inner": "title"}


@pytest.mark.parametrize("binding", PLAIN)
def test_a_vague_name_in_a_longer_function_is_noticed(tmp_path: Path, binding: str) -> None:
    (tmp_path / "plain.py").write_text(LOOK_UP.format(**PLAIN))
    assert vague_names(tmp_path / "plain.py") == set()
    (tmp_path / "vague.py").write_text(LOOK_UP.format(**PLAIN | {binding: "known"}))
    assert vague_names(tmp_path / "vague.py") == {("look_up", "known")}


def test_a_short_function_may_say_it_briefly(tmp_path: Path) -> None:
    (tmp_path / "short.py").write_text("def count(papers):\n    known = set(papers)\n    return len(known)\n")
    assert vague_names(tmp_path / "short.py") == set()


def test_functions_fit_the_eye() -> None:
    lengths = sorted(
        (node.end_lineno or node.lineno) - node.lineno + 1 for path in inner_modules() for node in functions(path)
    )
    assert lengths[len(lengths) // 2] <= 8
    assert lengths[len(lengths) * 9 // 10] <= 20


FIRST_LINES = {
    "adapters/discord/api/error_codes.py": "error codes",
    "adapters/discord/api/rate_limit.py": "rate limit",
    "adapters/discord/commands/tree.py": "Application commands",
    "adapters/discord/delivery/forum_posts.py": "Forum posts",
    "adapters/discord/delivery/message_lookup.py": "channel messages",
    "adapters/discord/events/guilds.py": "guild_join|GUILD_CREATE",
    "adapters/discord/events/reactions.py": "reaction",
    "adapters/discord/interactions/autocomplete.py": "AUTOCOMPLETE",
    "adapters/discord/interactions/commands.py": "application command|APPLICATION_COMMAND",
    "adapters/discord/interactions/dispatcher.py": "INTERACTION_CREATE",
    "adapters/discord/interactions/message_components.py": "MESSAGE_COMPONENT",
    "adapters/discord/interactions/responses.py": "deferred|callback|followup",
    "adapters/discord/rendering/components_v2.py": "Components V2",
    "adapters/discord/rendering/custom_id.py": "custom_id",
    "adapters/slack/api/rate_limit.py": "rate limit",
    "adapters/slack/auth/oauth.py": "OAuth",
    "adapters/slack/auth/token_rotation.py": "[Tt]oken rotation",
    "adapters/slack/connection/http_endpoints.py": "signed|signature",
    "adapters/slack/connection/socket_mode.py": "Socket Mode",
    "adapters/slack/delivery/message_lookup.py": "conversations.history",
    "adapters/slack/events/installations.py": "app_uninstalled|tokens_revoked",
    "adapters/slack/events/unfurls.py": "link_shared",
    "adapters/slack/forms/private_metadata.py": "private_metadata",
    "adapters/slack/interactions/app_home.py": "app_home_opened",
    "adapters/slack/interactions/block_actions.py": "block_actions",
    "adapters/slack/interactions/commands.py": "slash command|Slash command",
    "adapters/slack/interactions/modals.py": "view_submission",
    "adapters/slack/interactions/responses.py": "response_url",
    "adapters/slack/interactions/shortcuts.py": "shortcut",
    "adapters/slack/interactions/views.py": r"views\.",
    "adapters/slack/rendering/mrkdwn.py": "mrkdwn",
}
"""What the first line of a module says, by which a search for the platform's word finds it."""


def first_line(path: Path) -> str:
    return (ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or "").partition("\n")[0]


def test_first_lines_name_what_the_platform_calls_it() -> None:
    silent = {
        path: first
        for path, term in FIRST_LINES.items()
        if not re.search(term, first := first_line(ROOT / path), re.IGNORECASE)
    }
    assert silent == {}


SISTERS = ("adapters/slack", "adapters/discord")
OWN_FOLDERS = {"auth", "connection", "doctor", "gateway", "commands"}
"""Folders of one chat alone: installations and Socket Mode are Slack's, the gateway and its command tree Discord's."""


def public_functions(adapter: str) -> dict[str, set[str]]:
    """Return the public functions of an adapter's modules, each with the modules that have it."""
    found_in: dict[str, set[str]] = {}
    for path in modules(adapter):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and not node.name.startswith("_"):
                found_in.setdefault(node.name, set()).add(name(path).removeprefix(f"{adapter}/").partition("/")[0])
    return found_in


def test_sister_adapters_have_the_same_folders() -> None:
    one, other = ({p.name for p in (ROOT / s).iterdir() if p.is_dir() and p.name != "__pycache__"} for s in SISTERS)
    assert one ^ other == OWN_FOLDERS


def test_sister_adapters_have_a_job_in_the_same_folder() -> None:
    one, other = (public_functions(sister) for sister in SISTERS)
    apart = {job for job in one.keys() & other.keys() if not one[job] & other[job]}
    assert apart == JOBS_APART.keys()


JOBS_APART = {
    "build_person": "what somebody may comes with each of Discord's interactions; Slack is asked for it",
    "check_platform": "Slack's doctor is a folder, Discord's a module",
    "check_bot_token": "Slack's doctor is a folder, Discord's a module",
    "serve": "Slack is served over a connection, Discord over the gateway",
    "to_workspace": "Slack tells of a workspace when it is installed, Discord when a guild is joined",
}


THROUGH_SEVERAL = frozenset({
    "app_home_opened", "declared_commands", "help_and_privacy", "languages", "main", "members", "mentions",
    "pagination", "payloads", "posting", "reasons", "seen_messages", "sent_messages", "simcord", "user_directory",
    "warnings", "weekdays",
})  # fmt: skip
"""Tests of what goes through several modules of a package, or of one part of a module, by their subject."""


def test_tests_mirror_the_packages() -> None:
    tests = [path for layer in LAYERS for path in (ROOT / "tests" / layer).rglob("test_*.py")]
    mirrored = {path: ROOT / path.parent.relative_to(ROOT / "tests") for path in tests}
    assert [name(path) for path, package in mirrored.items() if not package.is_dir()] == []
    apart = {
        path.stem.removeprefix("test_"): name(path)
        for path, package in mirrored.items()
        if path.stem.removeprefix("test_") != package.name
        and not (package / path.name.removeprefix("test_")).is_file()
        and not (package / path.stem.removeprefix("test_")).is_dir()
    }
    assert {subject: path for subject, path in apart.items() if subject not in THROUGH_SEVERAL} == {}
    assert apart.keys() >= THROUGH_SEVERAL, "these exceptions are not needed any more"


STYLE_RULE = re.compile(r"[.#:\w\]-]+\s*\{[^{}]*[\w-]+\s*:[^{};]+;[^{}]*\}")
"""A rule of a style sheet: ``.sk { color: red; }``."""


def style_sheets(path: Path) -> list[str]:
    """Return the strings of a module that hold a style sheet."""
    constants = (
        node.value for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Constant)
    )
    return [text[:60] for text in constants if isinstance(text, str) and STYLE_RULE.search(text)]


def test_style_sheets_are_files() -> None:
    assert {name(path): sheets for path in modules(*LAYERS) if (sheets := style_sheets(path))} == {}


def test_a_style_sheet_in_a_string_is_noticed(tmp_path: Path) -> None:
    (tmp_path / "page.py").write_text('STYLE = """\n.sk { color: red; margin: 0; }\n"""\nBODY = "{name}: {value};"\n')
    assert len(style_sheets(tmp_path / "page.py")) == 1


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
    """pyproject.toml names the constant, which is the only place: a checkout is not installed and has no metadata."""
    table = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert table["project"]["dynamic"] == ["version"]
    assert table["tool"]["setuptools"]["dynamic"]["version"] == {"attr": "bot.bootstrap.context.VERSION"}
    assert VERSION in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


# -- adapters know no command by name --------------------------------------------------------------------------------

OTHER_WORDS = {
    ("adapters/discord/commands/tree.py", "show"): "the second word of a command whose name is a group's",
    ("adapters/discord/forms/panel.py", "save"): "the panel's own button",
    ("adapters/discord/interactions/form_session.py", "save"): "the panel's own button",
    ("adapters/slack/api/errors.py", "status"): "an attribute of aiohttp's responses",
    ("adapters/slack/forms/modal.py", "preview"): "the block of a form that says what saving would do",
    ("adapters/slack/manifest.py", "settings"): "a part of Slack's manifest",
    ("adapters/web/handlers/commands.py", "preview"): "what saving would do, in the reply to a dry run",
    ("adapters/web/rendering/pages.py", "log"): "a role of WAI-ARIA",
    ("adapters/web/rendering/pages.py", "status"): "a role of WAI-ARIA",
    ("adapters/web/rendering/preview_window.py", "status"): "a role of WAI-ARIA",
    ("adapters/web/static/composer.js", "me"): "a class of the style sheet: who typed a line",
}
"""Names of commands that stand in an adapter as another word, and what it is."""


def strings(source: str) -> set[str]:
    """Return the string constants of a module, docstrings and parts of f-strings among them."""
    return {
        node.value
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


def quoted_words(source: str) -> set[str]:
    """Return what stands between two quotation marks in a script, a page or a style sheet."""
    return set(re.findall(r"""(?<=["'`])[\w ]+(?=["'`])""", source))


def test_adapters_know_no_command_by_name() -> None:
    names = {command.name for command in build_declared_table().list_commands()}
    served = [path for path in (ROOT / "adapters").rglob("*") if path.suffix in {".js", ".html", ".css", ".svg"}]
    assert served
    words_of = {path: strings(path.read_text("utf-8")) for path in modules("adapters")}
    words_of |= {path: quoted_words(path.read_text("utf-8")) for path in served}
    found = {(name(path), word) for path, words in words_of.items() for word in words if word in names}
    assert found - set(OTHER_WORDS) == set(), "declare what the adapter wants to know in bot/ports/commands.py"
    assert set(OTHER_WORDS) - found == set(), "these exceptions are not needed any more"


def test_the_name_of_a_command_is_noticed() -> None:
    source = 'ABOUT = frozenset({"digest on", f"{1}why"})\nif command == "discuss": \n    ask(command="help me")'
    names = {command.name for command in build_declared_table().list_commands()}
    assert strings(source) & names == {"digest on", "why", "discuss"}
    script = """const line = it's ? "follow" : ['digest now', `why`]; // help\n<b data-send="today">"""
    assert quoted_words(script) & names == {"follow", "digest now", "why", "today"}
