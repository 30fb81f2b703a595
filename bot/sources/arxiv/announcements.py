"""arXiv's announcements (https://info.arxiv.org/help/rss.html): rebuilt about midnight Eastern, never on a weekend."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time, timedelta
from typing import TYPE_CHECKING, Final

from bot.domain.feed import NEW_YORK
from bot.domain.schedules import WEEKDAYS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from bot.ports.sources import SourceResponse
    from bot.sources.arxiv.client import ArXiv

_REBUILT_BY: Final = time(1)
"""From here on the day's feed surely is the new one: about midnight it may still be yesterday's."""
_HOLIDAY_FROM: Final = time(12)
"""From here on a feed without anything new means a holiday."""


@dataclass(frozen=True, slots=True)
class CategoryAnnouncements:
    """`bot.ports.sources.Announcements` of some categories together."""

    client: ArXiv
    categories: Sequence[str]

    async def fetch_announcement(self) -> SourceResponse:
        """Return the newest announcement; unchanged until the next."""
        return await self.client.fetch_announcement(self.categories)

    def get_announcement_date(self, now: datetime) -> date:
        """Return the date of the newest feed."""
        day = now.astimezone(NEW_YORK).date()
        while day.weekday() not in WEEKDAYS:
            day -= timedelta(days=1)
        return day

    def is_final(self, now: datetime, *, has_news: bool) -> bool:
        """Tell whether a feed that was read at *now* is the whole of its day."""
        return now.astimezone(NEW_YORK).time() >= (_REBUILT_BY if has_news else _HOLIDAY_FROM)
