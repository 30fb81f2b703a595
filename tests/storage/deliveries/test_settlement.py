"""Claims are fenced by their attempt's number, and every attempt is kept."""

from datetime import datetime, timedelta

from bot.cards.models import Card
from bot.domain.channels import Channel
from bot.domain.deliveries import AttemptOutcome, DeliveryKey, DeliveryState
from bot.ports.chat import Delivery
from bot.ports.deliveries import ClaimQueue, Draft, Settlement
from bot.ports.stores import Stores
from bot.reasons.reason import to_reason

KEY = DeliveryKey(Channel("slack", "T1", "C1"), "digest", "2026-11-24")
MINUTE = timedelta(minutes=1)
SENT = Settlement(DeliveryState.SENT, message="m1")


async def _add(stores: Stores, now: datetime, *keys: DeliveryKey) -> None:
    await stores.ledger.add([Draft(key, Card("x")) for key in keys], now)


async def _claim(stores: Stores, now: datetime, owner: str = "me") -> Delivery:
    (claimed,) = await stores.ledger.claim(now, now + MINUTE, 1, ClaimQueue("slack", owner=owner))
    return claimed


async def _get_state(stores: Stores) -> DeliveryState:
    found = await stores.ledger.find_by_key(KEY)
    assert found
    return found.state


async def test_an_answer_that_comes_late_changes_nothing_and_is_noted(stores: Stores, now: datetime) -> None:
    await _add(stores, now, KEY)
    first = await _claim(stores, now)
    assert await stores.ledger.expire_claims(now + MINUTE, "another", ()) == 1
    missing = Settlement(DeliveryState.RETRY, AttemptOutcome.ABSENT)
    assert await stores.ledger.settle(first, missing, now + MINUTE)
    second = await _claim(stores, now + MINUTE)
    assert (first.attempt, second.attempt) == (1, 2)
    failed = Settlement(DeliveryState.DEAD, reason=to_reason("refused"))
    assert not await stores.ledger.settle(first, failed, now + 2 * MINUTE)
    assert await _get_state(stores) is DeliveryState.SENDING
    assert await stores.ledger.settle(second, SENT, now + 3 * MINUTE)
    assert not await stores.ledger.settle(second, failed, now + 4 * MINUTE), "what is sent stays sent"
    assert await _get_state(stores) is DeliveryState.SENT
    outcomes = [(one.number, one.outcome) for one in await stores.ledger.list_attempts(second)]
    assert outcomes == [(1, AttemptOutcome.LATE), (2, AttemptOutcome.SENT)]


async def test_an_answer_that_comes_while_it_is_looked_up_counts(stores: Stores, now: datetime) -> None:
    await _add(stores, now, KEY)
    claimed = await _claim(stores, now)
    await stores.ledger.expire_claims(now + MINUTE, "another", ())
    assert await stores.ledger.settle(claimed, SENT, now + MINUTE)
    assert await _get_state(stores) is DeliveryState.SENT


async def test_what_is_being_sent_here_is_left_alone_whatever_the_clock_says(stores: Stores, now: datetime) -> None:
    await _add(stores, now, KEY)
    claimed = await _claim(stores, now)
    later = now + timedelta(days=1)
    assert await stores.ledger.expire_claims(later, "me", (claimed.id,)) == 0
    assert await stores.ledger.expire_claims(now, "me", ()) == 1, "nobody sends it any more"


async def test_a_new_start_takes_over_at_once(stores: Stores, now: datetime) -> None:
    await _add(stores, now, KEY)
    await _claim(stores, now, "dead")
    assert await stores.ledger.release_claims(now, "me") == 1
    (uncertain,) = await stores.ledger.list_uncertain(now + timedelta(seconds=30), 9, "slack")
    assert (uncertain.lookup_since, uncertain.attempted_at) == (now, now)
    (attempt,) = await stores.ledger.list_attempts(uncertain)
    assert (attempt.outcome, str(attempt.reason)) == (
        AttemptOutcome.UNKNOWN,
        "Broadsheet was stopped while it was being sent",
    )
    assert await stores.ledger.list_uncertain(now + MINUTE, 9, "discord") == []


