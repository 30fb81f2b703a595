"""Where a window belongs, carried in it: Slack gives it back with everything that is done there."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from bot.errors import Malformed, Unsendable
from bot.models import Channel, Kind

_METADATA: Final = 3000


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a form belongs: the channel that it is about, the command and arguments that its answers join.

    ``home`` tells that it was opened there, ``advanced`` what the window shows.
    """

    channel: Channel
    command: str = ""
    arguments: Mapping[str, str] = field(default_factory=dict)
    advanced: bool = False
    home: bool = False

    def pack(self) -> str:
        """Return it as a window's ``private_metadata``. Raises `bot.errors.Unsendable` when it is too long."""
        channel = self.channel
        data = {
            "c": [channel.platform, channel.workspace, channel.id, channel.kind.value, channel.name],
            "n": self.command,
            "a": dict(self.arguments),
            "x": int(self.advanced),
            "h": int(self.home),
        }
        written = json.dumps(data, separators=(",", ":"), sort_keys=True)
        if len(written) > _METADATA:
            raise Unsendable(f"A form can’t carry {len(written):,} characters.")
        return written


def unpack(metadata: str) -> Origin:
    """Return what `Origin.pack` wrote. Raises `bot.errors.Malformed`."""
    try:
        data = json.loads(metadata)
        platform, workspace, id_, kind, name = data["c"]
        channel = Channel(platform, workspace, id_, Kind(kind), name)
        return Origin(channel, data["n"], data["a"], bool(data["x"]), bool(data.get("h")))
    except (ValueError, KeyError, TypeError) as error:
        raise Malformed(f"This is not a form of ours: {error}.") from error
