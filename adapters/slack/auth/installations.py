"""Slack’s InstallationStore in the vault: bot tokens of each workspace or Enterprise organization."""

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

from adapters.slack.auth.installation_record import decode_bot, encode_bot, to_workspace
from adapters.slack.auth.token_rotation import TokenRotation
from bot.errors import BroadsheetError, Gone
from bot.ports.platform_events import WorkspaceEvents
from bot.ports.secrets import Vault
from bot.ports.workspaces import Workspace, Workspaces
from bot.reasons.reason import Reason

VAULT_PREFIX: Final = "slack/"

log = logging.getLogger(__name__)


class VaultInstallationStore(AsyncInstallationStore):
    """Installations as JSON in the vault: a workspace's under its id, an organization's under the organization's.

    Who installed it stands among the workspace's managers only, where they can be forgotten; an organization's in a
    workspace of its id.

    Implements slack_sdk's store for the OAuth flow and `adapters.slack.api.client.TokenProvider` for everything else.
    ``rotator`` is slack_sdk's, or None where tokens do not expire. Methods raise `bot.errors.StoreError` kinds too.
    """

    def __init__(
        self,
        vault: Vault,
        workspaces: Workspaces,
        workspace_events: WorkspaceEvents,
        clock: Callable[[], datetime],
        rotator: AsyncTokenRotator | None = None,
    ) -> None:
        self.vault = vault
        self._workspaces = workspaces
        self._workspace_events = workspace_events
        self._clock = clock
        self._token_rotation = TokenRotation(vault, clock, rotator)

    async def get_token(self, workspace: str, *, rejected_token: str = "") -> str:
        """Return the bot's token for a workspace, renewed where it ends soon or was *rejected_token*.

        Raises `bot.errors.Gone` for the installation when there is none, `bot.errors.TryLater` when it must wait.
        """
        bot = await self._find_serving_bot(workspace)
        if bot is None:
            raise Gone(Reason("installation.missing"), installation=True)
        if bot.bot_refresh_token and (bot.bot_token == rejected_token or self._token_rotation.is_due(bot)):
            bot = await self._token_rotation.rotate_token(_build_vault_name(bot), bot.bot_token)
        if bot.bot_token == rejected_token:
            raise Gone(Reason("installation.token_invalid"), installation=True)
        return bot.bot_token

    async def find_bot(self, workspace: str, organization: str = "") -> Bot | None:
        """Return the installation of a workspace, else that of its organization."""
        for owner_id in filter(None, (workspace, organization)):
            record = await self.vault.get(f"{VAULT_PREFIX}{owner_id}")
            if record:
                return decode_bot(record)
        return None

    async def authorize(self, workspace: str, organization: str) -> AuthorizeResult | None:
        """Return who the bot is in a workspace, for slack_bolt; None where it is not installed.

        Slack is not asked for anything: people wait for the acknowledgement.
        """
        bot = await self.find_bot(workspace, organization)
        if bot is None:
            # Slack still tells of places for a while after the end.
            log.debug("Something came from %s, where the app is not installed", workspace or organization)
            return None
        if bot.is_enterprise_install and workspace:
            await self.ensure_workspace(workspace, organization, self._clock())
        return AuthorizeResult(
            enterprise_id=organization or bot.enterprise_id,
            team_id=workspace or bot.team_id,
            bot_user_id=bot.bot_user_id,
            bot_id=bot.bot_id,
            bot_token=bot.bot_token,
            bot_scopes=list(bot.bot_scopes),
        )

    async def ensure_workspace(self, workspace: str, organization: str, now: datetime) -> None:
        """Note a workspace that uses its organization's installation, when it is met for the first time or again."""
        workspace_record = await self._workspaces.get("slack", workspace)
        if workspace_record and workspace_record.organization == organization and workspace_record.left_at is None:
            return
        await self._workspace_events.on_workspace_installed(
            Workspace("slack", workspace, organization=organization), now
        )

    async def delete_tokens(self, workspace: str, organization: str, ended_at: datetime) -> Sequence[str]:
        """Delete the tokens of a workspace, or of an organization where no workspace is named.

        Returns the workspaces that are left without any. What happened (*ended_at*) before the bot was installed again
        counts no more: Slack tells late, and more than once.
        """
        name = f"{VAULT_PREFIX}{workspace or organization}"
        record = await self.vault.get(name)
        if record and int(decode_bot(record).installed_at) > ended_at.timestamp():  # Slack counts whole seconds
            return ()
        await self.vault.pop(name)
        organization_workspaces = (
            await self._workspaces.list_for_organization("slack", organization) if not workspace else ()
        )
        served_ids = [workspace] if workspace else [workspace_id.id for workspace_id in organization_workspaces]
        return [workspace_id for workspace_id in served_ids if await self._find_serving_bot(workspace_id) is None]

    async def close(self) -> None:
        """Wait for what Slack was asked for already."""
        await self._token_rotation.close()

    async def async_save(self, installation: Installation) -> None:
        """Keep an installation; for the OAuth flow a failure is a `BoltError`, and nothing is kept that was not."""
        owner = installation.enterprise_id if installation.is_enterprise_install else installation.team_id
        name = f"{VAULT_PREFIX}{owner}"
        is_known = True
        try:
            is_known = name in await self.vault.list_names(name)
            await self.vault.put(name, encode_bot(installation.to_bot()), self._clock())
            await self._announce_installation(installation)
        except BroadsheetError as error:
            if not is_known:
                with suppress(BroadsheetError):
                    await self.vault.pop(name)
            raise BoltError(str(error)) from error

    async def _announce_installation(self, installation: Installation) -> None:
        """Tell that a workspace is here, or that those of an organization are back."""
        now = self._clock()
        await self._workspace_events.on_workspace_installed(to_workspace(installation), now)
        if installation.is_enterprise_install:
            for workspace in await self._workspaces.list_for_organization("slack", installation.enterprise_id or ""):
                if workspace.left_at:
                    await self._workspace_events.on_workspace_installed(workspace, now)

    async def _find_serving_bot(self, workspace: str) -> Bot | None:
        record = await self._workspaces.get("slack", workspace)
        return await self.find_bot(workspace, record.organization if record else "")


def _build_vault_name(bot: Bot) -> str:
    return f"{VAULT_PREFIX}{bot.enterprise_id if bot.is_enterprise_install else bot.team_id}"
