"""Where is posted: workspaces and channels."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from sqlalchemy import UniqueConstraint

from storage.tables.rows import Row, data, flag, key, listed, partial, text

LISTENING: Final = "enabled AND NOT paused AND retired = ''"
"""Which channels the clock looks at; word for word the condition of a partial index."""


class WorkspaceRow(Row, table=True):
    """A team, a server, or this machine. ``left`` is when it took the bot away."""

    __tablename__ = "workspaces"
    __table_args__ = (UniqueConstraint("platform", "external_id"),)
    id: int | None = key()
    platform: str
    external_id: str
    name: str = text()
    timezone: str
    managers: list[str] = data()
    limits: dict[str, int] = data()
    organization: str = text()
    policy: str = text()
    left: datetime | None = None
    blocked: list[str] = listed()


class ChannelRow(Row, table=True):
    """A place that can be posted to. ``enabled`` and ``paused`` repeat what ``preferences`` say, for the clock."""

    __tablename__ = "channels"
    __table_args__ = (
        UniqueConstraint("platform", "workspace", "external_id"),
        partial("ix_channels_listening", "next_run", where=LISTENING),
    )
    id: int | None = key()
    platform: str
    workspace: str
    external_id: str
    kind: str
    name: str = text()
    preferences: dict[str, Any] = data()
    enabled: bool = flag()
    paused: bool = flag()
    next_run: datetime | None = None
    due: datetime | None = None
    retired: str = text()
    since: datetime | None = None


workspaces: Final = WorkspaceRow.__table__
channels: Final = ChannelRow.__table__
