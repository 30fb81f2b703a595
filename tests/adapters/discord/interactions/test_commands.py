"""Slash commands: everywhere, by everybody, in time."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any, Final

import pytest

from adapters.discord.commands.tree import build_command_tree
from adapters.discord.delivery import forum_posts
from adapters.discord.interactions import responses
from adapters.discord.rendering import items
from bot.cards.models import Card, Item
from bot.commands.context import CommandContext
from bot.commands.table import build_table
from bot.domain.channels import DIRECT_MESSAGE_WORKSPACE, Channel, ChannelKind
from bot.domain.deliveries import DeliveryKey
from bot.domain.follows import Follow
from bot.domain.papers import Paper
from bot.domain.people import Person
from bot.domain.preferences import Preferences
from bot.i18n.translation import LANGUAGES, gettext, use_language
from bot.ports.commands import Answer, Request
from bot.ports.deliveries import Draft
from bot.reasons.reason import Reason
from tests.adapters.discord.bot_harness import ANAS_DIRECT_MESSAGES, PAPERS_CHANNEL, BotHarness, list_labels
from tests.servers.discord import rights
from tests.stores import broken

NEW: Final = Paper("2602.99999", "A Paper from This Morning", abstract="It is new.", authors=("Eve",))
GIVEN: Final[dict[str, Any]] = {"paper": "2602.12160", "query": "diffusion", "topic": "diffusion", "what": "2602.12160"}
"""Something sensible for each option that is required."""
TREE: Final = build_command_tree(build_table(CommandContext(None)))  # type: ignore[arg-type]  # nothing is asked here
SECRET: Final = "what somebody typed"
DORAS: Final = Channel("discord", "@me", "104", ChannelKind.DIRECT)


def required(path: tuple[str, ...]) -> dict[str, Any]:
    """Return what must be filled in to use a command."""
    given = {**GIVEN, "member": "101"}
    return {each.name: given[each.name] for each in TREE.commands[path].parameters if each.required}


@pytest.fixture
def prompt(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let nobody wait for long before they are told to."""
    monkeypatch.setattr(responses, "LOADING_DELAY", 0.05)


async def test_every_command_is_answered_to_its_asker_alone_and_in_time(harness: BotHarness) -> None:
    for path in TREE.commands:
        harness.advance(minutes=1)
        words = " ".join(path)
        reaction = await harness.server.slash(words, required(path), user="90", channel="20")
        assert reaction.kind in {"message", "modal", "deferred"}, f"{words} was not answered"
        assert reaction.seconds < 3, words
        if reaction.kind != "modal":
            shown = await reaction.settled()
            assert (shown.to, shown.pings) == ("90", ()), words
            assert "That failed" not in shown.plain, words
            assert "is not a command" not in shown.plain, words
    assert harness.server.shown("20") == [], "nothing is posted by asking"


async def test_everybodys_commands_work_in_direct_messages(harness: BotHarness) -> None:
    for path in (path for path in TREE.commands if path[0] == "papers"):
        harness.advance(minutes=1)
        reaction = await harness.server.slash(" ".join(path), required(path), user="100")
        if reaction.kind != "modal":
            shown = await reaction.settled()
            assert "That failed" not in shown.plain, path
            assert "Share" not in list_labels(shown), path


async def test_what_is_slow_is_deferred_and_then_answered_in_its_place(harness: BotHarness, prompt: None) -> None:
    harness.paper_source.hold, harness.paper_source.known = asyncio.Event(), {NEW.id: NEW}
    reaction = await harness.server.slash("papers show", {"paper": NEW.id}, user="100", channel="20")
    assert (reaction.kind, reaction.payload) == ("deferred", {"flags": 64})
    assert harness.server.private == []
    harness.paper_source.hold.set()
    shown = await reaction.settled()
    assert "A Paper from This Morning" in shown.plain
    assert (shown.to, harness.server.private) == ("100", [shown])


