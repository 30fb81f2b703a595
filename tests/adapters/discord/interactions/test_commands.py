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
from bot.cards.models import Card
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
from tests.adapters.discord.inbound import ANAS, ROOM, Office, labels
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


async def test_every_command_is_answered_to_its_asker_alone_and_in_time(office: Office) -> None:
    for path in TREE.commands:
        office.later(minutes=1)
        words = " ".join(path)
        reaction = await office.server.slash(words, required(path), user="90", channel="20")
        assert reaction.kind in {"message", "modal", "deferred"}, f"{words} was not answered"
        assert reaction.seconds < 3, words
        if reaction.kind != "modal":
            shown = await reaction.settled()
            assert (shown.to, shown.pings) == ("90", ()), words
            assert "That failed" not in shown.plain, words
            assert "is not a command" not in shown.plain, words
    assert office.server.shown("20") == [], "nothing is posted by asking"


async def test_everybodys_commands_work_in_direct_messages(office: Office) -> None:
    for path in (path for path in TREE.commands if path[0] == "papers"):
        office.later(minutes=1)
        reaction = await office.server.slash(" ".join(path), required(path), user="100")
        if reaction.kind != "modal":
            shown = await reaction.settled()
            assert "That failed" not in shown.plain, path
            assert "Share" not in labels(shown), path


async def test_what_is_slow_is_deferred_and_then_answered_in_its_place(office: Office, prompt: None) -> None:
    office.hugging.hold, office.hugging.known = asyncio.Event(), {NEW.id: NEW}
    reaction = await office.server.slash("papers show", {"paper": NEW.id}, user="100", channel="20")
    assert (reaction.kind, reaction.payload) == ("deferred", {"flags": 64})
    assert office.server.private == []
    office.hugging.hold.set()
    shown = await reaction.settled()
    assert "A Paper from This Morning" in shown.plain
    assert (shown.to, office.server.private) == ("100", [shown])


