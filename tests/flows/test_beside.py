"""The other commands beside a running bot: each in its own process, on the same DATA_DIR."""

import asyncio
import json
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.domain.feed import find_newest_feed_date
from tests.bot.cli.test_cli import get, running
from tests.flows.test_backfill import bot
from tests.servers.sources import Sources, record

REAL = '{"id": "2611.99999", "title": "Quaggas in the Wild", "abstract": "We count."}\n'


@pytest.mark.long
async def test_everything_else_works_beside_a_running_bot(tmp_path: Path) -> None:
    data = tmp_path / "data"
    (tmp_path / "real.jsonl").write_text(REAL, encoding="utf-8")
    newest = find_newest_feed_date(datetime.now(UTC))
    dates = [newest - timedelta(days=age) for age in range(8)]
    lists = {day: [record(f"26{day:%m}.{day:%d}00{n}", f"Zebra {n} of {day:%d}") for n in range(3)] for day in dates}
    with running(data) as (_, url):
        async with Sources(lists) as server:
            for words, said in (
                (("import", str(tmp_path / "real.jsonl")), "1 paper read, 1 new."),
                (("backfill", "--days", "7"), "5 lists fetched; 0 were stored already."),
                (("search", "quaggas", "--json"), '"id": "2611.99999"'),
                (("digest", "--dry-run"), "Zebra 0 of"),
                (("backup", "--verify"), "Verified: whole, 415 papers"),
                (("digest",), "For papers:"),
            ):
                code, out, err = await bot(data, server, *words)
                assert (code, said in out) == (0, True), (words, out, err)
        deadline = time.monotonic() + 60
        while "Zebra" not in json.dumps(await asyncio.to_thread(get, f"{url}/api/messages?channel=papers")):
            assert time.monotonic() < deadline, "the digest that was recorded never came"
        assert get(f"{url}/healthz")["ok"] is True
