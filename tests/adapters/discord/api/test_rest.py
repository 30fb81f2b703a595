"""REST over sockets, with discord.py as it is."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest
from discord.http import Route

from adapters.discord.api import rest as api_rest
from adapters.discord.api.errors import DEFAULT_BAN_SECONDS
from adapters.discord.api.rate_limit import MAX_REQUESTS_PER_SECOND, RateLimiter
from adapters.discord.api.rest import RestClient
from adapters.discord.gateway.client import DiscordClient
from adapters.discord.interactions.requests import CALLBACK_ROUTE
from bot.errors import Gone, TryLater, Uncertain, Unsendable
from tests.adapters.discord.delivery_harness import EDIT, POST, TOKEN, list_calls, open_rest_client
from tests.fakes import FakeMonotonic
from tests.servers.discord import Discord

HISTORY = "GET /channels/{channel_id}/messages"


@pytest.fixture
async def rest(server: Discord) -> AsyncIterator[RestClient]:
    async with open_rest_client(server) as rest:
        yield rest


async def post(rest: RestClient, nonce: str = "n1", channel: str = "20", text: str = "Hello") -> str:
    body = {"content": text, "nonce": nonce, "enforce_nonce": True, "allowed_mentions": {"parse": []}}
    return str((await rest.call("POST", "/channels/{channel_id}/messages", json=body, channel_id=channel))["id"])


async def read(rest: RestClient) -> Any:
    return await rest.call("GET", "/channels/{channel_id}/messages", params={"limit": 5}, channel_id="20")


async def test_a_call_goes_out_once(server: Discord, rest: RestClient) -> None:
    identity = await post(rest)
    assert [(one.id, one.content) for one in server.shown("20")] == [(identity, "Hello")]
    assert list_calls(server) == [POST]
    assert [one["id"] for one in await read(rest)] == [identity]
    assert server.calls[-1].query == {"limit": "5"}
    assert rest.bot_user_id == "1"


@pytest.mark.parametrize("name", ["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY"])
async def test_the_environment_changes_nothing(
    server: Discord, rest: RestClient, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(name, "http://127.0.0.1:9")
    await post(rest)
    assert len(server.shown("20")) == 1


async def test_nothing_is_sent_before_the_bot_is_logged_in_and_after_it_left(server: Discord) -> None:
    client = DiscordClient(server.api, server.gateway)
    rest = RestClient(client, RateLimiter(time.monotonic))
    with pytest.raises(TryLater, match="not connected"):
        await post(rest)
    assert rest.bot_user_id == ""
    await client.login(TOKEN)
    await rest.close()
    await rest.close()
    with pytest.raises(TryLater, match="not connected"):
        await post(rest)
    assert server.shown("20") == []


# -- lost answers ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("drop", "posted"), [("after", 1), ("before", 0)])
async def test_a_lost_answer_is_uncertain_and_not_asked_for_again(
    server: Discord, rest: RestClient, drop: str, posted: int
) -> None:
    server.fail(POST, drop=drop)
    with pytest.raises(Uncertain):
        await post(rest)
    assert len(server.shown("20")) == posted
    assert list_calls(server) == [POST]


async def test_the_same_nonce_posts_once(server: Discord, rest: RestClient) -> None:
    server.fail(POST, drop="after")
    with pytest.raises(Uncertain):
        await post(rest)
    assert await post(rest) == server.shown("20")[0].id
    assert len(server.shown("20")) == 1
    server.later(server.nonce_seconds)
    await post(rest)
    assert len(server.shown("20")) == 2, "which is why messages are looked up by key"


async def test_what_only_asked_may_ask_again(server: Discord, rest: RestClient) -> None:
    # aiohttp itself asks once more on a connection that was used before.
    server.fail(HISTORY, drop="before", times=2)
    with pytest.raises(TryLater):
        await read(rest)


async def test_a_fault_that_passes_posts_once(server: Discord, rest: RestClient) -> None:
    server.fail(POST, status=502, body="<html>bad gateway</html>")
    await post(rest)
    assert len(server.shown("20")) == 1
    assert list_calls(server) == [POST, POST]


async def test_a_fault_that_discord_py_does_not_repeat_is_uncertain(server: Discord, rest: RestClient) -> None:
    server.fail(POST, status=503)
    with pytest.raises(Uncertain):
        await post(rest)
    assert list_calls(server) == [POST]


async def test_nobody_at_the_other_end_means_later(
    server: Discord, rest: RestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        monkeypatch.setattr(Route, "BASE", f"http://127.0.0.1:{taken.getsockname()[1]}/api/v10")
        with pytest.raises(TryLater, match="reached"):
            await post(rest)


async def test_a_call_takes_bounded_time(server: Discord, rest: RestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api_rest, "TIMEOUT_SECONDS", 0.1)
    let_go = asyncio.Event()
    server.fail(POST, until=let_go)
    with pytest.raises(Uncertain, match="Timeout"):
        await post(rest)
    let_go.set()
    await server.wait(lambda: server.shown("20"))


# -- too fast ----------------------------------------------------------------------------------------------------------


async def test_a_routes_limit_is_kept_by_its_headers(server: Discord, rest: RestClient) -> None:
    server.limits(POST, 3, 1)
    await asyncio.gather(*(post(rest, f"n{number}") for number in range(5)))
    assert len(server.shown("20")) == 5
    assert [call.status for call in server.calls] == [200] * 5, "nothing was refused"


async def test_a_refusal_for_one_route_is_waited_for(server: Discord, rest: RestClient) -> None:
    server.fail(POST, status=429, retry_after=0.1)
    await post(rest)
    assert [call.status for call in server.calls] == [429, 200]
    assert rest._rate_limiter.rate == MAX_REQUESTS_PER_SECOND


async def test_a_refusal_for_all_is_waited_for_by_all_and_slows_them_down(server: Discord) -> None:
    ticks = FakeMonotonic()
    async with open_rest_client(server, ticks) as rest:
        server.fail(POST, status=429, globally=True, retry_after=0.3)
        first = asyncio.create_task(post(rest))
        async with asyncio.timeout(5):
            while rest._rate_limiter.rate == MAX_REQUESTS_PER_SECOND:  # the answer is on its way
                await asyncio.sleep(0.001)
        await asyncio.gather(first, post(rest, "n2"), read(rest))
        assert [call.status for call in server.calls] == [429, 200, 200, 200]
        assert server.calls[1].at - server.calls[0].at >= 0.3
        assert rest._rate_limiter.rate == pytest.approx(MAX_REQUESTS_PER_SECOND * 0.8)
        ticks.now += 600
        await read(rest)
        assert rest._rate_limiter.rate == MAX_REQUESTS_PER_SECOND


async def test_a_long_pause_is_the_ledgers(server: Discord, rest: RestClient) -> None:
    server.fail(POST, status=429, retry_after=300)
    with pytest.raises(TryLater) as caught:
        await post(rest)
    assert caught.value.retry_after == 300
    assert server.shown("20") == []


async def test_who_is_interrupted_in_a_pause_for_all_holds_nobody_up(
    server: Discord, rest: RestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.fail(POST, status=429, globally=True, retry_after=20)
    with monkeypatch.context() as hurried:
        hurried.setattr(api_rest, "TIMEOUT_SECONDS", 0.2)
        with pytest.raises(Uncertain):
            await post(rest)
    assert await asyncio.wait_for(post(rest, "n2"), 2)


async def test_a_machine_that_is_kept_out_asks_nothing_for_long(server: Discord) -> None:
    ticks = FakeMonotonic()
    async with open_rest_client(server, ticks) as rest:
        server.fail("*", status=429, body="<html>error 1015</html>")
        for _ in range(5):
            with pytest.raises(TryLater) as caught:
                await post(rest)
            assert caught.value.retry_after == DEFAULT_BAN_SECONDS
        assert list_calls(server) == [POST]
        ticks.now += DEFAULT_BAN_SECONDS
        await post(rest)


@pytest.mark.parametrize(
    ("headers", "body", "seconds"),
    [
        ({"Retry-After": "40"}, "<html>error 1015</html>", 40),
        ({"Retry-After": "40"}, '{"retry_after": 7.5}', 40),
        ({}, '{"message": "You are being rate limited.", "retry_after": 7.5, "global": false}', 7.5),
        ({"Retry-After": "0"}, "", 1),
        ({"Retry-After": "999999"}, "", 3600),
        ({"Retry-After": "Wed, 21 Oct 2026 07:28:00 GMT"}, "<html></html>", DEFAULT_BAN_SECONDS),
    ],
)
async def test_what_keeps_a_machine_out_says_for_how_long(
    server: Discord, caplog: pytest.LogCaptureFixture, headers: dict[str, str], body: str, seconds: float
) -> None:
    ticks = FakeMonotonic()
    async with open_rest_client(server, ticks) as rest:
        server.fail("*", status=429, body=body, headers=headers, times=2)
        told = await asyncio.gather(post(rest), post(rest, "n2"), return_exceptions=True)
        assert [getattr(each, "retry_after", 0) for each in told] == pytest.approx([seconds] * 2, abs=0.1)
        assert caplog.text.count("keeps this machine out") == 1
        ticks.now += seconds
        await post(rest)


# -- refusals ----------------------------------------------------------------------------------------------------------


async def test_a_token_that_is_turned_down_costs_no_channel(server: Discord, rest: RestClient) -> None:
    server.fail("*", status=401, code=0)
    with pytest.raises(TryLater) as caught:
        await post(rest)
    assert caught.value.retry_after >= 600


async def test_what_is_refused_says_so_once_in_the_log(
    server: Discord, rest: RestClient, caplog: pytest.LogCaptureFixture
) -> None:
    server.fail(POST, code=99999, times=3)
    for _ in range(3):
        with pytest.raises(TryLater, match="99999"):
            await post(rest)
    assert caplog.text.count("99999") == 1


async def test_each_kind_of_refusal_over_the_socket(server: Discord, rest: RestClient) -> None:
    with pytest.raises(Gone):
        await post(rest, channel="404")
    with pytest.raises(Unsendable, match="2000"):
        await post(rest, text="x" * 2001)
    server.violations.clear()
    with pytest.raises(Unsendable):
        await rest.call(*EDIT.split(" "), json={"content": "x"}, channel_id="20", message_id="404")


async def test_no_token_and_no_message_is_logged(
    server: Discord, rest: RestClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    await post(rest, text="a quiet word")
    server.fail(POST, code=99999)
    with pytest.raises(TryLater):
        await post(rest, text="a quiet word")
    assert TOKEN not in caplog.text
    assert "a quiet word" not in caplog.text


async def test_answers_to_people_wait_for_no_turn(server: Discord) -> None:
    ticks = FakeMonotonic()
    async with open_rest_client(server, ticks) as rest:
        for number in range(20):
            with pytest.raises(Unsendable):
                await rest.call(
                    "POST", CALLBACK_ROUTE, json={"type": 5}, rate_limited=False, webhook_id=number, webhook_token="t"
                )
        assert ticks.now == 1_000
        for _ in range(20):
            await rest.call("GET", "/users/@me")
        assert ticks.now > 1_000


async def test_closing_waits_for_what_is_in_flight(server: Discord) -> None:
    let_go = asyncio.Event()
    async with open_rest_client(server) as rest:
        server.fail(POST, until=let_go)
        flying = asyncio.create_task(post(rest))
        await server.wait(lambda: server.calls)
        closing = asyncio.create_task(rest.close())
        let_go.set()
        await closing
        assert [one.id for one in server.shown("20")] == [await flying]