async def test_what_fails_gives_a_reference_and_the_log_the_trace(
    office: Office, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def failing(*_: object) -> None:
        raise RuntimeError(SECRET)

    monkeypatch.setattr(type(office.stores.feed_days), "get_newest", failing)
    office.excused.append("today failed, reference")
    shown = await office.type("papers today")
    reference = shown.plain.rsplit(" ", 1)[-1].rstrip(".")
    assert "That failed. Nothing was changed. Reference:" in shown.plain
    assert f"reference {reference}." in caplog.text
    assert SECRET not in caplog.text


async def test_an_answer_that_can_not_be_drawn_gives_a_reference_too(
    office: Office, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def failing(*_: object, **__: object) -> None:
        raise RuntimeError(SECRET)

    monkeypatch.setattr("adapters.discord.interactions.required_tag.add_tag_warning", failing)
    office.excused.append("An interaction failed, reference")
    shown = await office.type("papers today")
    assert "That failed; nothing more was done. Reference:" in shown.plain
    assert SECRET not in caplog.text


async def test_a_broken_database_is_a_sentence(office: Office, stored: Any) -> None:
    office.excused.append("failed: StoreError")
    with broken(stored, "INSERT ON saves"):
        shown = await office.type("papers save", {"paper": "2602.12160"})
    assert "That failed" not in shown.plain
    assert await office.stores.mutes_and_saves.list_saved_papers(ANAS) == []


async def test_a_command_of_an_older_version_is_explained(office: Office) -> None:
    office.server.commands[0]["options"].append({"type": 1, "name": "horoscope", "description": "Gone"})
    shown = await office.type("papers horoscope")
    assert "This command is from an older version" in shown.plain


async def test_a_mistake_shows_how_it_is_typed_here(office: Office) -> None:
    shown = await office.type("papers show", {"paper": "nonsense"})
    assert "/papers show paper:" in shown.plain


async def test_an_answer_that_nobody_waits_for_any_more_is_a_line_in_the_log(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    office.server.fail("POST /interactions/{interaction_id}/{interaction_token}/callback", status=404, code=10062)
    office.excused.append("An answer did not get through")
    reaction = await office.server.slash("papers today", {}, user="100", channel="20")
    assert reaction.kind == "none"
    assert "An answer did not get through" in caplog.text
    assert (await office.type("papers today")).plain, "the next one is answered"


# In a server without the bot, by somebody who installed it for themselves.


async def test_where_the_bot_is_no_member_it_answers_and_nothing_can_be_shared(office: Office) -> None:
    shown = await office.type("papers search", {"query": "diffusion"}, channel="40", user="104")
    assert "diffusion" in shown.plain
    assert "Share" not in labels(shown)
    assert "Discuss in a thread" not in json.dumps(shown.components)


async def test_where_the_bot_is_no_member_a_follow_is_ones_own(office: Office) -> None:
    options = {"topic": "diffusion", "where": "here"}
    shown = await office.type("papers follow", options, channel="40", user="104")
    assert "Following “diffusion” for you" in shown.plain
    assert await office.topics(DORAS) == ['"diffusion"']
    assert await office.topics(Channel("discord", "11", "40")) == []


async def test_who_manages_a_server_without_the_bot_manages_nothing_of_it(office: Office) -> None:
    office.server.person("105", name="Eve", guilds=("11",), admin=True, installed=True)
    await office.type("papers today", channel="40", user="105")
    assert await office.stores.channels.get(Channel("discord", "11", "40")) is None


# Commands in what is said.


async def test_every_command_is_in_the_help(office: Office) -> None:
    shown, text = await office.type("papers help", channel="20"), ""
    while True:
        text += f"{shown.plain}\n"
        assert "and " not in shown.plain.splitlines()[-1], "nothing is left out"
        if "Next" not in labels(shown):
            break
        shown = await office.press("Next", shown)
    for path in TREE.commands.keys() - TREE.fixed_arguments.keys():
        assert f"/{' '.join(path)}" in text, path
    assert "digest access" not in text, "a server's own settings say that"
    assert "[date]" not in text, "options show themselves"


async def test_examples_are_what_is_chosen_here(office: Office) -> None:
    shown = await office.type("papers help", {"command": "member exclude"})
    assert "/papers-setup member exclude member:@Ada" in shown.plain
    assert "such as @Ada" in shown.plain
    assert shown.pings == ()
    shown = await office.type("papers-setup member exclude", {"member": "91"}, user="91")
    assert "You can’t exclude yourself" in shown.plain
    assert "/papers-setup member exclude member:@Ada" in shown.plain
    shown = await office.type("papers help", {"command": "me forget"})
    assert "one of True, False · such as True" in shown.plain
    for path in TREE.commands:
        office.later(minutes=1)
        shown = await office.type("papers help", {"command": TREE.commands[path].name})
        assert not re.search(r"\b[UC]0\d", shown.plain), path


async def test_sentences_name_commands_as_they_are_typed_here(office: Office) -> None:
    shown = await office.type("papers status")
    assert "“/papers-setup digest on” shows what it would be" in shown.plain
    await office.type("papers-setup pause", user="91")
    assert "“/papers-setup resume” goes on" in (await office.type("papers status")).plain
    shown = await office.type("papers follow", {"topic": "resume"})
    assert "Following “resume” for you" in shown.plain, "a topic is no command"


async def test_a_role_that_is_mentioned_can_be_nobody_again(office: Office) -> None:
    office.server.role("30", guild="10", name="readers")
    await office.type("papers-setup settings", {"mention": "30"}, user="91")
    assert (await office.preferences()).mention == "30"
    await office.type("papers-setup settings", {"nobody": True}, user="91")
    assert (await office.preferences()).mention == ""


async def test_roles_and_forums_are_called_what_people_call_them(shut: Office) -> None:
    shut.server.role("30", guild="10", name="readers")
    shut.server.channel("23", guild="10", name="reading", kind="forum")
    async with shut.running():
        shown = await shut.type("papers-setup settings", {"mention": "30", "into": "23", "lift": 5}, user="91")
        for said in (shown, await shut.type("papers-setup log", user="91")):
            assert "mention none → @readers" in said.plain
            assert "lift into none → #reading" in said.plain
            assert "<@&" not in said.content, "it is a word, which can ping nobody"
        shut.later(minutes=1)
        await shut.type("papers-setup settings", {"nobody": True}, user="91")
        undone = await shut.type("papers-setup undo", user="91")
        assert "“Mention” is @readers again" in undone.plain


async def test_a_role_named_like_everybody_is_a_word(shut: Office) -> None:
    shut.server.role("30", guild="10", name="everyone")
    async with shut.running():
        shown = await shut.type("papers-setup settings", {"mention": "30"}, user="91")
        assert "mention none → @everyone" in shown.plain
        assert "\\@everyone" in shown.content


async def test_a_role_that_is_gone_stays_what_was_chosen(office: Office) -> None:
    await office.stores.channels.save_preferences(ROOM, Preferences(mention="77"), None)
    shown = await office.type("papers-setup settings", {"nobody": True}, user="91")
    assert "mention 77 → none" in shown.plain


# Managers.


async def test_the_digest_of_another_channel_is_turned_on_from_here(office: Office) -> None:
    preview = await office.type("papers-setup digest on", {"channel": "22"}, user="91")
    assert "This is what #video-diffusion would get." in preview.plain
    shown = await office.press("Start at the next time", preview, user="91")
    assert "The digest is on in #video-diffusion" in shown.plain
    there = Channel("discord", "10", "22")
    assert (await office.preferences(there)).on
    assert not (await office.preferences(ROOM)).on


async def test_an_option_reaches_the_other_channel_only(office: Office) -> None:
    await office.type("papers-setup digest set", {"channel": "22", "number": 3}, user="91")
    assert (await office.preferences(Channel("discord", "10", "22"))).number == 3
    assert (await office.preferences(ROOM)).number == 5


async def test_whom_the_server_lets_in_is_let_in_where_they_could_ask(office: Office) -> None:
    office.server.permit("papers-setup", "101")
    shown = await office.type("papers-setup digest off", {"channel": "22"}, user="101")
    assert "The digest is off in #video-diffusion already." in shown.plain
    mute = rights.overwrite("101", member=True, deny=rights.USE_COMMANDS)
    office.server.places["22"].overwrites = [mute]
    shown = await office.type("papers-setup digest off", {"channel": "22"}, user="101")
    assert "Only people who manage #video-diffusion may use “/papers-setup digest off”" in shown.plain


async def test_whom_the_server_lets_in_sets_a_forum_up(shut: Office) -> None:
    shut.server.channel("23", guild="10", name="reading", kind="forum")
    shut.server.permit("papers-setup", "101")
    async with shut.running():
        preview = await shut.type("papers-setup digest on", {"channel": "23"}, user="101")
        await shut.press("Start at the next time", preview, user="101")
        assert (await shut.preferences(Channel("discord", "10", "23", ChannelKind.FORUM))).on


@pytest.mark.parametrize(("options", "channel"), [({}, "20"), ({"channel": "22"}, "22")], ids=["here", "elsewhere"])
async def test_whom_the_server_lets_in_follows_and_mutes_for_the_channel(
    office: Office, options: dict[str, str], channel: str
) -> None:
    """Without Manage Channels; in everybody's group Discord does not tell that they may."""
    office.server.permit("papers-setup", "101")
    there = Channel("discord", "10", channel)
    shown = await office.type("papers-setup follow", {"topic": "diffusion"} | options, user="101")
    assert await office.topics(there) == ['"diffusion"']
    await office.press("Unfollow", shown, user="101")
    assert await office.topics(there) == []
    await office.type("papers-setup follow", {"topic": "diffusion"} | options, user="101")
    await office.type("papers-setup unfollow", {"topic": "diffusion"} | options, user="101")
    assert await office.topics(there) == []
    shown = await office.type("papers-setup mute", {"what": "2602.12160"} | options, user="101")
    assert "digests and alerts leave it out" in shown.plain
    assert "for you" not in shown.plain
    shown = await office.type("papers-setup unmute", {"what": "2602.12160"} | options, user="101")
    assert "any more" in shown.plain
    assert "for you" not in shown.plain
    assert await office.topics(Channel("discord", DIRECT_MESSAGE_WORKSPACE, "101", ChannelKind.DIRECT)) == []


async def test_a_topic_is_asked_for_in_the_managers_group_too(office: Office) -> None:
    office.server.permit("papers-setup", "101")
    asking = await office.server.slash("papers-setup follow", {}, user="101", channel="20")
    panel = await (await office.server.submit(asking, {"Topic": "diffusion"})).settled()
    await office.press("Follow", panel, user="101")
    assert await office.topics(ROOM) == ['"diffusion"']


async def test_what_is_decided_about_members_is_about_no_channel(office: Office) -> None:
    """It is the whole server's; who may decide it in one channel may so whatever else they name."""
    options = next(root for root in office.server.commands if root["name"] == "papers-setup")["options"]
    member = next(group for group in options if group["name"] == "member")["options"]
    assert not any(option["name"] == "channel" for one in member for option in one["options"])
    shown = await office.type("papers-setup member limit", {"number": 3}, user="91")
    assert "each member may follow 3 topics" in shown.plain


async def test_the_servers_own_settings_let_somebody_manage(office: Office) -> None:
    office.server.permit("papers-setup", "101")
    await office.type("papers-setup digest set", {"number": 7}, user="101")
    assert (await office.preferences()).number == 7
    shown = await office.type("papers-setup member limit", {"number": 3}, user="101")
    assert "Only admins" not in shown.plain


async def test_a_forum_that_wants_tags_is_told_of_at_once(shut: Office) -> None:
    office = shut
    office.server.channel("23", guild="10", name="reading", kind="forum", tags=(("1", "Vision"),), requires_tag=True)
    async with office.running():
        shown = await office.type("papers-setup digest on", {"channel": "23"}, user="91")
        assert "make one named “Papers” in the forum’s settings." in shown.plain
        shown = await office.press("Start at the next time", shown, user="91")
        assert "“reading” takes no post without a tag" in shown.plain
        shown = await office.press("Use “Vision”", shown, user="91")
        assert "tag none → Vision" in shown.plain
        forum = Channel("discord", "10", "23", ChannelKind.FORUM, "reading")
        assert (await office.preferences(forum)).tag == "Vision"
        shown = await office.type("papers-setup digest on", {"channel": "23"}, user="91")
        assert "takes no post" not in shown.plain, "it was asked for once"
    office.server.places["23"].offered = (("1", "Vision"), ("2", "Papers"))
    async with office.running():
        shown = await office.type("papers-setup digest on", {"channel": "23"}, user="91")
        assert "tag" not in shown.plain


async def test_a_tag_that_only_moderators_use_is_neither_offered_nor_used(shut: Office) -> None:
    tags = (("1", "Vision"), ("2", "Papers"))
    forum = shut.server.channel("23", guild="10", name="reading", kind="forum", tags=tags, requires_tag=True)
    forum.moderated, forum.permissions = ("2",), rights.ALL & ~rights.MANAGE_THREADS
    async with shut.running():
        words = "papers-setup digest set"
        offered = await shut.server.type(words, {"channel": "23", "tag": ""}, "tag", user="91", channel="20")
        assert [each["value"] for each in offered] == ["Vision", "none"]
        shown = await shut.type("papers-setup digest on", {"channel": "23", "start": "next"}, user="91")
        assert "“reading” takes no post without a tag" in shown.plain
        assert "Use “Papers”" not in labels(shown)
        await shut.press("Use “Vision”", shown, user="91")
        place = shut.kit.directory.find_discord_channel(Channel("discord", "10", "23", ChannelKind.FORUM))
        assert forum_posts.choose_tags(forum_posts.list_usable_tags(place), Card(), "Vision") == ["1"]
    forum.permissions = None
    async with shut.running():
        assert (
            len(
                forum_posts.list_usable_tags(
                    shut.kit.directory.find_discord_channel(Channel("discord", "10", "23", ChannelKind.FORUM))
                )
            )
            == 2
        )


async def test_a_forum_into_which_papers_are_lifted_is_asked_for_its_tag_too(shut: Office) -> None:
    shut.server.channel("23", guild="10", name="reading", kind="forum", tags=(("1", "Vision"),), requires_tag=True)
    async with shut.running():
        shown = await shut.type("papers-setup settings", {"into": "23"}, user="91")
        assert "takes no post" not in shown.plain, "nothing is lifted yet"
        shown = await shut.type("papers-setup settings", {"lift": 2}, user="91")
        assert "“reading” takes no post without a tag" in shown.plain
        await shut.press("Use “Vision”", shown, user="91")
        assert (await shut.preferences(Channel("discord", "10", "23", ChannelKind.FORUM))).tag == "Vision"
        assert (await shut.preferences()).tag == ""
        shown = await shut.type("papers-setup settings", {"lift": 3}, user="91")
        assert "takes no post" not in shown.plain, "it was asked for once"


async def test_a_forum_that_setup_sets_up_is_asked_for_its_tag_too(shut: Office) -> None:
    tags = (("1", "Vision"), ("2", "Language"))
    for number, name in (("23", "video-diffusion-papers"), ("24", "world-model-papers")):
        shut.server.channel(number, guild="10", name=name, kind="forum", tags=tags, requires_tag=True)
    async with shut.running():
        proposal = await shut.type("papers-setup setup", user="91")
        assert "takes no post" not in proposal.plain, "nothing is set up yet"
        shown = await shut.press("Set up all 4", proposal, user="91")
        assert "“video-diffusion-papers” takes no post without a tag" in shown.plain
        assert "“world-model-papers” takes no post without a tag" in shown.plain
        await shut.press("Use “Language” in world-model-papers", shown, user="91")
        forum = Channel("discord", "10", "24", ChannelKind.FORUM)
        assert (await shut.preferences(forum)).tag == "Language"
        assert (await shut.preferences(replace(forum, id="23"))).tag == ""


async def test_setup_proposes_no_forum_of_which_it_can_not_tell_what_it_is_about(shut: Office) -> None:
    shut.server.channel("23", guild="10", name="reading", kind="forum")
    async with shut.running():
        shown = await shut.type("papers-setup setup", user="91")
        assert "video-diffusion" in shown.plain
        assert "reading" not in shown.plain


# Others.


async def test_a_long_export_comes_as_a_file(office: Office) -> None:
    for number in range(20):
        await office.type("papers follow", {"topic": f"topic number {number}"})
        office.later(minutes=1)
    shown = await office.type("papers me export")
    assert "Everything stored about you" in shown.plain
    call = next(each for each in reversed(office.server.calls) if each.files)
    (file,) = call.files.items()
    assert file[0] == "broadsheet.json"
    assert len(json.loads(file[1])["follows"]) == 20


async def test_direct_messages_come_again_for_who_writes_one(office: Office) -> None:
    await office.type("papers follow", {"topic": "diffusion"})
    await office.stores.channels.retire(ANAS, Reason("person.direct_messages_closed"))
    shown = await office.type("papers today")
    assert "What you follow does not reach you" in shown.plain
    assert await office.retired(ANAS)
    await office.type("papers today", channel="")
    assert await office.retired(ANAS) is None


@pytest.fixture
async def unreached(shut: Office) -> AsyncIterator[Office]:
    """Ana and Dora follow something, and Discord has refused to write to them."""
    shut.server.person("100", name="Ana", guilds=("10",), dms=False)
    shut.server.person("104", name="Dora", guilds=("10", "11"), dms=False, installed=True)
    shut.excused.append("direct messages are closed")
    async with shut.running():
        for person in (ANAS, DORAS):
            await shut.stores.follows.add(Follow(person, '"diffusion"', Person(person.id), shut.now))
            await shut.stores.ledger.add([Draft(DeliveryKey(person, "alert", "1"), Card(text="New"))], shut.now)
        await shut.post()
        yield shut


UNREACHED: Final = (
    "What you follow does not reach you: direct messages are closed. Write to Broadsheet in a direct message"
)


@pytest.mark.parametrize("language", sorted(LANGUAGES))
async def test_closed_direct_messages_are_told_of_whole_before_other_small_print(
    unreached: Office, language: str
) -> None:
    unreached.server.people["100"].locale = language
    with use_language(language):
        shown = await unreached.type("papers today")
        whole = gettext(
            "What you follow does not reach you: {why}. Write to Broadsheet in a direct message, and it goes on.",
            why=gettext("direct messages are closed"),
        )
    assert whole in shown.plain


async def test_closed_direct_messages_are_told_of_where_the_bot_is_no_member(unreached: Office) -> None:
    shown = await unreached.type("papers today", channel="40", user="104")
    assert UNREACHED in shown.plain


async def test_closed_direct_messages_are_told_of_in_a_panel(unreached: Office) -> None:
    await unreached.stores.channels.get_or_create(ROOM, unreached.now)
    unreached.server.permit("papers-setup", "100")
    assert UNREACHED in (await unreached.type("papers-setup settings")).plain


async def test_papers_of_a_message(office: Office) -> None:
    said = office.server.say("Look: https://arxiv.org/abs/2602.12160", "20", "101")
    shown = await (await office.server.menu("Papers in this message", said, user="100")).settled()
    assert "DreamID-Omni" in shown.plain
    assert shown.to == "100"
    said = office.server.say("2602.12160 and huggingface.co/papers/2602.21534", "20", "101")
    shown = await (await office.server.menu("Papers in this message", said, user="100")).settled()
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
async def test_papers_count_wherever_a_message_names_them(office: Office, parts: dict[str, Any]) -> None:
    said = office.server.say("", "20", "101", **parts)
    shown = await (await office.server.menu("Papers in this message", said, user="100")).settled()
    assert "DreamID-Omni" in shown.plain


async def test_papers_count_at_the_end_of_a_long_message_too(office: Office) -> None:
    said = office.server.say("word " * 600 + LINK, "20", "101")
    shown = await (await office.server.menu("Papers in this message", said, user="100")).settled()
    assert "DreamID-Omni" in shown.plain


@pytest.mark.parametrize("content", ["Lunch?", ""], ids=["words", "a picture"])
async def test_a_message_without_papers_is_told_so(office: Office, content: str) -> None:
    said = office.server.say(content, "20", "101")
    shown = await (await office.server.menu("Papers in this message", said, user="100")).settled()
    assert "There is no arXiv id in this message" in shown.plain


async def test_nothing_of_a_message_but_the_ids_of_its_papers_is_passed_on(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Request] = []
    answer = office.gate.answer

    async def noting(request: Request) -> Answer:
        asked.append(request)
        return await answer(request)

    monkeypatch.setattr(office.gate, "answer", noting)
    said = office.server.say(f"My {SECRET} is in {LINK}v2 and 2602.21534", "20", "101")
    await (await office.server.menu("Papers in this message", said, user="100")).settled()
    assert [request.arguments for request in asked] == [{"text": "2602.12160 2602.21534"}]


async def test_a_forum_that_a_setting_names_is_not_the_channel_that_it_is_about(shut: Office) -> None:
    shut.server.channel("40", guild="10", name="reading", kind="forum")
    async with shut.running():
        shown = await shut.type("papers-setup settings", {"lift": 5, "into": "40"}, user="90")
        assert "Saved for #papers" in shown.plain
    assert (await shut.preferences()).into == "40"
