"""Lists on Discord, page by page: whatever is in a list stands on one of its pages."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Final

import pytest

from adapters.common.text import count_utf16_units
from adapters.discord.rendering import messages
from adapters.discord.rendering.messages import RenderedMessage
from bot import poller
from bot.cards.models import Card
from bot.commands.context import CommandContext
from bot.commands.table import CommandTable, build_table
from bot.domain.channels import Channel, ChannelKind
from bot.domain.follows import Follow
from bot.domain.people import Person
from bot.i18n.translation import LANGUAGES
from bot.ports.commands import Request
from bot.ports.stores import Stores
from bot.sources import file_import
from tests.adapters.discord.bot_harness import NOW, PAPERS_CHANNEL
from tests.bot.sources.fakes import shared
from tests.stores import open_stores

ANA: Final = Person("100", "Ana", direct_workspace="@me")
HERS: Final = Channel("discord", "@me", "100", ChannelKind.DIRECT)
STRIDE: Final = 16
"""Every how many of the recorded days is looked at in the short suite; the long one looks at all 457."""


@pytest.fixture
async def stores(tmp_path: Path) -> AsyncIterator[Stores]:
    async with open_stores(tmp_path, NOW) as opened:
        yield opened


async def stocked(stores: Stores, stride: int) -> list[file_import.PaperBatch]:
    """Store every so many of the recorded days."""
    files = sorted(shared("hf_daily/raw_api").glob("*.json"))[::stride]
    batches = [batch for batch in file_import.read_batches(files) if batch.day and batch.papers]
    for batch in batches:
        await poller.import_batch(stores, batch.day, batch.papers, NOW)
    return batches


async def pages(
    commands: CommandTable, command: str, language: str = "en", **arguments: str
) -> list[tuple[Card, RenderedMessage]]:
    """Return every page of a list, as its Next buttons lead to them."""
    found: list[tuple[Card, RenderedMessage]] = []
    asked = Request("", PAPERS_CHANNEL, ANA, NOW, command, arguments, locale=language, channel_locale=language)
    while True:
        answer = await commands.answer(replace(asked, now=asked.now + timedelta(minutes=len(found))))
        card = answer.body
        assert isinstance(card, Card)
        found.append((card, messages.render_private_answer(answer, asked)))
        onward = int(asked.arguments.get("page", "1")) + 1
        after = next((each for each in card.actions if each.arguments.get("page") == str(onward)), None)
        if after is None or after.command != command:
            return found
        asked = replace(asked, arguments=after.arguments)


def picked(message: RenderedMessage) -> list[str]:
    """Return the papers that can be picked below a message."""
    lists = [one for row in message.payload["components"] for one in row["components"] if one["type"] == 3]
    values = [option["value"] for one in lists for option in one["options"]]
    return re.findall(r"p;show;paper=([^;]+);", " ".join(values))


def reached(card: Card, message: RenderedMessage) -> list[str]:
    """Return the papers that a page leads to: what stands alone needs no list to be picked from."""
    return picked(message) if len(card.items) > 1 else [item.paper for item in card.items]


def numbers(message: RenderedMessage) -> list[int]:
    return [int(number) for number in re.findall(r"^\*\*(\d+)\. \[", message.payload["content"], re.MULTILINE)]


def written(message: RenderedMessage) -> str:
    content: str = message.payload["content"]
    assert count_utf16_units(content) <= 2000
    return content


async def test_every_paper_of_a_day_is_on_a_page(stores: Stores) -> None:
    chosen = await stocked(stores, STRIDE)
    await every_paper(stores, chosen, tuple(LANGUAGES))


@pytest.mark.long
async def test_every_paper_of_every_recorded_day_is_on_a_page(stores: Stores) -> None:
    chosen = await stocked(stores, 1)
    assert len(chosen) >= 300
    await every_paper(stores, chosen, ("en",))


async def every_paper(stores: Stores, chosen: Sequence[file_import.PaperBatch], languages: Sequence[str]) -> None:
    commands = build_table(CommandContext(stores))
    for place, batch in enumerate(chosen):
        assert batch.day
        language = languages[place % len(languages)]
        drawn = await pages(commands, "today", language, date=batch.day.isoformat())
        every = [number for _, message in drawn for number in numbers(message)]
        listed = await stores.feed_days.get_day(batch.day)
        assert listed
        assert every == list(range(1, len(listed.papers) + 1)), (batch.day, every)
        assert {paper for card, message in drawn for paper in reached(card, message)} == set(listed.papers)
        assert all(written(message) for _, message in drawn)


async def test_every_paper_that_is_found_saved_or_new_is_on_a_page(stores: Stores) -> None:
    chosen = await stocked(stores, 150)
    commands, ids = build_table(CommandContext(stores)), [paper.id for batch in chosen for paper in batch.papers]
    await stores.search_index.refresh()
    ((fresh, message),) = await pages(commands, "new")
    assert [item.paper for item in fresh.items] == reached(fresh, message)
    for place, paper in enumerate(ids):
        await stores.mutes_and_saves.save(HERS, paper, NOW + timedelta(seconds=place))
    wanted = {"saved": {}, "search": {"query": "model"}, "similar": {"paper": ids[0]}, "preview": {"topic": "model"}}
    for command, given in wanted.items():
        for card, message in await pages(commands, command, **given):
            assert [item.paper for item in card.items] == reached(card, message), command
            assert "more" not in written(message).rsplit("\n", 1)[-1], command
    shown = [paper for page in await pages(commands, "saved") for paper in reached(*page)]
    assert sorted(shown) == sorted(set(ids))


async def test_every_follow_and_mute_is_on_a_page(stores: Stores) -> None:
    topics = [f'"a rather long topic about number {n}, which nobody would type twice"' for n in range(25)]
    for channel in (PAPERS_CHANNEL, HERS):
        for topic in topics:
            await stores.follows.add(Follow(channel, topic, ANA, NOW))
    for n in range(10):
        await stores.mutes_and_saves.mute(HERS, "topic", f'"muted {n}"', ANA, NOW)
    for where in ("here", "workspace"):
        drawn = await pages(build_table(CommandContext(stores)), "follows", where=where)
        assert len(drawn) > 1
        text = "\n".join(written(message) for _, message in drawn)
        for n in range(25):
            assert text.count(f"number {n},") == 2, (where, n)
    text = "\n".join(written(message) for _, message in await pages(build_table(CommandContext(stores)), "follows"))
    assert all(f"muted {n}" in text for n in range(10))


async def test_a_private_list_repeats_no_titles(stores: Stores) -> None:
    batch, *_ = await stocked(stores, 400)
    assert batch.day
    ((card, message), *_) = await pages(build_table(CommandContext(stores)), "today", date=batch.day.isoformat())
    assert card.fallback.startswith(card.folio[0]), "a phone is told so"
    assert written(message).splitlines()[0] == f"-# {' · '.join(card.folio)}", "but who asked reads the list"
