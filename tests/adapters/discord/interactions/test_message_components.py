"""Buttons and lists: on digests, on private answers, after a restart, forged."""

from __future__ import annotations

import json
from typing import Any

import pytest

from adapters.common.button_payload import ButtonPayload
from adapters.discord.forms.state import FormCustomId, FormState
from adapters.discord.rendering.custom_id import compute_token, encode_payload
from bot.domain.channels import Channel
from tests.adapters.discord.inbound import ANAS, ROOM, Office, custom, labels
from tests.servers.discord import Shown, rights

LONG = "diffusion model video generation -zeugma -" + "y" * 60
"""A search that does not fit into a button."""


def button(office: Office, custom_id: str, **more: Any) -> Shown:
    """Let the bot show a button that asks for anything; everybody sees it unless *more* says otherwise."""
    one = {"type": 2, "style": 2, "label": "?", "custom_id": custom_id}
    rows = [{"type": 1, "components": [one]}]
    return office.server.put(Shown(office.server.clock.snowflake(), "20", "1", "x", rows, **more))


def listed(shown: Shown) -> list[str]:
    """Return the rows of a message's list."""
    parts = [one for row in shown.components for one in row["components"] if one["type"] == 3]
    return [option["label"] for option in parts[0]["options"]]


async def card(office: Office, digest: Shown, *, user: str = "100") -> Shown:
    """Pick the digest's first paper."""
    return await office.pick("Pick a paper", listed(digest)[0], digest, user=user)


async def test_a_paper_of_the_digest_is_picked_by_whoever_wants_to_see_it(office: Office) -> None:
    digest = await office.digest()
    shown = await card(office, digest)
    assert (shown.to, shown.channel) == ("100", "20")
    assert "Recent advancements in foundation models" in shown.plain
    assert {"Save", "More like this", "Not for us", "Why this paper"} <= set(labels(shown))
    assert office.server.shown("20") == [digest], "the digest stays as it is"


async def test_saving(office: Office) -> None:
    shown = await card(office, await office.digest())
    assert "on your reading list" in (await office.press("Save", shown)).plain
    assert [paper for paper, _ in await office.stores.mutes_and_saves.list_saved_papers(ANAS)] == ["2602.12160"]


async def test_more_like_this(office: Office) -> None:
    shown = await card(office, await office.digest())
    assert "Papers like “DreamID-Omni" in (await office.press("More like this", shown)).plain


async def test_why(office: Office) -> None:
    shown = await card(office, await office.digest())
    assert "DreamID-Omni" in (await office.press("Why this paper", shown)).plain


async def test_not_for_us_is_for_those_who_manage(office: Office) -> None:
    digest = await office.digest()
    shown = await card(office, digest)
    refused = await office.press("Not for us", shown)
    assert "is muted in #papers" not in refused.plain
    shown = await card(office, digest, user="91")
    assert "is muted in #papers" in (await office.press("Not for us", shown, user="91")).plain


async def test_pages_turn_in_place_where_only_their_reader_sees_it(office: Office) -> None:
    first = await office.type("papers search", {"query": "diffusion"})
    following = await office.press("Next", first)
    assert (following.id, following.replaced) == (first.id, True)
    assert following.plain != first.plain
    back = await office.press("Prev", following)
    assert back.content == first.content
    assert len(office.server.private) == 1


async def test_pages_of_what_everybody_sees_turn_for_one_alone(office: Office) -> None:
    shared = await office.type("papers search", {"query": "diffusion"})
    digest = await office.digest()
    name, _ = encode_payload(ButtonPayload("search", {"query": "diffusion", "page": "2"}))
    turned = await office.press(name, button(office, name))
    assert turned.to == "100"
    assert turned.id not in {digest.id, shared.id}


async def test_sharing_posts_as_the_bot_and_names_who_shared(office: Office) -> None:
    shown = await office.type("papers search", {"query": "diffusion"})
    told = await office.press("Share", shown)
    assert "It is on its way to #papers." in told.plain
    (posted,) = await office.post()
    assert posted.author == "1"
    assert "Shared by Ana." in posted.plain
    assert posted.pings == ()
    assert "Next" not in labels(posted), "nobody else turns Ana’s pages"


