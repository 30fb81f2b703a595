"""Channels that fell silent go on where the reason is gone, and are not tried again where it is not."""

from __future__ import annotations

import pytest

from adapters.discord.api.error_codes import CHANNEL_ERRORS
from bot.delivery import pending_notices
from bot.domain.channels import DIRECT_MESSAGE_WORKSPACE, Channel, ChannelKind
from bot.reasons.reason import Reason, to_reason
from tests.adapters.discord.bot_harness import PAPERS_CHANNEL, BotHarness
from tests.adapters.discord.event_waits import (
    TALK,
    subscribe,
    wait_for_messages,
    wait_until,
    wait_until_recorded,
    wait_until_retired,
)
from tests.servers.discord import people, rights

FORUM = Channel("discord", "10", "24", ChannelKind.FORUM, "forum")
UNTAGGED, LOCKED = CHANNEL_ERRORS[40067], CHANNEL_ERRORS[160005]
OWNER = Channel("discord", DIRECT_MESSAGE_WORKSPACE, "90", ChannelKind.DIRECT)


async def test_a_role_that_lets_the_bot_write_again_is_enough(subscribed: BotHarness) -> None:
    await subscribed.stores.channels.retire(PAPERS_CHANNEL, to_reason("Broadsheet may not post there"))
    await subscribed.server.create_role("30", name="bots")
    await subscribed.server.change_role("30", permissions=rights.SEND)
    await wait_until_retired(subscribed, None)


async def test_what_discord_refused_for_no_known_reason_is_not_tried_again_by_itself(subscribed: BotHarness) -> None:
    offline = Reason("channel.refused", number=99999)
    await subscribed.stores.channels.retire(PAPERS_CHANNEL, offline)
    await subscribed.server.create_role("30", name="bots")
    await subscribed.server.change_role("30", permissions=rights.SEND)
    await wait_until_recorded(subscribed)
    assert await subscribed.retired(PAPERS_CHANNEL) == offline


async def test_a_channel_that_can_be_seen_again_goes_on(subscribed: BotHarness) -> None:
    await subscribed.server.drop_channel("20")
    await wait_until_retired(subscribed, Reason("channel.deleted"))
    await subscribed.server.create_channel("20", guild="10", name="papers")
    await wait_until_retired(subscribed, None)


async def test_roles_that_the_bot_itself_is_given_are_enough(subscribed: BotHarness) -> None:
    """Of those Discord tells without the intent for members."""
    await subscribed.stores.channels.retire(PAPERS_CHANNEL, CHANNEL_ERRORS[50013])
    bot = people.member(subscribed.server, "1", subscribed.server.guilds["10"])
    subscribed.server.tell("GUILD_MEMBER_UPDATE", bot | {"guild_id": "10"}, "10")
    await wait_until_retired(subscribed, None)


@pytest.mark.parametrize("archived", [False, True])
async def test_a_thread_that_is_unlocked_goes_on(subscribed: BotHarness, archived: bool) -> None:  # noqa: FBT001
    subscribed.server.thread(TALK.id, "20", TALK.name)
    await subscribe(subscribed, TALK)
    await subscribed.server.archive_thread(TALK.id, archived=archived, locked=True)
    await subscribed.stores.channels.retire(TALK, LOCKED)
    await wait_until_recorded(subscribed)
    assert await subscribed.retired(TALK) == LOCKED
    await subscribed.server.archive_thread(TALK.id, archived=False, locked=False)
    await wait_until_retired(subscribed, None, TALK)


async def test_a_thread_that_is_unlocked_but_still_archived_goes_on_for_a_post_opens_it(subscribed: BotHarness) -> None:
    subscribed.server.thread(TALK.id, "20", TALK.name)
    await subscribe(subscribed, TALK)
    await subscribed.server.archive_thread(TALK.id, archived=True, locked=True)
    await subscribed.stores.channels.retire(TALK, LOCKED)
    await subscribed.server.archive_thread(TALK.id, archived=True, locked=False)
    await wait_until_retired(subscribed, None, TALK)


@pytest.mark.parametrize("archived", [False, True])
async def test_a_thread_that_was_unlocked_while_nobody_listened_goes_on_at_the_start(
    offline: BotHarness,
    archived: bool,  # noqa: FBT001
) -> None:
    """Of one that is archived the gateway tells nothing."""
    offline.server.thread(TALK.id, "20", TALK.name).archived = archived
    await subscribe(offline, TALK)
    await offline.stores.channels.retire(TALK, LOCKED)
    async with offline.run_bot():
        await wait_until_retired(offline, None, TALK)


