"""A workspace to look at and to test: real papers on its board, and a table with one command of each kind."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time
from typing import Any, Final, cast

from adapters.web.chat import WebChat
from adapters.web.event_feed import EventFeed
from adapters.web.rendering.site_info import DIRECT_CHANNEL, SiteInfo
from adapters.web.server import build_application, serve
from bot.bootstrap.web import build_site_info
from bot.cards import paper_items
from bot.cards.models import Action, Card, Field, Form, Item, Page
from bot.domain.channels import Channel
from bot.domain.deliveries import DeliveryKey
from bot.domain.papers import Paper
from bot.domain.preferences import Preferences
from bot.domain.schedules import WEEKDAYS, Schedule
from bot.errors import Mistake
from bot.ports.channels import Channels, ChannelState
from bot.ports.chat import Delivery
from bot.ports.commands import Answer, Command, Completion, Parameter, Placement, Request
from bot.ports.delivery_reports import DeliveryReports
from bot.ports.previews import PlatformPreview, PreviewRenderer
from bot.ports.sources import Source
from tests.fakes import MemoryBoard, MemoryChannels

NOW: Final = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
PAPERS_CHANNEL: Final = Channel("web", "local", "papers", name="papers")
NLP_CHANNEL: Final = Channel("web", "local", "nlp-papers", name="nlp-papers")
EXPORT: Final = '{\n "follows": [\n  "\\"world model\\""\n ]\n}'
_LISTED: Final = date(2026, 2, 26)


def _paper(arxiv: str, title: str, abstract: str, votes: int, first: str, authors: int = 1, **more: Any) -> Paper:  # noqa: PLR0917 (a row of a table)
    others = tuple(f"Author {n}" for n in range(1, authors))
    return Paper(arxiv, title, abstract, (first, *others), votes=votes, listed=_LISTED, **more)


PAPERS: Final = (
    _paper(
        "2602.12160",
        "DreamID-Omni: Unified Framework for Controllable Human-Centric Audio-Video Generation",
        "Recent advancements in foundation models have revolutionized joint audio-video generation. However, existing "
        "approaches typically treat human-centric tasks as isolated objectives. In this paper, we propose "
        "DreamID-Omni, a unified framework for controllable human-centric audio-video generation that uses a symmetric "
        "conditional diffusion transformer.",
        19,
        "Xu Guo",
        10,
        organization="ByteDance",
        code="https://github.com/Guoxu1233/DreamID-Omni",
    ),
    _paper(
        "2602.21534",
        "ARLArena: A Unified Framework for Stable Agentic Reinforcement Learning",
        "Agentic reinforcement learning has rapidly gained attention as a promising paradigm for training agents to "
        "solve complex, multi-step interactive tasks. We first propose ARLArena, a stable training recipe and "
        "systematic analysis framework that examines training stability in a controlled and reproducible setting.",
        12,
        "Xiaoxuan Wang",
        14,
        organization="University of California, Los Angeles",
        code="https://github.com/WillDreamer/ARL-Arena",
    ),
    _paper(
        "2602.21818",
        "SkyReels-V4: Multi-modal Video-Audio Generation, Inpainting and Editing model",
        "SkyReels V4 is a unified multimodal video foundation model that generates, edits, and inpaints video and "
        "audio simultaneously. It supports up to 1080p resolution, 32 FPS, and 15 second duration.",
        8,
        "Guibin Chen",
        49,
        organization="Skywork",
    ),
    _paper(
        "2602.18283",
        "HyTRec: A Hybrid Temporal-Aware Attention Architecture for Long Behavior Sequential Recommendation",
        "Modeling long sequences of user behaviors has emerged as a critical frontier in generative recommendation. We "
        "propose HyTRec, a model featuring a hybrid sparse attention architecture that decouples long-term stable "
        "preferences from short-term intent spikes.",
        8,
        "Lei Xin",
        6,
    ),
    _paper(
        "2602.22208",
        "Solaris: Building a Multiplayer Video World Model in Minecraft",
        "Existing video world models are limited to single-agent perspectives. We introduce Solaris, a multiplayer "
        "video world model that simulates consistent multi-view observations through a novel data collection system.",
        6,
        "Georgy Savva",
        9,
        code="https://github.com/solaris-wm/solaris",
    ),
)


def digest(votes: int = 0) -> Card:
    """Return a digest; *votes* are added to what every paper had."""
    items = [
        paper_items.build_paper_item(
            replace(paper, votes=(paper.votes or 0) + votes), number=n, because=("diffusion",) if n == 1 else ()
        )
        for n, paper in enumerate(PAPERS, 1)
    ]
    return Card(
        folio=("Sample digest", "Top 5 of 17", "Votes of Thu 26 Feb 2026"),
        items=tuple(items),
        actions=(
            Action("All 17", "today"),
            Action("For me", "search", {"query": "attention"}),
            Action("Settings", "settings"),
        ),
        footer=("12 more, 3 match this channel’s topics",),
        fallback=paper_items.format_item_names(items),
        tone="digest",
    )


def alert() -> Card:
    """Return a follow alert."""
    return Card(
        text="New paper, matches “world model” in its title. Followed by you since 12 Nov.",
        items=(paper_items.build_paper_item(PAPERS[4]),),
        marks=("world model",),
        tone="alert",
    )


def results(page: int, query: str) -> Card:
    """Return one page of a search: two of the papers."""
    first = 2 * page - 2
    turns = (
        *([Action("Prev", "search", {"query": query, "page": str(page - 1)}, "the page before")] if page > 1 else []),
        *([Action("Next", "search", {"query": query, "page": str(page + 1)}, "the next page")] if page < 3 else []),
    )
    return Card(
        title=f"5 papers on {query}",
        items=tuple(paper_items.build_paper_item(paper, today=NOW.date()) for paper in PAPERS[first : first + 2]),
        actions=turns,
        footer=("Stored papers only. Hugging Face’s own search is off in the sample.", f"{first + 1}–{first + 2} of 5"),
        marks=(query,),
    )


_NEXT: Final = "Next: Wed 25 Nov {0}, Thu 26 Nov {0}, Fri 27 Nov {0}"


def settings(arguments: Mapping[str, str]) -> Form:
    """Return the settings' form, with a mistake where a number is out of range."""
    wrong = "" if arguments.get("number", "5") in map(str, range(1, 11)) else "A digest has 1 to 10 papers."
    at = arguments.get("time", "09:00")
    fields = (
        Field("time", "Time", "time", at, "Europe/Berlin", required=True),
        Field("days", "Days", "days", arguments.get("days", "weekdays")),
        Field(
            "number",
            "Number",
            "number",
            arguments.get("number", "5"),
            "papers, 1 to 10",
            minimum=1,
            maximum=10,
            mistake=wrong,
        ),
        Field("topics", "Topics", "topics", arguments.get("topics", "diffusion; world model; sparse attention")),
        Field(
            "mode",
            "Mode",
            "choice",
            "settled",
            choices=(("settled", "Settled: votes have had 18 hours"), ("fresh", "Fresh: what is open now")),
            advanced=True,
        ),
        Field("zone", "Zone", "zone", "Europe/Berlin", advanced=True),
        Field("quiet", "Quiet when empty", "flag", "yes", advanced=True),
    )
    return Form("The digest in #papers", "settings", fields, preview=() if wrong else (_NEXT.format(at),))


