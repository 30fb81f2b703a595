"""SiteInfo: what the workspace page says of itself (version, sample notice, examples), and its one user and channel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from bot.domain.channels import Channel, ChannelKind
from bot.domain.people import Person

PLATFORM: Final = "web"
WORKSPACE: Final = "local"
LOCAL_USER: Final = Person("you", "You", is_manager=True)
"""The one user of the local workspace."""
DIRECT_CHANNEL: Final = Channel(PLATFORM, WORKSPACE, "you", ChannelKind.DIRECT, "Broadsheet")


@dataclass(frozen=True, slots=True)
class Example:
    """One of the things to try: a label and the line that is typed for it."""

    label: str
    line: str


@dataclass(frozen=True, slots=True)
class SiteInfo:
    """What the page needs to know.

    ``is_sample`` says that the papers are recorded ones, ``sample_notice`` whence they are. ``show_thumbnails`` allows
    thumbnails, which come from their source's own server. ``help_command`` is what is typed for every command.
    """

    is_sample: bool = False
    sample_notice: str = ""
    examples: tuple[Example, ...] = ()
    version: str = ""
    show_thumbnails: bool = False
    help_command: str = ""
