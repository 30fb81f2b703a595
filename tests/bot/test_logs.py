"""The log: tracebacks in the file, sentences on the terminal, secrets in neither."""

import json
import logging
import stat
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot import logs
from bot.bootstrap.platforms import PLATFORMS
from bot.redaction import SecretRegistry

SECRETS = (
    "xoxb-" + "1234567890-abcdefABCDEF",
    "xapp-" + "1-A0123-456-fedcba",
    "xoxe.xoxp-" + "1-Mi0yLTEyMzQ",
    "MTAxNjE2MTYxNjE2MTYxNjE2" + ".GhIjKl." + "abcdefghijklmnopqrstuvwxyz01",
    "gAAAAA" + "Bnabcdefghijklmnopqrstuvwxyz0123456789==",
)


@pytest.fixture(autouse=True)
def kept() -> Iterator[None]:
    """Put the root logger back as it was."""
    root = logging.getLogger()
    level, handlers = root.level, root.handlers[:]
    yield
    for handler in root.handlers:
        if handler not in handlers:
            handler.close()
    root.setLevel(level)
    root.handlers[:] = handlers


@pytest.mark.parametrize("secret", SECRETS)
def test_secrets_are_taken_out_of_texts_and_tracebacks(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], secret: str
) -> None:
    patterns = [pattern for each in PLATFORMS for pattern in each.secret_patterns]
    logs.configure("DEBUG", tmp_path, secret_patterns=patterns)
    try:
        raise ValueError(f"refused: {secret}")
    except ValueError:
        logging.getLogger("test").exception("With token %s", secret)
    written = (tmp_path / logs.LOG_FILE).read_text()
    assert "Traceback" in written
    assert secret not in written + capsys.readouterr().err
    assert "[secret]" in written


def test_the_terminal_shows_the_sentence_and_the_file_the_traceback(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    logs.configure("INFO", tmp_path)
    try:
        raise ValueError("boom")
    except ValueError:
        logging.getLogger("test").exception("That failed. Reference abc123")
    shown = capsys.readouterr().err
    assert "Reference abc123" in shown
    assert "Traceback" not in shown
    assert "ValueError: boom" in (tmp_path / logs.LOG_FILE).read_text()


def test_the_file_is_for_its_owner_only(tmp_path: Path) -> None:
    logs.configure("INFO", tmp_path / "new")
    logging.getLogger("test").info("x")
    assert stat.S_IMODE((tmp_path / "new" / logs.LOG_FILE).stat().st_mode) == 0o600


def test_a_folder_that_can_not_be_written_leaves_the_terminal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("")
    logs.configure("INFO", tmp_path / "file")
    logging.getLogger("test").warning("Still here")
    assert "Still here" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("postgresql://ada:secret@host/db", "postgresql://[secret]@host/db"),
        ("https://ghp_token@host/db", "https://[secret]@host/db"),
        ("Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==", "Authorization: Basic [secret]"),
        ("Basic Information", "Basic Information"),
        ("Basic settings", "Basic settings"),
        ("mail ada@host", "mail ada@host"),
    ],
)
def test_credentials_of_addresses_and_headers_are_hidden(text: str, shown: str) -> None:
    assert logs.redact(text) == shown


def test_what_is_registered_stands_in_neither_log(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    registry = SecretRegistry()
    registry.register_settings(["8f742231b10e8888"])
    logs.configure("DEBUG", tmp_path, registry)
    registry.register("/commands/T1/77/abcdefgh", timedelta(hours=1))
    try:
        raise ValueError("8f742231b10e8888")
    except ValueError:
        logging.getLogger("test").exception("https://hooks/commands/T1/77/abcdefgh failed")
    for written in ((tmp_path / logs.LOG_FILE).read_text(), capsys.readouterr().err):
        assert "https://hooks[secret] failed" in written
        assert "8f742231b10e8888" not in written


def test_as_json_each_line_is_an_object_without_secrets(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    patterns = [pattern for each in PLATFORMS for pattern in each.secret_patterns]
    logs.configure("INFO", tmp_path, secret_patterns=patterns, as_json=True)
    log = logging.getLogger("test")
    try:
        raise ValueError("Bearer " + SECRETS[0])
    except ValueError:
        log.exception("With “%s”\nand a second line", "Bearer " + SECRETS[1])
    with logs.use_log_fields(request="r1"), logs.use_log_fields(delivery="web:local:papers/digest"):
        log.info("within")
    log.info("given", extra={"delivery": SECRETS[2]})
    shown, written = capsys.readouterr().err, (tmp_path / logs.LOG_FILE).read_text()
    failed, within, given = (json.loads(line) for line in shown.splitlines())
    assert shown == written
    assert not [secret for secret in SECRETS if secret in shown]
    assert list(failed) == ["time", "level", "logger", "message", "traceback"]
    assert (failed["level"], failed["logger"]) == ("ERROR", "test")
    assert failed["message"] == "With “Bearer [secret]”\nand a second line"
    assert "ValueError" in failed["traceback"]
    assert (within["request"], within["delivery"]) == ("r1", "web:local:papers/digest")
    assert (given["delivery"], "request" in given) == ("[secret]", False)
    assert given["time"].endswith("+00:00")
