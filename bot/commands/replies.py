"""The short answers: one sentence, perhaps a button; a mistake with its example; a failure with its reference."""

from __future__ import annotations

from bot.cards import Action, Card
from bot.errors import Mistake
from bot.ports.commands import Answer

PREFIX = "/papers"


def say(text: str, *actions: Action, footer: tuple[str, ...] = ()) -> Answer:
    """Answer privately with a sentence or two."""
    return Answer(Card(text=text, actions=actions, footer=footer, fallback=text))


def mistake(error: Mistake) -> Answer:
    """Say what is wrong, with a correct example below it."""
    example = (f"For example: {PREFIX} {error.example}",) if error.example else ()
    return Answer(Card(text=str(error), footer=example, fallback=str(error), tone="mistake"))


def failure(sentence: str) -> Answer:
    """Say what did not work."""
    return Answer(Card(text=sentence, fallback=sentence, tone="failure"))
