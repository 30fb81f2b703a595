"""Platform events besides commands: installs, channels joined or lost, reactions, processed event ids."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from bot.domain.channels import Channel
from bot.domain.people import Person
from bot.i18n.translation import ENGLISH
from bot.ports.workspaces import Workspace
from bot.reasons.reason import Reason


class ReactionEvents(Protocol):
    """Papers that readers react to. All raise `bot.errors.StoreError` when the database can't answer."""

    async def get_promotion_threshold(self, channel: Channel) -> int:
        """Return how many people must react to a paper of the channel's digests; 0 where that lifts nothing."""
        ...

    async def promote_paper(
        self, channel: Channel, message: str, number: int, reader_count: int, now: datetime
    ) -> bool:
        """Lift the paper with *number* in a digest when so many *reader_count* react to it now; return whether it was.

        A paper is lifted once; one that the channel's managers have muted is not.
        """
        ...

    async def list_watched_digests(self, platform: str, now: datetime) -> Sequence[tuple[Channel, str]]:
        """Return the channels whose readers may lift papers, each with the message of every digest of late."""
        ...


class ProcessedEvents(Protocol):
    """Events that came in lately, so that a repeated one has no second effect."""

    async def add_if_new(self, event_id: str, now: datetime) -> bool:
        """Return True for the first sight of an event id, False for a repetition."""
        ...

    async def delete_older(self, before: datetime) -> int:
        """Forget older ones; return how many."""
        ...


class WorkspaceEvents(Protocol):
    """Where the bot is, and is no longer. Every method may be told twice; the second time changes nothing.

    Times are aware UTC. All raise `bot.errors.StoreError` when the database can't answer.
    """

    async def on_workspace_installed(
        self, workspace: Workspace, now: datetime, *, is_owner_known: bool = False
    ) -> None:
        """Keep a workspace that installed the bot; one that came back gets its channels back too.

        Managers, policy and limits that are stored already stay; new managers are added. Where the platform says who
        owns it (*is_owner_known*), the managers told are all there are: who has handed it over manages it no more.
        """
        ...

    async def on_workspace_uninstalled(self, platform: str, workspace: str, reason: Reason, now: datetime) -> None:
        """Stop posting to a whole workspace, with the reason; what it holds is deleted after 30 days."""
        ...

    async def on_channel_joined(self, channel: Channel, by: Person, now: datetime, language: str = ENGLISH) -> None:
        """Greet a channel once, in its *language*, or go on where posting had stopped."""
        ...

    async def on_channel_lost(self, channel: Channel, reason: Reason, now: datetime) -> None:
        """Stop posting to a channel, with the reason; tell one person who can repair it, if anything was posted."""
        ...

    async def on_channel_recovered(self, channel: Channel, now: datetime) -> None:
        """Go on posting to a channel that had gone."""
        ...

    async def on_channel_renamed(self, channel: Channel, now: datetime) -> None:
        """Keep a channel's new name."""
        ...

    async def on_role_deleted(self, platform: str, workspace: str, role: str, now: datetime) -> None:
        """Mention a role no more that was deleted, and tell one person who can choose another."""
        ...

    async def on_channel_moved(self, old: Channel, new: Channel, now: datetime) -> None:
        """Keep a channel's new identity, with all that belongs to it."""
        ...
