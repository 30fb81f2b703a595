"""What buttons ask for: the same after it was kept, and nothing where that is gone or was never ours."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.common.button_payload import (
    ButtonPayload,
    build_expired_answer,
    load_payload,
    pack_payload,
    unpack_payload,
)
from bot.cards.models import Card
from bot.errors import Malformed, StoreError
from bot.i18n.translation import use_language
from tests.adapters.slack.hostile import TEXT

MARKS: st.SearchStrategy[Literal["modal", "manager"]] = st.sampled_from(["modal", "manager"])
SAVE = ButtonPayload("save", {"paper": "1"})


class Kept:
    """What is kept under tokens. Implements `bot.ports.secrets.ButtonPayloads`."""

    def __init__(self, payloads: Mapping[str, Any]) -> None:
        self._payloads = payloads

    async def save_payloads(self, payloads: Mapping[str, Mapping[str, Any]], now: datetime) -> None:
        raise AssertionError

    async def get_payload(self, token: str) -> Mapping[str, Any] | None:
        if token == "down":
            raise StoreError("The database can’t be used just now.")
        return self._payloads.get(token)

    async def delete_older(self, before: datetime) -> int:
        raise AssertionError


@given(
    mark=MARKS,
    marked=st.booleans(),
    command=TEXT,
    arguments=st.dictionaries(TEXT, TEXT, max_size=3),
    share=st.booleans(),
    channel=st.sampled_from(["", "C1", "a;b"]),
)
def test_what_is_packed_is_unpacked(
    mark: Literal["modal", "manager"],
    *,
    marked: bool,
    command: str,
    arguments: dict[str, str],
    share: bool,
    channel: str,
) -> None:
    payload = ButtonPayload(command, arguments, share=share, channel=channel, **{mark: marked})
    assert unpack_payload(json.loads(json.dumps(pack_payload(payload))), mark) == payload


def test_what_is_not_asked_for_takes_no_room() -> None:
    assert pack_payload(SAVE) == {"c": "save", "a": {"paper": "1"}}


@pytest.mark.parametrize(
    "data", [{}, {"c": "show"}, {"a": {}}, {"c": "show", "a": None}, {"c": "show", "a": []}, [], "x", None, 1]
)
def test_what_was_not_packed_so_is_refused(data: Any) -> None:
    with pytest.raises(Malformed):
        unpack_payload(data, "modal")


def decode(value: str) -> ButtonPayload | str:
    """Read a value: "save" itself, "token …", or what is none of ours."""
    if value == "save":
        return SAVE
    if value.startswith("token "):
        return value.removeprefix("token ")
    value.encode()
    raise Malformed("This is not a button of ours.")


@pytest.mark.parametrize(
    ("value", "payload"),
    [
        ("save", SAVE),
        ("token kept", SAVE),
        ("token broken", None),
        ("token gone", None),
        ("of another app", None),
        ("\ud800", None),
        ("", None),
    ],
)
async def test_a_button_is_found_again_or_not(value: str, payload: ButtonPayload | None) -> None:
    kept = Kept({"kept": pack_payload(SAVE), "broken": {"c": "save"}})
    assert await load_payload(value, decode, partial(unpack_payload, mark="modal"), kept) == payload


async def test_a_database_that_does_not_answer_is_no_old_button() -> None:
    with pytest.raises(StoreError):
        await load_payload("token down", decode, partial(unpack_payload, mark="modal"), Kept({}))


def test_an_old_button_is_told_in_the_language_that_is_spoken() -> None:
    english = build_expired_answer().body
    with use_language("de"):
        german = build_expired_answer().body
    assert isinstance(english, Card)
    assert isinstance(german, Card)
    assert english.text == "This button is too old. Nothing was changed; ask again."
    assert german.text not in {"", english.text}
