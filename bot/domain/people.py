"""People on a chat platform, and what they may do in a channel."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who writes to the bot.

    ``is_manager`` is what the platform says of them in this channel, ``is_admin`` what it says of them in the
    workspace, ``timezone`` their IANA zone, where it tells. ``direct_workspace`` is the workspace of their direct
    messages, where that is not the one in which they write: some platforms have one direct channel for each person,
    whatever they have in common.
    """

    id: str
    name: str = ""
    is_manager: bool = False
    is_admin: bool = False
    timezone: str = ""
    direct_workspace: str = ""
