"""Who may manage, as the workspace decides."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.ports.places import Workspace
from tests.commands.conftest import ADA, BOB, Room, button

BOSS = replace(BOB, admin=True)


async def policy(room: Room) -> str:
    known = await room.stores.workspaces.get("web", "local")
    assert known
    return known.policy


@pytest.mark.parametrize(
    ("typed", "kept", "said"),
    [
        ("admins", "admins", "From now on: admins of the workspace manage its channels."),
        ("Managers", "managers", "From now on: only those manage channels who set Broadsheet up."),
        ("s012abcdef", "group:S012ABCDEF", "From now on: members of the user group S012ABCDEF manage the channels"),
        ("members", "", "From now on: whoever is in a channel manages it."),
    ],
)
async def test_those_who_run_the_workspace_decide(room: Room, typed: str, kept: str, said: str) -> None:
    assert (await room.card(f"digest access {typed}", person=BOSS)).text.startswith(said)
    assert await policy(room) == kept


async def test_asked_alone_it_tells_and_offers(room: Room) -> None:
    card = await room.card("digest access", person=BOSS)
    assert card.text == "Whoever is in a channel manages it."
    await room.press(button(card, "Admins"), person=BOSS)
    assert await policy(room) == "admins"


async def test_nobody_else_decides(room: Room) -> None:
    for person in (ADA, BOB):
        said, _ = await room.mistake("digest access admins", person=person)
        assert said == "Only people who run this workspace may use “digest access”; ask one of them."
    assert await policy(room) == ""


async def test_those_who_set_it_up_decide_too(room: Room) -> None:
    known = await room.stores.workspaces.get("web", "local")
    assert known
    await room.stores.workspaces.put(replace(known, managers=("bob",), limits={"follows": 3}))
    await room.card("digest access admins", person=BOB)
    kept = await room.stores.workspaces.get("web", "local")
    assert kept == replace(known, managers=("bob",), limits={"follows": 3}, policy="admins")


async def test_a_workspace_that_is_not_known_yet_is_kept(empty: Room) -> None:
    await empty.stores.workspaces.forget("web", "local")
    await empty.card("digest access admins", person=BOSS)
    assert await empty.stores.workspaces.get("web", "local") == Workspace("web", "local", policy="admins")


@pytest.mark.parametrize("typed", ["everybody", "S1", "group", "<!subteam^S1>"])
async def test_nonsense_changes_nothing(room: Room, typed: str) -> None:
    said, example = await room.mistake(f"digest access {typed}", person=BOSS)
    assert "is neither members, admins, managers nor a user group" in said
    assert example == "digest access admins"
    assert await policy(room) == ""
