"""SQLAlchemy metadata with its naming convention, and the column types that all tables share."""

from __future__ import annotations

from typing import Any, ClassVar, Final, cast

from sqlalchemy import JSON, Index, MetaData, Table, Text, false
from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel

JSON_TYPE: Final = JSON().with_variant(JSONB(), "postgresql")

metadata: Final = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def define_partial_index(name: str, *columns: str, where: str) -> Index:
    """Return an index of the rows for which *where* holds."""
    return Index(name, *columns, sqlite_where=sql(where), postgresql_where=sql(where))


def define_json_column() -> Any:
    """Return a JSON column."""
    return Field(sa_type=cast("Any", JSON_TYPE))


def define_json_list_column() -> Any:
    """Return a JSON list that is empty at first."""
    return Field(default_factory=list, sa_type=cast("Any", JSON_TYPE), sa_column_kwargs={"server_default": sql("'[]'")})


def define_text_column() -> Any:
    """Return a text that may be empty."""
    return Field(default="", sa_type=Text, sa_column_kwargs={"server_default": sql("''")})


def define_flag_column() -> Any:
    """Return a flag that is down at first."""
    return Field(default=False, sa_column_kwargs={"server_default": false()})


def define_counter_column() -> Any:
    """Return a counter."""
    return Field(default=0, sa_column_kwargs={"server_default": sql("0")})


def define_primary_key() -> Any:
    """Return an integer primary key."""
    return Field(default=None, primary_key=True)


def define_foreign_key(column: str, *, primary_key: bool = False, cascade: bool = False) -> Any:
    """Return a reference to *column*; with *cascade* the row goes when the other goes."""
    return Field(foreign_key=column, primary_key=primary_key, ondelete="CASCADE" if cascade else "RESTRICT")


class TableRow(SQLModel, registry=registry(metadata=metadata)):
    """The root of every table."""

    __table__: ClassVar[Table]
