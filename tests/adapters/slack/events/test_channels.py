"""What Slack tells of its places, and of the end of an installation."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import pytest

from adapters.slack.events.channels import ARCHIVED_REASON, REMOVED_REASON
from bot.domain.channels import Channel
from bot.ports.workspaces import Workspace
from bot.reasons.reason import Reason
from tests.adapters.slack.inbound import ROOM, Office

NEW = Channel("slack", "T1", "C5", name="reading-group")


async def started(office: Office) -> None:
    """Turn the digest of #papers on."""
    standing = await office.stores.channels.get_or_create(ROOM, office.now)
    wanted = replace(standing.preferences, on=True)
    await office.stores.channels.save_preferences(ROOM, wanted, wanted.schedule.find_next_post(office.now))


async def due(office: Office) -> int:
    """Return how many channels would get a digest within a week."""
    office.later(days=7)
    return len(await office.stores.channels.list_due(office.now, 10))


async def test_whoever_invites_is_greeted_once(office: Office) -> None:
    office.server.channel("C5", name="reading-group", members=("U1",))
    for _ in range(2):
        await office.server.invite("C5", by="U1")
        await office.rest()
        await office.bot.jobs.deliver()
    (greeting,) = office.server.shown("C5")
    assert "Thanks for the invitation, ana." in greeting.plain
    assert "[Start the digest]" in greeting.plain
    (known,) = [s for s in await office.stores.channels.list_for_workspace("slack", "T1") if s.channel.id == "C5"]
    assert known.channel.name == "reading-group"


async def test_other_people_come_and_go_without_a_word(office: Office) -> None:
    await office.kit.directory.list_channels("T1")
    asked = len(office.server.calls)
    for event in ("member_joined_channel", "member_left_channel"):
        await office.server.event({"type": event, "user": "U3", "channel": "C1", "channel_type": "C"})
    await office.rest()
    assert await office.post() == []
    assert await office.retired() is None
    await office.kit.directory.list_channels("T1")
    assert len(office.server.calls) == asked, "the bot's own channels are as before"


async def test_a_channel_without_us_gets_nothing_until_we_are_back(office: Office) -> None:
    await started(office)
    await office.server.remove("C1")
    await office.rest()
    assert await office.retired() == REMOVED_REASON
    assert await due(office) == 0
    await office.server.invite("C1", by="U1")
    await office.rest()
    assert await office.retired() is None
    assert await due(office) == 1


@pytest.mark.parametrize("private", [False, True])
async def test_an_archived_channel_rests(office: Office, *, private: bool) -> None:
    office.server.place("C1").private = private
    await started(office)
    await office.server.archive("C1")
    await office.rest()
    assert await office.retired() == ARCHIVED_REASON
    await office.server.archive("C1", again=True)
    await office.rest()
    assert await office.retired() is None


@pytest.mark.parametrize("private", [False, True])
async def test_a_deleted_channel_is_given_up(office: Office, *, private: bool) -> None:
    office.server.place("C1").private = private
    await started(office)
    await office.server.delete("C1")
    await office.rest()
    assert await office.retired() == Reason("channel.deleted")
    assert await due(office) == 0


async def test_a_new_name_is_kept(office: Office) -> None:
    await started(office)
    await office.server.rename("C1", "daily-papers")
    await office.rest()
    assert "#daily-papers" in (await office.type("status")).plain.replace("\u2060", "")


async def test_a_new_identity_takes_everything_along(office: Office) -> None:
    await office.type('follow "world model" where:here')
    await started(office)
    await office.server.renumber("C1", "C7")
    await office.rest()
    moved = replace(ROOM, id="C7")
    assert (await office.preferences(moved)).on
    assert len(await office.stores.follows.list_for_channel(moved)) == 1


async def test_the_same_event_told_again_changes_nothing(office: Office) -> None:
    await started(office)
    told = await office.server.remove("C1")
    await office.rest()
    await office.server.again(told)
    await office.rest()
    assert await office.retired() == REMOVED_REASON


@pytest.mark.parametrize("first", ["app_uninstalled", "tokens_revoked"])
async def test_after_an_uninstall_tokens_go_at_once_and_the_rest_waits(
    office: Office, first: Literal["app_uninstalled", "tokens_revoked"]
) -> None:
    await started(office)
    await office.server.uninstall("T1", first=first)
    await office.rest()
    assert office.tokens.deleted == [("T1", ""), ("T1", "")]
    workspace = await office.stores.workspaces.get("slack", "T1")
    assert workspace
    assert workspace.left_at == office.now
    assert "no access to this workspace" in str(await office.retired())
    assert await due(office) == 0
    await office.kit.workspace_events.on_workspace_installed(Workspace("slack", "T1"), office.now)
    assert await office.retired() is None


async def test_a_persons_own_token_is_none_of_ours(office: Office) -> None:
    await office.server.event({"type": "tokens_revoked", "tokens": {"oauth": ["U1"], "bot": []}})
    await office.rest()
    assert office.tokens.deleted == []


async def test_an_organization_leaves_with_all_its_workspaces(office: Office) -> None:
    office.server.team("T1", enterprise="E1")
    office.server.bot("E1", token="xoxb-e")
    for team in ("T1", "T2"):
        await office.stores.workspaces.save(Workspace("slack", team, organization="E1"))
    await started(office)
    office.server.bots.pop("xoxb-1")
    await office.server.uninstall("E1")
    await office.rest()
    assert office.tokens.deleted == [("", "E1"), ("", "E1")]
    for team in ("T1", "T2"):
        left = await office.stores.workspaces.get("slack", team)
        assert left
        assert left.left_at == office.now
    assert "no access" in str(await office.retired())


async def test_what_an_organizations_installation_hears_belongs_to_its_workspace(office: Office) -> None:
    office.server.team("T1", enterprise="E1")
    office.server.bots.pop("xoxb-1")
    office.server.bot("E1", token="xoxb-1")
    await office.server.mention("status", channel="C1", user="U1")
    await office.rest()
    assert "Status of #papers" in office.said()
