"""Posts of a forum, which take no nonce: each is there once all the same."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from adapters.discord.api.rest import RestClient
from adapters.discord.delivery import forum_posts
from adapters.discord.delivery.chat import ChannelStyle, DiscordChat
from adapters.discord.delivery.forum_posts import choose_tags
from adapters.discord.rendering import message_keys
from bot.cards.models import Card, Item
from bot.errors import Gone, LookupPaused, TryLater, Uncertain, Unsendable
from bot.ports.chat import Delivery
from tests.adapters.discord.delivery_harness import (
    EDIT,
    FORUM,
    LONG_AGO,
    START,
    build_chat,
    build_delivery,
    build_digest,
    list_calls,
    now,
    open_rest_client,
)
from tests.servers.discord import Discord, rights
from tests.servers.discord.things import Place

ACTIVE = "GET /guilds/{guild_id}/threads/active"
ARCHIVED = "GET /channels/{channel_id}/threads/archived/public"
STARTER = "GET /channels/{channel_id}/messages/{message_id}"
DELETE = "DELETE /channels/{channel_id}"
TAGS = (("1", "Vision"), ("2", "Papers"))
HOSTILE = "@everyone <@100> # [arXiv](https://evil.example) **bold** \u202egnp.exe " * 4


@pytest.fixture
async def rest(server: Discord) -> AsyncIterator[RestClient]:
    server.channel(FORUM.id, name="reading", kind="forum", tags=TAGS)
    async with open_rest_client(server) as rest:
        yield rest


@pytest.fixture
async def chat(rest: RestClient) -> DiscordChat:
    return build_chat(rest)


def entry(**more: Any) -> Delivery:
    """Return a delivery of one paper to the forum."""
    return build_delivery(build_digest(1), channel=FORUM, **more)


def limited(server: Discord, *lacking: int) -> None:
    """Take permissions in the forum from the bot."""
    server.places[FORUM.id].permissions = rights.ALL & ~sum(lacking)


def posts(server: Discord) -> list[Place]:
    return server.threads(FORUM.id)


async def settled(server: Discord, chat: DiscordChat, one: Delivery) -> str:
    """Look what is uncertain up, and send it again if it is not there: as the ledger does."""
    return await chat.find_message(one) or await chat.send(replace(one, lookup_since=LONG_AGO), now())


# -- a post ------------------------------------------------------------------------------------------------------------


async def test_a_paper_becomes_a_post_with_a_starter_and_tags(server: Discord, rest: RestClient) -> None:
    tags = tuple({"id": identity, "name": name} for identity, name in TAGS)
    identity = await build_chat(rest, ChannelStyle(tags=tags)).send(entry(), now())
    (post,) = posts(server)
    (starter,) = server.shown(identity)
    assert (post.id, post.name, post.tags) == (identity, "Paper 1", ("2",))
    assert starter.id == identity
    assert ("https://arxiv.org/abs/2511.00001", "Paper 1") in starter.links
    assert starter.pings == ()
    body = server.calls[0].json
    assert body["message"]["allowed_mentions"] == {"parse": []}
    assert body["auto_archive_duration"] == 10_080


async def test_each_paper_of_a_digest_is_a_post_of_its_own(server: Discord, chat: DiscordChat) -> None:
    ones = [entry(part=number) for number in range(3)]
    sent = [await chat.send(one, now()) for one in ones]
    assert [post.id for post in posts(server)] == sent
    assert [await chat.find_message(one) for one in ones] == sent


@pytest.mark.parametrize("pictures", [False, True])
async def test_the_first_post_of_a_digest_pings_the_role_and_keeps_its_name(
    server: Discord, rest: RestClient, *, pictures: bool
) -> None:
    server.role("30", mentionable=True)
    chat = build_chat(rest, ChannelStyle(role="30", pictures=pictures))
    sent = [await chat.send(entry(part=number), now()) for number in range(3)]
    assert [server.shown(one)[0].pings for one in sent] == [("&30",), (), ()]
    await chat.send(build_delivery(build_digest(1), "edit", channel=FORUM, parent_message_id=sent[0], part=1), now())
    (starter,) = server.shown(sent[0])
    assert (starter.edited, starter.mentions, starter.pings) == (True, ["<@&30>"], ("&30",))
    assert await chat.find_message(entry()) == sent[0]


async def test_posts_have_pictures_where_they_are_wanted_and_keep_them(server: Discord, rest: RestClient) -> None:
    picture = replace(build_digest(1).items[0], thumbnail="https://example.org/a.png", votes=1)
    card = Card(items=(picture,), fallback="Paper 1", tone="digest")
    identity = await build_chat(rest, ChannelStyle(pictures=True)).send(build_delivery(card, channel=FORUM), now())
    assert "https://example.org/a.png" in str(server.shown(identity)[0].components)
    newer = replace(card, items=(replace(picture, votes=500),))
    await build_chat(rest).send(build_delivery(newer, "edit", channel=FORUM, parent_message_id=identity, part=1), now())
    (starter,) = server.shown(identity)
    assert "500 votes" in starter.plain
    assert "https://example.org/a.png" in str(starter.components)


async def test_a_hostile_title_is_a_name_and_nothing_else(server: Discord, chat: DiscordChat) -> None:
    item = Item(HOSTILE, "https://arxiv.org/abs/2511.00001", 1, text=HOSTILE)
    identity = await chat.send(build_delivery(Card(items=(item,), fallback=HOSTILE), channel=FORUM), now())
    (starter,) = server.shown(identity)
    assert len(posts(server)[0].name) <= 100
    assert "\u202e" not in posts(server)[0].name + starter.plain
    assert (starter.pings, starter.mentions) == ((), [])
    assert {address for address, _ in starter.links} == {"https://arxiv.org/abs/2511.00001"}


async def test_a_card_without_a_paper_is_a_post_too(server: Discord, chat: DiscordChat) -> None:
    one = build_delivery(Card(text="No digest on Tuesday.", fallback="No digest"), channel=FORUM, kind="word")
    identity = await chat.send(one, now())
    assert "No digest on Tuesday." in server.shown(identity)[0].plain
    assert await chat.find_message(one) == identity


# -- once --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("drop", ["before", "after"])
async def test_a_post_whose_answer_was_lost_is_there_once(server: Discord, chat: DiscordChat, drop: str) -> None:
    server.fail(START, drop=drop)
    with pytest.raises(Uncertain):
        await chat.send(entry(), now())
    identity = await settled(server, chat, entry())
    assert [post.id for post in posts(server)] == [identity]
    assert list_calls(server).count(START) == (1 if drop == "after" else 2)


async def test_of_the_posts_that_the_library_repeats_the_oldest_stays(server: Discord, chat: DiscordChat) -> None:
    server.fail(START, status=502, accepted=True)
    identity = await chat.send(entry(), now())
    assert [call.status for call in server.calls if f"{call.method} {call.route}" == START] == [502, 200]
    assert [post.id for post in posts(server)] == [identity]
    assert list_calls(server).count(DELETE) == 1
    assert await chat.find_message(entry()) == identity


async def test_a_twin_that_is_not_ours_to_delete_is_emptied_and_put_away(server: Discord, chat: DiscordChat) -> None:
    limited(server, rights.MANAGE_THREADS)
    server.fail(START, status=502, accepted=True)
    identity = await chat.send(entry(), now())
    kept, twin = posts(server)
    assert kept.id == identity
    assert [one.id for one in server.shown(identity)] == [identity]
    assert twin.archived
    assert server.shown(twin.id) == []
    assert await chat.find_message(entry()) == identity


async def test_what_was_tried_before_is_looked_up_first(server: Discord, chat: DiscordChat) -> None:
    identity = await chat.send(entry(), now())
    assert await chat.send(entry(lookup_since=LONG_AGO), now()) == identity
    assert list_calls(server).count(START) == 1


async def test_twins_of_two_attempts_become_one(server: Discord, chat: DiscordChat) -> None:
    first = await chat.send(entry(), now())
    # Nobody could look in between.
    server.fail(ARCHIVED, code=50001)
    await chat.send(entry(lookup_since=LONG_AGO), now())
    assert [post.id for post in posts(server)] == [first]


async def test_archived_posts_are_found_too(server: Discord, chat: DiscordChat) -> None:
    identity = await chat.send(entry(), now())
    posts(server)[0].archived, posts(server)[0].archived_at = True, server.clock.now()
    assert await chat.find_message(entry()) == identity


async def test_a_renamed_post_is_found_by_its_key(server: Discord, chat: DiscordChat) -> None:
    identity = await chat.send(entry(), now())
    posts(server)[0].name = "Something else"
    assert await chat.find_message(entry()) == identity


async def test_only_our_own_posts_are_ours(server: Discord, chat: DiscordChat) -> None:
    identity = await chat.send(entry(), now())
    (starter,) = server.shown(identity)
    server.forget(posts(server)[0])
    copy = server.thread(server.clock.snowflake(), FORUM.id, "Paper 1", owner="100")
    server.put(replace(starter, id=copy.id, channel=copy.id, author="100"))
    assert await chat.find_message(entry()) is None
    assert await chat.send(entry(lookup_since=LONG_AGO), now()) != copy.id
    assert copy in posts(server), "what others posted is never deleted"


async def test_only_our_own_posts_of_the_forum_are_looked_into(server: Discord, chat: DiscordChat) -> None:
    server.thread(server.clock.snowflake(), parent="20")
    server.thread(server.clock.snowflake(), FORUM.id, owner="100")
    identity = await chat.send(entry(), now())
    assert await chat.find_message(entry()) == identity
    looked_into = {call.path.split("/")[2] for call in server.calls if f"{call.method} {call.route}" == STARTER}
    assert looked_into == {identity}


async def test_a_post_that_was_deleted_is_not_there(server: Discord, chat: DiscordChat) -> None:
    identity = await chat.send(entry(), now())
    server.drop(server.shown(identity)[0])
    assert await chat.find_message(entry()) is None
    server.forget(posts(server)[0])
    assert await chat.find_message(entry()) is None


# -- where nobody can look ---------------------------------------------------------------------------------------------


async def test_a_forum_whose_history_is_closed_gets_its_post_once(
    server: Discord, chat: DiscordChat, caplog: pytest.LogCaptureFixture
) -> None:
    limited(server, rights.READ_HISTORY)
    identity = await chat.send(entry(), now())
    assert [post.id for post in posts(server)] == [identity]
    assert "can’t be looked up" in caplog.text
    with pytest.raises(Uncertain, match="closed"):
        await chat.find_message(entry())


async def test_where_nobody_can_look_the_ledger_has_decided(server: Discord, chat: DiscordChat) -> None:
    limited(server, rights.READ_HISTORY)
    await chat.send(entry(), now())
    await chat.send(entry(lookup_since=LONG_AGO), now())
    assert len(posts(server)) == 2


@pytest.mark.parametrize("route", [ACTIVE, ARCHIVED, STARTER])
async def test_a_post_that_can_not_be_looked_up_now_is_not_made_again(
    server: Discord, chat: DiscordChat, route: str
) -> None:
    server.fail(route, status=429, retry_after=300)
    with pytest.raises(Uncertain):
        await chat.send(entry(), now())
    identity = await settled(server, chat, entry())
    assert [post.id for post in posts(server)] == [identity]
    assert list_calls(server).count(START) == 1


@pytest.mark.parametrize("route", [ACTIVE, ARCHIVED, STARTER])
async def test_a_look_up_that_fails_is_tried_later(server: Discord, chat: DiscordChat, route: str) -> None:
    identity = await chat.send(entry(), now())
    server.fail(route, status=503)
    with pytest.raises(TryLater):
        await chat.find_message(entry())
    server.fail(route, status=503)
    with pytest.raises(TryLater):
        await chat.send(entry(lookup_since=LONG_AGO), now())
    assert [post.id for post in posts(server)] == [identity]


# -- refusals ----------------------------------------------------------------------------------------------------------


async def test_a_forum_that_wants_a_tag_says_which_would_do(server: Discord, chat: DiscordChat) -> None:
    server.places[FORUM.id].requires_tag = True
    with pytest.raises(Gone, match="“Papers”") as caught:
        await chat.send(entry(), now())
    assert not caught.value.installation
    assert posts(server) == []


async def test_a_tag_that_was_just_deleted_costs_no_forum(server: Discord, rest: RestClient) -> None:
    with pytest.raises(Unsendable, match="applied_tags"):
        await build_chat(rest, ChannelStyle(tags=({"id": "9", "name": "Papers"},))).send(entry(), now())
    server.violations.clear()


@pytest.mark.parametrize(("lacking", "said"), [(rights.VIEW, "View Channel"), (rights.SEND, "may not post")])
async def test_a_forum_that_is_closed_to_us_is_gone(
    server: Discord, chat: DiscordChat, lacking: int, said: str
) -> None:
    limited(server, lacking)
    with pytest.raises(Gone, match=said):
        await chat.send(entry(), now())


async def test_a_forum_that_was_deleted_is_gone(server: Discord, chat: DiscordChat) -> None:
    server.forget(server.places[FORUM.id])
    for asking in (
        chat.send(entry(), now()),
        chat.send(entry(lookup_since=LONG_AGO), now()),
        chat.find_message(entry()),
    ):
        with pytest.raises(Gone):
            await asking


# -- what follows a post -----------------------------------------------------------------------------------------------


async def test_an_edit_changes_the_starter_and_keeps_the_key(server: Discord, chat: DiscordChat) -> None:
    identity = await chat.send(entry(), now())
    newer = build_digest(1, "Said anew.")
    assert (
        await chat.send(build_delivery(newer, "edit", channel=FORUM, parent_message_id=identity, part=1), now())
        == identity
    )
    (starter,) = server.shown(identity)
    assert starter.edited
    assert "Said anew." in starter.plain
    assert list_calls(server).count(EDIT) == 1
    assert await chat.find_message(entry()) == identity


@pytest.mark.parametrize("state", ["archived", "deleted"])
async def test_an_edit_of_a_post_that_takes_nothing_costs_no_forum(
    server: Discord, chat: DiscordChat, state: str
) -> None:
    identity = await chat.send(entry(), now())
    if state == "archived":
        posts(server)[0].archived = True
    else:
        server.forget(posts(server)[0])
    with pytest.raises(Unsendable):
        await chat.send(
            build_delivery(build_digest(1, "Newer"), "edit", channel=FORUM, parent_message_id=identity, part=1), now()
        )


async def test_a_reply_is_said_in_the_post(server: Discord, chat: DiscordChat) -> None:
    identity = await chat.send(entry(), now())
    reply = build_delivery(Card(text="Below"), "reply", channel=FORUM, parent_message_id=identity, part=1)
    said = await chat.send(reply, now())
    assert [one.id for one in server.shown(identity)] == [identity, said]
    assert await chat.find_message(reply) == said
    assert await chat.send(replace(reply, lookup_since=LONG_AGO), now()) == said


@pytest.mark.parametrize("state", ["locked", "deleted", "closed"])
async def test_a_reply_in_a_post_that_takes_nothing_costs_no_forum(
    server: Discord, chat: DiscordChat, state: str
) -> None:
    identity = await chat.send(entry(), now())
    match state:
        case "locked":
            posts(server)[0].locked = True
            limited(server, rights.MANAGE_THREADS)
        case "deleted":
            server.forget(posts(server)[0])
        case _:
            limited(server, rights.SEND_IN_THREADS)
    with pytest.raises(Unsendable):
        await chat.send(
            build_delivery(Card(text="Below"), "reply", channel=FORUM, parent_message_id=identity, part=1), now()
        )


# -- tags --------------------------------------------------------------------------------------------------------------


def tagged(*names: str, because: tuple[str, ...] = (), section: str = "") -> list[str]:
    offered = [{"id": name.casefold(), "name": name} for name in names]
    item = Item("Paper", "https://arxiv.org/abs/2511.00001", 1, because=because, section=section)
    return choose_tags(offered, Card(items=(item,)))


@pytest.mark.parametrize(
    ("given", "chosen"),
    [
        (tagged("Vision", "Audio", because=("vision",)), ["vision"]),
        (tagged("Vision", "Papers", because=("VISION",)), ["vision"]),
        (tagged("Vision", "Papers", section="Vision"), ["vision"]),
        (tagged("Vision", "Papers"), ["papers"]),
        (tagged("Vision", "Audio"), []),
        (tagged(), []),
        (tagged(*"abcdefg", because=tuple("abcdefg")), list("abcde")),
    ],
)
def test_a_paper_gets_the_tags_that_are_named_like_its_topics(given: list[str], chosen: list[str]) -> None:
    assert given == chosen


def test_the_key_of_a_post_is_not_that_of_another() -> None:
    assert message_keys.hash_delivery_key(entry().key) != message_keys.hash_delivery_key(entry(part=1).key)


# -- far back ----------------------------------------------------------------------------------------------------------


def put_away(server: Discord, number: int) -> None:
    """Let so many posts of others be put away, one after the other."""
    for one in range(number):
        thread = server.thread(str(10_000 + one), parent=FORUM.id, owner="100")
        thread.archived, thread.archived_at = True, server.clock.now() + one


async def test_a_post_below_many_that_were_put_away_is_found(server: Discord, chat: DiscordChat) -> None:
    one = entry()
    identity = await chat.send(one, now())
    await server.archive_thread(identity)
    put_away(server, 250)
    server.calls.clear()
    assert await chat.find_message(one) == identity
    assert list_calls(server).count(ARCHIVED) == 3


async def test_the_look_back_ends_at_what_was_put_away_before(server: Discord, chat: DiscordChat) -> None:
    put_away(server, 250)
    server.later(86_400)
    one = entry(created_at=now() + timedelta(days=1))
    server.calls.clear()
    assert await chat.find_message(one) is None
    assert list_calls(server).count(ARCHIVED) == 1


async def test_a_look_back_that_does_not_end_is_uncertain(
    server: Discord, chat: DiscordChat, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forum_posts, "_MAX_PAGES", 3)
    put_away(server, 350)
    with pytest.raises(Uncertain, match="Too many"):
        await chat.find_message(entry())


async def test_a_look_up_that_has_to_wait_goes_on_with_the_next_post(server: Discord, chat: DiscordChat) -> None:
    for part in range(1, 6):
        await chat.send(entry(key=replace(entry().key, part=part)), now())
    identity = await chat.send(entry(), now())
    server.calls.clear()
    server.fail(STARTER, status=429, retry_after=60, where=lambda _: list_calls(server).count(STARTER) == 4)
    with pytest.raises(LookupPaused) as caught:
        await chat.find_message(entry())
    assert await chat.find_message(entry(lookup_cursor=caught.value.cursor)) == identity
    assert list_calls(server).count(STARTER) == 7, "six posts, and the one that had to wait"


async def test_a_post_that_was_found_before_a_pause_is_not_lost_and_its_twin_goes(
    server: Discord, chat: DiscordChat
) -> None:
    server.fail(START, status=502, accepted=True)
    server.fail(STARTER, status=429, retry_after=60, where=lambda _: list_calls(server).count(STARTER) == 2)
    with pytest.raises(Uncertain):
        await chat.send(entry(), now())
    server.calls.clear()
    server.fail(STARTER, status=429, retry_after=60, where=lambda _: list_calls(server).count(STARTER) == 2)
    with pytest.raises(LookupPaused) as caught:
        await chat.find_message(entry())
    found = await chat.find_message(entry(lookup_cursor=caught.value.cursor))
    assert [post.id for post in posts(server)] == [found]


async def test_what_was_posted_long_after_an_attempt_is_not_looked_into(server: Discord, chat: DiscordChat) -> None:
    attempted = now()
    server.later(600)
    await chat.send(entry(key=replace(entry().key, part=1)), now())
    server.calls.clear()
    assert await chat.find_message(entry(lookup_since=attempted, attempted_at=attempted)) is None
    assert STARTER not in list_calls(server)
