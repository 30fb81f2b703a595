"""Digest composition: which papers of its feed days, in which order, and the card that shows them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from bot.cards import paper_items
from bot.cards.models import Action, Card, Item
from bot.domain.feed import FeedDay, FeedMode
from bot.domain.papers import Paper
from bot.domain.preferences import Preferences
from bot.domain.topics.clauses import Explanation
from bot.errors import BroadsheetError
from bot.i18n import formatting
from bot.i18n.formatting import format_detail
from bot.i18n.translation import format_number, gettext, ngettext
from bot.ports.skipped_papers import SkippedPapers

MAX_TOPIC_PAPERS: Final = 3
"""Papers of the *Your topics* part."""
_MAX_NAMED_DATES: Final = 3
"""Lists whose dates are written out; more become a span."""


class UnwordablePapers(BroadsheetError):
    """No paper of a digest can be worded."""


@dataclass(frozen=True, slots=True)
class DigestContent:
    """A digest's papers: the ``top`` ones, those ``followed`` besides, and how many there were ``total_count``.

    ``omitted_count`` papers of the lists are not shown, ``omitted_followed`` of them are on the topics; arXiv's count
    in neither.
    """

    top: tuple[Paper, ...]
    followed: tuple[Paper, ...]
    total_count: int
    omitted_count: int
    omitted_followed: int = 0

    @property
    def papers(self) -> tuple[Paper, ...]:
        """Everything that is shown."""
        return self.top + self.followed


def list_paper_ids(days: Sequence[FeedDay]) -> list[str]:
    """Return the ids of the days' lists, newest list first, each once."""
    return list(dict.fromkeys(paper for day in reversed(days) for paper in day.papers))


def rank_papers(days: Sequence[FeedDay], papers: Mapping[str, Paper], preferences: Preferences) -> list[Paper]:
    """Return the days' papers, best first: by plain votes (no model beat them), then as the source placed them."""
    found = [papers[paper] for paper in list_paper_ids(days) if paper in papers]
    wanted = [paper for paper in found if not paper.withdrawn and (paper.votes or 0) >= preferences.min_votes]
    if preferences.mode is FeedMode.TRENDING:
        return wanted
    return sorted(wanted, key=lambda paper: -(paper.votes or 0))


def select_papers(
    candidates: Sequence[Paper],
    announced: Sequence[Paper],
    matches: Mapping[str, Sequence[Explanation]],
    preferences: Preferences,
    excluded: Collection[str],
) -> DigestContent:
    """Choose the papers of a page.

    *candidates* are ranked; *announced* are arXiv's, which only the *Your topics* part draws on; *matches* gives the
    reasons by paper id; *excluded* are ids that this channel had already or muted.
    """
    fresh = [paper for paper in candidates if paper.id not in excluded] if excluded else list(candidates)
    top, rest = fresh[: preferences.number], fresh[preferences.number :]
    if not (preferences.your_topics and matches):
        return DigestContent(tuple(top), (), len(fresh), len(rest))
    known_ids = {paper.id for paper in fresh} | set(excluded)
    followed = [p for p in rest if p.id in matches]
    also = [p for p in announced if p.id in matches and p.id not in known_ids]
    top_followed, more = followed[:MAX_TOPIC_PAPERS], len(followed[MAX_TOPIC_PAPERS:])
    return DigestContent(
        tuple(top), tuple((followed + also)[:MAX_TOPIC_PAPERS]), len(fresh), len(rest) - len(top_followed), more
    )


def select_sound_papers(  # noqa: PLR0917 - the choice of `select_papers`, and where what fails is put down
    candidates: Sequence[Paper],
    announced: Sequence[Paper],
    matches: Mapping[str, Sequence[Explanation]],
    preferences: Preferences,
    excluded: Collection[str],
    skipped_papers: SkippedPapers,
) -> tuple[DigestContent, tuple[Item, ...]]:
    """Choose the papers of a page as `select_papers` does, and word them; what can't be worded makes way for the next.

    Raises `UnwordablePapers` where none is left: then it is not the papers that are wrong.
    """
    unwordable: set[str] = set()
    while True:
        content = select_papers(candidates, announced, matches, preferences, {*excluded, *unwordable})
        items = build_digest_items(content, matches, skipped_papers)
        if unwordable and not content.papers:
            raise UnwordablePapers(", ".join(sorted(unwordable)))
        if len(items) == len(content.papers):
            return content, items
        unwordable |= {paper.id for paper in content.papers} - {item.paper for item in items}


