"""What people type after the slash, and what they alone see."""

from __future__ import annotations

import asyncio
from typing import cast

import pytest

from adapters.slack.interactions import app_home
from adapters.slack.manifest import BOT_SCOPES
from adapters.slack.rendering import items
from bot.cards.models import Item
from bot.domain.papers import Paper
from bot.errors import Mistake
from bot.redaction import SecretRegistry
from tests.adapters.slack.bot_harness import BotHarness, read_view

NEWER = Paper("2602.99999", "A Paper from This Morning", abstract="It is new.", authors=("Eve",))


async def test_every_command_of_the_table_answers_its_example(harness: BotHarness) -> None:
    for command in harness.context.commands.list_commands():
        if command.hidden:
            continue
        harness.server.stacks.clear()
        before = len(harness.server.whispers("C1", "U1"))
        assert (await harness.server.command(command.example or command.name, channel="C1", user="U1")).ok
        await harness.drain()
        said = harness.server.whispers("C1", "U1")[before:]
        assert said or harness.server.views("U1"), command.name
        for shown in said:
            assert shown.text, command.name
            assert "That did not work" not in shown.plain, (command.name, shown.plain)
        harness.advance(minutes=1)
    assert harness.server.shown("C1") == []


async def test_nothing_opens_help_with_buttons(harness: BotHarness) -> None:
    shown = await harness.type("")
    assert "search" in shown.plain
    await harness.press("Today", shown)
    assert "Fri 27 Feb · 16 papers" in harness.said()


async def test_options_and_quotes_mix_freely_with_words(harness: BotHarness) -> None:
    plainly = await harness.type("search sparse attention sort:votes since:2026-02-10")
    mixed = await harness.type("search since:2026-02-10 sparse sort:votes attention")
    assert plainly.blocks == mixed.blocks
    quoted = await harness.type("search “sparse attention” sort=votes since:2026-02-10")
    assert int(quoted.plain.split()[0]) < int(plainly.plain.split()[0])


async def test_what_slack_writes_differently_is_read_as_it_was_typed(harness: BotHarness) -> None:
    shown = await harness.type("show <https://arxiv.org/abs/2602.12160v2|arxiv.org/abs/2602.12160v2>")
    assert "DreamID-Omni" in shown.plain
    assert "“r&d”" in (await harness.type("preview R&amp;D")).plain


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("serch graphs", "did you mean “search”"),
        ("settings number:99", "1 to 10"),
        ("show 2602", "show 2602.12160"),
        ("search", "search"),
        ("x" * 2001, "2,000"),
    ],
)
async def test_mistakes_are_told_privately_with_an_example_that_is_right(
    harness: BotHarness, typed: str, sentence: str
) -> None:
    await harness.server.command(typed, channel="C1", user="U1")
    await harness.drain()
    views = harness.server.views("U1")
    if views:
        assert sentence in str(views[-1]["blocks"])
        return
    shown = harness.server.whispers("C1", "U1")[-1]
    assert sentence in shown.plain
    assert harness.server.shown("C1") == []
    example = shown.plain.partition("For example: /papers ")[2].splitlines()[0]
    try:
        harness.context.commands.parse_line(example)
    except Mistake as error:
        pytest.fail(str(error))


async def test_slow_work_is_announced_and_then_done(harness: BotHarness) -> None:
    harness.paper_source.hold = asyncio.Event()
    harness.paper_source.known[NEWER.id] = NEWER
    acked = await harness.server.command(f"show {NEWER.id}", channel="C1", user="U1")
    assert acked.seconds < 1
    await harness.server.wait(lambda: harness.server.whispers("C1", "U1"))
    assert harness.said() == "Looking…"
    harness.paper_source.hold.set()
    await harness.drain()
    assert "A Paper from This Morning" in harness.said()
    uses = [call.arguments for call in harness.server.calls if call.method == "response_url"]
    # Slack replaces nothing of a command; where it ever does, the first line is what goes.
    assert [use["replace_original"] for use in uses] == [False, True]


