"""Button payloads: what a button asks for, packed as JSON, and found again by what the pressed button holds."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Literal

from bot.cards.models import Card
from bot.errors import Malformed, StoreError
from bot.i18n.translation import gettext, phrase
from bot.ports.commands import Answer
from bot.ports.secrets import ButtonPayloads

_EXPIRED_BUTTON: Final = phrase("This button is too old. Nothing was changed; ask again.")

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ButtonPayload:
    """What a button asks for. ``share`` wants the answer in the channel for everybody.

    ``modal`` wants it in a window; ``manager`` tells that the button stands in an answer to a manager's command. A chat
    has a use for one of the two. ``channel`` is the one that it is about, where it stands elsewhere.
    """

    command: str
    arguments: Mapping[str, str] = field(default_factory=dict)
    share: bool = False
    modal: bool = False
    manager: bool = False
    channel: str = ""


def pack_payload(payload: ButtonPayload) -> dict[str, Any]:
    """Return *payload* as JSON data, as short as it can be."""
    data: dict[str, Any] = {"c": payload.command, "a": dict(payload.arguments)}
    data |= {"m": 1} if payload.modal or payload.manager else {}
    data |= {"s": 1} if payload.share else {}
    return data | ({"h": payload.channel} if payload.channel else {})


def unpack_payload(data: Mapping[str, Any], mark: Literal["modal", "manager"]) -> ButtonPayload:
    """Return what was packed as *data*, where *mark* is what this chat marks. Raises `bot.errors.Malformed`."""
    try:
        arguments = {str(name): str(text) for name, text in data["a"].items()}
        marked = {mark: bool(data.get("m"))}
        channel = str(data.get("h", ""))
        return ButtonPayload(str(data["c"]), arguments, share=bool(data.get("s")), channel=channel, **marked)
    except (KeyError, AttributeError, TypeError) as error:
        raise Malformed(f"This is not a button of ours: {error}.") from error


async def load_payload(
    value: str,
    decode_payload: Callable[[str], ButtonPayload | str],
    restore_payload: Callable[[Mapping[str, Any]], ButtonPayload],
    button_payloads: ButtonPayloads,
) -> ButtonPayload | None:
    """Return what a button asks for that holds *value*, or None when that is not kept any more, or was never ours.

    *decode_payload* reads the value itself, or the token under which *button_payloads* keeps what
    *restore_payload* reads.
    """
    try:
        payload_or_token = decode_payload(value)
        if isinstance(payload_or_token, ButtonPayload):
            return payload_or_token
        stored_data = await button_payloads.get_payload(payload_or_token)
        return restore_payload(stored_data) if stored_data else None
    except (Malformed, UnicodeError):
        return None


def build_expired_answer() -> Answer:
    """Return what is said of a button that asks for nothing any more."""
    return Answer(Card(text=gettext(_EXPIRED_BUTTON), tone="mistake"))


async def save_if_possible(
    button_payloads: ButtonPayloads, payloads: Mapping[str, Mapping[str, Any]], now: datetime
) -> None:
    """Keep what the buttons of an answer need; where it can't be, the answer is shown without their working."""
    try:
        await button_payloads.save_payloads(payloads, now)
    except StoreError as error:
        log.warning("Some buttons of an answer will not work: %s", error)
