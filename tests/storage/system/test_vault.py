"""Secrets are sealed at rest, opened by any key that is held, taken once; buttons find their arguments."""

import asyncio
import stat
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from bot.errors import Misconfigured, StoreError
from bot.ports.stores import Stores
from storage.database import Database
from storage.system.vault import KEY_FILE, VaultStore, load_keys

HOUR = timedelta(hours=1)
TOKEN = "xoxb-very-secret"


def vault(database: Database, directory: Path, keys: Sequence[str] = ()) -> VaultStore:
    return VaultStore(database, load_keys(keys, directory))


def everything(directory: Path) -> bytes:
    return b"".join(path.read_bytes() for path in directory.iterdir() if path.is_file())


async def test_a_secret_is_kept_and_can_not_be_read_in_the_file(
    database: Database, tmp_path: Path, now: datetime
) -> None:
    kept = vault(database, tmp_path)
    await kept.put("slack/T1", {"token": "old"}, now)
    await kept.put("slack/T1", {"token": TOKEN, "scopes": ["chat:write"]}, now)
    assert await kept.get("slack/T1") == {"token": TOKEN, "scopes": ["chat:write"]}
    assert await kept.get("slack/T2") is None
    written = everything(tmp_path)
    assert b"slack/T1" in written
    assert TOKEN.encode() not in written


async def test_its_own_key_is_made_once_and_is_the_owners_alone(database: Database, tmp_path: Path) -> None:
    vault(database, tmp_path)
    first = (tmp_path / KEY_FILE).read_text()
    vault(database, tmp_path)
    assert (tmp_path / KEY_FILE).read_text() == first
    assert stat.S_IMODE((tmp_path / KEY_FILE).stat().st_mode) == 0o600


async def test_keys_are_rotated(database: Database, tmp_path: Path, now: datetime) -> None:
    old, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    await vault(database, tmp_path, [old]).put("a", {"n": 1}, now)
    both = vault(database, tmp_path, [new, old])
    assert await both.get("a") == {"n": 1}
    await both.put("a", {"n": 2}, now)
    assert await vault(database, tmp_path, [new]).get("a") == {"n": 2}
    with pytest.raises(Misconfigured, match="VAULT_KEYS"):
        await vault(database, tmp_path, [old]).get("a")


def test_what_is_no_key_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="VAULT_KEYS: a key is 32 bytes"):
        load_keys(["secret"], tmp_path)
    (tmp_path / KEY_FILE).write_text("")
    with pytest.raises(Misconfigured, match=KEY_FILE):
        load_keys([], tmp_path)
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError):
        load_keys([], tmp_path / "file" / "below")


async def test_a_secret_is_taken_once(database: Database, tmp_path: Path, now: datetime) -> None:
    kept = vault(database, tmp_path)
    await kept.put("state/1", {"n": 1}, now)
    taken = await asyncio.gather(*(kept.pop("state/1") for _ in range(5)))
    assert [secret for secret in taken if secret] == [{"n": 1}]


async def test_names_are_listed_and_removed_by_prefix(database: Database, tmp_path: Path, now: datetime) -> None:
    kept = vault(database, tmp_path)
    for name in ("slack/T1", "slack/T1/U1", "slack/T2", "slack_T3", "state/1"):
        await kept.put(name, {}, now)
    assert await kept.list_names("slack/") == ["slack/T1", "slack/T1/U1", "slack/T2"]
    assert await kept.delete_by_prefix("slack/T1") == 2
    assert await kept.list_names("") == ["slack/T2", "slack_T3", "state/1"]


async def test_one_alone_may_change_a_secret(database: Database, tmp_path: Path, now: datetime) -> None:
    kept = vault(database, tmp_path)
    assert not await kept.acquire_lease("a", now, now + HOUR)
    await kept.put("a", {}, now)
    granted = await asyncio.gather(*(kept.acquire_lease("a", now, now + HOUR) for _ in range(4)))
    assert granted.count(True) == 1
    assert await kept.acquire_lease("a", now + HOUR, now + 2 * HOUR)
    await kept.release_lease("a")
    assert await kept.acquire_lease("a", now, now + HOUR)


async def test_buttons_find_their_arguments(stores: Stores, now: datetime) -> None:
    await stores.button_payloads.save_payloads({}, now)
    await stores.button_payloads.save_payloads({"t1": {"command": "search"}, "t2": {"n": 2}}, now)
    await stores.button_payloads.save_payloads({"t1": {"command": "search"}}, now + HOUR)
    assert await stores.button_payloads.delete_older(now + HOUR) == 1
    assert await stores.button_payloads.get_payload("t1") == {"command": "search"}
    assert await stores.button_payloads.get_payload("t2") is None
