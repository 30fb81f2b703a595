"""Answers of commands: short private text answers, mistakes with an example, and failures."""

from __future__ import annotations

from bot.cards import messages
from bot.cards.models import Action, Card
from bot.errors import Mistake
from bot.ports.commands import Answer

COMMAND_PREFIX = "/papers"


def build_text_answer(text: str, *actions: Action, footer: tuple[str, ...] = ()) -> Answer:
    """Answer privately with a sentence or two."""
    return Answer(Card(text=text, actions=actions, footer=footer, fallback=text))


def build_mistake_answer(error: Mistake) -> Answer:
    """Say what is wrong, with a correct example below it."""
    return Answer(messages.build_mistake_card(error))


def build_failure_answer(sentence: str) -> Answer:
    """Say what did not work."""
    return Answer(build_failure_card(sentence))


def build_failure_card(sentence: str) -> Card:
    """Return the card that says it."""
    return Card(text=sentence, fallback=sentence, tone="failure")
