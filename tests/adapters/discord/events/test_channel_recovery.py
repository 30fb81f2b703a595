"""Channels that fell silent go on where the reason is gone, and are not tried again where it is not."""

from __future__ import annotations

import pytest

from adapters.discord.api.error_codes import CHANNEL_ERRORS
from bot.delivery import pending_notices
from bot.domain.channels import DIRECT_MESSAGE_WORKSPACE, Channel, ChannelKind
from bot.reasons.reason import Reason, to_reason
from tests.adapters.discord.inbound import ROOM, Office
from tests.adapters.discord.watching import TALK, greetings, retired, settled, subscribe, until
from tests.servers.discord import people, rights

FORUM = Channel("discord", "10", "24", ChannelKind.FORUM, "forum")
UNTAGGED, LOCKED = CHANNEL_ERRORS[40067], CHANNEL_ERRORS[160005]
OWNER = Channel("discord", DIRECT_MESSAGE_WORKSPACE, "90", ChannelKind.DIRECT)


async def test_a_role_that_lets_the_bot_write_again_is_enough(here: Office) -> None:
    await here.stores.channels.retire(ROOM, to_reason("Broadsheet may not post there"))
    await here.server.create_role("30", name="bots")
    await here.server.change_role("30", permissions=rights.SEND)
    await retired(here, None)


async def test_what_discord_refused_for_no_known_reason_is_not_tried_again_by_itself(here: Office) -> None:
    shut = Reason("channel.refused", number=99999)
    await here.stores.channels.retire(ROOM, shut)
    await here.server.create_role("30", name="bots")
    await here.server.change_role("30", permissions=rights.SEND)
    await settled(here)
    assert await here.retired(ROOM) == shut


async def test_a_channel_that_can_be_seen_again_goes_on(here: Office) -> None:
    await here.server.drop_channel("20")
    await retired(here, Reason("channel.deleted"))
    await here.server.create_channel("20", guild="10", name="papers")
    await retired(here, None)


async def test_roles_that_the_bot_itself_is_given_are_enough(here: Office) -> None:
    """Of those Discord tells without the intent for members."""
    await here.stores.channels.retire(ROOM, CHANNEL_ERRORS[50013])
    bot = people.member(here.server, "1", here.server.guilds["10"])
    here.server.tell("GUILD_MEMBER_UPDATE", bot | {"guild_id": "10"}, "10")
    await retired(here, None)


@pytest.mark.parametrize("archived", [False, True])
async def test_a_thread_that_is_unlocked_goes_on(here: Office, archived: bool) -> None:  # noqa: FBT001
    here.server.thread(TALK.id, "20", TALK.name)
    await subscribe(here, TALK)
    await here.server.archive_thread(TALK.id, archived=archived, locked=True)
    await here.stores.channels.retire(TALK, LOCKED)
    await settled(here)
    assert await here.retired(TALK) == LOCKED
    await here.server.archive_thread(TALK.id, archived=False, locked=False)
    await retired(here, None, TALK)


async def test_a_thread_that_is_unlocked_but_still_archived_goes_on_for_a_post_opens_it(here: Office) -> None:
    here.server.thread(TALK.id, "20", TALK.name)
    await subscribe(here, TALK)
    await here.server.archive_thread(TALK.id, archived=True, locked=True)
    await here.stores.channels.retire(TALK, LOCKED)
    await here.server.archive_thread(TALK.id, archived=True, locked=False)
    await retired(here, None, TALK)


@pytest.mark.parametrize("archived", [False, True])
async def test_a_thread_that_was_unlocked_while_nobody_listened_goes_on_at_the_start(
    shut: Office,
    archived: bool,  # noqa: FBT001
) -> None:
    """Of one that is archived the gateway tells nothing."""
    shut.server.thread(TALK.id, "20", TALK.name).archived = archived
    await subscribe(shut, TALK)
    await shut.stores.channels.retire(TALK, LOCKED)
    async with shut.running():
        await retired(shut, None, TALK)


