"""DigestBuilder: makes one channel's digest record and messages from the feed, its history and its preferences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final

from bot.cards.models import Action, Card
from bot.digests import composition, inputs
from bot.digests.feed_selection import MISFIRE_GRACE, FeedSelection, get_recheck_time, select_feed_days
from bot.digests.inputs import ChannelHistory, FeedSnapshot
from bot.digests.reaction_promotion import add_reaction_hint
from bot.domain.channels import ChannelKind
from bot.domain.deliveries import DeliveryKey
from bot.domain.feed import FeedDay
from bot.domain.topics.clauses import Explanation
from bot.i18n import formatting
from bot.i18n.translation import gettext, use_language
from bot.ports.channels import ChannelState
from bot.ports.deliveries import DigestRecord, Draft
from bot.ports.stores import Stores
from bot.reasons.reason import Reason, format_reason

_LATE: Final = timedelta(minutes=5)
"""A digest whose moment is past by more may have been posted by a process that nobody remembers: it is looked up."""

MatchReasons = Mapping[str, Sequence[Explanation]]


def get_due_time(channel_state: ChannelState, now: datetime) -> datetime:
    """Return the post that the clock looks for; it differs from the next run while a digest waits for a list."""
    return channel_state.due or channel_state.next_run or now


@dataclass(frozen=True, slots=True)
class DigestBuilder:
    """What the digests of some channels are made from; equal ones of different channels are rendered once."""

    feed: FeedSnapshot
    history: ChannelHistory
    selections: Mapping[int, FeedSelection]
    covered: Mapping[int, Mapping[date, Reason | None]]
    reasons: Mapping[int, MatchReasons]
    muted_by_topic: Mapping[int, set[str]]
    card_cache: dict[object, tuple[composition.DigestContent, Card]]

    def get_recheck_time(self, channel_state: ChannelState, now: datetime) -> datetime | None:
        """Return until when the channel's digest waits, or None."""
        if _is_missed(channel_state, now):
            return None
        return get_recheck_time(
            self.selections[channel_state.channel_id], channel_state.preferences, get_due_time(channel_state, now), now
        )

    def build_digest_record(self, channel_state: ChannelState, now: datetime) -> DigestRecord:
        """Return what becomes of the local date that is due, in the channel's language."""
        with use_language(channel_state.preferences.language):
            return self._build_digest_record(channel_state, now)

    def _build_digest_record(self, channel_state: ChannelState, now: datetime) -> DigestRecord:
        schedule = channel_state.preferences.schedule
        due = get_due_time(channel_state, now)
        # From the post that was due, not from now: a wait or a downtime must not swallow one that is hardly late.
        on, following = schedule.to_local_date(due), schedule.find_next_post(max(due, now - MISFIRE_GRACE))
        if _is_missed(channel_state, now):
            reason = Reason("digest.not_running", time=f"{due.astimezone(schedule.zone_info):%H:%M}")
            return DigestRecord(channel_state, on, "missed", reason, next_run=following)
        choice = self.selections[channel_state.channel_id]
        content, card = self._compose_digest(channel_state, choice, on)
        if not content.papers:
            return _build_empty_record(
                channel_state, on, choice, self.covered.get(channel_state.channel_id, {}), following
            )
        card = add_reaction_hint(card, channel_state.preferences)
        claims = tuple(
            paper.id
            for paper in content.papers
            if paper.id not in self.history.posted_papers.get(channel_state.channel_id, ())
        )
        parts = build_drafts(
            channel_state, DeliveryKey(channel_state.channel, "digest", on.isoformat()), content, card, claims
        )
        if now - due > _LATE:
            parts = tuple(replace(draft, lookup_since=due) for draft in parts)
        return DigestRecord(
            channel_state, on, "planned", coverage=choice.coverage, drafts=parts, next_run=following, due=due, card=card
        )

    def _compose_digest(
        self, channel_state: ChannelState, selection: FeedSelection, on: date
    ) -> tuple[composition.DigestContent, Card]:
        preferences, gone = (
            channel_state.preferences,
            self.history.get_excluded_papers(channel_state) | self.muted_by_topic.get(channel_state.channel_id, set()),
        )
        topics = tuple(self.history.topics.get(channel_state.channel_id, ())) if preferences.your_topics else ()
        key = (
            _get_selection_key(selection),
            on,
            preferences.language,
            preferences.mode,
            preferences.number,
            preferences.min_votes,
            topics,
        )
        if not gone and key in self.card_cache:
            return self.card_cache[key]
        reasons = self.reasons.get(channel_state.channel_id, {}) if topics else {}
        candidates = composition.rank_papers(selection.days, self.feed.papers, preferences)
        content, items = composition.select_sound_papers(
            candidates, self.feed.announced_papers, reasons, preferences, gone, self.feed.skipped_papers
        )
        notes = _build_notes(selection)
        card = (
            composition.build_digest_card(content, items, selection.days, preferences, on, notes=notes)
            if content.papers
            else Card()
        )
        if not gone:
            self.card_cache[key] = (content, card)
        return content, card


