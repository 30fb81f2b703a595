"""What Broadsheet says, one of each kind, with the papers of a real list, and how it is drawn for Slack."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import cache, partial
from typing import Any, Final

from adapters.slack.features import FEATURES
from adapters.slack.forms import modal
from adapters.slack.forms.private_metadata import PrivateMetadata
from adapters.slack.interactions import app_home
from adapters.slack.rendering import messages as slack_messages
from adapters.slack.rendering.buttons_and_menus import list_modal_commands
from adapters.slack.rendering.messages import RenderedMessage, render_card_modal
from bot.cards import messages, paper_items
from bot.cards.models import Action, Card, Field, Form, Item, Page
from bot.commands.papers import lookup
from bot.commands.preferences.fields import list_fields
from bot.commands.table import build_declared_table
from bot.digests import composition
from bot.domain.channels import Channel, ChannelKind
from bot.domain.feed import DayState, FeedDay
from bot.domain.papers import Paper
from bot.domain.people import Person
from bot.domain.preferences import Preferences
from bot.domain.schedules import Schedule
from bot.domain.topics.clauses import Explanation
from bot.domain.topics.parser import parse_topic
from bot.errors import Mistake
from bot.ports.commands import Answer, Request
from bot.ports.skipped_papers import SkippedPapers
from bot.sources import file_import
from bot.sources.sample.recordings import FOLDER

NOW: Final = datetime(2026, 2, 27, 8, tzinfo=UTC)
PAPERS: Final = Channel("slack", "T1", "C1", name="papers")
ANAS: Final = Channel("slack", "T1", "U1", ChannelKind.DIRECT, "Ana")
ANA: Final = Person("U1", "Ana", is_manager=True)
ORIGIN: Final = PrivateMetadata(PAPERS, from_home=True)
TOPICS: Final = ("diffusion", "world model")
COMMANDS: Final = build_declared_table().list_commands()
MODAL_COMMANDS: Final = list_modal_commands(COMMANDS)

render_message = partial(slack_messages.render_message, modal_commands=MODAL_COMMANDS)
render_private_answer = partial(slack_messages.render_private_answer, modal_commands=MODAL_COMMANDS)


@cache
def listed() -> tuple[Paper, ...]:
    """Return the papers of 26 February 2026, as the sample has them, by votes."""
    (batch,) = file_import.read_batches([FOLDER / "2026-02-26.json.gz"])
    return tuple(sorted(batch.papers, key=lambda paper: -(paper.votes or 0)))


def digest(*topics: str, number: int = 5) -> Card:
    """Return the digest of that list in a channel that follows *topics*."""
    day = FeedDay(date(2026, 2, 26), DayState.OK, tuple(paper.id for paper in listed()))
    wanted, matches = Preferences(number=number), reasons(*topics)
    made = composition.select_papers(listed(), (), matches, wanted, ())
    return composition.build_digest_card(
        made, composition.build_digest_items(made, matches, SkippedPapers()), (day,), wanted, date(2026, 2, 27)
    )


def reasons(*topics: str) -> dict[str, list[Explanation]]:
    matches: dict[str, list[Explanation]] = {}
    for topic in map(parse_topic, topics):
        for paper in listed():
            if (why := topic.explain(paper)).matched:
                matches.setdefault(paper.id, []).append(why)
    return matches


def abstracts(*topics: str, number: int = 5) -> Card:
    """Return what stands in the digest's thread."""
    return composition.build_abstracts_card(
        composition.select_papers(listed(), (), reasons(*topics), Preferences(number=number), ())
    )


def results() -> Card:
    """Return the second page of a search."""
    turns = (
        Action("Prev", "search", {"query": "video", "page": "1"}, "the page before"),
        Action("Next", "search", {"query": "video", "page": "3"}, "the next page"),
    )
    return Card(
        title="27 papers on video",
        folio=("4–6 of 27", "by relevance"),
        items=tuple(paper_items.build_paper_item(paper, today=NOW.date()) for paper in listed()[:3]),
        actions=(*turns, Action("Follow this topic", "follow", {"topic": "video"}, "video", "main")),
        footer=("Stored papers only. Hugging Face’s own search did not answer in time.",),
        marks=("video",),
        fallback="27 papers on video",
    )