async def test_a_thread_that_is_still_locked_is_looked_at_once_at_the_start_and_one_that_was_deleted_not_at_all(
    shut: Office,
) -> None:
    gone = Channel("discord", "10", "26", ChannelKind.THREAD, "gone")
    talk = shut.server.thread(TALK.id, "20", TALK.name)
    talk.archived = talk.locked = True
    for thread, reason in ((TALK, LOCKED), (gone, Reason("channel.deleted"))):
        await subscribe(shut, thread)
        await shut.stores.channels.retire(thread, reason)
    async with shut.running():
        await settled(shut)
        assert await shut.retired(TALK) == LOCKED
        assert await shut.retired(gone) == Reason("channel.deleted")
    asked = [call.path for call in shut.server.calls if call.method == "GET" and "/channels/" in call.path]
    assert asked == [f"/channels/{TALK.id}"]


@pytest.mark.parametrize("archived", [False, True])
async def test_a_thread_goes_on_when_its_channel_allows_it_again(here: Office, archived: bool) -> None:  # noqa: FBT001
    here.server.thread(TALK.id, "20", TALK.name)
    await subscribe(here, TALK)
    await here.server.archive_thread(TALK.id, archived=archived)
    await here.server.allow("20", rights.ALL & ~rights.SEND_IN_THREADS)
    await here.stores.channels.retire(TALK, CHANNEL_ERRORS[50013])
    await settled(here)
    assert await here.retired(TALK) == CHANNEL_ERRORS[50013]
    await here.server.allow("20")
    await retired(here, None, TALK)


async def test_a_thread_of_which_discord_can_t_tell_now_stays_silent(here: Office) -> None:
    await subscribe(here, TALK)
    await here.stores.channels.retire(TALK, LOCKED)
    await here.server.allow("20", rights.ALL & ~rights.EMBED_LINKS)
    await settled(here)
    assert await here.retired(TALK) == LOCKED


async def test_a_thread_below_a_channel_that_is_not_seen_lacks_a_permission(here: Office) -> None:
    here.server.channel("25", name="hidden")
    here.server.thread("26", "25", "Below")
    below = Channel("discord", "10", "26", ChannelKind.THREAD, "Below")
    await subscribe(here, below)
    await here.stores.channels.retire(below, LOCKED)
    await here.server.archive_thread("26", archived=False)
    await settled(here)
    assert "lacks View Channel there" in (await here.type("papers status", channel="26")).plain
    assert await here.retired(below) == LOCKED


@pytest.mark.parametrize("reason", [UNTAGGED, CHANNEL_ERRORS[50008]])
async def test_what_still_holds_is_not_tried_again_at_the_next_start_nor_told_again(
    shut: Office, reason: Reason
) -> None:
    shut.server.channel(FORUM.id, name=FORUM.name, kind="forum", tags=(("1", "Vision"),), requires_tag=True)
    await subscribe(shut, FORUM)
    await shut.stores.channels.retire(FORUM, reason)
    async with shut.running():
        await shut.server.create_role("30", name="bots")
        await shut.server.change_role("30", permissions=rights.SEND)
        await settled(shut)
        assert await shut.retired(FORUM) == reason


async def test_a_forum_that_got_the_tag_which_it_lacked_goes_on(here: Office) -> None:
    await here.server.create_channel(
        FORUM.id, name=FORUM.name, kind="forum", tags=(("1", "Vision"),), requires_tag=True
    )
    await subscribe(here, FORUM)
    await here.stores.channels.retire(FORUM, UNTAGGED)
    await here.server.retag(FORUM.id, (("1", "Vision"), ("2", "Papers")))
    await retired(here, None, FORUM)


