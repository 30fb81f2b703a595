"""Texts, cards and forms that nobody should be able to do anything with."""

from __future__ import annotations

from typing import get_args

from hypothesis import strategies as st

from bot.cards.models import Action, Card, Field, FieldKind, Form, Item, Link

SIGNS = st.text("*_~`:<>&|@#!/.\\\n\t -•1aé中\u200b\u2060\u202e\u00ad", max_size=30)
SAMPLES = st.sampled_from(
    [
        "<!channel> <!here|x> <@U123> <#C123|papers> <!subteam^S1>",
        "@here @channel @everyone #general",
        "*bold* _it_ ~s~ `code` ```block```",
        "_a_ *b_ c*_ __init__ snake_case_name x_i",
        "A* and Q* search, ~5x faster, ~10x smaller, `a` 'b'",
        ":smile: :+1: 12:30:45 a:b:c ::x:: :woman-tone:",
        "> quoted",
        "&gt; quoted &amp;lt;!here&gt;",
        "https://evil.example www.evil.example mailto:a@evil.example http://x",
        "<https://evil.example|click> [a](https://evil.example) evil.example/x",
        "title|with|bars > and < and &",
        "•\u2028- list\n1. list\n> quote",
        "\u202eevil\u2066\u200b@here",
        "*\u200bbold\u200b*",
        "<date^1^{date}|x>",
        "\ud800x\udfff\x00\x1b[31m",
        "",
        " \n ",
    ]
)
LONG = st.sampled_from(["&", "x", "word ", "中", "*a* ", "😀"]).flatmap(
    lambda part: st.integers(3000, 20_000).map(part.__mul__)
)
TEXT = st.one_of(SAMPLES, SIGNS, LONG, st.text(max_size=40), st.builds("{} {}".format, SIGNS, SAMPLES))
TEXTS = st.lists(TEXT, max_size=4).map(tuple)
URLS = st.one_of(
    st.sampled_from(
        [
            "https://arxiv.org/abs/2602.12160",
            "https://example.org/a?b=1&c=<2>|3*4~5`6",
            f"https://example.org/{'&' * 560}",
            f"https://example.org/{'a' * 1000}",
            "http://example.org",
            "javascript:alert(1)",
            "https://user@example.org",
            "https://exa mple.org",
            "https://[",
        ]
    ),
    TEXT,
)
ACTIONS = st.builds(
    Action,
    TEXT,
    TEXT,
    st.dictionaries(TEXT, TEXT, max_size=2),
    TEXT,
    st.sampled_from(["", "main"]),
)
ITEMS = st.builds(
    Item,
    TEXT,
    url=URLS,
    number=st.none() | st.integers(0, 10**6),
    text=TEXT,
    votes=st.none() | st.integers(0, 10**6),
    notes=TEXTS,
    links=st.lists(st.builds(Link, TEXT, URLS), max_size=3).map(tuple),
    because=TEXTS,
    abstract=TEXT,
    thumbnail=URLS,
    section=TEXT,
    paper=TEXT,
    actions=st.lists(ACTIONS, max_size=7).map(tuple),
)
SMALL = st.builds(Item, TEXT, text=TEXT, notes=TEXTS, section=TEXT, actions=st.lists(ACTIONS, max_size=1).map(tuple))


def _many(items: st.SearchStrategy[Item]) -> st.SearchStrategy[tuple[Item, ...]]:
    """Return few items, or one of them very often: as many as would burst every limit."""
    few = st.lists(items, max_size=5).map(tuple)
    return st.one_of(few, st.tuples(few, st.integers(1, 150)).map(lambda both: both[0] * both[1]))


CARDS = st.builds(
    Card,
    TEXT,
    TEXT,
    folio=TEXTS,
    items=st.one_of(_many(ITEMS), _many(SMALL)),
    actions=st.one_of(
        st.lists(ACTIONS, max_size=4), st.lists(ACTIONS, min_size=1, max_size=2).map(lambda a: a * 20)
    ).map(tuple),
    footer=TEXTS,
    marks=TEXTS,
    fallback=TEXT,
    tone=st.sampled_from(["digest", "alert", "answer", "mistake", "failure"]),
    code=TEXT,
)
FIELDS = st.builds(
    Field,
    st.uuids().map(str),
    TEXT,
    kind=st.sampled_from(get_args(FieldKind)),
    value=TEXT,
    hint=TEXT,
    choices=st.lists(st.tuples(TEXT, TEXT), max_size=4).map(tuple),
    minimum=st.none() | st.integers(0, 5),
    maximum=st.none() | st.integers(5, 10),
    required=st.booleans(),
    advanced=st.booleans(),
    mistake=TEXT,
)
FORMS = st.builds(
    Form, TEXT, st.just("settings"), st.lists(FIELDS, max_size=5).map(tuple), preview=TEXTS, submit=TEXT, note=TEXT
)
