"""Word to those who can repair something: to one who can be reached, in the language of what it is about."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.cards.models import Card
from bot.delivery import pending_notices
from bot.delivery.admin_notices import AdminNotices
from bot.delivery.dispatcher import Dispatcher
from bot.domain.channels import Channel, ChannelKind
from bot.domain.deliveries import DeliveryKey
from bot.domain.preferences import Preferences
from bot.errors import Gone
from bot.ports.deliveries import Draft
from bot.ports.stores import Stores
from bot.ports.workspaces import Workspace
from bot.reasons.reason import Reason, to_reason
from bot.workspace_lifecycle import WorkspaceLifecycle, delete_departed_workspaces
from tests.fakes import FakeChat
from tests.stores import open_stores

NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)
ROOM = Channel("slack", "T1", "C1", name="papers")
OTHER = Channel("slack", "T1", "C2", name="other")
LAB = Workspace("slack", "T1", "Lab", managers=("U1", "U2"))
ARCHIVED = Reason("channel.archived")


def direct(person: str) -> Channel:
    return Channel("slack", "T1", person, ChannelKind.DIRECT)


@pytest.fixture
async def stores(tmp_path: Path) -> AsyncIterator[Stores]:
    async with open_stores(tmp_path, NOW) as opened:
        await opened.workspaces.save(LAB)
        await opened.channels.save_preferences(ROOM, Preferences(on=True, language="de"), NOW + timedelta(days=1))
        yield opened


async def test_the_first_manager_is_told_in_the_language_of_the_channel(stores: Stores) -> None:
    await AdminNotices(stores).notify_stopped(ROOM, ARCHIVED, NOW)
    (notice,) = await stores.ledger.claim(NOW, NOW + timedelta(days=1), 10)
    assert notice.key.channel == direct("U1")
    assert notice.card.language == "de"
    assert "Nothing is posted" not in notice.card.text


async def test_where_one_can_not_be_reached_the_next_is_told_the_same(stores: Stores) -> None:
    chat = FakeChat("slack")
    chat.faults += [Gone("they take none")]
    await AdminNotices(stores).notify_stopped(ROOM, ARCHIVED, NOW)
    await Dispatcher(stores, {"slack": chat}, lambda: NOW).dispatch_due()
    assert await chat.board.list_latest(direct("U1")) == []
    (post,) = await chat.board.list_latest(direct("U2"))
    assert "#papers" in post.card.text


@pytest.mark.parametrize(("name", "called"), [("papers", "#papers"), ("#papers", "#papers"), ("", "C1")])
async def test_a_channel_is_named_as_people_write_it(stores: Stores, name: str, called: str) -> None:
    await AdminNotices(stores).notify_stopped(Channel("slack", "T1", "C1", name=name), ARCHIVED, NOW)
    (notice,) = await stores.ledger.claim(NOW, NOW + timedelta(days=1), 10)
    assert f"In {called} wird nichts mehr gepostet" in notice.card.text


async def test_a_channel_that_falls_silent_again_is_told_of_to_whom_it_reaches(stores: Stores) -> None:
    await stores.channels.get_or_create(direct("U1"), NOW)
    await stores.channels.retire(direct("U1"), to_reason("they take none"))
    await AdminNotices(stores).notify_stopped(ROOM, ARCHIVED, NOW)
    await AdminNotices(stores).notify_stopped(ROOM, ARCHIVED, NOW + timedelta(days=1))
    chat = FakeChat("slack")
    await Dispatcher(stores, {"slack": chat}, lambda: NOW + timedelta(days=1)).dispatch_due()
    assert len(await chat.board.list_latest(direct("U2"))) == 2


async def test_nobody_is_told_of_somebody_elses_direct_messages(stores: Stores) -> None:
    chat = FakeChat("slack")
    chat.faults += [Gone("they take none")]
    await stores.ledger.add([Draft(DeliveryKey(direct("U7"), "alert", "1"), Card("one"))], NOW)
    assert await Dispatcher(stores, {"slack": chat}, lambda: NOW).dispatch_due() == 1
    assert not any((await stores.ledger.count_open()).values())


async def test_where_none_is_left_the_log_says_so(stores: Stores, caplog: pytest.LogCaptureFixture) -> None:
    chat = FakeChat("slack")
    chat.faults += [Gone("they take none"), Gone("they take none")]
    await AdminNotices(stores).notify_stopped(ROOM, ARCHIVED, NOW)
    await Dispatcher(stores, {"slack": chat}, lambda: NOW).dispatch_due()
    assert "Nobody of slack T1 can be told: slack:T1:C1 2026-11-24T08:00:00" in caplog.text
    (kept,) = (await pending_notices.list_pending(stores.key_values, "slack", "T1")).items()
    assert kept == (ROOM.key, Reason("notice.stopped", channel="#papers", reason=ARCHIVED))
    assert str(kept[1]).startswith("Nothing is posted to #papers any more: the channel was archived.")


async def test_a_notice_of_before_reasons_waits_as_it_was_written(stores: Stores) -> None:
    chat = FakeChat("slack")
    chat.faults += [Gone("they take none"), Gone("they take none")]
    key = DeliveryKey(direct("U1"), "notice", f"{ROOM.key} 2026-11-24T08:00:00")
    await stores.ledger.add([Draft(key, Card(text="In #papers ist es still."))], NOW)
    await Dispatcher(stores, {"slack": chat}, lambda: NOW).dispatch_due()
    assert await pending_notices.pop_pending(stores.key_values, "slack", "T1") == to_reason("In #papers ist es still.")


async def test_what_waits_to_be_told_is_the_newest_of_each_channel(stores: Stores) -> None:
    marks = stores.key_values
    await asyncio.gather(
        *(pending_notices.save_pending(marks, f"slack:T1:C{number}", to_reason(f"old {number}")) for number in range(4))
    )
    await pending_notices.save_pending(marks, "slack:T1:C3", to_reason("word 3"))
    await pending_notices.save_pending(marks, "slack:T11:C1", to_reason("another workspace's"))
    assert [str(each) for each in (await pending_notices.list_pending(marks, "slack", "T1")).values()] == [
        "old 0",
        "old 1",
        "old 2",
        "word 3",
    ]
    assert [str(await pending_notices.pop_pending(marks, "slack", "T1")) for _ in range(5)] == [
        "old 0",
        "old 1",
        "old 2",
        "word 3",
        "None",
    ]
    assert list(await pending_notices.list_pending(marks, "slack", "T11")) == ["slack:T11:C1"]


async def test_what_waits_is_forgotten_once_the_channel_goes_on_or_the_workspace_is_gone(stores: Stores) -> None:
    presence = WorkspaceLifecycle(stores)
    for channel in (ROOM, OTHER):
        await stores.channels.get_or_create(channel, NOW)
        await stores.channels.retire(channel, ARCHIVED)
        await pending_notices.save_pending(stores.key_values, channel.key, to_reason(channel.name))
    await presence.on_channel_recovered(ROOM, NOW)
    assert list(await pending_notices.list_pending(stores.key_values, "slack", "T1")) == [OTHER.key]
    await presence.on_workspace_uninstalled("slack", "T1", Reason("installation.uninstalled"), NOW)
    assert await delete_departed_workspaces(stores, NOW + timedelta(days=31)) == 1
    assert await pending_notices.list_pending(stores.key_values, "slack", "T1") == {}
