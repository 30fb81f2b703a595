"""Admin notices: direct messages to those who can repair a workspace; to the first who can be reached, and once.

Where none can, it waits for the next private answer to somebody who decides there: `bot.delivery.pending_notices`.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from bot.cards.models import Card
from bot.delivery import pending_notices
from bot.domain.channels import Channel, ChannelKind
from bot.domain.deliveries import DeliveryKey
from bot.i18n.translation import ENGLISH, use_language
from bot.ports.chat import Delivery
from bot.ports.deliveries import Draft
from bot.ports.stores import Stores
from bot.ports.workspaces import Directory, Workspace
from bot.reasons.reason import Reason, format_reason, to_reason

NOTICE_KIND: Final = "notice"

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class AdminNotices:
    """Messages to those who manage a workspace.

    ``directories`` are directories by platform, which tell where they hear.
    """

    stores: Stores
    directories: Mapping[str, Directory] = field(default_factory=dict)

    async def notify_stopped(self, channel: Channel, reason: Reason, now: datetime) -> None:
        """Say that a channel gets nothing any more; one that falls silent a second time is told of a second time."""
        if channel.kind is ChannelKind.DIRECT:
            return
        channel_state = await self.stores.channels.get(channel)
        with use_language(channel_state.preferences.language if channel_state else ENGLISH):
            notice = Reason("notice.stopped", channel=format_channel_name(channel), reason=reason)
            await self.notify(channel, f"{now:%Y-%m-%dT%H:%M:%S}", notice, now)

    async def notify(self, about: Channel, subject: str, notice: Reason, now: datetime) -> None:
        """Tell something of a channel, once for a *subject*, in the language that is spoken."""
        text = format_reason(notice)
        card = Card(text=text, fallback=text, notice=notice)
        await self._send(about.platform, about.workspace, f"{about.key} {subject}", card, now)

    async def forward(self, notice: Delivery, now: datetime) -> None:
        """Send a notice on whose addressee can't be reached any more."""
        key = notice.key
        # What it is about begins with the key of a channel; a direct one may belong to no workspace.
        platform, workspace, _ = key.subject.split(":", 2)
        await self._send(platform, workspace, key.subject, notice.card, now)

    async def _send(self, platform: str, workspace: str, subject: str, card: Card, now: datetime) -> None:
        known = await self.stores.workspaces.get(platform, workspace)
        for channel in self._list_recipients(known) if known else ():
            channel_state = await self.stores.channels.get(channel)
            if channel_state is None or not channel_state.retired_reason:
                await self.stores.ledger.add([Draft(DeliveryKey(channel, NOTICE_KIND, subject), card)], now)
                return
        notice = card.notice or to_reason(card.text)
        await pending_notices.save_pending(self.stores.key_values, subject.partition(" ")[0], notice)
        log.warning("Nobody of %s %s can be told: %s", platform, workspace, subject)

    def _list_recipients(self, workspace: Workspace) -> Sequence[Channel]:
        directory = self.directories.get(workspace.platform)
        return directory.list_contact_channels(workspace) if directory else workspace.manager_direct_channels


def format_channel_name(channel: Channel) -> str:
    """Name a channel for somebody who is elsewhere: "#papers"; by its id where the platform tells no name."""
    return f"#{channel.name.removeprefix('#')}" if channel.name else channel.id
