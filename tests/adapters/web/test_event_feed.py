"""News: a page that was away misses nothing."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import ClientResponse, ClientSession

from adapters.web.event_feed import Event, EventFeed
from tests.workspace import NOW, Workspace, alert, digest


async def take(feed: EventFeed, after: str, count: int) -> list[Event]:
    news = feed.subscribe(after, heartbeat=0.01)
    try:
        return [await anext(news) for _ in range(count)]
    finally:
        await news.aclose()  # type: ignore[attr-defined]  # a generator, seen as an iterator


def kinds(events: list[Event]) -> list[tuple[str, int]]:
    return [(event.kind, event.number) for event in events]


async def test_news_after_an_id() -> None:
    feed = EventFeed("b")
    feed.publish("channels")
    known = feed.latest_id
    feed.publish("channels")
    feed.publish("channels")
    assert kinds(await take(feed, known, 3)) == [("channels", 2), ("channels", 3), ("beat", 3)]


@pytest.mark.parametrize("after", ["", "b", "b-", "b-x", "b--1", "b-99", "other-1", "b-" + "9" * 40, "b-²"])
async def test_an_unknown_id_starts_anew(after: str) -> None:
    feed = EventFeed("b")
    feed.publish("channels")
    assert kinds(await take(feed, after, 2)) == [("reset", 1), ("beat", 1)]


async def test_what_was_forgotten_starts_anew() -> None:
    feed = EventFeed("b", max_events=2)
    for _ in range(4):
        feed.publish("channels")
    assert kinds(await take(feed, "b-2", 2)) == [("channels", 3), ("channels", 4)]
    assert kinds(await take(feed, "b-1", 2)) == [("reset", 4), ("beat", 4)]


async def test_a_slow_reader_that_falls_behind_starts_anew() -> None:
    feed = EventFeed("b", max_events=2)
    feed.publish("channels")
    news = feed.subscribe("b-0", heartbeat=0.01)
    assert kinds([await anext(news)]) == [("channels", 1)]
    for _ in range(5):
        feed.publish("channels")
    assert kinds([await anext(news), await anext(news)]) == [("reset", 6), ("beat", 6)]


async def test_closing_ends_every_stream() -> None:
    feed = EventFeed("b")
    waiting = asyncio.create_task(take(feed, "b-0", 10_000))
    feed.close()
    with pytest.raises(StopAsyncIteration):
        await waiting


async def read(answer: ClientResponse) -> AsyncIterator[tuple[str, str, dict[str, Any]]]:
    """Yield (event, id, data) of a stream."""
    fields: dict[str, str] = {}
    async for raw in answer.content:
        line = raw.decode().rstrip("\n")
        if line:
            name, _, value = line.partition(": ")
            fields[name] = value
        elif "event" in fields:
            yield fields["event"], fields["id"], json.loads(fields["data"])
            fields = {}


async def posts(client: ClientSession, after: str, count: int, *, header: bool) -> tuple[list[int], str]:
    """Return the ids of the next posts, and the last event's id."""
    headers = {"Last-Event-ID": after} if header else {}
    found: list[int] = []
    last = after
    async with client.get("/api/events", params={"after": "" if header else after}, headers=headers) as answer:
        assert answer.content_type == "text/event-stream"
        async for kind, last, data in read(answer):  # noqa: B007 (the last id is wanted)
            if kind == "post":
                found.append(data["id"])
            if len(found) == count:
                break
    return found, last


async def test_reconnecting_loses_nothing(workspace: Workspace, client: ClientSession) -> None:
    start = workspace.feed.latest_id
    await workspace.table.post(alert(), "a")
    first, last = await posts(client, start, 1, header=False)
    for subject in ("b", "c"):
        await workspace.table.post(alert(), subject)
    second, _ = await posts(client, last, 2, header=True)
    assert first + second == [3, 4, 5]


async def test_a_page_is_told_of_posts_and_edits_as_they_come(workspace: Workspace, client: ClientSession) -> None:
    async with client.get("/api/events", params={"after": workspace.feed.latest_id}) as answer:
        stream = read(answer)
        assert (await anext(stream))[0] == "beat"
        await workspace.table.post(digest(), "new")
        kind, _, data = [event async for event in _until(stream, "post")][-1]
        assert (kind, data["channel"]) == ("post", "papers")
        assert 'id="post-3"' in data["html"]
        edited = await workspace.board.edit_card(3, digest(votes=80), NOW)
        workspace.feed.publish("edit", edited)
        kind, _, data = [event async for event in _until(stream, "edit")][-1]
        assert "<b>99</b>" in data["html"]


async def _until(
    stream: AsyncIterator[tuple[str, str, dict[str, Any]]], kind: str
) -> AsyncIterator[tuple[str, str, dict[str, Any]]]:
    async for event in stream:
        yield event
        if event[0] == kind:
            return


async def test_a_restart_says_start_anew(client: ClientSession) -> None:
    async with client.get("/api/events", headers={"Last-Event-ID": "before-the-restart-12"}) as answer:
        assert (await anext(read(answer)))[0] == "reset"
