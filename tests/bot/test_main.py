"""The outermost boundary: what a command raises becomes one sentence and an exit code."""

import pytest

from bot.__main__ import main
from bot.cli import installation
from bot.errors import (
    BroadsheetError,
    Locked,
    Misconfigured,
    Mistake,
    NewerStore,
    Refused,
    SourceDown,
    StoreError,
    UnusableStore,
)

SENTENCE = "Slack turned the token down. Check SLACK_BOT_TOKEN, then start again."


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (Refused(SENTENCE), 4),
        (Locked(SENTENCE), 3),
        (Misconfigured((SENTENCE,)), 2),
        (Mistake(SENTENCE), 2),
        (StoreError(SENTENCE), 1),
        (NewerStore(SENTENCE), 1),
        (UnusableStore(SENTENCE), 2),
        (SourceDown(SENTENCE), 1),
        (BroadsheetError(SENTENCE), 1),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else "",
)
def test_an_error_is_a_sentence_and_an_exit_code(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], error: BroadsheetError, code: int
) -> None:
    def run() -> None:
        """Fail."""
        raise error

    monkeypatch.setitem(installation.COMMANDS, "run", run)
    monkeypatch.setattr("sys.argv", ["bot", "run"])
    assert main() == code
    said = capsys.readouterr()
    assert (said.err, said.out) == (f"{SENTENCE}\n", "")
