"""Notices to those who manage a workspace (what stopped or changed there) and to operators (trouble, and its end)."""

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
    "operator.circuit_closed": phrase("{place} answers again; what waited goes out."),
    "operator.database_damaged": phrase("The database needs repair: {reason}"),
    "operator.database_whole": phrase("The database is whole again."),
    "operator.health_bad": phrase(
        "Broadsheet is not well: {problems}. The status page of its workspace in the browser tells more."
    ),
    "operator.health_good": phrase("Broadsheet is well again."),
    "operator.jobs_failing": phrase("jobs that fail: {jobs}"),
    "operator.jobs_overdue": phrase("jobs that are late: {jobs}"),
    "operator.channels_late": phrase("channels whose digest is late: {number}"),
    "operator.digests_failed": phrase("channels whose digest was given up: {number}"),
}
