"""The workspaces known."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from bot.ports.places import Workspace
from storage.database import Database
from storage.keys import insert
from storage.tables import workspaces


@dataclass(frozen=True, slots=True)
class WorkspaceStore:
    """`bot.ports.places.Workspaces` on the database."""

    database: Database

    async def get(self, platform: str, workspace: str) -> Workspace | None:
        """Return one."""
        mine = (workspaces.c.platform == platform) & (workspaces.c.external_id == workspace)
        async with self.database.read() as connection:
            row = (await connection.execute(select(workspaces).where(mine))).first()
        if row is None:
            return None
        return Workspace(platform, workspace, row.name, row.timezone, tuple(row.managers), row.limits)

    async def put(self, workspace: Workspace) -> None:
        """Keep one."""
        values = {
            "name": workspace.name,
            "timezone": workspace.timezone,
            "managers": list(workspace.managers),
            "limits": dict(workspace.limits),
        }
        async with self.database.write() as connection:
            statement = insert(connection, workspaces).values(
                platform=workspace.platform, external_id=workspace.id, **values
            )
            identity = ["platform", "external_id"]
            await connection.execute(statement.on_conflict_do_update(index_elements=identity, set_=values))
