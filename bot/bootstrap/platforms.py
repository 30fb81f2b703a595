"""Chat platforms: the table in which each is one line; settings, doctor, console commands and `run` follow from it.

The workspace in the browser is always there, and stands in no table.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import Any, Final, cast

from adapters.web.rendering import site_info
from bot import config
from bot.config import Settings
from bot.ports.features import PlatformFeatures
from bot.ports.platforms import PlatformDefinition

Platforms = Sequence[PlatformDefinition[Any]]
"""Definitions, each of which is given the settings with its own fields among them."""


def load_platform(module: str) -> PlatformDefinition[Any]:
    """Return the ``PLATFORM`` of a module."""
    return cast("PlatformDefinition[Any]", import_module(module).PLATFORM)


PLATFORMS: Final[Platforms] = (
    load_platform("adapters.slack.platform"),
    load_platform("adapters.discord.platform"),
)


def list_features(platforms: Platforms = PLATFORMS) -> Mapping[str, PlatformFeatures]:
    """Return what each chat has, and the workspace in the browser, by the names that channels bear."""
    chats = {platform.name: PlatformFeatures(platform.label, platform.features) for platform in platforms}
    return {site_info.PLATFORM: site_info.FEATURES, **chats}


def build_settings_class(platforms: Platforms = PLATFORMS) -> type[Settings]:
    """Return the class of all settings, those of the platforms among them."""
    classes = [platform.settings_class for platform in platforms]
    return config.combine_settings(classes, tuple(list_features(platforms)))
