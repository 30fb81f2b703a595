"""Following, previewing, muting, and what is listed of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import pytest

from bot.cards.models import Card, Form
from bot.commands.context import CommandContext
from bot.commands.table import build_table
from bot.domain.channels import Channel, ChannelKind
from bot.domain.follows import Follow
from bot.domain.people import Person
from bot.errors import TryLater
from bot.ports.channels import ChannelState
from bot.ports.workspaces import ChannelInfo as Place
from bot.ports.workspaces import Workspace
from tests.bot.commands.conftest import ADA, ADAS, BOB, BOBS, NLP, PAPERS, Room, button

CLEO = Person("cleo", "Cleo", is_manager=True)


async def topics(room: Room, channel: object) -> list[str]:
    return [follow.topic for follow in await room.stores.follows.list_for_channel(channel)]  # type: ignore[arg-type]


async def test_a_follow_is_personal_and_says_what_will_come(room: Room) -> None:
    card = await room.card("follow “world model” –robots", person=BOB)
    assert card.text == (
        "Following “world model -robots” for you; new papers come as direct messages. "
        "It would have sent 1 paper in the last 5 days, about 1 a week."
    )
    assert [item.title for item in card.items] == ["A World Model of Minecraft"]
    (follow,) = await room.stores.follows.list_for_channel(BOBS)
    assert follow.alerts
    assert follow.channel.kind is ChannelKind.DIRECT
    assert not await topics(room, PAPERS)


async def test_a_channel_is_for_its_managers_and_feeds_the_digest(room: Room) -> None:
    text, example = await room.mistake("follow diffusion where:here", person=BOB)
    assert text == "Only people who manage #papers may change what it follows; follow it for yourself."
    assert (await room.card(example, person=BOB)).tone == "answer"
    card = await room.card("follow diffusion where:here")
    assert card.text.startswith("Following “diffusion” for #papers; new papers come in the digest.")
    (follow,) = await room.stores.follows.list_for_channel(PAPERS)
    assert not follow.alerts
    changed = await room.card("follow diffusion where:here alerts:yes")
    assert changed.text == "“diffusion” now sends each paper at once in #papers."
    assert (await room.stores.follows.list_for_channel(PAPERS))[0].alerts


async def test_how_a_follow_comes_is_a_change_that_can_be_taken_back(room: Room) -> None:
    await room.card("follow diffusion where:here", person=CLEO)
    room.later(days=1)
    await room.card("follow diffusion where:here alerts:yes")
    await room.card("follow diffusion where:here alerts:no")
    said = [item.title for item in (await room.card("log")).items]
    assert said[:2] == ["“diffusion” now feeds the digest", "“diffusion” now sends each paper at once"]
    for text, alerts in (("sends each paper at once", True), ("feeds the digest", False)):
        card = await room.card("undo")
        assert card.text == f"Taken back: “diffusion” {text} again. Changed by you on 25 Nov."
        (follow,) = await room.stores.follows.list_for_channel(PAPERS)
        assert (follow.alerts, follow.added_by.id, follow.followed_since.day) == (alerts, "cleo", 24)
    assert (await room.card("undo")).text.startswith("Taken back: “diffusion” is not followed any more.")
    assert not await topics(room, PAPERS)


async def test_twice_changes_nothing(room: Room) -> None:
    await room.card("follow diffusion")
    room.later(days=2)
    card = await room.card("follow Diffusion")
    assert card.text == "“diffusion” is followed for you already: by you, since 24 Nov. Nothing was changed."
    assert len(await room.stores.audit.list_changes(ADAS)) == 1


async def test_a_heavy_topic_is_called_one(room: Room) -> None:
    card = await room.card("preview method, diffusion")
    assert "about 18 a week" in card.text
    card = await room.card("preview we, zzz, method")
    assert "That is a lot" not in card.text


async def test_what_is_heavy_and_how_to_narrow_it(room: Room) -> None:
    papers = list((await room.stores.papers.get([f"2611.230{n:02}" for n in range(12)])).values())
    more = [type(p)(f"2611.24{n:03}", p.title, p.abstract, p.authors, published=p.listed) for n, p in enumerate(papers)]
    await room.stores.papers.add(more, room.now)
    assert "That is a lot; a second word narrows it" in (await room.card("preview method")).text
    card = await room.card("follow method, minecraft")
    assert '"method" alone brings 100% of it.' in card.text


async def test_without_a_topic_there_is_a_form_with_a_preview(room: Room) -> None:
    form = await room.form("follow")
    assert [field.name for field in form.fields] == ["topic", "where", "alerts"]
    dry = (await room.table.answer(room.request("follow", {"topic": "diffusion", "where": "me"}, dry_run=True))).body
    assert isinstance(dry, Form)
    assert dry.preview[0] == "It would have sent 2 papers in the last 5 days, about 2 a week."
    assert dry.fields[0].value == "diffusion"
    assert [field.name for field in (await room.form("follow", channel=ADAS)).fields] == ["topic"]


async def test_there_is_a_limit(room: Room) -> None:
    for n in range(25):
        await room.stores.follows.add(Follow(PAPERS, f'"topic{n}"', ADA, room.now))
    text, _ = await room.mistake("follow diffusion where:here")
    assert text == "That would be more than 25 follows for #papers; unfollow one first."


async def test_unfollow_takes_ones_own_first(room: Room) -> None:
    await room.card("follow diffusion where:here")
    await room.card("follow diffusion")
    assert (await room.card("unfollow diffusion")).text == "“diffusion” is followed for you no more."
    assert await topics(room, PAPERS) == ['"diffusion"']
    text, _ = await room.mistake("unfollow diffusion", person=BOB)
    assert text == "Only people who manage #papers may change what it follows."
    again = await room.card("unfollow diffusion")
    assert not await topics(room, PAPERS)
    await room.press(button(again, "Follow again"))
    assert await topics(room, PAPERS) == ['"diffusion"']


async def test_unfollow_did_you_mean(room: Room) -> None:
    await room.card("follow diffusion")
    text, example = await room.mistake("unfollow difusion")
    assert text == "“difusion” is not followed here. Did you mean “diffusion”?"
    assert (await room.card(example)).tone == "answer"
    assert (await room.mistake("unfollow anything"))[0] == "“anything” is not followed here."


async def test_a_slip_in_a_new_topic_is_pointed_out_and_stops_nothing(room: Room) -> None:
    await room.card("follow diffusion where:here")
    card = await room.card("follow difusion where:here")
    assert card.text.endswith("It would have sent nothing in the last 5 days. Did you mean “diffusion”?")
    assert await topics(room, PAPERS) == ['"diffusion"', '"difusion"']
    assert (await room.press(button(card, "Follow “diffusion”"))).text.startswith("“diffusion” is followed for #papers")
    looked = await room.card("preview difusion", person=BOB)
    assert looked.text == "It would have sent nothing in the last 5 days. Did you mean “diffusion”?"
    assert (await room.press(button(looked, "Preview “diffusion”"))).title == "“diffusion”"
    dry = (await room.table.answer(room.request("follow", {"topic": "difusion", "where": "me"}, dry_run=True))).body
    assert isinstance(dry, Form)
    assert dry.preview == (looked.text,)
    muted = await room.card("mute difusion")
    assert muted.text == (
        "“difusion” is muted in #papers: digests and alerts leave it out. "
        "No recent paper is on it; did you mean “diffusion”?"
    )
    assert (await room.press(button(muted, "Mute “diffusion”"))).text.startswith("“diffusion” is muted in #papers:")


async def test_what_others_follow_for_themselves_is_not_suggested(room: Room) -> None:
    await room.card("follow secret plans", person=BOB)
    assert "mean" not in (await room.card("follow secret plan")).text


async def test_follows_lists_who_and_when(room: Room) -> None:
    assert (await room.card("follows")).text == "Nothing is followed for #papers or you yet."
    await room.card("follow diffusion where:here")
    room.later(days=3)
    await room.card("follow world model", person=BOB)
    await room.card("mute diffusion")
    card = await room.card("follows", person=BOB)
    assert [(item.section, item.title, item.notes) for item in card.items] == [
        ("#papers", "diffusion", ("by Ada", "since 24 Nov", "in the digest", "muted")),
        ("Yours", "world model", ("by you", "since 27 Nov", "at once")),
    ]


async def test_the_whole_workspace_is_shown_where_one_person_has_it(room: Room) -> None:
    await room.card("follow diffusion where:here")
    await room.card("follow speech where:here", channel=NLP)
    await room.card("follow secret plans", person=BOB)
    card = await room.card("follows where:workspace")
    assert card.text == "2 follows in 2 channels."
    assert [(item.section, item.title) for item in card.items] == [("#nlp-papers", "speech"), ("#papers", "diffusion")]
    assert card.footer == ("Personal follows of 1 person are not shown.",)


@dataclass
class Directory:
    """What the platform tells: who is in which channel."""

    members: dict[str, tuple[Channel, ...]]
    down: bool = False

    def list_contact_channels(self, workspace: Workspace) -> Sequence[Channel]:
        return ()

    def find_display_name(self, channel: Channel, identity: str) -> str:
        return ""

    async def find_posting_problem(self, channel_state: ChannelState) -> str:
        return ""

    async def list_shared_channels(self, workspace: str, person: str) -> Sequence[Place]:
        if self.down:
            raise TryLater("Slack’s limits leave no room now", 5)
        return [Place(channel) for channel in self.members.get(person, ()) if channel.workspace == workspace]


SECRET = Channel("web", "local", "secret", name="layoffs-research")
GENERAL = Channel("web", "local", "general", name="general")


@pytest.fixture
async def crowd(room: Room) -> Room:
    """Four channels that follow something: Bob is in two of them, Ada in all, Cleo in none."""
    directory = Directory({"ada": (PAPERS, NLP, SECRET, GENERAL), "bob": (PAPERS, NLP)})
    crowd = replace(room, table=build_table(CommandContext(room.stores, directories={"web": directory})))
    for channel, topic in ((PAPERS, "diffusion"), (NLP, "speech"), (SECRET, "severance"), (GENERAL, "attention")):
        await crowd.card(f"follow {topic} where:here", channel=channel)
    await crowd.card("follow world model", person=BOB)
    await crowd.card("follow graphs", person=CLEO)
    return crowd


async def everywhere(room: Room, **about: object) -> tuple[Card, list[tuple[str, str]]]:
    card = await room.card("follows where:workspace", **about)
    return card, [(item.section, item.title) for item in card.items]


async def test_channels_that_one_is_not_in_are_not_named(crowd: Room) -> None:
    card, rows = await everywhere(crowd, person=BOB)
    assert rows == [("Yours", "world model"), ("#nlp-papers", "speech"), ("#papers", "diffusion")]
    assert card.text == "2 follows in 2 channels."
    assert card.footer == (
        "Only channels that Broadsheet and you are both in are shown.",
        "Personal follows of 1 person are not shown.",
    )
    assert "layoffs" not in str(card)
    _, rows = await everywhere(crowd, person=ADA)
    assert [section for section, _ in rows] == ["#general", "#layoffs-research", "#nlp-papers", "#papers"]


async def test_the_channel_in_which_one_asks_is_shown(crowd: Room) -> None:
    _, rows = await everywhere(crowd, person=Person("dora", "Dora"), channel=GENERAL)
    assert rows == [("#general", "attention")]
    _, rows = await everywhere(crowd, person=CLEO, channel=Channel("web", "local", "cleo", ChannelKind.DIRECT))
    assert rows == [("Yours", "graphs")]


async def test_when_the_platform_does_not_tell_only_what_is_certain_shows(crowd: Room) -> None:
    directory = crowd.table.context.directories["web"]
    assert isinstance(directory, Directory)
    directory.down = True
    card, rows = await everywhere(crowd, person=BOB)
    assert rows == [("Yours", "world model"), ("#papers", "diffusion")]
    assert card.footer[0] == "The other channels can’t be read now: Slack’s limits leave no room now."


async def test_what_one_may_see_is_not_shared_with_others(crowd: Room) -> None:
    said, _ = await crowd.mistake("follows where:workspace", person=ADA, share=True)
    assert said == "The answer of “follows” is for you alone and can’t be shared."
    assert not (await crowd.send("follows where:workspace", person=ADA)).shareable


async def test_a_long_preview_has_pages(room: Room) -> None:
    card = await room.card("preview method")
    assert card.folio == ("1–5 of 18",)
    following = await room.press(button(card, "Next"))
    assert following.folio == ("6–10 of 18",)
    assert {item.paper for item in card.items}.isdisjoint(item.paper for item in following.items)
    assert len((await room.card("preview method page:4")).items) == 3


async def test_preview_saves_nothing(room: Room) -> None:
    card = await room.card("preview diffusion days:30")
    assert [item.title for item in card.items] == ["Video Diffusion without Tears", "Diffusion Language Models"]
    assert not await topics(room, ADAS)
    assert (await room.card("preview zebras")).text == "It would have sent nothing in the last 5 days."
    assert (await room.mistake("preview diffusion days:91"))[0] == "91 is out of range: 1 to 90."
    assert (await room.mistake("preview"))[0] == "“preview” needs a topic."


async def test_muting_is_for_the_channel_when_a_manager_does_it(room: Room) -> None:
    card = await room.card("mute https://arxiv.org/abs/2611.23000")
    assert card.text == "“DreamID-Omni” is muted in #papers: digests and alerts leave it out."
    assert (await room.card("mute 2611.23000", person=BOB)).text.startswith("“DreamID-Omni” is muted for you:")
    assert (await room.mistake("mute 2611.23000 where:here", person=BOB))[0].startswith(
        "Only people who manage #papers"
    )
    assert (await room.card("mute 2611.23000")).text == "“DreamID-Omni” is muted in #papers already."
    assert "DreamID-Omni" not in str((await room.card("digest on")).items)
    assert (await room.press(button(card, "Unmute"))).text == "“DreamID-Omni” is not muted in #papers any more."
    assert (await room.mistake("unmute 2611.23000"))[0] == "“DreamID-Omni” is not muted in #papers."


async def test_a_muted_topic_is_named_as_it_was_typed(room: Room) -> None:
    assert (await room.card("mute World Models")).text.startswith("“world models” is muted in #papers")
    assert (await room.mistake("mute -x"))[0] == "A topic needs something to look for besides what to leave out."
