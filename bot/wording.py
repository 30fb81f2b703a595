"""Formatting of dates, times, ages, counts and lists in the current language."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime
from typing import Final, Literal
from zoneinfo import ZoneInfo

from bot import language
from bot.cards import Action, Card, Item, Link
from bot.errors import Mistake
from bot.language import ENGLISH, current_language, gettext, ngettext, phrase
from bot.models import Paper

MAX_SUMMARY_LENGTH: Final = 140
"""Characters of a paper's one line of sense; with five of them a digest fits one Discord message."""
EXAMPLE_PREFIX: Final = phrase("For example: ")
"""What stands before a command that shows how it is done; the command is bare, a platform's prefix is the adapter's."""

NEXT_SENDS: Final = phrase("Next: {sends} ({zone}).")
"""When the next digests come; a platform may write the moments so that each reader sees their own time."""

CHANNEL_DELETED: Final = phrase("the channel was deleted")
"""Why a channel is silent that nothing brings back."""

_WORKSPACE_UNAVAILABLE: Final = phrase("Broadsheet has no access to this workspace")
_UNAVAILABLE_REASON: Final = re.compile(rf"{_WORKSPACE_UNAVAILABLE} \((.*)\)")
_MAX_NAME_LENGTH: Final = 40
_HALF_YEAR_DAYS: Final = 183
_WEEKDAY_NAMES: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_WEEKDAY_SETS: Final = {
    (0, 1, 2, 3, 4): phrase("weekdays"),
    (5, 6): phrase("weekends"),
    (0, 1, 2, 3, 4, 5, 6): phrase("every day"),
}
_MONTH_NAMES: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_TIME_UNITS: Final = ((86400, "day"), (3600, "hour"), (60, "minute"), (1, "second"))
_SENTENCE_BREAK: Final = re.compile(r"(?<=[.!?])\s+(?=[A-Z0-9“\"(])")
_CLAIM_SENTENCE: Final = re.compile(
    r"\b(we|this (paper|work|study|report|survey)|our)\b.{0,40}"
    r"\b(propose|introduce|present|develop|describe|release)s?\b",
    re.IGNORECASE,
)
_DANGLING_WORDS: Final = re.compile(
    r"[\s,;:–—-]+(?:(?:with|of|for|and|or|to|in|on|by|that|which|the|a|an|as|from|via|using|is|are)[\s,;:–—-]*)*$",
    re.IGNORECASE,
)


def format_day(moment: date, *, year: bool = False) -> str:
    """Write a date: "Tue 24 Nov", with the year when it is asked for."""
    if current_language() != ENGLISH:
        return language.format_localized_date(moment, year=year)
    tail = f" {moment.year}" if year else ""
    return f"{_WEEKDAY_NAMES[moment.weekday()]} {moment.day} {_MONTH_NAMES[moment.month - 1]}{tail}"


def format_short_day(moment: date, today: date) -> str:
    """Write a date without its weekday: "24 Nov", or "24 Nov 2025" when it lies more than half a year off."""
    if current_language() != ENGLISH:
        return language.format_localized_date(moment, year=abs((today - moment).days) > _HALF_YEAR_DAYS)
    tail = f" {moment.year}" if abs((today - moment).days) > _HALF_YEAR_DAYS else ""
    return f"{moment.day} {_MONTH_NAMES[moment.month - 1]}{tail}"


def format_moment(moment: datetime, zone: str) -> str:
    """Write a moment in local time: "Wed 25 Nov 09:00"; the card that says it knows which moment that is."""
    local = moment.astimezone(ZoneInfo(zone))
    return language.note_moment(gettext("{day} {time}", day=format_day(local.date()), time=f"{local:%H:%M}"), moment)


