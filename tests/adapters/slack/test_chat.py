"""Messages from the ledger to Slack: the real SDK, the real courier, the real store, Slack on loopback."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from adapters.slack import chat as outgoing
from adapters.slack.chat import SlackChat
from adapters.slack.clients import Clients
from bot.cards import Action, Card, Item
from bot.delivery import QUARANTINE, Courier
from bot.errors import Gone, StoreError, TryLater, Uncertain, Unsendable
from bot.models import Channel, DeliveryKey, DeliveryState, Kind, Operation
from bot.ports.chats import Delivery
from bot.ports.ledger import Draft
from bot.ports.places import Workspace
from bot.ports.stores import Stores
from tests.adapters.slack.outbound import NOW, PAPERS, Buttons, Keys, Ticks, calling, furnish
from tests.servers.slack import Slack, slack
from tests.stores import open_stores

DIRECT = Channel("slack", "T1", "U1", Kind.DIRECT)
HOSTILE = (
    "<!channel> <!here> <@U1> <#C1> <https://evil.example|arXiv> @everyone *bold* _it_ `code` ~no~ "
    "&lt;!channel&gt; \u202egnp.exe\u200b https://evil.example/x"
)


@pytest.fixture
async def server() -> AsyncIterator[Slack]:
    async with slack() as server:
        furnish(server)
        yield server
        assert server.violations == []


@pytest.fixture
async def clients(server: Slack) -> AsyncIterator[Clients]:
    async with calling(server.url) as clients:
        yield clients


@pytest.fixture
async def chat(clients: Clients) -> SlackChat:
    return SlackChat(clients, Buttons())


def delivery(
    card: Card | None = None,
    operation: Operation = "post",
    *,
    channel: Channel = PAPERS,
    parent: str = "",
    attempts: int = 0,
    created: datetime | None = None,
) -> Delivery:
    key = DeliveryKey(channel, "digest", "2026-11-24", 0, operation)
    return Delivery(1, key, card or Card(text="Hello"), parent=parent, attempts=attempts, created=created)


async def wanted(_: Channel) -> bool:
    return True


def illustrated(*thumbnails: str) -> Card:
    items = tuple(
        Item(f"Paper {number}", f"https://arxiv.org/abs/2511.0000{number}", number, thumbnail=thumbnail)
        for number, thumbnail in enumerate(thumbnails, 1)
    )
    return Card(folio=("Tue 24 Nov",), items=items, fallback="Two papers", tone="digest")


# -- posts -------------------------------------------------------------------------------------------------------------


async def test_a_post_has_its_text_its_key_and_no_previews(server: Slack, chat: SlackChat) -> None:
    ts = await chat.send(delivery(Card(text="Hello, papers", fallback="Hello")), NOW)
    (shown,) = server.shown("C1")
    assert (shown.ts, shown.text, shown.plain) == (ts, "Hello", "Hello, papers")
    assert not shown.unfurl
    assert shown.metadata == {
        "event_type": "broadsheet_delivery",
        "event_payload": {"key": "slack:T1:C1/digest/2026-11-24/0/post"},
    }


async def test_a_reply_goes_into_the_thread_and_an_edit_keeps_the_key(server: Slack, chat: SlackChat) -> None:
    parent = await chat.send(delivery(), NOW)
    await chat.send(delivery(Card(text="Below"), "reply", parent=parent), NOW)
    assert await chat.send(delivery(Card(text="Newer"), "edit", parent=parent), NOW) == parent
    assert [(one.plain, one.thread, one.edited) for one in server.shown("C1")] == [
        ("Newer", "", True),
        ("Below", parent, False),
    ]
    assert await chat.find(delivery()) == parent, "an edit does not take the key away"


async def test_what_belongs_to_nothing_is_not_sent(server: Slack, chat: SlackChat) -> None:
    for operation in ("reply", "edit"):
        with pytest.raises(Unsendable):
            await chat.send(delivery(operation=operation), NOW)
    assert server.calls == []


async def test_a_hostile_title_mentions_links_and_formats_nothing(server: Slack, chat: SlackChat) -> None:
    item = Item(HOSTILE, "https://arxiv.org/abs/2511.00001", 1, text=HOSTILE, notes=(HOSTILE,), because=(HOSTILE,))
    card = Card(HOSTILE, HOSTILE, (HOSTILE,), (item,), footer=(HOSTILE,), fallback=HOSTILE)
    parent = await chat.send(delivery(card), NOW)
    await chat.send(delivery(card, "reply", parent=parent), NOW)
    await chat.send(delivery(card, "edit", parent=parent), NOW)
    for shown in server.shown("C1"):
        assert shown.mentions == []
        assert {address for address, _ in shown.links} == {"https://arxiv.org/abs/2511.00001"}
        assert "\u202e" not in shown.plain + shown.text
    assert all(call.arguments["parse"] == "none" and call.arguments["link_names"] is False for call in server.calls)


async def test_the_data_of_long_buttons_is_kept_before_the_message_is_out(server: Slack, clients: Clients) -> None:
    class Watched(Buttons):
        async def keep(self, actions: Mapping[str, Mapping[str, Any]], now: datetime) -> None:
            assert server.shown("C1") == []
            await super().keep(actions, now)

    buttons = Watched()
    long = Action("Follow", "follow", {"topic": "x" * 3_000})
    await SlackChat(clients, buttons).send(delivery(Card(text="Hello", actions=(long,))), NOW)
    assert [held for held in buttons.held.values() if "x" * 3_000 in str(held)]
    assert any(token in str(server.shown("C1")[0].blocks) for token in buttons.held)


async def test_a_database_that_fails_means_later_and_nothing_is_posted(server: Slack, clients: Clients) -> None:
    class Full(Buttons):
        async def keep(self, actions: Mapping[str, Mapping[str, Any]], now: datetime) -> None:
            raise StoreError("The disk is full.")

    long = Action("Follow", "follow", {"topic": "x" * 3_000})
    with pytest.raises(TryLater, match="disk is full"):
        await SlackChat(clients, Full()).send(delivery(Card(text="Hello", actions=(long,))), NOW)
    assert server.calls == []


async def test_a_card_that_can_not_be_drawn_is_our_own_bug(chat: SlackChat, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise KeyError("title")

    monkeypatch.setattr(outgoing, "message", broken)
    with pytest.raises(Unsendable, match="drawn"):
        await chat.send(delivery(), NOW)


# -- pictures ----------------------------------------------------------------------------------------------------------


async def test_pictures_are_shown_only_where_they_are_wanted(server: Slack, clients: Clients) -> None:
    card = illustrated("https://cdn.example/1.png")
    await SlackChat(clients, Buttons()).send(delivery(card), NOW)
    await SlackChat(clients, Buttons(), pictures=wanted).send(delivery(card), NOW)
    assert ["image_url" in str(shown.blocks) for shown in server.shown("C1")] == [False, True]


async def test_a_picture_that_slack_can_not_fetch_does_not_cost_the_message(server: Slack, clients: Clients) -> None:
    chat = SlackChat(clients, Buttons(), pictures=wanted)
    card = illustrated("https://cdn.example/1.png", "https://cdn.example/unfetchable.png")
    ts = await chat.send(delivery(card), NOW)
    (shown,) = server.shown("C1")
    assert "image_url" not in str(shown.blocks)
    assert "Paper 1" in shown.plain
    assert "Paper 2" in shown.plain
    assert len(server.calls) == 2
    assert await chat.send(delivery(card, "edit", parent=ts), NOW) == ts


async def test_a_message_that_is_wrong_without_pictures_too_is_refused(server: Slack, clients: Clients) -> None:
    server.fail("chat.postMessage", error="invalid_blocks", times=5)
    with pytest.raises(Unsendable):
        await SlackChat(clients, Buttons(), pictures=wanted).send(delivery(illustrated("https://x.example/1.png")), NOW)
    assert len(server.calls) == 2
    with pytest.raises(Unsendable):
        await SlackChat(clients, Buttons()).send(delivery(), NOW)
    assert len(server.calls) == 3


# -- direct messages ---------------------------------------------------------------------------------------------------


async def test_a_direct_message_finds_its_address_once(server: Slack, chat: SlackChat) -> None:
    first = await chat.send(delivery(channel=DIRECT), NOW)
    await chat.send(delivery(Card(text="Newer"), "edit", channel=DIRECT, parent=first), NOW)
    assert [shown.plain for shown in server.shown("U1")] == ["Newer"]
    assert await chat.find(delivery(channel=DIRECT)) == first
    assert [call.method for call in server.calls].count("conversations.open") == 1


async def test_somebody_who_left_is_gone_and_nobody_else(server: Slack, chat: SlackChat) -> None:
    with pytest.raises(Gone) as caught:
        await chat.send(delivery(channel=replace(DIRECT, id="U404")), NOW)
    assert not caught.value.installation


async def test_a_bot_that_may_not_write_to_people_still_serves_its_channels(server: Slack) -> None:
    server.bot("T1", token="xoxb-small", scopes={"chat:write"})
    async with calling(server.url, Keys({"T1": "xoxb-small"})) as clients:
        chat = SlackChat(clients, Buttons())
        with pytest.raises(Gone, match="im:write") as caught:
            await chat.send(delivery(channel=DIRECT), NOW)
        assert not caught.value.installation
        await chat.send(delivery(), NOW)


async def test_an_address_that_can_not_be_asked_for_means_later(server: Slack, chat: SlackChat) -> None:
    server.fail("conversations.open", drop="after")
    with pytest.raises(TryLater):
        await chat.send(delivery(channel=DIRECT), NOW)
    await chat.send(delivery(channel=DIRECT), NOW)
    assert len(server.shown("U1")) == 1


# -- looking up --------------------------------------------------------------------------------------------------------


async def test_a_message_is_found_among_others(server: Slack, chat: SlackChat) -> None:
    ts = await chat.send(delivery(), NOW)
    for number in range(40):
        server.say(f"Nice, #{number}", "C1", "U1")
    assert await chat.find(delivery()) == ts
    assert [call.method for call in server.calls].count("conversations.history") == 3


async def test_a_reply_is_found_in_its_thread(server: Slack, chat: SlackChat) -> None:
    parent = await chat.send(delivery(), NOW)
    reply = delivery(Card(text="Below"), "reply", parent=parent)
    assert await chat.find(reply) is None
    ts = await chat.send(reply, NOW)
    assert await chat.find(reply) == ts
    assert await chat.find(delivery()) == parent


async def test_only_what_was_said_since_is_looked_at(server: Slack, chat: SlackChat) -> None:
    ts = await chat.send(delivery(), NOW)
    moment = datetime.fromtimestamp(float(ts), UTC)
    assert await chat.find(delivery(created=moment + timedelta(seconds=59))) == ts
    assert await chat.find(delivery(created=moment + timedelta(seconds=61))) is None


async def test_where_too_much_was_said_nobody_can_tell(server: Slack, chat: SlackChat) -> None:
    await chat.send(delivery(), NOW)
    for number in range(61):
        server.say(f"Nice, #{number}", "C1", "U1")
    with pytest.raises(Uncertain):
        await chat.find(delivery())


async def test_somebody_elses_metadata_is_not_ours(server: Slack, chat: SlackChat, clients: Clients) -> None:
    theirs = {"event_type": "other_app", "event_payload": {"key": str(delivery().key)}}
    await clients.call("T1", "chat.postMessage", channel="C1", text="Hi", metadata=theirs)
    assert await chat.find(delivery()) is None


@pytest.mark.parametrize(
    "fault",
    [
        {"error": "missing_scope"},
        {"error": "channel_not_found"},
        {"error": "invalid_limit"},
        {"error": "no_permission"},
    ],
)
async def test_a_history_that_can_not_be_read_is_uncertain(
    server: Slack, chat: SlackChat, fault: dict[str, Any]
) -> None:
    server.fail("conversations.history", **fault)
    with pytest.raises(Uncertain):
        await chat.find(delivery())


async def test_a_history_that_is_busy_is_asked_later(server: Slack, chat: SlackChat) -> None:
    server.fail("conversations.history", retry_after=60)
    with pytest.raises(TryLater) as caught:
        await chat.find(delivery())
    assert caught.value.after == 60


async def test_what_was_tried_before_is_looked_up_first(server: Slack, chat: SlackChat) -> None:
    ts = await chat.send(delivery(), NOW)
    assert await chat.send(delivery(Card(text="Other words"), attempts=1), NOW) == ts
    assert [shown.plain for shown in server.shown("C1")] == ["Hello"]


async def test_what_was_tried_before_is_sent_where_nobody_can_look(server: Slack) -> None:
    server.bot("T1", token="xoxb-small", scopes={"chat:write"})
    async with calling(server.url, Keys({"T1": "xoxb-small"})) as clients:
        await SlackChat(clients, Buttons()).send(delivery(attempts=1), NOW)
    assert len(server.shown("C1")) == 1


async def test_a_code_that_nobody_knows_is_given_up_after_a_day(server: Slack, chat: SlackChat) -> None:
    server.fail("chat.postMessage", error="brand_new_code", times=2)
    with pytest.raises(TryLater):
        await chat.send(delivery(created=NOW - timedelta(hours=23)), NOW)
    with pytest.raises(Unsendable, match="brand_new_code"):
        await chat.send(delivery(created=NOW - timedelta(hours=25)), NOW)


async def test_closing_ends_running_and_the_network(chat: SlackChat) -> None:
    await chat.send(delivery(), NOW)
    await chat.close()
    await chat.run()


# -- with the ledger ---------------------------------------------------------------------------------------------------


@dataclass
class Clock:
    """The moment, which tests move; Slack's clock starts with it."""

    now: datetime

    def __call__(self) -> datetime:
        return self.now


