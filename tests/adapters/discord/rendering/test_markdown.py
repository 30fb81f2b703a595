"""Text from outside in Discord's markdown: inert, and as it was written."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.common.text import clean_text, count_utf16_units, sanitize_url
from adapters.discord.rendering.layout import MessagePart
from adapters.discord.rendering.markdown import (
    MAX_URL_LENGTH,
    escape_markdown,
    fit_markdown,
    fit_plain_text,
    format_code,
    format_code_block,
    format_link,
    format_timestamp,
)
from adapters.discord.rendering.timestamps import localize_moments, localize_part
from tests.adapters.slack.hostile import SIGNS, TEXT, URLS
from tests.servers.discord import markdown

pytestmark = pytest.mark.filterwarnings("ignore:Generating overly large repr")

NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)
LIVE = (
    "@everyone @here <@1> <@!1> <@&30> <#20> <id:customize>",
    "[click](https://evil.example) [a] (b) ](c) [x](<https://evil.example>)",
    "# Heading",
    "### Heading",
    "-# small",
    "> quoted",
    ">>> quoted",
    "- listed",
    "* listed",
    "+ listed",
    "1. listed",
    "2024. A year",
    "||spoiler|| |||more|||",
    "**b** *i* __u__ _i_ ~~s~~ ***bi*** _*both*_",
    "`code` ``code`` ```block```",
    "<t:1700000000:R> </papers today:1> <:a:1> <a:b:2> :smile: :+1: :woman::skin-tone-2:",
    "https://evil.example http://x.y <https://evil.example> mailto:a@b.c <mailto:a@b.c> <a@b.c> <+1555>",
    "discord.gg/abc https://discord.com/invite/abc discordapp.com/invite/x",
    "line\n# heading\n> quote",
)
HOSTILE = (
    *LIVE,
    "\u202eevil\u2066\u200b\u200b@ever\u200byone",
    "\\*not escaped\\* \\\\ \\",
    "A\\",
)
PIECES = st.lists(
    st.sampled_from([*"*_~|`<>@#:[]()\\/.-+1 ax!&\n", "everyone", "https", "](", "t:1", "gg"]), max_size=25
)
ANY = st.one_of(TEXT, SIGNS, PIECES.map("".join), st.sampled_from(HOSTILE))


def live(text: str) -> tuple[list[str], list[tuple[str, str]], list[tuple[str, str]]]:
    read = markdown.read(text, {})
    return read.mentions, read.links, read.formats


@pytest.mark.parametrize("text", HOSTILE)
def test_what_is_hostile_is_read_as_it_stands(text: str) -> None:
    assert live(escape_markdown(text)) == ([], [], [])
    assert markdown.read(escape_markdown(text), {}).plain == clean_text(text)


@pytest.mark.parametrize("text", LIVE)
def test_these_would_do_something(text: str) -> None:
    assert live(text) != ([], [], []) or "discord.gg" in text


@pytest.mark.long
@settings(max_examples=500, deadline=None)
@given(ANY)
def test_nothing_is_live_and_nothing_is_lost(text: str) -> None:
    assert live(escape_markdown(text)) == ([], [], [])
    assert markdown.read(escape_markdown(text), {}).plain == clean_text(text)


@pytest.mark.parametrize(
    "text",
    [
        "snake_case_name, 5 * 3, a < b > c, 12:30, R&D, C#, #3, [CLS] token, <EOS>, 50%, x|y, ~5x, a-b (c) 1.5 \\alpha",
        "World Models: A Survey",
        "Attention – “quoted” (2nd ed.)",
        "user@example.org",
    ],
)
def test_what_means_nothing_is_left_as_it_is(text: str) -> None:
    assert escape_markdown(text) == text


@settings(max_examples=300, deadline=None)
@given(text=ANY, longest=st.integers(5, 300))
def test_what_is_cut_fits(text: str, longest: int) -> None:
    assert count_utf16_units(fit_markdown(text, longest)) <= longest
    assert live(fit_markdown(text, longest)) == ([], [], [])
    assert 1 <= count_utf16_units(fit_plain_text(text, longest)) <= longest
    assert count_utf16_units(format_code(text, longest)) <= longest


@settings(max_examples=300, deadline=None)
@given(url=URLS, shown=ANY)
def test_a_link_is_the_one_that_was_meant_or_none(url: str, shown: str) -> None:
    said = format_link(url, clean_text(shown) or "Untitled", 200)
    mentions, links, formats = live(f"**1. {said}** after [b](https://example.org)")
    assert (mentions, [mark for mark, _ in formats if mark != "**"]) == ([], [])
    assert len(links) == 1 + bool(sanitize_url(url, MAX_URL_LENGTH))
    assert all(address.startswith("https://") for address, _ in links)


def test_links() -> None:
    assert format_link("https://x.org/a_(b)", "A [b] c", 50) == "[A [b] c](https://x.org/a_%28b%29)"
    assert format_link("https://x.org", "Sums in [0, 1)", 50) == "[Sums in ［0, 1)](https://x.org)"
    assert format_link("https://x.org", "https://evil.example", 50) == "[evil.example](https://x.org)"
    assert format_link("http://x.org", "No *https*", 50) == "No \\*https\\*"
    assert format_link("https://x.org", "", 50) == ""


def test_code_holds_anything() -> None:
    assert format_code("a `b` **c**", 50) == "`a ˋbˋ **c**`"
    assert format_code("", 50) == ""
    assert live(format_code_block("a```b\n# c", 50))[2] == [("```", "aˋˋˋb\n# c\n")]
    assert format_code_block("  ", 50) == ""


def test_a_moment_is_everybodys_own() -> None:
    assert format_timestamp(NOW) == "<t:1795507200:f>"
    assert format_timestamp(NOW, "R") == "<t:1795507200:R>"
    assert format_timestamp(NOW.replace(microsecond=5)) == format_timestamp(NOW)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Next: Wed 25 Nov 09:00 (Europe/Berlin).", "Next: <t:1795593600:f>."),
        (
            "On. Next: Wed 25 Nov 09:00, Wed 2 Dec 09:00 (Europe/Berlin). It is Wed 25 Nov 09:00.",
            "On. Next: <t:1795593600:f>, <t:1796198400:f>. It is <t:1795593600:f>.",
        ),
        ("Next: Wed 25 Nov 09:00, Thu 26 Nov 09:00 (UTC).", "Next: <t:1795593600:f>, Thu 26 Nov 09:00 (UTC)."),
        ("Wed 25 Nov 09:00:30", "<t:1795593690:f>"),
        ("Next: never; choose at least one day.", "Next: never; choose at least one day."),
    ],
)
def test_the_moments_of_a_text_are_everybodys_own(text: str, shown: str) -> None:
    moments = {"Wed 25 Nov 09:00": 1795593600, "Wed 25 Nov 09:00:30": 1795593690, "Wed 2 Dec 09:00": 1796198400}
    moments |= {"Wed 25 Nov 09:00 (Europe/Berlin)": 1795593600, "Wed 2 Dec 09:00 (Europe/Berlin)": 1796198400}
    assert localize_moments(text, moments) == shown
    assert localize_moments(text, {}) == text


def test_a_message_stays_within_its_limit_rather_than_telling_everybodys_own_time() -> None:
    full, moments = MessagePart("x" * 1984, (), "25 Nov 09:00"), {"25 Nov 09:00": 1795593600}
    assert localize_part(full, moments, len(full.text)) == full
    assert localize_part(full, moments, len(full.text) + 4).text.endswith("\n\n<t:1795593600:f>")
