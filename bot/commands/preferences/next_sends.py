"""Next sends of a digest schedule, in sentences, with daylight saving time warnings."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Final

from bot.domain.feed import FeedMode
from bot.domain.preferences import Preferences
from bot.domain.schedules import Cadence, Schedule
from bot.i18n import formatting
from bot.i18n.formatting import format_command
from bot.i18n.translation import gettext, phrase
from bot.ports.channels import ChannelState
from bot.reasons.reason import format_reason

MAX_SENDS: Final = 3
_DAYS_AHEAD: Final = 366
MODE_LABELS: Final = {
    FeedMode.SETTLED: phrase("Settled: votes have had 18 hours"),
    FeedMode.FRESH: phrase("Fresh: what is open now"),
    FeedMode.TRENDING: phrase("Trending: the source’s own rank"),
}

_CADENCE_NAMES: Final = {Cadence.WEEKLY: phrase("weekly"), Cadence.MONTHLY: phrase("monthly")}


def list_next_sends(schedule: Schedule, now: datetime, first: datetime | None = None) -> list[datetime]:
    """Return the next three posts (UTC); *first* is the next one where it is known to be another."""
    moments = [first] if first else []
    while len(moments) < MAX_SENDS and (following := schedule.find_next_post(moments[-1] if moments else now)):
        moments.append(following)
    return moments


def format_next_sends(schedule: Schedule, now: datetime, first: datetime | None = None) -> str:
    """Write them: "Next: Wed 25 Nov 09:00, Thu 26 Nov 09:00, Fri 27 Nov 09:00 (UTC)"."""
    moments = list_next_sends(schedule, now, first)
    if not moments:
        return gettext("Next: never; choose at least one day.")
    sends = [formatting.format_moment(moment, schedule.timezone) for moment in moments[:-1]]
    sends.append(formatting.format_zoned_moment(moments[-1], schedule.timezone))
    return gettext("Next: {sends}.", sends=gettext(", ").join(sends))


def list_clock_change_warnings(schedule: Schedule, now: datetime) -> tuple[str, ...]:
    """Say on which dates of the next year the chosen time does not exist or occurs twice."""
    return tuple(_find_clock_change_warnings(schedule, now))


def _find_clock_change_warnings(schedule: Schedule, now: datetime) -> Iterator[str]:
    today = schedule.to_local_date(now)
    for day in (today + timedelta(days=n) for n in range(_DAYS_AHEAD)):
        if not schedule.is_post_day(day):
            continue
        # With its year: what is said of the clocks of a zone is of no moment, which readers would see in their own.
        written = f"{formatting.format_day(day, year=True)} {schedule.at:%H:%M}"
        shift = _detect_clock_change(schedule, day)
        if shift == "gap":
            later = schedule.compute_post_time(day).astimezone(schedule.zone_info)
            yield gettext(
                "{written} does not exist in {timezone}: the clocks go forward; it comes {later}.",
                written=written,
                timezone=schedule.timezone,
                later=f"{later:%H:%M}",
            )
        elif shift == "fold":
            yield gettext(
                "{written} occurs twice in {timezone}: the clocks go back; it comes the first time.",
                written=written,
                timezone=schedule.timezone,
            )


def _detect_clock_change(schedule: Schedule, day: date) -> str:
    """Return "gap" when the local time does not exist that day, "fold" when it occurs twice, else ""."""
    wall = datetime.combine(day, schedule.at, schedule.zone_info)
    if wall.utcoffset() == wall.replace(fold=1).utcoffset():
        return ""
    real = wall.astimezone(UTC).astimezone(schedule.zone_info)
    return "fold" if real.time() == schedule.at else "gap"


def describe_plan(preferences: Preferences) -> str:
    """Describe a digest: "weekdays 09:00 Europe/Berlin, 5 papers"."""
    schedule = preferences.schedule
    values = {
        "days": formatting.format_weekdays(schedule.days),
        "time": f"{schedule.at:%H:%M}",
        "zone": schedule.timezone,
        "papers": formatting.format_count(preferences.number, "paper"),
    }
    if schedule.cadence is Cadence.DAILY:
        return gettext("{days} {time} {zone}, {papers}", **values)
    return gettext("{often}, {days} {time} {zone}, {papers}", often=gettext(_CADENCE_NAMES[schedule.cadence]), **values)


def describe_state(channel_state: ChannelState, now: datetime) -> str:
    """Say whether a channel's digest is on, and when it comes next."""
    preferences = channel_state.preferences
    if channel_state.retired_reason:
        return gettext(
            "Nothing is posted here any more: {retired}. “{command}” tries again.",
            retired=format_reason(channel_state.retired_reason),
            command=format_command("digest on"),
        )
    if preferences.paused:
        return gettext("Everything is paused here; “{command}” goes on.", command=format_command("resume"))
    if not preferences.on:
        return gettext(
            "The digest is off here; “{command}” shows what it would be.", command=format_command("digest on")
        )
    schedule, following = preferences.schedule, channel_state.next_run
    if following and channel_state.due and channel_state.due < following:
        due, again = (formatting.format_moment(moment, schedule.timezone) for moment in (channel_state.due, following))
        return gettext("The digest of {due} waits for its list, until {again} at least.", due=due, again=again)
    return format_next_sends(schedule, now, following if following and following > now else None)
