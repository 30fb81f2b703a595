"""The oracle: what the platforms hold, what the rows say and what people are told are compared after each run."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final

from bot.cards.models import Card
from bot.commands.context import CommandContext
from bot.commands.table import CommandTable, build_table
from bot.domain.channels import Channel
from bot.domain.deliveries import AttemptOutcome, DeliveryKey, DeliveryState
from bot.domain.people import Person
from bot.i18n.formatting import format_day
from bot.ports.commands import Request
from bot.ports.deliveries import POSTED_STATES
from bot.ports.stores import Stores
from tests.faults.bot_process import read_logs
from tests.faults.platforms import SECRETS, Platforms, get_digest_key
from tests.papers import of_day
from tests.stores import open_stores

DIGEST_WORDS: Final = {
    "planned": "On its way",
    "posted": "Posted",
    "duplicated": "Posted, perhaps twice",
    "refused": "Not posted",
    "failed": "Not possible",
}
"""How `status` begins to tell of a digest in each state."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of a run: keys of messages that are there more than once, digests that are not, and false words."""

    duplicated: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()
    told_wrongly: tuple[str, ...] = ()


async def judge(
    platforms: Platforms,
    data: Path,
    day: date,
    *,
    unexpected: Collection[Channel] = (),
    dates: Mapping[Channel, date] | None = None,
) -> Verdict:
    """Judge the digests of a local date in every channel; the bot is stopped.

    None is expected in the *unexpected* channels; *dates* are those of channels whose digest is of another day.
    """
    check_database(data)
    check_log(data)
    lost, told_wrongly = list[str](), list[str]()
    async with open_stores(data, datetime.now(UTC)) as stores:
        commands = build_table(CommandContext(stores))
        keys = [get_digest_key(channel, (dates or {}).get(channel, day)) for channel in platforms.channels]
        replies = [replace(key, part=1, operation="reply") for key in keys]
        counts = zip(platforms.count_messages(*keys), platforms.count_messages(*replies), strict=True)
        for key, reply, (held, held_replies) in zip(keys, replies, counts, strict=True):
            lost += [] if key.channel in unexpected or held else [str(key)]
            told_wrongly += await _check_row(stores, key, held)
            told_wrongly += await _check_row(stores, reply, held_replies)
            told_wrongly += await _check_status(stores, commands, key, held)
            told_wrongly += await _check_why(commands, platforms, key)
    return Verdict(tuple(platforms.find_duplicates()), tuple(lost), tuple(told_wrongly))


async def _check_row(stores: Stores, key: DeliveryKey, held: int) -> list[str]:
    """Compare a message's row and its attempts with what the platform holds."""
    row = await stores.ledger.find_by_key(key)
    if row is None:
        return [f"{key}: {held} are there, and no row"] if held else []
    outcomes = {attempt.outcome for attempt in await stores.ledger.list_attempts(row)}
    wrong = []
    if row.state is DeliveryState.SENT and not held:
        wrong.append(f"{key}: the row says sent, and it is not there")
    if row.state is not DeliveryState.SENT and held and AttemptOutcome.UNKNOWN not in outcomes:
        wrong.append(f"{key}: it is there, and the row says {row.state}: {row.reason}")
    if held > 1 and AttemptOutcome.RESENT not in outcomes:
        wrong.append(f"{key}: {held} are there, which no attempt tells: {outcomes}")
    return wrong


async def _check_status(stores: Stores, commands: CommandTable, key: DeliveryKey, held: int) -> list[str]:
    """Compare what `status` says of a digest with what the platform holds."""
    day = date.fromisoformat(key.subject)
    past = next((each for each in await stores.digests.list_past_digests(key.channel) if each.day == day), None)
    if past is None:
        return [f"{key}: {held} are there, and no digest is recorded"] if held else []
    (said,) = [
        item.text for item in (await _ask(commands, key.channel, "status")).items if item.title == format_day(day)
    ]
    if not said.startswith(DIGEST_WORDS[past.state]):
        return [f"{key}: status says “{said}”, the row {past.state}"]
    is_right = {0: past.state not in POSTED_STATES, 1: past.state in POSTED_STATES}.get(
        held, past.state == "duplicated"
    )
    return [] if is_right else [f"{key}: {held} are there, and status says “{said}”"]


async def _check_why(commands: CommandTable, platforms: Platforms, key: DeliveryKey) -> list[str]:
    """Compare what `why` says of the day's first papers with what people see in the channel."""
    wrong = []
    for paper in [papers[0].id for day in platforms.lists if (papers := of_day(day))]:
        is_shown = paper in platforms.read_text(key)
        said = (await _ask(commands, key.channel, "why", paper=paper)).text
        if ("Posted here" in said) != is_shown:
            wrong.append(f"{key}: {paper} is {'' if is_shown else 'not '}shown, and why says “{said}”")
    return wrong


async def _ask(commands: CommandTable, channel: Channel, command: str, **arguments: str) -> Card:
    """Give a command as somebody of the channel, who has not given too many yet."""
    person = Person(f"reader of {channel.id}", "Ana")
    answer = await commands.answer(Request("", channel, person, datetime.now(UTC), command, arguments))
    assert isinstance(answer.body, Card)
    return answer.body


def count_outcomes(data: Path) -> dict[str, int]:
    """Return how many attempts ended in each way."""
    with closing(sqlite3.connect(data / "broadsheet.db")) as connection:
        return dict(connection.execute("SELECT outcome, count(*) FROM attempts GROUP BY outcome").fetchall())


def check_database(data: Path) -> None:
    """Fail when the database is damaged or a row points to nothing."""
    with closing(sqlite3.connect(data / "broadsheet.db")) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []


def check_log(data: Path) -> None:
    """Fail when a log holds a token."""
    log = read_logs(data)
    assert [secret for secret in SECRETS if secret in log] == []
