"""Keys and nonces: short, the same every time, found again in what Discord sends."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.discord.rendering import message_keys, messages
from bot.cards.models import Card
from tests.adapters.discord.samples import DIGEST, KEY, MESSAGES, POSTS, sent


def test_each_message_has_its_own() -> None:
    others = [DIGEST, replace(DIGEST, part=1), replace(DIGEST, operation="edit"), replace(DIGEST, subject="2026-02-28")]
    assert len({message_keys.hash_delivery_key(each) for each in others}) == 4
    assert len({message_keys.build_nonce(each, part) for each in others for part in range(3)}) == 12
    assert message_keys.hash_delivery_key(DIGEST) == message_keys.hash_delivery_key(replace(DIGEST))


@given(st.text(), st.integers(0, 999))
def test_they_have_their_lengths(subject: str, part: int) -> None:
    of = replace(DIGEST, subject=subject.encode(errors="replace").decode())
    assert len(message_keys.build_nonce(of, part)) == 25
    assert message_keys.read_message_key(
        {
            "content": message_keys.format_key_line(
                message_keys.format_part_key(message_keys.hash_delivery_key(of), part)
            )
        }
    ) == (message_keys.hash_delivery_key(of), part)
    suffix = message_keys.format_custom_id_suffix(
        message_keys.format_part_key(message_keys.hash_delivery_key(of), part)
    )
    assert message_keys.read_message_key({"components": [{"custom_id": "x" + suffix}]}) == (
        message_keys.hash_delivery_key(of),
        part,
    )


@pytest.mark.parametrize("name", MESSAGES)
def test_every_part_is_found_again(name: str) -> None:
    assert [message_keys.read_message_key(message.payload) for message in MESSAGES[name]()] == [
        (KEY, number) for number in range(len(MESSAGES[name]()))
    ]


def test_a_post_is_found_again() -> None:
    (post,) = POSTS["post"]()
    assert message_keys.read_message_key(post.payload["message"]) == (KEY, 0)


def test_a_line_says_it_where_nothing_else_can() -> None:
    (message,) = sent(Card(text="Nothing today."))
    assert message.payload["content"] == "Nothing today.\n-# ref abcdefghij.0"
    (pictured,) = sent(Card(text="Nothing today."), pictures=True)
    assert message_keys.read_message_key(pictured.payload) == (KEY, 0)
    assert messages.render_messages(Card(text="Nothing today."))[0].payload["content"] == "Nothing today."


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
    assert message_keys.read_message_key(message) is None
