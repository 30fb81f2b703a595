"""Discord features: what Discord has that other chats lack.

Who may use which commands a server says in its own settings, under “Integrations”.
"""

from __future__ import annotations

from typing import Final

from bot.ports.features import Feature

FEATURES: Final = frozenset({Feature.FORUMS, Feature.REACTIONS, Feature.ROLES})
