"""Autocomplete: what nobody should have to remember."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from adapters.discord import completing
from bot.errors import StoreError
from bot.models import Channel, Follow, Person
from bot.ports.commands import Suggestion
from tests.adapters.discord.inbound import ROOM, Office

VIDEO = Channel("discord", "10", "22", name="video-diffusion")
HIDDEN = Channel("discord", "10", "24", name="board")


async def offered(office: Office, words: str, option: str, typed: str, **where: str) -> list[dict[str, Any]]:
    """Type into an option; return what is offered."""
    return await office.server.type(words, {option: typed}, option, **{"user": "100", "channel": "20", **where})


async def follow(office: Office, channel: Channel, topic: str) -> None:
    await office.stores.follows.add(Follow(channel, topic, Person("91", "Mia"), office.now))


async def test_categories(office: Office) -> None:
    choices = await office.server.type("papers search", {"query": "x", "category": "lang"}, "category", channel="20")
    assert choices == [{"name": "cs.CL: Computation and language", "value": "cs.CL"}]


async def test_zones_by_city(office: Office) -> None:
    (choice,) = await offered(office, "papers-setup settings", "zone", "berl", user="91")
    assert choice["value"] == "Europe/Berlin"


async def test_recent_papers_by_title(office: Office) -> None:
    (choice,) = await offered(office, "papers show", "paper", "trinity")
    assert choice["name"].startswith(f"{choice['value']}: The Trinity of Consistency")
    shown = await office.type("papers show", {"paper": choice["value"]})
    assert "The Trinity of Consistency" in shown.plain


async def test_dates(office: Office) -> None:
    choices = await offered(office, "papers today", "date", "2026-02-2")
    assert choices[0]["name"].startswith("2026-02-27: Fri 27 Feb, 16 papers")


async def test_topics_that_visible_channels_follow_come_first(office: Office) -> None:
    office.server.channel("24", guild="10", name="board", readers=("91",))
    for channel, topic in ((VIDEO, '"world model"'), (ROOM, '"world simulation"'), (HIDDEN, '"world domination"')):
        await follow(office, channel, topic)
    choices = await offered(office, "papers follow", "topic", "world")
    assert [choice["value"] for choice in choices[:2]] == ['"world simulation"', '"world model"']
    assert choices[0]["name"] == '"world simulation": followed in #papers'
    assert all("domination" not in choice["value"] for choice in choices), "Ana does not see that channel"


async def test_topics_of_the_newest_papers(office: Office) -> None:
    choices = await offered(office, "papers preview", "topic", "")
    assert choices
    assert all(choice["name"].endswith(": in the newest papers") for choice in choices)
    shown = await office.type("papers preview", {"topic": choices[0]["value"]})
    assert "It would have sent" in shown.plain
    assert "sent nothing" not in shown.plain


async def test_what_is_followed_is_offered_to_be_unfollowed(office: Office) -> None:
    await office.type("papers follow", {"topic": "diffusion -medical"})
    (choice,) = await offered(office, "papers unfollow", "topic", "diff")
    await office.type("papers unfollow", {"topic": choice["value"]})
    assert await offered(office, "papers unfollow", "topic", "diff") == []


async def test_where_the_bot_is_no_member_it_completes_too(office: Office) -> None:
    assert await offered(office, "papers show", "paper", "trinity", user="104", channel="40")
    assert await offered(office, "papers follow", "topic", "", user="104", channel="40")


async def test_no_more_than_discord_takes(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    async def many(*_: object) -> list[Suggestion]:
        return [Suggestion("x" * 101), Suggestion(""), *(Suggestion(f"{n}" + "é" * 90, "y" * 90) for n in range(40))]

    command = office.kit.tree.commands["papers", "show"]
    suggested = replace(command, parameters=(replace(command.parameters[0], suggest=many),))
    monkeypatch.setitem(office.kit.tree.commands, ("papers", "show"), suggested)
    choices = await offered(office, "papers show", "paper", "x")
    assert len(choices) == 25
    assert all(1 <= len(choice["name"]) <= 100 for choice in choices)


async def test_a_broken_store_offers_nothing(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(*_: object) -> None:
        raise StoreError("The disk is gone.")

    office.excused.append("Nothing is suggested: StoreError")
    monkeypatch.setattr(type(office.stores.days), "newest", broken)
    assert await offered(office, "papers show", "paper", "trinity") == []


async def test_who_waits_too_long_gets_nothing_in_time(
    office: Office, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def never(*_: object) -> list[Suggestion]:
        await asyncio.Event().wait()
        return []

    office.excused.append("Nothing is suggested: TimeoutError")
    monkeypatch.setattr(completing, "_DEADLINE", 0.05)
    monkeypatch.setattr(completing, "_found", never)
    assert await offered(office, "papers show", "paper", "trinity") == []
    assert "Nothing is suggested: TimeoutError" in caplog.text


async def test_an_option_of_an_older_version_offers_nothing(office: Office) -> None:
    old = {"type": 3, "name": "mood", "description": "Gone", "autocomplete": True}
    today = next(each for each in office.server.commands[0]["options"] if each["name"] == "today")
    today.setdefault("options", []).append(old)
    assert await offered(office, "papers today", "mood", "x") == []
