"""One paper that can't be read, matched, worded or drawn: everything else goes out, and the operator is told."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import AsyncIterator, Mapping
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path

import pytest

from adapters.discord.delivery.chat import DiscordChat
from adapters.slack.delivery.chat import SlackChat
from bot import health
from bot.cards import paper_items
from bot.cards.models import Item
from bot.commands.context import CommandContext
from bot.commands.table import CommandTable, build_table
from bot.delivery.dispatcher import Dispatcher
from bot.delivery.skipped_papers import sync_skipped_papers
from bot.digests import planner
from bot.domain.channels import Channel, ChannelKind
from bot.domain.deliveries import DeliveryKey, DeliveryState
from bot.domain.follows import Follow
from bot.domain.papers import Paper
from bot.domain.people import Person
from bot.domain.topics.clauses import TokenizedPaper
from bot.follows import alerts
from bot.jobs import Jobs
from bot.ports.chat import Chat
from bot.ports.commands import Request
from bot.ports.stores import Stores
from tests.adapters.discord.delivery_harness import open_rest_client
from tests.adapters.slack.delivery_harness import add_workspace, open_client
from tests.fakes import FakeMonotonic, MemoryButtonPayloads
from tests.papers import of_day, publish, subscribe
from tests.servers.discord import discord
from tests.servers.slack import slack
from tests.stores import open_stores

DAY = date(2026, 11, 16)
EARLY = datetime(2026, 11, 16, 12, tzinfo=UTC)
NOW = datetime(2026, 11, 17, 9, 1, tzinfo=UTC)
"""A Tuesday, when a digest of Monday's list is due in London."""
POISON = of_day(DAY)[2].id
"""The third of the list, and so of every digest."""
SOUND = [paper.id for paper in of_day(DAY) if paper.id != POISON]


@pytest.fixture
async def stores(tmp_path: Path) -> AsyncIterator[Stores]:
    async with open_stores(tmp_path, EARLY) as opened:
        await publish(opened, DAY, EARLY)
        yield opened


def change(folder: Path, statement: str, *values: object) -> int:
    """Change the database behind everybody's back, as a failing disk does."""
    with closing(sqlite3.connect(folder / "broadsheet.db")) as connection, connection:
        return connection.execute(statement, values).rowcount


def web_channels(number: int) -> list[Channel]:
    return [Channel("web", "local", f"papers-{n}", name=f"papers-{n}") for n in range(number)]


async def find_shown(stores: Stores, channel: Channel, kind: str = "digest", subject: str = "2026-11-17") -> list[str]:
    delivery = await stores.ledger.find_by_key(DeliveryKey(channel, kind, subject))
    assert delivery, f"nothing was recorded for {channel.key}"
    return [item.paper for item in delivery.card.items]


async def report(stores: Stores) -> Mapping[str, object]:
    jobs = Jobs(stores, Dispatcher(stores, {}, lambda: NOW), (), lambda: NOW, FakeMonotonic())
    return await health.build_report(stores, jobs, NOW)


def poison_wording(monkeypatch: pytest.MonkeyPatch) -> None:
    summarize = paper_items.summarize_paper

    def raise_for_one(paper: Paper) -> str:
        if paper.id == POISON:
            raise ValueError("poison")
        return summarize(paper)

    monkeypatch.setattr(paper_items, "summarize_paper", raise_for_one)