async def test_a_slow_source_ends_in_a_sentence(harness: BotHarness, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.commands.papers.lookup.BUDGET", 0.2)
    harness.paper_source.hold = asyncio.Event()
    shown = await harness.type(f"show {NEWER.id}")
    assert "did not answer in time" in shown.plain


async def test_a_command_in_a_direct_message_is_about_oneself(harness: BotHarness) -> None:
    shown = await harness.type('follow "world model"', channel="U1")
    assert "for you" in shown.plain
    assert "Share" not in shown.plain


async def test_an_answer_that_gets_lost_is_a_line_in_the_log(
    harness: BotHarness, caplog: pytest.LogCaptureFixture
) -> None:
    harness.server.fail("response_url", status=500)
    await harness.server.command("status", channel="C1", user="U1")
    await harness.drain()
    assert "The answer to “status” did not get through" in caplog.text
    assert len([call for call in harness.server.calls if call.method == "response_url"]) == 1


async def test_what_happens_twice_in_slack_happens_once_here(harness: BotHarness) -> None:
    acked = await harness.server.command("save 2602.12160", channel="C1", user="U1")
    await harness.drain()
    await harness.server.again(acked)
    await harness.drain()
    assert "done already" in harness.said()


async def test_another_name_of_the_command_works_as_well(harness: BotHarness) -> None:
    await harness.server.command("help search", channel="C1", user="U1", command="/broadsheet-test")
    await harness.drain()
    assert "Search every stored paper" in harness.said()


async def test_where_nobody_tells_a_zone_it_is_asked_for(harness: BotHarness) -> None:
    known = await harness.type("digest on")
    assert "time zone" not in known.plain
    harness.server.bots["xoxb-1"].scopes = frozenset(BOT_SCOPES) - {"users:read"}
    harness.server.person("U2", name="Bob")
    asked = await harness.type("digest on", user="U2")
    assert "Your time zone is not known: set it first." in asked.plain
    await harness.press("Set the time zone", asked, user="U2")
    assert "Zone" in harness.window("U2")


async def test_status_says_where_the_bot_is_not(harness: BotHarness) -> None:
    await harness.type("status")
    assert "/invite" not in harness.said()
    harness.server.channel("C5", name="reading", members=("U1",))
    await harness.type("status", channel="C5")
    assert "nothing can be posted: type /invite @Broadsheet" in harness.said("C5")


async def test_a_workspace_without_us_is_told_so(harness: BotHarness) -> None:
    harness.server.bot("T2", token="xoxb-2", user="UBOT2")
    harness.server.channel("C9", team="T2", members=("U4",))
    await harness.server.command("status", channel="C9", user="U4")
    await harness.drain()
    assert "not installed here" in harness.said("C9", "U4")


async def test_a_paper_that_can_not_be_drawn_is_left_out_of_a_list_and_of_a_home(
    harness: BotHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    harness.excused.append("can’t be rendered")
    newest = await harness.stores.feed_days.get_newest()
    assert newest
    papers = await harness.stores.papers.get(newest.papers)
    (poison,) = (paper.id for paper in papers.values() if paper.title.startswith("The Trinity"))
    await harness.type(f"save {poison}")
    await harness.type("save 2602.12160")
    render_title = items._render_title

    def raise_for_one(item: Item) -> str:
        if item.title.startswith("The Trinity"):
            raise ValueError("poison")
        return render_title(item)

    monkeypatch.setattr(items, "_render_title", raise_for_one)
    shown = await harness.type("today")
    assert "1." not in shown.plain.split()
    assert "2." in shown.plain.split()
    await app_home.publish_home(harness.context, "T1", "U1")
    home = harness.server.home("U1")
    assert home
    assert "DreamID" in read_view(home)
    assert "The Trinity" not in read_view(home)
    (skipped,) = harness.stores.skipped_papers.list_skipped()
    assert (skipped.paper, skipped.step) == (poison, "rendered")


async def test_nobody_reads_a_response_url_in_the_log(harness: BotHarness) -> None:
    await harness.type("today")
    registry = cast("SecretRegistry", harness.context.secret_registrar)
    (hook,) = harness.server.hooks
    assert registry.redact(f"Cannot connect to {harness.server.url}responses/{hook}").endswith("[secret]")
