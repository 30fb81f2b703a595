"""Messages in cards: mistakes, examples, failure headings and the reasons why a channel gets nothing."""

from __future__ import annotations

import re
from typing import Final

from bot.cards.models import Card
from bot.errors import Mistake
from bot.i18n import formatting
from bot.i18n.translation import gettext, phrase

EXAMPLE_PREFIX: Final = phrase("For example: ")
"""What stands before a command that shows how it is done; the command is bare, a platform's prefix is the adapter's."""

NEXT_SENDS: Final = phrase("Next: {sends} ({zone}).")
"""When the next digests come; a platform may write the moments so that each reader sees their own time."""

CHANNEL_DELETED: Final = phrase("the channel was deleted")
"""Why a channel is silent that nothing brings back."""

_WORKSPACE_UNAVAILABLE: Final = phrase("Broadsheet has no access to this workspace")
_UNAVAILABLE_REASON: Final = re.compile(rf"{_WORKSPACE_UNAVAILABLE} \((.*)\)")


def format_example(command: str) -> tuple[str, ...]:
    """Write a correct command as the small print of a card; nothing for an empty one."""
    return (gettext(EXAMPLE_PREFIX) + command,) if command else ()


def build_mistake_card(error: Mistake) -> Card:
    """Say what is wrong, with a correct example below it."""
    return Card(text=str(error), footer=format_example(error.example), fallback=str(error), tone="mistake")


def format_reason(stored_reason: str) -> str:
    """Say why nothing is posted, as it was kept: one part, or a second one after a colon or in brackets."""
    if away := _UNAVAILABLE_REASON.fullmatch(stored_reason):
        return gettext("{away} ({why})", away=gettext(_WORKSPACE_UNAVAILABLE), why=format_reason(away[1]))
    what, colon, why = stored_reason.partition(": ")
    return formatting.format_detail(gettext(what), gettext(why)) if colon else gettext(what)


def format_workspace_unavailable(reason: str) -> str:
    """Say that a whole workspace can't be reached, and why."""
    return f"{_WORKSPACE_UNAVAILABLE} ({reason})"


def is_workspace_unavailable(reason: str) -> bool:
    """Tell whether a channel fell silent because its whole workspace can't be reached."""
    return reason.startswith(_WORKSPACE_UNAVAILABLE)


def format_failure_heading(card: Card) -> str:
    """Return the words at the head of what did not work; "" of other cards."""
    signs = {"mistake": gettext("Not done."), "failure": gettext("That did not work.")}
    return signs.get(card.tone, "")


def format_untitled() -> str:
    """Return what stands in the place of a title that can't be shown."""
    return gettext("Untitled")
