"""The sentence of every reason code, in English: one table, made of those of its subjects."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from bot.reasons.changes import CHANGE_SENTENCES
from bot.reasons.channels import CHANNEL_SENTENCES
from bot.reasons.database import DATABASE_SENTENCES
from bot.reasons.deliveries import DELIVERY_SENTENCES
from bot.reasons.digests import DIGEST_SENTENCES
from bot.reasons.discord import DISCORD_SENTENCES
from bot.reasons.installations import INSTALLATION_SENTENCES
from bot.reasons.notices import NOTICE_SENTENCES
from bot.reasons.slack import SLACK_SENTENCES
from bot.reasons.sources import SOURCE_SENTENCES

TEXT: Final = "text"
"""The code of a text that no code knows; the value ``text`` holds it."""

SENTENCES: Final[Mapping[str, str | tuple[str, str]]] = {
    TEXT: "{text}",
    **CHANGE_SENTENCES,
    **CHANNEL_SENTENCES,
    **DATABASE_SENTENCES,
    **DELIVERY_SENTENCES,
    **DIGEST_SENTENCES,
    **DISCORD_SENTENCES,
    **INSTALLATION_SENTENCES,
    **NOTICE_SENTENCES,
    **SLACK_SENTENCES,
    **SOURCE_SENTENCES,
}
"""By code; two where the value ``n`` is counted. A code is never given another meaning, for rows keep it."""
