"""What nobody of a workspace could be told: it waits for the next private answer to somebody who decides there."""

from __future__ import annotations

from collections.abc import Sequence
from json import dumps, loads
from typing import Final

from bot.models import Channel
from bot.ports.places import Marks

_MOST: Final = 5
"""So many channels of a workspace are told of at once; `status` and `doctor` know of all."""


async def keep(marks: Marks, platform: str, workspace: str, about: str, text: str) -> None:
    """Keep the newest word on a channel, whose key *about* is."""
    kept = await waiting(marks, platform, workspace)
    newest = {**{other: word for other, word in kept.items() if other != about}, about: text}
    await _put(marks, platform, workspace, dict(list(newest.items())[-_MOST:]))


async def waiting(marks: Marks, platform: str, workspace: str) -> dict[str, str]:
    """Return what waits, by the key of the channel that it is about, oldest first."""
    kept: dict[str, str] = loads(await marks.get(_name(platform, workspace)) or "{}")
    return kept


async def told(marks: Marks, platform: str, workspace: str) -> Sequence[str]:
    """Return what waits; it waits no more."""
    kept = await waiting(marks, platform, workspace)
    if kept:
        await _put(marks, platform, workspace, {})
    return list(kept.values())


async def over(marks: Marks, channel: Channel) -> None:
    """Forget what is not so any more of a channel."""
    kept = await waiting(marks, channel.platform, channel.workspace)
    if kept.pop(channel.key, ""):
        await _put(marks, channel.platform, channel.workspace, kept)


async def forget(marks: Marks, platform: str, workspace: str) -> None:
    """Forget all of a workspace."""
    await _put(marks, platform, workspace, {})


async def _put(marks: Marks, platform: str, workspace: str, kept: dict[str, str]) -> None:
    await marks.put(_name(platform, workspace), dumps(kept) if kept else "")


def _name(platform: str, workspace: str) -> str:
    return f"untold {platform}:{workspace}"
