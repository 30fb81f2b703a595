"""What counts as not well: a job that is late, one that never ended at all, one that fails and fails."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator, Mapping
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession

from bot import health
from bot.cards.models import Card
from bot.delivery.dispatcher import Dispatcher
from bot.domain.channels import Channel, ChannelKind
from bot.domain.deliveries import AttemptOutcome, DeliveryKey, DeliveryState
from bot.domain.preferences import Preferences
from bot.jobs import DAILY, HOURLY, SWEEP_INTERVAL, TICK_INTERVAL, Jobs
from bot.ports.deliveries import Circuit, DigestRecord, Draft, Settlement
from bot.ports.sources import SourceState
from bot.reasons.reason import Reason, to_reason
from bot.sources.arxiv import source as arxiv
from bot.sources.huggingface import source as huggingface
from bot.sources.huggingface.source import POLL_INTERVAL
from tests.fakes import FakeChat, FakeMonotonic
from tests.sources import open_sources
from tests.stores import open_stores
from tests.workspace import NOW, running

STARTED = 50_000.0
ROOM = Channel("discord", "10", "20", name="papers")
MARGIN = timedelta(minutes=3)
SECOND = timedelta(seconds=1)


def clock() -> datetime:
    return NOW


@pytest.fixture
async def jobs(tmp_path: Path) -> AsyncIterator[Jobs]:
    """Give jobs that were started now and of which none runs; nothing here asks a source."""
    table = (huggingface.open_source, arxiv.open_source)
    async with (
        open_stores(tmp_path, NOW) as stores,
        open_sources(stores, "http://127.0.0.1:9", clock, table=table) as sources,
    ):
        dispatcher = Dispatcher(stores, {"web": FakeChat("web")}, clock)
        jobs = Jobs(stores, dispatcher, tuple(sources.values()), clock, FakeMonotonic(STARTED))
        jobs.history.started_at = STARTED
        yield jobs


async def late(jobs: Jobs, after: timedelta) -> set[str]:
    """Return which jobs are late a while after the start; the report is well exactly when none is."""
    later = replace(jobs, monotonic=FakeMonotonic(STARTED + after.total_seconds()))
    report = await health.build_report(jobs.stores, later, NOW)
    assert report["ok"] is (not report["overdue"])
    return set(report["overdue"])


async def test_a_job_is_given_its_interval_and_a_margin_from_the_start(jobs: Jobs) -> None:
    sending = {"deliver web", "look up web", "expire"}
    assert await late(jobs, MARGIN) == set()
    assert await late(jobs, TICK_INTERVAL + MARGIN) == sending
    assert await late(jobs, SWEEP_INTERVAL + MARGIN) == sending | {"tick"}
    assert await late(jobs, POLL_INTERVAL + MARGIN + SECOND) == sending | {"tick", "sweep", "poll"}
    hourly = {"announcements", "votes", "alive"}
    assert await late(jobs, HOURLY + MARGIN + SECOND) == sending | {"tick", "sweep", "poll"} | hourly
    assert "housekeeping" not in await late(jobs, 2 * DAILY), "nobody waits for it"


async def test_what_ended_is_counted_from_its_end(jobs: Jobs) -> None:
    after = timedelta(hours=9)
    ended = STARTED + after.total_seconds()
    jobs.history.ended_at = {job.name: ended for job in jobs.list_jobs()}
    assert await late(jobs, after + MARGIN) == set()
    jobs.history.ended_at["tick"] = ended - TICK_INTERVAL.total_seconds() - 1
    assert await late(jobs, after + MARGIN) == {"tick"}


async def test_an_end_that_is_still_to_come_is_not_well(jobs: Jobs) -> None:
    jobs.history.ended_at = {"tick": STARTED + 1}
    assert await late(jobs, timedelta(0)) == {"tick"}


@pytest.mark.parametrize("step", [timedelta(hours=-1), timedelta(days=-1), timedelta(hours=1)])
async def test_ages_do_not_go_by_the_wall_clock(jobs: Jobs, step: timedelta) -> None:
    jobs.history.ended_at = {job.name: STARTED - 7 for job in jobs.list_jobs()}
    report = await health.build_report(jobs.stores, jobs, NOW + step)
    assert report["ok"] is True
    assert set(report["jobs"].values()) == {7}


@pytest.mark.parametrize(("minutes", "channels"), [(14, 0), (16, 1)])
async def test_a_channel_that_was_not_looked_at_for_a_quarter_of_an_hour_is_late(
    jobs: Jobs, minutes: int, channels: int
) -> None:
    due = NOW - timedelta(minutes=minutes)
    await jobs.stores.channels.get_or_create(ROOM, NOW)
    await jobs.stores.channels.save_preferences(ROOM, Preferences(on=True), due)
    report = await health.build_report(jobs.stores, jobs, NOW)
    assert (report["late"], report["ok"]) == (channels, not channels)


async def test_a_channel_that_waits_for_a_list_is_not_late(jobs: Jobs) -> None:
    await jobs.stores.channels.get_or_create(ROOM, NOW)
    due, next_look = NOW - timedelta(hours=2), NOW + timedelta(minutes=10)
    await jobs.stores.channels.save_preferences(ROOM, Preferences(on=True), next_look, due)
    report = await health.build_report(jobs.stores, jobs, NOW)
    assert (report["late"], report["ok"]) == (0, True)


async def test_channels_that_should_have_a_digest_and_get_nothing_are_named(jobs: Jobs) -> None:
    room, mine = ROOM, Channel("discord", "@me", "90", ChannelKind.DIRECT)
    off, well = Channel("slack", "T1", "C1", name="off"), Channel("slack", "T1", "C2", name="well")
    left = Channel("slack", "T2", "C3", name="left")
    for channel in (room, mine, off, well, left):
        await jobs.stores.channels.get_or_create(channel, NOW)
        await jobs.stores.channels.save_preferences(channel, Preferences(on=channel is not off), NOW)
    for channel in (room, mine, off):
        await jobs.stores.channels.retire(channel, Reason("channel.deleted"))
    await jobs.stores.channels.retire(left, Reason("workspace.unavailable", why=to_reason("it was removed")))
    report = await health.build_report(jobs.stores, jobs, NOW, {"discord": "Discord"})
    assert report["silent"] == ["#papers on Discord: the channel was deleted"]
    assert report["ok"] is True, "no restart mends that"


async def _give_up_digest(jobs: Jobs, channel: Channel, outcome: AttemptOutcome) -> None:
    """Plan the digest of a channel for now, and give it up after one attempt."""
    await jobs.stores.channels.save_preferences(channel, Preferences(on=True), NOW + DAILY)
    channel_state = await jobs.stores.channels.get_or_create(channel, NOW)
    draft = Draft(DeliveryKey(channel, "digest", "2026-11-24"), Card("Today"))
    record = DigestRecord(channel_state, NOW.date(), "planned", drafts=(draft,), next_run=NOW + DAILY, due=NOW)
    await jobs.stores.digests.commit_digests([record], NOW)
    (delivery,) = await jobs.stores.ledger.claim(NOW, NOW + DAILY, 1)
    await jobs.stores.ledger.settle(delivery, Settlement(DeliveryState.DEAD, outcome, reason=to_reason("boom")), NOW)


async def test_a_digest_that_was_given_up_is_not_well(jobs: Jobs) -> None:
    await _give_up_digest(jobs, ROOM, AttemptOutcome.UNKNOWN)
    report = await health.build_report(jobs.stores, jobs, NOW)
    place = {"platform": "discord", "workspace": "10", "channel": "20", "name": "papers"}
    failed = {"state": "failed", **place, "reason": "boom", "day": "2026-11-24"}
    assert (report["failed_digests"], report["attention"], report["silent"]) == ([failed], [failed], [])
    assert report["ok"] is False
    later = await health.build_report(jobs.stores, jobs, NOW + DAILY + SECOND)
    assert later["failed_digests"] == []


async def test_a_digest_that_was_refused_is_told_of_and_no_restart_mends_it(jobs: Jobs) -> None:
    await _give_up_digest(jobs, ROOM, AttemptOutcome.REFUSED)
    report = await health.build_report(jobs.stores, jobs, NOW, {"discord": "Discord"})
    assert (report["failed_digests"], report["silent"]) == ([], ["#papers on Discord: boom"])
    assert report["ok"] is True


async def test_what_waits_and_for_whom_is_told(jobs: Jobs) -> None:
    await jobs.stores.ledger.add([Draft(DeliveryKey(ROOM, "share", "1"), Card("x"))], NOW)
    await jobs.stores.circuits.open(Circuit("discord", "10", NOW, NOW + SECOND, 3, to_reason("no answer")))
    report = await health.build_report(jobs.stores, jobs, NOW)
    assert report["queue"] == [{"platform": "discord", "workspace": "10", "messages": 1}]
    since, until = NOW.isoformat(), (NOW + SECOND).isoformat()
    circuit = {"platform": "discord", "workspace": "10", "since": since, "until": until, "reason": "no answer"}
    assert report["circuits"] == [circuit]
    assert (report["resent"], report["ok"]) == (0, True)


async def test_messages_that_were_sent_again_without_knowing_are_counted_for_a_week(jobs: Jobs) -> None:
    await jobs.stores.ledger.add([Draft(DeliveryKey(ROOM, "digest", "2026-11-24"), Card("x"))], NOW)
    (delivery,) = await jobs.stores.ledger.claim(NOW, NOW + DAILY, 1)
    await jobs.stores.ledger.settle(delivery, Settlement(DeliveryState.RETRY, AttemptOutcome.RESENT), NOW)
    assert (await health.build_report(jobs.stores, jobs, NOW))["resent"] == 1
    assert (await health.build_report(jobs.stores, jobs, NOW + 7 * DAILY + SECOND))["resent"] == 0


async def test_before_the_start_nothing_is_late(jobs: Jobs) -> None:
    jobs.history.started_at = None
    assert await late(jobs, DAILY) == set()


async def test_a_job_that_fails_three_times_in_a_row_is_not_well(jobs: Jobs) -> None:
    broken = True

    async def shaky() -> None:
        if broken:
            raise RuntimeError("boom")

    for failing in ([], [], ["shaky"], ["shaky"]):
        await jobs.run_job("shaky", shaky)
        report = await health.build_report(jobs.stores, jobs, NOW)
        assert report["failing"] == failing
        assert report["ok"] is (not failing)
    broken = False
    await jobs.run_job("shaky", shaky)
    assert (await health.build_report(jobs.stores, jobs, NOW))["ok"] is True


async def test_a_database_that_is_damaged_is_not_well(
    jobs: Jobs, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    await jobs.run_housekeeping()
    report = await health.build_report(jobs.stores, jobs, NOW)
    assert (report["ok"], report["database"]) == (True, "ok")
    with closing(sqlite3.connect(tmp_path / "broadsheet.db")) as connection, connection:
        connection.execute("INSERT INTO marks VALUES ('zebra', CAST(x'7a65627261ff' AS TEXT))")
    await jobs.run_housekeeping()
    report = await health.build_report(jobs.stores, jobs, NOW)
    told = "The database file is damaged. Restore it from a backup in DATA_DIR/backups."
    assert (report["ok"], report["database"]) == (False, told)
    assert "The database is damaged: a text in marks is none" in caplog.text
    assert "zebra" not in caplog.text


async def test_a_source_that_is_down_does_not_make_the_program_ill(jobs: Jobs) -> None:
    await jobs.stores.source_states.save_state(SourceState("huggingface", failures=9, error=to_reason("no answer")))
    report = await health.build_report(jobs.stores, jobs, NOW)
    assert report["ok"] is True
    assert report["sources"][0]["failures"] == 9


async def test_the_address_for_supervisors_tells_it(jobs: Jobs) -> None:
    async def asked() -> tuple[int, list[str], list[str]]:
        async with client.get("/healthz") as answer, client.get("/readyz") as ready, client.get("/livez") as alive:
            told = await answer.json()
            assert (ready.status, await ready.json()) == (answer.status, {"ok": told["ok"]})
            assert (alive.status, await alive.json()) == (200, {"ok": True})
            return answer.status, told["overdue"], told["failing"]

    status = partial(health.build_report, jobs.stores, jobs)
    async with running(status=status) as workspace, ClientSession(workspace.url) as client:
        assert await asked() == (200, [], [])
        jobs.history.failures["poll"] = 3
        assert await asked() == (503, [], ["poll"])
        jobs.history.failures["poll"] = 0
        jobs.history.started_at = STARTED - (SWEEP_INTERVAL + MARGIN).total_seconds()
        assert await asked() == (503, ["deliver web", "look up web", "expire", "tick"], [])


async def test_being_alive_asks_nothing_of_the_database() -> None:
    async def fail(_: datetime) -> Mapping[str, Any]:
        raise AssertionError("nobody asks for the report")

    async with running(status=fail) as workspace, ClientSession(workspace.url) as client:
        async with client.get("/livez") as answer:
            assert answer.status == 200
        async with client.get("/readyz") as answer:
            assert answer.status == 500
