"""Where the bot is installed: Slack's installations in our vault, each workspace's own or its organization's."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Final

from slack_bolt.authorization import AuthorizeResult
from slack_bolt.error import BoltError
from slack_sdk.oauth.installation_store import Bot, Installation
from slack_sdk.oauth.installation_store.async_installation_store import AsyncInstallationStore
from slack_sdk.oauth.token_rotation.async_rotator import AsyncTokenRotator

from adapters.slack.records import bot_of, plain, workspace_of
from adapters.slack.renewal import Renewal
from bot.errors import BroadsheetError, Gone
from bot.ports.places import Workspace, Workspaces
from bot.ports.presence import Presence
from bot.ports.secrets import Vault

PREFIX: Final = "slack/"

log = logging.getLogger(__name__)


class Installations(AsyncInstallationStore):
    """Installations as JSON in the vault: a workspace's under its id, an organization's under the organization's.

    Who installed it stands among the workspace's managers only, where they can be forgotten; an organization's in a
    workspace of its id.

    Implements slack_sdk's store for the OAuth flow and `adapters.slack.clients.Tokens` for everything else.
    ``rotator`` is slack_sdk's, or None where tokens do not expire. Methods raise `bot.errors.StoreError` kinds too.
    """

    def __init__(
        self,
        vault: Vault,
        workspaces: Workspaces,
        presence: Presence,
        clock: Callable[[], datetime],
        rotator: AsyncTokenRotator | None = None,
    ) -> None:
        self.vault = vault
        self._workspaces = workspaces
        self._presence = presence
        self._clock = clock
        self._renewal = Renewal(vault, clock, rotator)

    async def token(self, workspace: str, *, refused: str = "") -> str:
        """Return the bot's token for a workspace, renewed where it ends soon or was *refused*.

        Raises `bot.errors.Gone` for the installation when there is none, `bot.errors.TryLater` when it must wait.
        """
        bot = await self._serving(workspace)
        if bot is None:
            raise Gone("the app is not installed there; install it to go on", installation=True)
        if bot.bot_refresh_token and (bot.bot_token == refused or self._renewal.due(bot)):
            bot = await self._renewal.renewed(_owner(bot), bot.bot_token)
        if bot.bot_token == refused:
            raise Gone("Slack does not accept the bot’s token; install the app again", installation=True)
        return bot.bot_token

    async def find(self, workspace: str, organization: str = "") -> Bot | None:
        """Return the installation of a workspace, else that of its organization."""
        for owner in filter(None, (workspace, organization)):
            kept = await self.vault.get(f"{PREFIX}{owner}")
            if kept:
                return bot_of(kept)
        return None

    async def identity(self, workspace: str, organization: str) -> AuthorizeResult | None:
        """Return who the bot is in a workspace, for slack_bolt; None where it is not installed.

        Slack is not asked for anything: people wait for the acknowledgement.
        """
        bot = await self.find(workspace, organization)
        if bot is None:
            # Slack still tells of places for a while after the end.
            log.debug("Something came from %s, where the app is not installed", workspace or organization)
            return None
        if bot.is_enterprise_install and workspace:
            await self.met(workspace, organization, self._clock())
        return AuthorizeResult(
            enterprise_id=organization or bot.enterprise_id,
            team_id=workspace or bot.team_id,
            bot_user_id=bot.bot_user_id,
            bot_id=bot.bot_id,
            bot_token=bot.bot_token,
            bot_scopes=list(bot.bot_scopes),
        )

    async def met(self, workspace: str, organization: str, now: datetime) -> None:
        """Note a workspace that uses its organization's installation, when it is met for the first time or again."""
        known = await self._workspaces.get("slack", workspace)
        if known and known.organization == organization and known.left is None:
            return
        await self._presence.installed(Workspace("slack", workspace, organization=organization), now)

    async def forget(self, workspace: str, organization: str, at: datetime) -> Sequence[str]:
        """Delete the tokens of a workspace, or of an organization where no workspace is named.

        Returns the workspaces that are left without any. What happened (*at*) before the bot was installed again
        counts no more: Slack tells late, and more than once.
        """
        name = f"{PREFIX}{workspace or organization}"
        kept = await self.vault.get(name)
        if kept and int(bot_of(kept).installed_at) > at.timestamp():  # Slack counts whole seconds
            return ()
        await self.vault.take(name)
        under = await self._workspaces.under("slack", organization) if not workspace else ()
        served = [workspace] if workspace else [each.id for each in under]
        return [each for each in served if await self._serving(each) is None]

    async def close(self) -> None:
        """Wait for what Slack was asked for already."""
        await self._renewal.close()

    async def async_save(self, installation: Installation) -> None:
        """Keep an installation; for the OAuth flow a failure is a `BoltError`, and nothing is kept that was not."""
        owner = installation.enterprise_id if installation.is_enterprise_install else installation.team_id
        name = f"{PREFIX}{owner}"
        known = True
        try:
            known = name in await self.vault.names(name)
            await self.vault.put(name, plain(installation.to_bot()), self._clock())
            await self._announce(installation)
        except BroadsheetError as error:
            if not known:
                with suppress(BroadsheetError):
                    await self.vault.take(name)
            raise BoltError(str(error)) from error

    async def _announce(self, installation: Installation) -> None:
        """Tell that a workspace is here, or that those of an organization are back."""
        now = self._clock()
        await self._presence.installed(workspace_of(installation), now)
        if installation.is_enterprise_install:
            for known in await self._workspaces.under("slack", installation.enterprise_id or ""):
                if known.left:
                    await self._presence.installed(known, now)

    async def _serving(self, workspace: str) -> Bot | None:
        known = await self._workspaces.get("slack", workspace)
        return await self.find(workspace, known.organization if known else "")


def _owner(bot: Bot) -> str:
    return f"{PREFIX}{bot.enterprise_id if bot.is_enterprise_install else bot.team_id}"
