"""Who was forgotten is forgotten again when a backup brings them back; who came back since is not."""

from __future__ import annotations

import shutil
import stat
from datetime import datetime
from pathlib import Path

import pytest

from bot.domain.channels import DIRECT_MESSAGE_WORKSPACE, Channel, ChannelKind
from bot.domain.follows import Follow
from bot.domain.people import Person
from bot.errors import StoreError
from bot.ports.workspaces import Workspace
from storage.maintenance.backup import back_up_database
from storage.users.erasures import ErasureList
from tests.stores import broken, open_stores

ANN = Channel("slack", "T1", "U1", ChannelKind.DIRECT, "Ann")
BO = Channel("discord", DIRECT_MESSAGE_WORKSPACE, "U2", ChannelKind.DIRECT, "Bo")
ROOM, SERVER = Channel("slack", "T1", "C1"), Channel("discord", "10", "20")


def restore(copy: Path, data: Path) -> None:
    for old in data.glob("broadsheet.db*"):
        old.unlink()
    shutil.copy(copy, data / "broadsheet.db")


async def test_who_was_forgotten_after_the_backup_is_forgotten_again(tmp_path: Path, now: datetime) -> None:
    data, copy = tmp_path / "data", tmp_path / "copy.db"
    async with open_stores(data, now) as stores:
        await stores.mutes_and_saves.save(ANN, "2401.00001", now)
        await stores.follows.add(Follow(ROOM, "sparse attention", Person("U1", "Ann"), now))
        await stores.follows.add(Follow(SERVER, "diffusion", Person("U2", "Bo"), now))
        await stores.workspaces.save(Workspace("slack", "T1", managers=("U1", "U3")))
        back_up_database(data / "broadsheet.db", copy)
        await stores.privacy.erase_data(ANN, now)
        await stores.privacy.erase_data(BO, now)
        assert await stores.privacy.apply_erasures() == 0
    restore(copy, data)
    async with open_stores(data, now) as stores:
        assert await stores.mutes_and_saves.list_saved_papers(ANN)
        assert await stores.privacy.apply_erasures() == 2
        assert await stores.privacy.apply_erasures() == 0
        assert await stores.mutes_and_saves.list_saved_papers(ANN) == []
        for room in (ROOM, SERVER):
            (follow,) = await stores.follows.list_for_channel(room)
            assert follow.added_by.id.startswith("former-")
        workspace = await stores.workspaces.get("slack", "T1")
        assert workspace
        assert workspace.managers == ("U3",)


async def test_who_came_back_before_the_backup_stays(tmp_path: Path, now: datetime) -> None:
    data, copy = tmp_path / "data", tmp_path / "copy.db"
    async with open_stores(data, now) as stores:
        await stores.mutes_and_saves.save(ANN, "2401.00001", now)
        await stores.privacy.erase_data(ANN, now)
        await stores.mutes_and_saves.save(ANN, "2401.00002", now)
        back_up_database(data / "broadsheet.db", copy)
    restore(copy, data)
    async with open_stores(data, now) as stores:
        assert await stores.privacy.apply_erasures() == 0
        assert await stores.mutes_and_saves.list_saved_papers(ANN) == [("2401.00002", now)]


async def test_a_manager_of_another_workspace_of_the_organization_is_found(tmp_path: Path, now: datetime) -> None:
    data, copy = tmp_path / "data", tmp_path / "copy.db"
    async with open_stores(data, now) as stores:
        for team, managers in (("T1", ()), ("T2", ("U1",))):
            await stores.workspaces.save(Workspace("slack", team, managers=managers, organization="E1"))
        back_up_database(data / "broadsheet.db", copy)
        await stores.privacy.erase_data(ANN, now)
    restore(copy, data)
    async with open_stores(data, now) as stores:
        assert await stores.privacy.apply_erasures() == 1
        workspace = await stores.workspaces.get("slack", "T2")
        assert workspace
        assert workspace.managers == ()


async def test_nothing_is_erased_that_could_not_be_listed(tmp_path: Path, now: datetime) -> None:
    async with open_stores(tmp_path, now) as stores:
        await stores.mutes_and_saves.save(ANN, "2401.00001", now)
        (tmp_path / "erasures").mkdir()
        with pytest.raises(StoreError, match="erasures can't be"):
            await stores.privacy.erase_data(ANN, now)
        assert await stores.mutes_and_saves.list_saved_papers(ANN)


async def test_an_erasure_that_failed_is_not_the_last_word(tmp_path: Path, now: datetime) -> None:
    async with open_stores(tmp_path, now) as stores:
        await stores.mutes_and_saves.save(ANN, "2401.00001", now)
        with broken(tmp_path, "INSERT ON marks"), pytest.raises(StoreError):
            await stores.privacy.erase_data(ANN, now)
        assert (await stores.privacy.erase_data(ANN, now))["saves"] == 1


def test_the_list_names_nobody(tmp_path: Path, now: datetime) -> None:
    listed = ErasureList(tmp_path)
    for number in (1, 2):
        listed.append(number, now.date(), ANN)
    first, second = (tmp_path / "erasures").read_text().splitlines()
    assert first.split()[:2] == ["1", "2026-11-24"]
    assert first.split()[2] == second.split()[2] == listed.hash_person(ANN) != listed.hash_person(BO)
    assert "U1" not in first
    for name in ("erasures", "erasures.key"):
        assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600
    (tmp_path / "erasures.key").unlink()
    assert listed.hash_person(ANN) != first.split()[2], "without the key nobody can be recognised"


def test_a_line_that_was_cut_short_spoils_no_other(tmp_path: Path, now: datetime) -> None:
    listed = ErasureList(tmp_path)
    listed.append(1, now.date(), ANN)
    with (tmp_path / "erasures").open("a") as file:
        file.write("2 2026-11-")
    listed.append(2, now.date(), BO)
    assert [(each.number, each.hash) for each in listed.list_erasures()] == [
        (1, listed.hash_person(ANN)),
        (2, listed.hash_person(BO)),
    ]
