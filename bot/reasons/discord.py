"""Reasons whose sentence names Discord; no other chat gives them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from bot.i18n.translation import phrase
from bot.reasons.channels import CHANNEL_REFUSED

DISCORD_SENTENCES: Final[Mapping[str, str]] = {
    CHANNEL_REFUSED: phrase("Discord refuses what is posted there, with the code: {number}"),
    "delivery.timed_out": phrase("Discord took longer than {seconds} seconds"),
    "directory.unavailable": phrase("Discord can’t be asked who sees which channel"),
    "person.unknown_by_now": phrase("Discord does not know the person any more"),
    "platform.invalid_requests": phrase("Discord refused too much of late"),
    "platform.machine_banned": phrase("Discord keeps this machine out for a while"),
    "platform.not_connected": phrase("Discord is not connected yet"),
    "platform.rate_limited_again": phrase("Discord asks for a pause again and again"),
    "platform.token_refused": phrase("Discord turns the bot’s token down"),
    "platform.unknown_number": phrase("Discord said {error} (HTTP {status}), which has no meaning here yet"),
}
