"""Pictures of all that Discord is sent: what real commands answer on real stores, and every kind of message.

Each test is a day in which somebody goes through a part of it; its pictures stand in a folder of its name.
``UPDATE_GOLDEN=1 pytest tests/adapters/discord/rendering/test_sent_messages.py`` writes them anew; see what changed.
"""

from __future__ import annotations

import ast
import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest

from adapters.discord.commands.tree import build_command_tree
from adapters.discord.interactions import responses
from bot.commands.context import CommandContext
from bot.commands.table import MAX_COMMANDS_PER_MINUTE, build_table
from bot.delivery.operator_notices import OperatorNotices, Trouble
from bot.digests import planner, vote_refresh
from bot.domain.channels import Channel
from bot.domain.papers import Paper
from bot.follows import alerts
from bot.ports.workspaces import Workspace
from bot.reasons.reason import Reason, to_reason
from tests.adapters.discord.bot_harness import ANAS_DIRECT_MESSAGES, BotHarness
from tests.adapters.discord.sent_messages import GOLDEN, Album
from tests.servers.discord import rights
from tests.stores import broken

ROOT: Final = Path(__file__).parents[4]
PAPER: Final = {"paper": "2602.12160"}
TOPIC: Final = {"topic": "diffusion"}
ANA: Final = "100"
WELL: Final = Reason("operator.health_good")


@pytest.fixture
async def album(
    offline: BotHarness, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Album]:
    """The album of a test's day, held in the end against the one that is kept."""
    monkeypatch.setattr(responses, "LOADING_DELAY", 60)
    await offline.stores.workspaces.save(Workspace("discord", "10", "Lab", managers=("90",)))
    offline.server.role("30", name="readers", mentionable=True)
    offline.server.channel("23", guild="10", name="reading", kind="forum", tags=(("1", "Vision"),), requires_tag=True)
    async with offline.run_bot():
        opened = Album(offline)
        yield opened
    opened.compare(request.node.originalname.removeprefix("test_"))


async def until(album: Album, name: str) -> None:
    """Deliver until a picture is there: what Discord tells is worked on by itself."""
    async with asyncio.timeout(5):
        while name not in album.taken:
            await album.deliver()
            await asyncio.sleep(0.01)


# Days.


async def test_reading(album: Album) -> None:
    harness = album.harness
    today = await album.type("papers today", user=ANA)
    await album.pick("today-pick", today)
    await album.press("today-next", today, "today", page="2", user=ANA)
    await album.type("papers new", user=ANA)
    found = await album.type("papers search", {"query": "diffusion", "sort": "votes"}, user=ANA)
    await album.press("search-shared", found, "share", user=ANA)
    await album.deliver()
    await album.type("papers search", {"query": "xylophone"}, "nothing", user=ANA)
    await album.type("papers show", PAPER, user=ANA)
    await album.type("papers show", PAPER, "direct", user=ANA, channel="")
    await album.type("papers show", {"paper": "nonsense"}, "mistake", user=ANA)
    await album.type("papers similar", PAPER, user=ANA)
    await album.type("papers why", PAPER, user=ANA)
    await album.type("papers saved", more="nothing", user=ANA)
    await album.type("papers save", PAPER, user=ANA)
    await album.type("papers saved", user=ANA)
    await album.type("papers unsave", PAPER, user=ANA)
    await album.type("papers discuss", PAPER, user=ANA)
    await album.deliver()
    said = harness.server.say("Look: https://arxiv.org/abs/2602.12160", "20", "101")
    with album.picture("within"):
        await (await harness.server.menu("Papers in this message", said, user=ANA)).settled()


