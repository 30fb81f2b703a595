"""Telling Discord of the commands: once, again when they change, and never silently in vain."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Final

import pytest

from adapters.discord.interactions import command_sync
from tests.adapters.discord.bot_harness import BotHarness
from tests.stores import broken

PUT: Final = "PUT /applications/{application_id}/commands"
MARK: Final = "discord commands"
TROUBLE: Final = "Discord could not be told of the commands"


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command_sync, "_RETRY_DELAY", 0.01)


def told(harness: BotHarness) -> int:
    """Count how often Discord was told."""
    return sum(call.method == "PUT" and call.route.endswith("/commands") for call in harness.server.calls)


async def test_a_second_start_tells_nothing(offline: BotHarness) -> None:
    for _ in range(3):
        async with offline.run_bot() as context:
            await command_sync.sync_with_retries(context, asyncio.Event())
    assert told(offline) == 1


async def test_who_was_never_told_the_ids_is_told_them_once(harness: BotHarness) -> None:
    await harness.stores.key_values.set("discord command ids", "")
    for _ in range(2):
        await command_sync.sync_with_retries(harness.context, asyncio.Event())
    assert told(harness) == 2
    assert set((await harness.stores.key_values.get("discord command ids")).split(":")) > {"papers"}


@pytest.mark.parametrize("mark", ["2 of-other-commands", "3", "anything"])
async def test_other_commands_are_told(harness: BotHarness, mark: str) -> None:
    kept = await harness.stores.key_values.get(MARK)
    assert kept == f"2 {harness.context.tree.payload_hash}"
    await harness.stores.key_values.set(MARK, mark)
    await command_sync.sync_with_retries(harness.context, asyncio.Event())
    assert told(harness) == 2
    assert await harness.stores.key_values.get(MARK) == kept


async def test_the_commands_of_another_application_are_told(harness: BotHarness) -> None:
    await harness.stores.key_values.set(MARK, f"3 {harness.context.tree.payload_hash}")
    assert await command_sync.sync_commands(harness.context)


async def test_what_is_refused_is_said_once_and_tried_again(
    harness: BotHarness, caplog: pytest.LogCaptureFixture
) -> None:
    harness.excused.append(TROUBLE)
    await harness.stores.key_values.set(MARK, "old")
    harness.server.fail(PUT, status=400, code=50035, times=4)
    await command_sync.sync_with_retries(harness.context, asyncio.Event())
    assert told(harness) == 6
    (line,) = [record for record in caplog.records if TROUBLE in record.getMessage()]
    assert line.levelname == "WARNING"
    assert "50035" in line.getMessage()


async def test_each_trouble_is_said(harness: BotHarness, caplog: pytest.LogCaptureFixture) -> None:
    harness.excused.append(TROUBLE)
    await harness.stores.key_values.set(MARK, "old")
    for code in (50035, 50109):
        harness.server.fail(PUT, status=400, code=code, times=2)
    await command_sync.sync_with_retries(harness.context, asyncio.Event())
    lines = [record.getMessage() for record in caplog.records if TROUBLE in record.getMessage()]
    assert len(lines) == 2


async def test_it_waits_longer_each_time_and_stops_when_it_is_told_to(
    harness: BotHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    harness.excused.append(TROUBLE)
    await harness.stores.key_values.set(MARK, "old")
    harness.server.fail(PUT, status=400, code=50035, times=100)
    monkeypatch.setattr(command_sync, "_RETRY_DELAY", 600.0)
    stop = asyncio.Event()
    keeping = asyncio.create_task(command_sync.sync_with_retries(harness.context, stop))
    await harness.server.wait(lambda: told(harness) == 2)
    stop.set()
    await asyncio.wait_for(keeping, 5)
    assert told(harness) == 2


@pytest.mark.parametrize("reply", [None, [], [{"name": "papers"}], [{"name": "papers", "id": None, "type": 1}], ["?"]])
async def test_ids_that_are_not_told_are_none(
    harness: BotHarness, monkeypatch: pytest.MonkeyPatch, reply: object
) -> None:
    async def call(*_: object, **__: object) -> object:
        return reply

    monkeypatch.setattr(type(harness.context.rest), "call", call)
    harness.context.tree.command_ids.clear()
    await harness.stores.key_values.set(MARK, "old")
    assert await command_sync.sync_commands(harness.context)
    assert harness.context.tree.command_ids == {}
    assert await harness.stores.key_values.get(MARK) != "old"


async def test_a_database_that_is_away_does_not_end_it(
    harness: BotHarness, stored: Path, caplog: pytest.LogCaptureFixture
) -> None:
    harness.excused += [TROUBLE, "A statement of the database failed"]
    await harness.stores.key_values.set(MARK, "old")
    stop = asyncio.Event()
    with broken(stored, "UPDATE ON marks"):
        keeping = asyncio.create_task(command_sync.sync_with_retries(harness.context, stop))
        await harness.server.wait(lambda: TROUBLE in caplog.text)
        assert not keeping.done()
    stop.set()
    await asyncio.wait_for(keeping, 5)
