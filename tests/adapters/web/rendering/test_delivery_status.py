"""Status page: for whom messages wait, who gives no answer, which channels need a look, and a channel's log."""

from __future__ import annotations

import html
import re
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

import pytest
from aiohttp import ClientSession

from bot.domain.channels import Channel
from bot.domain.deliveries import AttemptOutcome, DeliveryState
from bot.ports.deliveries import Attempt
from bot.ports.delivery_reports import DeliveryReports, LoggedMessage
from bot.reasons.reason import to_reason
from tests.workspace import NOW, running

HTML = {"Accept": "text/html"}
EVIL = "<b>evil</b>\u202etxt"
PLACE = {"platform": "web", "workspace": "local", "channel": "papers", "name": EVIL}


async def report(now: datetime) -> Mapping[str, Any]:
    moment = now.isoformat()
    refusal = {"state": "refused", **PLACE, "reason": "no <access>", "day": "2026-11-24"}
    return {
        "ok": True,
        "silent": ["#hidden on Slack: it is told of below"],
        "failed_digests": [],
        "queue": [{"platform": "web", "workspace": EVIL, "messages": 1200}],
        "circuits": [{"platform": "irc", "workspace": "", "since": moment, "until": moment, "reason": "it is mute"}],
        "attention": [{"state": "retired", **PLACE, "reason": "it is gone"}, refusal],
    }


@dataclass
class Reports:
    """Has one message, which was tried twice."""

    channel: Channel | None = None
    limit: int = 0

    async def list_latest_messages(self, channel: Channel, limit: int) -> Sequence[LoggedMessage]:
        self.channel, self.limit = channel, limit
        later = NOW + timedelta(seconds=2)
        attempts = (
            Attempt(1, NOW, NOW + timedelta(seconds=1), AttemptOutcome.RESENT, to_reason("nobody <knows>")),
            Attempt(2, later),
        )
        return [LoggedMessage("digest", NOW.date(), 1, "reply", DeliveryState.SENDING, None, attempts)]


@pytest.fixture
async def reports() -> Reports:
    return Reports()


@pytest.fixture
async def client(reports: Reports) -> AsyncIterator[ClientSession]:
    async with (
        running(status=report, reports=cast("DeliveryReports", reports)) as workspace,
        ClientSession(workspace.url, headers=HTML) as session,
    ):
        yield session


async def _read(client: ClientSession, path: str) -> str:
    async with client.get(path) as answer:
        assert answer.status == 200
        return await answer.text()


def _strip(page: str) -> str:
    return html.unescape(re.sub(r"<[^>]+>", "", page))


async def test_the_page_tells_what_waits_and_who_is_left_alone(client: ClientSession) -> None:
    page = _strip(await _read(client, "/status"))
    assert "Browser <b>evil</b>txt: 1,200 messages" in page
    assert "ircsince Tue 24 Nov 08:00 UTC, tried again Tue 24 Nov 08:00 UTCit is mute" in page
    assert "#hidden" not in page


async def test_every_channel_that_needs_a_look_leads_to_its_log(client: ClientSession, reports: Reports) -> None:
    page = await _read(client, "/status")
    assert "<b>evil" not in page
    links = [html.unescape(link) for link in re.findall(r'href="(/status/deliveries[^"]+)"', page)]
    assert links == ["/status/deliveries?platform=web&workspace=local&channel=papers"] * 2
    assert "Digest of Tue 24 Nov refusedno <access>" in _strip(page)
    await _read(client, links[0])
    assert (reports.channel, reports.limit) == (Channel("web", "local", "papers", name="papers"), 50)


async def test_the_log_has_every_attempt_with_its_times_outcome_and_reason(client: ClientSession) -> None:
    page = await _read(client, "/status/deliveries?platform=web&workspace=local&channel=papers")
    text = _strip(page)
    assert "#papers · Browser" in text
    assert "Digest · Tue 24 Nov 2026 · part 2 · below itis being sent" in text
    first = "1.no answer, sent again without knowingTue 24 Nov 08:00:00 UTC – 08:00:01 UTCnobody <knows>"
    assert f"{first}2.under wayTue 24 Nov 08:00:02 UTC" in text
    assert "<knows>" not in page


@pytest.mark.parametrize(
    ("query", "status"),
    [("platform=web&workspace=local&channel=nowhere", 404), ("platform=web&workspace=local", 400), ("", 400)],
)
async def test_a_channel_that_is_not_there_has_no_log(client: ClientSession, query: str, status: int) -> None:
    async with client.get(f"/status/deliveries?{query}") as answer:
        assert answer.status == status