@dataclass
class Table:
    """A table of commands that answers as the real one would; ``asked`` are the requests that had an effect."""

    chat: WebChat
    channels: MemoryChannels
    asked: list[Request] = field(default_factory=list)
    hold: asyncio.Event | None = None

    def list_commands(self) -> Sequence[Command]:
        return tuple(
            Command(name, summary, self.answer, parameters, example=example)
            for name, summary, parameters, example in _COMMANDS
        )

    def parse_line(self, line: str) -> tuple[str, dict[str, str]]:
        typed = line.strip().removeprefix("/papers").strip().replace("“", '"').replace("”", '"')
        for command in self.list_commands():
            if typed == command.name or typed.startswith(f"{command.name} "):
                rest = typed.removeprefix(command.name).strip()
                return command.name, {command.parameters[0].name: rest} if rest and command.parameters else {}
        raise Mistake(f"“{typed}” is not a command; “search” looks for papers.", f"search {typed}")

    async def build_home(self, request: Request, channels: Collection[str]) -> Page:
        raise AssertionError("The browser has no home screen.")

    async def complete_line(self, line: str, request: Request) -> Sequence[Completion]:
        typed = line.removeprefix("/papers").removeprefix("/").strip()
        rows = sorted(self.list_commands(), key=lambda command: not command.name.startswith(typed))
        return [
            Completion(
                f"/papers {command.name} ",
                command.usage,
                command.summary,
                tuple((p.name, p.summary) for p in command.parameters)
                + ((("example", command.example),) if command.example else ()),
            )
            for command in rows
            if typed in command.name
        ]

    async def answer(self, request: Request) -> Answer:
        if self.hold and not request.dry_run:
            await self.hold.wait()
        if not request.dry_run:
            self.asked.append(request)
        answer = getattr(self, f"_{request.command.replace(' ', '_')}", self._done)
        return await answer(request)

    async def _done(self, request: Request) -> Answer:
        text = f"Done: {request.command} {' '.join(request.arguments.values())}."
        return Answer(Card(text=text, actions=(Action("Undo", "undo"),)))

    async def _digest_now(self, request: Request) -> Answer:
        await self.post(digest(), request.id, request.now, request.channel)
        return Answer(Card(text="Posted a digest of 5 papers."))

    async def _digest_off(self, request: Request) -> Answer:
        self.channels.standings[0] = replace(self.channels.standings[0], preferences=Preferences())
        return Answer(Card(text="The digest is off."))

    async def _me_export(self, request: Request) -> Answer:
        return Answer(Card("Everything stored about you", code=EXPORT))

    async def _today(self, request: Request) -> Answer:
        return Answer(Card(title="All papers of Thu 26 Feb", items=digest().items))

    async def _help(self, request: Request) -> Answer:
        rows = tuple(Item(c.usage, text=c.summary) for c in self.list_commands())
        return Answer(Card(title="Commands", items=rows))

    async def _break(self, request: Request) -> Answer:
        return Answer(Card(text="That failed. Nothing was changed. Reference: 3fa9c1.", tone="failure"))

    async def _crash(self, request: Request) -> Answer:
        raise RuntimeError("a secret of the inside")

    async def _search(self, request: Request) -> Answer:
        page, query = int(request.arguments.get("page", "1")), request.arguments.get("query", "attention")
        if request.share:
            await self.post(results(page, query), request.id, request.now, request.channel)
            return Answer(Card(text="Shared in #papers."))
        placement = Placement.REPLACE if "page" in request.arguments else Placement.PRIVATE
        return Answer(results(page, query), placement, shareable=True)

    async def _settings(self, request: Request) -> Answer:
        form = settings(request.arguments)
        if request.dry_run or not request.arguments or any(field.mistake for field in form.fields):
            return Answer(form)
        return Answer(
            Card(text=f"Saved for #papers: {request.arguments['number']} papers at {request.arguments['time']}.")
        )

    async def post(self, card: Card, subject: str, now: datetime = NOW, channel: Channel = PAPERS_CHANNEL) -> str:
        """Post a card as the ledger would."""
        return await self.chat.send(Delivery(0, DeliveryKey(channel, card.tone, subject), card), now)


