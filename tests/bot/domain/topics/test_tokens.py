"""What people type, cut into tokens."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.topics.tokens import Token, normalize_text, remove_open_quote, tokenize


def test_quotes_dashes_and_spaces_are_folded() -> None:
    assert normalize_text("  “world\n model” „x“ «y» –z  ‘it’s’ ") == """"world model" "x" "y" -z 'it's'"""


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("", []),
        ("world-model it's", [Token("world-model", "world-model"), Token("it's", "it's")]),
        ('"world model"', [Token('"world model"', "world model", quoted=True)]),
        ("-robot", [Token("-robot", "robot", negative=True)]),
        ('-author:"Yann LeCun"', [Token('-author:"Yann LeCun"', "Yann LeCun", "author", negative=True, quoted=True)]),
        ("cat:cs.CL", [Token("cat:cs.CL", "cs.CL", "cat")]),
        ("since: -", [Token("since:", "since:"), Token("-", "-")]),
        ('a"b c"d', [Token("a", "a"), Token('"b c"', "b c", quoted=True), Token("d", "d")]),
        ('topics:"a b', [Token('topics:"a', '"a', "topics"), Token("b", "b")]),
        ('"a" 5" b', [Token('"a"', "a", quoted=True), Token('5"', '5"'), Token("b", "b")]),
    ],
)
def test_cut(text: str, tokens: list[Token]) -> None:
    assert list(tokenize(text)) == tokens


@pytest.mark.parametrize(
    ("text", "whole"),
    [("", ""), ("x", "x"), ('"a b" c', '"a b" c'), ('"', ""), ('"a b', "a b"), ('"a b" 5" c', '"a b" 5 c')],
)
def test_a_quotation_mark_without_a_partner_goes(text: str, whole: str) -> None:
    assert remove_open_quote(text) == whole


LINES = st.text(alphabet=st.sampled_from('ab "-,:é“–'), max_size=40) | st.text(max_size=60)


@given(LINES)
def test_nothing_but_spaces_is_lost(line: str) -> None:
    typed = normalize_text(line)
    assert "".join(token.text for token in tokenize(typed)).replace(" ", "") == typed.replace(" ", "")


@given(LINES)
def test_what_is_closed_stays_closed(line: str) -> None:
    whole = remove_open_quote(normalize_text(line))
    assert whole.count('"') % 2 == 0
    assert remove_open_quote(whole) == whole
    assert not any('"' in token.value for token in tokenize(whole))
