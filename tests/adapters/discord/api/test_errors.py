"""Every way in which Discord can refuse, and what the ledger is told."""

from __future__ import annotations

import re
from pathlib import Path
from types import SimpleNamespace

import aiohttp
import discord
import pytest

from adapters.discord.api.error_codes import (
    CHANNEL_ERRORS,
    ERROR_GROUPS,
    GUILD_ERRORS,
    HISTORY_ERRORS,
    MESSAGE_ERRORS,
    REQUEST_ERRORS,
    THREAD_ERRORS,
    TRANSIENT_ERRORS,
)
from adapters.discord.api.errors import UnknownErrorCode, get_error_code, translate_error
from bot.errors import Gone, TryLater, Uncertain, Unsendable
from tests.adapters.discord.delivery_harness import build_refusal
from tests.servers.discord.codes import CODES

SHARED = Path(__file__).parents[4] / "../shared"


def groups_of(number: int) -> list[str]:
    return [name for name, codes in ERROR_GROUPS.items() if number in codes]


def recorded() -> set[int]:
    """Return every error code of Discord that the recorded facts name."""
    facts = SHARED / "facts/platforms.md"
    if not facts.is_file():
        pytest.skip("The recorded facts are not beside the repository.")
    text = facts.read_text(encoding="utf-8")
    listed = text[text.index("Give up on this channel: 10003") : text.index("## Libraries")]
    listed = re.sub(r"10,000|\bgateway \d+", " ", listed)
    return {int(number) for number in re.findall(r"\b\d{5,6}\b", listed)}


def test_every_recorded_code_is_in_exactly_one_group() -> None:
    codes = recorded()
    assert {10003, 50013, 50278, 10008, 10004, 50035, 240000, 40060, 20016, 30046} <= codes
    assert {number: groups_of(number) for number in codes if len(groups_of(number)) != 1} == {}


def test_every_code_of_the_server_on_loopback_is_in_exactly_one_group() -> None:
    assert {number: groups_of(number) for number in CODES if len(groups_of(number)) != 1} == {}


def test_what_discord_says_beyond_that_of_replies_direct_messages_and_the_names_of_posts_is_in_a_group() -> None:
    said = {160002: "channel", 40003: "later", 40006: "later", 200001: "ours"}
    assert {number: groups_of(number) for number in said} == {number: [group] for number, group in said.items()}


def test_no_code_is_in_two_groups() -> None:
    every = [number for codes in ERROR_GROUPS.values() for number in codes]
    assert sorted(every) == sorted(set(every))
    assert set(CHANNEL_ERRORS) > THREAD_ERRORS | HISTORY_ERRORS


@pytest.mark.parametrize("number", sorted(CHANNEL_ERRORS))
def test_a_channel_that_is_gone_has_a_reason_for_people(number: int) -> None:
    told = translate_error(build_refusal(number, 403), writes=True)
    assert isinstance(told, Gone)
    assert not told.installation
    said = str(told.reason)
    assert re.fullmatch(r"([a-z]|Broadsheet |Discord ).*[^.]", said), "it stands in the middle of a sentence"
    assert not re.search(r"\d{3}", said)


@pytest.mark.parametrize("number", sorted(GUILD_ERRORS))
def test_a_server_that_is_gone_takes_its_channels_with_it(number: int) -> None:
    told = translate_error(build_refusal(number, 404), writes=True)
    assert isinstance(told, Gone)
    assert told.installation


@pytest.mark.parametrize("number", sorted(MESSAGE_ERRORS | REQUEST_ERRORS))
def test_a_message_that_is_refused_never_costs_the_channel(number: int) -> None:
    assert isinstance(translate_error(build_refusal(number), writes=True), Unsendable)


def test_what_is_wrong_is_named() -> None:
    answer = build_refusal(50035)
    answer.text = "Invalid Form Body\nIn content: Must be 2000 or fewer in length."
    assert "In content: Must be 2000" in str(translate_error(answer, writes=True))


@pytest.mark.parametrize("number", sorted(TRANSIENT_ERRORS))
@pytest.mark.parametrize("status", [400, 403, 429, 500])
def test_what_passes_is_asked_again(number: int, status: int) -> None:
    told = translate_error(build_refusal(number, status), writes=True)
    assert isinstance(told, TryLater)
    assert told.retry_after == 30


@pytest.mark.parametrize(
    "turned_down",
    [
        build_refusal(0, 401),
        build_refusal(40001, 401),
        build_refusal(50014, 401),
        build_refusal(0, 403, text="<html>denied</html>"),
    ],
    ids=repr,
)
def test_a_token_that_is_turned_down_costs_no_channel(turned_down: discord.HTTPException) -> None:
    told = translate_error(turned_down, writes=True)
    assert isinstance(told, TryLater)
    assert told.retry_after >= 600


def test_a_machine_that_is_kept_out_asks_nothing_for_long() -> None:
    told = translate_error(build_refusal(status=429, via=False, text="<html>error 1015</html>"), writes=True)
    assert isinstance(told, TryLater)
    assert told.retry_after >= 600


def test_who_was_too_fast_five_times_asks_again_soon() -> None:
    told = translate_error(build_refusal(status=429), writes=True)
    assert isinstance(told, TryLater)
    assert told.retry_after == 30


@pytest.mark.parametrize(("asked", "waited"), [(0.2, 1), (45, 45), (900, 900), (1e9, 3600)])
def test_a_long_pause_is_as_long_as_asked_within_reason(asked: float, waited: float) -> None:
    told = translate_error(discord.RateLimited(asked), writes=True)
    assert isinstance(told, TryLater)
    assert told.retry_after == waited


@pytest.mark.parametrize(
    "broken",
    [
        build_refusal(status=500),
        build_refusal(status=502, text="<html>bad gateway</html>"),
        build_refusal(status=503, text="<html>error</html>"),
        aiohttp.ServerDisconnectedError(),
        aiohttp.ClientOSError(104, "reset"),
        aiohttp.ClientPayloadError("cut short"),
        TimeoutError(),
        KeyError("retry_after"),
    ],
    ids=repr,
)
def test_what_may_have_been_written_is_uncertain_and_what_only_asked_may_ask_again(broken: Exception) -> None:
    assert isinstance(translate_error(broken, writes=True), Uncertain)
    assert isinstance(translate_error(broken, writes=False), TryLater)


@pytest.mark.parametrize(
    "unreached",
    [
        aiohttp.ClientConnectorError(SimpleNamespace(host="x", port=443, ssl=True), OSError(111, "refused")),  # type: ignore[arg-type]
        aiohttp.ConnectionTimeoutError("no connection"),
    ],
    ids=repr,
)
def test_where_no_connection_was_made_nothing_was_written(unreached: Exception) -> None:
    assert isinstance(translate_error(unreached, writes=True), TryLater)


@pytest.mark.parametrize(
    "answer", [build_refusal(99999), build_refusal(99999, 403), build_refusal(0, 404), build_refusal(0, 400)], ids=repr
)
def test_an_unknown_refusal_posted_nothing_and_is_tried_again(answer: discord.HTTPException) -> None:
    told = translate_error(answer, writes=True)
    assert isinstance(told, UnknownErrorCode)
    assert told.retry_after >= 60


def test_discords_own_number_is_read_through_what_was_raised_from_it() -> None:
    told = translate_error(build_refusal(10003, 404), writes=True)
    assert get_error_code(told) == 0
    told.__cause__ = build_refusal(10003, 404)
    assert get_error_code(told) == 10003
    assert get_error_code(None) == 0
    assert get_error_code(TimeoutError()) == 0
