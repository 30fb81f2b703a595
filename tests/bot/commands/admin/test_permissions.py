"""Who may manage, as the workspace decides."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.cards.models import Action, Card
from bot.domain.people import Person
from bot.ports.workspaces import Workspace
from tests.bot.commands.conftest import ADA, BOB, BOBS, NLP, PAPERS, Room, button

BOSS = replace(BOB, is_admin=True)
SUSAN = Person("susan", "Susan", is_manager=True, is_admin=True)


async def known(room: Room) -> Workspace:
    found = await room.stores.workspaces.get("web", "local")
    assert found
    return found


async def policy(room: Room) -> str:
    return (await known(room)).policy


async def decide(room: Room, policy: str, *managers: str) -> None:
    await room.stores.workspaces.save(replace(await known(room), policy=policy, managers=managers))


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
    await decide(room, "group:S0OTHERS")
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
        assert said == "Only admins may use “digest access”; ask one of them."
    assert await policy(room) == ""


async def test_those_who_set_it_up_decide_too(room: Room) -> None:
    before = replace(await known(room), managers=("bob",), limits={"follows": 3})
    await room.stores.workspaces.save(before)
    await room.card("digest access admins", person=BOB)
    assert await known(room) == replace(before, policy="admins")


async def test_a_workspace_that_is_not_known_yet_is_kept(empty: Room) -> None:
    await empty.stores.workspaces.delete("web", "local")
    await empty.card("digest access admins", person=BOSS)
    assert await empty.stores.workspaces.get("web", "local") == Workspace("web", "local", policy="admins")


@pytest.mark.parametrize("typed", ["everybody", "S1", "group", "<!subteam^S1>"])
async def test_nonsense_changes_nothing(room: Room, typed: str) -> None:
    said, example = await room.mistake(f"digest access {typed}", person=BOSS)
    assert "is neither members, admins, managers nor a user group" in said
    assert example == "digest access admins"
    assert await policy(room) == ""


async def titles(room: Room) -> list[str]:
    return [item.title for item in (await room.card("log")).items]


async def test_the_log_says_from_what_to_what_and_who(room: Room) -> None:
    await room.card("digest access admins", person=BOSS)
    await room.card("digest access S012ABCDEF", person=SUSAN)
    rows = (await room.card("log")).items
    assert [(row.title, row.notes[1]) for row in rows] == [
        ("changes who manages channels from admins to members of the user group S012ABCDEF", "by Susan"),
        ("changes who manages channels from members to admins", "by Bob"),
    ]


async def test_it_is_taken_back_step_by_step(room: Room) -> None:
    await room.card("digest access admins", person=SUSAN)
    await room.card("digest access S012ABCDEF", person=SUSAN)
    dry = await room.table.answer(room.request("undo", {}, person=SUSAN, dry_run=True))
    assert isinstance(dry.body, Card)
    assert dry.body.text == "With that taken back, admins manage channels again. Changed by you on 24 Nov."
    assert await policy(room) == "group:S012ABCDEF"
    said = [(await room.card("undo", person=SUSAN)).text for _ in range(3)]
    assert said == [
        "Taken back: admins manage channels again. Changed by you on 24 Nov.",
        "Taken back: members manage channels again. Changed by you on 24 Nov.",
        "There is nothing to take back here.",
    ]
    assert await policy(room) == ""
    assert [row.notes[-1] for row in (await room.card("log")).items] == ["taken back", "taken back"]


async def test_its_button_takes_back_its_own_change_once(room: Room) -> None:
    undo = button(await room.card("digest access admins", person=BOSS), "Undo")
    room.later(minutes=1)
    await room.card("digest on start:next")
    assert (await room.press(undo, person=BOSS)).text.startswith("Taken back: members manage channels again.")
    assert await policy(room) == ""
    assert (await room.stores.channels.get_or_create(PAPERS, room.now)).preferences.on
    again = await room.press(undo, person=BOSS)
    assert again.text.startswith("That change was taken back already")


async def test_only_those_who_decide_take_it_back(room: Room) -> None:
    await room.card("digest on start:next")
    room.later(minutes=1)
    done = await room.card("digest access admins", person=BOSS)
    card = await room.card("undo")
    assert card.text.startswith("The last change here is about who manages channels; only admins")
    for press in (button(done, "Undo"), button(card, "Take it back")):
        assert (await room.press(press)).text.startswith("Only admins may use")
    assert await policy(room) == "admins"
    # What is theirs to take back stays theirs.
    assert "the digest is off again" in (await room.press(button(card, "Undo the one before"))).text
    assert (await room.press(button(card, "Take it back"), person=BOSS)).text.startswith("Taken back: members")
    assert await policy(room) == ""


async def test_the_button_of_a_decision_takes_back_nothing_else(room: Room) -> None:
    await room.card("digest on start:next")
    of = {"of": room.now.isoformat()}
    card = await room.press(Action("Undo", "digest access", of), person=BOSS)
    assert card.text.startswith("That change was taken back already, or others came after it")
    assert (await room.stores.channels.get_or_create(PAPERS, room.now)).preferences.on


async def test_what_was_decided_elsewhere_since_stays(room: Room) -> None:
    await room.card("digest access admins", person=SUSAN)
    room.later(minutes=1)
    await room.card("digest access S012ABCDEF", person=SUSAN, channel=NLP)
    assert (await room.card("undo", person=SUSAN)).text == "There is nothing to take back here."
    assert await policy(room) == "group:S012ABCDEF"
    await room.card("undo", person=SUSAN, channel=NLP)
    await room.card("undo", person=SUSAN)
    assert await policy(room) == ""


async def test_the_same_again_changes_nothing(room: Room) -> None:
    await room.card("digest access admins", person=BOSS)
    card = await room.card("digest access admins", person=BOSS)
    assert card.text == "Nothing was changed: admins of the workspace manage its channels."
    assert len(await room.stores.audit.list_changes(PAPERS)) == 1


async def test_a_look_ahead_leaves_no_line(room: Room) -> None:
    answer = await room.table.answer(room.request("digest access", {"who": "managers"}, person=BOSS, dry_run=True))
    assert isinstance(answer.body, Card)
    assert answer.body.text == "Only those manage channels who set Broadsheet up."
    assert not await room.stores.audit.list_changes(PAPERS)
    assert await known(room) == Workspace("web", "local", "Local", timezone="Europe/Berlin")


async def test_nobody_locks_everybody_out(room: Room) -> None:
    card = await room.card("digest access managers", person=BOSS)
    assert card.text == (
        "From now on: only those manage channels who set Broadsheet up. No manager was known, so you are the first."
    )
    assert (await known(room)).managers == ("bob",)
    assert await titles(room) == [
        "changes who manages channels from members to managers, and becomes the first manager"
    ]
    assert (await room.card("digest on start:next", person=BOB)).text.startswith("The digest is on")
    room.later(minutes=1)
    assert "the digest is off again" in (await room.card("undo", person=BOB)).text
    await room.card("undo", person=BOB)
    assert await known(room) == Workspace("web", "local", "Local", timezone="Europe/Berlin")


async def test_known_managers_stay_as_they_are(room: Room) -> None:
    await decide(room, "", "ines")
    assert "No manager" not in (await room.card("digest access managers", person=BOSS)).text
    assert (await known(room)).managers == ("ines",)
    await room.card("undo", person=SUSAN)
    assert (await known(room)).managers == ("ines",)


async def test_taking_back_locks_nobody_out_either(room: Room) -> None:
    await decide(room, "managers", "bob")
    await room.card("digest access members", person=BOB)
    await room.card("me forget confirm:yes", person=BOB)
    assert (await known(room)).managers == ()
    await room.card("undo", person=SUSAN)
    assert ((await known(room)).policy, (await known(room)).managers) == ("managers", ("susan",))


async def test_managers_that_all_left_are_replaced(room: Room) -> None:
    await decide(room, "managers")
    assert (await room.card("digest access managers", person=BOSS)).text.endswith("so you are the first.")
    assert await titles(room) == ["becomes the first manager"]


async def test_whoever_is_forgotten_is_nowhere_in_the_trail(room: Room) -> None:
    await room.card("digest access managers", person=BOSS)
    await room.card("me forget confirm:yes", person=BOB, channel=BOBS)
    (change,) = await room.stores.audit.list_changes(PAPERS)
    assert "bob" not in str(change).casefold()