def format_age(seconds: float) -> str:
    """Write how long ago something was: "3 minutes ago"; "in 2 hours" for what is to come."""
    if abs(seconds) < 1:
        return gettext("now")
    if current_language() != ENGLISH:
        return language.format_localized_age(seconds)
    size, unit = next((size, unit) for size, unit in _TIME_UNITS if abs(seconds) >= size)
    span = format_count(int(abs(seconds) // size), unit)
    return f"in {span}" if seconds < 0 else f"{span} ago"


def format_weekdays(days: Sequence[int]) -> str:
    """Write a set of weekdays: "weekdays", "every day", "Mon, Wed and Fri"."""
    chosen = tuple(sorted(set(days)))
    if chosen in _WEEKDAY_SETS:
        return gettext(_WEEKDAY_SETS[chosen])
    return format_list(
        [_WEEKDAY_NAMES[n] if current_language() == ENGLISH else language.format_localized_weekday(n) for n in chosen]
    ) or gettext("never")


def format_count(number: int, noun: str, plural: str = "") -> str:
    """Write a count: "1 vote", "1,300 papers"."""
    singular, plural_form = f"{{n}} {noun}", f"{{n}} {plural or noun + 's'}"
    return ngettext(singular, plural_form, number)


def format_list(parts: Sequence[str], last: Literal["and", "or"] = "and") -> str:
    """Join with commas and a last word: "a, b and c"."""
    if current_language() != ENGLISH:
        return language.format_localized_list(parts, "or" if last == "or" else "standard")
    *first, end = parts or ("",)
    return f"{', '.join(first)} {last} {end}" if first else end


def format_example(command: str) -> tuple[str, ...]:
    """Write a correct command as the small print of a card; nothing for an empty one."""
    return (gettext(EXAMPLE_PREFIX) + command,) if command else ()


def build_mistake_card(error: Mistake) -> Card:
    """Say what is wrong, with a correct example below it."""
    return Card(text=str(error), footer=format_example(error.example), fallback=str(error), tone="mistake")


def format_reason(stored_reason: str) -> str:
    """Say why nothing is posted, as it was kept: one part, or a second one after a colon or in brackets."""
    if away := _UNAVAILABLE_REASON.fullmatch(stored_reason):
        return gettext("{away} ({why})", away=gettext(_WORKSPACE_UNAVAILABLE), why=format_reason(away[1]))
    what, colon, why = stored_reason.partition(": ")
    return language.format_detail(gettext(what), gettext(why)) if colon else gettext(what)


def shorten(text: str, max_length: int) -> str:
    """Cut *text* at a word, without a dangling "with a", and add an ellipsis."""
    if len(text) <= max_length:
        return text
    cut = text[: max_length - 1]
    whole_words = cut if text[max_length - 1].isspace() else (cut.rsplit(None, 1) or [""])[0]
    return (_DANGLING_WORDS.sub("", whole_words) or cut) + "…"


def summarize_paper(paper: Paper) -> str:
    """Return a paper's one line of sense: the source's summary, else the abstract's claim, else its first sentence."""
    text = paper.summary
    if not text:
        sentences = _SENTENCE_BREAK.split(paper.abstract)
        text = next((s for s in sentences if _CLAIM_SENTENCE.search(s)), sentences[0])
    return shorten(text.strip(), MAX_SUMMARY_LENGTH)


def format_paper_name(paper: Paper) -> str:
    """Return what people call a paper: the name before the colon, else the first words of the title."""
    head, colon, _ = paper.title.partition(":")
    return head if colon and len(head) <= _MAX_NAME_LENGTH else shorten(paper.title, _MAX_NAME_LENGTH)


def format_authors(paper: Paper) -> str:
    """Write the authors: "Xu Guo +9"."""
    if not paper.authors:
        return ""
    rest = len(paper.authors) - 1
    return f"{paper.authors[0]} +{rest}" if rest else paper.authors[0]


def build_paper_item(
    paper: Paper,
    *,
    number: int | None = None,
    because: Sequence[str] = (),
    section: str = "",
    today: date | None = None,
) -> Item:
    """Return *paper* as an entry; *because* are the words that matched, *today* is today where a date is shown."""
    list_date = format_short_day(paper.effective_date, today) if today and paper.effective_date else ""
    notes = (list_date, paper.organization, format_authors(paper), gettext("withdrawn") if paper.withdrawn else "")
    return Item(
        title=paper.title,
        url=paper.url,
        number=number,
        text=summarize_paper(paper),
        votes=paper.votes,
        notes=tuple(note for note in notes if note),
        links=(Link(gettext("code"), paper.code),) if paper.code else (),
        because=tuple(because),
        abstract=paper.abstract,
        thumbnail=paper.thumbnail,
        section=section,
        paper=paper.id,
        actions=build_paper_actions(paper),
    )


def build_paper_actions(paper: Paper) -> tuple[Action, ...]:
    """Return what can be done with a paper, as every list of papers offers it."""
    about = format_paper_name(paper)
    return (
        Action(gettext("Save"), "save", {"paper": paper.id}, about),
        Action(gettext("More like this"), "similar", {"paper": paper.id}, about),
        Action(gettext("Not for us"), "mute", {"what": paper.id}, about),
        Action(gettext("Why this paper"), "why", {"paper": paper.id}, about),
    )


def format_paper_names(papers: Sequence[Paper]) -> str:
    """List what papers are called, for a notification: "DreamID-Omni, ARLArena, SkyReels-V4"."""
    return ", ".join(format_paper_name(paper) for paper in papers)


def format_workspace_unavailable(reason: str) -> str:
    """Say that a whole workspace can't be reached, and why."""
    return f"{_WORKSPACE_UNAVAILABLE} ({reason})"


def is_workspace_unavailable(reason: str) -> bool:
    """Tell whether a channel fell silent because its whole workspace can't be reached."""
    return reason.startswith(_WORKSPACE_UNAVAILABLE)


def format_failure_heading(card: Card) -> str:
    """Return the words at the head of what did not work; "" of other cards."""
    signs = {"mistake": gettext("Not done."), "failure": gettext("That did not work.")}
    return signs.get(card.tone, "")


def format_untitled() -> str:
    """Return what stands in the place of a title that can't be shown."""
    return gettext("Untitled")
