"""What the tests of Slack on loopback share: a workspace, clients that talk to it, and a bare Bolt app."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import web
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.errors import SlackApiError
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.web.async_client import AsyncWebClient

from tests.servers.slack import Slack, slack

Json = dict[str, Any]


@asynccontextmanager
async def serve_workspace() -> AsyncIterator[Slack]:
    """Serve a workspace with a channel, a person and an app."""
    async with slack() as server:
        server.team("T1")
        server.bot("T1", token="xoxb-1")
        server.app_token("xapp-1")
        server.person("U1")
        server.channel("C1")
        yield server


def create_client(server: Slack, token: str | None = None) -> AsyncWebClient:
    """Return a client that never tries twice, of the first installation unless told otherwise."""
    token = "xoxb-1" if token is None else token
    return AsyncWebClient(token=token, base_url=server.url, retry_handlers=[])


async def call_refused(client: AsyncWebClient, method: str, **arguments: Any) -> str:
    """Return the error of a call that must fail."""
    with pytest.raises(SlackApiError) as caught:
        await client.api_call(method, json=arguments)
    return str(caught.value.response["error"])


class PlainBoltApp:
    """A Bolt app that notes what it is told and acknowledges it, with ``answer`` where there is one."""

    def __init__(self, server: Slack) -> None:
        self.told: list[Json] = []
        self.answer: Json = {}
        self.bolt = AsyncApp(client=create_client(server), signing_secret=server.signing_secret)
        every = re.compile(".*")
        listeners = (self.bolt.command, self.bolt.action, self.bolt.view, self.bolt.view_closed)
        for listen in (*listeners, self.bolt.shortcut, self.bolt.options, self.bolt.event):
            listen(every)(self.note)

    async def note(self, ack: AsyncAck, body: Json) -> None:
        self.told.append(body)
        await ack(**self.answer)


@asynccontextmanager
async def open_socket(client: Any, server: Slack) -> AsyncIterator[None]:
    """Hold a socket open; *client* is the SDK's, which has no types here."""
    before = len(server.sockets)
    await client.connect()
    await server.wait(lambda: len(server.sockets) > before)
    try:
        yield
    finally:
        await client.close()


@asynccontextmanager
async def connect_socket_mode(app: PlainBoltApp, server: Slack) -> AsyncIterator[SocketModeClient]:
    """Run the app over Socket Mode."""
    handler = AsyncSocketModeHandler(app.bolt, "xapp-1", web_client=create_client(server, "xapp-1"), ping_interval=60)
    async with open_socket(handler.client, server):
        yield handler.client


@asynccontextmanager
async def serve_requests(app: PlainBoltApp, server: Slack) -> AsyncIterator[None]:
    """Run the app behind an address that gets signed requests."""

    async def handle(request: web.Request) -> web.Response:
        answer = await app.bolt.async_dispatch(
            AsyncBoltRequest(body=await request.text(), headers=dict(request.headers))
        )
        kind = answer.first_headers().get("content-type", "text/plain").partition(";")[0]
        return web.Response(status=answer.status, text=answer.body, content_type=kind)

    site = web.Application()
    site.router.add_post("/slack/events", handle)
    runner = web.AppRunner(site, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    server.endpoint = "http://{}:{}/slack/events".format(*runner.addresses[0][:2])
    try:
        yield
    finally:
        await runner.cleanup()


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def modal(*blocks: Json, **more: Any) -> Json:
    view = {"type": "modal", "callback_id": "form", "title": plain("Title"), "submit": plain("Save")}
    return {**view, "blocks": list(blocks), **more}


def field(name: str, kind: str = "plain_text_input", *, optional: bool = False, **more: Any) -> Json:
    element = {"type": kind, "action_id": f"{name}-value", **more}
    return {"type": "input", "block_id": name, "label": plain(name), "optional": optional, "element": element}


def buttons(*labels: str) -> Json:
    inside = [{"type": "button", "action_id": f"press:{n}", "text": plain(x), "value": x} for n, x in enumerate(labels)]
    return {"type": "actions", "elements": inside}


async def open_modal(server: Slack, view: Json, user: str = "U1") -> Json:
    """Open a modal and return it."""
    await create_client(server).views_open(trigger_id=server.trigger(user, "T1"), view=view)
    return server.views(user)[-1]