async def test_following(album: Album) -> None:
    harness = album.harness
    await album.modal("papers follow", user=ANA)
    shown = await album.type("papers follow", TOPIC, user=ANA)
    await album.press("follow-unfollow", shown, "unfollow", user=ANA)
    await album.type("papers follow", {"topic": "difusion"}, "slip", user=ANA)
    await album.type("papers follow", {"topic": "-only"}, "mistake", user=ANA)
    await album.type("papers follows", more="nothing", user="101")
    await album.type("papers follow", TOPIC | {"where": "here"}, "channel")
    await album.type("papers follow", TOPIC, "again", user=ANA)
    await album.type("papers follows", user=ANA)
    await album.type("papers preview", TOPIC, user=ANA)
    await album.type("papers mute", {"what": "2602.12160"}, user=ANA)
    await album.type("papers mute", {"what": "robotics"}, "topic")
    await album.type("papers unmute", {"what": "2602.12160"}, user=ANA)
    harness.advance(hours=1)
    news = Paper("2602.90001", "Diffusion at Last", abstract="We propose diffusion.", authors=("Eve",), votes=7)
    await harness.stores.papers.add([news], harness.now, queue_matching=True)
    await alerts.record_alerts(harness.stores, harness.now)
    await album.deliver()
    await album.type("papers me show", user=ANA)
    await album.type("papers me export", user=ANA)
    await harness.stores.channels.retire(ANAS_DIRECT_MESSAGES, to_reason("they take no direct messages from it"))
    await album.type("papers status", more="unreachable", user=ANA)
    await album.type("papers unfollow", TOPIC, user=ANA)
    await album.type("papers me forget", user=ANA)
    await album.type("papers me forget", {"confirm": True}, "confirmed", user=ANA)


async def test_managing(album: Album) -> None:
    harness = album.harness
    await album.type("papers status")
    await album.type("papers-setup setup")
    await album.type("papers-setup digest on")
    await album.type("papers-setup digest on", {"start": "next"}, "started")
    await album.type("papers-setup digest now")
    (posted,) = await album.deliver()
    papers = await harness.stores.papers.get({item.paper for item in posted.card.items})
    await harness.stores.papers.add([replace(one, votes=99) for one in papers.values()], harness.now)
    harness.advance(hours=6, minutes=30)
    await vote_refresh.refresh_votes(harness.stores, harness.now)
    await album.deliver()
    await album.type("papers status", more="on")
    panel = await album.type("papers-setup settings")
    await album.press("settings-modal", panel, "type")
    await album.press("settings-advanced", panel, "page")
    await album.type("papers-setup settings", {"time": "25:00"}, "mistake")
    await album.type("papers-setup settings", {"number": 3, "entries": True}, "saved")
    await album.type("papers-setup digest set", {"mention": "30", "pictures": True})
    await album.type("papers-setup digest now", more="again")
    await album.type("papers-setup pause")
    await album.type("papers-setup resume")
    await album.type("papers-setup undo")
    await album.type("papers-setup digest off")
    await album.type("papers-setup log")
    await album.type("papers-setup member exclude", {"member": "101"})
    await album.type("papers today", more="excluded", user="101")
    await album.type("papers-setup member readmit", {"member": "101"})
    await album.type("papers-setup member limit", {"number": 3})
    await album.type("papers help")
    await album.type("papers help", {"command": "follow"}, "command")


async def test_posting(album: Album) -> None:
    """A digest in each of its shapes, the one of the sample, one that is empty, and what its readers lift."""
    harness = album.harness
    await harness.type("papers-setup digest set", {"entries": True, "number": 3, "lift": 1}, user="90")
    await harness.type("papers-setup digest now", user="90")
    await album.deliver("entries")
    (digest,) = (shown for shown in harness.server.shown("20") if "1." in shown.plain)
    await harness.server.react("1️⃣", message=digest, user=ANA)
    await until(album, "lift-post")
    looks = {"pictures": True, "mention": "30", "entries": False, "abstracts": True, "channel": "22"}
    await harness.type("papers-setup digest set", looks, user="90")
    await harness.type("papers-setup digest now", {"channel": "22"}, user="90")
    await album.deliver("pictures")
    shown = await album.type("papers-setup digest on", {"channel": "23"}, "forum")
    shown = await album.press("digest-on-untagged", shown, "digest on")
    await album.press("digest-on-tagged", shown, "settings", tag="Vision")
    await harness.type("papers-setup digest now", {"channel": "23"}, user="90")
    await album.deliver("forum")
    await harness.type("papers-setup digest set", {"empty": True, "votes": 500}, user="90")
    await harness.type("papers-setup digest on", {"start": "next"}, user="90")
    harness.advance(days=2, hours=19)
    await planner.plan_due_digests(harness.stores, harness.now)
    await album.deliver("monday")


