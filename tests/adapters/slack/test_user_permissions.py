"""Who may."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.ports.workspaces import Workspace
from tests.adapters.slack.inbound import ROOM, Office
from tests.servers.slack import Shown

CHANGE = "settings number:7"


async def rule(office: Office, policy: str) -> None:
    """Let the workspace decide who manages its channels."""
    known = await office.stores.workspaces.get("slack", "T1") or Workspace("slack", "T1")
    await office.stores.workspaces.save(replace(known, policy=policy))


async def changed(office: Office, user: str) -> bool:
    """Let somebody change a setting; tell whether that worked."""
    before = await office.preferences()
    said = (await office.type(CHANGE, user=user)).plain
    worked = await office.preferences() != before
    assert worked == ("Saved for" in said), said
    await office.stores.channels.save_preferences(ROOM, before, None)
    return worked


async def test_members_manage_their_channel(office: Office) -> None:
    assert await changed(office, "U1")
    assert await changed(office, "U2")


async def test_admins_manage_where_the_workspace_says_so(office: Office) -> None:
    await rule(office, "admins")
    assert await changed(office, "U1")
    assert not await changed(office, "U2")


async def test_a_group_manages_where_the_workspace_says_so(office: Office) -> None:
    office.server.group("S1LEADS", members=("U2",))
    await rule(office, "group:S1LEADS")
    assert not await changed(office, "U1")
    assert await changed(office, "U2")


async def test_a_group_that_is_gone_lets_nobody_in_but_those_who_are_named(office: Office) -> None:
    await rule(office, "group:S9GONE")
    office.server.person("U9", name="Ines")
    office.server.place("C1").members.add("U9")
    assert not await changed(office, "U1")
    assert await changed(office, "U9")


async def test_only_those_who_set_it_up_manage_where_the_workspace_says_so(office: Office) -> None:
    await rule(office, "managers")
    office.server.person("U9", name="Ines")
    office.server.place("C1").members.add("U9")
    assert not await changed(office, "U1")
    assert await changed(office, "U9")


async def test_anybody_may_read_and_follow_for_themselves(office: Office) -> None:
    await rule(office, "managers")
    for line in ("search attention", "today", 'follow "world model"', "save 2602.12160", "status", "log"):
        said = (await office.type(line, user="U2")).plain
        assert "Not done." not in said or line == "log", said


async def test_who_is_outside_the_channel_presses_in_vain(office: Office) -> None:
    await office.type("digest now")
    posted = (await office.post())[-1]
    assert isinstance(posted, Shown)
    await office.press("Settings", posted, user="U3")
    assert office.server.views("U3") == []
    assert "Only people who manage #papers" in office.said(user="U3")
    await office.press("Not for us", posted, user="U3")
    assert "is muted for you" in office.said(user="U3")


async def test_a_form_is_checked_when_it_is_saved(office: Office) -> None:
    view = await office.form("settings", user="U2")
    await rule(office, "admins")
    acked = await office.server.submit(view, {"number": "7"}, user="U2")
    assert "Only people who manage" in str(acked.body["errors"])
    assert (await office.preferences()).number == 5


async def test_the_setup_of_other_channels_is_no_private_matter(office: Office) -> None:
    await rule(office, "admins")
    assert "Only people who manage" in (await office.type("setup confirm:yes", channel="U2", user="U2")).plain
    assert not (await office.preferences()).on
    assert "The digest is on in" in (await office.type("setup confirm:yes", channel="U1")).plain


async def test_the_setup_is_for_channels_that_one_is_in(office: Office) -> None:
    office.server.channel("G1", name="secret-plans", members=("U1", "UBOT"), private=True)
    assert "secret-plans" not in (await office.type("setup", user="U2")).plain
    assert "secret-plans" in (await office.type("setup", user="U1")).plain


async def test_only_those_who_run_the_workspace_say_who_may(office: Office) -> None:
    line = next(c.example for c in office.kit.commands.list_commands() if c.audience == "admins")
    assert "Only admins" in (await office.type(line, user="U2")).plain
    assert "From now on" in (await office.type(line, user="U1")).plain
    known = await office.stores.workspaces.get("slack", "T1")
    assert known
    assert known.policy == "admins"


async def policy(office: Office) -> str:
    known = await office.stores.workspaces.get("slack", "T1")
    assert known
    return known.policy


@pytest.mark.parametrize("typed", ["@leads", "@Leads", '"@leads"', "who:@leads"])
async def test_a_group_may_be_named_as_people_call_it(office: Office, typed: str) -> None:
    office.server.group("S1LEADS", handle="leads", members=("U2",))
    assert "From now on" in (await office.type(f"digest access {typed}")).plain
    assert await policy(office) == "group:S1LEADS"


async def test_a_group_that_is_misspelt_is_guessed(office: Office) -> None:
    office.server.group("S1LEADS", handle="leads")
    said = (await office.type("digest access @leeds")).plain.replace("\u2060", "")
    assert "“@leeds” is not a user group of this workspace; did you mean “@leads”?" in said
    assert "/papers digest access @leads" in said
    said = (await office.type("digest access @everybody")).plain.replace("\u2060", "")
    assert "not a user group of this workspace." in said
    assert await policy(office) == ""


async def test_where_slack_tells_no_groups_it_says_how_to_name_one(office: Office) -> None:
    office.server.fail("usergroups.list", error="missing_scope", times=1)
    said = (await office.type("digest access @leads")).plain.replace("\u2060", "")
    assert "Type the group’s id, which begins with S" in said
    assert await policy(office) == ""


async def test_who_may_not_decide_learns_no_groups(office: Office) -> None:
    office.server.group("S1LEADS", handle="leads")
    assert "Only admins" in (await office.type("digest access @leeds", user="U2")).plain
    assert "usergroups.list" not in [call.method for call in office.server.calls]
    office.server.person("U9", name="Ines")
    office.server.place("C1").members.add("U9")
    assert "From now on" in (await office.type("digest access @leads", user="U9")).plain


async def test_when_slack_does_not_tell_nobody_manages(office: Office, caplog: pytest.LogCaptureFixture) -> None:
    await rule(office, "admins")
    office.server.fail("users.info", error="internal_error", times=9)
    assert "Only people who manage" in (await office.type(CHANGE)).plain
    assert "can't be told" in caplog.text


async def test_where_the_bot_is_not_it_says_how_to_let_it_in(office: Office) -> None:
    office.server.channel("C3", name="elsewhere", members=("U1",))
    said = await office.type("digest on", channel="C3")
    assert "Type /invite @Broadsheet" in said.plain.replace("\u2060", "")
    assert "Not done." not in (await office.type("search attention", channel="C3")).plain
    # The invitation counts at once, although the list of channels was read just now.
    office.server.place("C3").members.add("UBOT")
    assert "This is what #elsewhere would get" in (await office.type("digest on", channel="C3")).plain.replace(
        "\u2060", ""
    )


async def test_slack_is_asked_only_where_the_answer_counts(office: Office) -> None:
    shown = await office.type("search sparse attention")
    await office.press("Next", shown)
    await office.press("Save", office.server.whispers("C1", "U1")[-1])
    asked = {call.method for call in office.server.calls} - {"response_url", "apps.connections.open"}
    assert asked == set()
