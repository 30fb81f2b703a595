"""Paper items: a paper as a card item with its one-line summary, authors, links and buttons."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import Final

from bot.cards.models import Action, Item, Link
from bot.domain.papers import Paper
from bot.i18n.formatting import format_short_day, shorten
from bot.i18n.translation import gettext

MAX_SUMMARY_LENGTH: Final = 140
"""Characters of a paper's one line of sense; with five of them a digest fits one message of every chat."""
_MAX_NAME_LENGTH: Final = 40
_SENTENCE_BREAK: Final = re.compile(r"(?<=[.!?])\s+(?=[A-Z0-9“\"(])")
_CLAIM_SENTENCE: Final = re.compile(
    r"\b(we|this (paper|work|study|report|survey)|our)\b.{0,40}"
    r"\b(propose|introduce|present|develop|describe|release)s?\b",
    re.IGNORECASE,
)


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


def build_show_action(item: Item, label: str) -> Action:
    """Return the button that opens the card of an item's paper."""
    return Action(label, "show", {"paper": item.paper}, get_item_name(item))


def get_item_name(item: Item) -> str:
    """Return what people call an item's paper: as its actions do, else by its title."""
    return next((action.about for action in item.actions if action.about), item.title)


def build_paper_actions(paper: Paper) -> tuple[Action, ...]:
    """Return what can be done with a paper, as every list of papers offers it."""
    about = format_paper_name(paper)
    return (
        Action(gettext("Save"), "save", {"paper": paper.id}, about),
        Action(gettext("More like this"), "similar", {"paper": paper.id}, about),
        Action(gettext("Not for us"), "mute", {"what": paper.id}, about),
        Action(gettext("Why this paper"), "why", {"paper": paper.id}, about),
    )


def format_item_names(items: Sequence[Item]) -> str:
    """List what the papers of items are called, for a notification: "DreamID-Omni, ARLArena, SkyReels-V4"."""
    return ", ".join(get_item_name(item) for item in items)
