"""What Broadsheet says, one of each kind, drawn for Discord; the cards are those that Slack's pictures show."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

from adapters.discord.features import FEATURES
from adapters.discord.forms import panel
from adapters.discord.forms.state import FormState
from adapters.discord.rendering.messages import (
    RenderedMessage,
    render_forum_post,
    render_messages,
    render_private_answer,
)
from bot.cards import messages
from bot.cards.models import Action, Card, Form
from bot.commands.preferences.fields import list_fields
from bot.commands.preferences.next_sends import format_next_sends
from bot.digests import composition
from bot.domain.channels import Channel, ChannelKind
from bot.domain.deliveries import DeliveryKey
from bot.domain.preferences import Preferences
from bot.domain.schedules import Schedule
from bot.errors import Mistake
from bot.i18n.translation import use_language
from bot.ports.commands import Answer, Request
from tests.adapters.slack import cards

PAPERS: Final = Channel("discord", "10", "20", name="papers")
DIGEST: Final = DeliveryKey(PAPERS, "digest", "2026-02-27")
KEY: Final = "abcdefghij"


def asked(command: str = "search", /, **arguments: str) -> Request:
    return Request("1", PAPERS, cards.ANA, cards.NOW, command, arguments)


def private(card: Card, *, shareable: bool = False, command: str = "search", **arguments: str) -> RenderedMessage:
    return render_private_answer(Answer(card, shareable=shareable), asked(command, **arguments))


def discussable() -> Card:
    """Return a paper's own card, with the button that opens a thread about it."""
    shown = cards.shown()
    (item,) = shown.items
    talk = Action("Discuss in a thread", "discuss", {"paper": item.paper}, "DreamID-Omni")
    save, *rest = item.actions
    return replace(shown, items=(replace(item, actions=(save, talk, *rest)),))


def settings(now: Preferences | None = None, **mistakes: str) -> Form:
    """Return the settings' form with the questions that Discord has; *mistakes* are what is wrong, by field."""
    held = now or Preferences(on=True, schedule=Schedule(timezone="Europe/Berlin"))
    fields = tuple(
        question.build_field(
            question.format_value(held) if question.apply_value else "diffusion; world model",
            mistakes.get(question.name, ""),
        )
        for question in list_fields(PAPERS, FEATURES)
    )
    with use_language("en"):
        preview = () if mistakes else (format_next_sends(held.schedule, cards.NOW - timedelta(hours=1)),)
        return Form("The digest in #papers", "settings", fields, preview=preview)


def sent(card: Card, **more: Any) -> list[RenderedMessage]:
    return list(render_messages(card, KEY, **more))


def panelled(form: Form, number: int = 0) -> list[RenderedMessage]:
    return [panel.render_panel(form, FormState(form.command, page=number, manager=True))]


def posted(card: Card) -> list[RenderedMessage]:
    name, payload, kept = render_forum_post(card, KEY)
    return [RenderedMessage({"name": name, "message": payload}, kept)]


def mistaken() -> RenderedMessage:
    return private(
        messages.build_mistake_card(Mistake("“serch” is not a command; did you mean “search”?", "search graphs"))
    )


MESSAGES: Final[dict[str, Callable[[], list[RenderedMessage]]]] = {
    "digest": lambda: sent(cards.digest()),
    "digest-topics": lambda: sent(cards.digest(*cards.TOPICS)),
    "digest-ten": lambda: sent(cards.digest(*cards.TOPICS, number=10)),
    "digest-role": lambda: sent(cards.digest(), role="30"),
    "digest-pictures": lambda: sent(cards.digest(), pictures=True),
    "abstracts": lambda: sent(cards.abstracts()),
    "entry": lambda: sent(composition.build_paper_cards(cards.digest(*cards.TOPICS), abstracts=True)[0]),
    "alert": lambda: sent(cards.alert()),
    "empty": lambda: sent(Card(text="No digest on Fri 27 Feb: every paper was posted here before.")),
}
PRIVATE: Final[dict[str, Callable[[], list[RenderedMessage]]]] = {
    "search": lambda: [private(cards.results(), shareable=True, query="video")],
    "shown": lambda: [private(discussable(), shareable=True, command="show", paper="2602.12160")],
    "follows": lambda: [private(cards.follows())],
    "status": lambda: [private(cards.status(), shareable=True, command="status")],
    "help": lambda: [private(cards.helping())],
    "mistake": lambda: [mistaken()],
    "failure": lambda: [private(Card(text="Hugging Face did not answer. Reference: 3fa9c1.", tone="failure"))],
    "export": lambda: [private(Card("Everything stored about you", code='{\n "follows": [\n  "diffusion"\n ]\n}'))],
    "settings": lambda: panelled(settings()),
    "settings-advanced": lambda: panelled(settings(), 1),
    "settings-mistake": lambda: panelled(settings(number="50 is out of range: 1 to 10. For example: 10")),
    "follow": lambda: panelled(cards.follow("world model", "It would have sent 2 papers in the last 14 days.")),
}
POSTS: Final[dict[str, Callable[[], list[RenderedMessage]]]] = {
    "post": lambda: posted(composition.build_paper_cards(cards.digest(*cards.TOPICS), abstracts=True)[0]),
}
MODALS: Final[dict[str, Callable[[], dict[str, Any]]]] = {
    "settings-modal": lambda: panel.render_page_modal(settings(), FormState("settings"))[0],
    "follow-modal": lambda: panel.render_page_modal(cards.follow(), FormState("follow"))[0],
}
THREAD: Final = replace(PAPERS, id="21", kind=ChannelKind.THREAD)
