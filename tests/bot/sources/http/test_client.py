"""The polite client against a real server: time, bytes, retries, distance, conditions, and the circuit."""

from __future__ import annotations

import asyncio
import logging
import tracemalloc
from collections.abc import Callable
from datetime import timedelta
from email.utils import format_datetime

import pytest

from bot.errors import Malformed, SourceDown, SourceRefused
from bot.ports.sources import SourceState
from bot.sources.arxiv.source import POLICY as ARXIV
from bot.sources.http.client import SourceClient
from bot.sources.http.policies import format_duration, parse_retry_after
from bot.sources.huggingface.source import POLICY as HUGGING_FACE
from tests.bot.sources.fakes import Clock, Memory
from tests.servers.sources import DAILY, Sources, bomb, drip, raw, status, truncated, value

Make = Callable[..., SourceClient]


def read(body: bytes) -> bytes:
    return body


async def test_says_who_it_is(server: Sources, polite: Make) -> None:
    await polite().get(server.url + DAILY, {}, read)
    assert server.log[0].headers["User-Agent"] == "Broadsheet/1.2.3 (+https://github.com/broadsheet-bot/broadsheet)"


async def test_ignores_the_environments_proxy(server: Sources, polite: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    assert (await polite().get(server.url + DAILY, {}, read)).content


@pytest.mark.parametrize("fault", [status(500), status(503), status(408), truncated()])
async def test_tries_again_after_what_may_pass(server: Sources, polite: Make, fault: object) -> None:
    server.answer(DAILY, fault, raw(b"[]"))  # type: ignore[arg-type]  # an Answer
    assert (await polite().get(server.url + DAILY, {}, read)).content == b"[]"
    assert len(server.log) == 2


async def test_gives_up_after_the_last_attempt(server: Sources, polite: Make, memory: Memory) -> None:
    server.always(DAILY, status(502))
    with pytest.raises(
        SourceDown, match=r"^Hugging Face answered with an error \(HTTP 502\); it is asked again later\.$"
    ):
        await polite().get(server.url + DAILY, {}, read)
    assert len(server.log) == 3
    assert (await memory.get_state("huggingface")).failures == 1


async def test_nobody_listens(polite: Make) -> None:
    with pytest.raises(SourceDown, match=r"^Hugging Face can’t be reached; it is asked again later\.$"):
        await polite().get("http://127.0.0.1:9/", {}, read)


@pytest.mark.parametrize("code", [400, 404])
async def test_a_refusal_is_final_and_no_failure(server: Sources, polite: Make, memory: Memory, code: int) -> None:
    server.always(DAILY, status(code))
    with pytest.raises(SourceRefused, match=f"HTTP {code}"):
        await polite().get(server.url + DAILY, {}, read)
    assert len(server.log) == 1
    assert (await memory.get_state("huggingface")).failures == 0


@pytest.mark.parametrize("code", [401, 403, 410, 451])
async def test_a_source_that_turns_us_away_is_down(server: Sources, polite: Make, memory: Memory, code: int) -> None:
    server.always(DAILY, status(code))
    with pytest.raises(SourceDown, match=rf"^Hugging Face turned the request down \(HTTP {code}\)\.$"):
        await polite().get(server.url + DAILY, {}, read)
    assert len(server.log) == 1
    assert (await memory.get_state("huggingface")).failures == 1


@pytest.mark.parametrize("code", [204, 206])
async def test_a_status_that_means_nothing(server: Sources, polite: Make, code: int) -> None:
    server.always(DAILY, status(code))
    with pytest.raises(Malformed, match=f"HTTP {code}"):
        await polite().get(server.url + DAILY, {}, read)


async def test_a_slow_drip_ends_at_the_deadline(server: Sources, polite: Make) -> None:
    server.always(DAILY, drip())
    started = asyncio.get_running_loop().time()
    with pytest.raises(SourceDown, match=r"did not answer within 0\.3 s"):
        await polite(deadline=0.3, attempt_timeout=5.0).get(server.url + DAILY, {}, read)
    assert asyncio.get_running_loop().time() - started < 2


async def test_each_attempt_has_its_own_time(server: Sources, polite: Make) -> None:
    server.answer(DAILY, drip())
    page = await polite(attempt_timeout=0.2).get(server.url + DAILY, {}, read)
    assert page.content
    assert len(server.log) == 2


async def test_a_flood_is_stopped_early(server: Sources, polite: Make, memory: Memory) -> None:
    server.always(DAILY, server.flood(200_000_000))
    tracemalloc.start()
    with pytest.raises(Malformed, match=r"^Hugging Face sent more than 2 MB; it was not used\.$"):
        await polite(max_bytes=2_000_000).get(server.url + DAILY, {}, read)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(server.log) == 1
    assert server.sent < 20_000_000  # what the cap let through and what the sockets hold
    assert peak < 20_000_000
    assert (await memory.get_state("huggingface")).failures == 1


async def test_a_bomb_does_not_go_off(server: Sources, polite: Make) -> None:
    server.always(DAILY, bomb(200_000_000))
    tracemalloc.start()
    with pytest.raises(Malformed, match="more than 2 MB"):
        await polite(max_bytes=2_000_000).get(server.url + DAILY, {}, read)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 20_000_000


async def test_packed_answers_are_unpacked(server: Sources, polite: Make) -> None:
    server.always(DAILY, bomb(10))
    assert (await polite().get(server.url + DAILY, {}, read)).content == b"[" + b" " * 10 + b"]"


@pytest.mark.parametrize("packing", ["gzip", "br"])
async def test_what_can_not_be_unpacked_is_broken(server: Sources, polite: Make, packing: str) -> None:
    server.always(DAILY, raw(b"\x1f\x8b\x08\x00not really", headers={"Content-Encoding": packing}))
    with pytest.raises(SourceDown, match="broke off its answer"):
        await polite().get(server.url + DAILY, {}, read)


async def test_follows_the_same_host_only(server: Sources, polite: Make) -> None:
    server.answer(DAILY, status(302, {"Location": "/elsewhere"}))
    server.always("/elsewhere", raw(b"here"))
    assert (await polite().get(server.url + DAILY, {}, read)).content == b"here"
    server.answer(DAILY, status(301, {"Location": "http://127.0.0.2:1/secret"}))
    with pytest.raises(Malformed, match=r"sends us on to 127\.0\.0\.2, which is not followed"):
        await polite().get(server.url + DAILY, {}, read)
    server.always(DAILY, status(302, {"Location": DAILY}))
    with pytest.raises(Malformed, match="round in circles"):
        await polite().get(server.url + DAILY, {}, read)


class TestWaiting:
    async def test_as_long_as_it_is_told(self, server: Sources, polite: Make, clock: Clock) -> None:
        later = format_datetime(clock.now + timedelta(seconds=13), usegmt=True)
        server.answer(DAILY, status(429, {"Retry-After": "7"}), status(503, {"Retry-After": later}))
        await polite().get(server.url + DAILY, {}, read)
        assert clock.slept == [7, 13 - 7]

    async def test_by_hugging_faces_own_header(self, server: Sources, polite: Make, clock: Clock) -> None:
        server.answer(DAILY, status(429, {"RateLimit": '"api";r=0;t=11'}))
        await polite().get(server.url + DAILY, {}, read)
        assert clock.slept == [11]

    @pytest.mark.parametrize(("asked", "named"), [("600", "10 min"), ("864000", "60 min"), ("9" * 18, "60 min")])
    async def test_not_longer_than_there_is_time(
        self, server: Sources, polite: Make, memory: Memory, asked: str, named: str
    ) -> None:
        server.always(DAILY, status(429, {"Retry-After": asked}))
        with pytest.raises(SourceDown, match=rf"^Hugging Face asks for a pause of {named}; it is asked again at 1\d:"):
            await polite().get(server.url + DAILY, {}, read)
        assert len(server.log) == 1
        until = (await memory.get_state("huggingface")).open_until
        assert until
        assert timedelta(0) < until - Clock().now <= timedelta(hours=1)  # nobody slept

    async def test_never_asks_before_the_pause_is_over(self, server: Sources, polite: Make, clock: Clock) -> None:
        server.answer(DAILY, status(429, {"Retry-After": "600"}))
        client = polite()
        with pytest.raises(SourceDown):
            await client.get(server.url + DAILY, {}, read)
        clock.pass_(seconds=599)
        with pytest.raises(SourceDown, match=r"is left alone until 12:10 UTC"):
            await client.get(server.url + DAILY, {}, read)
        clock.pass_(seconds=2)
        await client.get(server.url + DAILY, {}, read)
        assert len(server.log) == 2

    async def test_a_429_rests_arxiv_for_a_quarter_of_an_hour(
        self, server: Sources, polite: Make, clock: Clock, memory: Memory
    ) -> None:
        server.answer(DAILY, status(429))
        with pytest.raises(SourceDown, match=r"^arXiv asks for a pause of 15 min; it is asked again at 12:15 UTC\.$"):
            await polite(ARXIV).get(server.url + DAILY, {}, read)
        assert len(server.log) == 1
        assert (await memory.get_state("arxiv")).open_until == clock.now + timedelta(minutes=15)

    @pytest.mark.parametrize("header", ["", "soon", "-5", "1e9", "Mon, 99 Foo", "12.5"])
    def test_nonsense_says_nothing(self, clock: Clock, header: str) -> None:
        assert parse_retry_after({"retry-after": header}, clock.now) is None

    def test_a_moment_that_is_past_is_now(self, clock: Clock) -> None:
        assert parse_retry_after({"retry-after": "Wed, 21 Oct 2015 07:28:00 GMT"}, clock.now) == 0

    @pytest.mark.parametrize(("seconds", "text"), [(40, "40 s"), (900, "15 min"), (10_800, "3 h"), (864_000, "10 d")])
    def test_is_named_in_words(self, seconds: float, text: str) -> None:
        assert format_duration(seconds) == text


class TestDistance:
    async def test_three_seconds_between_requests(self, server: Sources, polite: Make, clock: Clock) -> None:
        client = polite(ARXIV)
        await asyncio.gather(*(client.get(server.url + DAILY, {"p": str(n)}, read) for n in range(3)))
        assert clock.slept == [3, 3]
        clock.pass_(seconds=2)
        await client.get(server.url + DAILY, {}, read)
        assert clock.slept[2:] == [1]

    async def test_holds_for_retries_too(self, server: Sources, polite: Make, clock: Clock) -> None:
        server.answer(DAILY, status(500), status(500))
        await polite(ARXIV).get(server.url + DAILY, {}, read)
        assert clock.slept == [3, 3]

    async def test_a_clock_set_back_costs_no_more_than_the_spacing(
        self, server: Sources, polite: Make, clock: Clock
    ) -> None:
        client = polite(ARXIV)
        await client.get(server.url + DAILY, {}, read)
        clock.pass_(hours=-5)
        await client.get(server.url + DAILY, {}, read)
        assert clock.slept == [3]

    async def test_one_connection_at_a_time(self, server: Sources, polite: Make) -> None:
        server.answer(DAILY, drip())
        client = polite(ARXIV, attempt_timeout=0.2, max_attempts=1)
        first, second = await asyncio.gather(
            client.get(server.url + DAILY, {}, read), client.get(server.url + DAILY, {}, read), return_exceptions=True
        )
        assert isinstance(first, SourceDown)
        assert not isinstance(second, BaseException)
        assert server.log[1].at - server.log[0].at >= 0.1

    async def test_hugging_face_needs_none(self, server: Sources, polite: Make, clock: Clock) -> None:
        client = polite()
        for _ in range(3):
            await client.get(server.url + DAILY, {}, read)
        assert clock.slept == []


class TestConditions:
    async def test_an_etag_spares_the_body(self, server: Sources, polite: Make, memory: Memory) -> None:
        client = polite()
        page = await client.get(server.url + DAILY, {"date": "2026-02-09"}, read, conditional=True)
        assert not page.unchanged
        await memory.save_validators(page.url, page.validators)
        again = await client.get(server.url + DAILY, {"date": "2026-02-09"}, read, conditional=True)
        assert again.unchanged
        assert again.content is None
        assert server.log[1].headers["If-None-Match"] == memory.urls[page.url].etag

    async def test_a_digest_does_where_there_is_no_etag(self, server: Sources, polite: Make, memory: Memory) -> None:
        server.etags = False
        client = polite()
        page = await client.get(server.url + DAILY, {}, read, conditional=True)
        await memory.save_validators(page.url, page.validators)
        assert (await client.get(server.url + DAILY, {}, read, conditional=True)).unchanged
        server.answer(DAILY, value(["other"]))
        assert not (await client.get(server.url + DAILY, {}, read, conditional=True)).unchanged

    async def test_last_modified_is_sent_back(self, server: Sources, polite: Make, memory: Memory) -> None:
        stamp = "Tue, 10 Feb 2026 05:00:00 GMT"
        server.answer(DAILY, raw(b"[]", headers={"Last-Modified": stamp}))
        client = polite()
        page = await client.get(server.url + DAILY, {}, read, conditional=True)
        await memory.save_validators(page.url, page.validators)
        await client.get(server.url + DAILY, {}, read, conditional=True)
        assert server.log[1].headers["If-Modified-Since"] == stamp


class TestCircuit:
    async def fail(self, client: SourceClient, url: str, times: int) -> None:
        for _ in range(times):
            with pytest.raises(SourceDown):
                await client.get(url, {}, read)

    async def test_opens_after_five_failures_and_says_until_when(
        self, server: Sources, polite: Make, clock: Clock, memory: Memory
    ) -> None:
        server.always(DAILY, status(500))
        client = polite(max_attempts=1)
        await self.fail(client, server.url + DAILY, 5)
        with pytest.raises(SourceDown, match=r"^Hugging Face is left alone until 12:05 UTC \(.*HTTP 500.*\)\.$"):
            await client.get(server.url + DAILY, {}, read)
        assert len(server.log) == 5
        assert (await memory.get_state("huggingface")).open_until == clock.now + timedelta(minutes=5)

    async def test_half_open_lets_one_through(
        self, server: Sources, polite: Make, clock: Clock, memory: Memory
    ) -> None:
        server.always(DAILY, status(500))
        client = polite(max_attempts=1)
        await self.fail(client, server.url + DAILY, 5)
        clock.pass_(minutes=5)
        await self.fail(client, server.url + DAILY, 3)
        assert len(server.log) == 6  # the probe; then it is open again
        clock.pass_(minutes=5)
        server.always(DAILY, None)
        await client.get(server.url + DAILY, {}, read)
        assert await memory.get_state("huggingface") == SourceState(
            "huggingface", succeeded=clock.now, failed=clock.now - timedelta(minutes=5)
        )

    async def test_survives_a_restart(self, server: Sources, polite: Make) -> None:
        server.always(DAILY, status(500))
        await self.fail(polite(max_attempts=1), server.url + DAILY, 5)
        with pytest.raises(SourceDown, match="left alone"):
            await polite(max_attempts=1).get(server.url + DAILY, {}, read)
        assert len(server.log) == 5

    async def test_a_success_starts_the_count_anew(self, server: Sources, polite: Make, memory: Memory) -> None:
        client = polite(max_attempts=1)
        for _ in range(3):
            server.answer(DAILY, *[status(500)] * 4)
            await self.fail(client, server.url + DAILY, 4)
            await client.get(server.url + DAILY, {}, read)
        assert (await memory.get_state("huggingface")).failures == 0

    async def test_each_source_has_its_own(self, server: Sources, polite: Make) -> None:
        server.answer(DAILY, *[status(500)] * 5)
        await self.fail(polite(max_attempts=1), server.url + DAILY, 5)
        assert (await polite(ARXIV).get(server.url + DAILY, {}, read)).content

    async def test_a_cancelled_request_is_nobodys_failure(self, server: Sources, polite: Make, memory: Memory) -> None:
        server.answer(DAILY, drip())
        client = polite(HUGGING_FACE, max_connections=1)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(client.get(server.url + DAILY, {}, read), 0.2)
        assert memory.known == {}
        assert (await client.get(server.url + DAILY, {}, read)).content  # and its turn is free again


async def test_what_people_search_for_is_not_logged(
    server: Sources, polite: Make, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    server.answer(DAILY, status(500))
    await polite().get(server.url + DAILY, {"q": "my-secret-idea"}, read)
    assert "my-secret-idea" not in caplog.text
