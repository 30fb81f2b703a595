"""Setting several channels up at once, and guessing what they are about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import pytest

from bot.commands.context import CommandContext
from bot.commands.digest.topic_suggestions import guess_topic
from bot.commands.table import build_table
from bot.domain.channels import Channel, ChannelKind
from bot.domain.papers import Paper
from bot.domain.people import Person
from bot.domain.schedules import Cadence
from bot.errors import TryLater
from bot.ports.channels import ChannelState
from bot.ports.workspaces import ChannelInfo as Place
from bot.ports.workspaces import Workspace
from bot.sources import file_import
from bot.sources.sample import recordings
from tests.bot.commands.conftest import ADA, BOB, NLP, PAPERS, Room, button

ATTENTION = Channel("web", "local", "attention", name="sparse-attention")
PLACES = (Place(PAPERS, "Papers that we read"), Place(ATTENTION, "Attention, cheaper"), Place(NLP, "All about text"))


@dataclass
class Directory:
    """What the platform tells: Bob is in one of the channels."""

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
        return PLACES if person == "ada" else PLACES[:1]


@pytest.fixture
def directory() -> Directory:
    return Directory()


@pytest.fixture
async def listed(room: Room, directory: Directory) -> Room:
    """Stores and table on a platform that lists its channels."""
    return replace(room, table=build_table(CommandContext(room.stores, directories={"web": directory})))


async def test_one_row_is_proposed_for_each_channel_and_nothing_is_changed(listed: Room) -> None:
    card = await listed.card("setup")
    assert [(item.title, item.text) for item in card.items] == [
        ("#papers", "The day’s most upvoted papers: weekdays 09:00 Europe/Berlin, 5 papers."),
        (
            "#sparse-attention",
            "“sparse attention”, about 0.5 papers a week: weekly, weekdays 09:00 Europe/Berlin, 5 papers.",
        ),
        ("#nlp-papers", "The day’s most upvoted papers: weekdays 09:00 Europe/Berlin, 5 papers."),
    ]
    assert not any(s.preferences.on for s in await listed.stores.channels.list_for_workspace("web", "local"))


async def test_one_confirmation_sets_all_up(listed: Room) -> None:
    done = await listed.press(button(await listed.card("setup"), "Set up all 3"))
    assert done.text.startswith("The digest is on in #papers, #sparse-attention and #nlp-papers.")
    kept = await listed.stores.channels.get_or_create(ATTENTION, listed.now)
    assert kept.preferences.on
    assert kept.preferences.schedule.cadence is Cadence.WEEKLY
    assert kept.preferences.schedule.timezone == "Europe/Berlin"
    assert kept.next_run
    (follow,) = await listed.stores.follows.list_for_channel(ATTENTION)
    assert (follow.topic, follow.added_by.name, follow.alerts) == ('"sparse attention"', "Ada", False)
    assert (await listed.mistake("setup"))[0].startswith("Every channel that Broadsheet and you are in")


async def test_one_channel_can_be_chosen(listed: Room) -> None:
    card = await listed.card("setup")
    await listed.press(card.items[1].actions[0])
    on = [s.channel.id for s in await listed.stores.channels.list_for_workspace("web", "local") if s.preferences.on]
    assert on == ["attention"]
    assert [item.title for item in (await listed.card("setup")).items] == ["#papers", "#nlp-papers"]


async def test_it_can_be_taken_back_in_each_channel(listed: Room) -> None:
    await listed.card("setup confirm:yes")
    log = await listed.card("log", channel=ATTENTION)
    assert "sets the digest up" in log.items[0].title
    await listed.card("undo", channel=ATTENTION)
    assert not (await listed.stores.channels.get_or_create(ATTENTION, listed.now)).preferences.on
    assert await listed.stores.follows.list_for_channel(ATTENTION) == []


async def test_people_set_up_the_channels_they_are_in(listed: Room) -> None:
    card = await listed.card("setup", person=replace(BOB, is_manager=True))
    assert [item.title for item in card.items] == ["#papers"]


async def test_it_is_for_managers_in_private_too(listed: Room) -> None:
    direct = Channel("web", "local", "bob", ChannelKind.DIRECT)
    assert (await listed.mistake("setup confirm:yes", person=BOB, channel=direct))[0].startswith("Only people who")
    assert not (await listed.stores.channels.get_or_create(PAPERS, listed.now)).preferences.on
    await listed.stores.workspaces.save(Workspace("web", "local", managers=("bob",)))
    assert (await listed.card("setup", person=Person("bob", "Bob"), channel=direct)).items


async def test_what_runs_is_left_alone(listed: Room) -> None:
    await listed.card("digest on start:next")
    assert [item.title for item in (await listed.card("setup")).items] == ["#sparse-attention", "#nlp-papers"]


async def test_a_directory_that_does_not_answer_is_told(listed: Room, directory: Directory) -> None:
    directory.down = True
    assert (await listed.mistake("setup"))[0] == "The channels can’t be read now: Slack’s limits leave no room now."


async def test_where_there_is_one_place_only_there_is_nothing_to_propose(room: Room) -> None:
    assert (await room.mistake("setup", person=ADA))[0] == "There is one channel only, and nothing to propose."


@pytest.fixture(scope="module")
def month() -> list[Paper]:
    """The bundled sample: 24 days of February."""
    return [paper for batch in file_import.read_batches([recordings.FOLDER]) for paper in batch.papers]


@pytest.mark.parametrize(
    ("name", "purpose", "topic"),
    [
        ("video-diffusion", "Video generation", "video diffusion"),
        ("reinforcement-learning", "", "reinforcement learning"),
        ("rl", "", "reinforcement learning"),
        ("world-models", "", "world models"),
        ("proj-quantization", "", "quantization"),
        ("speech", "ASR and TTS", "speech"),
        ("code", "We talk about code generation.", "code generation"),
        ("papers", "Papers that we read", ""),
        ("random", "Non-work banter and water cooler conversation", ""),
        ("general", "Company-wide announcements and work-based matters", ""),
        ("ml-reading-group", "We read one paper a week, Thursdays at 4", ""),
        ("machine-learning", "Deep learning, large language models", ""),
        ("computer-vision", "", ""),
        ("eng-oncall", "Pages and alerts", ""),
        ("marketing", "Campaigns and brand", ""),
        ("", "", ""),
        ("论文", "<!channel> :tada: `x` \x00", ""),
    ],
)
def test_topics_are_guessed_with_sense(month: list[Paper], name: str, purpose: str, topic: str) -> None:
    found = guess_topic(Place(Channel("slack", "T1", "C1", name=name), purpose), month, 28)
    assert (found.topic.label if found.topic else "") == topic
    assert (found.per_week > 0) == bool(topic)


def test_phrases_do_not_go_across_commas(month: list[Paper]) -> None:
    room = Place(Channel("slack", "T1", "C1", name="papers"), "sparse, attention")
    assert guess_topic(room, month, 28).topic is None