async def load_digest_builder(
    stores: Stores,
    channel_states: Sequence[ChannelState],
    feed: FeedSnapshot,
    now: datetime,
    card_cache: dict[object, tuple[composition.DigestContent, Card]] | None = None,
    *,
    only: FeedDay | None = None,
) -> DigestBuilder:
    """Read what the digests of *channel_states* are made from, in a handful of queries for all of them.

    With *only*, that list is all they are made from; it counts as covered where the next digest would use it.
    """
    covered = await inputs.load_covered_dates(stores, channel_states, now)
    choices = {s.channel_id: _select_channel_feed(s, feed, covered.get(s.channel_id, {}), now) for s in channel_states}
    if only:
        choices = {
            key: FeedSelection((only,), {on: None for on in its.coverage if on == only.date})
            for key, its in choices.items()
        }
    past = await inputs.load_channel_history(stores, choices, feed)
    reasons = {key: await find_match_reasons(feed, choices[key], topics) for key, topics in past.topics.items()}
    muted = {
        key: set(await find_match_reasons(feed, choices[key], topics)) for key, topics in past.muted_topics.items()
    }
    return DigestBuilder(feed, past, choices, covered, reasons, muted, {} if card_cache is None else card_cache)


def _select_channel_feed(
    channel_state: ChannelState, feed: FeedSnapshot, covered: Mapping[date, Reason | None], now: datetime
) -> FeedSelection:
    choice = select_feed_days(feed.days, covered, channel_state.preferences, now)
    return inputs.select_trending(choice, feed) if inputs.uses_trending(channel_state) else choice


async def find_match_reasons(feed: FeedSnapshot, selection: FeedSelection, topics: Sequence[str]) -> MatchReasons:
    """Return why papers are on the channel's topics, by paper id."""
    reasons: dict[str, list[Explanation]] = {}
    paper_lists = [day.papers for day in selection.days] + [tuple(paper.id for paper in feed.announced_papers)]
    for paper_ids in paper_lists:
        found = await feed.match_topics(paper_ids, topics)
        for topic in topics:
            for paper, why in found[topic].items():
                reasons.setdefault(paper, []).append(why)
    return reasons


def _get_selection_key(selection: FeedSelection) -> tuple[object, ...]:
    return (tuple(day.date for day in selection.days), selection.problem, selection.is_partial)


def _is_missed(channel_state: ChannelState, now: datetime) -> bool:
    return channel_state.next_run is not None and now - channel_state.next_run > MISFIRE_GRACE


def _build_notes(selection: FeedSelection) -> tuple[str, ...]:
    filling = gettext("This list was still filling; later papers join the next digest.") if selection.is_partial else ""
    trouble = (
        gettext("{trouble}; that list joins the next digest.", trouble=format_reason(selection.problem))
        if selection.problem
        else ""
    )
    return tuple(note for note in (filling, trouble) if note)


def build_drafts(
    channel_state: ChannelState,
    first: DeliveryKey,
    content: composition.DigestContent,
    card: Card,
    claims: tuple[str, ...],
) -> tuple[Draft, ...]:
    """Return a digest's messages: one, with the abstracts or an entry for each paper below it; in a forum, posts."""
    preferences = channel_state.preferences
    if channel_state.channel.kind is ChannelKind.FORUM:
        entries = composition.build_paper_cards(card, abstracts=preferences.abstracts)
        # The first claims all: the papers of a digest are claimed together or not at all.
        return tuple(Draft(replace(first, part=n), entry, () if n else claims) for n, entry in enumerate(entries))
    below: tuple[Card, ...] = ()
    if preferences.entries:
        below = composition.build_paper_cards(card, abstracts=preferences.abstracts)
    elif preferences.abstracts:
        below = (composition.build_abstracts_card(content),)
    replies = (Draft(replace(first, part=n, operation="reply"), each, parent=first) for n, each in enumerate(below, 1))
    return (Draft(first, card, claims), *replies)


def _build_empty_record(
    channel_state: ChannelState,
    on: date,
    selection: FeedSelection,
    before: Mapping[date, Reason | None],
    following: datetime | None,
) -> DigestRecord:
    """Return a digest without papers: silent, or with one sentence where the channel wants it (or once a week)."""
    # Trouble with one list is no reason when another was there and had nothing new.
    trouble = selection.problem if not selection.days else None
    reason = trouble or _explain_empty(selection.days, channel_state)
    needs_sentence = channel_state.preferences.say_when_empty or _is_weekly_reminder_due(channel_state, on, before)
    key = DeliveryKey(channel_state.channel, "word", on.isoformat())
    text = gettext("No digest on {day}: {reason}.", day=formatting.format_day(on), reason=format_reason(reason))
    card = Card(text=text, actions=(Action(gettext("Status"), "status"),), fallback=text)
    return DigestRecord(
        channel_state,
        on,
        "failed" if trouble else "empty",
        reason,
        coverage=selection.coverage,
        drafts=(Draft(key, card),) if needs_sentence else (),
        next_run=following,
    )


def _explain_empty(days: Sequence[FeedDay], channel_state: ChannelState) -> Reason:
    if not any(day.papers for day in days):
        return Reason("digest.no_list")
    least = channel_state.preferences.min_votes
    return Reason("digest.few_votes", n=least) if least else Reason("digest.all_posted")


def _is_weekly_reminder_due(channel_state: ChannelState, on: date, before: Mapping[date, Reason | None]) -> bool:
    """Tell whether *on* is the week's last post and no list was used for a week: then one line says why."""
    days = channel_state.preferences.schedule.days
    last_of_week = bool(days) and on.weekday() == max(days)
    week_ago = on - timedelta(days=8)
    return last_of_week and not any(at >= week_ago and not reason for at, reason in before.items())
