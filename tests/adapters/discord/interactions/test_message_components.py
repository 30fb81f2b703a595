"""Buttons and lists: on digests, on private answers, after a restart, forged."""

from __future__ import annotations

import json
from typing import Any

import pytest

from adapters.common.button_payload import ButtonPayload
from adapters.discord.forms.state import FormCustomId, FormState
from adapters.discord.rendering.custom_id import compute_token, encode_payload
from bot.domain.channels import Channel
from tests.adapters.discord.bot_harness import (
    ANAS_DIRECT_MESSAGES,
    PAPERS_CHANNEL,
    BotHarness,
    find_custom_id,
    list_labels,
)
from tests.servers.discord import Shown, rights

LONG = "diffusion model video generation -zeugma -" + "y" * 60
"""A search that does not fit into a button."""


def button(harness: BotHarness, custom_id: str, **more: Any) -> Shown:
    """Let the bot show a button that asks for anything; everybody sees it unless *more* says otherwise."""
    one = {"type": 2, "style": 2, "label": "?", "custom_id": custom_id}
    rows = [{"type": 1, "components": [one]}]
    return harness.server.put(Shown(harness.server.clock.snowflake(), "20", "1", "x", rows, **more))


def listed(shown: Shown) -> list[str]:
    """Return the rows of a message's list."""
    parts = [one for row in shown.components for one in row["components"] if one["type"] == 3]
    return [option["label"] for option in parts[0]["options"]]


async def card(harness: BotHarness, digest: Shown, *, user: str = "100") -> Shown:
    """Pick the digest's first paper."""
    return await harness.pick("Pick a paper", listed(digest)[0], digest, user=user)


async def test_a_paper_of_the_digest_is_picked_by_whoever_wants_to_see_it(harness: BotHarness) -> None:
    digest = await harness.digest()
    shown = await card(harness, digest)
    assert (shown.to, shown.channel) == ("100", "20")
    assert "Recent advancements in foundation models" in shown.plain
    assert {"Save", "More like this", "Not for us", "Why this paper"} <= set(list_labels(shown))
    assert harness.server.shown("20") == [digest], "the digest stays as it is"


async def test_saving(harness: BotHarness) -> None:
    shown = await card(harness, await harness.digest())
    assert "on your reading list" in (await harness.press("Save", shown)).plain
    assert [paper for paper, _ in await harness.stores.mutes_and_saves.list_saved_papers(ANAS_DIRECT_MESSAGES)] == [
        "2602.12160"
    ]


async def test_more_like_this(harness: BotHarness) -> None:
    shown = await card(harness, await harness.digest())
    assert "Papers like “DreamID-Omni" in (await harness.press("More like this", shown)).plain


async def test_why(harness: BotHarness) -> None:
    shown = await card(harness, await harness.digest())
    assert "DreamID-Omni" in (await harness.press("Why this paper", shown)).plain


async def test_not_for_us_is_for_those_who_manage(harness: BotHarness) -> None:
    digest = await harness.digest()
    shown = await card(harness, digest)
    refused = await harness.press("Not for us", shown)
    assert "is muted in #papers" not in refused.plain
    shown = await card(harness, digest, user="91")
    assert "is muted in #papers" in (await harness.press("Not for us", shown, user="91")).plain


async def test_pages_turn_in_place_where_only_their_reader_sees_it(harness: BotHarness) -> None:
    first = await harness.type("papers search", {"query": "diffusion"})
    following = await harness.press("Next", first)
    assert (following.id, following.replaced) == (first.id, True)
    assert following.plain != first.plain
    back = await harness.press("Prev", following)
    assert back.content == first.content
    assert len(harness.server.private) == 1


async def test_pages_of_what_everybody_sees_turn_for_one_alone(harness: BotHarness) -> None:
    shared = await harness.type("papers search", {"query": "diffusion"})
    digest = await harness.digest()
    name, _ = encode_payload(ButtonPayload("search", {"query": "diffusion", "page": "2"}))
    turned = await harness.press(name, button(harness, name))
    assert turned.to == "100"
    assert turned.id not in {digest.id, shared.id}


async def test_sharing_posts_as_the_bot_and_names_who_shared(harness: BotHarness) -> None:
    shown = await harness.type("papers search", {"query": "diffusion"})
    told = await harness.press("Share", shown)
    assert "It is on its way to #papers." in told.plain
    (posted,) = await harness.post()
    assert posted.author == "1"
    assert "\n-# Shared by Ana · search: diffusion · " in posted.content
    assert posted.pings == ()
    assert "Next" not in list_labels(posted), "nobody else turns Ana’s pages"


async def test_following_and_unfollowing(harness: BotHarness) -> None:
    shown = await harness.type("papers preview", {"topic": "diffusion"})
    following = await harness.press("Follow this", shown)
    assert "Following “diffusion” for you" in following.plain
    assert await harness.topics(ANAS_DIRECT_MESSAGES) == ['"diffusion"']
    gone = await harness.press("Unfollow", following)
    assert "followed for you no more" in gone.plain
    assert await harness.topics(ANAS_DIRECT_MESSAGES) == []


