"""Digest planner: the scheduler asks which channels are due; one transaction per batch records what each one gets."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final, Literal

from bot.cards.models import Card
from bot.digests import composition, inputs, sample_digests
from bot.digests.digest_builder import get_due_time, load_digest_builder
from bot.digests.inputs import FeedSnapshot
from bot.domain.channels import Channel
from bot.domain.feed import FeedDay
from bot.domain.preferences import Preferences
from bot.errors import Mistake, StoreError
from bot.i18n import formatting
from bot.i18n.formatting import end_sentence
from bot.i18n.translation import gettext
from bot.ports.channels import ChannelState
from bot.ports.deliveries import POSTED_STATES, DigestRecord
from bot.ports.stores import Stores
from bot.reasons.reason import format_reason, to_reason

log = logging.getLogger(__name__)

_RETRY_DELAY: Final = timedelta(hours=1)
BATCH_SIZE: Final = 400
"""Channels in one transaction: small enough that commands are answered in between."""


@dataclass(frozen=True, slots=True)
class DigestOutcome:
    """What asking for a digest now came to; ``sentence`` says it to people."""

    state: Literal["posted", "empty", "failed", "already"]
    sentence: str
    card: Card | None = None


def _build_exhausted_outcome() -> DigestOutcome:
    return DigestOutcome(
        "empty", gettext("Every list of the sample is posted here. Real lists follow once there is internet.")
    )


def _build_already_outcome(day: date, *, is_posted: bool) -> DigestOutcome:
    named = formatting.format_day(day)
    if is_posted:
        return DigestOutcome("already", gettext("The digest of {day} was posted already.", day=named))
    return DigestOutcome("already", gettext("The digest of {day} is on its way already.", day=named))


async def plan_due_digests(stores: Stores, now: datetime) -> int:
    """Record the digests of every channel that is due; return how many channels were looked at.

    The channels' messages are left to the ledger. A second call for the same moment changes nothing.
    """
    looked = 0
    feed: FeedSnapshot | None = None
    card_cache: dict[object, tuple[composition.DigestContent, Card]] = {}
    while batch := await stores.channels.list_due(now, BATCH_SIZE):
        feed = feed or await inputs.load_feed(stores, now)
        try:
            await _plan_batch(stores, batch, feed, now, card_cache)
        except StoreError:
            raise
        except Exception:
            log.exception("A batch of digests could not be planned; its channels are planned one by one")
            await _plan_individually(stores, batch, feed, now)
        looked += len(batch)
        await asyncio.sleep(0)
    return looked


async def _plan_batch(
    stores: Stores,
    batch: Sequence[ChannelState],
    feed: FeedSnapshot,
    now: datetime,
    card_cache: dict[object, tuple[composition.DigestContent, Card]],
) -> None:
    builder = await load_digest_builder(stores, batch, feed, now, card_cache)
    waits = [(s, get_due_time(s, now), until) for s in batch if (until := builder.get_recheck_time(s, now))]
    waiting = {channel_state.channel_id for channel_state, _, _ in waits}
    await stores.digests.postpone_digests(waits)
    await stores.digests.commit_digests(
        [builder.build_digest_record(s, now) for s in batch if s.channel_id not in waiting], now
    )


async def _plan_individually(stores: Stores, batch: Sequence[ChannelState], feed: FeedSnapshot, now: datetime) -> None:
    """Plan each channel on its own, so that one that can't be planned holds up no other; it is tried in an hour."""
    for channel_state in batch:
        try:
            await _plan_batch(stores, [channel_state], feed, now, {})
        except StoreError:
            raise
        except Exception:
            log.exception("The digest of %s could not be planned", channel_state.channel.key)
            await stores.digests.postpone_digests(
                [(channel_state, get_due_time(channel_state, now), now + _RETRY_DELAY)]
            )


async def preview_digest(
    stores: Stores, channel_state: ChannelState, now: datetime, *, is_sample: bool
) -> DigestOutcome:
    """Say what would be posted now; nothing is recorded."""
    if is_sample:
        card = await sample_digests.preview_sample_digest(stores, channel_state)
        return DigestOutcome("posted", "", card) if card else _build_exhausted_outcome()
    outcome, _ = await _build_digest_now(stores, channel_state, now)
    return outcome