async def test_a_paper_that_can_not_be_worded_holds_up_no_digest(
    stores: Stores, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    poison_wording(monkeypatch)
    channels = web_channels(14)
    for number, channel in enumerate(channels):
        # Every other channel muted something, so that its digest is made for it alone.
        await subscribe(stores, channel, "Europe/London", EARLY, number=5)
        if number % 2:
            await stores.mutes_and_saves.mute(channel, "paper", SOUND[-1], Person("U1", "Ana"), EARLY)
    assert await planner.plan_due_digests(stores, NOW) == 14
    for channel in channels:
        assert await find_shown(stores, channel) == SOUND[:5], "the next in rank took its place"
    (first, *_) = await stores.ledger.claim(NOW, NOW, 1)
    assert [item.number for item in first.card.items] == [1, 2, 3, 4, 5]
    assert "top 5 of 7" in first.card.folio
    claimed = await stores.digests.find_claimed_papers([1, 2, 3], [POISON, *SOUND])
    assert POISON not in {paper for _, paper in claimed}
    (record,) = [each for each in caplog.records if each.levelno == logging.ERROR]
    (skipped,) = stores.skipped_papers.list_skipped()
    assert POISON in record.message
    assert skipped.reference in record.message
    told = await report(stores)
    assert (told["ok"], told["skipped_papers"], told["skipped"]) == (True, 1, [str(skipped)])


async def test_where_no_paper_can_be_worded_it_is_not_the_papers(
    stores: Stores, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: Paper) -> str:
        raise ValueError("a bug")

    monkeypatch.setattr(paper_items, "summarize_paper", fail)
    (channel,) = web_channels(1)
    await subscribe(stores, channel, "Europe/London", EARLY)
    await planner.plan_due_digests(stores, NOW)
    assert await stores.digests.list_past_digests(channel) == [], "nothing counts as posted, nor as empty"
    monkeypatch.undo()
    await planner.plan_due_digests(stores, NOW.replace(hour=11))
    assert len(await find_shown(stores, channel)) == 5


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("abstract", b"\xff\xfe"),
        ("listed", "someday"),
        ("authors", "{"),
        ("authors", "null"),
        ("keywords", "[1]"),
        ("votes", "many"),
        ("stars", b"\xff"),
    ],
)
async def test_a_row_that_can_not_be_read_holds_up_no_digest_search_or_list(
    stores: Stores, tmp_path: Path, column: str, value: object
) -> None:
    text = "CAST(? AS TEXT)" if isinstance(value, bytes) else "?"  # a text of bytes that are none
    statement = f"UPDATE papers SET {column} = {text} WHERE external_id = ?"  # noqa: S608 - a column of this table
    assert change(tmp_path, statement, value, POISON) == 1
    (channel,) = web_channels(1)
    await subscribe(stores, channel, "Europe/London", EARLY, number=5)
    await planner.plan_due_digests(stores, NOW)
    assert await find_shown(stores, channel) == SOUND[:5]
    assert {paper.id async for _, paper in stores.papers.iterate_papers()} == set(SOUND)
    assert {paper.id for paper in await stores.papers.list_between(DAY, DAY)} == set(SOUND)
    commands = build_table(CommandContext(stores))
    for command, arguments in (("today", {}), ("search", {"query": "study"})):
        assert set(await ask(commands, command, arguments, channel)) <= set(SOUND)
    assert [(each.paper, each.step) for each in stores.skipped_papers.list_skipped()] == [(POISON, "loaded")]
    # The source tells it again: then it is whole.
    added = await stores.papers.add(of_day(DAY), NOW)
    assert [paper.id for paper in added.changed] == [POISON]
    assert (await stores.papers.get([POISON]))[POISON].abstract == f"We propose {POISON}."


async def ask(commands: CommandTable, command: str, arguments: Mapping[str, str], channel: Channel) -> list[str]:
    answer = await commands.answer(Request(command, channel, Person("U1", "Ana"), NOW, command, arguments))
    items: tuple[Item, ...] = answer.body.items  # type: ignore[union-attr] # a card, not a form
    assert items, answer.body
    return [item.paper for item in items]


async def test_a_paper_that_can_not_be_worded_holds_up_no_answer(
    stores: Stores, monkeypatch: pytest.MonkeyPatch
) -> None:
    poison_wording(monkeypatch)
    mine = Channel("web", "local", "U1", ChannelKind.DIRECT)
    await stores.mutes_and_saves.save(mine, POISON, NOW)
    await stores.mutes_and_saves.save(mine, SOUND[0], NOW)
    commands = build_table(CommandContext(stores))
    answer = partial(ask, commands, channel=mine)
    assert await answer("today", {}) == SOUND
    assert POISON not in await answer("search", {"query": "study"})
    assert POISON not in await answer("similar", {"paper": SOUND[0]})
    assert POISON not in await answer("preview", {"topic": "study"})
    assert POISON not in await answer("within", {"text": f"{POISON} {SOUND[0]}"})
    assert set(await answer("saved", {})) == {POISON, SOUND[0]}, "it can be removed"
    request = Request("home", mine, Person("U1", "Ana"), NOW, "")
    home = await commands.build_home(request, ())
    assert [len(card.items) for card in home.sections][-1] == 2