async def test_what_fails_gives_a_reference_and_the_log_the_trace(
    harness: BotHarness, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def failing(*_: object) -> None:
        raise RuntimeError(SECRET)

    monkeypatch.setattr(type(harness.stores.feed_days), "get_newest", failing)
    harness.excused.append("today failed, reference")
    shown = await harness.type("papers today")
    reference = shown.plain.rsplit(" ", 1)[-1].rstrip(".")
    assert "That failed. Nothing was changed. Reference:" in shown.plain
    assert f"reference {reference}." in caplog.text
    assert SECRET not in caplog.text


async def test_an_answer_that_can_not_be_drawn_gives_a_reference_too(
    harness: BotHarness, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def failing(*_: object, **__: object) -> None:
        raise RuntimeError(SECRET)

    monkeypatch.setattr("adapters.discord.interactions.required_tag.add_tag_warning", failing)
    harness.excused.append("An interaction failed, reference")
    shown = await harness.type("papers today")
    assert "That failed; nothing more was done. Reference:" in shown.plain
    assert SECRET not in caplog.text


async def test_a_broken_database_is_a_sentence(harness: BotHarness, stored: Any) -> None:
    harness.excused += ["failed: StoreError", "A statement of the database failed"]
    with broken(stored, "INSERT ON saves"):
        shown = await harness.type("papers save", {"paper": "2602.12160"})
    assert "That failed" not in shown.plain
    assert await harness.stores.mutes_and_saves.list_saved_papers(ANAS_DIRECT_MESSAGES) == []


async def test_a_command_of_an_older_version_is_explained(harness: BotHarness) -> None:
    harness.server.commands[0]["options"].append({"type": 1, "name": "horoscope", "description": "Gone"})
    shown = await harness.type("papers horoscope")
    assert "This command is from an older version" in shown.plain


async def test_a_mistake_shows_how_it_is_typed_here(harness: BotHarness) -> None:
    shown = await harness.type("papers show", {"paper": "nonsense"})
    assert "/papers show paper:" in shown.plain


async def test_an_answer_that_nobody_waits_for_any_more_is_a_line_in_the_log(
    harness: BotHarness, caplog: pytest.LogCaptureFixture
) -> None:
    harness.server.fail("POST /interactions/{interaction_id}/{interaction_token}/callback", status=404, code=10062)
    harness.excused.append("An answer did not get through")
    reaction = await harness.server.slash("papers today", {}, user="100", channel="20")
    assert reaction.kind == "none"
    assert "An answer did not get through" in caplog.text
    assert (await harness.type("papers today")).plain, "the next one is answered"


# In a server without the bot, by somebody who installed it for themselves.


async def test_where_the_bot_is_no_member_it_answers_and_nothing_can_be_shared(harness: BotHarness) -> None:
    shown = await harness.type("papers search", {"query": "diffusion"}, channel="40", user="104")
    assert "diffusion" in shown.plain
    assert "Share" not in list_labels(shown)
    assert "Discuss in a thread" not in json.dumps(shown.components)


async def test_where_the_bot_is_no_member_a_follow_is_ones_own(harness: BotHarness) -> None:
    options = {"topic": "diffusion", "where": "here"}
    shown = await harness.type("papers follow", options, channel="40", user="104")
    assert "Following “diffusion” for you" in shown.plain
    assert await harness.topics(DORAS) == ['"diffusion"']
    assert await harness.topics(Channel("discord", "11", "40")) == []


async def test_who_manages_a_server_without_the_bot_manages_nothing_of_it(harness: BotHarness) -> None:
    harness.server.person("105", name="Eve", guilds=("11",), admin=True, installed=True)
    await harness.type("papers today", channel="40", user="105")
    assert await harness.stores.channels.get(Channel("discord", "11", "40")) is None


# Commands in what is said.


async def test_every_command_is_in_the_help(harness: BotHarness) -> None:
    shown, text = await harness.type("papers help", channel="20"), ""
    while True:
        text += f"{shown.plain}\n"
        assert "and " not in shown.plain.splitlines()[-1], "nothing is left out"
        if "Next" not in list_labels(shown):
            break
        shown = await harness.press("Next", shown)
    for path in TREE.commands.keys() - TREE.fixed_arguments.keys():
        assert f"/{' '.join(path)}" in text, path
    assert "digest access" not in text, "a server's own settings say that"
    assert "[date]" not in text, "options show themselves"


async def test_examples_are_what_is_chosen_here(harness: BotHarness) -> None:
    shown = await harness.type("papers help", {"command": "member exclude"})
    assert "/papers-setup member exclude member:@Ada" in shown.plain
    assert "such as @Ada" in shown.plain
    assert shown.pings == ()
    shown = await harness.type("papers-setup member exclude", {"member": "91"}, user="91")
    assert "You can’t exclude yourself" in shown.plain
    assert "/papers-setup member exclude member:@Ada" in shown.plain
    shown = await harness.type("papers help", {"command": "me forget"})
    assert "one of True, False · such as True" in shown.plain
    for path in TREE.commands:
        harness.advance(minutes=1)
        shown = await harness.type("papers help", {"command": TREE.commands[path].name})
        assert not re.search(r"\b[UC]0\d", shown.plain), path


async def test_sentences_name_commands_as_they_are_typed_here(harness: BotHarness) -> None:
    shown = await harness.type("papers status")
    assert "“/papers-setup digest on” shows what it would be" in shown.plain
    await harness.type("papers-setup pause", user="91")
    assert "“/papers-setup resume” goes on" in (await harness.type("papers status")).plain
    shown = await harness.type("papers follow", {"topic": "resume"})
    assert "Following “resume” for you" in shown.plain, "a topic is no command"


async def test_a_role_that_is_mentioned_can_be_nobody_again(harness: BotHarness) -> None:
    harness.server.role("30", guild="10", name="readers")
    await harness.type("papers-setup settings", {"mention": "30"}, user="91")
    assert (await harness.preferences()).mention == "30"
    await harness.type("papers-setup settings", {"nobody": True}, user="91")
    assert (await harness.preferences()).mention == ""


async def test_roles_and_forums_are_called_what_people_call_them(offline: BotHarness) -> None:
    offline.server.role("30", guild="10", name="readers")
    offline.server.channel("23", guild="10", name="reading", kind="forum")
    async with offline.run_bot():
        shown = await offline.type("papers-setup settings", {"mention": "30", "into": "23", "lift": 5}, user="91")
        for said in (shown, await offline.type("papers-setup log", user="91")):
            assert "mention none → @readers" in said.plain
            assert "lift into none → #reading" in said.plain
            assert "<@&" not in said.content, "it is a word, which can ping nobody"
        offline.advance(minutes=1)
        await offline.type("papers-setup settings", {"nobody": True}, user="91")
        undone = await offline.type("papers-setup undo", user="91")
        assert "“Mention” is @readers again" in undone.plain


async def test_a_role_named_like_everybody_is_a_word(offline: BotHarness) -> None:
    offline.server.role("30", guild="10", name="everyone")
    async with offline.run_bot():
        shown = await offline.type("papers-setup settings", {"mention": "30"}, user="91")
        assert "mention none → @everyone" in shown.plain
        assert "\\@everyone" in shown.content


async def test_a_role_that_is_gone_stays_what_was_chosen(harness: BotHarness) -> None:
    await harness.stores.channels.save_preferences(PAPERS_CHANNEL, Preferences(mention="77"), None)
    shown = await harness.type("papers-setup settings", {"nobody": True}, user="91")
    assert "mention 77 → none" in shown.plain


# Managers.


async def test_the_digest_of_another_channel_is_turned_on_from_here(harness: BotHarness) -> None:
    preview = await harness.type("papers-setup digest on", {"channel": "22"}, user="91")
    assert "This is what #video-diffusion would get." in preview.plain
    shown = await harness.press("Start at the next time", preview, user="91")
    assert "The digest is on in #video-diffusion" in shown.plain
    there = Channel("discord", "10", "22")
    assert (await harness.preferences(there)).on
    assert not (await harness.preferences(PAPERS_CHANNEL)).on


async def test_an_option_reaches_the_other_channel_only(harness: BotHarness) -> None:
    await harness.type("papers-setup digest set", {"channel": "22", "number": 3}, user="91")
    assert (await harness.preferences(Channel("discord", "10", "22"))).number == 3
    assert (await harness.preferences(PAPERS_CHANNEL)).number == 5


async def test_whom_the_server_lets_in_is_let_in_where_they_could_ask(harness: BotHarness) -> None:
    harness.server.permit("papers-setup", "101")
    shown = await harness.type("papers-setup digest off", {"channel": "22"}, user="101")
    assert "The digest is off in #video-diffusion already." in shown.plain
    mute = rights.overwrite("101", member=True, deny=rights.USE_COMMANDS)
    harness.server.places["22"].overwrites = [mute]
    shown = await harness.type("papers-setup digest off", {"channel": "22"}, user="101")
    assert "Only people who manage #video-diffusion may use “/papers-setup digest off”" in shown.plain


async def test_whom_the_server_lets_in_sets_a_forum_up(offline: BotHarness) -> None:
    offline.server.channel("23", guild="10", name="reading", kind="forum")
    offline.server.permit("papers-setup", "101")
    async with offline.run_bot():
        preview = await offline.type("papers-setup digest on", {"channel": "23"}, user="101")
        await offline.press("Start at the next time", preview, user="101")
        assert (await offline.preferences(Channel("discord", "10", "23", ChannelKind.FORUM))).on


@pytest.mark.parametrize(("options", "channel"), [({}, "20"), ({"channel": "22"}, "22")], ids=["here", "elsewhere"])
async def test_whom_the_server_lets_in_follows_and_mutes_for_the_channel(
    harness: BotHarness, options: dict[str, str], channel: str
) -> None:
    """Without Manage Channels; in everybody's group Discord does not tell that they may."""
    harness.server.permit("papers-setup", "101")
    there = Channel("discord", "10", channel)
    shown = await harness.type("papers-setup follow", {"topic": "diffusion"} | options, user="101")
    assert await harness.topics(there) == ['"diffusion"']
    await harness.press("Unfollow", shown, user="101")
    assert await harness.topics(there) == []
    await harness.type("papers-setup follow", {"topic": "diffusion"} | options, user="101")
    await harness.type("papers-setup unfollow", {"topic": "diffusion"} | options, user="101")
    assert await harness.topics(there) == []
    shown = await harness.type("papers-setup mute", {"what": "2602.12160"} | options, user="101")
    assert "digests and alerts leave it out" in shown.plain
    assert "for you" not in shown.plain
    shown = await harness.type("papers-setup unmute", {"what": "2602.12160"} | options, user="101")
    assert "any more" in shown.plain
    assert "for you" not in shown.plain
    assert await harness.topics(Channel("discord", DIRECT_MESSAGE_WORKSPACE, "101", ChannelKind.DIRECT)) == []


async def test_a_topic_is_asked_for_in_the_managers_group_too(harness: BotHarness) -> None:
    harness.server.permit("papers-setup", "101")
    asking = await harness.server.slash("papers-setup follow", {}, user="101", channel="20")
    panel = await (await harness.server.submit(asking, {"Topic": "diffusion"})).settled()
    await harness.press("Follow", panel, user="101")
    assert await harness.topics(PAPERS_CHANNEL) == ['"diffusion"']


async def test_what_is_decided_about_members_is_about_no_channel(harness: BotHarness) -> None:
    """It is the whole server's; who may decide it in one channel may so whatever else they name."""
    options = next(root for root in harness.server.commands if root["name"] == "papers-setup")["options"]
    member = next(group for group in options if group["name"] == "member")["options"]
    assert not any(option["name"] == "channel" for one in member for option in one["options"])
    shown = await harness.type("papers-setup member limit", {"number": 3}, user="91")
    assert "each member may follow 3 topics" in shown.plain


async def test_a_page_is_shown_when_its_buttons_can_not_be_kept(
    harness: BotHarness, stored: Any, caplog: pytest.LogCaptureFixture
) -> None:
    harness.excused += ["Some buttons of an answer will not work", "A statement of the database failed"]
    with broken(stored, "INSERT ON actions"):
        shown = await harness.type("papers search", {"query": " ".join(["diffusion"] * 20)})
    assert "Reference" not in shown.plain
    assert "Some buttons of an answer will not work" in caplog.text


async def test_the_servers_own_settings_let_somebody_manage(harness: BotHarness) -> None:
    harness.server.permit("papers-setup", "101")
    await harness.type("papers-setup digest set", {"number": 7}, user="101")
    assert (await harness.preferences()).number == 7
    shown = await harness.type("papers-setup member limit", {"number": 3}, user="101")
    assert "Only admins" not in shown.plain


async def test_a_forum_that_wants_tags_is_told_of_at_once(offline: BotHarness) -> None:
    harness = offline
    harness.server.channel("23", guild="10", name="reading", kind="forum", tags=(("1", "Vision"),), requires_tag=True)
    async with harness.run_bot():
        shown = await harness.type("papers-setup digest on", {"channel": "23"}, user="91")
        assert "make one named “Papers” in the forum’s settings." in shown.plain
        shown = await harness.press("Start at the next time", shown, user="91")
        assert "“reading” takes no post without a tag" in shown.plain
        shown = await harness.press("Use “Vision”", shown, user="91")
        assert "tag none → Vision" in shown.plain
        forum = Channel("discord", "10", "23", ChannelKind.FORUM, "reading")
        assert (await harness.preferences(forum)).tag == "Vision"
        shown = await harness.type("papers-setup digest on", {"channel": "23"}, user="91")
        assert "takes no post" not in shown.plain, "it was asked for once"
    harness.server.places["23"].offered = (("1", "Vision"), ("2", "Papers"))
    async with harness.run_bot():
        shown = await harness.type("papers-setup digest on", {"channel": "23"}, user="91")
        assert "tag" not in shown.plain


async def test_a_tag_that_only_moderators_use_is_neither_offered_nor_used(offline: BotHarness) -> None:
    tags = (("1", "Vision"), ("2", "Papers"))
    forum = offline.server.channel("23", guild="10", name="reading", kind="forum", tags=tags, requires_tag=True)
    forum.moderated, forum.permissions = ("2",), rights.ALL & ~rights.MANAGE_THREADS
    async with offline.run_bot():
        words = "papers-setup digest set"
        offered = await offline.server.type(words, {"channel": "23", "tag": ""}, "tag", user="91", channel="20")
        assert [each["value"] for each in offered] == ["Vision", "none"]
        shown = await offline.type("papers-setup digest on", {"channel": "23", "start": "next"}, user="91")
        assert "“reading” takes no post without a tag" in shown.plain
        assert "Use “Papers”" not in list_labels(shown)
        await offline.press("Use “Vision”", shown, user="91")
        place = offline.context.directory.find_discord_channel(Channel("discord", "10", "23", ChannelKind.FORUM))
        assert forum_posts.choose_tags(forum_posts.list_usable_tags(place), Card(), "Vision") == ["1"]
    forum.permissions = None
    async with offline.run_bot():
        assert (
            len(
                forum_posts.list_usable_tags(
                    offline.context.directory.find_discord_channel(Channel("discord", "10", "23", ChannelKind.FORUM))
                )
            )
            == 2
        )


async def test_a_forum_into_which_papers_are_lifted_is_asked_for_its_tag_too(offline: BotHarness) -> None:
    offline.server.channel("23", guild="10", name="reading", kind="forum", tags=(("1", "Vision"),), requires_tag=True)
    async with offline.run_bot():
        shown = await offline.type("papers-setup settings", {"into": "23"}, user="91")
        assert "takes no post" not in shown.plain, "nothing is lifted yet"
        shown = await offline.type("papers-setup settings", {"lift": 2}, user="91")
        assert "“reading” takes no post without a tag" in shown.plain
        await offline.press("Use “Vision”", shown, user="91")
        assert (await offline.preferences(Channel("discord", "10", "23", ChannelKind.FORUM))).tag == "Vision"
        assert (await offline.preferences()).tag == ""
        shown = await offline.type("papers-setup settings", {"lift": 3}, user="91")
        assert "takes no post" not in shown.plain, "it was asked for once"


async def test_a_forum_that_setup_sets_up_is_asked_for_its_tag_too(offline: BotHarness) -> None:
    tags = (("1", "Vision"), ("2", "Language"))
    for number, name in (("23", "video-diffusion-papers"), ("24", "world-model-papers")):
        offline.server.channel(number, guild="10", name=name, kind="forum", tags=tags, requires_tag=True)
    async with offline.run_bot():
        proposal = await offline.type("papers-setup setup", user="91")
        assert "takes no post" not in proposal.plain, "nothing is set up yet"
        shown = await offline.press("Set up all 4", proposal, user="91")
        assert "“video-diffusion-papers” takes no post without a tag" in shown.plain
        assert "“world-model-papers” takes no post without a tag" in shown.plain
        await offline.press("Use “Language” in world-model-papers", shown, user="91")
        forum = Channel("discord", "10", "24", ChannelKind.FORUM)
        assert (await offline.preferences(forum)).tag == "Language"
        assert (await offline.preferences(replace(forum, id="23"))).tag == ""


async def test_setup_proposes_no_forum_of_which_it_can_not_tell_what_it_is_about(offline: BotHarness) -> None:
    offline.server.channel("23", guild="10", name="reading", kind="forum")
    async with offline.run_bot():
        shown = await offline.type("papers-setup setup", user="91")
        assert "video-diffusion" in shown.plain
        assert "reading" not in shown.plain


# Others.


async def test_a_long_export_comes_as_a_file(harness: BotHarness) -> None:
    for number in range(20):
        await harness.type("papers follow", {"topic": f"topic number {number}"})
        harness.advance(minutes=1)
    shown = await harness.type("papers me export")
    assert "Everything stored about you" in shown.plain
    call = next(each for each in reversed(harness.server.calls) if each.files)
    (file,) = call.files.items()
    assert file[0] == "broadsheet.json"
    assert len(json.loads(file[1])["follows"]) == 20


async def test_direct_messages_come_again_for_who_writes_one(harness: BotHarness) -> None:
    await harness.type("papers follow", {"topic": "diffusion"})
    await harness.stores.channels.retire(ANAS_DIRECT_MESSAGES, Reason("person.direct_messages_closed"))
    shown = await harness.type("papers today")
    assert "What you follow does not reach you" in shown.plain
    assert await harness.retired(ANAS_DIRECT_MESSAGES)
    await harness.type("papers today", channel="")
    assert await harness.retired(ANAS_DIRECT_MESSAGES) is None


@pytest.fixture
async def unreached(offline: BotHarness) -> AsyncIterator[BotHarness]:
    """Ana and Dora follow something, and Discord has refused to write to them."""
    offline.server.person("100", name="Ana", guilds=("10",), dms=False)
    offline.server.person("104", name="Dora", guilds=("10", "11"), dms=False, installed=True)
    offline.excused.append("direct messages are closed")
    async with offline.run_bot():
        for person in (ANAS_DIRECT_MESSAGES, DORAS):
            await offline.stores.follows.add(Follow(person, '"diffusion"', Person(person.id), offline.now))
            await offline.stores.ledger.add([Draft(DeliveryKey(person, "alert", "1"), Card(text="New"))], offline.now)
        await offline.post()
        yield offline


UNREACHED: Final = (
    "What you follow does not reach you: direct messages are closed. Write to Broadsheet in a direct message"
)


@pytest.mark.parametrize("language", sorted(LANGUAGES))
async def test_closed_direct_messages_are_told_of_whole_before_other_small_print(
    unreached: BotHarness, language: str
) -> None:
    unreached.server.people["100"].locale = language
    with use_language(language):
        shown = await unreached.type("papers today")
        whole = gettext(
            "What you follow does not reach you: {why}. Write to Broadsheet in a direct message, and it goes on.",
            why=gettext("direct messages are closed"),
        )
    assert whole in shown.plain


async def test_closed_direct_messages_are_told_of_where_the_bot_is_no_member(unreached: BotHarness) -> None:
    shown = await unreached.type("papers today", channel="40", user="104")
    assert UNREACHED in shown.plain


async def test_closed_direct_messages_are_told_of_in_a_panel(unreached: BotHarness) -> None:
    await unreached.stores.channels.get_or_create(PAPERS_CHANNEL, unreached.now)
    unreached.server.permit("papers-setup", "100")
    assert UNREACHED in (await unreached.type("papers-setup settings")).plain


async def test_papers_of_a_message(harness: BotHarness) -> None:
    said = harness.server.say("Look: https://arxiv.org/abs/2602.12160", "20", "101")
    shown = await (await harness.server.menu("Papers in this message", said, user="100")).settled()
    assert "DreamID-Omni" in shown.plain
    assert shown.to == "100"
    said = harness.server.say("2602.12160 and huggingface.co/papers/2602.21534", "20", "101")
    shown = await (await harness.server.menu("Papers in this message", said, user="100")).settled()
    assert "Papers in this message" in shown.plain
    assert "DreamID-Omni" in shown.plain


LINK: Final = "https://arxiv.org/abs/2602.12160"


@pytest.mark.parametrize(
    "parts",
    [
        {"embeds": [{"title": "A card", "url": LINK}]},
        {"embeds": [{"title": "arXiv:2602.12160"}]},
        {"embeds": [{"description": f"Read [this]({LINK})."}]},
        {"embeds": [{"fields": [{"name": "Paper", "value": LINK, "inline": True}]}]},
        {"embeds": [{"footer": {"text": f"From {LINK}"}}]},
        {"forwarded": [{"content": LINK}]},
        {"forwarded": [{"embeds": [{"type": "rich", "description": LINK}]}]},
        {"components": [{"type": 17, "components": [{"type": 10, "content": LINK}]}], "flags": 1 << 15},
        {"components": [{"type": 1, "components": [{"type": 2, "style": 5, "label": "Read", "url": LINK}]}]},
    ],
    ids=["card", "title", "text", "field", "footer", "forward", "forwarded card", "new text", "button"],
)
async def test_papers_count_wherever_a_message_names_them(harness: BotHarness, parts: dict[str, Any]) -> None:
    said = harness.server.say("", "20", "101", **parts)
    shown = await (await harness.server.menu("Papers in this message", said, user="100")).settled()
    assert "DreamID-Omni" in shown.plain


async def test_papers_count_at_the_end_of_a_long_message_too(harness: BotHarness) -> None:
    said = harness.server.say("word " * 600 + LINK, "20", "101")
    shown = await (await harness.server.menu("Papers in this message", said, user="100")).settled()
    assert "DreamID-Omni" in shown.plain


@pytest.mark.parametrize("content", ["Lunch?", ""], ids=["words", "a picture"])
async def test_a_message_without_papers_is_told_so(harness: BotHarness, content: str) -> None:
    said = harness.server.say(content, "20", "101")
    shown = await (await harness.server.menu("Papers in this message", said, user="100")).settled()
    assert "There is no arXiv id in this message" in shown.plain


async def test_nothing_of_a_message_but_the_ids_of_its_papers_is_passed_on(
    harness: BotHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Request] = []
    answer = harness.gate.answer

    async def noting(request: Request) -> Answer:
        asked.append(request)
        return await answer(request)

    monkeypatch.setattr(harness.gate, "answer", noting)
    said = harness.server.say(f"My {SECRET} is in {LINK}v2 and 2602.21534", "20", "101")
    await (await harness.server.menu("Papers in this message", said, user="100")).settled()
    assert [request.arguments for request in asked] == [{"text": "2602.12160 2602.21534"}]


async def test_a_forum_that_a_setting_names_is_not_the_channel_that_it_is_about(offline: BotHarness) -> None:
    offline.server.channel("40", guild="10", name="reading", kind="forum")
    async with offline.run_bot():
        shown = await offline.type("papers-setup settings", {"lift": 5, "into": "40"}, user="90")
        assert "Saved for #papers" in shown.plain
    assert (await offline.preferences()).into == "40"


async def test_a_paper_that_can_not_be_drawn_is_left_out_of_a_list(
    harness: BotHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    harness.excused.append("can’t be rendered")
    render_title = items.render_title

    def raise_for_one(item: Item, max_length: int) -> str:
        if item.title.startswith("The Trinity"):
            raise ValueError("poison")
        return render_title(item, max_length)

    monkeypatch.setattr(items, "render_title", raise_for_one)
    shown = await harness.type("papers today")
    assert "The Trinity" not in shown.plain
    assert "2. " in shown.plain
    (skipped,) = harness.stores.skipped_papers.list_skipped()
    assert skipped.step == "rendered"
