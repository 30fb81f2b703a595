"""What Slack answered is believed for a time, and no longer than nothing says otherwise."""

from __future__ import annotations

import asyncio
from collections.abc import Hashable
from typing import Any

import pytest

from adapters.slack.api.cache import AnswerCache


class Asked:
    """A cache of a minute, its clock, and how often was asked."""

    def __init__(self) -> None:
        self.now = 0.0
        self.times = 0
        self.cache = AnswerCache(60.0, lambda: self.now)

    async def get(self, answer: Any = "answer", key: Hashable = "key") -> Any:
        async def fetch() -> Any:
            self.times += 1
            if isinstance(answer, Exception):
                raise answer
            return answer

        return await self.cache.get_or_fetch(key, fetch)


async def test_an_answer_is_believed_for_its_time() -> None:
    asked = Asked()
    assert await asked.get() == "answer"
    asked.now = 59.9
    assert await asked.get("another") == "answer"
    asked.now = 60.0
    assert await asked.get("another") == "another"


@pytest.mark.parametrize("answer", [False, "", (), frozenset(), {}, None])
async def test_what_is_false_is_asked_again(answer: object) -> None:
    asked = Asked()
    assert [await asked.get(answer), await asked.get(answer)] == [answer, answer]
    assert asked.times == 2


async def test_what_failed_is_asked_again() -> None:
    asked = Asked()
    with pytest.raises(ValueError, match="no"):
        await asked.get(ValueError("no"))
    assert await asked.get() == "answer"


async def test_what_is_invalid_is_asked_again_and_only_that() -> None:
    asked = Asked()
    await asked.get("a", ("rooms", "T1"))
    await asked.get("b", ("rooms", "T2"))
    asked.cache.invalidate(("rooms", "T1"))
    asked.cache.invalidate("never asked")
    assert await asked.get("c", ("rooms", "T1")) == "c"
    assert await asked.get("d", ("rooms", "T2")) == "b"


async def test_an_answer_on_its_way_while_something_became_invalid_is_not_kept() -> None:
    asked, turn = Asked(), asyncio.Event()

    async def fetch_slowly() -> str:
        await turn.wait()
        return "from before"

    fetching = asyncio.create_task(asked.cache.get_or_fetch("key", fetch_slowly))
    await asyncio.sleep(0)
    asked.cache.invalidate("key")
    turn.set()
    assert await fetching == "from before"
    assert await asked.get("from after") == "from after"