_TOPIC: Final = Parameter("topic", "a phrase, author:, cat: or -word", str, required=True)
_QUERY: Final = Parameter("query", "words; then sort:, since:, cat:", str, required=True)
_COMMANDS: Final[tuple[tuple[str, str, tuple[Parameter, ...], str], ...]] = (
    ("follow", "Hear about new papers on a topic", (_TOPIC,), 'follow "world model" -robot'),
    ("follows", "What is followed, by whom, since when", (), ""),
    ("unfollow", "Stop following a topic", (_TOPIC,), ""),
    ("me export", "The same, complete, as JSON", (), ""),
    ("me forget", "Delete what is stored about you", (), ""),
    ("search", "Search every stored paper", (_QUERY,), "search sparse attention"),
    ("settings", "Time, days, number and topics of the digest", (), ""),
    ("digest now", "Post a digest now", (), ""),
    ("today", "The papers of a day", (), ""),
    ("break", "Fail, to see what that looks like", (), ""),
    ("crash", "Raise, which the real table never does", (), ""),
    ("help", "What a command does", (), ""),
)

_READY: Final = Preferences(on=True, schedule=Schedule(time(9), "Europe/Berlin", WEEKDAYS))
SITE: Final = replace(
    build_site_info((Source("huggingface", "Hugging Face"),), is_sample=True),
    sample_notice="Real papers of February 2026; no internet needed.",
    version="0.1.0",
)


@dataclass(frozen=True)
class Workspace:
    """A running workspace: where it is, and its insides."""

    url: str
    table: Table
    board: MemoryBoard
    feed: EventFeed


async def well(now: datetime) -> Mapping[str, Any]:
    """Tell that all is well."""
    return {
        "ok": True,
        "scheduler": {"last tick": "4 s ago"},
        "sources": {"Hugging Face": "fine, 3 minutes ago", "arXiv": "fine, today"},
        "waiting deliveries": 0,
    }


def _always(site: SiteInfo) -> Callable[[], Awaitable[SiteInfo]]:
    """Return *site* for every page."""

    async def asked() -> SiteInfo:
        return site

    return asked


@asynccontextmanager
async def running(
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    site: SiteInfo = SITE,
    beat: float = 15,
    kept: MemoryBoard | None = None,
    status: Callable[[datetime], Awaitable[Mapping[str, Any]]] = well,
    drawn: Mapping[str, PreviewRenderer] | None = None,
    reports: DeliveryReports | None = None,
    head_timeout: float = 60,
) -> AsyncIterator[Workspace]:
    """Run a workspace on a free port, with one digest and one alert on its board; *kept* is the board of another."""
    board, feed = kept or MemoryBoard(), EventFeed(secrets.token_hex(4))
    chat = WebChat(board, feed)
    channels = MemoryChannels(
        [
            ChannelState(1, PAPERS_CHANNEL, _READY, datetime(2026, 11, 25, 8, tzinfo=UTC)),
            ChannelState(2, NLP_CHANNEL, Preferences()),
            ChannelState(3, DIRECT_CHANNEL, Preferences()),
        ]
    )
    table = Table(chat, channels)
    app = build_application(
        table,
        board,
        cast("Channels", channels),
        chat,
        feed,
        site_info=_always(site),
        clock=lambda: NOW,
        status=status,
        host=host,
        heartbeat=beat,
        platform_previews={name: PlatformPreview(name.title(), render) for name, render in (drawn or {}).items()},
        delivery_reports=reports,
    )
    await table.post(digest(), "2026-11-24")
    await table.post(alert(), "2602.22208", NOW.replace(hour=9, minute=42))
    async with serve(app, host, port, head_timeout=head_timeout) as url:
        yield Workspace(url, table, board, feed)
