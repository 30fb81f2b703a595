"""Slack and Discord feature parity page: `python -m docs.parity > docs/parity.md` writes it from the command table."""  # noqa: INP001 - docs hold pages, not a package

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from adapters.discord.commands.tree import CommandTree, build_command_tree
from bot.commands.table import CommandTable, build_declared_table
from bot.ports.commands import Command

CONTRACT_TESTS: Final = Path(__file__).parents[1] / "tests/contract/test_chats.py"

_PAGE_HEAD: Final = """\
# Slack and Discord, side by side

This page is written by `python -m docs.parity` from the table of commands, Discord's own tree of them, and the tests
that every chat has to pass; don't edit it by hand.

## Commands

In the browser's workspace they are typed as in Slack, with or without `/papers`.

| command | Slack | Discord |
| --- | --- | --- |
"""
_CONTRACT_HEAD: Final = """
## What every chat does

Each line is a test of `tests/contract/test_chats.py`, which runs against all of these.

| promise | Slack | Discord | browser |
| --- | --- | --- | --- |
"""
_INTEGRATION_SETTINGS: Final = "the server’s settings, “Integrations”"
_DIFFERENCES_HEAD: Final = """
## Where they differ

| | Slack | Discord |
| --- | --- | --- |
"""
_DIFFERENCES: Final = (
    (
        "forms",
        "windows with a live preview",
        "a panel of lists, with a window for what is typed",
    ),
    (
        "links that people post",
        "cards below them, where a channel turns them on",
        "the bot asks for no privileged intent and can’t see them: “Papers in this message” on the message",
    ),
    (
        "inside threads",
        "mention the bot, or use a message’s shortcuts",
        "every command works there",
    ),
    (
        "a home of one’s own",
        "the app’s Home tab",
        "`/papers me show`, `/papers follows`, `/papers saved`",
    ),
    (
        "who manages",
        "whoever is in the channel, unless `digest access` says else",
        "Manage Channels, unless the server’s integration settings say else",
    ),
    (
        "time zones",
        "guessed from the profile",
        "asked for; times are shown in each reader’s own",
    ),
    (
        "a digest in parts",
        "one message; what has no room is counted",
        "as many messages as it needs; or entries in a thread; or posts of a forum",
    ),
    (
        "a role that is mentioned",
        "–",
        "one, where a channel wants it",
    ),
    (
        "readers lift a paper",
        "–",
        "by reacting with its number, where a channel wants it",
    ),
    (
        "several channels at once",
        "`setup` reads names and purposes",
        "`setup` reads names and topics",
    ),
    (
        "without a server of one’s own",
        "–",
        "the bot can be installed for a person alone",
    ),
)


def render_page() -> str:
    """Return the page."""
    commands = build_declared_table()
    return "".join(
        [
            _PAGE_HEAD,
            *_render_commands(commands),
            _CONTRACT_HEAD,
            *_render_contract_tests(),
            _DIFFERENCES_HEAD,
            *_render_differences(),
        ]
    )


def _render_differences() -> Iterator[str]:
    for row in _DIFFERENCES:
        yield f"| {' | '.join(row)} |\n"


def _render_commands(commands: CommandTable) -> Iterator[str]:
    command_tree = build_command_tree(commands)
    for command in commands.list_commands():
        if not command.hidden:
            yield f"| `{command.name}` | `/papers {command.name}` | {_format_discord_path(command, command_tree)} |\n"


def _format_discord_path(command: Command, command_tree: CommandTree) -> str:
    path = command_tree.find_path(command.name)
    return f"`/{' '.join(path)}`" if path else _INTEGRATION_SETTINGS


def _render_contract_tests() -> Iterator[str]:
    """Yield the contract's tests as sentences; every chat is in its list, so every chat keeps them."""
    source = ast.parse(CONTRACT_TESTS.read_text(encoding="utf-8"))
    names = [node.name for node in source.body if isinstance(node, ast.AsyncFunctionDef)]
    for name in names:
        if name.startswith("test_"):
            sentence = name.removeprefix("test_").replace("_", " ")
            yield f"| {sentence[0].upper()}{sentence[1:]} | ✓ | ✓ | ✓ |\n"


if __name__ == "__main__":
    sys.stdout.write(render_page())