async def test_following_and_unfollowing(office: Office) -> None:
    shown = await office.type("papers preview", {"topic": "diffusion"})
    following = await office.press("Follow this", shown)
    assert "Following “diffusion” for you" in following.plain
    assert await office.topics(ANAS) == ['"diffusion"']
    gone = await office.press("Unfollow", following)
    assert "followed for you no more" in gone.plain
    assert await office.topics(ANAS) == []


async def test_muting_what_one_follows(office: Office) -> None:
    await office.type("papers follow", {"topic": "diffusion"})
    shown = await office.type("papers follows")
    muted = await office.press("Mute", shown)
    assert "muted" in muted.plain
    (rows,) = (
        await office.stores.mutes_and_saves.list_mutes(
            [(await office.stores.channels.get_or_create(ANAS, office.now)).channel_id]
        )
    ).values()
    assert ("topic", '"diffusion"') in rows


# After a restart.


async def test_every_button_works_after_a_restart(shut: Office) -> None:
    async with shut.running():
        digest = await shut.digest()
        found = await shut.type("papers search", {"query": LONG})
        pages = await shut.type("papers search", {"query": "diffusion"})
    async with shut.running():
        shown = await card(shut, digest)
        assert "on your reading list" in (await shut.press("Save", shown)).plain
        assert (await shut.press("Next", pages)).id == pages.id
        assert "newest first" in (await shut.press("Newest", found)).plain


async def test_all_that_is_offered_works_after_a_restart(shut: Office) -> None:
    async with shut.running():
        paper = await card(shut, await shut.digest(), user="91")
        preview = await shut.type("papers preview", {"topic": "diffusion"}, user="91")
        await shut.type("papers follow", {"topic": "robotics"}, user="91")
        follows = await shut.type("papers follows", user="91")
    done = {
        "Save": "on your reading list",
        "Discuss in a thread": "gets a thread in #papers",
        "More like this": "Papers like",
        "Why this paper": "DreamID-Omni",
        "Not for us": "is muted in #papers",
        "Share": "on its way to #papers",
    }
    async with shut.running():
        for label, said in done.items():
            assert said in (await shut.press(label, paper, user="91")).plain, label
        followed = await shut.press("Follow this", preview, user="91")
        assert "Following “diffusion” for you" in followed.plain
        assert "muted" in (await shut.press("Mute", follows, user="91")).plain
        assert "no more" in (await shut.press("Unfollow", followed, user="91")).plain


async def test_a_paper_is_discussed_in_a_thread_of_its_own(office: Office) -> None:
    shown = await card(office, await office.digest())
    assert "gets a thread in #papers" in (await office.press("Discuss in a thread", shown)).plain
    posted = (await office.post())[-1]
    assert "Ana would like to talk about this paper" in posted.plain
    (thread,) = [place for place in office.server.places.values() if place.parent == "20"]
    assert thread.id == posted.id, "it begins with that message"
    assert office.server.shown(thread.id)
    again = await office.type("papers discuss", {"paper": "2602.12160"}, user="101")
    assert "has a thread in #papers already" in again.plain


async def test_what_is_not_kept_any_more_is_explained(office: Office) -> None:
    shown = await office.press("?", button(office, f"t;{'0' * 32}"))
    assert "This button is too old. Nothing was changed; ask again." in shown.plain


async def test_a_button_of_a_command_that_is_gone_is_explained(office: Office) -> None:
    shown = await office.press("?", button(office, "p;horoscope;;"))
    assert "is not a command (any more)" in shown.plain


# Whose it is.


async def test_somebody_elses_answer_is_refused_politely(office: Office) -> None:
    before = await office.server.slash("papers today", {}, user="100", channel="20")
    theirs = button(office, "p;today;;", command=before.interaction.id)
    shown = await office.press("?", theirs, user="101")
    assert "This belongs to somebody else; ask for your own with the same command." in shown.plain
    assert shown.to == "101"
    assert "1." in (await office.press("?", theirs, user="100")).plain


async def test_settings_on_a_digest_open_for_those_who_manage(office: Office) -> None:
    name, _ = encode_payload(ButtonPayload("settings"))
    digest = button(office, name)
    assert "Only people who manage #papers may use “/papers-setup settings”" in (await office.press("?", digest)).plain
    panel = await office.press("?", digest, user="91")
    assert panel.to == "91"
    assert "Save changes" in labels(panel)


