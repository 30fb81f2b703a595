"""build_stores: every store on one database, for the composition root."""

from __future__ import annotations

from pathlib import Path

from bot.ports.papers import SearchIndex
from bot.ports.skipped_papers import SkippedPapers
from bot.ports.stores import Stores
from storage.database import Database
from storage.deliveries.circuits import CircuitStore
from storage.deliveries.delivery_reports import DeliveryReportStore
from storage.deliveries.digests import DigestStore
from storage.deliveries.ledger import LedgerStore
from storage.deliveries.web_messages import WebMessageStore
from storage.maintenance.maintenance_store import MaintenanceStore
from storage.papers.feed_days import FeedDayStore
from storage.papers.papers import PaperStore
from storage.papers.source_state import SourceStateStore
from storage.subscriptions.channels import ChannelStore
from storage.subscriptions.follows import FollowStore
from storage.subscriptions.workspaces import WorkspaceStore
from storage.system.button_payloads import ButtonPayloadStore
from storage.system.key_value import SqlKeyValueStore
from storage.system.processed_events import ProcessedEventStore
from storage.users.audit import AuditStore
from storage.users.erasures import ErasureList
from storage.users.mutes_and_saves import MuteAndSaveStore
from storage.users.privacy import PrivacyStore


def build_stores(database: Database, search_index: SearchIndex, directory: Path | None = None) -> Stores:
    """Return the stores on *database*, with *search_index* beside them; DATA_DIR is *directory*, or the database's."""
    directory, skipped_papers = directory or database.path.parent, SkippedPapers()
    return Stores(
        papers=PaperStore(database, skipped_papers),
        feed_days=FeedDayStore(database),
        channels=ChannelStore(database),
        digests=DigestStore(database),
        ledger=LedgerStore(database),
        circuits=CircuitStore(database),
        delivery_reports=DeliveryReportStore(database),
        follows=FollowStore(database),
        mutes_and_saves=MuteAndSaveStore(database),
        audit=AuditStore(database),
        privacy=PrivacyStore(database, ErasureList(directory)),
        button_payloads=ButtonPayloadStore(database),
        processed_events=ProcessedEventStore(database),
        workspaces=WorkspaceStore(database),
        web_messages=WebMessageStore(database),
        key_values=SqlKeyValueStore(database),
        source_states=SourceStateStore(database),
        maintenance=MaintenanceStore(database, directory),
        search_index=search_index,
        skipped_papers=skipped_papers,
    )
