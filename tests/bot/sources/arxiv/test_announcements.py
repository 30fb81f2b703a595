"""When arXiv's feed is that of a new day, and when it is whole."""

from datetime import UTC, date, datetime
from typing import Any, cast

import pytest

from bot.sources.arxiv.announcements import CategoryAnnouncements


@pytest.mark.parametrize(
    ("now", "day"),
    [
        (datetime(2026, 2, 10, 4, 59, tzinfo=UTC), date(2026, 2, 9)),
        (datetime(2026, 2, 10, 5, 0, tzinfo=UTC), date(2026, 2, 10)),
        (datetime(2026, 2, 14, 12, 0, tzinfo=UTC), date(2026, 2, 13)),
        (datetime(2026, 2, 16, 4, 0, tzinfo=UTC), date(2026, 2, 13)),
    ],
)
def test_announcements_turn_at_midnight_eastern_and_rest_on_weekends(now: datetime, day: date) -> None:
    assert CategoryAnnouncements(cast("Any", None), ()).get_announcement_date(now) == day


@pytest.mark.parametrize(
    ("hour", "with_news", "without"), [(0, False, False), (1, True, False), (11, True, False), (12, True, True)]
)
def test_a_feed_is_whole_once_it_is_rebuilt_and_an_empty_one_at_noon(
    hour: int, *, with_news: bool, without: bool
) -> None:
    announcements = CategoryAnnouncements(cast("Any", None), ())
    now = datetime(2026, 2, 10, hour + 5, tzinfo=UTC)
    assert announcements.is_final(now, has_news=True) is with_news
    assert announcements.is_final(now, has_news=False) is without
