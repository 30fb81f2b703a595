"""Keys and nonces: short, the same every time, found again in what Discord sends."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.discord import keys, render
from bot.cards import Card
from tests.adapters.discord.samples import DIGEST, KEY, MESSAGES, POSTS, sent


def test_each_message_has_its_own() -> None:
    others = [DIGEST, replace(DIGEST, part=1), replace(DIGEST, operation="edit"), replace(DIGEST, subject="2026-02-28")]
    assert len({keys.key(each) for each in others}) == 4
    assert len({keys.nonce(each, part) for each in others for part in range(3)}) == 12
    assert keys.key(DIGEST) == keys.key(replace(DIGEST))


@given(st.text(), st.integers(0, 999))
def test_they_have_their_lengths(subject: str, part: int) -> None:
    of = replace(DIGEST, subject=subject.encode(errors="replace").decode())
    assert len(keys.nonce(of, part)) == 25
    assert keys.read({"content": keys.line(keys.mark(keys.key(of), part))}) == (keys.key(of), part)
    assert keys.read({"components": [{"custom_id": f"x{keys.ride(keys.mark(keys.key(of), part))}"}]}) == (
        keys.key(of),
        part,
    )


@pytest.mark.parametrize("name", MESSAGES)
def test_every_part_is_found_again(name: str) -> None:
    assert [keys.read(message.payload) for message in MESSAGES[name]()] == [
        (KEY, number) for number in range(len(MESSAGES[name]()))
    ]


def test_a_post_is_found_again() -> None:
    (post,) = POSTS["post"]()
    assert keys.read(post.payload["message"]) == (KEY, 0)


def test_a_line_says_it_where_nothing_else_can() -> None:
    (message,) = sent(Card(text="Nothing today."))
    assert message.payload["content"] == "Nothing today.\n-# ref abcdefghij.0"
    (pictured,) = sent(Card(text="Nothing today."), pictures=True)
    assert keys.read(pictured.payload) == (KEY, 0)
    assert render.messages(Card(text="Nothing today."))[0].payload["content"] == "Nothing today."


@pytest.mark.parametrize(
    "message",
    [
        {},
        {"content": "-# ref short.1", "components": []},
        {"content": None, "components": [{"components": [{"custom_id": "p;save;;;k=no"}]}]},
        {"content": "x -# ref abcdefghij.1"},
    ],
)
def test_others_carry_none(message: dict[str, object]) -> None:
    assert keys.read(message) is None