async def test_a_paper_that_can_not_be_worded_or_matched_holds_up_no_alert(
    stores: Stores, monkeypatch: pytest.MonkeyPatch
) -> None:
    unmatched = SOUND[0]
    tokenize = TokenizedPaper.from_paper

    def raise_for_one(paper: Paper) -> TokenizedPaper:
        if paper.id == unmatched:
            raise ValueError("poison")
        return tokenize(paper)

    poison_wording(monkeypatch)
    monkeypatch.setattr(TokenizedPaper, "from_paper", raise_for_one)
    mine = Channel("web", "local", "U1", ChannelKind.DIRECT)
    await stores.follows.add(Follow(mine, '"study"', Person("U1", "Ana"), EARLY, alerts=True))
    news = [replace(paper, title=f"{paper.id}: A New Study") for paper in of_day(DAY)]
    await stores.papers.add(news, NOW, queue_matching=True)
    assert await alerts.record_alerts(stores, NOW) == 6
    keys = {paper.id: DeliveryKey(mine, "alert", paper.id) for paper in of_day(DAY)}
    recorded = {paper for paper, key in keys.items() if await stores.ledger.find_by_key(key)}
    assert recorded == set(SOUND) - {unmatched}
    assert await stores.papers.list_unmatched() == []
    assert {(each.paper, each.step) for each in stores.skipped_papers.list_skipped()} == {
        (POISON, "worded"),
        (unmatched, "matched"),
    }


async def test_a_paper_that_can_not_be_drawn_holds_up_no_digest(
    stores: Stores, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with slack() as slack_server, discord() as discord_server:
        add_workspace(slack_server)
        ticks = FakeMonotonic()
        async with (
            open_client(slack_server.url, ticks=ticks) as client,
            open_rest_client(discord_server, ticks) as rest,
        ):
            channels = []
            for n in range(6):
                slack_server.channel(f"C9{n}", name=f"papers-{n}")
                discord_server.channel(f"20{n}", guild="10", name=f"papers-{n}")
                channels += [Channel("slack", "T1", f"C9{n}"), Channel("discord", "10", f"20{n}")]
            for channel in channels:
                await subscribe(stores, channel, "Europe/London", EARLY, number=5)
            await planner.plan_due_digests(stores, NOW)
            # What is recorded holds a number that is none: no renderer can write it.
            assert (
                change(tmp_path, """UPDATE deliveries SET card = replace(card, '"votes":98', '"votes":"many"')""") == 12
            )
            chats: dict[str, Chat] = {
                "slack": SlackChat(client, MemoryButtonPayloads(), skipped_papers=stores.skipped_papers),
                "discord": DiscordChat(rest, MemoryButtonPayloads(), skipped_papers=stores.skipped_papers),
            }
            assert await Dispatcher(stores, chats, lambda: NOW).dispatch_due() == 12
        for channel in channels:
            sent = await stores.ledger.find_by_key(DeliveryKey(channel, "digest", "2026-11-17"))
            assert sent
            assert (sent.state, sent.reason) == (DeliveryState.SENT, None)
        texts = [shown.plain for n in range(6) for shown in slack_server.shown(f"C9{n}")]
        texts += [shown.plain for n in range(6) for shown in discord_server.shown(f"20{n}")]
        assert len(texts) == 12
        for text in texts:
            assert f"Paper {POISON}: A Study" not in text
            assert all(f"Paper {paper}: A Study" in text for paper in SOUND[:4])
    assert [(each.paper, each.step) for each in stores.skipped_papers.list_skipped()] == [(POISON, "rendered")]
    lines = [each.message for each in caplog.records if each.name.endswith("unrenderable_items")]
    assert sorted(lines) == sorted(
        f"{channel.key}/digest/2026-11-17/0/post goes out without {POISON}" for channel in channels
    )
    assert (await report(stores))["skipped_papers"] == 1


async def test_what_was_left_out_outlives_a_restart_and_is_forgotten_after_a_week(tmp_path: Path) -> None:
    async with open_stores(tmp_path, EARLY) as stores:
        stores.skipped_papers.record(POISON, "worded", ValueError("poison"))
        await sync_skipped_papers(stores, NOW)
    async with open_stores(tmp_path, EARLY) as stores:
        await sync_skipped_papers(stores, NOW)
        assert (await report(stores))["skipped_papers"] == 1
        stores.skipped_papers.record(SOUND[0], "worded", ValueError("poison"))
        await sync_skipped_papers(stores, NOW.replace(day=20))
        assert [each.paper for each in stores.skipped_papers.list_skipped()] == [POISON, SOUND[0]]
        await sync_skipped_papers(stores, NOW.replace(day=24))
        assert [each.paper for each in stores.skipped_papers.list_skipped()] == [SOUND[0]]
        await sync_skipped_papers(stores, NOW.replace(day=28))
        assert await stores.key_values.list_by_prefix("skipped") == {}
