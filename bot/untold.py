"""What nobody of a workspace could be told: it waits for a private answer to somebody who decides there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from bot.ports.places import Marks

_NAME: Final = "untold "
"""What stands before the key of the channel that a word is about; each has a mark of its own, for many come at once."""


async def keep(marks: Marks, about: str, text: str) -> None:
    """Keep the newest word on a channel, whose key *about* is."""
    await marks.put(_NAME + about, text)


async def waiting(marks: Marks, platform: str, workspace: str) -> Mapping[str, str]:
    """Return what waits in a workspace, by the key of the channel that it is about."""
    found = await marks.under(f"{_NAME}{platform}:{workspace}:")
    return {name.removeprefix(_NAME): text for name, text in found.items()}


async def told(marks: Marks, platform: str, workspace: str) -> str:
    """Return one word, which waits no more; "" when none does."""
    for about, text in (await waiting(marks, platform, workspace)).items():
        await over(marks, about)
        return text
    return ""


async def over(marks: Marks, about: str) -> None:
    """Forget what is not so any more of a channel, or was told."""
    await marks.put(_NAME + about, "")


async def forget(marks: Marks, platform: str, workspace: str) -> None:
    """Forget all of a workspace."""
    for about in await waiting(marks, platform, workspace):
        await over(marks, about)