@dataclass
class Desk:
    """A courier with the real ledger, and Slack at its other end."""

    server: Slack
    stores: Stores
    clock: Clock
    ticks: Ticks
    courier: Courier

    def later(self, **span: float) -> None:
        self.clock.now += timedelta(**span)
        self.ticks.now += timedelta(**span).total_seconds()

    async def settle(self, rounds: int = 6) -> None:
        """Let the ledger do all it can in some minutes."""
        for _ in range(rounds):
            await self.courier.pump()
            self.later(minutes=1)
            await self.courier.sweep()

    async def record(self, *keys: DeliveryKey, parent: DeliveryKey | None = None, text: str = "Hello") -> None:
        await self.stores.ledger.add([Draft(key, Card(text=text), parent=parent) for key in keys], self.clock.now)

    async def state(self, key: DeliveryKey) -> DeliveryState:
        found = await self.stores.ledger.get(key)
        assert found
        return found.state

    async def retired(self, channel: Channel = PAPERS) -> str:
        return (await self.stores.channels.open(channel, self.clock.now)).retired


@pytest.fixture
async def desk(server: Slack, tmp_path: Path) -> AsyncIterator[Desk]:
    clock, ticks = Clock(datetime.fromtimestamp(server.clock.now(), UTC)), Ticks()
    async with open_stores(tmp_path, clock.now) as stores, calling(server.url, ticks=ticks) as clients:
        await stores.channels.open(PAPERS, clock.now)
        await stores.workspaces.put(Workspace("slack", "T1", managers=("U1",)))
        yield Desk(server, stores, clock, ticks, Courier(stores, {"slack": SlackChat(clients, Buttons())}, clock))


