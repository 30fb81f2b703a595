"""Formatting of dates, times, ages, numbers, counts and lists in the current language."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime, timedelta
from typing import Final, Literal
from zoneinfo import ZoneInfo

from bot.i18n import translation
from bot.i18n.translation import ENGLISH, get_current_language, gettext, ngettext, phrase

_PRODUCT_NAME: Final = "Broadsheet"
_UNSPACED_LANGUAGES: Final = frozenset({"ja", "zh"})
_COMMAND_FORMAT: Final[ContextVar[Callable[[str], str]]] = ContextVar("spelling", default=str)
_HALF_YEAR_DAYS: Final = 183
WEEKDAY_NAMES: Final = (
    phrase("Monday"),
    phrase("Tuesday"),
    phrase("Wednesday"),
    phrase("Thursday"),
    phrase("Friday"),
    phrase("Saturday"),
    phrase("Sunday"),
)
"""The days of the week in English, Monday first."""
SHORT_WEEKDAY_NAMES: Final = tuple(name[:3] for name in WEEKDAY_NAMES)
_WEEKDAY_SETS: Final = {
    (0, 1, 2, 3, 4): phrase("weekdays"),
    (5, 6): phrase("weekends"),
    (0, 1, 2, 3, 4, 5, 6): phrase("every day"),
}
_MONTH_NAMES: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_TIME_UNITS: Final = ((86400, "day"), (3600, "hour"), (60, "minute"), (1, "second"))
_DANGLING_WORDS: Final = re.compile(
    r"[\s,;:–—-]+(?:(?:with|of|for|and|or|to|in|on|by|that|which|the|a|an|as|from|via|using|is|are)[\s,;:–—-]*)*$",
    re.IGNORECASE,
)


@contextmanager
def use_command_format(formatter: Callable[[str], str]) -> Iterator[None]:
    """Write commands as *formatter* does, to the end of the context: as they are typed where somebody asks."""
    token = _COMMAND_FORMAT.set(formatter)
    try:
        yield
    finally:
        _COMMAND_FORMAT.reset(token)


def format_command(line: str) -> str:
    """Return a command, such as "digest on", as it is typed where somebody asks."""
    return _COMMAND_FORMAT.get()(line)


def end_sentence(text: str) -> str:
    """End a sentence as the spoken language does."""
    return gettext("{text}.", text=text)


def format_detail(subject: str, detail: str) -> str:
    """Put a reason or a detail behind what it is about: "Missed: the source was down", "Manquée : …"."""
    return gettext("{what}: {why}", what=subject, why=detail)


def quote_name(name: str) -> str:
    """Put a name between the quotation marks of the spoken language."""
    return gettext("“{label}”", label=name)


def format_localized_date(moment: date, *, year: bool) -> str:
    """Write a date with its weekday, in another language than English: "Di., 24. Nov."."""
    from babel.dates import format_skeleton  # noqa: PLC0415

    return format_skeleton("yMMMEd" if year else "MMMEd", moment, locale=get_current_language())


def format_localized_weekday(number: int) -> str:
    """Write a weekday in short, 0 for Monday, in another language than English: "Mo."."""
    from babel.dates import get_day_names  # noqa: PLC0415

    return str(get_day_names("abbreviated", locale=get_current_language())[number])


def format_localized_age(seconds: float) -> str:
    """Write how long ago something was, or in how long it will be, in another language than English: "vor 3 Tagen"."""
    from babel.dates import format_timedelta  # noqa: PLC0415

    return format_timedelta(timedelta(seconds=-seconds), threshold=1, add_direction=True, locale=get_current_language())


def format_localized_list(parts: Sequence[str], style: Literal["standard", "or"] = "standard") -> str:
    """Join with commas and a last "and" or "or", in another language than English."""
    from babel.lists import format_list  # noqa: PLC0415

    return format_list(parts, style=style, locale=get_current_language())


def format_after_colon(sentence: str) -> str:
    """Write a sentence so that it can stand after a colon; German keeps its capitals, for it may begin with a noun."""
    if get_current_language() == "de" or sentence.startswith(_PRODUCT_NAME):
        return sentence
    return f"{sentence[:1].lower()}{sentence[1:]}"


def join_sentences(*sentences: str) -> str:
    """Put sentences behind each other, those that are not empty: Japanese and Chinese leave no space between them."""
    return ("" if get_current_language() in _UNSPACED_LANGUAGES else " ").join(each for each in sentences if each)


def format_day(moment: date, *, year: bool = False) -> str:
    """Write a date: "Tue 24 Nov", with the year when it is asked for."""
    if get_current_language() != ENGLISH:
        return format_localized_date(moment, year=year)
    tail = f" {moment.year}" if year else ""
    return f"{SHORT_WEEKDAY_NAMES[moment.weekday()]} {moment.day} {_MONTH_NAMES[moment.month - 1]}{tail}"


def format_short_day(moment: date, today: date) -> str:
    """Write a date without its weekday: "24 Nov", or "24 Nov 2025" when it lies more than half a year off."""
    if get_current_language() != ENGLISH:
        return format_localized_date(moment, year=abs((today - moment).days) > _HALF_YEAR_DAYS)
    tail = f" {moment.year}" if abs((today - moment).days) > _HALF_YEAR_DAYS else ""
    return f"{moment.day} {_MONTH_NAMES[moment.month - 1]}{tail}"


def format_moment(moment: datetime, zone: str) -> str:
    """Write a moment in local time: "Wed 25 Nov 09:00"; the card that says it knows which moment that is."""
    local = moment.astimezone(ZoneInfo(zone))
    return translation.note_moment(gettext("{day} {time}", day=format_day(local.date()), time=f"{local:%H:%M}"), moment)


def format_zoned_moment(moment: datetime, zone: str) -> str:
    """Write a moment in local time with the name of its zone, which means nothing to who is shown it in their own."""
    written = gettext("{moment} ({zone})", moment=format_moment(moment, zone), zone=zone)
    return translation.note_moment(written, moment)


def format_age(seconds: float) -> str:
    """Write how long ago something was: "3 minutes ago"; "in 2 hours" for what is to come."""
    if abs(seconds) < 1:
        return gettext("now")
    if get_current_language() != ENGLISH:
        return format_localized_age(seconds)
    size, unit = next((size, unit) for size, unit in _TIME_UNITS if abs(seconds) >= size)
    span = format_count(int(abs(seconds) // size), unit)
    return f"in {span}" if seconds < 0 else f"{span} ago"


def format_weekdays(days: Sequence[int]) -> str:
    """Write a set of weekdays: "weekdays", "every day", "Mon, Wed and Fri"."""
    chosen = tuple(sorted(set(days)))
    if chosen in _WEEKDAY_SETS:
        return gettext(_WEEKDAY_SETS[chosen])
    return format_list(
        [SHORT_WEEKDAY_NAMES[n] if get_current_language() == ENGLISH else format_localized_weekday(n) for n in chosen]
    ) or gettext("never")


def format_count(number: int, noun: str, plural: str = "") -> str:
    """Write a count: "1 vote", "1,300 papers"."""
    singular, plural_form = f"{{n}} {noun}", f"{{n}} {plural or noun + 's'}"
    return ngettext(singular, plural_form, number)


def format_list(parts: Sequence[str], last: Literal["and", "or"] = "and") -> str:
    """Join with commas and a last word: "a, b and c"."""
    if get_current_language() != ENGLISH:
        return format_localized_list(parts, "or" if last == "or" else "standard")
    *first, end = parts or ("",)
    return f"{', '.join(first)} {last} {end}" if first else end


def shorten(text: str, max_length: int) -> str:
    """Cut *text* at a word, without a dangling "with a", and add an ellipsis."""
    if len(text) <= max_length:
        return text
    cut = text[: max_length - 1]
    whole_words = cut if text[max_length - 1].isspace() else (cut.rsplit(None, 1) or [""])[0]
    return (_DANGLING_WORDS.sub("", whole_words) or cut) + "…"
