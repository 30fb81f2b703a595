"""SiteInfo: what the workspace page says of itself (version, sample notice, examples), and its one user and channel."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from bot.domain.channels import Channel, ChannelKind
from bot.domain.people import Person
from bot.ports.features import Feature, PlatformFeatures

PLATFORM: Final = "web"
WORKSPACE: Final = "local"
FEATURES: Final = PlatformFeatures("the browser", frozenset({Feature.ACCESS_POLICY, Feature.OPERATOR}))
LOCAL_USER: Final = Person("you", "You", is_manager=True)
"""The one user of the local workspace."""
DIRECT_CHANNEL: Final = Channel(PLATFORM, WORKSPACE, "you", ChannelKind.DIRECT, "Broadsheet")


@dataclass(frozen=True, slots=True)
class Example:
    """One of the things to try: a label and the line that is typed for it."""

    label: str
    line: str


@dataclass(frozen=True, slots=True)
class EmptyChannel:
    """What an empty channel says: a sentence, and what to do about it."""

    text: str
    start: Example


@dataclass(frozen=True, slots=True)
class SiteInfo:
    """What the page needs to know.

    ``is_sample`` says that the papers are recorded ones, ``sample_notice`` whence they are. ``show_thumbnails`` allows
    thumbnails, which come from their source's own server. ``help_command`` is what is typed for every command,
    ``digest_command`` what starts the digest of a channel, ``resume_command`` what ends its pause.
    ``source_titles`` and ``platform_labels`` are what people call the sources and the platforms, by name.
    """

    is_sample: bool = False
    sample_notice: str = ""
    examples: tuple[Example, ...] = ()
    version: str = ""
    show_thumbnails: bool = False
    help_command: str = ""
    digest_command: str = ""
    resume_command: str = ""
    empty_channel: EmptyChannel | None = None
    empty_direct_channel: EmptyChannel | None = None
    source_titles: Mapping[str, str] = field(default_factory=dict)
    platform_labels: Mapping[str, str] = field(default_factory=dict)
