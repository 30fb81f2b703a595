"""A digest is what its first message is: posted with it, given up with it, and its papers free again."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from bot.cards.models import Card
from bot.domain.channels import Channel
from bot.domain.deliveries import DIGEST_GRACE, AttemptOutcome, DeliveryKey, DeliveryState
from bot.domain.preferences import Preferences
from bot.ports.channels import ChannelState
from bot.ports.chat import Delivery
from bot.ports.deliveries import DigestRecord, DigestState, Draft, Settlement
from bot.ports.stores import Stores
from bot.reasons.reason import Reason, to_reason
from tests.papers import paper

CHANNEL = Channel("slack", "T1", "C1", name="papers")
DAY = date(2026, 11, 24)
FIRST = DeliveryKey(CHANNEL, "digest", "2026-11-24")
REPLY = replace(FIRST, part=1, operation="reply")
IDS = ("2401.00001", "2401.00002")
REFUSAL = Settlement(DeliveryState.DEAD, reason=to_reason("it may not post there"))


async def _plan(stores: Stores, now: datetime, *drafts: Draft) -> ChannelState:
    await stores.papers.add([paper(identifier) for identifier in IDS], now)
    await stores.channels.save_preferences(CHANNEL, Preferences(on=True), now)
    (due,) = await stores.channels.list_due(now, 1)
    planned = drafts or (Draft(FIRST, Card("Today"), IDS), Draft(REPLY, Card("below"), parent=FIRST))
    await stores.digests.commit_digests([_build_record(due, now, planned)], now)
    return due


def _build_record(channel_state: ChannelState, now: datetime, drafts: Sequence[Draft]) -> DigestRecord:
    following = now + timedelta(days=1)
    return DigestRecord(
        channel_state, DAY, "planned", coverage={DAY: None}, drafts=tuple(drafts), next_run=following, due=now
    )


async def _claim(stores: Stores, now: datetime) -> Delivery:
    (claimed,) = await stores.ledger.claim(now, now + timedelta(seconds=90), 1)
    return claimed


async def _get_state(stores: Stores) -> DigestState:
    (past,) = await stores.digests.list_past_digests(CHANNEL)
    return past.state


async def _is_free(stores: Stores, channel_state: ChannelState) -> bool:
    """Tell whether neither the papers nor the feed date are taken."""
    papers = await stores.digests.find_claimed_papers([channel_state.channel_id], IDS)
    dates = await stores.digests.list_coverage([channel_state.channel_id], DAY)
    assert bool(papers) is bool(dates), "both or none"
    return not papers


async def test_it_is_on_its_way_until_its_first_message_is_posted(stores: Stores, now: datetime) -> None:
    await _plan(stores, now)
    assert await _get_state(stores) == "planned"
    claimed = await _claim(stores, now)
    later = now + timedelta(minutes=1)
    await stores.ledger.settle(claimed, Settlement(DeliveryState.RETRY, reason=to_reason("not now")), now)
    assert [(past.state, str(past.reason)) for past in await stores.digests.list_past_digests(CHANNEL)] == [
        ("planned", "not now")
    ], "what it waits for is told"
    await stores.ledger.settle(await _claim(stores, later), Settlement(DeliveryState.SENT, message="m1"), later)
    (past,) = await stores.digests.list_past_digests(CHANNEL)
    assert (past.state, past.reason, past.at) == ("posted", None, later)


async def test_a_refused_one_frees_what_it_had_claimed(stores: Stores, now: datetime) -> None:
    due = await _plan(stores, now)
    await stores.ledger.settle(await _claim(stores, now), REFUSAL, now)
    (past,) = await stores.digests.list_past_digests(CHANNEL)
    assert (past.state, str(past.reason)) == ("refused", "it may not post there")
    assert await _is_free(stores, due)
    assert not await stores.ledger.count_open(), "what hung on it is given up too"


async def test_one_that_may_be_there_keeps_what_it_had_claimed(stores: Stores, now: datetime) -> None:
    due = await _plan(stores, now)
    unknown = Settlement(DeliveryState.DEAD, AttemptOutcome.UNKNOWN, reason=to_reason("nobody knows"))
    await stores.ledger.settle(await _claim(stores, now), unknown, now)
    assert await _get_state(stores) == "failed"
    assert not await _is_free(stores, due)


async def test_one_of_several_posts_that_dies_takes_nothing_along(stores: Stores, now: datetime) -> None:
    posts = [Draft(replace(FIRST, part=n), Card(f"{n}"), () if n else IDS) for n in range(2)]
    due = await _plan(stores, now, *posts)
    await stores.ledger.settle(await _claim(stores, now), REFUSAL, now)
    assert await _get_state(stores) == "planned"
    await stores.ledger.settle(await _claim(stores, now), Settlement(DeliveryState.SENT, message="m2"), now)
    assert await _get_state(stores) == "posted"
    assert not await _is_free(stores, due)


async def test_one_sent_again_without_knowing_is_told_as_that(stores: Stores, now: datetime) -> None:
    await _plan(stores, now)
    claimed = await _claim(stores, now)
    await stores.ledger.settle(claimed, Settlement(DeliveryState.UNCERTAIN, reason=to_reason("no answer")), now)
    resent = Settlement(DeliveryState.RETRY, AttemptOutcome.RESENT, reason=Reason("delivery.unknown_resent"))
    await stores.ledger.settle(claimed, resent, now)
    again = await _claim(stores, now)
    await stores.ledger.settle(again, Settlement(DeliveryState.SENT, message="m2"), now)
    assert await _get_state(stores) == "duplicated"
    assert await stores.ledger.count_resent(now - timedelta(days=1)) == 1
    assert await stores.ledger.count_resent(now + timedelta(seconds=1)) == 0
    assert [(one.number, one.outcome) for one in await stores.ledger.list_attempts(again)] == [
        (1, AttemptOutcome.RESENT),
        (2, AttemptOutcome.SENT),
    ]


@pytest.mark.parametrize("end", ["refused", "retired", "too old"])
async def test_one_sent_again_without_knowing_keeps_what_it_had_claimed_when_it_is_given_up(
    stores: Stores, now: datetime, end: str
) -> None:
    due = await _plan(stores, now)
    claimed = await _claim(stores, now)
    await stores.ledger.settle(claimed, Settlement(DeliveryState.UNCERTAIN), now)
    await stores.ledger.settle(claimed, Settlement(DeliveryState.RETRY, AttemptOutcome.RESENT), now)
    if end == "refused":
        await stores.ledger.settle(await _claim(stores, now), REFUSAL, now)
    elif end == "retired":
        await stores.channels.retire(CHANNEL, to_reason("it was archived"))
    else:
        await stores.ledger.expire_waiting(now + DIGEST_GRACE)
    assert await _get_state(stores) in {"refused", "failed"}
    assert not await _is_free(stores, due), "its first attempt may be there"


async def test_a_refused_one_may_be_posted_after_all_and_is_looked_up_first(stores: Stores, now: datetime) -> None:
    due = await _plan(stores, now)
    await stores.ledger.settle(await _claim(stores, now), REFUSAL, now)
    later = now + timedelta(hours=1)
    again = _build_record(due, later, [Draft(FIRST, Card("Anew"), IDS), Draft(REPLY, Card("anew"), parent=FIRST)])
    assert list(await stores.digests.commit_digests([again], later)) == [again]
    assert await _get_state(stores) == "planned"
    claimed = await _claim(stores, later)
    assert (claimed.card, claimed.attempt, claimed.refusals, claimed.lookup_since) == (Card("Anew"), 2, 0, now)
    await stores.ledger.settle(claimed, Settlement(DeliveryState.SENT, message="m1"), later)
    assert (await _claim(stores, later)).card == Card("anew"), "what is below it comes too"
    assert await _get_state(stores) == "posted"
    assert await stores.digests.commit_digests([again], later) == [], "it is posted now"


async def test_what_waits_for_too_long_is_given_up_and_its_papers_are_free(stores: Stores, now: datetime) -> None:
    due = await _plan(stores, now)
    claimed = await _claim(stores, now)
    busy = Settlement(DeliveryState.RETRY, reason=to_reason("Slack can’t be reached"), not_before=now)
    await stores.ledger.settle(claimed, busy, now)
    end = now + DIGEST_GRACE
    assert await stores.ledger.expire_waiting(end - timedelta(seconds=1)) == []
    assert await stores.ledger.claim(end, end, 9) == [], "not a moment longer"
    assert [one.key for one in await stores.ledger.expire_waiting(end)] == [FIRST, REPLY]
    (past,) = await stores.digests.list_past_digests(CHANNEL)
    assert past.state == "failed"
    assert str(past.reason) == "it could not be posted within 6 hours: Slack can’t be reached"
    assert await _is_free(stores, due)


@pytest.mark.parametrize(("hours", "is_due"), [(5, True), (7, False)])
async def test_a_channel_that_is_back_gets_the_digest_that_it_refused(
    stores: Stores, now: datetime, hours: int, *, is_due: bool
) -> None:
    await _plan(stores, now)
    await stores.ledger.settle(await _claim(stores, now), REFUSAL, now)
    await stores.channels.retire(CHANNEL, to_reason("it may not post there"))
    later = now + timedelta(hours=hours)
    await stores.channels.restore(CHANNEL, now + timedelta(days=1), later)
    again = await stores.channels.list_due(later, 9)
    assert [one.due for one in again] == ([now] if is_due else [])


async def test_retiring_a_channel_gives_up_the_digest_that_waits(stores: Stores, now: datetime) -> None:
    due = await _plan(stores, now)
    await stores.channels.retire(CHANNEL, to_reason("it was archived"))
    (past,) = await stores.digests.list_past_digests(CHANNEL)
    assert (past.state, str(past.reason)) == ("refused", "it was archived")
    assert await _is_free(stores, due)


async def test_a_dead_alert_lets_its_paper_go(stores: Stores, now: datetime) -> None:
    await stores.papers.add([paper(identifier) for identifier in IDS], now)
    alert = DeliveryKey(CHANNEL, "alert", IDS[0])
    await stores.ledger.add([Draft(alert, Card("new"), IDS[:1])], now)
    await stores.ledger.settle(await _claim(stores, now), REFUSAL, now)
    assert await stores.ledger.add([Draft(replace(alert, subject="other"), Card("new"), IDS[:1])], now)
