"""How a card looks on another platform, for people who look at it from the browser."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bot.cards import Card


@dataclass(frozen=True, slots=True)
class Drawing:
    """A card as a platform shows it.

    ``html`` is one element in which everything from outside is escaped, ``style`` its style sheet, and ``source`` what
    the platform is sent, as JSON text. The style follows ``data-theme`` of the document, else the system.
    """

    html: str
    source: str
    style: str


Draw = Callable[[Card], Drawing]
"""Draws a card as one platform would show it."""