@pytest.mark.parametrize("command", ["settings", "digest off", "pause"])
async def test_what_everybody_sees_makes_nobody_a_manager(office: Office, command: str) -> None:
    await office.type("papers-setup digest on", {"start": "next"}, user="91")
    name, kept = encode_payload(ButtonPayload(command, manager=True))
    shown = await office.press("?", button(office, name))
    assert f"may use “/papers-setup {command}”" in shown.plain
    token = compute_token(data := {"c": command, "a": {}, "m": 1})
    await office.stores.button_payloads.save_payloads({token: data, **kept}, office.now)
    shown = await office.press("?", button(office, f"t;{token}"))
    assert f"may use “/papers-setup {command}”" in shown.plain
    preferences = await office.preferences()
    assert (preferences.on, preferences.paused) == (True, False)


async def test_a_managers_panel_that_everybody_sees_saves_for_managers_only(office: Office) -> None:
    state = FormState("settings", {"number": "9"}, {"number": "number"}, manager=True)
    await office.stores.button_payloads.save_payloads({state.token: state.pack()}, office.now)
    forged = button(office, FormCustomId("save", "", state.token).pack())
    shown = await office.press("?", forged)
    assert "Only people who manage #papers may use “/papers-setup settings”" in shown.plain
    assert (await office.preferences()).number == 5
    await office.press("?", forged, user="91")
    assert (await office.preferences()).number == 9


async def test_rights_count_in_the_channel_that_a_button_is_about(office: Office) -> None:
    name, _ = encode_payload(ButtonPayload("pause", channel="22"))
    shown = await office.press("?", button(office, name))
    assert "Only people who manage #video-diffusion may use “/papers-setup pause”" in shown.plain
    shown = await office.press("?", button(office, name), user="91")
    assert "Paused" in shown.plain
    assert (await office.preferences(Channel("discord", "10", "22"))).paused
    assert not (await office.preferences(ROOM)).paused


async def test_in_direct_messages_a_button_reaches_nobody_elses(office: Office) -> None:
    await office.type("papers follow", {"topic": "diffusion"}, channel="", user="101")
    name, _ = encode_payload(ButtonPayload("unfollow", {"topic": '"diffusion"'}, channel="101"))
    conversation = office.server.conversation("100").id
    rows = [{"type": 1, "components": [{"type": 2, "style": 2, "label": "?", "custom_id": name}]}]
    forged = office.server.put(Shown(office.server.clock.snowflake(), conversation, "1", "x", rows))
    shown = await office.press("?", forged)
    assert "too old" in shown.plain
    assert await office.topics(Channel("discord", "@me", "101", ANAS.kind)) == ['"diffusion"']


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
async def test_forged_buttons_are_answered_by_a_sentence(office: Office, custom_id: str) -> None:
    shown = await office.press("?", button(office, custom_id))
    assert shown.plain
    assert "Reference" not in shown.plain
    assert json.dumps(shown.content)


@pytest.mark.parametrize(
    "part", ["page.-1", "page.99", "type.9", "type.x", "pick.nothing", "ticks.9", "typed.x", "jump.x"]
)
async def test_a_forged_part_of_a_panel_is_answered_too(office: Office, part: str) -> None:
    panel = await office.type("papers-setup settings", user="91")
    token = custom(panel, "Save changes").rpartition(";")[2]
    forged = button(office, f"f;{part};{token}", to="91", flags=64)
    reaction = await office.server.press("?", message=forged, user="91")
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
    office: Office, lacking: int, offered: set[str], named: str
) -> None:
    whole = await card(office, await office.digest())
    await office.server.allow("20", rights.ALL & ~lacking)
    shown = await office.type("papers show", {"paper": "2602.12160"})
    assert {"Share", "Discuss in a thread"} & set(labels(shown)) == offered
    before = len(office.server.shown("20"))
    told = [await office.press(label, whole) for label in sorted({"Share", "Discuss in a thread"} - offered)]
    if named:
        told.append(await office.type("papers discuss", {"paper": "2602.12160"}))
        assert named in told[-1].plain
    assert all("Broadsheet lacks" in each.plain for each in told)
    assert len(await office.post()) == before
    assert not await office.retired()


async def test_a_thread_is_written_to_with_the_rights_of_threads(shut: Office) -> None:
    shut.server.channel("20", permissions=rights.ALL & ~rights.SEND)
    shut.server.thread("21", parent="20")
    async with shut.running():
        shown = await shut.type("papers search", {"query": "diffusion"}, channel="21")
        assert "Share" in labels(shown)
