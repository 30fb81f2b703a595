"""All stores on one database, as the composition root hands them out."""

from __future__ import annotations

from bot.ports.papers import Index
from bot.ports.stores import Stores
from storage.actions import ActionStore
from storage.audit import AuditStore
from storage.board import BoardStore
from storage.channels import ChannelStore
from storage.database import Database
from storage.days import DayStore
from storage.editions import EditionStore
from storage.follows import FollowStore
from storage.inbox import InboxStore
from storage.ledger import LedgerStore
from storage.marks import MarkStore
from storage.papers import PaperStore
from storage.privacy import PrivacyStore
from storage.sources import SourceStore
from storage.wishes import WishStore
from storage.workspaces import WorkspaceStore


def stores(database: Database, index: Index) -> Stores:
    """Return the stores on *database*, with *index* beside them."""
    return Stores(
        papers=PaperStore(database),
        days=DayStore(database),
        channels=ChannelStore(database),
        editions=EditionStore(database),
        ledger=LedgerStore(database),
        follows=FollowStore(database),
        wishes=WishStore(database),
        audit=AuditStore(database),
        privacy=PrivacyStore(database),
        actions=ActionStore(database),
        inbox=InboxStore(database),
        workspaces=WorkspaceStore(database),
        board=BoardStore(database),
        marks=MarkStore(database),
        sources=SourceStore(database),
        index=index,
    )
