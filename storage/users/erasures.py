"""Erasures: who asked to be forgotten, as keyed hashes (HMAC-SHA256) beside the database, for restored backups."""

from __future__ import annotations

import hmac
import os
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from bot.domain.channels import Channel
from bot.errors import StoreError

ERASURES_FILE: Final = "erasures"
KEY_FILE: Final = "erasures.key"
_FIELDS: Final = 3
"""Of a line: its number, the date, the hash."""


@dataclass(frozen=True, slots=True)
class Erasure:
    """A line: the ``number`` says which databases know of it already."""

    number: int
    hash: str


@dataclass(frozen=True, slots=True)
class ErasureList:
    """The file ``erasures`` in ``directory``. All methods block, and raise `bot.errors.StoreError`."""

    directory: Path

    def append(self, number: int, day: date, person: Channel) -> None:
        """Add a line, which is on the disk when this returns."""
        line = f"{number} {day.isoformat()} {self.hash_person(person)}\n"
        path = self.directory / ERASURES_FILE
        try:
            with os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600), "rb+") as file:
                file.write(line.encode() if _has_line_end(file.fileno()) else f"\n{line}".encode())
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise StoreError(f"{path} can't be written: {error.strerror}.") from error

    def list_erasures(self) -> Sequence[Erasure]:
        """Return the lines; what a crash left of one is passed over."""
        path = self.directory / ERASURES_FILE
        try:
            lines = path.read_text(encoding="ascii", errors="replace").splitlines()
        except FileNotFoundError:
            return []
        except OSError as error:
            raise StoreError(f"{path} can't be read: {error.strerror}.") from error
        parts = [line.split() for line in lines]
        return [Erasure(int(each[0]), each[2]) for each in parts if len(each) == _FIELDS and each[0].isdecimal()]

    def has_key(self) -> bool:
        """Tell whether the key is there by which people are recognised."""
        return (self.directory / KEY_FILE).exists()

    def hash_person(self, person: Channel) -> str:
        """Return the hash of a person; nobody can tell who it is without the key and the database."""
        identity = f"{person.platform}\0{person.workspace}\0{person.id}"
        return hmac.new(self._load_or_create_key(), identity.encode(), "sha256").hexdigest()

    def _load_or_create_key(self) -> bytes:
        path = self.directory / KEY_FILE
        try:
            if not path.exists():
                with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                    file.write(f"{secrets.token_hex(32)}\n")
                    file.flush()
                    os.fsync(file.fileno())
            return bytes.fromhex(path.read_text(encoding="ascii").strip())
        except (OSError, ValueError) as error:
            raise StoreError(f"The key in {path} can't be read or written.") from error


def _has_line_end(descriptor: int) -> bool:
    """Tell whether a file ends where a line ends."""
    size = os.fstat(descriptor).st_size
    return size == 0 or os.pread(descriptor, 1, size - 1) == b"\n"
