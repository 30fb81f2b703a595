"""Every way in which Slack can refuse, and what the ledger is told."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError, SlackRequestError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from adapters.slack.api.error_codes import CHANNEL_ERRORS, ERROR_GROUPS, INSTALLATION_ERRORS, STALE_TOKEN_ERRORS
from adapters.slack.api.errors import RateLimited, UnknownErrorCode, get_error_code, translate_error
from bot.errors import Gone, TryLater, Uncertain, Unsendable

SHARED = Path(__file__).parents[4] / "../shared"
POST = "chat.postMessage"


def refused(error: str = "", status: int = 200, headers: Mapping[str, str] | None = None, **body: Any) -> SlackApiError:
    """Return what the SDK raises for an answer."""
    answer = AsyncSlackResponse(
        client=AsyncWebClient(),
        http_verb="POST",
        api_url=POST,
        req_args={},
        data={"ok": False, "error": error, **body} if error else {},
        headers=dict(headers or {}),
        status_code=status,
    )
    return raised(answer)


def raised(answer: Any) -> SlackApiError:
    error: SlackApiError = SlackApiError("refused", answer)  # type: ignore[no-untyped-call]
    return error


def groups_of(error: str) -> list[str]:
    return [name for name, codes in ERROR_GROUPS.items() if error in codes]


def recorded() -> set[str]:
    """Return every error code that the recorded facts and payloads name."""
    facts, payloads = SHARED / "facts/platforms.md", SHARED / "data/fixtures/bolt_python"
    if not facts.is_file():
        pytest.skip("The recorded facts are not beside the repository.")
    text = facts.read_text(encoding="utf-8")
    listed = text[text.index("Give up on this **channel**") : text.index("### Discord")]
    listed = re.sub(r"\*\*.*?\*\*|\(.*?\)|bolt mocks|chat\.update|SAR", " ", listed, flags=re.DOTALL)
    named = set(re.findall(r"\b(?:[a-z]+_[a-z_]+|ratelimited)\b", listed))
    for payload in payloads.rglob("*.json"):
        named |= set(re.findall(r'"error":\s*"([a-z_]+)"', payload.read_text(encoding="utf-8")))
    return named


def test_every_recorded_code_is_in_exactly_one_group() -> None:
    codes = recorded()
    assert {"is_archived", "token_expired", "fatal_error", "ratelimited", "no_text", "is_inactive"} <= codes
    assert {error: groups_of(error) for error in codes if len(groups_of(error)) != 1} == {}


def test_no_code_is_in_two_groups() -> None:
    every = [error for codes in ERROR_GROUPS.values() for error in codes]
    assert sorted(every) == sorted(set(every))
    assert set(INSTALLATION_ERRORS) > STALE_TOKEN_ERRORS


@pytest.mark.parametrize("error", sorted(CHANNEL_ERRORS))
def test_a_channel_that_is_gone_has_a_reason_for_people(error: str) -> None:
    told = translate_error(refused(error), POST)
    assert isinstance(told, Gone)
    assert not told.installation
    assert error not in str(told.reason)
    assert re.fullmatch(r"([a-z]|Slack ).*[^.]", str(told.reason)), "it stands in the middle of a sentence"


@pytest.mark.parametrize("error", sorted(INSTALLATION_ERRORS))
def test_an_installation_that_is_gone_has_a_reason_for_people(error: str) -> None:
    told = translate_error(refused(error), POST)
    assert isinstance(told, Gone)
    assert told.installation
    assert "_" not in str(told.reason)


@pytest.mark.parametrize(
    ("needed", "named"), [("chat:write", True), ("channels:read,groups:read", True), ("<!channel>", False), ("", False)]
)
def test_a_permission_that_is_lacking_is_named(needed: str, *, named: bool) -> None:
    told = str(translate_error(refused("missing_scope", needed=needed), POST))
    assert ("“" in told) is named
    assert "<" not in told


@pytest.mark.parametrize("error", ["message_not_found", "edit_window_closed", "cant_update_message", "is_inactive"])
def test_an_edit_that_is_refused_never_costs_the_channel(error: str) -> None:
    assert isinstance(translate_error(refused(error), "chat.update"), Unsendable)


@pytest.mark.parametrize("error", ["invalid_blocks", "msg_too_long", "msg_blocks_too_long", "no_text"])
def test_a_wrong_message_is_our_own_bug(error: str) -> None:
    told = translate_error(
        refused(error, response_metadata={"messages": ["[ERROR] too long [json-pointer:/blocks/3]"]}), POST
    )
    assert isinstance(told, Unsendable)
    assert "/blocks/3" in str(told)


@pytest.mark.parametrize(
    "broken",
    [
        refused("internal_error"),
        refused("fatal_error", 500),
        refused("request_timeout"),
        refused("service_unavailable", 503),
        refused(status=502),
        refused(status=200),
        raised(SimpleNamespace(status=500, headers={})),
        aiohttp.ServerDisconnectedError(),
        aiohttp.ClientOSError(104, "reset"),
        aiohttp.ClientPayloadError("cut short"),
        TimeoutError(),
        AttributeError("'list' object has no attribute 'get'"),
    ],
    ids=repr,
)
def test_what_may_have_been_written_is_uncertain_and_what_only_asked_may_ask_again(broken: Exception) -> None:
    assert isinstance(translate_error(broken, POST), Uncertain)
    assert isinstance(translate_error(broken, "chat.update"), Uncertain)
    assert isinstance(translate_error(broken, "conversations.open"), TryLater)


@pytest.mark.parametrize(
    "unreached",
    [
        aiohttp.ClientConnectorError(SimpleNamespace(host="slack.com", port=443, ssl=True), OSError(111, "refused")),  # type: ignore[arg-type]
        aiohttp.ConnectionTimeoutError("no connection"),
    ],
    ids=repr,
)
def test_where_no_connection_was_made_nothing_was_written(unreached: Exception) -> None:
    assert isinstance(translate_error(unreached, POST), TryLater)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("7", 7), (" 7 ", 7), ("0", 1), ("", 30), ("soon", 30), ("-5", 30), ("nan", 30), ("٣", 30), ("9" * 400, 3600)],
)
def test_a_pause_is_as_long_as_asked_within_reason(header: str, seconds: float) -> None:
    told = translate_error(refused("ratelimited", 429, {"Retry-After": header}), POST)
    assert isinstance(told, RateLimited)
    assert told.retry_after == seconds


def test_a_pause_is_known_by_status_or_by_word() -> None:
    assert isinstance(translate_error(refused(status=429), POST), RateLimited)
    assert isinstance(translate_error(refused("rate_limited"), POST), RateLimited)


@pytest.mark.parametrize("answer", [refused("brand_new_code"), refused(status=404), refused(status=403)], ids=repr)
def test_an_unknown_refusal_posted_nothing_and_is_tried_again(answer: SlackApiError) -> None:
    told = translate_error(answer, POST)
    assert isinstance(told, UnknownErrorCode)
    assert told.retry_after >= 60


def test_a_request_that_the_sdk_refuses_is_our_own_bug() -> None:
    assert isinstance(translate_error(SlackRequestError("Either channel or users"), "conversations.open"), Unsendable)


def test_slacks_own_word_is_read_through_what_was_raised_from_it() -> None:
    told = translate_error(refused("is_archived"), POST)
    assert get_error_code(told) == ""
    told.__cause__ = refused("is_archived")
    assert get_error_code(told) == "is_archived"
    assert get_error_code(None) == ""
    assert get_error_code(TimeoutError()) == ""
