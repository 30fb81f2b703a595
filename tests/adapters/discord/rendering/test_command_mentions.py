"""Commands that can be clicked: those that the help lists, once Discord has told their ids, and nothing else."""

from __future__ import annotations

import re
from typing import Final

import pytest

from bot.i18n.translation import LANGUAGES, gettext, use_language
from tests.adapters.discord.inbound import Office, labels

CLICKED: Final = re.compile(r"</([\w -]+):(\d+)>")
IDS: Final = "discord command ids"


async def read(office: Office, onward: str = "Next") -> str:
    """Return the help as Discord is given it, every page."""
    shown, text = await office.type("papers help"), ""
    while True:
        text += f"{shown.content}\n"
        if onward not in labels(shown):
            return text
        shown = await office.press(onward, shown)


def every(office: Office) -> set[tuple[str, str]]:
    """Return the words of each command with the id that the server gave it."""
    ids = {each["name"]: each["id"] for each in office.server.commands}
    tree = office.kit.tree
    return {(" ".join(path), ids[path[0]]) for path in tree.commands.keys() - tree.fixed_arguments.keys()}


@pytest.mark.parametrize("language", sorted(LANGUAGES))
async def test_every_command_of_the_help_can_be_clicked(office: Office, language: str) -> None:
    office.server.people["100"].locale = language
    with use_language(language):
        onward = gettext("Next")
    assert set(CLICKED.findall(await read(office, onward))) == every(office)


@pytest.mark.parametrize("name", ["search", "digest on", "me"])
async def test_the_command_that_the_help_tells_of_can_be_clicked(office: Office, name: str) -> None:
    shown = await office.type("papers help", {"command": name})
    heading = shown.content.partition("\n")[0]
    path = " ".join(office.kit.tree.find_path(name))
    assert heading == f"### </{path}:{dict(every(office))[path]}>"
    slip = await office.type("papers help", {"command": f"{name}s"})
    assert not CLICKED.findall(slip.content), "what somebody typed is not"


async def test_a_second_start_knows_them_too(shut: Office) -> None:
    async with shut.running():
        before = await shut.stores.key_values.get(IDS)
    async with shut.running():
        assert set(CLICKED.findall(await read(shut))) == every(shut)
    assert await shut.stores.key_values.get(IDS) == before
    assert shut.server.syncs == 1


async def test_while_their_ids_are_not_known_they_are_text(office: Office) -> None:
    office.kit.tree.command_ids.clear()
    text = await read(office)
    assert CLICKED.findall(text) == []
    assert "**/papers today**" in text


async def test_a_topic_that_reads_like_a_command_can_not_be_clicked(office: Office) -> None:
    for topic in ("/papers today", "</papers today:1>"):
        await office.type("papers follow", {"topic": topic})
        office.later(minutes=1)
    shown = await office.type("papers follows")
    assert "/papers today" in shown.plain
    assert not [kind for kind, _ in shown.formats if kind == "</"], "a bracket is a bracket"
