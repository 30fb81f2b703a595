"""The exception hierarchy of Broadsheet: everything that it raises on purpose.

::

    BroadsheetError
    ├── Mistake            a person typed or pressed something that can't be done: one sentence, and an example
    ├── Misconfigured      the settings can't be used; all faults at once                        (exit code 2)
    ├── Locked             another instance holds the data directory                             (exit code 3)
    ├── Refused            a platform turned the credentials down; restarting will not help      (exit code 4)
    ├── StoreError         the database or the disk can't take or give data
    │   └── NewerStore     the database was written by a newer version of Broadsheet
    ├── SourceError        a source of papers did not give what it should
    │   ├── SourceDown     no usable answer: network, time-out, 5xx, open circuit
    │   ├── SourceRefused  the source says no: 400, 404, a bad identifier
    │   └── Malformed      an answer that is not what the source documents
    └── SendError          a chat did not take a message
        ├── TryLater       nothing was posted; ``retry_after`` seconds say when to ask again
        ├── Uncertain      the message may or may not have been posted
        ├── Gone           the channel (or the installation) will never take it
        └── Unsendable     the message itself is wrong: our own bug

What the database, a source or a chat did not do may be recorded: these errors carry a `bot.reasons.reason.Reason`.
"""

from __future__ import annotations

import logging
import secrets
import traceback

from bot.reasons.reason import Reason, to_reason


class BroadsheetError(Exception):
    """The root; its text is one sentence for people."""


class Mistake(BroadsheetError):
    """What a person asked for can't be done; nothing was changed.

    ``example`` is a correct command that they can send instead, or empty.
    """

    def __init__(self, sentence: str, example: str = "") -> None:
        super().__init__(sentence)
        self.example = example


class Misconfigured(BroadsheetError):
    """The settings can't be used; ``faults`` holds one sentence for each."""

    def __init__(self, faults: tuple[str, ...]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


class Locked(BroadsheetError):
    """Another instance holds the data directory."""


class Refused(BroadsheetError):
    """A platform refused the credentials or the configuration; do not restart."""


class ReasonedError(BroadsheetError):
    """An error whose ``reason`` can be recorded, and said in any language; a text is a reason that is said as it is."""

    def __init__(self, reason: Reason | str) -> None:
        self.reason = to_reason(reason)
        super().__init__(self.reason)


class StoreError(ReasonedError):
    """The database or its disk can't take or give data."""


class NewerStore(StoreError):
    """The database was written by a newer version of Broadsheet."""


class SourceError(ReasonedError):
    """A source of papers did not give what it should."""


class SourceDown(SourceError):
    """No usable answer came; the same request may work later."""


class SourceRefused(SourceError):
    """The source understood the request and said no."""


class Malformed(SourceError):
    """The answer is not what the source documents."""


class SendError(ReasonedError):
    """A chat did not take a message."""


class TryLater(SendError):
    """Nothing was posted; ask again after ``retry_after`` seconds."""

    def __init__(self, reason: Reason | str, retry_after: float) -> None:
        super().__init__(reason)
        self.retry_after = retry_after


class Uncertain(SendError):
    """The message may or may not have been posted; look before sending again."""


class Gone(SendError):
    """The channel will never take a message.

    ``installation`` is true when no channel of that workspace will.
    """

    def __init__(self, reason: Reason | str, *, installation: bool = False) -> None:
        super().__init__(reason)
        self.installation = installation


class Unsendable(SendError):
    """The message itself is wrong; sending it again can't help."""


def get_reason(error: Exception) -> Reason:
    """Return the reason that an error carries; what nobody expected has no code but its text."""
    return error.reason if isinstance(error, ReasonedError) else to_reason(str(error))


def format_redacted_traceback(error: BaseException) -> str:
    """Return where an error happened and the kinds of it and its causes; their texts may hold what somebody typed."""
    chain = [each for each in (error, error.__cause__, error.__context__) if each]
    frames = ["".join(traceback.format_tb(each.__traceback__)) + type(each).__name__ for each in dict.fromkeys(chain)]
    return "\n".join(frames)


def create_reference() -> str:
    """Return a short reference that is told to a person and written beside the traceback."""
    return secrets.token_hex(3)


def log_failure(log: logging.Logger, failure: str, error: BaseException, *, redacted: bool = False) -> str:
    """Write down that something failed and where, and return the reference to it.

    What is *redacted* keeps the error's text out of the log, for it may hold what somebody typed.
    """
    reference = create_reference()
    if redacted:
        log.error("%s, reference %s.\n%s", failure, reference, format_redacted_traceback(error))
    else:
        log.error("%s, reference %s", failure, reference, exc_info=error)
    return reference