def followed(topic: str, section: str, *notes: str) -> Item:
    fixed = {"topic": topic, "where": "here"}
    actions = (
        Action("Unfollow", "unfollow", fixed, topic),
        Action("Mute", "mute", {"what": topic, "where": "here"}, topic),
        Action("Preview", "preview", {"topic": topic}),
    )
    return Item(topic, notes=notes, section=section, actions=actions)


def follows() -> Card:
    return Card(
        title="Follows",
        items=(
            followed("diffusion", "#papers", "by Ana", "since 12 Nov 2025", "in the digest"),
            followed("world model, “world simulator”", "#papers", "by Jun", "since 3 Feb", "at once"),
            followed("author:Yann LeCun -robot", "Yours", "by you", "since 20 Feb", "at once", "muted"),
            Item("Sparse", notes=("muted",), section="Muted for you", actions=(Action("Unmute", "unmute"),)),
        ),
        actions=(Action("Follow a topic", "follow"), Action("All channels", "follows", {"where": "all"})),
        fallback="What is followed",
    )


def status() -> Card:
    text = "The digest is on in #papers: weekdays 09:00, Europe/Berlin. Next: Fri 27 Feb 09:00, Mon 2 Mar 09:00."
    return Card(
        title="Status of #papers",
        text=text,
        items=(
            Item("List of Fri 27 Feb", text="9 papers so far. This list is still filling.", section="Sources"),
            Item("Hugging Face", text="Last answer Fri 27 Feb 08:55.", section="Sources"),
            Item("arXiv", text="3 failures in a row: 503. Last answer Thu 26 Feb 03:10.", section="Sources"),
            Item("Thu 26 Feb", text="Posted.", notes=("Thu 26 Feb 09:00",), section="Last digests"),
            Item("Wed 25 Feb", text="Nothing to post: every paper was posted here before.", section="Last digests"),
        ),
        actions=(Action("The newest list", "today"), Action("Settings", "settings"), Action("Follows", "follows")),
        footer=("No message is waiting.", "399 papers stored."),
        fallback=text,
    )


HELP: Final = {
    "Read": {
        "today [date] [page]": "The papers of a day, by votes",
        "new": "What you have not seen yet, the likeliest first",
        "search <query> [sort] [since] [category] [page]": "Search every stored paper",
        "show <paper>": "One paper: abstract, links, votes over time",
        "similar <paper> [page]": "Papers like one",
    },
    "Follow": {
        "follow [topic] [where] [alerts]": "Hear about new papers on a topic",
        "unfollow <topic> [where]": "Stop following a topic",
        "follows [where]": "What is followed, by whom, since when",
        "preview <topic> [days]": "What a topic would have sent",
    },
    "This channel": {
        "digest on": "Post the digest here",
        "settings [time] [days] [number]": "Time, days, number and topics of the digest",
    },
}


def helping() -> Card:
    items = tuple(
        Item(usage, text=summary, section=group, actions=(Action("Help", "help", {"command": name}, name),))
        for group, rows in HELP.items()
        for usage, summary in rows.items()
        for name in [usage.split(" [")[0].split(" <")[0]]
    )
    tries = tuple(Action(name.capitalize(), name) for name in ("today", "new", "follow", "status"))
    text = "Type a command. Answers are private until you share them."
    return Card("Commands", text, items=items, actions=tries, footer=("“help search” tells more of one command.",))


def alert() -> Card:
    text = "New paper, matches “world model” in its title. Followed by you since 12 Nov."
    return Card(text=text, items=(paper_items.build_paper_item(listed()[5]),), marks=("world model",), tone="alert")


def settings(**mistakes: str) -> Form:
    """Return the settings' form with the real questions; *mistakes* are what is wrong, by field."""
    now = Preferences(on=True, schedule=Schedule(timezone="Europe/Berlin"))
    fields = tuple(
        question.build_field(
            question.format_value(now) if question.apply_value else "diffusion; world model",
            mistakes.get(question.name, ""),
        )
        for question in list_fields(PAPERS, FEATURES)
    )
    preview = ("Next: Fri 27 Feb 09:00, Mon 2 Mar 09:00, Tue 3 Mar 09:00",)
    return Form("The digest in #papers", "settings", fields, preview=() if mistakes else preview)


def follow(text: str = "", *preview: str) -> Form:
    fields = (
        Field(
            "topic",
            "Topic",
            value=text,
            hint="A phrase; a comma for either of two, -word to leave one out",
            required=True,
        ),
        Field(
            "where",
            "For",
            "choice",
            "me",
            choices=(("me", "You, as direct messages"), ("here", "#papers, in its digest")),
        ),
        Field("alerts", "In a channel: post each paper at once", "flag", "no"),
    )
    return Form("Follow a topic", "follow", fields, preview=preview, submit="Follow")


