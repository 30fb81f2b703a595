"""Who may."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.ports.workspaces import Workspace
from tests.adapters.slack.bot_harness import PAPERS_CHANNEL, BotHarness
from tests.servers.slack import Shown

CHANGE = "settings number:7"


async def rule(harness: BotHarness, policy: str) -> None:
    """Let the workspace decide who manages its channels."""
    known = await harness.stores.workspaces.get("slack", "T1") or Workspace("slack", "T1")
    await harness.stores.workspaces.save(replace(known, policy=policy))


async def changed(harness: BotHarness, user: str) -> bool:
    """Let somebody change a setting; tell whether that worked."""
    before = await harness.preferences()
    said = (await harness.type(CHANGE, user=user)).plain
    worked = await harness.preferences() != before
    assert worked == ("Saved for" in said), said
    await harness.stores.channels.save_preferences(PAPERS_CHANNEL, before, None)
    return worked


async def test_members_manage_their_channel(harness: BotHarness) -> None:
    assert await changed(harness, "U1")
    assert await changed(harness, "U2")


async def test_admins_manage_where_the_workspace_says_so(harness: BotHarness) -> None:
    await rule(harness, "admins")
    assert await changed(harness, "U1")
    assert not await changed(harness, "U2")


async def test_a_group_manages_where_the_workspace_says_so(harness: BotHarness) -> None:
    harness.server.group("S1LEADS", members=("U2",))
    await rule(harness, "group:S1LEADS")
    assert not await changed(harness, "U1")
    assert await changed(harness, "U2")


async def test_a_group_that_is_gone_lets_nobody_in_but_those_who_are_named(harness: BotHarness) -> None:
    await rule(harness, "group:S9GONE")
    harness.server.person("U9", name="Ines")
    harness.server.place("C1").members.add("U9")
    assert not await changed(harness, "U1")
    assert await changed(harness, "U9")


async def test_only_those_who_set_it_up_manage_where_the_workspace_says_so(harness: BotHarness) -> None:
    await rule(harness, "managers")
    harness.server.person("U9", name="Ines")
    harness.server.place("C1").members.add("U9")
    assert not await changed(harness, "U1")
    assert await changed(harness, "U9")


async def test_anybody_may_read_and_follow_for_themselves(harness: BotHarness) -> None:
    await rule(harness, "managers")
    for line in ("search attention", "today", 'follow "world model"', "save 2602.12160", "status", "log"):
        said = (await harness.type(line, user="U2")).plain
        assert "Not done." not in said or line == "log", said


async def test_who_is_outside_the_channel_presses_in_vain(harness: BotHarness) -> None:
    await harness.type("digest now")
    posted = (await harness.post())[-1]
    assert isinstance(posted, Shown)
    await harness.press("Settings", posted, user="U3")
    assert harness.server.views("U3") == []
    assert "Only people who manage #papers" in harness.said(user="U3")
    await harness.press("Not for us", posted, user="U3")
    assert "is muted for you" in harness.said(user="U3")


async def test_a_form_is_checked_when_it_is_saved(harness: BotHarness) -> None:
    view = await harness.form("settings", user="U2")
    await rule(harness, "admins")
    acked = await harness.server.submit(view, {"number": "7"}, user="U2")
    assert "Only people who manage" in str(acked.body["errors"])
    assert (await harness.preferences()).number == 5


async def test_the_setup_of_other_channels_is_no_private_matter(harness: BotHarness) -> None:
    await rule(harness, "admins")
    assert "Only people who manage" in (await harness.type("setup confirm:yes", channel="U2", user="U2")).plain
    assert not (await harness.preferences()).on
    assert "The digest is on in" in (await harness.type("setup confirm:yes", channel="U1")).plain


async def test_the_setup_is_for_channels_that_one_is_in(harness: BotHarness) -> None:
    harness.server.channel("G1", name="secret-plans", members=("U1", "UBOT"), private=True)
    assert "secret-plans" not in (await harness.type("setup", user="U2")).plain
    assert "secret-plans" in (await harness.type("setup", user="U1")).plain


async def test_only_those_who_run_the_workspace_say_who_may(harness: BotHarness) -> None:
    line = next(c.example for c in harness.context.commands.list_commands() if c.audience == "admins")
    assert "Only admins" in (await harness.type(line, user="U2")).plain
    assert "From now on" in (await harness.type(line, user="U1")).plain
    known = await harness.stores.workspaces.get("slack", "T1")
    assert known
    assert known.policy == "admins"


async def policy(harness: BotHarness) -> str:
    known = await harness.stores.workspaces.get("slack", "T1")
    assert known
    return known.policy


@pytest.mark.parametrize("typed", ["@leads", "@Leads", '"@leads"', "who:@leads"])
async def test_a_group_may_be_named_as_people_call_it(harness: BotHarness, typed: str) -> None:
    harness.server.group("S1LEADS", handle="leads", members=("U2",))
    assert "From now on" in (await harness.type(f"digest access {typed}")).plain
    assert await policy(harness) == "group:S1LEADS"


async def test_a_group_that_is_misspelt_is_guessed(harness: BotHarness) -> None:
    harness.server.group("S1LEADS", handle="leads")
    said = (await harness.type("digest access @leeds")).plain.replace("\u2060", "")
    assert "“@leeds” is not a user group of this workspace; did you mean “@leads”?" in said
    assert "/papers digest access @leads" in said
    said = (await harness.type("digest access @everybody")).plain.replace("\u2060", "")
    assert "not a user group of this workspace." in said
    assert await policy(harness) == ""


async def test_where_slack_tells_no_groups_it_says_how_to_name_one(harness: BotHarness) -> None:
    harness.server.fail("usergroups.list", error="missing_scope", times=1)
    said = (await harness.type("digest access @leads")).plain.replace("\u2060", "")
    assert "Type the group’s id, which begins with S" in said
    assert await policy(harness) == ""


async def test_who_may_not_decide_learns_no_groups(harness: BotHarness) -> None:
    harness.server.group("S1LEADS", handle="leads")
    assert "Only admins" in (await harness.type("digest access @leeds", user="U2")).plain
    assert "usergroups.list" not in [call.method for call in harness.server.calls]
    harness.server.person("U9", name="Ines")
    harness.server.place("C1").members.add("U9")
    assert "From now on" in (await harness.type("digest access @leads", user="U9")).plain


async def test_when_slack_does_not_tell_nobody_manages(harness: BotHarness, caplog: pytest.LogCaptureFixture) -> None:
    await rule(harness, "admins")
    harness.server.fail("users.info", error="internal_error", times=9)
    assert "Only people who manage" in (await harness.type(CHANGE)).plain
    assert "can't be told" in caplog.text


async def test_where_the_bot_is_not_it_says_how_to_let_it_in(harness: BotHarness) -> None:
    harness.server.channel("C3", name="elsewhere", members=("U1",))
    said = await harness.type("digest on", channel="C3")
    assert "Type /invite @Broadsheet" in said.plain.replace("\u2060", "")
    assert "Not done." not in (await harness.type("search attention", channel="C3")).plain
    # The invitation counts at once, although the list of channels was read just now.
    harness.server.place("C3").members.add("UBOT")
    assert "This is what #elsewhere would get" in (await harness.type("digest on", channel="C3")).plain.replace(
        "\u2060", ""
    )


async def test_slack_is_asked_only_where_the_answer_counts(harness: BotHarness) -> None:
    shown = await harness.type("search sparse attention")
    await harness.press("Next", shown)
    await harness.press("Save", harness.server.whispers("C1", "U1")[-1])
    asked = {call.method for call in harness.server.calls} - {"response_url", "apps.connections.open"}
    assert asked == set()
