"""Tables of papers: papers, sightings (votes over time), feed days, ranks, sources and HTTP validators."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

from sqlalchemy import Text
from sqlmodel import Field

from storage.tables.columns import (
    TableRow,
    define_counter_column,
    define_flag_column,
    define_foreign_key,
    define_json_column,
    define_primary_key,
    define_text_column,
)


class PaperRow(TableRow, table=True):
    """A paper; ``day`` is `Paper.day`, ``relisted`` the latest list that had a say in its text."""

    __tablename__ = "papers"
    id: int | None = define_primary_key()
    external_id: str = Field(unique=True)
    title: str = Field(sa_type=Text)
    abstract: str = define_text_column()
    authors: list[str] = define_json_column()
    categories: list[str] = define_json_column()
    published: date | None = None
    votes: int | None = None
    comments: int = define_counter_column()
    summary: str = define_text_column()
    keywords: list[str] = define_json_column()
    organization: str = define_text_column()
    code: str = define_text_column()
    stars: int | None = None
    project: str = define_text_column()
    thumbnail: str = define_text_column()
    withdrawn: bool = define_flag_column()
    listed: date | None = None
    relisted: date | None = None
    seen: datetime
    day: date = Field(index=True)
    sequence: int = Field(unique=True)


class VoteSightingRow(TableRow, table=True):
    """The votes of a paper at a moment."""

    __tablename__ = "sightings"
    __table_args__ = ({"sqlite_with_rowid": False},)
    paper_id: int = define_foreign_key("papers.id", primary_key=True, cascade=True)
    at: datetime = Field(primary_key=True)
    votes: int


class FeedDayRow(TableRow, table=True):
    """The list of one feed date; ``papers`` are ids in the source's order."""

    __tablename__ = "days"
    day: date = Field(primary_key=True)
    state: str
    papers: list[str] = define_json_column()
    fetched: datetime | None = None


class RankRow(TableRow, table=True):
    """A source's own rank of papers, by name."""

    __tablename__ = "ranks"
    name: str = Field(primary_key=True)
    papers: list[str] = define_json_column()
    fetched: datetime


class SourceRow(TableRow, table=True):
    """What is remembered of a source."""

    __tablename__ = "sources"
    name: str = Field(primary_key=True)
    failures: int = define_counter_column()
    open_until: datetime | None = None
    succeeded: datetime | None = None
    failed: datetime | None = None
    error: str = define_text_column()


class ValidatorRow(TableRow, table=True):
    """What makes the next request for a URL conditional."""

    __tablename__ = "validators"
    url: str = Field(primary_key=True)
    etag: str = define_text_column()
    modified: str = define_text_column()
    digest: str = define_text_column()


papers: Final = PaperRow.__table__
sightings: Final = VoteSightingRow.__table__
days: Final = FeedDayRow.__table__
ranks: Final = RankRow.__table__
sources: Final = SourceRow.__table__
validators: Final = ValidatorRow.__table__
