"""What Slack says of people: their zone, their name, whether they run the workspace, which groups they are in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from adapters.slack.clients import Clients
from adapters.slack.memory import Memory
from bot.errors import SendError

_STEADY: Final = 300.0
"""Seconds that what is said of a person or a group is believed."""


class People:
    """The people of the workspaces; every method raises `bot.errors.SendError` kinds unless it says else."""

    def __init__(self, clients: Clients, clock: Callable[[], float]) -> None:
        self._clients = clients
        self._memory = Memory(clock)

    async def zone(self, workspace: str, person: str) -> str:
        """Return the IANA zone of a person's profile, or "" where Slack does not tell; never raises."""
        return await self._told(workspace, person, "tz")

    async def called(self, workspace: str, person: str) -> str:
        """Return a person's name, or "" where Slack does not tell; never raises."""
        return await self._told(workspace, person, "name")

    async def admin(self, workspace: str, person: str) -> bool:
        """Tell whether a person administers or owns the workspace, or the organization that it belongs to.

        In a channel of several workspaces everybody can be asked about, and is told of with the roles that they have
        at home: https://docs.slack.dev/apis/slack-connect. So those count where the person's home is this workspace;
        whoever is at home elsewhere in its organization decides here with a role of the organization.
        """
        said = await self._person(workspace, person)
        wider = said.get("enterprise_user") or {}
        roles = said if said.get("team_id") == workspace else wider if workspace in wider.get("teams", ()) else {}
        return not said.get("deleted") and any(roles.get(role) is True for role in ("is_admin", "is_owner"))

    async def group(self, workspace: str, group: str) -> frozenset[str]:
        """Return the members of a user group (its id, S…)."""

        async def ask() -> frozenset[str]:
            call = self._clients.call(workspace, "usergroups.users.list", usergroup=group, team_id=workspace)
            return frozenset((await call)["users"])

        members: frozenset[str] = await self._memory.recall(("group", workspace, group), _STEADY, ask)
        return members

    async def groups(self, workspace: str) -> Mapping[str, str]:
        """Return the ids of the workspace's user groups, by handle ("leads")."""
        said = await self._clients.call(workspace, "usergroups.list", team_id=workspace)
        return {str(group["handle"]): str(group["id"]) for group in said["usergroups"]}

    async def _told(self, workspace: str, person: str, what: str) -> str:
        try:
            return str((await self._person(workspace, person)).get(what) or "")
        except SendError:
            return ""

    async def _person(self, workspace: str, person: str) -> Mapping[str, Any]:
        async def ask() -> Mapping[str, Any]:
            return (await self._clients.call(workspace, "users.info", user=person)).get("user") or {}

        said: Mapping[str, Any] = await self._memory.recall(("person", workspace, person), _STEADY, ask)
        return said