def build_digest_items(
    content: DigestContent, matches: Mapping[str, Sequence[Explanation]], skipped_papers: SkippedPapers
) -> tuple[Item, ...]:
    """Return the papers of a digest as numbered items, without those that can't be worded."""
    numbers = {paper.id: number for number, paper in enumerate(content.papers, 1)}
    followed = {paper.id for paper in content.followed}

    def build_item(paper: Paper) -> Item:
        section = gettext("Your topics") if paper.id in followed else ""
        return _build_item(paper, numbers[paper.id], matches, section)

    return tuple(skipped_papers.collect_sound("worded", content.papers, build_item))


def build_digest_card(
    content: DigestContent,
    items: Sequence[Item],
    days: Sequence[FeedDay],
    preferences: Preferences,
    on: date,
    *,
    notes: Sequence[str] = (),
) -> Card:
    """Return the digest of the local date *on*; *items* are its papers, *notes* say what is missing."""
    names = paper_items.format_item_names(items[: preferences.number])
    return Card(
        folio=(formatting.format_day(on), _format_paper_count(content), _describe_source_lists(days, preferences.mode)),
        items=tuple(items),
        actions=_build_actions(content, days),
        footer=tuple(line for line in (_describe_omitted(content), *notes) if line),
        fallback=format_detail(formatting.format_day(on), names),
        tone="digest",
    )


def _build_item(paper: Paper, number: int, matches: Mapping[str, Sequence[Explanation]], section: str) -> Item:
    because = dict.fromkeys(phrase for reason in matches.get(paper.id, ()) for phrase in reason.phrases)
    return paper_items.build_paper_item(paper, number=number, because=tuple(because), section=section)


def _format_paper_count(content: DigestContent) -> str:
    if len(content.top) == content.total_count:
        return formatting.format_count(content.total_count, "paper")
    return gettext("top {top} of {of}", top=len(content.top), of=content.total_count)


def _describe_source_lists(days: Sequence[FeedDay], mode: FeedMode) -> str:
    """Say which lists these are: "votes of Mon 23 Nov"."""
    if mode is FeedMode.TRENDING:
        return gettext("trending on Hugging Face")
    dates = [formatting.format_day(day.date) for day in days if day.papers]
    if len(dates) == 1:
        return gettext("votes of {day}", day=dates[0])
    if len(dates) <= _MAX_NAMED_DATES:
        return gettext("lists of {days}", days=formatting.format_list(dates))
    return gettext("lists of {first} to {last}", first=dates[0], last=dates[-1])


def _describe_omitted(content: DigestContent) -> str:
    """Say what is not shown: "12 more, 3 match this channel's topics"."""
    if not content.omitted_count:
        return ""
    if not content.omitted_followed:
        return ngettext("{n} more", "{n} more", content.omitted_count)
    return ngettext(
        "{left} more, {n} matches this channel’s topics",
        "{left} more, {n} match this channel’s topics",
        content.omitted_followed,
        left=format_number(content.omitted_count),
    )


def _build_actions(content: DigestContent, days: Sequence[FeedDay]) -> tuple[Action, ...]:
    dates = [day.date.isoformat() for day in days if day.papers]
    span = dates[0] if len(dates) == 1 else f"{dates[0]}..{dates[-1]}"
    every = (
        (
            Action(
                gettext("All {n}", n=format_number(content.total_count)), "today", {"date": span}, gettext("the list")
            ),
        )
        if content.total_count > len(content.top)
        else ()
    )
    return (*every, Action(gettext("For me"), "new"), Action(gettext("Settings"), "settings"))


def build_paper_cards(card: Card, *, abstracts: bool) -> tuple[Card, ...]:
    """Return each paper of a digest as a card of its own, for a thread or a forum."""
    items = tuple(item if abstracts else replace(item, abstract="") for item in card.items)
    return tuple(Card(items=(replace(item, section=""),), fallback=item.title, tone="digest") for item in items)


def build_abstracts_card(content: DigestContent) -> Card:
    """Return the abstracts of a digest, for its thread."""
    items = tuple(
        Item(title=f"{n}. {paper_items.format_paper_name(paper)}", url=paper.url, text=paper.abstract, paper=paper.id)
        for n, paper in enumerate(content.papers, 1)
    )
    return Card(title=gettext("Abstracts"), items=items, tone="digest", fallback=gettext("Abstracts of today’s papers"))