async def test_a_forum_for_which_one_of_its_tags_is_chosen_goes_on(here: Office) -> None:
    await here.server.create_channel(
        FORUM.id, name=FORUM.name, kind="forum", tags=(("1", "Vision"),), requires_tag=True
    )
    await subscribe(here, FORUM)
    await here.stores.channels.retire(FORUM, UNTAGGED)
    await here.type("papers-setup settings", {"channel": FORUM.id, "number": 7}, user="91")
    assert await here.retired(FORUM) == UNTAGGED
    await here.type("papers-setup settings", {"channel": FORUM.id, "tag": "Vision"}, user="91")
    assert await here.retired(FORUM) is None


async def test_a_forum_that_asks_for_no_tag_any_more_goes_on(here: Office) -> None:
    await here.server.create_channel(
        FORUM.id, name=FORUM.name, kind="forum", tags=(("1", "Vision"),), requires_tag=True
    )
    await subscribe(here, FORUM)
    await here.stores.channels.retire(FORUM, UNTAGGED)
    await here.server.retag(FORUM.id, (("1", "Vision"),), requires_tag=False)
    await retired(here, None, FORUM)


async def test_pictures_that_may_not_be_shown_keep_no_channel_silent(here: Office) -> None:
    """At worst they are not shown: what was posted without the permission before goes on without it."""
    await subscribe(here, pictures=True)
    await here.stores.channels.retire(ROOM, CHANNEL_ERRORS[50013])
    await here.server.allow("20", rights.ALL & ~rights.SEND & ~rights.EMBED_LINKS)
    await settled(here)
    assert await here.retired() == CHANNEL_ERRORS[50013]
    await here.server.allow("20", rights.ALL & ~rights.EMBED_LINKS)
    await retired(here, None)


# -- who is told -------------------------------------------------------------------------------------------------------


async def test_where_the_owner_takes_no_direct_messages_the_server_is_told(here: Office) -> None:
    here.excused += ["Nothing is posted to discord:@me:90 any more"]
    here.server.people["90"].dms = False
    await here.server.drop_channel("20")
    await retired(here, Reason("channel.deleted"))
    (said,) = await greetings(here, "22")
    assert "Nothing is posted to #papers any more: the channel was deleted." in said.plain
    assert said.pings == ()


async def test_an_owner_who_is_known_to_take_none_is_not_tried(here: Office) -> None:
    await here.stores.channels.get_or_create(OWNER, here.now)
    await here.stores.channels.retire(OWNER, CHANNEL_ERRORS[50007])
    await here.server.drop_channel("20")
    (said,) = await greetings(here, "22")
    assert "Nothing is posted to #papers any more" in said.plain
    assert here.server.direct("90") == []


async def test_where_nobody_can_be_told_the_log_says_so(here: Office, caplog: pytest.LogCaptureFixture) -> None:
    here.excused += ["Nobody of discord 10 can be told: discord:10:20", "Nothing is posted to discord:@me:90 any more"]
    here.server.people["90"].dms = False
    await here.server.allow("22", rights.ALL & ~rights.SEND)
    await here.server.drop_channel("20")
    await retired(here, Reason("channel.deleted"))

    async def check() -> bool:
        await here.post()
        return "Nobody of discord 10 can be told: discord:10:20" in caplog.text

    await until(check)
    assert here.server.shown("22") == []


async def test_what_nobody_could_be_told_is_in_the_next_private_answer_to_who_manages_the_server(here: Office) -> None:
    here.excused += ["Nobody of discord 10 can be told: discord:10:20", "Nothing is posted to discord:@me:90 any more"]
    here.server.people["90"].dms = False
    await here.server.allow("22", rights.ALL & ~rights.SEND)
    await here.server.drop_channel("20")

    async def check() -> bool:
        await here.post()
        return bool(await pending_notices.list_pending(here.stores.key_values, "discord", "10"))

    await until(check)
    word = "Nothing is posted to #papers any more: the channel was deleted."
    assert word not in (await here.type("papers today", channel="22")).plain, "whoever only reads can mend nothing"
    assert word in (await here.type("papers-setup log", channel="22", user="91")).plain
    assert word not in (await here.type("papers-setup log", channel="22", user="91")).plain
