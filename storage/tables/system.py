"""System tables: processed events, the key-value store, encrypted secrets, button payloads."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from sqlalchemy import Text
from sqlmodel import Field

from storage.tables.columns import TableRow, define_json_column


class ProcessedEventRow(TableRow, table=True):
    """An event that came in lately."""

    __tablename__ = "events"
    id: str = Field(primary_key=True)
    at: datetime = Field(index=True)


class KeyValueRow(TableRow, table=True):
    """A small fact about this installation."""

    __tablename__ = "marks"
    name: str = Field(primary_key=True)
    value: str = Field(sa_type=Text)


class SecretRow(TableRow, table=True):
    """A secret, sealed. ``lease`` is until when somebody alone may change it."""

    __tablename__ = "secrets"
    name: str = Field(primary_key=True)
    sealed: str = Field(sa_type=Text)
    at: datetime
    lease: datetime | None = None


class ButtonPayloadRow(TableRow, table=True):
    """A button's arguments that are too long to be part of it."""

    __tablename__ = "actions"
    token: str = Field(primary_key=True)
    data: dict[str, Any] = define_json_column()
    at: datetime = Field(index=True)


events: Final = ProcessedEventRow.__table__
marks: Final = KeyValueRow.__table__
secrets: Final = SecretRow.__table__
actions: Final = ButtonPayloadRow.__table__
