"""Reasons, lines of the audit log and pending notices are kept as codes with values, no longer as English sentences."""

import json
import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import UTCDateTime

from storage.migrations.sentences_0005 import CHANGES, CHANNELS, DELIVERIES, DIGESTS, NOTICES, SOURCES

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

Templates = Sequence[tuple[str, str]]
Data = dict[str, Any]

COLUMNS = (
    # the table, what tells its rows apart, the column, when it was written, and what may stand in it
    ("channels", ("id",), "retired", None, CHANNELS),
    ("coverage", ("channel_id", "feed_date"), "reason", None, DIGESTS),
    ("deliveries", ("id",), "reason", None, DELIVERIES),
    ("sources", ("name",), "error", None, SOURCES),
    ("digests", ("id",), "reason", sa.column("day", sa.Date()), DIGESTS),
    ("changes", ("id",), "summary", sa.column("at", UTCDateTime()), CHANGES),
    ("marks", ("name",), "value", None, NOTICES),
)
PENDING_NOTICES = "untold "
"""How the names of those facts begin that are reasons."""

NAME = re.compile(r"\{(\w+)(?::(\w+))?\}")
CHATS = "Slack|Discord"
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
DAY = re.compile(rf"({'|'.join(WEEKDAYS)}) (\d{{1,2}}) ({'|'.join(MONTHS)})")


def upgrade() -> None:
    """Step forward."""
    for table, keys, column, written, templates in COLUMNS:
        reader = SentenceReader(templates)
        for row in fetch_rows(table, keys, column, written):
            kept = json.dumps(reader.read(row.kept, get_date(row)), ensure_ascii=False, separators=(",", ":"))
            update_row(table, keys, column, row, kept)


def downgrade() -> None:
    """Step back."""
    for table, keys, column, written, templates in COLUMNS:
        for row in fetch_rows(table, keys, column, written):
            update_row(table, keys, column, row, write_sentence(json.loads(row.kept), dict(templates)))


def fetch_rows(table: str, keys: Sequence[str], column: str, written: sa.ColumnClause[Any] | None) -> Sequence[Any]:
    """Return the rows in which something stands."""
    kept: sa.ColumnClause[str] = sa.column(column)
    columns: list[Any] = [*(sa.column(key) for key in keys), kept.label("kept")]
    columns += [written.label("written")] if written is not None else []
    query = sa.select(*columns).select_from(sa.table(table)).where(kept != "")
    if table == "marks":
        query = query.where(sa.column("name").startswith(PENDING_NOTICES))
    return op.get_bind().execute(query).all()


def update_row(table: str, keys: Sequence[str], column: str, row: Any, kept: str) -> None:
    """Put *kept* where a sentence was, or a sentence where it was."""
    target = sa.table(table, *(sa.column(key) for key in keys), sa.column(column))
    mine = [target.c[key] == getattr(row, key) for key in keys]
    op.get_bind().execute(sa.update(target).where(*mine).values({column: kept}))


def get_date(row: Any) -> date | None:
    """Return the day on which a row was written, where that is told."""
    written = getattr(row, "written", None)
    return written.date() if isinstance(written, datetime) else written


class SentenceReader:
    """Finds the code of a sentence; the templates with the most letters of their own are tried first."""

    def __init__(self, templates: Templates) -> None:
        ordered = sorted(templates, key=lambda each: -len(NAME.sub("", each[1])))
        self.found: dict[tuple[str, date | None], Data] = {}
        self.patterns = [(code, compile_template(text), dict(NAME.findall(text))) for code, text in ordered]

    def read(self, sentence: str, near: date | None) -> Data:
        """Return the reason that *sentence* said; what nothing knows is a text. Its days lie *near* a date."""
        if (sentence, near) not in self.found:
            unknown = {"code": "text", "values": {"text": sentence}}
            self.found[sentence, near] = self._find(sentence, near) or unknown
        return self.found[sentence, near]

    def _find(self, sentence: str, near: date | None) -> Data | None:
        for code, pattern, kinds in self.patterns:
            if found := pattern.fullmatch(sentence):
                values = {name: self._read_value(kinds[name], text, near) for name, text in found.groupdict().items()}
                if None not in values.values():
                    return {"code": code, "values": values} if values else {"code": code}
        return None

    def _read_value(self, kind: str, text: str, near: date | None) -> Any:
        """Return what a name stands for; None when it is not of its kind."""
        match kind:
            case "reason":
                return self.read(text, near)
            case "count":
                return int(text.replace(",", "")) if re.fullmatch(r"[\d,]+", text) else None
            case "date":
                return read_date(text, near)
            case "dates":
                days = [read_date(day, near) for day in re.split(", | and ", text)]
                return None if None in days else days
            case "" | "chat":
                return text
            case prefix:
                found = self._find(text, near)
                return found if found and found["code"].startswith(f"{prefix}.") else None


def compile_template(template: str) -> re.Pattern[str]:
    """Return what finds a filled sentence."""
    texts, names, kinds = (NAME.split(template)[start::3] for start in range(3))
    pattern = re.escape(texts[0])
    for name, kind, text in zip(names, kinds, texts[1:], strict=True):
        pattern += f"(?P<{name}>{CHATS if kind == 'chat' else '.*?'}){re.escape(text)}"
    return re.compile(pattern, re.DOTALL)


def read_date(text: str, near: date | None) -> dict[str, str] | None:
    """Return the date that was written without its year: the weekday tells which of the years around it was."""
    found = DAY.fullmatch(text)
    if not found or near is None:
        return None
    for day in list_dates(int(found[2]), MONTHS.index(found[3]) + 1, near.year):
        if WEEKDAYS[day.weekday()] == found[1]:
            return {"date": day.isoformat()}
    return None


def list_dates(day: int, month: int, year: int) -> Iterator[date]:
    """Yield that day of a year and of its neighbours, where there is one."""
    for each in (year, year - 1, year + 1):
        try:
            yield date(each, month, day)
        except ValueError:
            continue


def write_sentence(reason: Data, templates: dict[str, str]) -> str:
    """Return the sentence of a reason; that of a code without one is the code."""
    values = reason.get("values", {})
    if reason["code"] == "text":
        return str(values["text"])
    written = {name: write_value(value, templates) for name, value in values.items()}
    template = str(templates.get(reason["code"], reason["code"]))
    text = NAME.sub(lambda found: written[found[1]], template)
    return text.replace(" vote", " votes") if values.get("n", 1) != 1 else text


def write_value(value: Any, templates: dict[str, str]) -> str:
    """Return how a value stood in a sentence."""
    match value:
        case {"date": str(day)}:
            moment = date.fromisoformat(day)
            return f"{WEEKDAYS[moment.weekday()]} {moment.day} {MONTHS[moment.month - 1]}"
        case dict():
            return write_sentence(value, templates)
        case list():
            *first, last = [write_value(each, templates) for each in value]
            return f"{', '.join(first)} and {last}" if first else last
        case int():
            return f"{value:,}"
        case _:
            return str(value)
