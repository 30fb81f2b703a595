"""Direct messages that don't get through are told of in the next private answer."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.cards.models import Form
from bot.delivery import pending_notices
from bot.reasons.reason import Reason, to_reason
from tests.bot.commands.conftest import BOB, BOBS, NOW, Room

CLOSED = "they are closed"
WORD = f"What you follow does not reach you: {CLOSED}. Write to Broadsheet in a direct message, and it goes on."


@pytest.fixture
async def closed(room: Room) -> Room:
    """Give stores and table in which Bob follows something that can't reach him."""
    await room.card("follow diffusion where:me", person=BOB)
    await room.stores.channels.retire(BOBS, to_reason(CLOSED))
    return room


async def test_the_next_private_answers_tell(closed: Room) -> None:
    for line in ("today", "follows", "status"):
        assert (await closed.card(line, person=BOB)).footer[0] == WORD, line
    assert WORD not in (await closed.card("today")).footer, "to nobody else"


async def test_forms_tell_too(closed: Room) -> None:
    for dry in (False, True):
        form = (await closed.table.answer(closed.request("follow", {}, person=BOB, dry_run=dry))).body
        assert isinstance(form, Form)
        assert form.note == f"{WORD} Nothing changes until you save."


async def test_who_asks_where_the_bot_is_not_is_told(closed: Room) -> None:
    """There one direct channel serves all workspaces, and it is as if they asked in it."""
    bob = replace(BOB, direct_workspace=BOBS.workspace)
    assert (await closed.card("today", person=bob, channel=BOBS)).footer[0] == WORD


async def test_in_the_direct_messages_themselves_nothing_is_told(closed: Room) -> None:
    assert WORD not in (await closed.card("today", person=BOB, channel=BOBS)).footer


async def test_what_is_shared_does_not_tell(closed: Room) -> None:
    name, arguments = closed.table.parse_line("today")
    request = closed.request(name, arguments, share=True, person=BOB)
    await closed.table.answer(request)
    (sent,) = await closed.stores.ledger.claim(NOW, NOW, 10)
    assert WORD not in sent.card.footer


async def test_what_nobody_could_be_told_is_told_once_to_who_decides_for_the_workspace(room: Room) -> None:
    word, boss = "Nothing is posted to #other any more.", replace(BOB, id="U7", is_admin=True)
    channel = room.request("today", {}).channel
    there = f"{channel.platform}:{channel.workspace}:C9"
    await pending_notices.save_pending(room.stores.key_values, there, to_reason(word))
    assert word not in (await room.card("today", person=BOB)).footer
    assert word not in (await room.card("today", person=boss, channel=BOBS)).footer, "no workspace is theirs alone"
    assert isinstance((await room.send("follow", person=boss)).body, Form), "which may have no room for it"
    assert (await room.card("today", person=boss)).footer[0] == word
    assert word not in (await room.card("today", person=boss)).footer


async def test_what_nobody_could_be_told_is_told_in_the_language_of_who_decides(room: Room) -> None:
    channel, boss = room.request("today", {}).channel, replace(BOB, id="U7", is_admin=True)
    notice = Reason("notice.stopped", channel="#other", reason=Reason("channel.archived"))
    there = f"{channel.platform}:{channel.workspace}:C9"
    for locale, said in (("de", "In #other wird nichts mehr gepostet"), ("en", "Nothing is posted to #other any more")):
        await pending_notices.save_pending(room.stores.key_values, there, notice)
        assert (await room.card("today", person=boss, locale=locale)).footer[0].startswith(said)


async def test_what_is_switched_on_again_is_not_told_as_silent_in_the_same_breath(room: Room) -> None:
    channel = (await room.stores.channels.get_or_create(room.request("today", {}).channel, NOW)).channel
    await room.stores.channels.retire(channel, to_reason(CLOSED))
    await pending_notices.save_pending(room.stores.key_values, channel.key, to_reason("Nothing is posted here."))
    boss = replace(BOB, is_manager=True, is_admin=True)
    assert "Nothing is posted here." not in (await room.card("digest on start:next", person=boss)).footer


async def test_nothing_is_told_where_nothing_is_to_come(room: Room) -> None:
    await room.stores.channels.get_or_create(BOBS, NOW)
    await room.stores.channels.retire(BOBS, to_reason(CLOSED))
    assert WORD not in (await room.card("today", person=BOB)).footer
    assert WORD not in (await room.card("today")).footer
