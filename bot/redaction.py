"""Redaction by value: secrets that no shape gives away, registered where they come in and replaced in what is logged.

A signing secret is thirty-two letters like any hash, a `response_url` an address like any other.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Final

REPLACEMENT: Final = "[secret]"
MAX_CAPABILITIES: Final = 10_000
"""The newest are known; a busy hour brings fewer."""
_PREFIX_LENGTH: Final = 8
"""Letters by which values are looked up; what is shorter is no secret, and would be found in plain words."""


class SecretRegistry:
    """The values that stand in no log: those of the settings for ever, capabilities for as long as they open anything.

    Implements `bot.ports.secrets.SecretRegistrar`. *monotonic* gives seconds. Texts are looked through once, however
    many values are known; other threads may do that meanwhile.
    """

    def __init__(
        self, monotonic: Callable[[], float] = time.monotonic, max_capabilities: int = MAX_CAPABILITIES
    ) -> None:
        self._monotonic = monotonic
        self._max_capabilities = max_capabilities
        self._capabilities: OrderedDict[str, float] = OrderedDict()
        """When each ends, the oldest first."""
        self._settings: frozenset[str] = frozenset()
        self._by_prefix: dict[str, tuple[str, ...]] = {}
        """The longest first."""

    def register_settings(self, values: Iterable[str]) -> None:
        """Know secrets that never end."""
        for value in values:
            if len(value) >= _PREFIX_LENGTH:
                self._settings |= {value}
                self._add_to_index(value)

    def register(self, value: str, lifetime: timedelta) -> None:
        """Know a secret that ends after *lifetime*."""
        if len(value) < _PREFIX_LENGTH or value in self._settings:
            return
        if value not in self._capabilities:
            self._add_to_index(value)
        self._capabilities[value] = self._monotonic() + lifetime.total_seconds()
        self._capabilities.move_to_end(value)
        while len(self._capabilities) > self._max_capabilities:
            self._remove_from_index(self._capabilities.popitem(last=False)[0])

    def redact(self, text: str) -> str:
        """Return *text* without the values that are known."""
        pieces, start, position = [], 0, 0
        while position <= len(text) - _PREFIX_LENGTH:
            value = self._find_value(text, position)
            if value:
                pieces += [text[start:position], REPLACEMENT]
                start = position = position + len(value)
            else:
                position += 1
        return "".join((*pieces, text[start:]))

    def _find_value(self, text: str, position: int) -> str:
        for value in self._by_prefix.get(text[position : position + _PREFIX_LENGTH], ()):
            if text.startswith(value, position) and self._is_valid(value):
                return value
        return ""

    def _is_valid(self, value: str) -> bool:
        return value in self._settings or self._capabilities.get(value, 0.0) > self._monotonic()

    def _add_to_index(self, value: str) -> None:
        neighbours = {*self._by_prefix.get(value[:_PREFIX_LENGTH], ()), value}
        self._by_prefix[value[:_PREFIX_LENGTH]] = tuple(sorted(neighbours, key=len, reverse=True))

    def _remove_from_index(self, value: str) -> None:
        prefix = value[:_PREFIX_LENGTH]
        neighbours = tuple(each for each in self._by_prefix[prefix] if each != value or each in self._settings)
        if neighbours:
            self._by_prefix[prefix] = neighbours
        else:
            del self._by_prefix[prefix]
