"""Notices to those who manage a workspace: what stopped there, or was changed by itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from bot.i18n.translation import phrase

NOTICE_SENTENCES: Final[Mapping[str, str]] = {
    "notice.role_deleted": phrase(
        "The role that digests in {channel} mentioned was deleted; they mention nobody now. "
        "Another can be chosen in the settings there."
    ),
    "notice.stopped": phrase("Nothing is posted to {channel} any more: {reason}. Its settings and follows are kept."),
}
