"""Slack features: what Slack has that other chats lack."""

from __future__ import annotations

from typing import Final

from bot.ports.features import Feature

FEATURES: Final = frozenset({Feature.ACCESS_POLICY, Feature.LINK_CARDS, Feature.MORE_SHORTCUTS})
