"""Commands that the Slack adapter has never heard of do there what they declare."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from adapters.slack.manifest import build_manifest
from bot.domain.channels import ChannelKind
from bot.ports.commands import FOR_CHANNEL, ParameterType
from bot.ports.workspaces import Workspace
from tests.adapters.declared_commands import CHOICES, EVERY_TYPE, DeclaredCommands
from tests.adapters.slack.bot_harness import BotHarness, connect_socket_mode, open_harness
from tests.composition import list_unexpected

NOT_HERE = "Broadsheet is not in this channel"


@pytest.fixture
def declared() -> DeclaredCommands:
    return DeclaredCommands()


@pytest.fixture
async def harness(
    declared: DeclaredCommands, stored: Path, caplog: pytest.LogCaptureFixture
) -> AsyncIterator[BotHarness]:
    """A bot with them, and a channel "C9" in which the bot is not."""
    async with open_harness(stored, more=declared.build_commands()) as harness:
        harness.server.channel("C9", name="elsewhere", members=("U1", "U2"))
        async with connect_socket_mode(harness):
            yield harness
        assert harness.server.violations == []
    assert list_unexpected(caplog.get_records("call"), harness.excused, logging.ERROR) == []


async def test_one_that_tells_of_one_thing_opens_a_modal(harness: BotHarness) -> None:
    offered = await harness.type("offer")
    await harness.press("Glance", offered)
    assert "Done: glance." in harness.window()
    before = len(harness.server.views("U1"))
    await harness.press("Meet", offered)
    assert "Done: meet." in harness.said()
    assert len(harness.server.views("U1")) == before


@pytest.mark.parametrize("line", ["meet", "publish"])
async def test_one_that_posts_wants_the_bot_in_the_channel(
    harness: BotHarness, declared: DeclaredCommands, line: str
) -> None:
    assert NOT_HERE in (await harness.type(line, channel="C9")).plain
    assert len(declared.asked) == 0
    assert f"Done: {line}." in (await harness.type(line)).plain


@pytest.mark.parametrize("line", ["glance", "tour plan"])
async def test_one_that_does_not_post_there_works_anywhere(harness: BotHarness, line: str) -> None:
    assert f"Done: {line}." in (await harness.type(line, channel="C9")).plain


async def test_who_manages_is_asked_where_it_matters(harness: BotHarness, declared: DeclaredCommands) -> None:
    managed = []
    for line in ("glance", "sample a_text:x", "publish"):
        await harness.type(line, user="U2")
        managed.append(declared.last[0].person.is_manager)
    assert managed == [False, True, True]
    assert "Only admins may use" in (await harness.type("tour rules", user="U2")).plain
    assert "Done: tour rules." in (await harness.type("tour rules", user="U1")).plain


async def test_one_for_other_channels_is_nobodys_own_in_private(
    harness: BotHarness, declared: DeclaredCommands
) -> None:
    await harness.stores.workspaces.save(Workspace("slack", "T1", "Acme", policy="admins"))
    await harness.server.direct_message("publish", user="U3")
    await harness.server.direct_message("tour plan", user="U3")
    await harness.drain()
    (publish, _), (plan, _) = declared.asked
    assert publish.channel.kind is plan.channel.kind is ChannelKind.DIRECT
    assert publish.person.is_manager
    assert not plan.person.is_manager


async def test_every_type_of_parameter_can_be_typed(harness: BotHarness, declared: DeclaredCommands) -> None:
    values = {name: CHOICES.get(kind, ("7",))[-1] for kind, name in EVERY_TYPE.items()}
    await harness.type("sample " + " ".join(f"{name}:{value}" for name, value in values.items()))
    assert declared.last[1] == values
    assert values[EVERY_TYPE[ParameterType.PERSON_OR_CHANNEL]] == FOR_CHANNEL


async def test_the_handle_of_a_user_group_becomes_its_id(harness: BotHarness, declared: DeclaredCommands) -> None:
    harness.server.group("S1LEADS", handle="leads", members=("U2",))
    name = EVERY_TYPE[ParameterType.USER_GROUP]
    await harness.type(f"sample {name}:@leads", user="U3")
    assert declared.last[1] == {name: "S1LEADS"}


async def test_a_message_has_it_in_its_menu(harness: BotHarness, declared: DeclaredCommands) -> None:
    message = harness.server.say("Look at https://arxiv.org/abs/2602.12160 please", "C1", "U2")
    await harness.server.shortcut("nearby_here", message, user="U1")
    await harness.drain()
    assert "Done: nearby." in harness.said()
    ((name, value),) = declared.last[1].items()
    assert (name, "2602.12160" in value, "please" in value) == ("papers", True, False)


async def test_links_of_its_domain_get_a_card(harness: BotHarness, declared: DeclaredCommands) -> None:
    links = ("https://www.journal.example/p/1", "https://notjournal.example/p/2")
    await harness.server.paste(" ".join(links), channel="C1", user="U2")
    await harness.drain()
    assert [values for _, values in declared.asked] == [{"address": links[0]}]
    assert [list(cards) for _, _, cards in harness.server.unfurled] == [[links[0]]]


@pytest.mark.parametrize("link", ["http://[journal.example", "https://", "https://journal.example.org/1"])
async def test_other_links_are_left_alone(harness: BotHarness, declared: DeclaredCommands, link: str) -> None:
    shown = harness.server.say(link, "C1", "U2")
    inner = {"type": "link_shared", "channel": "C1", "user": "U2", "message_ts": shown.ts, "links": [{"url": link}]}
    await harness.server.event(inner)
    await harness.drain()
    assert declared.asked == []


def test_the_manifest_has_its_shortcut_and_its_domain(declared: DeclaredCommands) -> None:
    features = build_manifest(declared.build_commands())["features"]
    assert features["unfurl_domains"] == ["journal.example"]
    (shortcut,) = features["shortcuts"]
    assert (shortcut["callback_id"], shortcut["name"], shortcut["type"]) == ("nearby_here", "Papers nearby", "message")
