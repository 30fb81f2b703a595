"""Commands that can be clicked: those that the help lists, once Discord has told their ids, and nothing else."""

from __future__ import annotations

import re
from typing import Final

import pytest

from bot.i18n.translation import LANGUAGES, gettext, use_language
from tests.adapters.discord.bot_harness import BotHarness, list_labels

CLICKED: Final = re.compile(r"</([\w -]+):(\d+)>")
IDS: Final = "discord command ids"


async def read(harness: BotHarness, onward: str = "Next") -> str:
    """Return the help as Discord is given it, every page."""
    shown, text = await harness.type("papers help"), ""
    while True:
        text += f"{shown.content}\n"
        if onward not in list_labels(shown):
            return text
        shown = await harness.press(onward, shown)


def every(harness: BotHarness) -> set[tuple[str, str]]:
    """Return the words of each command with the id that the server gave it."""
    ids = {each["name"]: each["id"] for each in harness.server.commands}
    tree = harness.context.tree
    return {(" ".join(path), ids[path[0]]) for path in tree.commands.keys() - tree.fixed_arguments.keys()}


@pytest.mark.parametrize("language", sorted(LANGUAGES))
async def test_every_command_of_the_help_can_be_clicked(harness: BotHarness, language: str) -> None:
    harness.server.people["100"].locale = language
    with use_language(language):
        onward = gettext("Next")
    assert set(CLICKED.findall(await read(harness, onward))) == every(harness)


@pytest.mark.parametrize("name", ["search", "digest on", "me"])
async def test_the_command_that_the_help_tells_of_can_be_clicked(harness: BotHarness, name: str) -> None:
    shown = await harness.type("papers help", {"command": name})
    heading = shown.content.partition("\n")[0]
    path = " ".join(harness.context.tree.find_path(name))
    assert heading == f"### </{path}:{dict(every(harness))[path]}>"
    slip = await harness.type("papers help", {"command": f"{name}s"})
    assert not CLICKED.findall(slip.content), "what somebody typed is not"


async def test_a_second_start_knows_them_too(offline: BotHarness) -> None:
    async with offline.run_bot():
        before = await offline.stores.key_values.get(IDS)
    async with offline.run_bot():
        assert set(CLICKED.findall(await read(offline))) == every(offline)
    assert await offline.stores.key_values.get(IDS) == before
    assert offline.server.syncs == 1


async def test_while_their_ids_are_not_known_they_are_text(harness: BotHarness) -> None:
    harness.context.tree.command_ids.clear()
    text = await read(harness)
    assert CLICKED.findall(text) == []
    assert "**/papers today**" in text


async def test_a_topic_that_reads_like_a_command_can_not_be_clicked(harness: BotHarness) -> None:
    for topic in ("/papers today", "</papers today:1>"):
        await harness.type("papers follow", {"topic": topic})
        harness.advance(minutes=1)
    shown = await harness.type("papers follows")
    assert "/papers today" in shown.plain
    assert not [kind for kind, _ in shown.formats if kind == "</"], "a bracket is a bracket"