def key(subject: str = "2026-11-24", operation: Operation = "post", part: int = 0, channel: str = "C1") -> DeliveryKey:
    return DeliveryKey(replace(PAPERS, id=channel, name=""), "digest", subject, part, operation)


@pytest.mark.parametrize(
    "fault",
    [{"drop": "after"}, {"drop": "before"}, {"status": 500}, {"error": "fatal_error"}, {"retry_after": 30}],
    ids=str,
)
@pytest.mark.parametrize("times", [1, 3])
async def test_whatever_is_lost_there_is_one_message_in_the_end(desk: Desk, fault: dict[str, Any], times: int) -> None:
    await desk.record(key())
    desk.server.fail("chat.postMessage", times=times, **fault)
    await desk.settle(8)
    assert await desk.state(key()) is DeliveryState.SENT
    assert [shown.plain for shown in desk.server.shown("C1")] == ["Hello"]


async def test_a_lost_answer_is_settled_by_looking_and_not_by_sending(desk: Desk) -> None:
    await desk.record(key())
    desk.server.fail("chat.postMessage", drop="after")
    await desk.courier.pump()
    assert await desk.state(key()) is DeliveryState.UNCERTAIN
    desk.later(seconds=QUARANTINE.total_seconds())
    await desk.courier.sweep()
    assert await desk.state(key()) is DeliveryState.SENT
    assert [call.method for call in desk.server.calls] == ["chat.postMessage", "conversations.history"]


