"""What managers decide about members: who may not use the bot, and how much each may follow."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain.people import Person
from tests.bot.commands.conftest import ADA, BOB, BOBS, NLP, PAPERS, Room, button

BOSS = replace(ADA, is_admin=True)
BLOCKED = "The managers here keep you from using Broadsheet; ask one of them why."


@pytest.mark.parametrize("typed", ["bob", "<@bob>", "<@!bob>", "<@bob|Bob>"])
async def test_a_blocked_member_can_use_nothing_here(room: Room, typed: str) -> None:
    await room.card(f"member exclude {typed}", person=BOSS)
    for line in ("search diffusion", "today", "follow diffusion", "me", "help"):
        said, _ = await room.mistake(line, person=BOB)
        assert said == BLOCKED, line
    assert (await room.mistake("today", person=BOB, channel=NLP))[0] == BLOCKED, "in no channel of this workspace"
    assert (await room.card("today", person=Person("eve", "Eve"))).items, "others can"


async def test_elsewhere_nobody_is_blocked(room: Room) -> None:
    await room.card("member exclude bob", person=BOSS)
    assert (await room.card("today", person=BOB, channel=replace(PAPERS, workspace="other"))).items


async def test_a_block_is_taken_back_by_its_button(room: Room) -> None:
    card = await room.card("member exclude bob", person=BOSS)
    await room.press(button(card, "Readmit"), person=BOSS)
    assert (await room.card("today", person=BOB)).items
    assert (await room.mistake("member readmit bob", person=BOSS))[0] == "This member is not excluded."


async def test_nobody_blocks_themselves_or_a_named_manager(room: Room) -> None:
    assert "yourself" in (await room.mistake("member exclude ada", person=BOSS))[0]
    known = await room.stores.workspaces.get("web", "local")
    assert known
    await room.stores.workspaces.save(replace(known, managers=("boss",)))
    assert "list of managers" in (await room.mistake("member exclude boss", person=BOSS))[0]


async def test_only_those_decide_who_run_the_workspace(room: Room) -> None:
    for line in ("member exclude eve", "member readmit eve", "member limit 3"):
        for person in (ADA, BOB):
            assert "Only admins" in (await room.mistake(line, person=person))[0]


async def test_the_trail_tells_of_it_and_names_nobody(room: Room) -> None:
    await room.card("member exclude bob", person=BOSS)
    await room.card("member limit 3", person=BOSS)
    changes = await room.stores.audit.list_changes(PAPERS)
    assert [str(change.summary) for change in changes] == ["limits members’ follows: 50 → 3", "excludes a member"]
    assert "bob" not in "".join(str(change) for change in changes)
    assert (await room.card("undo")).text == "There is nothing to take back here.", "it has a button of its own"
    assert (await room.card("log")).actions == (), "nothing is offered that does nothing"
    await room.card("settings number:3")
    assert [action.command for action in (await room.card("log")).actions] == ["undo"]


async def test_members_follow_as_much_as_the_managers_let_them(room: Room) -> None:
    assert (await room.card("member limit 2", person=BOSS)).text.startswith(
        "From now on each member may follow 2 topics from here."
    )
    await room.card("follow diffusion where:me", person=BOB)
    await room.card("follow video where:me", person=BOB)
    said, _ = await room.mistake("follow speech where:me", person=BOB)
    assert said == "That would be more than 2 follows for you; unfollow one first."
    assert len(await room.stores.follows.list_for_channel(BOBS)) == 2
    assert (await room.card("member limit", person=BOSS)).text == "Each member may follow 2 topics from here."


async def test_members_follow_nothing_where_the_managers_let_them_follow_nothing(room: Room) -> None:
    await room.card("member limit 0", person=BOSS)
    said, _ = await room.mistake("follow diffusion where:me", person=BOB)
    assert said == "The managers let nobody follow topics for themselves."


@pytest.mark.parametrize("typed", ["", "two words", "<@>", "@everyone", "a" * 41])
async def test_what_is_no_member_changes_nothing(room: Room, typed: str) -> None:
    await room.mistake(f"member exclude {typed}", person=BOSS)
    known = await room.stores.workspaces.get("web", "local")
    assert known
    assert known.blocked == ()
