"""Step 0006: digests of which nothing was posted say so, what they had claimed is free, messages know their queue."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from bot.domain.channels import Channel
from bot.domain.deliveries import DeliveryState
from bot.ports.deliveries import ClaimQueue
from bot.reasons.reason import to_reason
from storage.maintenance import upgrade
from tests.storage.migrations.versions.old_database import migrate_down, open_old_database
from tests.stores import open_stores

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
AT = "2026-11-24 08:00:00.000000"
CHANNELS = [Channel("slack", "T1", f"C{number}") for number in range(1, 5)]
STATES = ("sent", "dead", "pending", "uncertain")
"""Of the first message of each channel's digest, all of which were told as posted."""


def _insert_paper(connection: sqlite3.Connection) -> None:
    """Write paper 7 down, with nothing in it that must be there."""
    columns = [row for row in connection.execute("PRAGMA table_info(papers)") if row[3] and row[4] is None]
    values = {row[1]: "[]" if row[2] == "JSON" else AT if row[2] == "DATETIME" else "" for row in columns} | {"id": 7}
    names, marks = ", ".join(values), ", ".join("?" for _ in values)
    connection.execute(f"INSERT INTO papers ({names}) VALUES ({marks})", [*values.values()])  # noqa: S608


def _fill(file: Path) -> None:
    with closing(sqlite3.connect(file)) as connection, connection:
        _insert_paper(connection)
        for number, state in enumerate(STATES, 1):
            connection.execute(
                "INSERT INTO channels (id, platform, workspace, external_id, kind, preferences) "
                "VALUES (?, 'slack', 'T1', ?, 'channel', '{}')",
                (number, f"C{number}"),
            )
            connection.execute(
                "INSERT INTO digests (channel_id, day, state, reason, at) VALUES (?, '2026-11-24', 'posted', '', ?)",
                (number, AT),
            )
            connection.execute(
                "INSERT INTO deliveries (channel_id, kind, subject, part, operation, card, state, attempts, "
                "not_before, created, reason) "
                "VALUES (?, 'digest', '2026-11-24', 0, 'post', '{\"v\":1}', ?, 2, ?, ?, ?)",
                (number, state, AT, AT, '{"code":"text","values":{"text":"no answer"}}' if state == "dead" else ""),
            )
        connection.execute("INSERT INTO postings (channel_id, paper_id, delivery_id) VALUES (2, 7, 2)")


async def test_digests_say_what_became_of_their_first_message(tmp_path: Path) -> None:
    _fill(open_old_database(tmp_path, "0005"))
    async with open_stores(tmp_path, NOW) as stores:
        states = [(await stores.digests.list_past_digests(channel))[0] for channel in CHANNELS]
        assert [past.state for past in states] == ["posted", "failed", "planned", "planned"]
        assert {past.day for past in states} == {date(2026, 11, 24)}
        assert states[1].reason == to_reason("no answer")
        claimed = await stores.ledger.claim(NOW, NOW + timedelta(minutes=1), 9, ClaimQueue("slack"))
        assert [(one.key.channel, one.attempt) for one in claimed] == [(CHANNELS[2], 3)], "the queue knows it"
        (uncertain,) = await stores.ledger.list_uncertain(NOW, 9, "slack")
        assert (uncertain.key.channel, uncertain.state) == (CHANNELS[3], DeliveryState.UNCERTAIN)
        assert uncertain.lookup_since == datetime(2026, 11, 24, 8, tzinfo=UTC)


def test_what_a_dead_digest_had_claimed_is_free(tmp_path: Path) -> None:
    file = open_old_database(tmp_path, "0005")
    _fill(file)
    upgrade.upgrade_database(f"sqlite+aiosqlite:///{file}", tmp_path, NOW)
    with closing(sqlite3.connect(file)) as connection:
        assert connection.execute("SELECT count(*) FROM postings").fetchone() == (0,)


def test_the_way_back_tells_them_as_before(tmp_path: Path) -> None:
    file = open_old_database(tmp_path, "0005")
    _fill(file)
    upgrade.upgrade_database(f"sqlite+aiosqlite:///{file}", tmp_path, NOW)
    migrate_down(tmp_path, "0005")
    with closing(sqlite3.connect(file)) as connection:
        assert [row[0] for row in connection.execute("SELECT state FROM digests ORDER BY channel_id")] == [
            "posted", "failed", "posted", "posted",
        ]  # fmt: skip
        columns = {row[1] for row in connection.execute("PRAGMA table_info(deliveries)")}
    assert not columns & {"attempt", "lookup_since", "expires", "platform"}