async def test_a_thread_that_is_still_locked_is_looked_at_once_at_the_start_and_one_that_was_deleted_not_at_all(
    offline: BotHarness,
) -> None:
    gone = Channel("discord", "10", "26", ChannelKind.THREAD, "gone")
    talk = offline.server.thread(TALK.id, "20", TALK.name)
    talk.archived = talk.locked = True
    for thread, reason in ((TALK, LOCKED), (gone, Reason("channel.deleted"))):
        await subscribe(offline, thread)
        await offline.stores.channels.retire(thread, reason)
    async with offline.run_bot():
        await wait_until_recorded(offline)
        assert await offline.retired(TALK) == LOCKED
        assert await offline.retired(gone) == Reason("channel.deleted")
    asked = [call.path for call in offline.server.calls if call.method == "GET" and "/channels/" in call.path]
    assert asked == [f"/channels/{TALK.id}"]


@pytest.mark.parametrize("archived", [False, True])
async def test_a_thread_goes_on_when_its_channel_allows_it_again(subscribed: BotHarness, archived: bool) -> None:  # noqa: FBT001
    subscribed.server.thread(TALK.id, "20", TALK.name)
    await subscribe(subscribed, TALK)
    await subscribed.server.archive_thread(TALK.id, archived=archived)
    await subscribed.server.allow("20", rights.ALL & ~rights.SEND_IN_THREADS)
    await subscribed.stores.channels.retire(TALK, CHANNEL_ERRORS[50013])
    await wait_until_recorded(subscribed)
    assert await subscribed.retired(TALK) == CHANNEL_ERRORS[50013]
    await subscribed.server.allow("20")
    await wait_until_retired(subscribed, None, TALK)


async def test_a_thread_of_which_discord_can_t_tell_now_stays_silent(subscribed: BotHarness) -> None:
    await subscribe(subscribed, TALK)
    await subscribed.stores.channels.retire(TALK, LOCKED)
    await subscribed.server.allow("20", rights.ALL & ~rights.EMBED_LINKS)
    await wait_until_recorded(subscribed)
    assert await subscribed.retired(TALK) == LOCKED


async def test_a_thread_below_a_channel_that_is_not_seen_lacks_a_permission(subscribed: BotHarness) -> None:
    subscribed.server.channel("25", name="hidden")
    subscribed.server.thread("26", "25", "Below")
    below = Channel("discord", "10", "26", ChannelKind.THREAD, "Below")
    await subscribe(subscribed, below)
    await subscribed.stores.channels.retire(below, LOCKED)
    await subscribed.server.archive_thread("26", archived=False)
    await wait_until_recorded(subscribed)
    assert "lacks View Channel there" in (await subscribed.type("papers status", channel="26")).plain
    assert await subscribed.retired(below) == LOCKED


@pytest.mark.parametrize("reason", [UNTAGGED, CHANNEL_ERRORS[50008]])
async def test_what_still_holds_is_not_tried_again_at_the_next_start_nor_told_again(
    offline: BotHarness, reason: Reason
) -> None:
    offline.server.channel(FORUM.id, name=FORUM.name, kind="forum", tags=(("1", "Vision"),), requires_tag=True)
    await subscribe(offline, FORUM)
    await offline.stores.channels.retire(FORUM, reason)
    async with offline.run_bot():
        await offline.server.create_role("30", name="bots")
        await offline.server.change_role("30", permissions=rights.SEND)
        await wait_until_recorded(offline)
        assert await offline.retired(FORUM) == reason


async def test_a_forum_that_got_the_tag_which_it_lacked_goes_on(subscribed: BotHarness) -> None:
    await subscribed.server.create_channel(
        FORUM.id, name=FORUM.name, kind="forum", tags=(("1", "Vision"),), requires_tag=True
    )
    await subscribe(subscribed, FORUM)
    await subscribed.stores.channels.retire(FORUM, UNTAGGED)
    await subscribed.server.retag(FORUM.id, (("1", "Vision"), ("2", "Papers")))
    await wait_until_retired(subscribed, None, FORUM)


