"""What the machine notes for itself."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import Text
from sqlmodel import Field

from storage.tables.rows import Row


class EventRow(Row, table=True):
    """An event that came in lately."""

    __tablename__ = "events"
    id: str = Field(primary_key=True)
    at: datetime = Field(index=True)


class MarkRow(Row, table=True):
    """A small fact about this installation."""

    __tablename__ = "marks"
    name: str = Field(primary_key=True)
    value: str = Field(sa_type=Text)


events: Final = EventRow.__table__
marks: Final = MarkRow.__table__
