"""Slack users and user groups (users.info, usergroups.list): time zone, name, admin role, group members."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from adapters.slack.clients import SlackClient
from adapters.slack.memory import TtlCache
from bot.errors import SendError

_USERS_TTL_SECONDS: Final = 300.0
"""Seconds that what is said of a person or a group is believed."""


class UserDirectory:
    """The people of the workspaces; every method raises `bot.errors.SendError` kinds unless it says else."""

    def __init__(self, client: SlackClient, clock: Callable[[], float]) -> None:
        self._client = client
        self._cache = TtlCache(clock)

    async def get_timezone(self, workspace: str, person: str) -> str:
        """Return the IANA zone of a person's profile, or "" where Slack does not tell; never raises."""
        return await self._get_profile_field(workspace, person, "tz")

    async def get_name(self, workspace: str, person: str) -> str:
        """Return a person's name, or "" where Slack does not tell; never raises."""
        return await self._get_profile_field(workspace, person, "name")

    async def is_admin(self, workspace: str, person: str) -> bool:
        """Tell whether a person administers or owns the workspace, or the organization that it belongs to.

        In a channel of several workspaces everybody can be asked about, and is told of with the roles that they have
        at home: https://docs.slack.dev/apis/slack-connect. So those count where the person's home is this workspace;
        whoever is at home elsewhere in its organization decides here with a role of the organization.
        """
        user = await self._get_user(workspace, person)
        enterprise_user = user.get("enterprise_user") or {}
        roles = (
            user
            if user.get("team_id") == workspace
            else enterprise_user
            if workspace in enterprise_user.get("teams", ())
            else {}
        )
        return not user.get("deleted") and any(roles.get(role) is True for role in ("is_admin", "is_owner"))

    async def list_user_group_members(self, workspace: str, group: str) -> frozenset[str]:
        """Return the members of a user group (its id, S…)."""

        async def fetch_members() -> frozenset[str]:
            call = self._client.call(workspace, "usergroups.users.list", usergroup=group, team_id=workspace)
            return frozenset((await call)["users"])

        members: frozenset[str] = await self._cache.get_or_fetch(
            ("group", workspace, group), _USERS_TTL_SECONDS, fetch_members
        )
        return members

    async def list_user_groups(self, workspace: str) -> Mapping[str, str]:
        """Return the ids of the workspace's user groups, by handle ("leads")."""
        response = await self._client.call(workspace, "usergroups.list", team_id=workspace)
        return {str(group["handle"]): str(group["id"]) for group in response["usergroups"]}

    async def _get_profile_field(self, workspace: str, person: str, field: str) -> str:
        try:
            return str((await self._get_user(workspace, person)).get(field) or "")
        except SendError:
            return ""

    async def _get_user(self, workspace: str, person: str) -> Mapping[str, Any]:
        async def fetch_user() -> Mapping[str, Any]:
            return (await self._client.call(workspace, "users.info", user=person)).get("user") or {}

        user: Mapping[str, Any] = await self._cache.get_or_fetch(
            ("person", workspace, person), _USERS_TTL_SECONDS, fetch_user
        )
        return user
