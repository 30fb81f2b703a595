"""What `doctor` finds: a public address, a taken port, readable secrets, a silent Slack; on a real folder, offline."""

from __future__ import annotations

import logging
import socket
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from adapters import public_listener
from bot.bootstrap.platforms import build_settings_class
from bot.delivery import pending_notices
from bot.diagnostics import doctor
from bot.diagnostics.doctor import OPEN_NETWORK_WARNING
from bot.domain.channels import Channel, ChannelKind
from bot.domain.preferences import Preferences
from bot.ports.platforms import CheckResult
from bot.ports.workspaces import Workspace
from bot.reasons.reason import Reason, to_reason
from storage.maintenance.process_lock import lock_data_directory
from storage.system.vault import VaultStore, load_keys
from tests.servers.discord import discord, rights
from tests.servers.slack import Slack, slack
from tests.stores import open_stores, opened

NOWHERE = "http://127.0.0.1:9"
NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)


@pytest.fixture(autouse=True)
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Give an empty folder, and take the log's handlers off again."""
    monkeypatch.chdir(tmp_path)
    for name in build_settings_class().model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    for name, value in {"DATA_DIR": str(tmp_path / "data"), "WEB_PORT": "0", "HF_ENDPOINT": NOWHERE}.items():
        monkeypatch.setenv(name, value)
    before, level = list(logging.getLogger().handlers), logging.getLogger().level
    yield
    for handler in [handler for handler in logging.getLogger().handlers if handler not in before]:
        logging.getLogger().removeHandler(handler)
        handler.close()
    logging.getLogger().setLevel(level)


@pytest.fixture
async def server() -> AsyncIterator[Slack]:
    """Slack with a workspace, our bot and two channels, in one of which the bot is not."""
    async with slack() as one:
        one.team("T1")
        one.bot("T1", token="xoxb-1")
        one.app_token("xapp-1")
        one.channel("C1", name="papers")
        one.channel("C2", name="quiet", members=["U1"])
        yield one


def given(monkeypatch: pytest.MonkeyPatch, **settings: str) -> None:
    for name, value in settings.items():
        monkeypatch.setenv(name, value)


async def digests(folder: Path, *channels: Channel) -> None:
    """Give channels a digest."""
    async with open_stores(folder, NOW) as stores:
        for channel in channels:
            await stores.channels.save_preferences(channel, Preferences(on=True), NOW)


async def found() -> dict[str, bool]:
    return {finding.message: finding.ok for finding in await doctor.run_checks()}


async def test_a_door_that_is_closed_is_not_mentioned() -> None:
    assert OPEN_NETWORK_WARNING not in await found()


async def test_a_door_that_somebody_vouches_for_is_still_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WEB_HOST", "0.0.0.0")  # noqa: S104 (read, never bound to)
    monkeypatch.setenv("WEB_TRUST_NETWORK", "yes")
    assert (await found())[OPEN_NETWORK_WARNING] is False


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
async def test_a_port_is_free_or_taken_on_the_address_that_is_used(monkeypatch: pytest.MonkeyPatch, host: str) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        taken = socket.create_server((host, 0), family=family)
    except OSError:
        pytest.skip(f"This machine has no {host}.")
    port = taken.getsockname()[1]
    monkeypatch.setenv("WEB_HOST", host)
    monkeypatch.setenv("WEB_PORT", str(port))
    with taken:
        assert (await found())[f"Port {port} is taken. Set WEB_PORT to a free one in .env."] is False
    assert (await found())[f"Port {port} is free for the workspace."] is True


