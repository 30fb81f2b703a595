"""RecentAnswers: the latest private answers by request id, so that a preview can show them."""

from __future__ import annotations

from collections import OrderedDict
from typing import Final

from bot.ports.previews import PrivateAnswer

MAX_ANSWERS: Final = 32


class RecentAnswers:
    """What was told in private, by the id of the request; the oldest go first."""

    def __init__(self, max_answers: int = MAX_ANSWERS) -> None:
        self._answers: OrderedDict[str, PrivateAnswer] = OrderedDict()
        self._max_answers = max_answers

    def add(self, answer: PrivateAnswer) -> None:
        """Keep an answer; an earlier one to the same request is replaced."""
        self._answers[answer.request.id] = answer
        self._answers.move_to_end(answer.request.id)
        if len(self._answers) > self._max_answers:
            self._answers.popitem(last=False)

    def get(self, request_id: str) -> PrivateAnswer | None:
        """Return the answer to a request, or None when it is no longer kept."""
        return self._answers.get(request_id)
