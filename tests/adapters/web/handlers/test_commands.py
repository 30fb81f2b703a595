"""What is typed and pressed: who sees the answer, and what happens when there is none."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import Any

import pytest
from aiohttp import ClientSession

from bot.domain.deliveries import DeliveryKey
from tests.workspace import NOW, PAPERS_CHANNEL, Workspace, digest


async def typed(client: ClientSession, line: str, channel: str = "papers", **more: str) -> dict[str, Any]:
    async with client.post("/api/command", json={"channel": channel, "line": line, **more}) as answer:
        assert answer.status == 200
        data: dict[str, Any] = await answer.json()
        return data


async def pressed(client: ClientSession, command: str, status: int = 200, **more: Any) -> dict[str, Any]:
    body = {"channel": "papers", "command": command, "arguments": {}, **more}
    async with client.post("/api/action", json=body) as answer:
        assert answer.status == status
        data: dict[str, Any] = await answer.json()
        return data


async def shown(client: ClientSession, channel: str = "papers", **more: int) -> list[dict[str, Any]]:
    async with client.get("/api/messages", params={"channel": channel, **more}) as answer:
        data: dict[str, Any] = await answer.json()
        rows: list[dict[str, Any]] = data["messages"]
        return rows


async def test_an_answer_is_private_until_it_is_shared(client: ClientSession, workspace: Workspace) -> None:
    answer = await typed(client, "search sparse attention")
    assert answer["placement"] == "private"
    assert "Only you can see this" in answer["html"]
    assert "Share in <bdi>#papers</bdi>" in answer["html"]
    assert len(await shown(client)) == 2
    shared = await pressed(client, "search", arguments={"query": "sparse attention"}, share=True)
    assert "Shared in #papers." in shared["html"]
    newest = (await shown(client))[-1]
    assert newest["id"] == 3
    assert "Only you can see this" not in newest["html"]
    assert [request.share for request in workspace.table.asked] == [False, True]


async def test_there_is_nobody_to_share_with_in_a_direct_channel(client: ClientSession) -> None:
    assert "Share in" not in (await typed(client, "search sparse attention", channel="you"))["html"]


async def test_sending_the_same_request_again_posts_once(client: ClientSession) -> None:
    for _ in range(2):
        await typed(client, "digest now", id="aaaa1111")
    assert len(await shown(client)) == 3


async def test_the_person_is_a_manager_here(client: ClientSession, workspace: Workspace) -> None:
    await typed(client, "follow x")
    request = workspace.table.asked[0]
    assert (request.person.id, request.person.is_manager, request.channel.key) == ("you", True, "web:local:papers")


async def test_a_mistake_is_an_answer_with_an_example(client: ClientSession) -> None:
    answer = await typed(client, "serch x")
    assert answer["kind"] == "mistake"
    assert "For example: search serch x" in answer["html"]


async def test_turning_a_page_replaces_what_was_there(client: ClientSession) -> None:
    answer = await pressed(client, "search", arguments={"query": "attention", "page": "2"})
    assert answer["placement"] == "replace"
    assert "Prev" in answer["html"]


async def test_a_form_foresees_and_saves(client: ClientSession, workspace: Workspace) -> None:
    assert (await typed(client, "settings"))["kind"] == "form"
    workspace.table.asked.clear()
    wanted = {"time": "08:15", "number": "3"}
    dry = await pressed(client, "settings", arguments=wanted, dry=True)
    assert "Wed 25 Nov 08:15" in dry["preview"]
    assert dry["mistakes"] == {}
    wrong = await pressed(client, "settings", arguments={"number": "40"}, dry=True)
    assert wrong["mistakes"] == {"number": "A digest has 1 to 10 papers."}
    assert workspace.table.asked == []
    assert "Saved for #papers: 3 papers at 08:15." in (await pressed(client, "settings", arguments=wanted))["html"]


async def test_what_is_typed_wrongly_stays_in_the_form(client: ClientSession) -> None:
    answer = await pressed(client, "settings", arguments={"number": '"><script>'})
    assert answer["kind"] == "form"
    assert 'value="&quot;&gt;&lt;script&gt;"' in answer["html"]


async def test_older_messages_come_page_by_page(client: ClientSession, workspace: Workspace) -> None:
    for n in range(40):
        await typed(client, "digest now", id=f"request{n:03}")
    latest = await shown(client)
    earlier = await shown(client, before=latest[0]["id"])
    assert [row["id"] for row in earlier + latest] == list(range(1, 43))


async def test_completions_tell_what_comes_next(client: ClientSession) -> None:
    async with client.get("/api/complete", params={"channel": "papers", "line": "/papers fo"}) as answer:
        first = (await answer.json())["completions"][0]
    assert first["text"] == "/papers follow "
    assert first["usage"] == "follow <topic>"
    assert ["example", 'follow "world model" -robot'] in first["details"]


async def test_channels_say_what_comes_next_in_them(client: ClientSession) -> None:
    async with client.get("/api/channels") as answer:
        data = await answer.json()
    assert [(row["id"], row["about"], row["posts"]) for row in data["channels"]] == [
        ("papers", "Next digest Wed 25 Nov 09:00 · 5 papers", [1, 2]),
        ("nlp-papers", "The digest is off; “digest on” starts it", []),
        ("you", "Answers and alerts for you alone", []),
    ]


async def test_an_unforeseen_failure_has_one_reference_for_both_sides(
    client: ClientSession, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        answer = await pressed(client, "crash", status=500)
    (record,) = caplog.records
    assert answer["reference"] in answer["error"]
    assert answer["reference"] in record.getMessage()
    assert record.exc_info
    assert "secret" not in answer["error"]


async def test_pages_hear_of_channels_only_when_they_changed(client: ClientSession, workspace: Workspace) -> None:
    before = workspace.feed.latest_id
    await typed(client, "search attention")
    assert workspace.feed.latest_id == before
    await pressed(client, "digest off")
    async with client.get("/api/channels") as answer:
        assert (await answer.json())["channels"][0]["about"] == "The digest is off; “digest on” starts it"
    assert workspace.feed.latest_id != before


async def test_a_paper_or_message_that_can_not_be_drawn_hides_no_other(
    client: ClientSession, workspace: Workspace, caplog: pytest.LogCaptureFixture
) -> None:
    votes: Any = "many"
    poisoned = replace(digest().items[0], votes=votes)
    whole = replace(digest(), items=(poisoned, *digest().items[1:]))
    for number, card in enumerate((whole, replace(whole, items=(poisoned,)))):
        await workspace.board.add(DeliveryKey(PAPERS_CHANNEL, "digest", f"poison-{number}"), card, NOW)
    rows = [row["html"] for row in await shown(client)]
    assert len(rows) == 4
    assert poisoned.title not in rows[2]
    assert all(item.title in rows[2] for item in digest().items[1:])
    assert "This message can’t be shown. Reference: " in rows[3]
    assert f"The paper {poisoned.paper} is left out: it can’t be rendered" in caplog.text
