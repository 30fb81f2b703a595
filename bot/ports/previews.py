"""Previews: how a message would look on a chat platform, as HTML for the browser workspace."""

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


PreviewContent = Card | PrivateAnswer | WebMessage
"""What can be seen as a platform would show it: what everybody sees, or an answer that only its asker sees."""
PreviewRenderer = Callable[[PreviewContent], MessagePreview]
"""Draws as one platform would show it."""


@dataclass(frozen=True, slots=True)
class PlatformPreview:
    """A platform as which messages can be seen: what people call it, and what draws them."""

    label: str
    render: PreviewRenderer
