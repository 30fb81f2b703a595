"""What Slack tells of its places, and of the end of an installation."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import pytest

from adapters.slack.events.channels import ARCHIVED_REASON, REMOVED_REASON
from bot.domain.channels import Channel
from bot.ports.workspaces import Workspace
from bot.reasons.reason import Reason
from tests.adapters.slack.bot_harness import PAPERS_CHANNEL, BotHarness

NEW = Channel("slack", "T1", "C5", name="reading-group")


async def started(harness: BotHarness) -> None:
    """Turn the digest of #papers on."""
    standing = await harness.stores.channels.get_or_create(PAPERS_CHANNEL, harness.now)
    wanted = replace(standing.preferences, on=True)
    await harness.stores.channels.save_preferences(PAPERS_CHANNEL, wanted, wanted.schedule.find_next_post(harness.now))


async def due(harness: BotHarness) -> int:
    """Return how many channels would get a digest within a week."""
    harness.advance(days=7)
    return len(await harness.stores.channels.list_due(harness.now, 10))


async def test_whoever_invites_is_greeted_once(harness: BotHarness) -> None:
    harness.server.channel("C5", name="reading-group", members=("U1",))
    for _ in range(2):
        await harness.server.invite("C5", by="U1")
        await harness.drain()
        await harness.bot.jobs.deliver()
    (greeting,) = harness.server.shown("C5")
    assert "Thanks for the invitation, ana." in greeting.plain
    assert "[Start the digest]" in greeting.plain
    (known,) = [s for s in await harness.stores.channels.list_for_workspace("slack", "T1") if s.channel.id == "C5"]
    assert known.channel.name == "reading-group"


async def test_other_people_come_and_go_without_a_word(harness: BotHarness) -> None:
    await harness.context.directory.list_channels("T1")
    asked = len(harness.server.calls)
    for event in ("member_joined_channel", "member_left_channel"):
        await harness.server.event({"type": event, "user": "U3", "channel": "C1", "channel_type": "C"})
    await harness.drain()
    assert await harness.post() == []
    assert await harness.retired() is None
    await harness.context.directory.list_channels("T1")
    assert len(harness.server.calls) == asked, "the bot's own channels are as before"


async def test_a_channel_without_us_gets_nothing_until_we_are_back(harness: BotHarness) -> None:
    await started(harness)
    await harness.server.remove("C1")
    await harness.drain()
    assert await harness.retired() == REMOVED_REASON
    assert await due(harness) == 0
    await harness.server.invite("C1", by="U1")
    await harness.drain()
    assert await harness.retired() is None
    assert await due(harness) == 1


@pytest.mark.parametrize("private", [False, True])
async def test_an_archived_channel_rests(harness: BotHarness, *, private: bool) -> None:
    harness.server.place("C1").private = private
    await started(harness)
    await harness.server.archive("C1")
    await harness.drain()
    assert await harness.retired() == ARCHIVED_REASON
    await harness.server.archive("C1", again=True)
    await harness.drain()
    assert await harness.retired() is None


@pytest.mark.parametrize("private", [False, True])
async def test_a_deleted_channel_is_given_up(harness: BotHarness, *, private: bool) -> None:
    harness.server.place("C1").private = private
    await started(harness)
    await harness.server.delete("C1")
    await harness.drain()
    assert await harness.retired() == Reason("channel.deleted")
    assert await due(harness) == 0


async def test_a_new_name_is_kept(harness: BotHarness) -> None:
    await started(harness)
    await harness.server.rename("C1", "daily-papers")
    await harness.drain()
    assert "#daily-papers" in (await harness.type("status")).plain.replace("\u2060", "")


async def test_a_new_identity_takes_everything_along(harness: BotHarness) -> None:
    await harness.type('follow "world model" where:here')
    await started(harness)
    await harness.server.renumber("C1", "C7")
    await harness.drain()
    moved = replace(PAPERS_CHANNEL, id="C7")
    assert (await harness.preferences(moved)).on
    assert len(await harness.stores.follows.list_for_channel(moved)) == 1


async def test_the_same_event_told_again_changes_nothing(harness: BotHarness) -> None:
    await started(harness)
    told = await harness.server.remove("C1")
    await harness.drain()
    await harness.server.again(told)
    await harness.drain()
    assert await harness.retired() == REMOVED_REASON


@pytest.mark.parametrize("first", ["app_uninstalled", "tokens_revoked"])
async def test_after_an_uninstall_tokens_go_at_once_and_the_rest_waits(
    harness: BotHarness, first: Literal["app_uninstalled", "tokens_revoked"]
) -> None:
    await started(harness)
    await harness.server.uninstall("T1", first=first)
    await harness.drain()
    assert harness.tokens.deleted == [("T1", ""), ("T1", "")]
    workspace = await harness.stores.workspaces.get("slack", "T1")
    assert workspace
    assert workspace.left_at == harness.now
    assert "no access to this workspace" in str(await harness.retired())
    assert await due(harness) == 0
    await harness.context.workspace_events.on_workspace_installed(Workspace("slack", "T1"), harness.now)
    assert await harness.retired() is None


async def test_a_persons_own_token_is_none_of_ours(harness: BotHarness) -> None:
    await harness.server.event({"type": "tokens_revoked", "tokens": {"oauth": ["U1"], "bot": []}})
    await harness.drain()
    assert harness.tokens.deleted == []


async def test_an_organization_leaves_with_all_its_workspaces(harness: BotHarness) -> None:
    harness.server.team("T1", enterprise="E1")
    harness.server.bot("E1", token="xoxb-e")
    for team in ("T1", "T2"):
        await harness.stores.workspaces.save(Workspace("slack", team, organization="E1"))
    await started(harness)
    harness.server.bots.pop("xoxb-1")
    await harness.server.uninstall("E1")
    await harness.drain()
    assert harness.tokens.deleted == [("", "E1"), ("", "E1")]
    for team in ("T1", "T2"):
        left = await harness.stores.workspaces.get("slack", team)
        assert left
        assert left.left_at == harness.now
    assert "no access" in str(await harness.retired())


async def test_what_an_organizations_installation_hears_belongs_to_its_workspace(harness: BotHarness) -> None:
    harness.server.team("T1", enterprise="E1")
    harness.server.bots.pop("xoxb-1")
    harness.server.bot("E1", token="xoxb-1")
    await harness.server.mention("status", channel="C1", user="U1")
    await harness.drain()
    assert "Status of #papers" in harness.said()