async def test_a_forum_for_which_one_of_its_tags_is_chosen_goes_on(subscribed: BotHarness) -> None:
    await subscribed.server.create_channel(
        FORUM.id, name=FORUM.name, kind="forum", tags=(("1", "Vision"),), requires_tag=True
    )
    await subscribe(subscribed, FORUM)
    await subscribed.stores.channels.retire(FORUM, UNTAGGED)
    await subscribed.type("papers-setup settings", {"channel": FORUM.id, "number": 7}, user="91")
    assert await subscribed.retired(FORUM) == UNTAGGED
    await subscribed.type("papers-setup settings", {"channel": FORUM.id, "tag": "Vision"}, user="91")
    assert await subscribed.retired(FORUM) is None


async def test_a_forum_that_asks_for_no_tag_any_more_goes_on(subscribed: BotHarness) -> None:
    await subscribed.server.create_channel(
        FORUM.id, name=FORUM.name, kind="forum", tags=(("1", "Vision"),), requires_tag=True
    )
    await subscribe(subscribed, FORUM)
    await subscribed.stores.channels.retire(FORUM, UNTAGGED)
    await subscribed.server.retag(FORUM.id, (("1", "Vision"),), requires_tag=False)
    await wait_until_retired(subscribed, None, FORUM)


async def test_pictures_that_may_not_be_shown_keep_no_channel_silent(subscribed: BotHarness) -> None:
    """At worst they are not shown: what was posted without the permission before goes on without it."""
    await subscribe(subscribed, pictures=True)
    await subscribed.stores.channels.retire(PAPERS_CHANNEL, CHANNEL_ERRORS[50013])
    await subscribed.server.allow("20", rights.ALL & ~rights.SEND & ~rights.EMBED_LINKS)
    await wait_until_recorded(subscribed)
    assert await subscribed.retired() == CHANNEL_ERRORS[50013]
    await subscribed.server.allow("20", rights.ALL & ~rights.EMBED_LINKS)
    await wait_until_retired(subscribed, None)


# -- who is told -------------------------------------------------------------------------------------------------------


async def test_where_the_owner_takes_no_direct_messages_the_server_is_told(subscribed: BotHarness) -> None:
    subscribed.excused += ["Nothing is posted to discord:@me:90 any more"]
    subscribed.server.people["90"].dms = False
    await subscribed.server.drop_channel("20")
    await wait_until_retired(subscribed, Reason("channel.deleted"))
    (said,) = await wait_for_messages(subscribed, "22")
    assert "Nothing is posted to #papers any more: the channel was deleted." in said.plain
    assert said.pings == ()


async def test_an_owner_who_is_known_to_take_none_is_not_tried(subscribed: BotHarness) -> None:
    await subscribed.stores.channels.get_or_create(OWNER, subscribed.now)
    await subscribed.stores.channels.retire(OWNER, CHANNEL_ERRORS[50007])
    await subscribed.server.drop_channel("20")
    (said,) = await wait_for_messages(subscribed, "22")
    assert "Nothing is posted to #papers any more" in said.plain
    assert subscribed.server.direct("90") == []


async def test_where_nobody_can_be_told_the_log_says_so(
    subscribed: BotHarness, caplog: pytest.LogCaptureFixture
) -> None:
    subscribed.excused += [
        "Nobody of discord 10 can be told: discord:10:20",
        "Nothing is posted to discord:@me:90 any more",
    ]
    subscribed.server.people["90"].dms = False
    await subscribed.server.allow("22", rights.ALL & ~rights.SEND)
    await subscribed.server.drop_channel("20")
    await wait_until_retired(subscribed, Reason("channel.deleted"))

    async def check() -> bool:
        await subscribed.post()
        return "Nobody of discord 10 can be told: discord:10:20" in caplog.text

    await wait_until(check)
    assert subscribed.server.shown("22") == []


async def test_what_nobody_could_be_told_is_in_the_next_private_answer_to_who_manages_the_server(
    subscribed: BotHarness,
) -> None:
    subscribed.excused += [
        "Nobody of discord 10 can be told: discord:10:20",
        "Nothing is posted to discord:@me:90 any more",
    ]
    subscribed.server.people["90"].dms = False
    await subscribed.server.allow("22", rights.ALL & ~rights.SEND)
    await subscribed.server.drop_channel("20")

    async def check() -> bool:
        await subscribed.post()
        return bool(await pending_notices.list_pending(subscribed.stores.key_values, "discord", "10"))

    await wait_until(check)
    word = "Nothing is posted to #papers any more: the channel was deleted."
    assert word not in (await subscribed.type("papers today", channel="22")).plain, (
        "whoever only reads can mend nothing"
    )
    assert word in (await subscribed.type("papers-setup log", channel="22", user="91")).plain
    assert word not in (await subscribed.type("papers-setup log", channel="22", user="91")).plain
