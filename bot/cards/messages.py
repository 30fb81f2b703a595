"""Messages in cards: mistakes, examples and failure headings."""

from __future__ import annotations

from typing import Final

from bot.cards.models import Card
from bot.errors import Mistake
from bot.i18n.translation import gettext, phrase

EXAMPLE_PREFIX: Final = phrase("For example: ")
"""What stands before a command that shows how it is done; the command is bare, a platform's prefix is the adapter's."""


def format_example(command: str) -> tuple[str, ...]:
    """Write a correct command as one line of small print; nothing for an empty one."""
    return (gettext(EXAMPLE_PREFIX) + command,) if command else ()


def build_mistake_card(error: Mistake) -> Card:
    """Say what is wrong, with a correct example below it."""
    return Card(text=str(error), example=error.example, fallback=str(error), tone="mistake")


def format_failure_heading(card: Card) -> str:
    """Return the words at the head of what did not work; "" of other cards."""
    signs = {"mistake": gettext("Not done."), "failure": gettext("That did not work.")}
    return signs.get(card.tone, "")


def format_untitled() -> str:
    """Return what stands in the place of a title that can't be shown."""
    return gettext("Untitled")