async def test_a_reply_whose_answer_was_lost_is_looked_up_in_its_thread(desk: Desk) -> None:
    below = key(operation="reply", part=1)
    await desk.record(key())
    await desk.record(below, parent=key(), text="Below")
    desk.server.fail("chat.postMessage", drop="after", where=lambda arguments: "thread_ts" in arguments)
    await desk.settle()
    parent, reply = desk.server.shown("C1")
    assert (reply.thread, reply.plain) == (parent.ts, "Below")
    assert await desk.state(below) is DeliveryState.SENT


async def test_a_pause_holds_one_workspace(desk: Desk) -> None:
    desk.server.team("T2")
    desk.server.bot("T2", token="xoxb-2", user="UBOT2")
    desk.server.channel("C2", team="T2", members=("UBOT2",))
    other = replace(key(), channel=Channel("slack", "T2", "C2"))
    async with calling(desk.server.url, Keys({"T1": "xoxb-1", "T2": "xoxb-2"}), desk.ticks) as clients:
        courier = Courier(desk.stores, {"slack": SlackChat(clients, Buttons())}, desk.clock)
        desk.server.fail("chat.postMessage", retry_after=60, where=lambda arguments: arguments["channel"] == "C1")
        for number in range(3):
            await desk.record(key(f"2026-11-2{number}"))
        await desk.record(other)
        await courier.pump()
        assert await desk.state(other) is DeliveryState.SENT
        for _ in range(59):
            desk.later(seconds=1)
            await courier.pump()
        assert [call.arguments["channel"] for call in desk.server.calls] == ["C1", "C2"]
        for _ in range(10):
            desk.later(seconds=1)
            await courier.pump()
    assert len(desk.server.shown("C1")) == 3


