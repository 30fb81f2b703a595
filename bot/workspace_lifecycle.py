"""Workspace lifecycle: app installed or uninstalled, channel joined, archived, renamed; subscriptions follow."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from bot.cards.models import Action, Card
from bot.delivery import pending_notices
from bot.delivery.admin_notices import AdminNotices, format_channel_name
from bot.domain.channels import Channel
from bot.domain.deliveries import DeliveryKey
from bot.domain.people import Person
from bot.i18n.formatting import join_sentences
from bot.i18n.translation import ENGLISH, gettext, use_language
from bot.ports.channels import ChannelState
from bot.ports.deliveries import Draft
from bot.ports.stores import Stores
from bot.ports.workspaces import Directory, Workspace
from bot.reasons.installations import WORKSPACE_UNAVAILABLE
from bot.reasons.reason import Reason

RETENTION: Final = timedelta(days=30)
"""How long the settings and follows of a workspace wait for it to come back."""


@dataclass(frozen=True, slots=True)
class WorkspaceLifecycle:
    """What the platforms tell, written down. Implements `bot.ports.platform_events.WorkspaceEvents`.

    ``directories`` are directories by platform, which tell where those hear who can repair something.
    """

    stores: Stores
    directories: Mapping[str, Directory] = field(default_factory=dict)

    async def on_workspace_installed(
        self, workspace: Workspace, now: datetime, *, is_owner_known: bool = False
    ) -> None:
        """Keep a workspace; channels that fell silent because it was away get their digests back.

        Whoever manages its organization, kept as a workspace of that id, manages it too.
        """
        above = await self.stores.workspaces.get(workspace.platform, workspace.organization)
        if above and above.id != workspace.id:
            workspace = replace(workspace, managers=_merge_unique(workspace.managers, above.managers))
        stored_workspace = await self.stores.workspaces.get(workspace.platform, workspace.id)
        merged_workspace = (
            _merge_workspace(stored_workspace, workspace, is_owner_known=is_owner_known)
            if stored_workspace
            else workspace
        )
        if merged_workspace != stored_workspace:
            await self.stores.workspaces.save(merged_workspace)
        for channel_state in await self.stores.channels.list_for_workspace(workspace.platform, workspace.id):
            if channel_state.retired_code == WORKSPACE_UNAVAILABLE:
                await self._restore_channel(channel_state, now)

    async def on_workspace_uninstalled(self, platform: str, workspace: str, reason: Reason, now: datetime) -> None:
        """Stop posting to a whole workspace; the date from which its data waits is the first one told."""
        known = await self.stores.workspaces.get(platform, workspace) or Workspace(platform, workspace)
        await self.stores.workspaces.save(replace(known, left_at=known.left_at or now))
        unavailable = Reason(WORKSPACE_UNAVAILABLE, why=reason)
        for channel_state in await self.stores.channels.list_for_workspace(platform, workspace):
            await self.stores.channels.retire(channel_state.channel, unavailable)

    async def on_channel_joined(self, channel: Channel, by: Person, now: datetime, language: str = ENGLISH) -> None:
        """Greet a channel once; a channel that had gone is back."""
        await self.stores.channels.get_or_create(channel, now)
        await self.on_channel_recovered(channel, now)
        with use_language(language):
            hello = build_greeting(by)
        await self.stores.ledger.add([Draft(DeliveryKey(channel, "greeting", "hello"), hello)], now)

    async def on_channel_lost(self, channel: Channel, reason: Reason, now: datetime) -> None:
        """Stop posting to a channel, and say so where something was to be posted."""
        channel_state = await self.stores.channels.get(channel)
        stopped = await self.stores.channels.retire(channel, reason)
        if stopped and channel_state and await self._has_subscriptions(channel_state):
            await AdminNotices(self.stores, self.directories).notify_stopped(channel_state.channel, reason, now)

    async def on_channel_recovered(self, channel: Channel, now: datetime) -> None:
        """Go on posting to a channel; its next digest covers what it missed, as after any pause."""
        channel_state = await self.stores.channels.get(channel)
        if channel_state and channel_state.retired_reason:
            await self._restore_channel(channel_state, now)

    async def on_channel_renamed(self, channel: Channel, now: datetime) -> None:
        """Keep the new name of a channel that is known."""
        if await self.stores.channels.get(channel):
            await self.stores.channels.get_or_create(channel, now)

    async def on_channel_moved(self, old: Channel, new: Channel, now: datetime) -> None:  # noqa: ARG002 - the port's shape
        """Keep a channel's new identity."""
        await self.stores.channels.move_identity(old, new)

    async def on_role_deleted(self, platform: str, workspace: str, role: str, now: datetime) -> None:
        """Mention a role that is gone no more, and tell one person who can choose another."""
        for channel_state in await self.stores.channels.list_for_workspace(platform, workspace):
            if channel_state.preferences.mention != role:
                continue
            preferences = replace(channel_state.preferences, mention="")
            await self.stores.channels.save_preferences(
                channel_state.channel, preferences, channel_state.next_run, channel_state.due
            )
            with use_language(preferences.language):
                notice = Reason("notice.role_deleted", channel=format_channel_name(channel_state.channel))
                await AdminNotices(self.stores, self.directories).notify(channel_state.channel, role, notice, now)

    async def _has_subscriptions(self, channel_state: ChannelState) -> bool:
        """Tell whether anything was to be posted to a channel."""
        follows = await self.stores.follows.list_for_channel(channel_state.channel)
        return channel_state.preferences.on or any(follow.alerts for follow in follows)

    async def _restore_channel(self, channel_state: ChannelState, now: datetime) -> None:
        wanted = channel_state.preferences
        following = wanted.schedule.find_next_post(now) if wanted.on else None
        await self.stores.channels.restore(channel_state.channel, following, now)
        await pending_notices.clear_pending(self.stores.key_values, channel_state.channel.key)


