"""Step 0005: the sentences that the last version kept become codes, and people read what they read before."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.delivery import pending_notices
from bot.domain.channels import Channel
from bot.domain.deliveries import DeliveryKey
from bot.i18n.translation import use_language
from bot.ports.stores import Stores
from bot.reasons.reason import Reason, format_reason, load_reason, to_reason
from storage.maintenance import upgrade
from storage.migrations.sentences_0005 import CHANGES, CHANNELS, DELIVERIES, DIGESTS, NOTICES, SOURCES
from storage.migrations.versions.step_0005 import NAME, SentenceReader
from tests.storage.migrations.versions.old_database import migrate_down, open_old_database
from tests.stores import open_stores, url

NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)
ROOM = Channel("slack", "T1", "C1")
SAMPLES = {
    "": "v2 of “x”",
    "chat": "Discord",
    "count": "1,300",
    "date": "Tue 1 Dec",
    "dates": "Fri 20 Nov, Mon 23 Nov and Tue 24 Nov",
    "reason": "it was uninstalled",
}
PREFIXES = {"policy", "access", "lists", "platform"}
REPEATED = "Hugging Face still repeats an earlier list for Mon 23 Nov"
KNOWN = {
    "before": "members",
    "after": "members of the user group S1",
    "change": "changes who manages channels from admins to managers",
    "repeated": REPEATED,
    "missing": "Hugging Face did not answer for Tue 24 Nov",
    "why": "Slack said “new”, which has no meaning here yet",
}


def fill(template: str) -> str:
    """Return a sentence as it was kept."""
    return NAME.sub(lambda found: KNOWN[found[1]] if found[2] in PREFIXES else SAMPLES[found[2] or ""], template)


class OldRows:
    """Writes rows with the sentences that the last version kept in them."""

    def __init__(self, file: Path) -> None:
        self.file = file
        where = {"platform": "slack", "workspace": "T1", "external_id": "C1", "kind": "channel"}
        self.insert("channels", id=1, **where, preferences="{}")

    def insert(self, table: str, **row: Any) -> None:
        names, marks = ", ".join(row), ", ".join("?" for _ in row)
        with closing(sqlite3.connect(self.file)) as connection, connection:
            connection.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", [*row.values()])  # noqa: S608

    def retire(self, sentence: str) -> None:
        with closing(sqlite3.connect(self.file)) as connection, connection:
            connection.execute("UPDATE channels SET retired = ?", [sentence])

    def skip(self, sentence: str, day: str = "2026-11-24") -> None:
        self.insert("digests", channel_id=1, day=day, state="failed", reason=sentence, at=f"{day} 08:00:00.000000")

    def cover(self, sentence: str) -> None:
        self.insert("coverage", channel_id=1, feed_date="2026-11-20", reason=sentence)

    def bury(self, sentence: str) -> None:
        at = "2026-11-24 08:00:00.000000"
        self.insert(
            "deliveries", channel_id=1, kind="digest", subject="x", part=0, operation="post", card='{"v":1}',
            state="dead", not_before=at, created=at, reason=sentence,
        )  # fmt: skip

    def change(self, sentence: str, at: str = "2026-11-24 08:00:00.000000") -> None:
        self.insert(
            "changes", channel_id=1, person="U1", at=at, kind="follow", summary=sentence, before="{}", after="{}",
            undone=False,
        )  # fmt: skip

    def fail(self, sentence: str) -> None:
        self.insert("sources", name="huggingface", failures=1, error=sentence)

    def tell(self, sentence: str) -> None:
        self.insert("marks", name="untold slack:T1:C1", value=sentence)
        self.insert("marks", name="sample", value="2026-11-24")


async def read_retired(stores: Stores) -> Reason | None:
    return (await stores.channels.get_or_create(ROOM, NOW)).retired_reason


async def read_digest(stores: Stores) -> Reason | None:
    return (await stores.digests.list_past_digests(ROOM))[0].reason


async def read_coverage(stores: Stores) -> Reason | None:
    return (await stores.digests.list_coverage([1], date.min))[1][date(2026, 11, 20)]


async def read_delivery(stores: Stores) -> Reason | None:
    found = await stores.ledger.find_by_key(DeliveryKey(ROOM, "digest", "x"))
    assert found
    return found.reason


async def read_change(stores: Stores) -> Reason | None:
    return (await stores.audit.list_changes(ROOM))[0].summary


async def read_source(stores: Stores) -> Reason | None:
    return (await stores.source_states.get_state("huggingface")).error


async def read_notice(stores: Stores) -> Reason | None:
    return await pending_notices.pop_pending(stores.key_values, "slack", "T1")


READERS = {
    "retired": read_retired,
    "digest": read_digest,
    "coverage": read_coverage,
    "delivery": read_delivery,
    "change": read_change,
    "source": read_source,
    "notice": read_notice,
}
WRITERS = {
    "retired": OldRows.retire,
    "digest": OldRows.skip,
    "coverage": OldRows.cover,
    "delivery": OldRows.bury,
    "change": OldRows.change,
    "source": OldRows.fail,
    "notice": OldRows.tell,
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def old(folder: Path) -> OldRows:
    return OldRows(open_old_database(folder, "0004"))


@pytest.mark.parametrize(
    ("kind", "english", "german"),
    [
        ("retired", "the channel was deleted", "Der Kanal wurde gelöscht"),
        (
            "retired",
            "Discord refuses what is posted there, with the code: 99999",
            "Discord lehnt ab, was dort gepostet wird, mit dem Code: 99999",
        ),
        (
            "retired",
            "Broadsheet has no access to this workspace (it was uninstalled)",
            "Broadsheet hat keinen Zugang zu diesem Workspace (es wurde deinstalliert)",
        ),
        (
            "retired",
            "the app lacks the permission “chat:write”; install it again to grant it",
            "der App fehlt die Berechtigung „chat:write“; installiere sie noch einmal, um sie zu erteilen",
        ),
        (
            "digest",
            f"{REPEATED}; Hugging Face did not answer for Fri 20 Nov and Tue 24 Nov",
            "; Hugging Face hat für Fr., 20. Nov. und Di., 24. Nov. nicht geantwortet",
        ),
        ("digest", "no new paper had 1 vote", "Kein neues Paper hatte 1 Stimme"),
        ("digest", "no new paper had 1,300 votes", "Kein neues Paper hatte 1.300 Stimmen"),
        ("coverage", "before the first digest", "vor dem ersten Digest"),
        (
            "delivery",
            "given up after 8: Slack gave no answer: the connection broke (ClientError)",
            "nach 8 Versuchen aufgegeben: Slack hat nicht geantwortet: die Verbindung ist abgerissen (ClientError)",
        ),
        ("delivery", "direct messages are closed", "Direktnachrichten sind nicht erlaubt"),
        ("change", "follows “sparse attention”", "„sparse attention“ abonniert"),
        ("change", "sets the digest up", "Digest eingerichtet"),
        ("change", "pauses the digest until Tue 5 Jan", "Digest bis Di., 5. Jan. pausiert"),
        (
            "change",
            "changes who manages channels from members to admins, and becomes the first manager",
            "Verwaltung der Kanäle: Mitglieder → Admins; erste verantwortliche Person eingetragen",
        ),
        (
            "source",
            "Hugging Face answered with an error (HTTP 502); it is asked again later.",
            "Hugging Face hat mit einem Fehler geantwortet (HTTP 502); es wird später wieder gefragt.",
        ),
        (
            "notice",
            "Nothing is posted to #papers any more: the channel was archived. Its settings and follows are kept.",
            "In #papers wird nichts mehr gepostet",
        ),
    ],
)
async def test_people_read_what_they_read_before_each_in_their_language(
    folder: Path, old: OldRows, kind: str, english: str, german: str
) -> None:
    WRITERS[kind](old, english)
    async with open_stores(folder, NOW) as stores:
        reason = await READERS[kind](stores)
        assert reason
        assert reason.code != "text"
        assert format_reason(reason) == english
        with use_language("de"):
            assert german in format_reason(reason)


@pytest.mark.parametrize(
    ("kind", "templates"),
    [
        ("retired", CHANNELS),
        ("digest", DIGESTS),
        ("delivery", DELIVERIES),
        ("change", CHANGES),
        ("source", SOURCES),
        ("notice", NOTICES),
    ],
)
def test_every_sentence_that_was_kept_has_its_code_and_is_translated(kind: str, templates: Any) -> None:
    reader = SentenceReader(templates)
    for code, template in templates:
        sentence = fill(template if code != "digest.few_votes" else "no new paper had 1,300 votes")
        reason = load_reason(reader.read(sentence, NOW.date()))
        # What the database said may be what a row holds, and is not said any more.
        said = sentence if code != "database.refused" else "The database refused that."
        assert (reason.code, format_reason(reason)) == (code, said), kind
        with use_language("de"):
            assert format_reason(reason) != sentence, kind


UNKNOWN = (
    "Nobody ever said this.",
    "Der Kanal wurde gelöscht",
    "Hugging Face hat für Mo., 23. Nov. nicht geantwortet",
    "Hugging Face did not answer for Sat 23 Nov",  # it was no Saturday in any year near
    "Hugging Face did not answer for Mon 31 Nov",
    "no new paper had many votes",
    "pauses the digest until Christmas",
    '{"code":"channel.deleted"}',
    "{text}; {x}",
    " ",
)


@pytest.mark.parametrize("kind", list(WRITERS))
@pytest.mark.parametrize("text", UNKNOWN)
async def test_what_no_code_knows_stays_a_text(folder: Path, old: OldRows, kind: str, text: str) -> None:
    WRITERS[kind](old, text)
    async with open_stores(folder, NOW) as stores:
        reason = await READERS[kind](stores)
        assert reason == to_reason(text)
        with use_language("de"):
            assert format_reason(reason) == text


async def test_days_get_the_year_in_which_they_lay(folder: Path, old: OldRows) -> None:
    old.skip("Hugging Face did not answer for Thu 31 Dec and Fri 1 Jan", "2027-01-02")
    old.change("pauses the digest until Tue 5 Jan", "2026-11-24 08:00:00.000000")
    async with open_stores(folder, NOW) as stores:
        assert await READERS["digest"](stores) == Reason("lists.missing", days=(date(2026, 12, 31), date(2027, 1, 1)))
        assert await READERS["change"](stores) == Reason("digest.paused_until", day=date(2027, 1, 5))


async def test_what_says_nothing_and_what_is_no_notice_is_left_alone(folder: Path, old: OldRows) -> None:
    old.bury("")
    old.tell("the channel was archived")
    async with open_stores(folder, NOW) as stores:
        assert await READERS["delivery"](stores) is None
        assert await READERS["retired"](stores) is None
        assert await stores.key_values.get("sample") == "2026-11-24"


@pytest.mark.parametrize(
    ("kind", "templates"),
    [
        ("retired", CHANNELS),
        ("digest", DIGESTS),
        ("delivery", DELIVERIES),
        ("change", CHANGES),
        ("source", SOURCES),
        ("notice", NOTICES),
    ],
)
def test_the_way_back_gives_the_sentences_back(folder: Path, old: OldRows, kind: str, templates: Any) -> None:
    sentences = [*(fill(template) for _, template in templates[-6:]), "no new paper had 2 votes", UNKNOWN[0]]
    columns = {
        "retired": "retired FROM channels",
        "digest": "reason FROM digests",
        "delivery": "reason FROM deliveries",
        "change": "summary FROM changes",
        "source": "error FROM sources",
        "notice": "value FROM marks WHERE name LIKE 'untold %'",
    }
    empty = {"digest": "digests", "delivery": "deliveries", "change": "changes", "source": "sources", "notice": "marks"}
    for sentence in sentences:
        WRITERS[kind](old, sentence)
        upgrade.upgrade_database(url(folder), folder, NOW)
        migrate_down(folder, "0004")
        with closing(sqlite3.connect(old.file)) as connection, connection:
            assert connection.execute(f"SELECT {columns[kind]}").fetchall() == [(sentence,)]
            connection.execute(f"DELETE FROM {empty[kind]}" if kind in empty else "SELECT 1")  # noqa: S608


async def test_a_backup_is_made_first(folder: Path, old: OldRows) -> None:
    old.retire("the channel was deleted")
    kept = upgrade.upgrade_database(url(folder), folder, NOW)
    assert kept
    with closing(sqlite3.connect(kept)) as connection:
        assert connection.execute("SELECT retired FROM channels").fetchall() == [("the channel was deleted",)]
    with closing(sqlite3.connect(old.file)) as connection:
        ((text,),) = connection.execute("SELECT retired FROM channels").fetchall()
    assert json.loads(text) == {"code": "channel.deleted"}
