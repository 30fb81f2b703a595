"""The latest private answers, which nobody else keeps: they can be asked for again while the page shows them."""

from __future__ import annotations

from collections import OrderedDict
from typing import Final

from bot.cards import Card

MOST: Final = 32


class Recent:
    """Cards by the id of the request that they answer; the oldest go first."""

    def __init__(self, most: int = MOST) -> None:
        self._cards: OrderedDict[str, Card] = OrderedDict()
        self._most = most

    def keep(self, request: str, card: Card) -> None:
        """Keep the answer to a request; an earlier one to the same request is replaced."""
        self._cards[request] = card
        self._cards.move_to_end(request)
        if len(self._cards) > self._most:
            self._cards.popitem(last=False)

    def get(self, request: str) -> Card | None:
        """Return the answer to a request, or None when it is no longer kept."""
        return self._cards.get(request)
