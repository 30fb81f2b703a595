"""Retirement of channels and workspaces that refuse messages for good; one person who can repair it is told."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from bot.delivery import admin_notices
from bot.delivery.admin_notices import AdminNotices
from bot.domain.channels import Channel
from bot.errors import Gone
from bot.ports.chat import Delivery
from bot.ports.stores import Stores
from bot.ports.workspaces import Directory
from bot.reasons.installations import WORKSPACE_UNAVAILABLE
from bot.reasons.reason import Reason

_READER_KINDS: Final = frozenset({"share", "discuss", "lift"})
"""Kinds of messages that readers ask for, in channels that others manage."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ChannelRetirement:
    """Stops posting to channels. ``directories`` are directories by platform."""

    stores: Stores
    directories: Mapping[str, Directory]

    async def retire(self, delivery: Delivery, error: Gone, now: datetime) -> None:
        """Stop posting to a channel, or to its whole workspace, with the reason; tell one person who can repair it.

        What any reader may ask for stops nothing: it may need more than the channel's digest does.
        """
        channel = delivery.key.channel
        if error.installation:
            return await self._retire_workspace(channel, Reason(WORKSPACE_UNAVAILABLE, why=error.reason))
        if delivery.key.kind in _READER_KINDS:
            return log.warning("What a reader asked for was refused in %s: %s", channel.key, error.reason)
        stopped = await self.stores.channels.retire(channel, error.reason)
        notifier = AdminNotices(self.stores, self.directories)
        if stopped:
            log.warning("Nothing is posted to %s any more: %s", channel.key, error.reason)
        if delivery.key.kind == admin_notices.NOTICE_KIND:
            return await notifier.forward(delivery, now)
        return await notifier.notify_stopped(channel, error.reason, now) if stopped else None

    async def _retire_workspace(self, channel: Channel, reason: Reason) -> None:
        """Retire every channel of a workspace at once: each would be refused like the first. Nobody can be told."""
        there = await self.stores.channels.list_for_workspace(channel.platform, channel.workspace)
        stopped = [await self.stores.channels.retire(channel_state.channel, reason) for channel_state in there]
        if any(stopped):
            log.warning("Nothing is posted to %s %s any more: %s", channel.platform, channel.workspace, reason)
