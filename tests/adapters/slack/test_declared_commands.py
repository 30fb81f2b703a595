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
from tests.adapters.slack.inbound import Office, connected, working
from tests.composition import list_unexpected

NOT_HERE = "Broadsheet is not in this channel"


@pytest.fixture
def declared() -> DeclaredCommands:
    return DeclaredCommands()


@pytest.fixture
async def office(declared: DeclaredCommands, stored: Path, caplog: pytest.LogCaptureFixture) -> AsyncIterator[Office]:
    """An office with them, and a channel "C9" in which the bot is not."""
    async with working(stored, more=declared.build_commands()) as office:
        office.server.channel("C9", name="elsewhere", members=("U1", "U2"))
        async with connected(office):
            yield office
        assert office.server.violations == []
    assert list_unexpected(caplog.get_records("call"), office.excused, logging.ERROR) == []


async def test_one_that_tells_of_one_thing_opens_a_modal(office: Office) -> None:
    offered = await office.type("offer")
    await office.press("Glance", offered)
    assert "Done: glance." in office.window()
    before = len(office.server.views("U1"))
    await office.press("Meet", offered)
    assert "Done: meet." in office.said()
    assert len(office.server.views("U1")) == before


@pytest.mark.parametrize("line", ["meet", "publish"])
async def test_one_that_posts_wants_the_bot_in_the_channel(
    office: Office, declared: DeclaredCommands, line: str
) -> None:
    assert NOT_HERE in (await office.type(line, channel="C9")).plain
    assert len(declared.asked) == 0
    assert f"Done: {line}." in (await office.type(line)).plain


@pytest.mark.parametrize("line", ["glance", "tour plan"])
async def test_one_that_does_not_post_there_works_anywhere(office: Office, line: str) -> None:
    assert f"Done: {line}." in (await office.type(line, channel="C9")).plain


async def test_who_manages_is_asked_where_it_matters(office: Office, declared: DeclaredCommands) -> None:
    managed = []
    for line in ("glance", "sample a_text:x", "publish"):
        await office.type(line, user="U2")
        managed.append(declared.last[0].person.is_manager)
    assert managed == [False, True, True]
    assert "Only admins may use" in (await office.type("tour rules", user="U2")).plain
    assert "Done: tour rules." in (await office.type("tour rules", user="U1")).plain


async def test_one_for_other_channels_is_nobodys_own_in_private(office: Office, declared: DeclaredCommands) -> None:
    await office.stores.workspaces.save(Workspace("slack", "T1", "Acme", policy="admins"))
    await office.server.direct_message("publish", user="U3")
    await office.server.direct_message("tour plan", user="U3")
    await office.rest()
    (publish, _), (plan, _) = declared.asked
    assert publish.channel.kind is plan.channel.kind is ChannelKind.DIRECT
    assert publish.person.is_manager
    assert not plan.person.is_manager


async def test_every_type_of_parameter_can_be_typed(office: Office, declared: DeclaredCommands) -> None:
    values = {name: CHOICES.get(kind, ("7",))[-1] for kind, name in EVERY_TYPE.items()}
    await office.type("sample " + " ".join(f"{name}:{value}" for name, value in values.items()))
    assert declared.last[1] == values
    assert values[EVERY_TYPE[ParameterType.PERSON_OR_CHANNEL]] == FOR_CHANNEL


async def test_the_handle_of_a_user_group_becomes_its_id(office: Office, declared: DeclaredCommands) -> None:
    office.server.group("S1LEADS", handle="leads", members=("U2",))
    name = EVERY_TYPE[ParameterType.USER_GROUP]
    await office.type(f"sample {name}:@leads", user="U3")
    assert declared.last[1] == {name: "S1LEADS"}


async def test_a_message_has_it_in_its_menu(office: Office, declared: DeclaredCommands) -> None:
    message = office.server.say("Look at https://arxiv.org/abs/2602.12160 please", "C1", "U2")
    await office.server.shortcut("nearby_here", message, user="U1")
    await office.rest()
    assert "Done: nearby." in office.said()
    ((name, value),) = declared.last[1].items()
    assert (name, "2602.12160" in value, "please" in value) == ("papers", True, False)


async def test_links_of_its_domain_get_a_card(office: Office, declared: DeclaredCommands) -> None:
    links = ("https://www.journal.example/p/1", "https://notjournal.example/p/2")
    await office.server.paste(" ".join(links), channel="C1", user="U2")
    await office.rest()
    assert [values for _, values in declared.asked] == [{"address": links[0]}]
    assert [list(cards) for _, _, cards in office.server.unfurled] == [[links[0]]]


@pytest.mark.parametrize("link", ["http://[journal.example", "https://", "https://journal.example.org/1"])
async def test_other_links_are_left_alone(office: Office, declared: DeclaredCommands, link: str) -> None:
    shown = office.server.say(link, "C1", "U2")
    inner = {"type": "link_shared", "channel": "C1", "user": "U2", "message_ts": shown.ts, "links": [{"url": link}]}
    await office.server.event(inner)
    await office.rest()
    assert declared.asked == []


def test_the_manifest_has_its_shortcut_and_its_domain(declared: DeclaredCommands) -> None:
    features = build_manifest(declared.build_commands())["features"]
    assert features["unfurl_domains"] == ["journal.example"]
    (shortcut,) = features["shortcuts"]
    assert (shortcut["callback_id"], shortcut["name"], shortcut["type"]) == ("nearby_here", "Papers nearby", "message")
