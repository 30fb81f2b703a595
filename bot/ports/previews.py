"""Previews: how a message would look on Slack or Discord, as HTML for the browser workspace."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bot.cards.models import Card
from bot.ports.commands import Answer, Request
from bot.ports.web_messages import WebMessage


@dataclass(frozen=True, slots=True)
class PrivateAnswer:
    """What one person alone is told: a card or a form, and what they asked."""

    answer: Answer
    request: Request


@dataclass(frozen=True, slots=True)
class MessagePreview:
    """A message as a platform shows it.

    ``html`` is one element in which everything from outside is escaped, ``style`` its style sheet, and ``source`` what
    the platform is sent, as JSON text. The style follows ``data-theme`` of the document, else the system.
    """

    html: str
    source: str
    style: str


PreviewRenderer = Callable[[Card | PrivateAnswer | WebMessage], MessagePreview]
"""Draws as one platform would show it: a card or a message for everybody, or an answer that only its asker sees."""
