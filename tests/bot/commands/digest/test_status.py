"""What people are told of messages that wait: how many for their channel, and why."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.cards.models import Card
from bot.domain.channels import Channel
from bot.domain.deliveries import DeliveryKey
from bot.ports.deliveries import Circuit, Draft
from bot.reasons.reason import Reason
from tests.bot.commands.conftest import NLP, PAPERS, Room

ELSEWHERE = Channel("slack", "T1", "C1", name="papers")
SILENT = "the browser has given no answer since Tue 24 Nov 09:00; messages wait and go out when it does."


async def open_circuit(room: Room, channel: Channel, workspace: str, failures: int = 8) -> None:
    reason = Reason("installation.scope_missing", scope="chat:write")
    until = room.now + timedelta(minutes=1)
    await room.stores.circuits.open(Circuit(channel.platform, workspace, room.now, until, failures, reason))


async def test_what_waits_for_the_channel_is_counted(room: Room) -> None:
    for channel in (NLP, NLP, ELSEWHERE):
        await room.stores.ledger.add([Draft(DeliveryKey(channel, "share", channel.key), Card("x"))], room.now)
    footer = (await room.card("status", channel=NLP)).footer
    assert footer[0] == "1 message waiting: 1 pending."
    assert footer[1] == "1 message waiting for other channels.", "whoever is here runs the installation"
    footer = (await room.card("status", channel=ELSEWHERE)).footer
    assert footer == ("1 message waiting: 1 pending.", "18 papers stored."), "others are nobody's business there"


@pytest.mark.parametrize("workspace", ["", PAPERS.workspace])
async def test_a_platform_that_gives_no_answer_is_told_of(room: Room, workspace: str) -> None:
    await open_circuit(room, PAPERS, workspace)
    assert SILENT in (await room.card("status")).text
    assert SILENT in (await room.card("digest now")).text
    paper = (await room.stores.digests.list_recent_papers(PAPERS, 1))[0]
    assert SILENT in (await room.card(f"why {paper}")).text


async def test_one_that_lacks_a_permission_is_told_of_with_the_reason(room: Room) -> None:
    await open_circuit(room, ELSEWHERE, ELSEWHERE.workspace, failures=1)
    held = "Messages to Slack wait since Tue 24 Nov 08:00: the app lacks the permission “chat:write”"
    assert held in (await room.card("status", channel=ELSEWHERE)).text


async def test_other_workspaces_are_not_told_of(room: Room) -> None:
    await open_circuit(room, PAPERS, "another")
    await open_circuit(room, ELSEWHERE, "")
    assert "wait" not in (await room.card("status")).text
