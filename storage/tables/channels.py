"""Tables of workspaces and channels, with the partial index for channels that are due."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from sqlalchemy import UniqueConstraint

from storage.tables.columns import (
    TableRow,
    define_flag_column,
    define_json_column,
    define_json_list_column,
    define_partial_index,
    define_primary_key,
    define_text_column,
)

ACTIVE_CHANNEL_CONDITION: Final = "enabled AND NOT paused AND retired = ''"
"""Which channels the clock looks at; word for word the condition of a partial index."""


class WorkspaceRow(TableRow, table=True):
    """A team, a server, or this machine. ``left`` is when it took the bot away."""

    __tablename__ = "workspaces"
    __table_args__ = (UniqueConstraint("platform", "external_id"),)
    id: int | None = define_primary_key()
    platform: str
    external_id: str
    name: str = define_text_column()
    timezone: str
    managers: list[str] = define_json_column()
    limits: dict[str, int] = define_json_column()
    organization: str = define_text_column()
    policy: str = define_text_column()
    left: datetime | None = None
    blocked: list[str] = define_json_list_column()


class ChannelRow(TableRow, table=True):
    """A place that can be posted to. ``enabled`` and ``paused`` repeat what ``preferences`` say, for the clock."""

    __tablename__ = "channels"
    __table_args__ = (
        UniqueConstraint("platform", "workspace", "external_id"),
        define_partial_index("ix_channels_listening", "next_run", where=ACTIVE_CHANNEL_CONDITION),
    )
    id: int | None = define_primary_key()
    platform: str
    workspace: str
    external_id: str
    kind: str
    name: str = define_text_column()
    preferences: dict[str, Any] = define_json_column()
    enabled: bool = define_flag_column()
    paused: bool = define_flag_column()
    next_run: datetime | None = None
    due: datetime | None = None
    retired: str = define_text_column()
    since: datetime | None = None


workspaces: Final = WorkspaceRow.__table__
channels: Final = ChannelRow.__table__
