"""The forgiving reader: what people type becomes a command and its arguments."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.commands.context import CommandContext
from bot.commands.parsing import line_parser
from bot.commands.table import build_table
from bot.errors import Mistake

COMMANDS = build_table(CommandContext(None)).commands  # type: ignore[arg-type]


def read(line: str) -> tuple[str, dict[str, str]]:
    return line_parser.parse_line(line, COMMANDS)


@pytest.mark.parametrize(
    ("line", "name", "arguments"),
    [
        ("", "help", {}),
        ("   /papers   ", "help", {}),
        ("/papers today", "today", {}),
        ("papers today", "today", {}),
        ("/PAPERS Today", "today", {}),
        ("/today", "today", {}),
        ("today yesterday", "today", {"date": "yesterday"}),
        ("yesterday", "today", {"date": "yesterday"}),
        ("today 23 Nov page:2", "today", {"date": "23 Nov", "page": "2"}),
        ("digest now", "digest now", {}),
        ("Digest  NOW", "digest now", {}),
        ("digest-now", "digest now", {}),
        ("digest_now", "digest now", {}),
        ("digest settings", "settings", {}),
        ("me", "me", {}),
        ("me export", "me export", {}),
        ("forget me", "me forget", {}),
        ("?", "help", {}),
        ("find sparse attention", "search", {"query": "sparse attention"}),
        ("search sparse attention sort:date", "search", {"query": "sparse attention", "sort": "date"}),
        ("search sort:date sparse attention", "search", {"query": "sparse attention", "sort": "date"}),
        ("search sparse sort=date attention", "search", {"query": "sparse attention", "sort": "date"}),
        ("search sparse since: 2026-02 attention", "search", {"query": "sparse attention", "since": "2026-02"}),
        ('search x since:"23 Nov"', "search", {"query": "x", "since": "23 Nov"}),
        ("search x cat:cs.CL", "search", {"query": "x", "category": "cs.CL"}),
        ("search query:sparse attention", "search", {"query": "sparse attention"}),
        ('search author:"Yann LeCun" jepa', "search", {"query": 'author:"Yann LeCun" jepa'}),
        ('search "a sort:date b"', "search", {"query": '"a sort:date b"'}),
        ("follow “world model” –robot", "follow", {"topic": '"world model" -robot'}),
        ('follow author:"Yann LeCun" where:here', "follow", {"topic": 'author:"Yann LeCun"', "where": "here"}),
        ('follow cat:cs.CL -author:"A where:here B"', "follow", {"topic": 'cat:cs.CL -author:"A where:here B"'}),
        ("subscribe diffusion, flow matching", "follow", {"topic": "diffusion, flow matching"}),
        ("show https://arxiv.org/abs/2602.12160v2", "show", {"paper": "https://arxiv.org/abs/2602.12160v2"}),
        ("https://arxiv.org/abs/2602.12160v2", "show", {"paper": "https://arxiv.org/abs/2602.12160v2"}),
        ("arXiv:2602.12160", "show", {"paper": "arXiv:2602.12160"}),
        ("settings time:9:00 zone:New York days:Mon Wed Fri", "settings",
         {"time": "9:00", "zone": "New York", "days": "Mon Wed Fri"}),
        ("settings time 9:00 zone Berlin", "settings", {"time": "9:00", "zone": "Berlin"}),
        ("settings topics:time series; number theory", "settings", {"topics": "time series; number theory"}),
        ('settings topics:"time series; number theory"', "settings", {"topics": "time series; number theory"}),
        ('settings topics:"a b" "c"; d zone:"New York"', "settings",
         {"topics": '"a b" "c" ; d', "zone": "New York"}),
        ('settings topics="a b"', "settings", {"topics": "a b"}),
        ('settings topics:"world model', "settings", {"topics": '"world model'}),
        ('search 5" screens sort:date', "search", {"query": '5" screens', "sort": "date"}),
        ("digest set TIME:7", "digest set", {"time": "7"}),
        ("to\u200bday", "today", {}),
        ("today\u202e", "today", {}),
    ],
)  # fmt: skip
def test_reads(line: str, name: str, arguments: dict[str, str]) -> None:
    assert read(line) == (name, arguments)


@pytest.mark.parametrize(
    ("line", "sentence", "example"),
    [
        ("serach foo bar", "“serach” is not a command; did you mean “search”?", "search foo bar"),
        ("subscribee x", "“subscribee” is not a command; did you mean “follow”?", "follow x"),
        ("digst now", "“digst” is not a command; did you mean “digest now”?", "digest now"),
        ("sparse attention", "“sparse” is not a command; “search” looks for papers.", "search sparse attention"),
        ("digest", "“digest” needs one more word: on, off, now, set, access.", "digest on"),
        ("digest sideways", "“digest” needs one more word: on, off, now, set, access.", "digest on"),
        ("search x sort:date sort:votes", "“sort” is given twice.", "search sparse attention since:2026-02"),
        ("undo everything", "“undo” needs to know what that is for: “everything”.", "undo"),
        ("settings 9:00", "“settings” needs to know what that is for: “9:00”.",
         "settings time:9:30 zone:Berlin days:weekdays number:5"),
        ("x" * 2001, "A command takes at most 2,000 characters; this one has 2,001.", "help"),
    ],
)  # fmt: skip
def test_says_what_is_wrong(line: str, sentence: str, example: str) -> None:
    with pytest.raises(Mistake) as caught:
        read(line)
    assert (str(caught.value), caught.value.example) == (sentence, example)


def test_every_alias_leads_to_a_command() -> None:
    for alias in line_parser.ALIASES:
        name, _ = line_parser.split_command_name(f"{alias} x", [command.name for command in COMMANDS])
        assert name, alias


def test_no_alias_hides_a_command() -> None:
    assert not {command.name for command in COMMANDS} & set(line_parser.ALIASES)


def test_examples_are_correct() -> None:
    for command in (each for each in COMMANDS if not each.hidden):
        assert command.example, command.name
        assert read(command.example)[0] == command.name


@given(st.text(max_size=300))
def test_reads_or_says_why_not(line: str) -> None:
    try:
        name, arguments = read(line)
    except Mistake as error:
        mistake = error
    else:
        command = next(command for command in COMMANDS if command.name == name)
        assert arguments.keys() <= {parameter.name for parameter in command.parameters}
        return
    assert str(mistake).endswith((".", "?"))
    assert "\n" not in mistake.example
