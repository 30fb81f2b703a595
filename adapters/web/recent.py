"""The latest private answers, which nobody else keeps: they can be asked for again while the page shows them."""

from __future__ import annotations

from collections import OrderedDict
from typing import Final

from bot.ports.drawings import Aside

MOST: Final = 32


class Recent:
    """What was told in private, by the id of the request; the oldest go first."""

    def __init__(self, most: int = MOST) -> None:
        self._told: OrderedDict[str, Aside] = OrderedDict()
        self._most = most

    def keep(self, told: Aside) -> None:
        """Keep an answer; an earlier one to the same request is replaced."""
        self._told[told.request.id] = told
        self._told.move_to_end(told.request.id)
        if len(self._told) > self._most:
            self._told.popitem(last=False)

    def get(self, request: str) -> Aside | None:
        """Return the answer to a request, or None when it is no longer kept."""
        return self._told.get(request)