async def test_each_attempt_is_kept_with_what_came_of_it(stores: Stores, now: datetime) -> None:
    await _add(stores, now, KEY)
    claimed = await _claim(stores, now)
    await stores.ledger.settle(claimed, Settlement(DeliveryState.RETRY, reason=to_reason("busy")), now + MINUTE)
    again = await _claim(stores, now + MINUTE)
    unknown = Settlement(DeliveryState.UNCERTAIN, reason=to_reason("no answer"))
    await stores.ledger.settle(again, unknown, now + 2 * MINUTE)
    await stores.ledger.settle(
        again, Settlement(DeliveryState.SENT, AttemptOutcome.FOUND, "m1", counted=False), now + 3 * MINUTE
    )
    attempts = [
        (one.number, one.began, one.ended, one.outcome, str(one.reason or ""))
        for one in await stores.ledger.list_attempts(again)
    ]
    assert attempts == [
        (1, now, now + MINUTE, AttemptOutcome.DELAYED, "busy"),
        (2, now + MINUTE, now + 2 * MINUTE, AttemptOutcome.FOUND, "no answer"),
    ]


async def test_a_look_up_goes_on_where_it_paused(stores: Stores, now: datetime) -> None:
    await _add(stores, now, KEY)
    claimed = await _claim(stores, now)
    await stores.ledger.settle(claimed, Settlement(DeliveryState.UNCERTAIN, not_before=now), now)
    paused = Settlement(DeliveryState.UNCERTAIN, not_before=now + MINUTE, lookup_cursor="page 2", counted=False)
    await stores.ledger.settle(claimed, paused, now)
    (uncertain,) = await stores.ledger.list_uncertain(now + MINUTE, 9)
    assert uncertain.lookup_cursor == "page 2"
    await stores.ledger.settle(uncertain, Settlement(DeliveryState.RETRY, AttemptOutcome.ABSENT), now + MINUTE)
    again = await _claim(stores, now + MINUTE)
    assert (again.lookup_cursor, again.lookups, again.lookup_since) == ("", 1, now)


async def test_a_platform_is_claimed_for_without_its_busy_workspaces(stores: Stores, now: datetime) -> None:
    keys = [
        DeliveryKey(Channel(platform, workspace, "C"), "digest", "2026-11-24")
        for platform, workspace in (("discord", "10"), ("slack", "T1"), ("slack", "T2"))
    ]
    await _add(stores, now, *keys)
    queue = ClaimQueue("slack", ("T1",), "me")
    claimed = await stores.ledger.claim(now, now + MINUTE, 9, queue)
    assert [one.key for one in claimed] == [keys[2]]


async def test_after_a_restore_what_is_recorded_is_looked_up_first(stores: Stores, now: datetime) -> None:
    since = now - timedelta(hours=20)
    await stores.key_values.set("restored_since", since.isoformat())
    await stores.key_values.set("restored_at", now.isoformat())
    await _add(stores, now, KEY)
    assert (await _claim(stores, now)).lookup_since == since
    later = now + timedelta(days=2)
    other = DeliveryKey(Channel("slack", "T1", "C2"), "alert", "1")
    await _add(stores, later, other)
    assert (await _claim(stores, later)).lookup_since is None, "what was posted before is known by then"


async def test_a_late_answer_does_not_hide_that_it_was_sent_again_without_knowing(
    stores: Stores, now: datetime
) -> None:
    await _add(stores, now, KEY)
    first = await _claim(stores, now)
    await stores.ledger.settle(first, Settlement(DeliveryState.UNCERTAIN), now)
    await stores.ledger.settle(first, Settlement(DeliveryState.RETRY, AttemptOutcome.RESENT), now)
    second = await _claim(stores, now)
    assert not await stores.ledger.settle(first, SENT, now)
    await stores.ledger.settle(second, SENT, now)
    assert await stores.ledger.count_resent(now) == 1
