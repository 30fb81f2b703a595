"""private_metadata of a form's modal: the channel, command and arguments that Slack returns with the view."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from bot.domain.channels import Channel, ChannelKind
from bot.errors import Malformed, Unsendable

_MAX_METADATA: Final = 3000


@dataclass(frozen=True, slots=True)
class PrivateMetadata:
    """Where a form belongs: the channel that it is about, the command and arguments that its answers join.

    ``from_home`` tells that it was opened there, ``shows_advanced`` what the modal shows.
    """

    channel: Channel
    command: str = ""
    arguments: Mapping[str, str] = field(default_factory=dict)
    shows_advanced: bool = False
    from_home: bool = False

    def pack(self) -> str:
        """Return it as a view's ``private_metadata``. Raises `bot.errors.Unsendable` when it is too long."""
        channel = self.channel
        data = {
            "c": [channel.platform, channel.workspace, channel.id, channel.kind.value, channel.name],
            "n": self.command,
            "a": dict(self.arguments),
            "x": int(self.shows_advanced),
            "h": int(self.from_home),
        }
        metadata = json.dumps(data, separators=(",", ":"), sort_keys=True)
        if len(metadata) > _MAX_METADATA:
            raise Unsendable(f"A form can’t carry {len(metadata):,} characters.")
        return metadata


def unpack_metadata(metadata: str) -> PrivateMetadata:
    """Return what `PrivateMetadata.pack` wrote. Raises `bot.errors.Malformed`."""
    try:
        data = json.loads(metadata)
        platform, workspace, id_, kind, name = data["c"]
        channel = Channel(platform, workspace, id_, ChannelKind(kind), name)
        return PrivateMetadata(channel, data["n"], data["a"], bool(data["x"]), bool(data.get("h")))
    except (ValueError, KeyError, TypeError) as error:
        raise Malformed(f"This is not a form of ours: {error}.") from error
