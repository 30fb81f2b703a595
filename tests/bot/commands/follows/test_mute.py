"""A paper where a topic is asked for: "#2", an arXiv id or a link; muted as a paper, never taken as words."""

from __future__ import annotations

import pytest

from bot.commands.parsing import parameter_types
from bot.domain import identifiers
from bot.domain.follows import Follow
from bot.domain.topics.parser import parse_topic
from bot.errors import Mistake
from tests.bot.commands.conftest import ADA, ADAS, BOB, BOBS, PAPERS, Room, button

SECOND = "2611.23001"
"""The second of the newest list, “A World Model of Minecraft”."""


async def mutes(room: Room) -> list[tuple[str, str]]:
    """Return what the channel has muted."""
    key = (await room.stores.channels.get_or_create(PAPERS, room.now)).channel_id
    return list((await room.stores.mutes_and_saves.list_mutes([key])).get(key, ()))


@pytest.mark.parametrize("typed", ["#2", "2", SECOND, f"https://arxiv.org/abs/{SECOND}", f"arxiv: {SECOND}"])
async def test_muting_a_number_mutes_the_paper(room: Room, typed: str) -> None:
    card = await room.card(f"mute {typed}")
    assert card.text == "“A World Model of Minecraft” is muted in #papers: digests and alerts leave it out."
    assert await mutes(room) == [("paper", SECOND)]
    assert (await room.card(f"mute {typed}")).text.endswith("is muted in #papers already.")
    assert "is not muted in #papers any more" in (await room.card(f"unmute {typed}")).text
    assert await mutes(room) == []


async def test_a_number_is_that_of_the_last_digest_here(room: Room) -> None:
    await room.send("settings topics:speculative on:yes")
    await room.send("digest now")
    shown = (await room.card("show #1")).items[0].paper
    assert (await room.card("mute #1")).text.startswith("“")
    assert await mutes(room) == [("paper", shown)]


@pytest.mark.parametrize("command", ["mute", "unmute"])
async def test_a_number_that_is_nobodys_mutes_nothing(room: Room, command: str) -> None:
    sentence, example = await room.mistake(f"{command} #99")
    assert sentence == "The newest list has no number 99. A number that is meant as a word stands in quotation marks."
    assert example == f'{command} "99"'
    assert await mutes(room) == []


async def test_a_number_in_quotation_marks_is_a_word(room: Room) -> None:
    card = await room.card('mute "360"')
    assert await mutes(room) == [("topic", '"360"')]
    assert "is not muted" in (await room.press(button(card, "Unmute"))).text
    assert await mutes(room) == []


@pytest.mark.parametrize("typed", ["#2 #3", "#2, #3", "2611.23000; 2611.23001"])
async def test_several_papers_are_no_words_either(room: Room, typed: str) -> None:
    assert (await room.mistake(f"mute {typed}"))[0] == "That names several papers; name one at a time."
    assert await mutes(room) == []


async def test_a_link_to_something_else_is_no_topic(room: Room) -> None:
    assert (await room.mistake("mute https://example.org/x"))[0].startswith("That is not an arXiv id, nor a link")
    assert await mutes(room) == []


@pytest.mark.parametrize("command", ["follow", "unfollow", "preview"])
@pytest.mark.parametrize(
    ("typed", "named"),
    [
        ("#2", "#2"),
        ("#2, #3", "#2"),
        (SECOND, SECOND),
        (f"https://arxiv.org/abs/{SECOND}v2", SECOND),
        (f"https://huggingface.co/papers/{SECOND}", SECOND),
    ],
)
async def test_a_paper_is_no_topic(room: Room, command: str, typed: str, named: str) -> None:
    sentence, example = await room.mistake(f"{command} {typed}", person=BOB)
    assert sentence == (
        f"“{named}” names a paper, not a topic; did you mean the papers like it, “similar {named}”, "
        f"or the paper itself, “show {named}”?"
    )
    assert example == f'{command} "world model" -robot'
    assert not await room.stores.follows.list_for_channel(BOBS)


@pytest.mark.parametrize("typed", ["#2", SECOND, "diffusion; #2"])
async def test_a_paper_among_the_topics_of_a_digest_is_marked(room: Room, typed: str) -> None:
    form = await room.form(f"settings topics:{typed}")
    (mistake,) = [field.mistake for field in form.fields if field.name == "topics"]
    assert "names a paper, not a topic" in mistake
    assert not await room.stores.follows.list_for_channel(PAPERS)


async def test_what_is_followed_from_before_stays_in_the_settings(room: Room) -> None:
    await room.stores.follows.add(Follow(PAPERS, f'"{SECOND}"', ADA, room.now))
    form = await room.form("settings")
    (value,) = [field.value for field in form.fields if field.name == "topics"]
    assert [str(topic) for topic in parameter_types.read_topics(value)] == [f'"{SECOND}"']


async def test_words_with_numbers_stay_topics(room: Room) -> None:
    for text in ("2", "gpt 4", "c#", "360 video", '"#2"', "#2 video"):
        assert parameter_types.read_topic(text) == parse_topic(text)
    await room.card("follow 360", person=ADA)
    assert [follow.topic for follow in await room.stores.follows.list_for_channel(ADAS)] == ['"360"']


def test_references_are_numbers_with_their_sign_and_ids() -> None:
    assert identifiers.list_paper_references("#2 2602.12160") == ("#2", "2602.12160")
    assert identifiers.list_paper_references("") == ()
    assert identifiers.list_paper_references("#2 video") == ()
    assert identifiers.parse_paper_number("#12") == 12
    assert identifiers.parse_paper_number("1234") is None


def test_the_example_of_a_refused_topic_is_one() -> None:
    with pytest.raises(Mistake) as refused:
        parameter_types.read_topic("#2")
    assert parameter_types.read_topic(refused.value.example)
