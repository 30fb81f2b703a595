"""The tables are for SQLite and PostgreSQL alike."""

import pytest
from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Dialect
from sqlalchemy.schema import CreateIndex, CreateTable

from storage.tables import metadata

DIALECTS = (postgresql.dialect(), sqlite.dialect())  # type: ignore[no-untyped-call]


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda dialect: dialect.name)
@pytest.mark.parametrize("table", metadata.sorted_tables, ids=lambda table: table.name)
def test_a_table_compiles(table: Table, dialect: Dialect) -> None:
    made = str(CreateTable(table).compile(dialect=dialect))
    assert f"CREATE TABLE {table.name} (" in made
    assert "FLOAT" not in made, "nothing here is worth a rounding error"
    for index in table.indexes:
        sentence = str(CreateIndex(index).compile(dialect=dialect))
        assert f"ON {table.name} (" in sentence
        narrowed = index.dialect_options["sqlite"]["where"] is not None
        assert (" WHERE " in sentence) is narrowed, "a partial index is partial on both"


def test_moments_know_their_zone_on_postgresql() -> None:
    made = "".join(str(CreateTable(table).compile(dialect=DIALECTS[0])) for table in metadata.sorted_tables)
    assert made.count("TIMESTAMP WITH TIME ZONE") == made.count("TIMESTAMP") > 0
