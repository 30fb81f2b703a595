"""Mutes, reading lists, seen marks, the audit trail, and being forgotten."""

import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from bot.cards.models import Card
from bot.domain.channels import Channel, ChannelKind
from bot.domain.deliveries import DeliveryKey, DeliveryState
from bot.domain.follows import Follow
from bot.domain.people import Person
from bot.domain.preferences import Preferences
from bot.ports.deliveries import Draft, Settlement
from bot.ports.stores import Stores
from bot.ports.workspaces import Workspace
from bot.reasons.reason import Reason, to_reason
from tests.papers import paper

ROOM = Channel("slack", "T1", "C1", name="papers")
MINE = Channel("slack", "T1", "U1ANN", ChannelKind.DIRECT, "Ann")
ANN = Person("U1ANN", "Ann Smith")
BO = Person("U2", "Bo")
HOUR = timedelta(hours=1)


async def test_mutes_are_kept_once(stores: Stores, now: datetime) -> None:
    assert await stores.mutes_and_saves.mute(ROOM, "topic", "video", ANN, now)
    assert not await stores.mutes_and_saves.mute(ROOM, "topic", "video", BO, now)
    assert await stores.mutes_and_saves.mute(ROOM, "paper", "video", ANN, now)
    key = (await stores.channels.get_or_create(ROOM, now)).channel_id
    assert await stores.mutes_and_saves.list_mutes([key, 99]) == {key: [("topic", "video"), ("paper", "video")]}
    assert await stores.mutes_and_saves.unmute(ROOM, "topic", "video")
    assert not await stores.mutes_and_saves.unmute(ROOM, "topic", "video")
    assert not await stores.mutes_and_saves.unmute(MINE, "paper", "video")


async def test_the_reading_list_is_newest_first(stores: Stores, now: datetime) -> None:
    assert await stores.mutes_and_saves.save(MINE, "1", now)
    assert await stores.mutes_and_saves.save(MINE, "not stored", now + HOUR)
    assert not await stores.mutes_and_saves.save(MINE, "1", now + 2 * HOUR)
    assert await stores.mutes_and_saves.list_saved_papers(MINE) == [("not stored", now + HOUR), ("1", now)]
    assert await stores.mutes_and_saves.unsave(MINE, "1")
    assert not await stores.mutes_and_saves.unsave(MINE, "1")
    assert await stores.mutes_and_saves.list_saved_papers(ROOM) == []


async def test_what_was_seen_is_remembered_for_each_person(stores: Stores, now: datetime) -> None:
    await stores.papers.add([paper("1"), paper("2")], now)
    await stores.mutes_and_saves.record_seen(MINE, ["1", "unknown"], now)
    await stores.mutes_and_saves.record_seen(MINE, ["1"], now)
    assert await stores.mutes_and_saves.find_seen_papers(MINE, ["1", "2", "unknown"]) == {"1"}
    assert await stores.mutes_and_saves.find_seen_papers(ROOM, ["1"]) == set()


async def test_changes_can_be_read_back_and_taken_back(stores: Stores, now: datetime) -> None:
    for n in range(3):
        before, after = {"n": n}, {"n": n + 1, "list": ["x"]}
        await stores.audit.record_change(
            ROOM, ANN, "preferences", to_reason(f"{n}"), now + n * HOUR, before=before, after=after
        )
    newest, *_ = changes = await stores.audit.list_changes(ROOM, 2)
    assert [str(change.summary) for change in changes] == ["2", "1"]
    assert (newest.changed_by, newest.at, newest.before, newest.after) == (
        ANN,
        now + 2 * HOUR,
        {"n": 2},
        {"n": 3, "list": ["x"]},
    )
    await stores.audit.set_undone(newest.id)
    assert [change.undone for change in await stores.audit.list_changes(ROOM)] == [True, False, False]
    assert await stores.audit.delete_older(now + HOUR) == 1
    assert await stores.audit.list_changes(MINE) == []


