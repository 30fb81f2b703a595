"""Stores: every storage port in one dataclass; `storage` implements them on one database.

Each is a narrow protocol in a module of its own kind: `papers`, `places`, `ledger`, `people`, `secrets`, `sources`.
"""

from __future__ import annotations

from dataclasses import dataclass

from bot.ports.ledger import Digests, Ledger
from bot.ports.papers import FeedDays, Papers, SearchIndex
from bot.ports.people import Audit, Follows, MutesAndSaves, Privacy, ProcessedEvents
from bot.ports.places import Channels, KeyValueStore, WebMessages, Workspaces
from bot.ports.secrets import ButtonPayloads
from bot.ports.sources import SourceStates


@dataclass(frozen=True, slots=True)
class Stores:
    """All of them, as the composition root hands them out."""

    papers: Papers
    feed_days: FeedDays
    channels: Channels
    digests: Digests
    ledger: Ledger
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
    search_index: SearchIndex