async def test_muting_what_one_follows(harness: BotHarness) -> None:
    await harness.type("papers follow", {"topic": "diffusion"})
    shown = await harness.type("papers follows")
    muted = await harness.press("Mute", shown)
    assert "muted" in muted.plain
    (rows,) = (
        await harness.stores.mutes_and_saves.list_mutes(
            [(await harness.stores.channels.get_or_create(ANAS_DIRECT_MESSAGES, harness.now)).channel_id]
        )
    ).values()
    assert ("topic", '"diffusion"') in rows


# After a restart.


async def test_every_button_works_after_a_restart(offline: BotHarness) -> None:
    async with offline.run_bot():
        digest = await offline.digest()
        found = await offline.type("papers search", {"query": LONG})
        pages = await offline.type("papers search", {"query": "diffusion"})
    async with offline.run_bot():
        shown = await card(offline, digest)
        assert "on your reading list" in (await offline.press("Save", shown)).plain
        assert (await offline.press("Next", pages)).id == pages.id
        assert "newest first" in (await offline.press("Newest", found)).plain


async def test_all_that_is_offered_works_after_a_restart(offline: BotHarness) -> None:
    async with offline.run_bot():
        paper = await card(offline, await offline.digest(), user="91")
        preview = await offline.type("papers preview", {"topic": "diffusion"}, user="91")
        await offline.type("papers follow", {"topic": "robotics"}, user="91")
        follows = await offline.type("papers follows", user="91")
    done = {
        "Save": "on your reading list",
        "Discuss in a thread": "gets a thread in #papers",
        "More like this": "Papers like",
        "Why this paper": "DreamID-Omni",
        "Not for us": "is muted in #papers",
        "Share": "on its way to #papers",
    }
    async with offline.run_bot():
        for label, said in done.items():
            assert said in (await offline.press(label, paper, user="91")).plain, label
        followed = await offline.press("Follow this", preview, user="91")
        assert "Following “diffusion” for you" in followed.plain
        assert "muted" in (await offline.press("Mute", follows, user="91")).plain
        assert "no more" in (await offline.press("Unfollow", followed, user="91")).plain


async def test_a_paper_is_discussed_in_a_thread_of_its_own(harness: BotHarness) -> None:
    shown = await card(harness, await harness.digest())
    assert "gets a thread in #papers" in (await harness.press("Discuss in a thread", shown)).plain
    posted = (await harness.post())[-1]
    assert "Ana would like to talk about this paper" in posted.plain
    (thread,) = [place for place in harness.server.places.values() if place.parent == "20"]
    assert thread.id == posted.id, "it begins with that message"
    assert harness.server.shown(thread.id)
    again = await harness.type("papers discuss", {"paper": "2602.12160"}, user="101")
    assert "has a thread in #papers already" in again.plain


async def test_what_is_not_kept_any_more_is_explained(harness: BotHarness) -> None:
    shown = await harness.press("?", button(harness, f"t;{'0' * 32}"))
    assert "This button is too old. Nothing was changed; ask again." in shown.plain


async def test_a_button_of_a_command_that_is_gone_is_explained(harness: BotHarness) -> None:
    shown = await harness.press("?", button(harness, "p;horoscope;;"))
    assert "is not a command (any more)" in shown.plain


# Whose it is.


async def test_somebody_elses_answer_is_refused_politely(harness: BotHarness) -> None:
    before = await harness.server.slash("papers today", {}, user="100", channel="20")
    theirs = button(harness, "p;today;;", command=before.interaction.id)
    shown = await harness.press("?", theirs, user="101")
    assert "This belongs to somebody else; ask for your own with the same command." in shown.plain
    assert shown.to == "101"
    assert "1." in (await harness.press("?", theirs, user="100")).plain


async def test_settings_on_a_digest_open_for_those_who_manage(harness: BotHarness) -> None:
    name, _ = encode_payload(ButtonPayload("settings"))
    digest = button(harness, name)
    assert "Only people who manage #papers may use “/papers-setup settings”" in (await harness.press("?", digest)).plain
    panel = await harness.press("?", digest, user="91")
    assert panel.to == "91"
    assert "Save changes" in list_labels(panel)


@pytest.mark.parametrize("command", ["settings", "digest off", "pause"])
async def test_what_everybody_sees_makes_nobody_a_manager(harness: BotHarness, command: str) -> None:
    await harness.type("papers-setup digest on", {"start": "next"}, user="91")
    name, kept = encode_payload(ButtonPayload(command, manager=True))
    shown = await harness.press("?", button(harness, name))
    assert f"may use “/papers-setup {command}”" in shown.plain
    token = compute_token(data := {"c": command, "a": {}, "m": 1})
    await harness.stores.button_payloads.save_payloads({token: data, **kept}, harness.now)
    shown = await harness.press("?", button(harness, f"t;{token}"))
    assert f"may use “/papers-setup {command}”" in shown.plain
    preferences = await harness.preferences()
    assert (preferences.on, preferences.paused) == (True, False)