async def _live(stores: Stores, now: datetime) -> None:
    """Let Ann do everything that leaves a trace."""
    await stores.papers.add([paper("1")], now)
    await stores.workspaces.save(Workspace("slack", "T1", managers=("U1ANN",)))
    await stores.channels.save_preferences(MINE, Preferences(on=True), now)
    await stores.follows.add(Follow(MINE, "private", ANN, now, alerts=True))
    await stores.follows.add(Follow(ROOM, "shared", ANN, now))
    await stores.mutes_and_saves.mute(MINE, "topic", "private", ANN, now)
    await stores.mutes_and_saves.mute(ROOM, "topic", "shared", ANN, now)
    await stores.mutes_and_saves.save(MINE, "1", now)
    await stores.mutes_and_saves.record_seen(MINE, ["1"], now)
    await stores.ledger.add(
        [Draft(DeliveryKey(MINE, "alert", n), Card(n), ("1",) if n == "a" else ()) for n in "ab"], now
    )
    (sent,) = await stores.ledger.claim(now, now + HOUR, 1)
    await stores.ledger.settle(sent, Settlement(DeliveryState.SENT, message="m"), now)
    await stores.web_messages.add(DeliveryKey(MINE, "answer", "x"), Card("x"), now)
    followed = Reason("follow.added", label="shared")
    await stores.audit.record_change(ROOM, ANN, "follow", followed, now, before={}, after={})
    await stores.audit.record_change(ROOM, BO, "follow", to_reason("followed video"), now, before={}, after={})


async def test_everything_about_a_person_is_told(stores: Stores, now: datetime) -> None:
    await _live(stores, now)
    told = json.loads(json.dumps(await stores.privacy.export_data(MINE)))
    filled = {name: len(value) for name, value in told.items() if isinstance(value, list)}
    assert filled == {
        "direct channel": 1, "follows": 1, "follows added to channels": 1, "saves": 1, "seen": 1, "mutes": 1,
        "mutes added to channels": 1, "messages": 2, "posts": 1, "changes": 1,
    }  # fmt: skip
    assert told["manager"] is True
    assert [change["summary"] for change in told["changes"]] == ["follows “shared”"]
    assert [channel["retired"] for channel in told["direct channel"]] == [""]
    assert told["follows"][0] == {"topic": "private", "since": now.isoformat(), "alerts": True}
    await stores.channels.retire(MINE, Reason("person.direct_messages_closed"))
    (own,) = (await stores.privacy.export_data(MINE))["direct channel"]
    assert own["retired"] == "direct messages are closed"
    nobody = await stores.privacy.export_data(replace(MINE, id="U9"))
    assert not any(value for value in nobody.values() if isinstance(value, list))


async def test_a_forgotten_person_is_nowhere_in_the_file(stores: Stores, now: datetime, tmp_path: Path) -> None:
    await _live(stores, now)
    counts = await stores.privacy.erase_data(MINE, now)
    assert counts == {
        "follows": 1, "saves": 1, "seen": 1, "mutes": 1, "messages": 1, "posts": 1, "changes": 1, "added": 1,
        "muted": 1,
    }  # fmt: skip
    with closing(sqlite3.connect(tmp_path / "broadsheet.db")) as connection:
        everything = "\n".join(connection.iterdump())
    assert "U1ANN" not in everything
    assert "Ann Smith" not in everything
    assert "private" not in await stores.follows.count_by_topic()
    (shared,) = await stores.follows.list_for_channel(ROOM)
    assert shared.added_by.id.startswith("former-")
    assert {change.changed_by.id for change in await stores.audit.list_changes(ROOM)} == {shared.added_by.id, "U2"}
    assert await stores.channels.list_due(now, 9) == []
    assert await stores.ledger.claim(now, now, 9) == []


async def test_the_other_managers_of_a_forgotten_one_stay(stores: Stores, now: datetime) -> None:
    for workspace in ("T1", "T2"):
        await stores.workspaces.save(Workspace("slack", workspace, "Team", "Asia/Tokyo", ("U2", "U1ANN", "U3")))
    await stores.privacy.erase_data(MINE, now)
    assert await stores.workspaces.get("slack", "T1") == Workspace("slack", "T1", "Team", "Asia/Tokyo", ("U2", "U3"))
    elsewhere = await stores.workspaces.get("slack", "T2")
    assert elsewhere
    assert elsewhere.managers == ("U2", "U1ANN", "U3"), "another workspace, another person"


async def test_a_person_may_come_back_and_be_forgotten_again(stores: Stores, now: datetime) -> None:
    await _live(stores, now)
    await stores.privacy.erase_data(MINE, now)
    assert set((await stores.privacy.erase_data(MINE, now)).values()) == {0}
    assert await stores.mutes_and_saves.save(MINE, "1", now)
    assert await stores.mutes_and_saves.list_saved_papers(MINE) == [("1", now)]
    assert (await stores.privacy.erase_data(MINE, now))["saves"] == 1
