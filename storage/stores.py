"""build_stores: every store on one database, for the composition root."""

from __future__ import annotations

from bot.ports.papers import SearchIndex
from bot.ports.stores import Stores
from storage.actions import ButtonPayloadStore
from storage.audit import AuditStore
from storage.board import WebMessageStore
from storage.channels import ChannelStore
from storage.database import Database
from storage.days import FeedDayStore
from storage.editions import DigestStore
from storage.follows import FollowStore
from storage.inbox import ProcessedEventStore
from storage.ledger import LedgerStore
from storage.marks import SqlKeyValueStore
from storage.papers import PaperStore
from storage.privacy import PrivacyStore
from storage.sources import SourceStateStore
from storage.wishes import MuteAndSaveStore
from storage.workspaces import WorkspaceStore


def build_stores(database: Database, search_index: SearchIndex) -> Stores:
    """Return the stores on *database*, with *search_index* beside them."""
    return Stores(
        papers=PaperStore(database),
        feed_days=FeedDayStore(database),
        channels=ChannelStore(database),
        digests=DigestStore(database),
        ledger=LedgerStore(database),
        follows=FollowStore(database),
        mutes_and_saves=MuteAndSaveStore(database),
        audit=AuditStore(database),
        privacy=PrivacyStore(database),
        button_payloads=ButtonPayloadStore(database),
        processed_events=ProcessedEventStore(database),
        workspaces=WorkspaceStore(database),
        web_messages=WebMessageStore(database),
        key_values=SqlKeyValueStore(database),
        source_states=SourceStateStore(database),
        search_index=search_index,
    )
