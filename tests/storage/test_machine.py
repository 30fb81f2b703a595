"""What the machine keeps for itself: the inbox, marks, sources, and the browser's messages."""

from dataclasses import replace
from datetime import datetime, timedelta

from bot.cards import Card
from bot.models import Channel, DeliveryKey
from bot.ports.sources import SourceState, Validators
from bot.ports.stores import Stores

ROOM = Channel("web", "local", "papers", name="papers")
KEY = DeliveryKey(ROOM, "answer", "1")
HOUR = timedelta(hours=1)


async def test_an_event_is_first_once(stores: Stores, now: datetime) -> None:
    assert await stores.inbox.first("a", now)
    assert not await stores.inbox.first("a", now + HOUR)
    assert await stores.inbox.first("b", now + HOUR)
    assert await stores.inbox.prune(now + HOUR) == 1
    assert await stores.inbox.first("a", now + HOUR)


async def test_marks_are_set_and_removed(stores: Stores) -> None:
    assert await stores.marks.get("sample") == ""
    for value in ("yes", "no", ""):
        await stores.marks.put("sample", value)
        assert await stores.marks.get("sample") == value


async def test_sources_are_remembered(stores: Stores, now: datetime) -> None:
    assert await stores.sources.state("arxiv") == SourceState("arxiv")
    down = SourceState("arxiv", 5, now + HOUR, now - HOUR, now, "It timed out.")
    await stores.sources.record(down)
    await stores.sources.record(SourceState("huggingface", succeeded=now))
    assert await stores.sources.state("arxiv") == down
    await stores.sources.record(replace(down, failures=0, open_until=None))
    assert [(s.name, s.failures) for s in await stores.sources.states()] == [("arxiv", 0), ("huggingface", 0)]


async def test_validators_are_remembered(stores: Stores) -> None:
    assert await stores.sources.validators("https://x") == Validators()
    await stores.sources.remember("https://x", Validators("e", "m", "d"))
    await stores.sources.remember("https://x", Validators("e2"))
    assert await stores.sources.validators("https://x") == Validators("e2")


async def test_the_board_keeps_a_message_once(stores: Stores, now: datetime) -> None:
    post = await stores.board.put(KEY, Card("one"), now)
    assert await stores.board.put(KEY, Card("two"), now + HOUR) == post
    assert await stores.board.find(KEY) == post
    assert (post.channel, post.card, post.at, post.edited) == (ROOM, Card("one"), now, None)
    assert await stores.board.edit(post.id, Card("three"), now + HOUR) == replace(
        post, card=Card("three"), edited=now + HOUR
    )
    assert await stores.board.edit(99, Card("?"), now) is None


async def test_the_board_pages_backwards(stores: Stores, now: datetime) -> None:
    ids = [(await stores.board.put(replace(KEY, subject=f"{n}"), Card(f"{n}"), now, "7")).id for n in range(5)]
    await stores.board.put(replace(KEY, channel=replace(ROOM, id="other")), Card("?"), now)
    assert [post.id for post in await stores.board.latest(ROOM, 2)] == ids[-2:]
    assert [post.id for post in await stores.board.latest(ROOM, 2, before=ids[-2])] == ids[1:3]
    assert {post.parent for post in await stores.board.latest(ROOM)} == {"7"}
