"""When the next digests come, in sentences, and what the clock change does to them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Final

from bot import wording
from bot.language import gettext, phrase, spelled
from bot.models import Cadence, Mode, Preferences, Schedule
from bot.ports.places import Standing

SENDS: Final = 3
_YEAR: Final = 366
MODES: Final = {
    Mode.SETTLED: phrase("Settled: votes have had 18 hours"),
    Mode.FRESH: phrase("Fresh: what is open now"),
    Mode.TRENDING: phrase("Trending: the source’s own rank"),
}

_OFTEN: Final = {Cadence.WEEKLY: phrase("weekly"), Cadence.MONTHLY: phrase("monthly")}


def upcoming(schedule: Schedule, now: datetime, first: datetime | None = None) -> list[datetime]:
    """Return the next three posts (UTC); *first* is the next one where it is known to be another."""
    moments = [first] if first else []
    while len(moments) < SENDS and (following := schedule.next_after(moments[-1] if moments else now)):
        moments.append(following)
    return moments


def line(schedule: Schedule, now: datetime, first: datetime | None = None) -> str:
    """Write them: "Next: Wed 25 Nov 09:00, Thu 26 Nov 09:00, Fri 27 Nov 09:00"."""
    sends = [wording.when(moment, schedule.timezone) for moment in upcoming(schedule, now, first)]
    return (
        gettext(wording.NEXT, sends=gettext(", ").join(sends), zone=schedule.timezone)
        if sends
        else gettext("Next: never; choose at least one day.")
    )


def warnings(schedule: Schedule, now: datetime) -> tuple[str, ...]:
    """Say on which dates of the next year the chosen time does not exist or occurs twice."""
    return tuple(_warnings(schedule, now))


def _warnings(schedule: Schedule, now: datetime) -> Iterator[str]:
    today = schedule.local_date(now)
    for day in (today + timedelta(days=n) for n in range(_YEAR)):
        if not schedule.posts_on(day):
            continue
        # With its year: what is said of the clocks of a zone is of no moment, which readers would see in their own.
        written = f"{wording.day(day, year=True)} {schedule.at:%H:%M}"
        shift = _shift(schedule, day)
        if shift == "gap":
            later = schedule.instant(day).astimezone(schedule.zone)
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


def _shift(schedule: Schedule, day: date) -> str:
    """Return "gap" when the local time does not exist that day, "fold" when it occurs twice, else ""."""
    wall = datetime.combine(day, schedule.at, schedule.zone)
    if wall.utcoffset() == wall.replace(fold=1).utcoffset():
        return ""
    real = wall.astimezone(UTC).astimezone(schedule.zone)
    return "fold" if real.time() == schedule.at else "gap"


def plan(preferences: Preferences) -> str:
    """Describe a digest: "weekdays 09:00 Europe/Berlin, 5 papers"."""
    schedule = preferences.schedule
    told = {
        "days": wording.weekdays(schedule.days),
        "time": f"{schedule.at:%H:%M}",
        "zone": schedule.timezone,
        "papers": wording.count(preferences.number, "paper"),
    }
    if schedule.cadence is Cadence.DAILY:
        return gettext("{days} {time} {zone}, {papers}", **told)
    return gettext("{often}, {days} {time} {zone}, {papers}", often=gettext(_OFTEN[schedule.cadence]), **told)


def state(standing: Standing, now: datetime) -> str:
    """Say whether a channel's digest is on, and when it comes next."""
    preferences = standing.preferences
    if standing.retired:
        return gettext(
            "Nothing is posted here any more: {retired}. “{command}” tries again.",
            retired=wording.reason(standing.retired),
            command=spelled("digest on"),
        )
    if preferences.paused:
        return gettext("Everything is paused here; “{command}” goes on.", command=spelled("resume"))
    if not preferences.on:
        return gettext("The digest is off here; “{command}” shows what it would be.", command=spelled("digest on"))
    schedule, following = preferences.schedule, standing.next_run
    if following and standing.due and standing.due < following:
        due, again = (wording.when(moment, schedule.timezone) for moment in (standing.due, following))
        return gettext("The digest of {due} waits for its list, until {again} at least.", due=due, again=again)
    return line(schedule, now, following if following and following > now else None)