async def test_a_managers_panel_that_everybody_sees_saves_for_managers_only(harness: BotHarness) -> None:
    state = FormState("settings", {"number": "9"}, {"number": "number"}, manager=True)
    await harness.stores.button_payloads.save_payloads({state.token: state.pack()}, harness.now)
    forged = button(harness, FormCustomId("save", "", state.token).pack())
    shown = await harness.press("?", forged)
    assert "Only people who manage #papers may use “/papers-setup settings”" in shown.plain
    assert (await harness.preferences()).number == 5
    await harness.press("?", forged, user="91")
    assert (await harness.preferences()).number == 9


async def test_rights_count_in_the_channel_that_a_button_is_about(harness: BotHarness) -> None:
    name, _ = encode_payload(ButtonPayload("pause", channel="22"))
    shown = await harness.press("?", button(harness, name))
    assert "Only people who manage #video-diffusion may use “/papers-setup pause”" in shown.plain
    shown = await harness.press("?", button(harness, name), user="91")
    assert "Paused" in shown.plain
    assert (await harness.preferences(Channel("discord", "10", "22"))).paused
    assert not (await harness.preferences(PAPERS_CHANNEL)).paused


async def test_in_direct_messages_a_button_reaches_nobody_elses(harness: BotHarness) -> None:
    await harness.type("papers follow", {"topic": "diffusion"}, channel="", user="101")
    name, _ = encode_payload(ButtonPayload("unfollow", {"topic": '"diffusion"'}, channel="101"))
    conversation = harness.server.conversation("100").id
    rows = [{"type": 1, "components": [{"type": 2, "style": 2, "label": "?", "custom_id": name}]}]
    forged = harness.server.put(Shown(harness.server.clock.snowflake(), conversation, "1", "x", rows))
    shown = await harness.press("?", forged)
    assert "too old" in shown.plain
    assert await harness.topics(Channel("discord", "@me", "101", ANAS_DIRECT_MESSAGES.kind)) == ['"diffusion"']


@pytest.mark.parametrize(
    "custom_id",
    [
        "x",
        ";",
        "p",
        "p;;;",
        "p;today",
        "p;%FF;;",
        "p;today;a=%FF;",
        "p;%ED%A0%80;;",
        "p;search;query=%ED%A0%80;",
        "p;today;page=-1;",
        "p;today;page=x;",
        "p;digest on;start=now;m",
        "p;today;;h=abc",
        "p;today;;h=99999999999999999999999",
        "p;today;;h=",
        "t;",
        "t;zz",
        "f;;",
        "f;save.;x",
        "f;page.99999999;x",
        "c;0",
        "💥;💥;💥",
    ],
)
async def test_forged_buttons_are_answered_by_a_sentence(harness: BotHarness, custom_id: str) -> None:
    shown = await harness.press("?", button(harness, custom_id))
    assert shown.plain
    assert "Reference" not in shown.plain
    assert json.dumps(shown.content)


@pytest.mark.parametrize(
    "part", ["page.-1", "page.99", "type.9", "type.x", "pick.nothing", "ticks.9", "typed.x", "jump.x"]
)
async def test_a_forged_part_of_a_panel_is_answered_too(harness: BotHarness, part: str) -> None:
    panel = await harness.type("papers-setup settings", user="91")
    token = find_custom_id(panel, "Save changes").rpartition(";")[2]
    forged = button(harness, f"f;{part};{token}", to="91", flags=64)
    reaction = await harness.server.press("?", message=forged, user="91")
    assert reaction.kind in {"message", "update"}
    assert "Reference" not in (await reaction.settled()).plain


# What the bot may not post.


@pytest.mark.parametrize(
    ("lacking", "offered", "named"),
    [
        (rights.SEND, set(), "Send Messages"),
        (rights.CREATE_THREADS, {"Share"}, "Create Public Threads"),
        (rights.SEND_IN_THREADS, {"Share"}, "Send Messages in Threads"),
        (rights.READ_HISTORY, {"Share", "Discuss in a thread"}, ""),
    ],
)
async def test_what_can_not_be_posted_is_not_offered_and_refused(
    harness: BotHarness, lacking: int, offered: set[str], named: str
) -> None:
    whole = await card(harness, await harness.digest())
    await harness.server.allow("20", rights.ALL & ~lacking)
    shown = await harness.type("papers show", {"paper": "2602.12160"})
    assert {"Share", "Discuss in a thread"} & set(list_labels(shown)) == offered
    before = len(harness.server.shown("20"))
    told = [await harness.press(label, whole) for label in sorted({"Share", "Discuss in a thread"} - offered)]
    if named:
        told.append(await harness.type("papers discuss", {"paper": "2602.12160"}))
        assert named in told[-1].plain
    assert all("Broadsheet lacks" in each.plain for each in told)
    assert len(await harness.post()) == before
    assert not await harness.retired()


async def test_a_thread_is_written_to_with_the_rights_of_threads(offline: BotHarness) -> None:
    offline.server.channel("20", permissions=rights.ALL & ~rights.SEND)
    offline.server.thread("21", parent="20")
    async with offline.run_bot():
        shown = await offline.type("papers search", {"query": "diffusion"}, channel="21")
        assert "Share" in list_labels(shown)
