"""Command reference generator: `python -m docs.commands > docs/commands.md` writes it from the command table."""  # noqa: INP001 - docs hold pages, not a package

from __future__ import annotations

import sys
from collections.abc import Iterator

from bot.commands.table import build_declared_table
from bot.ports.commands import Audience, Command

_PAGE_HEAD = """\
# Commands

Type a command in the workspace's input, with or without `/papers` before it. Answers are private until you share them.
`<needed>`, `[optional]`; an option is written `name:value`. **M**: for people who manage the channel,
**A**: for people who run the workspace.

This page is written from the table of commands by `python -m docs.commands`; don't edit it by hand.
"""


def render_page() -> str:
    """Return the page."""
    shown = [command for command in build_declared_table().commands if not command.hidden]
    return "\n".join([_PAGE_HEAD, *(line for command in shown for line in _render_section(command))])


def _render_section(command: Command) -> Iterator[str]:
    managers = {Audience.MANAGERS: " **M**", Audience.ADMINS: " **A**"}.get(command.audience, "")
    yield f"## `{command.name}`{managers}\n"
    yield f"{command.summary}.{f' {command.detail}' if command.detail else ''}\n"
    if any(not each.hidden for each in command.parameters):
        yield f"```\n{command.usage}\n```\n"
        yield "| parameter | what | values |\n| --- | --- | --- |"
        for parameter in (each for each in command.parameters if not each.hidden):
            values = ", ".join(f"`{choice}`" for choice in parameter.choices) or f"such as `{parameter.example}`"
            example = _escape_cell(values) if parameter.example else ""
            yield f"| `{parameter.name}` | {_escape_cell(parameter.summary)} | {example} |"
        yield ""
    if command.example:
        yield f"For example: `{command.example}`\n"


def _escape_cell(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":
    sys.stdout.write(render_page())