@pytest.mark.parametrize("error", ["channel_not_found", "is_archived", "not_in_channel", "restricted_action"])
async def test_a_channel_that_is_gone_is_asked_once_retired_once_and_reported_once(desk: Desk, error: str) -> None:
    for number in range(4):
        await desk.record(key(f"2026-11-2{number}"))
    desk.server.fail("chat.postMessage", error=error, times=9, where=lambda arguments: arguments["channel"] == "C1")
    await desk.settle()
    assert [call.arguments.get("channel") for call in desk.server.calls] == ["C1", None, "DU1"]
    assert await desk.retired()
    (notice,) = desk.server.shown("U1")
    assert await desk.retired() in notice.plain
    assert error not in notice.plain


async def test_an_installation_that_is_gone_is_asked_once(desk: Desk) -> None:
    others = [replace(PAPERS, id=f"C{number}", name="") for number in range(2, 5)]
    for other in others:
        await desk.stores.channels.open(other, desk.clock.now)
        desk.server.channel(other.id)
    await desk.record(key())
    desk.server.revoke("xoxb-1", "account_inactive")
    await desk.settle(1)
    await desk.record(*(key(channel=other.id) for other in others))
    await desk.settle()
    assert len(desk.server.calls) == 1
    assert all([await desk.retired(other) for other in others])


@pytest.mark.parametrize(
    "error", ["message_not_found", "edit_window_closed", "cant_update_message", "is_inactive", "block_mismatch"]
)
async def test_an_edit_that_is_refused_loses_nothing(desk: Desk, error: str) -> None:
    edit = key(operation="edit", part=1)
    await desk.record(key())
    await desk.courier.pump()
    await desk.record(edit, parent=key(), text="Newer")
    desk.server.fail("chat.update", error=error, times=9)
    await desk.settle()
    assert await desk.state(edit) is DeliveryState.DEAD
    assert await desk.retired() == ""
    await desk.record(key("2026-11-25"))
    await desk.settle(1)
    assert [shown.plain for shown in desk.server.shown("C1")] == ["Hello", "Hello"]


@pytest.mark.parametrize("fault", [{"drop": "after"}, {"status": 500}, {"drop": "before"}], ids=str)
async def test_an_edit_whose_answer_was_lost_is_done_again(desk: Desk, fault: dict[str, Any]) -> None:
    edit = key(operation="edit", part=1)
    await desk.record(key())
    await desk.courier.pump()
    await desk.record(edit, parent=key(), text="Newer")
    desk.server.fail("chat.update", **fault)
    await desk.settle()
    assert await desk.state(edit) is DeliveryState.SENT
    assert [shown.plain for shown in desk.server.shown("C1")] == ["Newer"]


async def test_many_channels_are_served_within_the_real_limits(desk: Desk) -> None:
    desk.server.limits = True
    channels = [f"C{number}" for number in range(100, 300)]
    for channel in channels:
        desk.server.channel(channel)
    await desk.record(*(key(channel=channel) for channel in channels))
    for _ in range(60):
        await desk.courier.pump()
        desk.later(seconds=1)
    assert {len(desk.server.shown(channel)) for channel in channels} == {1}
    assert len(desk.server.calls) == len(channels), "nothing was refused"