async def delete_departed_workspaces(stores: Stores, now: datetime) -> int:
    """Delete what belongs to workspaces that left more than 30 days ago; return how many did."""
    left = await stores.workspaces.list_left_before(now - RETENTION)
    for workspace in left:
        await stores.workspaces.delete(workspace.platform, workspace.id)
        await pending_notices.clear_workspace(stores.key_values, workspace.platform, workspace.id)
    return len(left)


def build_greeting(by: Person) -> Card:
    """Return the one message with which the bot introduces itself, and the two things to try."""
    hello = gettext(
        "Broadsheet posts the day’s most upvoted papers here at your local time, once somebody starts the digest. "
        "Anybody can search papers and follow topics."
    )
    thanks = gettext("Thanks for the invitation, {name}.", name=by.name) if by.name else ""
    actions = (
        Action(gettext("Start the digest"), "digest on", style="main"),
        Action(gettext("Today’s papers"), "today"),
    )
    brief = gettext("Broadsheet is here: start the digest, or look at today’s papers.")
    return Card(text=join_sentences(thanks, hello), actions=actions, fallback=brief)


def _merge_workspace(stored_workspace: Workspace, reported: Workspace, *, is_owner_known: bool) -> Workspace:
    """Return what is known with what was told now; settings that people made here stay.

    Where it is *is_owner_known*, its managers are those that were told, if any were.
    """
    managers = (
        reported.managers
        if is_owner_known and reported.managers
        else _merge_unique(stored_workspace.managers, reported.managers)
    )
    return replace(
        stored_workspace,
        name=reported.name or stored_workspace.name,
        timezone=stored_workspace.timezone if stored_workspace.timezone != "UTC" else reported.timezone,
        managers=managers,
        organization=reported.organization or stored_workspace.organization,
        left_at=None,
    )


def _merge_unique(first: Iterable[str], second: Iterable[str]) -> tuple[str, ...]:
    """Return each once, in order."""
    return tuple(dict.fromkeys((*first, *second)))
