"""Calls of the Web API over sockets, with the real SDK."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator

import pytest
from aiohttp import web

from adapters import public_listener
from adapters.slack.api.client import SlackClient
from adapters.slack.api.rate_limit import RateLimiter
from bot.errors import Gone, StoreError, TryLater, Uncertain, Unsendable
from tests.adapters.slack.delivery_harness import MemoryTokens, add_workspace, open_client, read_clock
from tests.fakes import FakeMonotonic
from tests.servers.slack import Slack, slack


@pytest.fixture
async def server() -> AsyncIterator[Slack]:
    async with slack() as server:
        add_workspace(server)
        yield server


@pytest.fixture
async def keys() -> MemoryTokens:
    return MemoryTokens()


@pytest.fixture
async def clients(server: Slack, keys: MemoryTokens) -> AsyncIterator[SlackClient]:
    async with open_client(server.url, keys) as clients:
        yield clients


async def post(clients: SlackClient, workspace: str = "T1", channel: str = "C1", text: str = "Hello") -> str:
    return str((await clients.call(workspace, "chat.postMessage", channel=channel, text=text))["ts"])


async def test_a_call_goes_out_once_with_the_workspaces_token(server: Slack, clients: SlackClient) -> None:
    ts = await post(clients)
    assert [(one.ts, one.text) for one in server.shown("C1")] == [(ts, "Hello")]
    assert [(call.method, call.token) for call in server.calls] == [("chat.postMessage", "xoxb-1")]


async def test_an_address_without_its_slash_serves_too(server: Slack) -> None:
    async with open_client(server.url.rstrip("/")) as clients:
        await post(clients)
    assert len(server.shown("C1")) == 1


async def test_arguments_that_are_none_are_left_out(server: Slack, clients: SlackClient) -> None:
    await clients.call("T1", "conversations.history", channel="C1", cursor=None, oldest=None)
    assert set(server.calls[0].arguments) == {"channel"}


@pytest.mark.parametrize("name", ["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY"])
async def test_the_environment_changes_nothing(server: Slack, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-theirs")
    async with open_client(server.url) as clients:
        await post(clients)
    assert server.calls[0].token == "xoxb-1"


async def test_a_lost_answer_is_not_sent_again(server: Slack, clients: SlackClient) -> None:
    server.fail("chat.postMessage", drop="after")
    with pytest.raises(Uncertain):
        await post(clients)
    assert len(server.shown("C1")) == len(server.calls) == 1


@pytest.mark.parametrize(
    "fault",
    [
        {"drop": "before"},
        {"status": 500},
        {"status": 502, "body": "<html>bad gateway</html>"},
        {"status": 200, "body": "<html>log in to this network</html>"},
        {"error": "internal_error"},
        {"error": "fatal_error", "status": 500},
    ],
    ids=str,
)
async def test_a_message_without_a_clear_answer_is_uncertain(
    server: Slack, clients: SlackClient, fault: dict[str, object]
) -> None:
    server.fail("chat.postMessage", **fault)
    server.fail("conversations.open", **fault)
    with pytest.raises(Uncertain):
        await post(clients)
    with pytest.raises(TryLater):
        await clients.call("T1", "conversations.open", users="U1")
    assert len(server.calls) == 2


async def test_nobody_at_the_other_end_means_later() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        async with open_client(f"http://127.0.0.1:{taken.getsockname()[1]}/api/") as clients:
            with pytest.raises(TryLater, match="reached"):
                await post(clients)


HUGE = b'{"ok": true, "ts": "1.0", "rest": "%s"}' % (b"x" * 9 * 2**20)


@pytest.mark.parametrize("answer", [b"[1, 2]", b'"ok"', b"{", HUGE], ids=["list", "text", "cut", "huge"])
async def test_an_answer_that_makes_no_sense_is_uncertain(answer: bytes) -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(answer)}\r\n\r\n"
        writer.write(head.encode() + answer)
        writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as listener:
        port = listener.sockets[0].getsockname()[1]
        async with open_client(f"http://127.0.0.1:{port}/api/") as clients:
            with pytest.raises(Uncertain):
                await post(clients)


async def test_a_pause_holds_that_workspace_only(server: Slack) -> None:
    server.team("T2")
    server.bot("T2", token="xoxb-2", user="UBOT2")
    server.channel("C2", team="T2", members=("UBOT2",))
    ticks = FakeMonotonic()
    async with open_client(server.url, MemoryTokens({"T1": "xoxb-1", "T2": "xoxb-2"}), ticks) as clients:
        server.fail("chat.postMessage", retry_after=40)
        with pytest.raises(TryLater) as caught:
            await post(clients)
        assert caught.value.retry_after == 40
        for _ in range(3):
            with pytest.raises(TryLater):
                await post(clients)
        await post(clients, "T2", "C2")
        assert ticks.now == 1_000, "nobody waited"
        assert [call.token for call in server.calls] == ["xoxb-1", "xoxb-2"], "Slack is left alone"
        ticks.now += 40
        await post(clients)
    assert len(server.shown("C1")) == 1


@pytest.mark.parametrize("error", ["token_expired", "invalid_auth"])
async def test_a_token_that_is_refused_is_asked_for_anew(
    server: Slack, clients: SlackClient, keys: MemoryTokens, error: str
) -> None:
    server.bot("T1", token="xoxb-new")
    server.revoke("xoxb-1", error)
    keys.newer["T1"] = "xoxb-new"
    await post(clients)
    assert [call.token for call in server.calls] == ["xoxb-1", "xoxb-new"]
    assert len(server.shown("C1")) == 1


@pytest.mark.parametrize("error", ["token_expired", "invalid_auth", "token_revoked", "account_inactive"])
async def test_a_token_that_stays_refused_ends_the_installation(
    server: Slack, clients: SlackClient, error: str
) -> None:
    server.revoke("xoxb-1", error)
    with pytest.raises(Gone) as caught:
        await post(clients)
    assert caught.value.installation
    assert len(server.calls) == 1


async def test_a_fresh_token_is_asked_for_once(server: Slack, clients: SlackClient, keys: MemoryTokens) -> None:
    server.bot("T1", token="xoxb-new")
    for token in ("xoxb-1", "xoxb-new"):
        server.revoke(token, "token_expired")
    keys.newer["T1"] = "xoxb-new"
    with pytest.raises(Gone):
        await post(clients)
    assert len(server.calls) == 2


async def test_a_workspace_that_is_unknown_asks_nothing(server: Slack, clients: SlackClient) -> None:
    with pytest.raises(Gone) as caught:
        await post(clients, "T9")
    assert caught.value.installation
    assert server.calls == []


async def test_a_vault_that_fails_means_later(server: Slack) -> None:
    class Broken(MemoryTokens):
        async def get_token(self, workspace: str, *, rejected_token: str = "") -> str:
            raise StoreError("The disk is full.")

    async with open_client(server.url, Broken()) as clients:
        with pytest.raises(TryLater, match="disk is full"):
            await post(clients)
    assert server.calls == []


async def test_a_permission_that_is_lacking_is_named(server: Slack) -> None:
    server.bot("T1", token="xoxb-small", scopes={"chat:write"})
    async with open_client(server.url, MemoryTokens({"T1": "xoxb-small"})) as clients:
        with pytest.raises(Gone, match="“users:read”"):
            await clients.call("T1", "users.info", user="U1")


async def test_a_code_that_nobody_knows_is_logged_once(
    server: Slack, clients: SlackClient, caplog: pytest.LogCaptureFixture
) -> None:
    server.fail("chat.postMessage", error="brand_new_code", times=3)
    for _ in range(3):
        with pytest.raises(TryLater, match="brand_new_code"):
            await post(clients)
    assert caplog.text.count("brand_new_code") == 1


async def test_wrong_messages_are_our_own_bug(server: Slack, clients: SlackClient) -> None:
    with pytest.raises(Unsendable, match="msg_too_long"):
        await post(clients, text="x" * 40_001)


async def test_no_token_and_no_message_is_logged(
    server: Slack, clients: SlackClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    await post(clients, text="a quiet word")
    server.fail("chat.postMessage", error="brand_new_code")
    with pytest.raises(TryLater):
        await post(clients, text="a quiet word")
    assert "xoxb-" not in caplog.text
    assert "a quiet word" not in caplog.text


async def test_closing_waits_for_what_is_in_flight(server: Slack) -> None:
    ticks, let_go = FakeMonotonic(), asyncio.Event()
    clients = SlackClient(MemoryTokens(), server.url, RateLimiter(ticks, ticks.sleep), read_clock)
    server.fail("chat.postMessage", until=let_go)
    flying = asyncio.ensure_future(post(clients))
    await server.wait(lambda: server.calls)
    closing = asyncio.ensure_future(clients.close())
    let_go.set()
    await closing
    assert [one.ts for one in server.shown("C1")] == [await flying]


async def test_one_connection_serves_many_calls(server: Slack, clients: SlackClient) -> None:
    for _ in range(5):
        await clients.call("T1", "auth.test")
    assert clients._web_client
    session = clients._web_client.session
    assert session
    assert not session.closed
    await clients.close()
    assert session.closed


async def test_answers_and_calls_share_their_connections(server: Slack, clients: SlackClient) -> None:
    async def take(request: web.Request) -> web.Response:
        asked.append(request.transport)
        return web.Response(text="ok")

    asked = list[object]()
    application = web.Application()
    application.router.add_post("/hook", take)
    async with public_listener.serve(application, "127.0.0.1", 0) as url:
        for _ in range(3):
            await clients.post_to_response_url(f"{url}/hook", {"text": "Hello"})
        await post(clients)
        assert len(asked) == 3
        assert len(set(asked)) == 1
        await clients.close()


async def test_an_answer_that_slack_does_not_take_is_not_repeated(clients: SlackClient) -> None:
    async def refuse(_: web.Request) -> web.Response:
        asked.append("asked")
        return web.Response(status=500)

    asked = list[str]()
    application = web.Application()
    application.router.add_post("/hook", refuse)
    async with public_listener.serve(application, "127.0.0.1", 0) as url:
        with pytest.raises(Unsendable, match="HTTP 500"):
            await clients.post_to_response_url(f"{url}/hook", {"text": "Hello"})
        await clients.close()
    with pytest.raises(Unsendable, match="did not get through"):
        await clients.post_to_response_url(f"{url}/hook", {"text": "Hello"})
    assert asked == ["asked"]
