"""Settings that mean something on one platform alone."""

from dataclasses import replace

import pytest

from bot.bootstrap.platforms import list_features
from bot.commands.digest.settings import read_settings
from bot.commands.preferences.fields import list_fields
from bot.domain.channels import ChannelKind
from bot.domain.preferences import Preferences
from bot.ports.features import Feature
from tests.bot.commands.conftest import NOW, PAPERS, Room

ONLY_THERE = {"mention", "lift", "into"}


@pytest.mark.parametrize(("platform", "there"), [("discord", ONLY_THERE), ("slack", set()), ("web", set())])
def test_a_question_is_asked_where_it_means_something(platform: str, there: set[str]) -> None:
    here = list_fields(replace(PAPERS, platform=platform), list_features()[platform].features)
    assert {question.name for question in here} & ONLY_THERE == there


async def test_what_means_nothing_in_a_forum_is_neither_asked_there_nor_taken(room: Room) -> None:
    forum = replace(PAPERS, platform="discord", id="forum", kind=ChannelKind.FORUM)
    asked = {question.name for question in list_fields(forum, set(Feature))}
    assert {"lift", "into", "entries"} & asked == set()
    for typed, label in (("lift:3", "Lift"), ("into:40", "Lift into"), ("entries:yes", "One entry per paper")):
        said, _ = await room.mistake(f"settings {typed}", channel=forum)
        assert said == f"“{label}” means nothing in a forum: each paper has a post of its own there."
    assert "pictures" in asked


@pytest.mark.parametrize(("typed", "forum"), [("123", "123"), ("<#123>", "123"), ("none", ""), ("0", "")])
def test_a_forum_is_read_as_the_platform_fills_it_in(typed: str, forum: str) -> None:
    wanted = read_settings({"into": typed}, Preferences(into="7"))
    assert (wanted.preferences.into, wanted.mistakes) == (forum, {})
    assert "into" in read_settings({"into": "#reading"}, Preferences()).mistakes


@pytest.mark.parametrize(
    ("typed", "role"), [("123", "123"), ("<@&123>", "123"), ("none", ""), ("Nobody", ""), ("0", "")]
)
def test_a_role_is_read_as_the_platform_fills_it_in(typed: str, role: str) -> None:
    wanted = read_settings({"mention": typed}, Preferences(mention="7"))
    assert (wanted.preferences.mention, wanted.mistakes) == (role, {})


@pytest.mark.parametrize("typed", ["@everyone", "<@1>", "<@&1> <@&2>", "-1", "9" * 21])
def test_only_one_role_can_be_mentioned(typed: str) -> None:
    wanted = read_settings({"mention": typed}, Preferences())
    assert wanted.mistakes == {"mention": f"“{typed}” is not a role; choose one from the list, or none."}
    assert wanted.preferences.mention == ""


@pytest.mark.parametrize(("typed", "kept"), [("5", 5), ("0", 0), ("100", 100)])
def test_reactions_that_lift_a_paper_are_a_number(typed: str, kept: int) -> None:
    assert read_settings({"lift": typed}, Preferences()).preferences.lift == kept
    assert "lift" in read_settings({"lift": "101"}, Preferences()).mistakes


async def test_a_setting_of_another_platform_is_refused_with_nothing_changed(room: Room) -> None:
    said, _ = await room.mistake("settings mention:7 number:3")
    assert said == "“Mention” means something in Discord only."
    assert (await room.stores.channels.get_or_create(PAPERS, NOW)).preferences == Preferences()
    there = replace(PAPERS, platform="discord")
    assert "3" in (await room.card("settings lift:3", channel=there)).text
    assert (await room.stores.channels.get_or_create(there, NOW)).preferences.lift == 3
