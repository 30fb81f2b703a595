"""Feature: what one chat platform has and another lacks; commands, parameters and settings say which they need."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Feature(StrEnum):
    """Something that a platform declares to have."""

    ACCESS_POLICY = "access policy"
    """Broadsheet decides who manages channels; elsewhere the platform's own settings do."""
    FORUMS = "forums"
    """Forums, in which each paper gets a post that bears a tag."""
    LINK_CARDS = "link cards"
    """Links that people post are heard of, and a card is shown below them."""
    MORE_SHORTCUTS = "more shortcuts"
    """The menu of a message has room for what is a button below an answer too."""
    OPERATOR = "operator"
    """Whoever uses it runs the installation, and is told of all of it."""
    REACTIONS = "reactions"
    """Reactions to a message are heard of, by which its readers pick papers."""
    ROLES = "roles"
    """Roles, one of which a message may mention."""


@dataclass(frozen=True, slots=True)
class PlatformFeatures:
    """What people call a platform, and what it has."""

    label: str
    features: frozenset[Feature] = frozenset()
