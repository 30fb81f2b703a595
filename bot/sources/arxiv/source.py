"""arXiv as a source: how it is asked (SourcePolicy), what it offers, and how often it is polled."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from bot.ports.sources import PollingJob, Source
from bot.sources.arxiv.announcements import CategoryAnnouncements
from bot.sources.arxiv.client import ArXiv
from bot.sources.http.policies import SourcePolicy

if TYPE_CHECKING:
    from bot.config import Settings
    from bot.sources.http.client import Connect

POLICY: Final = SourcePolicy("arxiv", "arXiv", spacing=3.0, max_connections=1, cooldown=timedelta(minutes=15))
"""One request in three seconds, on one connection, for API and feeds together: https://info.arxiv.org/help/api/tou.html."""
POLL_INTERVAL: Final = timedelta(hours=1)


def open_source(settings: Settings, connect: Connect) -> Source:
    """Return arXiv, or the mirror of it that ARXIV_URL names; without ARXIV_CATEGORIES nothing is announced."""
    client, categories = ArXiv(connect(POLICY), settings.arxiv_url), settings.arxiv_categories
    return Source(
        POLICY.name,
        POLICY.title,
        announcements=CategoryAnnouncements(client, categories) if categories else None,
        lookup=client,
        job=PollingJob("announcements", POLL_INTERVAL),
        setting="ARXIV_URL",
    )