def myself() -> Page:
    channel = Item(
        "#papers",
        text="Weekdays 09:00, Europe/Berlin. Last digest Thu 26 Feb.",
        actions=(Action("Settings", "settings"), Action("Pause", "pause"), Action("Digest now", "digest now")),
    )
    mine = Card(
        title="What you follow",
        items=tuple(
            followed(topic, "", "since 12 Nov 2025", "at once") for topic in ("diffusion", "author:Yann LeCun")
        ),
        actions=(Action("Follow a topic", "follow", style="main"), Action("New for me", "new")),
    )
    saved = Card(title="Saved papers", items=tuple(paper_items.build_paper_item(paper) for paper in listed()[2:4]))
    return Page((mine, Card(title="Channels", items=(channel,)), saved))


def asked(command: str = "search", **arguments: str) -> Request:
    return Request("1", PAPERS, ANA, NOW, command, arguments)


def private(card: Card, *, shareable: bool = False) -> RenderedMessage:
    return render_private_answer(Answer(card, shareable=shareable), asked(query="video"))


def shown() -> Card:
    return Card(
        items=(lookup.build_detailed_item(listed()[0], NOW),),
        footer=("3 votes on 25 Feb, 19 on 26 Feb.", "Posted here Thu 26 Feb 09:00, in a digest."),
        fallback=listed()[0].title,
    )


MESSAGES: Final[dict[str, Callable[[], RenderedMessage]]] = {
    "digest": lambda: render_message(digest()),
    "digest-topics": lambda: render_message(digest(*TOPICS)),
    "digest-pictures": lambda: render_message(digest(), pictures=True),
    "digest-ten": lambda: render_message(digest(*TOPICS, number=10)),
    "abstracts": lambda: render_message(abstracts()),
    "abstracts-ten": lambda: render_message(abstracts(*TOPICS, number=10)),
    "alert": lambda: render_message(alert()),
    "empty": lambda: render_message(
        Card(text="No digest on Fri 27 Feb: every paper was posted here before.", actions=(Action("Status", "status"),))
    ),
    "search": lambda: private(results(), shareable=True),
    "shown": lambda: private(shown(), shareable=True),
    "follows": lambda: private(follows()),
    "status": lambda: private(status(), shareable=True),
    "help": lambda: private(helping()),
    "mistake": lambda: private(
        messages.build_mistake_card(Mistake("“serch” is not a command; did you mean “search”?", "search graphs"))
    ),
    "failure": lambda: private(Card(text="Hugging Face did not answer. Reference: 3fa9c1.", tone="failure")),
    "saved": lambda: private(
        Card(text="Saved “DreamID-Omni”.", actions=(Action("Undo", "undo"), Action("Saved", "saved")))
    ),
    "export": lambda: private(Card("Everything stored about you", code='{\n "follows": [\n  "diffusion"\n ]\n}')),
}
VIEWS: Final[dict[str, Callable[[], dict[str, Any]]]] = {
    "modal-abstract": lambda: render_card_modal(shown(), "Abstract")[0],
    "modal-why": lambda: render_card_modal(
        Card(
            title="Why “DreamID-Omni”",
            text="With 19 votes it is number 1 of 17 on the list of Thu 26 Feb; a digest here shows the top 5.",
            items=(Item("diffusion", text="matches “diffusion” in the abstract", section="Topics"),),
            actions=(Action("Show it", "show", {"paper": "2602.12160"}), Action("Status", "status")),
        )
    )[0],
    "settings": lambda: modal.build_modal(settings(), ORIGIN),
    "settings-advanced": lambda: modal.build_modal(settings(), ORIGIN, advanced=True),
    "settings-mistake": lambda: modal.build_modal(
        settings(number="50 is out of range: 1 to 10. For example: 10"), ORIGIN
    ),
    "follow": lambda: modal.build_modal(follow(), ORIGIN),
    "follow-preview": lambda: modal.build_modal(
        follow(
            "world model",
            "It would have sent 2 papers in the last 14 days, about 1 a week.",
            listed()[5].title,
            listed()[6].title,
        ),
        ORIGIN,
    ),
    "home": lambda: app_home.render_home_view(myself(), modal_commands=MODAL_COMMANDS)[0],
}
