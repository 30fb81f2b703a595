"""What the machine keeps for itself: the inbox, marks, sources, and the browser's messages."""

from dataclasses import replace
from datetime import datetime, timedelta

from bot.cards.models import Card
from bot.domain.channels import Channel
from bot.domain.deliveries import DeliveryKey
from bot.ports.sources import SourceState, Validators
from bot.ports.stores import Stores
from bot.reasons.reason import to_reason

ROOM = Channel("web", "local", "papers", name="papers")
KEY = DeliveryKey(ROOM, "answer", "1")
HOUR = timedelta(hours=1)


async def test_an_event_is_first_once(stores: Stores, now: datetime) -> None:
    assert await stores.processed_events.add_if_new("a", now)
    assert not await stores.processed_events.add_if_new("a", now + HOUR)
    assert await stores.processed_events.add_if_new("b", now + HOUR)
    assert await stores.processed_events.delete_older(now + HOUR) == 1
    assert await stores.processed_events.add_if_new("a", now + HOUR)


async def test_marks_are_set_and_removed(stores: Stores) -> None:
    assert await stores.key_values.get("sample") == ""
    for value in ("yes", "no", ""):
        await stores.key_values.set("sample", value)
        assert await stores.key_values.get("sample") == value


async def test_sources_are_remembered(stores: Stores, now: datetime) -> None:
    assert await stores.source_states.get_state("arxiv") == SourceState("arxiv")
    down = SourceState("arxiv", 5, now + HOUR, now - HOUR, now, to_reason("It timed out."))
    await stores.source_states.save_state(down)
    await stores.source_states.save_state(SourceState("huggingface", succeeded=now))
    assert await stores.source_states.get_state("arxiv") == down
    await stores.source_states.save_state(replace(down, failures=0, open_until=None))
    assert [(s.name, s.failures) for s in await stores.source_states.list_states()] == [
        ("arxiv", 0),
        ("huggingface", 0),
    ]


async def test_validators_are_remembered(stores: Stores) -> None:
    assert await stores.source_states.get_validators("https://x") == Validators()
    await stores.source_states.save_validators("https://x", Validators("e", "m", "d"))
    await stores.source_states.save_validators("https://x", Validators("e2"))
    assert await stores.source_states.get_validators("https://x") == Validators("e2")


async def test_the_board_keeps_a_message_once(stores: Stores, now: datetime) -> None:
    post = await stores.web_messages.add(KEY, Card("one"), now)
    assert await stores.web_messages.add(KEY, Card("two"), now + HOUR) == post
    assert await stores.web_messages.find_by_key(KEY) == post
    assert (post.channel, post.card, post.posted_at, post.edited_at) == (ROOM, Card("one"), now, None)
    assert await stores.web_messages.edit_card(post.id, Card("three"), now + HOUR) == replace(
        post, card=Card("three"), edited_at=now + HOUR
    )
    assert await stores.web_messages.edit_card(99, Card("?"), now) is None


async def test_the_board_pages_backwards(stores: Stores, now: datetime) -> None:
    ids = [(await stores.web_messages.add(replace(KEY, subject=f"{n}"), Card(f"{n}"), now, "7")).id for n in range(5)]
    await stores.web_messages.add(replace(KEY, channel=replace(ROOM, id="other")), Card("?"), now)
    assert [post.id for post in await stores.web_messages.list_latest(ROOM, 2)] == ids[-2:]
    assert [post.id for post in await stores.web_messages.list_latest(ROOM, 2, before=ids[-2])] == ids[1:3]
    assert {post.parent_message_id for post in await stores.web_messages.list_latest(ROOM)} == {"7"}
