"""Stores: every storage port in one dataclass; `storage` implements them on one database.

Each is a narrow protocol in a module of its own kind: `papers`, `places`, `ledger`, `people`, `secrets`, `sources`.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.ports.audit import Audit
from bot.ports.channels import Channels
from bot.ports.deliveries import Circuits, Digests, Ledger
from bot.ports.delivery_reports import DeliveryReports
from bot.ports.follows import Follows, MutesAndSaves
from bot.ports.key_value import KeyValueStore
from bot.ports.maintenance import Maintenance
from bot.ports.papers import FeedDays, Papers, SearchIndex
from bot.ports.platform_events import ProcessedEvents
from bot.ports.privacy import Privacy
from bot.ports.secrets import ButtonPayloads
from bot.ports.skipped_papers import SkippedPapers
from bot.ports.sources import SourceStates
from bot.ports.web_messages import WebMessages
from bot.ports.workspaces import Workspaces


@dataclass(frozen=True, slots=True)
class Stores:
    """All of them, as the composition root hands them out.

    ``skipped_papers`` takes the papers that those who read them leave out.
    """

    papers: Papers
    feed_days: FeedDays
    channels: Channels
    digests: Digests
    ledger: Ledger
    circuits: Circuits
    delivery_reports: DeliveryReports
    follows: Follows
    mutes_and_saves: MutesAndSaves
    audit: Audit
    privacy: Privacy
    button_payloads: ButtonPayloads
    processed_events: ProcessedEvents
    workspaces: Workspaces
    web_messages: WebMessages
    key_values: KeyValueStore
    source_states: SourceStates
    maintenance: Maintenance
    search_index: SearchIndex
    skipped_papers: SkippedPapers = field(default_factory=SkippedPapers)