async def test_sampling(album: Album) -> None:
    await album.harness.stores.key_values.set("sample", "yes")
    await album.type("papers today")
    await album.type("papers-setup digest now")
    await album.deliver()
    await album.type("papers status")


async def test_life(album: Album) -> None:
    """The bot comes, loses what it needs, and says so to who can repair it."""
    harness = album.harness
    harness.excused.append("Nothing is posted to discord:10:20 any more")
    harness.server.person("190", name="Otto", guilds=("11",))
    await harness.server.join("11", name="Elsewhere", owner="190", system="40")
    await until(album, "greeting-post")
    await harness.type("papers-setup digest set", {"mention": "30"}, user="90")
    await harness.server.delete_role("30")
    await until(album, "notice-post")
    trouble = Trouble(Reason("operator.health_bad", problems=Reason("operator.channels_late", number=3)), WELL)
    await OperatorNotices(harness.stores, Channel("discord", "10", "20")).update({"health": trouble}, harness.now)
    await until(album, "operator-post")
    await harness.server.allow("20", rights.ALL & ~rights.SEND)
    await album.type("papers status", more="lacking")
    await harness.type("papers-setup digest now", user="90")
    for _ in range(2):
        await album.deliver("lost")
    await album.type("papers status", more="lost")


async def test_failing(album: Album, stored: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    harness = album.harness
    harness.excused += ["failed: StoreError", "failed, reference"]
    await album.type("papers-setup log", more="nothing")
    await album.type("papers-setup undo", more="nothing")
    with broken(stored, "INSERT ON saves"):
        await album.type("papers save", PAPER, "refused", user=ANA)
    await album.type("papers discuss", PAPER, "direct", user=ANA, channel="")
    for _ in range(MAX_COMMANDS_PER_MINUTE):
        await harness.type("papers help")
    with album.picture("help-often"):
        await harness.type("papers help")
    harness.server.commands[0]["options"].append({"type": 1, "name": "horoscope", "description": "Gone"})
    await album.type("papers horoscope", user=ANA)

    async def failing(*_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(type(harness.stores.feed_days), "get_newest", failing)
    await album.type("papers today", more="failed", user=ANA)


# Whether there is a picture of everything.


def kinds() -> Iterator[str]:
    """Yield the kinds of messages that the core names."""
    for path in sorted((ROOT / "bot").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.Call(func=ast.Name("DeliveryKey"), args=[_, ast.Constant(str() as kind), *_]):
                    yield kind
                case ast.Assign(targets=[ast.Name(name)], value=ast.Constant(str() as kind)) if name.endswith("_KIND"):
                    yield kind
                case ast.AnnAssign(target=ast.Name(name), value=ast.Constant(str() as kind)) if name.endswith("_KIND"):
                    yield kind


def pictures() -> set[str]:
    return {path.stem for path in GOLDEN.glob("*/*.json")}


def test_every_command_has_its_picture() -> None:
    paths = build_command_tree(build_table(CommandContext(None))).commands  # type: ignore[arg-type]  # nothing is asked here
    assert sorted({"-".join(words[1:]) for words in paths} - pictures()) == []


def test_every_kind_of_message_has_its_picture() -> None:
    found = set(kinds())
    assert {"digest", "alert", "greeting", "notice", "lift", "discuss"} <= found
    posted = {name.split("-post")[0] for name in pictures() if "-post" in name}
    assert found - posted == set()
    assert {name for name in pictures() if "-edit" in name}


def test_every_folder_is_a_day() -> None:
    days = {name.removeprefix("test_") for name in globals() if name.startswith("test_")}
    assert {path.name for path in GOLDEN.iterdir()} <= days
