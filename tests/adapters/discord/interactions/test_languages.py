"""Discord's own languages: each reads answers, forms, suggestions and the commands themselves in theirs."""

from __future__ import annotations

import re

import pytest

from adapters.discord.rendering.markdown import format_timestamp
from adapters.discord.rendering.messages import render_messages
from bot.cards.models import Card
from bot.commands.preferences.next_sends import format_next_sends, list_next_sends
from bot.domain.schedules import Schedule
from bot.i18n.translation import LANGUAGES, gettext, use_language
from tests.adapters.discord.bot_harness import NOW, PAPERS_CHANNEL, BotHarness, list_labels


@pytest.fixture
def german(harness: BotHarness) -> BotHarness:
    """Greta, who manages, has a German Discord."""
    harness.server.person("105", name="Greta", guilds=("10",), manages=True, locale="de")
    return harness


def in_german(sentence: str) -> str:
    with use_language("de"):
        said = gettext(sentence)
    assert said != sentence
    return said


async def test_each_is_answered_in_the_language_of_their_discord(german: BotHarness) -> None:
    english = await german.type("papers help")
    greta = await german.type("papers help", user="105")
    assert in_german("Type a command. Answers are private until you share them.") in greta.plain
    assert in_german("Type a command. Answers are private until you share them.") not in english.plain


async def test_mistakes_are_said_in_it_with_an_example_as_it_is_typed(german: BotHarness) -> None:
    wrong = await german.type("papers show", {"paper": "nonsense"}, user="105")
    with use_language("de"):
        sentence = "No stored paper has the id “{identifier}”; “search” finds papers by words."
        assert gettext(sentence, identifier="nonsense") in wrong.plain
        assert f"{gettext('For example: ')}/papers show paper:" in wrong.plain, "as it is typed here"


async def test_a_panel_and_its_modals_are_in_it(german: BotHarness) -> None:
    panel = await german.type("papers-setup settings", user="105")
    assert in_german("Cancel") in list_labels(panel)
    assert in_german("Time") in panel.plain
    assert "Nothing changes until you save." not in panel.plain
    assert len(re.findall(r"<t:\d+:", panel.content)) >= 3, "the next sends are moments of each reader's own"
    left = await german.press(in_german("Cancel"), panel, user="105")
    assert left.plain == in_german("Nothing was changed.")


async def test_what_is_suggested_is_told_in_it(german: BotHarness) -> None:
    await german.type("papers follow", {"topic": "diffusion"}, user="105")
    offered = await german.server.type("papers unfollow", {"topic": ""}, "topic", user="105", channel="20")
    assert any(in_german("followed by you") in each["name"] for each in offered)


async def test_the_post_of_a_channel_is_in_the_channels_language_whoever_asks(german: BotHarness) -> None:
    await german.type("papers-setup settings", {"language": "fr"}, user="105")
    said = await german.type("papers-setup digest now", user="105")
    assert said.plain.startswith(in_german("The digest is on its way."))
    posted = (await german.post())[-1]
    with use_language("fr"):
        assert gettext("Pick a paper") in list_labels(posted)
    assert (await german.preferences(PAPERS_CHANNEL)).language == "fr"


async def test_commands_are_described_in_every_language(german: BotHarness) -> None:
    for command in german.server.commands:
        told = command.get("description_localizations") or command["name_localizations"]
        assert set(told) == {"de", "fr", "es-ES", "es-419", "ja", "zh-CN"}
        assert len({*told.values(), command.get("description") or command["name"]}) >= len(LANGUAGES)
        assert all(len(text) <= 100 for text in told.values())


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_next_sends_are_everybodys_own_time_in_every_language(language: str) -> None:
    schedule = Schedule(timezone="America/New_York")
    with use_language(language):
        card = Card(text=f"x {format_next_sends(schedule, NOW)} y")
    (message,) = render_messages(card)
    shown = message.payload["content"]
    assert re.findall(r"<t:\d+:\w>", shown) == [format_timestamp(at) for at in list_next_sends(schedule, NOW)]
    assert "New_York" not in shown
    assert shown.startswith("x ")
    assert shown.endswith(" y")