async def post_now(
    stores: Stores, channel_state: ChannelState, now: datetime, only: FeedDay | None = None, *, is_sample: bool
) -> DigestOutcome:
    """Record a digest for today's local date, whatever the schedule says; the ledger sends it.

    It holds what is eligible now, or the *only* list that is asked for; of the sample, the next list.
    """
    if is_sample:
        card = await sample_digests.post_sample_digest(stores, channel_state, now, only)
        if card:
            return DigestOutcome("posted", gettext("The next list of the sample is on its way."), card)
        return (
            DigestOutcome(
                "already", gettext("The list of {day} was posted already.", day=formatting.format_day(only.date))
            )
            if only
            else _build_exhausted_outcome()
        )
    outcome, edition = await _build_digest_now(stores, channel_state, now, only)
    if outcome.state != "posted":
        return outcome
    if not await stores.digests.commit_digests([edition], now):
        return _build_already_outcome(edition.day, is_posted=False)
    return replace(outcome, sentence=gettext("The digest is on its way."))


async def post_to_all_channels(
    stores: Stores, now: datetime, day: date | None = None, *, is_sample: bool
) -> Sequence[tuple[Channel, DigestOutcome]]:
    """Record a digest, of one date's list if *day* is given, for every channel that has one; say what came of each."""
    only = await stores.feed_days.get_day(day) if day else None
    return [
        (channel_state.channel, await post_now(stores, channel_state, now, only, is_sample=is_sample))
        for channel_state in await stores.channels.list_enabled()
    ]


async def _build_digest_now(
    stores: Stores, channel_state: ChannelState, now: datetime, only: FeedDay | None = None
) -> tuple[DigestOutcome, DigestRecord]:
    feed = await inputs.load_feed(stores, now)
    if only:
        feed = replace(feed, papers={**feed.papers, **await stores.papers.get(only.papers)})
    due = replace(channel_state, next_run=now, due=now)
    edition = (await load_digest_builder(stores, [due], feed, now, only=only)).build_digest_record(due, now)
    history = await stores.digests.list_past_digests(channel_state.channel, 1)
    state = history[0].state if history and history[0].day == edition.day else "missed"
    if state == "planned" or state in POSTED_STATES:
        return _build_already_outcome(edition.day, is_posted=state in POSTED_STATES), edition
    if edition.state == "planned":
        return DigestOutcome("posted", "", edition.card), edition
    outcome: Literal["empty", "failed"] = "failed" if edition.state == "failed" else "empty"
    reason = format_reason(edition.reason or to_reason(""))
    return DigestOutcome(outcome, gettext("There is nothing to post now: {reason}.", reason=reason)), edition


async def describe_next_digest(stores: Stores, channel_state: ChannelState, now: datetime) -> tuple[str, ...]:
    """Say, in sentences, what the next digest can hold so far, what it waits for, and why the last one was none."""
    feed = await inputs.load_feed(stores, now)
    choice = (await load_digest_builder(stores, [channel_state], feed, now)).selections[channel_state.channel_id]
    papers = len(composition.list_paper_ids(choice.days))
    dates = formatting.format_list([formatting.format_day(day.date) for day in choice.days if day.papers])
    ready = (
        gettext(
            "Ready for the next digest: {papers} of {dates}.",
            papers=formatting.format_count(papers, "paper"),
            dates=dates,
        )
        if papers
        else ""
    )
    history = await stores.digests.list_past_digests(channel_state.channel, 1)
    last = history[0] if history else None
    silent = (
        gettext("No digest on {day}: {reason}.", day=formatting.format_day(last.day), reason=format_reason(last.reason))
        if last and last.reason and last.state not in {"planned", *POSTED_STATES}
        else ""
    )
    trouble = end_sentence(format_reason(choice.problem)) if choice.problem else ""
    return tuple(line for line in (silent, ready, trouble) if line)


async def build_digest_for_date(stores: Stores, day: date | None, number: int) -> Card:
    """Return the digest of one date's list (the newest when *day* is None), as a new channel would see it.

    Raises `bot.errors.Mistake` when that list is not stored or holds nothing.
    """
    feed_day = await (stores.feed_days.get_day(day) if day else stores.feed_days.get_newest())
    if feed_day is None or not feed_day.papers:
        missing = gettext("There is no list stored.")
        if day:
            missing = gettext("There is no list of {day} stored.", day=formatting.format_day(day, year=True))
        raise Mistake(missing, "python -m bot backfill --days 7")
    preferences = Preferences(number=number)
    papers = await stores.papers.get(feed_day.papers)
    ranked = composition.rank_papers((feed_day,), papers, preferences)
    content, items = composition.select_sound_papers(ranked, (), {}, preferences, (), stores.skipped_papers)
    return composition.build_digest_card(content, items, (feed_day,), preferences, feed_day.date)
