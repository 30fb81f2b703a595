"""Autocomplete: what nobody should have to remember."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from adapters.discord.interactions import autocomplete
from bot.cards.models import Card
from bot.domain.channels import Channel
from bot.domain.deliveries import DeliveryKey
from bot.domain.follows import Follow
from bot.domain.papers import Paper
from bot.domain.people import Person
from bot.errors import StoreError
from bot.ports.commands import Suggestion
from bot.ports.deliveries import Draft
from tests.adapters.discord.bot_harness import NOW, PAPERS_CHANNEL, BotHarness

VIDEO = Channel("discord", "10", "22", name="video-diffusion")
HIDDEN = Channel("discord", "10", "24", name="board")


async def offered(harness: BotHarness, words: str, option: str, typed: str, **where: str) -> list[dict[str, Any]]:
    """Type into an option; return what is offered."""
    return await harness.server.type(words, {option: typed}, option, **{"user": "100", "channel": "20", **where})


async def follow(harness: BotHarness, channel: Channel, topic: str) -> None:
    await harness.stores.follows.add(Follow(channel, topic, Person("91", "Mia"), harness.now))


async def test_categories(harness: BotHarness) -> None:
    choices = await harness.server.type("papers search", {"query": "x", "category": "lang"}, "category", channel="20")
    assert choices == [{"name": "cs.CL: Computation and language", "value": "cs.CL"}]


async def test_zones_by_city(harness: BotHarness) -> None:
    (choice,) = await offered(harness, "papers-setup settings", "zone", "berl", user="91")
    assert choice["value"] == "Europe/Berlin"


async def test_recent_papers_by_title(harness: BotHarness) -> None:
    (choice,) = await offered(harness, "papers show", "paper", "consistency trinity")
    assert choice["name"].startswith(f"{choice['value']}: The Trinity of Consistency")
    shown = await harness.type("papers show", {"paper": choice["value"]})
    assert "The Trinity of Consistency" in shown.plain


async def test_papers_of_older_lists_and_of_this_channels_digests(harness: BotHarness) -> None:
    (day, *_) = await harness.stores.feed_days.list_between(
        NOW.date() - timedelta(days=4), NOW.date() - timedelta(days=2)
    )
    known = await harness.stores.papers.get(day.papers)
    words = [word for word in known[day.papers[-1]].title.split() if word.isalpha()][:3]
    choices = await offered(harness, "papers show", "paper", " ".join(reversed(words)))
    assert day.papers[-1] in [choice["value"] for choice in choices], "every word has to occur, in any order"
    old = Paper("2401.00001", "Zebra Crossing in the Snow", listed=NOW.date() - timedelta(days=200))
    await harness.stores.papers.add([old], NOW)
    assert await offered(harness, "papers show", "paper", "zebra snow") == [], "old, and nobody was shown it"
    key = DeliveryKey(PAPERS_CHANNEL, "alert", old.id)
    await harness.stores.ledger.add([Draft(key, Card(text=old.title), (old.id,))], NOW)
    (choice,) = await offered(harness, "papers show", "paper", "zebra snow")
    assert choice["value"] == old.id
    assert await offered(harness, "papers show", "paper", "zebra snow", channel="22") == []


async def test_as_many_papers_as_discord_shows(harness: BotHarness) -> None:
    assert len(await offered(harness, "papers show", "paper", "")) == 25


async def test_what_is_saved_and_what_is_muted_can_be_taken_back(harness: BotHarness) -> None:
    await harness.type("papers save", {"paper": "2602.12160"})
    await harness.type("papers mute", {"what": "2602.21534"})
    await harness.type("papers mute", {"what": "graph learning"})
    assert [each["value"] for each in await offered(harness, "papers unsave", "paper", "dream")] == ["2602.12160"]
    assert await offered(harness, "papers unsave", "paper", "2602.21534") == []
    muted = {each["value"]: each["name"] for each in await offered(harness, "papers unmute", "what", "")}
    assert muted.keys() == {"2602.21534", '"graph learning"'}
    assert muted['"graph learning"'] == '"graph learning": muted for you'
    for value in muted:
        shown = await harness.type("papers unmute", {"what": value})
        assert "not muted" in shown.plain
        assert "any more" in shown.plain
    assert await offered(harness, "papers unmute", "what", "") == []


async def test_papers_and_followed_topics_can_be_muted(harness: BotHarness) -> None:
    await harness.type("papers follow", {"topic": "dream house"})
    values = [each["value"] for each in await offered(harness, "papers mute", "what", "dream")]
    assert values[0] == '"dream house"'
    assert "2602.12160" in values


async def test_the_last_of_several_topics(harness: BotHarness) -> None:
    await follow(harness, VIDEO, '"world model"')
    choices = await offered(harness, "papers-setup settings", "topics", "diffusion; world m", user="91")
    assert choices[0]["value"] == 'diffusion; "world model"'


async def test_tags_of_the_forum_that_is_meant(offline: BotHarness) -> None:
    harness, words = offline, "papers-setup settings"
    harness.server.channel("23", guild="10", name="reading", kind="forum", tags=(("1", "Vision"), ("2", "Language")))
    async with harness.run_bot():
        choices = await harness.server.type(words, {"channel": "23", "tag": ""}, "tag", user="91", channel="20")
        assert [each["value"] for each in choices] == ["Vision", "Language", "none"]
        assert [each["value"] for each in await offered(harness, words, "tag", "", user="91")] == ["none"]


async def test_a_chosen_channel_counts_where_it_is_seen(offline: BotHarness) -> None:
    harness = offline
    harness.server.channel("24", guild="10", name="board", readers=("91",))
    await follow(harness, HIDDEN, '"a board matter"')
    async with harness.run_bot():
        harness.server.permit("papers-setup", "101")
        asked = {"channel": "24", "topics": "board"}
        for user, wanted in (("91", ['"a board matter"']), ("101", [])):
            choices = await harness.server.type("papers-setup settings", asked, "topics", user=user, channel="20")
            assert [each["value"] for each in choices if "board matter" in each["value"]] == wanted, user


@pytest.mark.parametrize(("typed", "zone"), [("munich", "Europe/Berlin"), ("germany", "Europe/Berlin")])
async def test_zones_by_what_people_call_them(harness: BotHarness, typed: str, zone: str) -> None:
    (choice,) = await offered(harness, "papers-setup settings", "zone", typed, user="91")
    assert choice == {"name": f"{zone}: {typed.title()}", "value": zone}


async def test_zones_begin_with_this_channels_and_common_ones(harness: BotHarness) -> None:
    await harness.type("papers-setup digest set", {"zone": "Asia/Kathmandu"}, user="91")
    values = [each["value"] for each in await offered(harness, "papers-setup settings", "zone", "", user="91")]
    assert values[0] == "Asia/Kathmandu"
    assert "Europe/Berlin" in values
    assert "Africa/Abidjan" not in values
    asked = {"channel": "22", "zone": ""}
    choices = await harness.server.type("papers-setup settings", asked, "zone", user="91", channel="20")
    assert choices[0]["value"] == "UTC", "another channel has another zone"


async def test_dates_to_search_from_and_to_pause_until(harness: BotHarness) -> None:
    since = await harness.server.type("papers search", {"query": "x", "since": ""}, "since", channel="20")
    assert since[0] == {"name": "2026-02-20: Fri 20 Feb 2026", "value": "2026-02-20"}
    until = await offered(harness, "papers-setup pause", "until", "2026-03", user="91")
    assert until[0]["value"] == "2026-03-01"


async def test_help_is_offered_for_what_discord_has(harness: BotHarness) -> None:
    values = [each["value"] for each in await offered(harness, "papers help", "command", "digest")]
    assert values == ["digest on", "digest off", "digest now", "digest set"]


async def test_dates(harness: BotHarness) -> None:
    choices = await offered(harness, "papers today", "date", "2026-02-2")
    assert choices[0]["name"].startswith("2026-02-27: Fri 27 Feb, 16 papers")


async def test_topics_that_visible_channels_follow_come_first(harness: BotHarness) -> None:
    harness.server.channel("24", guild="10", name="board", readers=("91",))
    for channel, topic in (
        (VIDEO, '"world model"'),
        (PAPERS_CHANNEL, '"world simulation"'),
        (HIDDEN, '"world domination"'),
    ):
        await follow(harness, channel, topic)
    choices = await offered(harness, "papers follow", "topic", "world")
    assert [choice["value"] for choice in choices[:2]] == ['"world simulation"', '"world model"']
    assert choices[0]["name"] == '"world simulation": followed in #papers'
    assert all("domination" not in choice["value"] for choice in choices), "Ana does not see that channel"


async def test_topics_of_the_newest_papers(harness: BotHarness) -> None:
    choices = await offered(harness, "papers preview", "topic", "")
    assert choices
    assert all(choice["name"].endswith(": in the newest papers") for choice in choices)
    shown = await harness.type("papers preview", {"topic": choices[0]["value"]})
    assert "It would have sent" in shown.plain
    assert "sent nothing" not in shown.plain


async def test_what_is_followed_is_offered_to_be_unfollowed(harness: BotHarness) -> None:
    await harness.type("papers follow", {"topic": "diffusion -medical"})
    (choice,) = await offered(harness, "papers unfollow", "topic", "diff")
    await harness.type("papers unfollow", {"topic": choice["value"]})
    assert await offered(harness, "papers unfollow", "topic", "diff") == []


async def test_where_the_bot_is_no_member_it_completes_too(harness: BotHarness) -> None:
    assert await offered(harness, "papers show", "paper", "trinity", user="104", channel="40")
    assert await offered(harness, "papers follow", "topic", "", user="104", channel="40")


async def test_no_more_than_discord_takes(harness: BotHarness, monkeypatch: pytest.MonkeyPatch) -> None:
    async def many(*_: object) -> list[Suggestion]:
        return [Suggestion("x" * 101), Suggestion(""), *(Suggestion(f"{n}" + "é" * 90, "y" * 90) for n in range(40))]

    command = harness.context.tree.commands["papers", "show"]
    suggested = replace(command, parameters=(replace(command.parameters[0], suggest=many),))
    monkeypatch.setitem(harness.context.tree.commands, ("papers", "show"), suggested)
    choices = await offered(harness, "papers show", "paper", "x")
    assert len(choices) == 25
    assert all(1 <= len(choice["name"]) <= 100 for choice in choices)


async def test_names_are_inert_and_values_stay(harness: BotHarness, monkeypatch: pytest.MonkeyPatch) -> None:
    async def hostile(*_: object) -> list[Suggestion]:
        return [Suggestion("a\u202eb", "c\u2066d\n e")]

    command = harness.context.tree.commands["papers", "show"]
    suggested = replace(command, parameters=(replace(command.parameters[0], suggest=hostile),))
    monkeypatch.setitem(harness.context.tree.commands, ("papers", "show"), suggested)
    assert await offered(harness, "papers show", "paper", "x") == [{"name": "ab: cd e", "value": "a\u202eb"}]


async def test_a_broken_store_offers_nothing(harness: BotHarness, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(*_: object) -> None:
        raise StoreError("The disk is gone.")

    harness.excused.append("Nothing is suggested: StoreError")
    monkeypatch.setattr(type(harness.stores.feed_days), "get_newest", broken)
    assert await offered(harness, "papers show", "paper", "trinity") == []


async def test_who_waits_too_long_gets_nothing_in_time(
    harness: BotHarness, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def never(*_: object) -> list[Suggestion]:
        await asyncio.Event().wait()
        return []

    assert autocomplete._DEADLINE < 3, "so long Discord waits"
    harness.excused.append("Nothing is suggested: TimeoutError")
    monkeypatch.setattr(autocomplete, "_DEADLINE", 0.05)
    monkeypatch.setattr(autocomplete, "_find_suggestions", never)
    assert await offered(harness, "papers show", "paper", "trinity") == []
    assert "Nothing is suggested: TimeoutError" in caplog.text


async def test_an_option_of_an_older_version_offers_nothing(harness: BotHarness) -> None:
    old = {"type": 3, "name": "mood", "description": "Gone", "autocomplete": True}
    today = next(each for each in harness.server.commands[0]["options"] if each["name"] == "today")
    today.setdefault("options", []).append(old)
    assert await offered(harness, "papers today", "mood", "x") == []
