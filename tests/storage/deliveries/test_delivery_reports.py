"""What operators and people are told of deliveries: the queue, digests that were not posted, a channel's log."""

from datetime import datetime, timedelta

import pytest

from bot.cards.models import Card
from bot.domain.channels import Channel
from bot.domain.deliveries import AttemptOutcome, DeliveryKey, DeliveryState
from bot.domain.preferences import Preferences
from bot.ports.deliveries import Attempt, DigestRecord, DigestState, Draft, Settlement
from bot.ports.delivery_reports import LoggedMessage, QueueLength, UnpostedDigest
from bot.ports.stores import Stores
from bot.reasons.reason import Reason

ROOM = Channel("slack", "T1", "C1", name="papers")
OTHER = Channel("slack", "T1", "C2", name="other")
SERVER = Channel("discord", "10", "20", name="lab")
FULL = Reason("platform.said", error="boom")
DAY = timedelta(days=1)


async def _plan(stores: Stores, now: datetime, channel: Channel = ROOM, due: timedelta | None = timedelta()) -> None:
    """Plan the digest of *now*'s day for a channel that is on."""
    await stores.channels.save_preferences(channel, Preferences(on=True), now + DAY)
    state = await stores.channels.get_or_create(channel, now)
    draft = Draft(DeliveryKey(channel, "digest", now.date().isoformat()), Card("Today"))
    moment = None if due is None else now - due
    record = DigestRecord(state, now.date(), "planned", drafts=(draft,), next_run=now + DAY, due=moment)
    await stores.digests.commit_digests([record], now)


async def _settle_all(stores: Stores, now: datetime, settlement: Settlement) -> None:
    for delivery in await stores.ledger.claim(now, now + timedelta(minutes=1), 9):
        await stores.ledger.settle(delivery, settlement, now)


def _fail(outcome: AttemptOutcome) -> Settlement:
    return Settlement(DeliveryState.DEAD, outcome, reason=FULL)


async def test_what_waits_is_counted_by_platform_and_workspace(stores: Stores, now: datetime) -> None:
    assert await stores.delivery_reports.list_queue_lengths() == []
    for channel in (ROOM, OTHER, SERVER):
        await stores.ledger.add([Draft(DeliveryKey(channel, "share", str(n)), Card("x")) for n in range(2)], now)
    await _settle_all(stores, now, Settlement(DeliveryState.SENT, message="m"))
    assert await stores.delivery_reports.list_queue_lengths() == [
        QueueLength("discord", "10", 1),
        QueueLength("slack", "T1", 2),
    ]
    assert await stores.delivery_reports.count_waiting(ROOM) == {DeliveryState.PENDING: 1}


@pytest.mark.parametrize(
    ("outcome", "state"), [(AttemptOutcome.UNKNOWN, "failed"), (AttemptOutcome.REFUSED, "refused")]
)
async def test_a_digest_that_was_not_posted_counts_until_the_next_is(
    stores: Stores, now: datetime, outcome: AttemptOutcome, state: DigestState
) -> None:
    await _plan(stores, now)
    await _settle_all(stores, now, _fail(outcome))
    unposted = [UnpostedDigest(ROOM, now.date(), state, FULL)]
    assert await stores.delivery_reports.list_unposted_digests(now - DAY, 9) == unposted
    await _plan(stores, now + DAY)
    assert await stores.delivery_reports.list_unposted_digests(now - DAY, 9) == unposted, "it is only on its way"
    await _settle_all(stores, now + DAY, Settlement(DeliveryState.SENT, message="m"))
    assert await stores.delivery_reports.list_unposted_digests(now - DAY, 9) == []


async def test_digests_of_long_ago_of_channels_that_are_off_or_without_a_source_are_no_failures(
    stores: Stores, now: datetime
) -> None:
    await _plan(stores, now - 3 * DAY)
    await _plan(stores, now, OTHER)
    await _plan(stores, now, SERVER, due=None)
    await _settle_all(stores, now, _fail(AttemptOutcome.UNKNOWN))
    assert [each.channel for each in await stores.delivery_reports.list_unposted_digests(now - DAY, 9)] == [OTHER]
    await stores.channels.save_preferences(OTHER, Preferences(on=False), None)
    assert await stores.delivery_reports.list_unposted_digests(now - DAY, 9) == []


async def test_the_log_has_the_latest_messages_of_a_channel_with_every_attempt(stores: Stores, now: datetime) -> None:
    await _plan(stores, now)
    waiting = Settlement(DeliveryState.RETRY, AttemptOutcome.DELAYED, reason=FULL, not_before=now)
    await _settle_all(stores, now, waiting)
    await _settle_all(stores, now + timedelta(seconds=2), Settlement(DeliveryState.SENT, message="m"))
    await stores.ledger.add([Draft(DeliveryKey(ROOM, "alert", "2401.00001"), Card("x"))], now)
    await stores.ledger.add([Draft(DeliveryKey(OTHER, "alert", "2401.00001"), Card("x"))], now)
    second = now + timedelta(seconds=2)
    attempts = (
        Attempt(1, now, now, AttemptOutcome.DELAYED, FULL),
        Attempt(2, second, second, AttemptOutcome.SENT),
    )
    alert, digest = await stores.delivery_reports.list_latest_messages(ROOM, 9)
    assert alert == LoggedMessage("alert", now.date(), 0, "post", DeliveryState.PENDING)
    assert digest == LoggedMessage("digest", now.date(), 0, "post", DeliveryState.SENT, attempts=attempts)
    assert await stores.delivery_reports.list_latest_messages(ROOM, 1) == [alert]
