"""Commands that the browser's workspace has never heard of do there what they declare."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession

from adapters.web.chat import WebChat
from adapters.web.event_feed import EventFeed
from adapters.web.rendering.site_info import SiteInfo
from adapters.web.server import build_application, serve
from bot.bootstrap.web import prepare_workspace
from bot.commands.context import CommandContext
from bot.commands.table import build_table
from bot.ports.commands import FOR_CHANNEL, ParameterType
from bot.ports.sources import Source
from bot.sources.sample import recordings
from tests.adapters.declared_commands import CHOICES, EVERY_TYPE, DeclaredCommands
from tests.stores import open_stores
from tests.workspace import well

NOW = datetime(2026, 2, 27, 15, tzinfo=UTC)


@dataclass
class Desk:
    """The workspace over HTTP, on the real table and real stores."""

    session: ClientSession
    number: int = 0

    async def type(self, line: str) -> Mapping[str, Any]:
        return await self._post("/api/command", {"line": line})

    async def press(self, command: str, **arguments: str) -> Mapping[str, Any]:
        return await self._post("/api/action", {"command": command, "arguments": arguments})

    async def complete(self, line: str) -> list[str]:
        async with self.session.get("/api/complete", params={"channel": "papers", "line": line}) as answer:
            assert answer.status == 200, await answer.text()
            return [row["text"] for row in (await answer.json())["completions"]]

    async def _post(self, path: str, body: Mapping[str, Any]) -> Mapping[str, Any]:
        self.number += 1
        async with self.session.post(path, json={"id": f"request{self.number}", "channel": "papers", **body}) as answer:
            assert answer.status == 200, await answer.text()
            told: Mapping[str, Any] = await answer.json()
            return told


@pytest.fixture
def declared() -> DeclaredCommands:
    return DeclaredCommands()


@pytest.fixture
async def desk(declared: DeclaredCommands, tmp_path: Path) -> AsyncIterator[Desk]:
    async def tell_site() -> SiteInfo:
        return SiteInfo()

    async with AsyncExitStack() as stack:
        stores = await stack.enter_async_context(open_stores(tmp_path, NOW))
        await prepare_workspace(stores, (Source("sample", "Sample", recordings=recordings.FOLDER),), NOW)
        table, feed = build_table(CommandContext(stores)), EventFeed("feed")
        app = build_application(
            replace(table, commands=(*table.commands, *declared.build_commands())),
            stores.web_messages,
            stores.channels,
            WebChat(stores.web_messages, feed),
            feed,
            site_info=tell_site,
            clock=lambda: NOW,
            status=well,
        )
        url = await stack.enter_async_context(serve(app, "127.0.0.1", 0))
        yield Desk(await stack.enter_async_context(ClientSession(url)))


@pytest.mark.parametrize("line", ["glance", "meet", "publish", "tour plan", "tour rules"])
async def test_each_is_typed_and_pressed(desk: Desk, line: str) -> None:
    assert (await desk.type(line))["said"] == f"Done: {line}."
    assert (await desk.press(line))["said"] == f"Done: {line}."


async def test_every_type_of_parameter_can_be_typed(desk: Desk, declared: DeclaredCommands) -> None:
    values = {name: CHOICES.get(kind, ("7",))[-1] for kind, name in EVERY_TYPE.items()}
    await desk.type("sample " + " ".join(f"{name}:{value}" for name, value in values.items()))
    assert declared.last[1] == values
    await desk.press("sample", **values)
    assert declared.last[1] == values
    assert values[EVERY_TYPE[ParameterType.PERSON_OR_CHANNEL]] == FOR_CHANNEL


async def test_its_buttons_ask_for_it(desk: Desk) -> None:
    offered = await desk.type("offer")
    assert "glance" in offered["html"]
    assert "meet" in offered["html"]


async def test_it_is_completed(desk: Desk) -> None:
    assert await desk.complete("tou") == ["/papers tour plan ", "/papers tour rules "]
    name = EVERY_TYPE[ParameterType.TEXT]
    assert any(text.endswith(f"{name}:") for text in await desk.complete(f"sample {name}"))
    assert await desk.complete("nearb") == [], "what is hidden is offered to nobody"


@pytest.mark.parametrize("line", ["tour", "tour guide", "glances", "publish here", "peek"])
async def test_what_is_wrong_with_it_is_said(desk: Desk, declared: DeclaredCommands, line: str) -> None:
    assert (await desk.type(line))["kind"] == "mistake"
    assert declared.asked == []
