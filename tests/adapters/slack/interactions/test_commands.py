"""What people type after the slash, and what they alone see."""

from __future__ import annotations

import asyncio

import pytest

from adapters.slack.manifest import BOT_SCOPES
from bot.domain.papers import Paper
from bot.errors import Mistake
from tests.adapters.slack.inbound import Office

NEWER = Paper("2602.99999", "A Paper from This Morning", abstract="It is new.", authors=("Eve",))


async def test_every_command_of_the_table_answers_its_example(office: Office) -> None:
    for command in office.kit.commands.list_commands():
        if command.hidden:
            continue
        office.server.stacks.clear()
        before = len(office.server.whispers("C1", "U1"))
        assert (await office.server.command(command.example or command.name, channel="C1", user="U1")).ok
        await office.rest()
        said = office.server.whispers("C1", "U1")[before:]
        assert said or office.server.views("U1"), command.name
        for shown in said:
            assert shown.text, command.name
            assert "That did not work" not in shown.plain, (command.name, shown.plain)
        office.later(minutes=1)
    assert office.server.shown("C1") == []


async def test_nothing_opens_help_with_buttons(office: Office) -> None:
    shown = await office.type("")
    assert "search" in shown.plain
    await office.press("Today", shown)
    assert "Fri 27 Feb · 16 papers" in office.said()


async def test_options_and_quotes_mix_freely_with_words(office: Office) -> None:
    plainly = await office.type("search sparse attention sort:votes since:2026-02-10")
    mixed = await office.type("search since:2026-02-10 sparse sort:votes attention")
    assert plainly.blocks == mixed.blocks
    quoted = await office.type("search “sparse attention” sort=votes since:2026-02-10")
    assert int(quoted.plain.split()[0]) < int(plainly.plain.split()[0])


async def test_what_slack_writes_differently_is_read_as_it_was_typed(office: Office) -> None:
    shown = await office.type("show <https://arxiv.org/abs/2602.12160v2|arxiv.org/abs/2602.12160v2>")
    assert "DreamID-Omni" in shown.plain
    assert "“r&d”" in (await office.type("preview R&amp;D")).plain


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
    office: Office, typed: str, sentence: str
) -> None:
    await office.server.command(typed, channel="C1", user="U1")
    await office.rest()
    views = office.server.views("U1")
    if views:
        assert sentence in str(views[-1]["blocks"])
        return
    shown = office.server.whispers("C1", "U1")[-1]
    assert sentence in shown.plain
    assert office.server.shown("C1") == []
    example = shown.plain.partition("For example: /papers ")[2].splitlines()[0]
    try:
        office.kit.commands.parse_line(example)
    except Mistake as error:
        pytest.fail(str(error))


async def test_slow_work_is_announced_and_then_done(office: Office) -> None:
    office.hugging.hold = asyncio.Event()
    office.hugging.known[NEWER.id] = NEWER
    acked = await office.server.command(f"show {NEWER.id}", channel="C1", user="U1")
    assert acked.seconds < 1
    await office.server.wait(lambda: office.server.whispers("C1", "U1"))
    assert office.said() == "Looking…"
    office.hugging.hold.set()
    await office.rest()
    assert "A Paper from This Morning" in office.said()
    uses = [call.arguments for call in office.server.calls if call.method == "response_url"]
    # Slack replaces nothing of a command; where it ever does, the first line is what goes.
    assert [use["replace_original"] for use in uses] == [False, True]


async def test_a_slow_source_ends_in_a_sentence(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.commands.papers.lookup.BUDGET", 0.2)
    office.hugging.hold = asyncio.Event()
    shown = await office.type(f"show {NEWER.id}")
    assert "did not answer in time" in shown.plain


async def test_a_command_in_a_direct_message_is_about_oneself(office: Office) -> None:
    shown = await office.type('follow "world model"', channel="U1")
    assert "for you" in shown.plain
    assert "Share" not in shown.plain


async def test_an_answer_that_gets_lost_is_a_line_in_the_log(office: Office, caplog: pytest.LogCaptureFixture) -> None:
    office.server.fail("response_url", status=500)
    await office.server.command("status", channel="C1", user="U1")
    await office.rest()
    assert "The answer to “status” did not get through" in caplog.text
    assert len([call for call in office.server.calls if call.method == "response_url"]) == 1


async def test_what_happens_twice_in_slack_happens_once_here(office: Office) -> None:
    acked = await office.server.command("save 2602.12160", channel="C1", user="U1")
    await office.rest()
    await office.server.again(acked)
    await office.rest()
    assert "done already" in office.said()


async def test_another_name_of_the_command_works_as_well(office: Office) -> None:
    await office.server.command("help search", channel="C1", user="U1", command="/broadsheet-test")
    await office.rest()
    assert "Search every stored paper" in office.said()


async def test_where_nobody_tells_a_zone_it_is_asked_for(office: Office) -> None:
    known = await office.type("digest on")
    assert "time zone" not in known.plain
    office.server.bots["xoxb-1"].scopes = frozenset(BOT_SCOPES) - {"users:read"}
    office.server.person("U2", name="Bob")
    asked = await office.type("digest on", user="U2")
    assert "Your time zone is not known: set it first." in asked.plain
    await office.press("Set the time zone", asked, user="U2")
    assert "Zone" in office.window("U2")


async def test_status_says_where_the_bot_is_not(office: Office) -> None:
    await office.type("status")
    assert "/invite" not in office.said()
    office.server.channel("C5", name="reading", members=("U1",))
    await office.type("status", channel="C5")
    assert "nothing can be posted: type /invite @Broadsheet" in office.said("C5")


async def test_a_workspace_without_us_is_told_so(office: Office) -> None:
    office.server.bot("T2", token="xoxb-2", user="UBOT2")
    office.server.channel("C9", team="T2", members=("U4",))
    await office.server.command("status", channel="C9", user="U4")
    await office.rest()
    assert "not installed here" in office.said("C9", "U4")
