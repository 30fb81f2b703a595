"""What a reader sees of Discord's markdown, and what in it is live."""

from __future__ import annotations

import pytest

from tests.servers.discord.markdown import read
from tests.servers.discord.things import Shown

NAMES = {"<@1>": "@Ana", "<@&2>": "@readers", "<#3>": "#papers"}


@pytest.mark.parametrize(
    ("text", "plain", "formats"),
    [
        ("plain words, a - b, 3 * 4 * 5", "plain words, a - b, 3 * 4 * 5", []),
        ("**bold** and *it* and _it_", "bold and it and it", ["**", "*", "_"]),
        ("***both***", "both", ["*", "**"]),
        ("__under__ ~~gone~~ ||secret||", "under gone secret", ["__", "~~", "||"]),
        ("`code *x*`", "code *x*", ["`"]),
        ("``a ` b``", "a ` b", ["`"]),
        ("```py\nx = 1```", "x = 1", ["```"]),
        (r"\*\*not\*\* \_not\_ \|\|not\|\| \`not\` \~\~not\~\~", "**not** _not_ ||not|| `not` ~~not~~", []),
        ("snake_case_name", "snake_case_name", []),
        ("trailing snake_case_ x", "trailing snakecase x", ["_"]),
        ("* not a pair", "* not a pair", ["-"]),
        ("2 ** 3 ** 4", "2  3  4", ["**"]),
        (r"back\slash and C:\new", r"back\slash and C:\new", []),
        (r"\\*it*", r"\it", ["*"]),
        ("# Heading", "Heading", ["#"]),
        ("### Small", "Small", ["###"]),
        ("#### four", "#### four", []),
        ("#hashtag", "#hashtag", []),
        ("-# small print", "small print", ["-#"]),
        ("-#no", "-#no", []),
        ("> quoted", "quoted", [">"]),
        (">>> all\nof it", "all\nof it", [">"]),
        (">no", ">no", []),
        ("- item", "- item", ["-"]),
        ("1. first", "1. first", ["1."]),
        (r"\# no", "# no", []),
        (r"\- no", "- no", []),
        (r"1\. no", "1. no", []),
        (r"\> no", "> no", []),
        ("a # b > c - d", "a # b > c - d", []),
        ("one\n# two\nthree", "one\ntwo\nthree", ["#"]),
        ("> # both", "both", ["#", ">"]),
        ("<t:1700000000:f>", "14 November 2023 22:13", ["<t"]),
        ("<t:1700000000:t> <t:1700000000:D>", "22:13 14 November 2023", ["<t", "<t"]),
        (r"\<t:1700000000>", "<t:1700000000>", []),
        ("</papers search:700>", "/papers search", ["</"]),
        ("<:wave:123> <a:wave:123>", ":wave: :wave:", ["<:", "<:"]),
        (":smile: 10:30", ":smile: 10:30", [":"]),
        (r"\:smile\:", ":smile:", []),
        ("1 < 2 > 0 <x>", "1 < 2 > 0 <x>", []),
    ],
)
def test_formats(text: str, plain: str, formats: list[str]) -> None:
    live = read(text, NAMES)
    assert (live.plain, [mark for mark, _ in live.formats]) == (plain, formats)
    assert (live.links, live.mentions) == ([], [])


@pytest.mark.parametrize(
    ("text", "plain", "links"),
    [
        ("[A paper](https://a.org/1)", "A paper", [("https://a.org/1", "A paper")]),
        ("[A paper](<https://a.org/1>)", "A paper", [("https://a.org/1", "A paper")]),
        ('[A](https://a.org "title") b', "A b", [("https://a.org", "A")]),
        ("[A (b)](https://a.org/x_(y))", "A (b)", [("https://a.org/x_(y)", "A (b)")]),
        (r"[a \[b\] c](https://a.org)", "a [b] c", [("https://a.org", "a [b] c")]),
        (r"[a \] b](https://a.org)", "a ] b", [("https://a.org", "a ] b")]),
        ("[a [b] c](https://a.org)", "a [b] c", [("https://a.org", "a [b] c")]),
        ("[no](nowhere)", "[no](nowhere)", []),
        ("[no] (x)", "[no] (x)", []),
        (r"\[no](https://a.org)", "[no](https://a.org)", [("https://a.org", "https://a.org")]),
        ("<https://a.org/1>", "https://a.org/1", [("https://a.org/1", "https://a.org/1")]),
        ("see https://a.org/1.", "see https://a.org/1.", [("https://a.org/1", "https://a.org/1")]),
        ("HTTP://A.org", "HTTP://A.org", [("HTTP://A.org", "HTTP://A.org")]),
        (r"https\://a.org", "https://a.org", []),
        ("a.org and www.a.org", "a.org and www.a.org", []),
        ("discord.gg/abc", "discord.gg/abc", []),
        ("[x](javascript:alert)", "x", [("javascript:alert", "x")]),
        ("`https://a.org`", "https://a.org", []),
    ],
)
def test_links(text: str, plain: str, links: list[tuple[str, str]]) -> None:
    live = read(text, NAMES)
    assert (live.plain, live.links) == (plain, links)


def test_links_hold_formats() -> None:
    live = read("[**Bold** title](https://a.org) -# no", NAMES)
    assert (live.links, live.formats) == ([("https://a.org", "Bold title")], [("**", "Bold")])


@pytest.mark.parametrize(
    ("text", "plain", "mentions"),
    [
        ("<@1> <@!1>", "@Ana @Ana", ["<@1>", "<@!1>"]),
        ("<@&2> in <#3>", "@readers in #papers", ["<@&2>", "<#3>"]),
        ("@everyone @here", "@everyone @here", ["@everyone", "@here"]),
        ("<@9>", "<@9>", ["<@9>"]),
        ("<id:customize>", "<id:customize>", ["<id:customize>"]),
        (r"\<@1> \@everyone", "<@1> @everyone", []),
        ("@every\u200bone <@\u200b1> a@b.org", "@every\u200bone <@\u200b1> a@b.org", []),
        ("**<@1>**", "@Ana", ["<@1>"]),
    ],
)
def test_mentions(text: str, plain: str, mentions: list[str]) -> None:
    live = read(text, NAMES)
    assert (live.plain, live.mentions) == (plain, mentions)


def test_embeds_and_components_are_read_too() -> None:
    embed = {"title": "**T**", "description": "[x](https://a.org)", "footer": {"text": "*f*"}}
    row = {"type": 1, "components": [{"type": 2, "style": 2, "label": "Save", "custom_id": "s"}]}
    shown = Shown("1", "20", "1", "Text", [row, {"type": 10, "content": "# Display"}], [embed])
    assert shown.plain == "Text\n*f*\nT\nx\n[Save]\nDisplay"
    assert shown.links == [("https://a.org", "x")]
    assert shown.formats == [("**", "T"), ("#", "Display")]
