"""File permissions (chmod): what others on this machine may read or write of `.env`, the vault's key and the data.

One rule for `run` and `doctor`, in docs/operating.md: what is ours is closed; what is not ours, and lies open, is
refused. What a container mounts read-only is somebody's decision and goes on with a warning.
"""

from __future__ import annotations

import logging
import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bot.bootstrap import context
from bot.config import Settings
from bot.errors import Misconfigured

_ENV_FILE: Final = Path(".env")
_KEY_FILE: Final = "vault.key"
_READ_BY_ALL, _WRITE_BY_ALL, _WRITE_BY_GROUP = stat.S_IROTH, stat.S_IWOTH, stat.S_IWGRP

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ExposedFile:
    """A file or folder that others than its owner can use, by its ``mode``.

    ``is_tolerable`` tells whether that may stay where nothing can be done about it.
    """

    path: Path
    mode: int
    owner: int
    is_tolerable: bool

    @property
    def can_be_closed(self) -> bool:
        """Whether this process may change it."""
        return os.geteuid() in (0, self.owner) and not _is_mounted_read_only(self.path)

    @property
    def problem(self) -> str:
        """What is wrong and what to run, as a sentence."""
        use = "read and change" if self.mode & (_WRITE_BY_ALL | _WRITE_BY_GROUP) else "read"
        fix = f"chmod {stat.S_IMODE(self.mode) & 0o700 | 0o600:o} {self.path}"
        if not self.can_be_closed:
            fix = f"sudo chown {os.geteuid()} {self.path} && sudo {fix}"
        return f"Others on this machine can {use} {self.path}. Run: {fix}"

    def close(self) -> None:
        """Leave it to its owner alone. Raises OSError."""
        self.path.chmod(stat.S_IMODE(self.mode) & 0o700)


def find_exposed_files(settings: Settings) -> Sequence[ExposedFile]:
    """Return what lies open, but for what can't be closed and may stay so."""
    return [each for each in _list_exposed_files(settings) if each.can_be_closed or not each.is_tolerable]


def close_exposed_files(settings: Settings) -> None:
    """Close what lies open, and say so.

    Raises `bot.errors.Misconfigured` for what can't be closed and must be.
    """
    faults = []
    for exposed in _list_exposed_files(settings):
        if exposed.can_be_closed:
            exposed.close()
            log.warning("Others on this machine could use %s; only its owner can now", exposed.path)
        elif exposed.is_tolerable:
            log.warning("%s, or go on like this: it can't be changed from here", exposed.problem)
        else:
            faults.append(exposed.problem)
    if faults:
        raise Misconfigured(tuple(faults))


def _list_exposed_files(settings: Settings) -> Iterator[ExposedFile]:
    database = context.get_database_path(settings)
    for path in (
        _ENV_FILE,
        settings.data_dir,
        settings.data_dir / _KEY_FILE,
        *(database.with_name(database.name + suffix) for suffix in ("", "-wal", "-shm")),
    ):
        try:
            status = path.stat()
        except OSError:
            continue  # it is not there, or whoever reads it will say what is wrong
        allowed = _list_allowed_bits(path, status)
        if status.st_mode & 0o077 & ~allowed:
            yield ExposedFile(path, status.st_mode, status.st_uid, _is_tolerable(path, status.st_mode, settings))


def _list_allowed_bits(path: Path, status: os.stat_result) -> int:
    """Return what may be open: an `.env` of root's is read through its group, for example."""
    return stat.S_IRGRP if path == _ENV_FILE and status.st_uid != os.geteuid() else 0


def _is_tolerable(path: Path, mode: int, settings: Settings) -> bool:
    if path == settings.data_dir:
        # What is in it is private by itself, as long as nobody can put something else in its place.
        return not mode & _WRITE_BY_ALL
    if path != _ENV_FILE or mode & (_WRITE_BY_ALL | _WRITE_BY_GROUP):
        return False
    return not mode & _READ_BY_ALL or not settings.secrets or _is_mounted_read_only(path)


def _is_mounted_read_only(path: Path) -> bool:
    return bool(os.statvfs(path).f_flag & os.ST_RDONLY)