async def test_the_public_listeners_port_is_looked_at_too(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        given(monkeypatch, PORT=str(port))
        assert (await found())[f"Port {port} is taken. Set PORT to a free one in .env."] is False
    assert (await found())[f"Port {port} is free for the public listener."] is True


async def test_an_address_that_is_not_this_machines_is_told_as_that(monkeypatch: pytest.MonkeyPatch) -> None:
    given(
        monkeypatch, PUBLIC_HOST="192.0.2.1", PORT="3000"
    )  # kept for documents: https://www.rfc-editor.org/rfc/rfc5737
    told = "The public listener can't listen on 192.0.2.1, port 3000: Cannot assign requested address."
    (what,) = [what for what, well in (await found()).items() if not well and "192.0.2.1" in what]
    assert what.endswith("Check PUBLIC_HOST and PORT.")
    assert what.startswith(told.rpartition(":")[0])


@pytest.mark.parametrize(("mode", "well"), [(0o600, True), (0o640, False), (0o604, False)])
async def test_secrets_that_others_can_read_are_told(tmp_path: Path, *, mode: int, well: bool) -> None:
    (tmp_path / ".env").touch(mode)
    (tmp_path / ".env").chmod(mode)
    what = "No secrets lie open." if well else "Others on this machine can read .env. Run: chmod 600 .env"
    assert CheckResult(well, what) in await doctor.run_checks()


async def test_a_database_of_a_newer_version_is_not_to_be_migrated(tmp_path: Path) -> None:
    async with opened(tmp_path / "data", NOW):
        pass
    with closing(sqlite3.connect(tmp_path / "data" / "broadsheet.db")) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
        connection.commit()
    (told,) = [what for what, well in (await found()).items() if not well]
    assert "was written by a newer version of Broadsheet" in told
    assert told.endswith("Install that version again, or restore a backup from before.")


async def test_a_database_of_an_older_version_is_to_be_migrated(tmp_path: Path) -> None:
    async with opened(tmp_path / "data", NOW):
        pass
    with closing(sqlite3.connect(tmp_path / "data" / "broadsheet.db")) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '0001'")
        connection.commit()
    assert (await found())["The database is from an older version. Run: python -m bot migrate"] is False


async def test_an_empty_folder_is_told_with_what_to_run() -> None:
    assert (await found())["Nothing is stored yet. Run: make run, or python -m bot migrate"] is False


async def test_a_key_that_others_can_read_is_told(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data/vault.key").touch(0o644)
    (tmp_path / "data/vault.key").chmod(0o644)
    key = tmp_path / "data/vault.key"
    assert (await found())[f"Others on this machine can read {key}. Run: chmod 600 {key}"] is False


async def test_a_source_that_can_not_be_reached_is_told_in_one_sentence(tmp_path: Path) -> None:
    await digests(tmp_path / "data")
    told = "Hugging Face can’t be reached; it is asked again later. Check the network, or HF_ENDPOINT."
    assert (await found())[told] is False


async def test_without_slack_nothing_is_said_of_it(tmp_path: Path) -> None:
    await digests(tmp_path / "data")
    assert not [what for what in await found() if "Slack" in what or "Socket" in what]


async def test_slack_is_asked_before_anything_is_stored(server: Slack, monkeypatch: pytest.MonkeyPatch) -> None:
    given(monkeypatch, SLACK_API_URL=server.url, SLACK_BOT_TOKEN="xoxb-1", SLACK_APP_TOKEN="xapp-wrong")
    told = await found()
    assert told["Slack knows the bot as @broadsheet in Acme."] is True
    assert [well for what, well in told.items() if what.startswith("SLACK_APP_TOKEN was turned down by Slack")] == [
        False
    ]


async def test_a_slack_that_can_not_be_reached_is_told_once(monkeypatch: pytest.MonkeyPatch) -> None:
    given(monkeypatch, SLACK_API_URL=NOWHERE, SLACK_BOT_TOKEN="xoxb-1", SLACK_APP_TOKEN="xapp-1")
    told = "Slack can’t be reached. Check the network and SLACK_API_URL, and run doctor again in a minute."
    assert [finding for finding in await doctor.run_checks() if "reached" in finding.message] == [
        CheckResult(ok=False, message=told)
    ]


async def test_channels_of_slack_that_have_a_digest_are_looked_at(
    server: Slack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = Channel("slack", "T1", "U1", ChannelKind.DIRECT)
    elsewhere = Channel("web", "local", "C2")
    await digests(tmp_path / "data", Channel("slack", "T1", "C1"), Channel("slack", "T1", "C2"), person, elsewhere)
    given(monkeypatch, SLACK_API_URL=server.url, SLACK_BOT_TOKEN="xoxb-1", SLACK_APP_TOKEN="xapp-1")
    told = await found()
    assert told["The bot is in 1 channel of Acme that should have a digest."] is True
    assert {what for what, well in told.items() if not well and "Hugging Face" not in what} == {
        "The bot is not in #quiet of Acme, which has a digest. Type there: /invite @broadsheet"
    }


MANY = {
    "SLACK_CLIENT_ID": "111.222",
    "SLACK_CLIENT_SECRET": "s",
    "SLACK_SIGNING_SECRET": "s",
    "PUBLIC_URL": "https://bot.example.org",
    "PORT": "0",
}


async def test_installations_are_looked_at_with_those_that_are_missing(
    server: Slack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await digests(tmp_path / "data", Channel("slack", "T1", "C1"))
    given(monkeypatch, SLACK_API_URL=server.url, **MANY)
    told = await found()
    install = "https://bot.example.org/slack/install"
    assert told[f"Nobody has installed the app so far. It is added to a workspace at {install}"] is True
    assert told[f"T1: the app is not installed there; install it to go on. Install it there again: {install}"] is False


async def test_a_vault_that_no_key_opens_is_told(
    server: Slack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(tmp_path / "data", NOW) as database:
        await VaultStore(database, load_keys((), tmp_path / "data")).put("slack/T1", {"bot_token": "xoxb-1"}, NOW)
    (tmp_path / "data/vault.key").unlink()
    given(monkeypatch, SLACK_API_URL=server.url, **MANY)
    told = "VAULT_KEYS: no key opens what is stored; put the key that was used before behind the new one."
    assert (await found())[told] is False


async def test_whether_requests_arrive_is_looked_at_while_a_bot_runs(
    server: Slack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    signed = {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_SIGNING_SECRET": "s", "PORT": "0", "SLACK_API_URL": server.url}
    given(monkeypatch, **signed)
    assert (await found())["Whether requests from outside arrive can be seen only when PUBLIC_URL is set."] is True
    async with public_listener.serve(public_listener.create_application(()), "127.0.0.1", 0) as address:
        given(monkeypatch, PUBLIC_URL=address)
        assert (await found())["Whether requests from outside arrive can be seen only while a bot runs."] is True
        with lock_data_directory(tmp_path / "data"):
            assert (await found())[f"The public listener answers at {address}."] is True
    with lock_data_directory(tmp_path / "data"):
        assert [well for what, well in (await found()).items() if "can't be reached from here" in what] == [False]


async def test_a_channel_that_the_bot_was_taken_out_of_is_looked_at_too(
    server: Slack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    quiet, left = Channel("slack", "T1", "C2"), Channel("slack", "T9", "C9")
    await digests(tmp_path / "data", quiet, left)
    async with open_stores(tmp_path / "data", NOW) as stores:
        await stores.channels.retire(quiet, Reason("channel.bot_removed"))
        await stores.channels.retire(left, Reason("workspace.unavailable", why=Reason("installation.uninstalled")))
    given(monkeypatch, SLACK_API_URL=server.url, SLACK_BOT_TOKEN="xoxb-1", SLACK_APP_TOKEN="xapp-1")
    told = await found()
    assert told["The bot is not in #quiet of Acme, which has a digest. Type there: /invite @broadsheet"] is False
    assert not [what for what in told if "T9" in what or "C9" in what], "who uninstalled it needs no advice"


async def test_what_nobody_could_be_told_is_told(tmp_path: Path) -> None:
    async with open_stores(tmp_path / "data", NOW) as stores:
        await stores.workspaces.save(Workspace("discord", "10", "Lab"))
        await pending_notices.save_pending(
            stores.key_values, "discord:10:20", to_reason("Nothing is posted to papers any more.")
        )
    assert (await found())["Nobody who manages Lab can be told: Nothing is posted to papers any more."] is False


async def test_discord_is_asked_about_its_channels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with discord() as other:
        other.bot("token-1")
        other.guild("10", name="Lab")
        other.channel("20", name="papers", permissions=rights.ALL & ~rights.SEND)
        await digests(tmp_path / "data", Channel("discord", "10", "20"))
        settings = {"DISCORD_API_URL": other.api, "DISCORD_GATEWAY_URL": other.gateway}
        given(monkeypatch, DISCORD_TOKEN="token-1", **settings)
        told = await found()
        assert told["Discord knows the bot as Broadsheet, in 1 server."] is True
        assert [well for what, well in told.items() if "lacks Send Messages there" in what] == [False]
        given(monkeypatch, DISCORD_TOKEN="wrong")
        assert [well for what, well in (await found()).items() if "turned DISCORD_TOKEN down" in what] == [False]
