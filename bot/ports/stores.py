"""All stores together; `storage` implements them on one database.

Each is a narrow protocol in a module of its own kind: `papers`, `places`, `ledger`, `people`, `secrets`, `sources`.
"""

from __future__ import annotations

from dataclasses import dataclass

from bot.ports.ledger import Editions, Ledger
from bot.ports.papers import Days, Index, Papers
from bot.ports.people import Audit, Follows, Inbox, Privacy, Wishes
from bot.ports.places import Board, Channels, Marks, Workspaces
from bot.ports.secrets import Actions
from bot.ports.sources import SourceStates


@dataclass(frozen=True, slots=True)
class Stores:
    """All of them, as the composition root hands them out."""

    papers: Papers
    days: Days
    channels: Channels
    editions: Editions
    ledger: Ledger
    follows: Follows
    wishes: Wishes
    audit: Audit
    privacy: Privacy
    actions: Actions
    inbox: Inbox
    workspaces: Workspaces
    board: Board
    marks: Marks
    sources: SourceStates
    index: Index
