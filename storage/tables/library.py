"""What was read: papers, votes over time, lists, and what is remembered of the sources."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

from sqlalchemy import Text
from sqlmodel import Field

from storage.tables.rows import Row, count, data, flag, key, text, to


class PaperRow(Row, table=True):
    """A paper; ``day`` is `Paper.day`, ``relisted`` the latest list that had a say in its text."""

    __tablename__ = "papers"
    id: int | None = key()
    external_id: str = Field(unique=True)
    title: str = Field(sa_type=Text)
    abstract: str = text()
    authors: list[str] = data()
    categories: list[str] = data()
    published: date | None = None
    votes: int | None = None
    comments: int = count()
    summary: str = text()
    keywords: list[str] = data()
    organization: str = text()
    code: str = text()
    stars: int | None = None
    project: str = text()
    thumbnail: str = text()
    withdrawn: bool = flag()
    listed: date | None = None
    relisted: date | None = None
    seen: datetime
    day: date = Field(index=True)
    sequence: int = Field(unique=True)


class SightingRow(Row, table=True):
    """The votes of a paper at a moment."""

    __tablename__ = "sightings"
    __table_args__ = ({"sqlite_with_rowid": False},)
    paper_id: int = to("papers.id", primary_key=True, cascade=True)
    at: datetime = Field(primary_key=True)
    votes: int


class DayRow(Row, table=True):
    """The list of one feed date; ``papers`` are ids in the source's order."""

    __tablename__ = "days"
    day: date = Field(primary_key=True)
    state: str
    papers: list[str] = data()
    fetched: datetime | None = None


class RankRow(Row, table=True):
    """A source's own rank of papers, by name."""

    __tablename__ = "ranks"
    name: str = Field(primary_key=True)
    papers: list[str] = data()
    fetched: datetime


class SourceRow(Row, table=True):
    """What is remembered of a source."""

    __tablename__ = "sources"
    name: str = Field(primary_key=True)
    failures: int = count()
    open_until: datetime | None = None
    succeeded: datetime | None = None
    failed: datetime | None = None
    error: str = text()


class ValidatorRow(Row, table=True):
    """What makes the next request for a URL conditional."""

    __tablename__ = "validators"
    url: str = Field(primary_key=True)
    etag: str = text()
    modified: str = text()
    digest: str = text()


papers: Final = PaperRow.__table__
sightings: Final = SightingRow.__table__
days: Final = DayRow.__table__
ranks: Final = RankRow.__table__
sources: Final = SourceRow.__table__
validators: Final = ValidatorRow.__table__
