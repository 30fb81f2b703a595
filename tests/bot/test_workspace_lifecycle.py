"""Workspaces and channels come and go; what people set up stays true, and comes back with a reason and a way."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest

from bot import workspace_lifecycle
from bot.cards.models import Card
from bot.delivery.dispatcher import Dispatcher
from bot.domain.channels import Channel, ChannelKind
from bot.domain.deliveries import DeliveryKey
from bot.domain.follows import Follow
from bot.domain.people import Person
from bot.domain.preferences import Preferences
from bot.domain.schedules import Schedule
from bot.errors import Gone
from bot.ports.channels import ChannelState
from bot.ports.deliveries import Draft
from bot.ports.stores import Stores
from bot.ports.workspaces import Workspace
from bot.reasons.reason import Reason, to_reason
from bot.workspace_lifecycle import WorkspaceLifecycle
from tests.fakes import FakeChat
from tests.stores import open_stores

NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)
DAY = timedelta(days=1)
ROOM = Channel("slack", "T1", "C1", name="papers")
OTHER = Channel("slack", "T1", "C2", name="reading")
LAB = Workspace("slack", "T1", "Lab", "Europe/Berlin", ("U1",))
ANA = Person("U1", "Ana")
DAILY = Preferences(on=True, schedule=Schedule(time(9), "Europe/Berlin"))


@pytest.fixture
async def stores(tmp_path: Path) -> AsyncIterator[Stores]:
    async with open_stores(tmp_path, NOW) as opened:
        for channel in (ROOM, OTHER):
            await opened.channels.save_preferences(channel, DAILY, NOW + DAY)
        yield opened


@pytest.fixture
def attendance(stores: Stores) -> WorkspaceLifecycle:
    return WorkspaceLifecycle(stores)


async def standing(stores: Stores, channel: Channel = ROOM) -> ChannelState:
    return await stores.channels.get_or_create(channel, NOW)


async def test_an_uninstalled_workspace_falls_silent_and_comes_back(
    stores: Stores, attendance: WorkspaceLifecycle
) -> None:
    await attendance.on_workspace_installed(LAB, NOW)
    await attendance.on_channel_lost(OTHER, Reason("channel.archived"), NOW)
    for moment in (NOW, NOW + DAY):  # the two events of an uninstall come in either order, and twice
        await attendance.on_workspace_uninstalled("slack", "T1", Reason("installation.uninstalled"), moment)
    known = await stores.workspaces.get("slack", "T1")
    assert known
    assert known.left_at == NOW
    assert (
        str((await standing(stores)).retired_reason)
        == "Broadsheet has no access to this workspace (it was uninstalled)"
    )
    await attendance.on_workspace_installed(replace(LAB, managers=("U2",)), NOW + 2 * DAY)
    known = await stores.workspaces.get("slack", "T1")
    assert known == replace(LAB, managers=("U1", "U2"))
    back = await standing(stores)
    assert (back.retired_reason, back.next_run) == (None, datetime(2026, 11, 27, 8, tzinfo=UTC))
    assert str((await standing(stores, OTHER)).retired_reason) == "the channel was archived"


async def test_what_people_set_survives_installing_again(stores: Stores, attendance: WorkspaceLifecycle) -> None:
    await stores.workspaces.save(replace(LAB, policy="admins", limits={"follows": 3}))
    await attendance.on_workspace_installed(Workspace("slack", "T1", "New name", "Asia/Tokyo"), NOW)
    kept = await stores.workspaces.get("slack", "T1")
    assert kept == replace(LAB, name="New name", policy="admins", limits={"follows": 3})


async def test_a_workspace_that_is_owned_is_managed_by_its_owner_alone(
    stores: Stores, attendance: WorkspaceLifecycle
) -> None:
    for owners in (("U1",), ("U2",), ()):
        await attendance.on_workspace_installed(replace(LAB, managers=owners), NOW, is_owner_known=True)
    kept = await stores.workspaces.get("slack", "T1")
    assert kept == replace(LAB, managers=("U2",))


async def test_what_left_long_ago_is_deleted(stores: Stores, attendance: WorkspaceLifecycle) -> None:
    await attendance.on_workspace_uninstalled("slack", "T1", Reason("installation.uninstalled"), NOW)
    assert await workspace_lifecycle.delete_departed_workspaces(stores, NOW + 30 * DAY) == 0
    assert await workspace_lifecycle.delete_departed_workspaces(stores, NOW + 31 * DAY) == 1
    assert await stores.channels.list_for_workspace("slack", "T1") == []
    assert await workspace_lifecycle.delete_departed_workspaces(stores, NOW + 31 * DAY) == 0


async def test_a_channel_is_greeted_once(stores: Stores, attendance: WorkspaceLifecycle) -> None:
    new = replace(ROOM, id="C3", name="new")
    chat = FakeChat("slack")
    courier = Dispatcher(stores, {"slack": chat}, lambda: NOW)
    for _ in range(2):
        await attendance.on_channel_joined(new, ANA, NOW)
        await courier.dispatch_due()
    (post,) = await chat.board.list_latest(new)
    assert "Ana" in post.card.text
    assert [action.command for action in post.card.actions] == ["digest on", "today"]


async def test_one_who_can_repair_it_is_told_once_that_a_channel_is_gone(
    stores: Stores, attendance: WorkspaceLifecycle
) -> None:
    await attendance.on_workspace_installed(LAB, NOW)
    for _ in range(2):
        await attendance.on_channel_lost(ROOM, Reason("channel.archived"), NOW)
    (notice,) = await stores.ledger.claim(NOW, NOW + DAY, 10)
    assert notice.key.channel == Channel("slack", "T1", "U1", ChannelKind.DIRECT)
    assert notice.card.text.startswith("Nothing is posted to #papers any more: the channel was archived.")


async def test_nobody_is_told_of_a_channel_that_got_nothing(stores: Stores, attendance: WorkspaceLifecycle) -> None:
    await attendance.on_workspace_installed(LAB, NOW)
    await stores.channels.save_preferences(ROOM, replace(DAILY, on=False), None)
    await attendance.on_channel_lost(ROOM, Reason("channel.archived"), NOW)
    assert await stores.ledger.claim(NOW, NOW + DAY, 10) == []
    alert = Follow(OTHER, "diffusion", ANA, NOW, alerts=True)
    await stores.channels.save_preferences(OTHER, replace(DAILY, on=False), None)
    await stores.follows.add(alert)
    await attendance.on_channel_lost(OTHER, Reason("channel.archived"), NOW)
    assert len(await stores.ledger.claim(NOW, NOW + DAY, 10)) == 1


async def test_a_channel_goes_and_comes_back(stores: Stores, attendance: WorkspaceLifecycle) -> None:
    await attendance.on_channel_lost(ROOM, Reason("channel.archived"), NOW)
    assert str((await standing(stores)).retired_reason) == "the channel was archived"
    await attendance.on_channel_recovered(ROOM, NOW)
    await attendance.on_channel_recovered(ROOM, NOW)
    back = await standing(stores)
    assert (back.retired_reason, back.next_run) == (None, datetime(2026, 11, 25, 8, tzinfo=UTC))
    await attendance.on_channel_lost(ROOM, Reason("channel.bot_removed"), NOW)
    await attendance.on_channel_joined(ROOM, ANA, NOW)
    assert not (await standing(stores)).retired_reason


async def test_names_and_ids_change(stores: Stores, attendance: WorkspaceLifecycle) -> None:
    await attendance.on_channel_renamed(replace(ROOM, name="daily-papers"), NOW)
    await attendance.on_channel_renamed(replace(ROOM, id="C77", name="unknown"), NOW)
    assert [s.channel.name for s in await stores.channels.list_for_workspace("slack", "T1")] == [
        "daily-papers",
        "reading",
    ]
    await attendance.on_channel_moved(ROOM, replace(ROOM, id="C9", name=""), NOW)
    assert (await standing(stores, replace(ROOM, id="C9", name=""))).preferences == DAILY


async def test_a_refused_installation_silences_its_workspace_with_one_request(stores: Stores) -> None:
    elsewhere = replace(ROOM, workspace="T2")
    await stores.channels.save_preferences(elsewhere, DAILY, NOW + DAY)
    await stores.workspaces.save(LAB)
    chat = FakeChat("slack")
    chat.faults.append(Gone("the token was revoked", installation=True))
    await stores.ledger.add([Draft(DeliveryKey(ROOM, "digest", "1"), Card("one"))], NOW)
    courier = Dispatcher(stores, {"slack": chat}, lambda: NOW)
    assert await courier.dispatch_due() == 1
    reasons = [s.retired_reason for c in (ROOM, OTHER, elsewhere) if (s := await standing(stores, c))]
    away = Reason("workspace.unavailable", why=to_reason("the token was revoked"))
    assert reasons == [away, away, None]
    assert await courier.dispatch_due() == 0
    assert all(
        s.channel.kind is not ChannelKind.DIRECT for s in await stores.channels.list_for_workspace("slack", "T1")
    )


async def test_a_role_that_is_gone_is_mentioned_no_more(stores: Stores, attendance: WorkspaceLifecycle) -> None:
    await attendance.on_workspace_installed(LAB, NOW)
    await stores.channels.save_preferences(ROOM, replace(DAILY, mention="7"), NOW + DAY)
    await stores.channels.save_preferences(OTHER, replace(DAILY, mention="8"), NOW + DAY)
    for _ in range(2):
        await attendance.on_role_deleted("slack", "T1", "7", NOW)
    mentioned = [(await standing(stores, channel)).preferences.mention for channel in (ROOM, OTHER)]
    assert mentioned == ["", "8"]
    assert (await standing(stores)).next_run == NOW + DAY
    (notice,) = await stores.ledger.claim(NOW, NOW + DAY, 10)
    assert notice.key.channel == Channel("slack", "T1", "U1", ChannelKind.DIRECT)
    assert notice.card.text.startswith("The role that digests in #papers mentioned was deleted;")
