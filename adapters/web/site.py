"""What the page says of itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from bot.models import Channel, Kind, Person

PLATFORM: Final = "web"
WORKSPACE: Final = "local"
YOU: Final = Person("you", "You", manager=True)
"""Whoever sits at this machine."""
DIRECT: Final = Channel(PLATFORM, WORKSPACE, "you", Kind.DIRECT, "Broadsheet")


@dataclass(frozen=True, slots=True)
class Try:
    """One of the things to try: a label and the line that is typed for it."""

    label: str
    line: str


TRIES: Final = (
    Try("Follow a topic", 'follow "world model"'),
    Try("Search the papers", "search sparse attention"),
    Try("Get a digest now", "digest now"),
)


@dataclass(frozen=True, slots=True)
class Site:
    """What the page needs to know.

    ``sample`` says that the papers are recorded ones, ``sentence`` whence they are. ``pictures`` allows thumbnails,
    which come from their source's own server.
    """

    sample: bool = False
    sentence: str = ""
    tries: tuple[Try, ...] = TRIES
    version: str = ""
    pictures: bool = False
