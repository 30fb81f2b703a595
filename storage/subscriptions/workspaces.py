"""Workspaces: Slack teams and Discord guilds, their managers, limits and policy, and their deletion."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Row, and_, delete, select

from bot.ports.workspaces import Workspace
from storage.database import Database
from storage.sql import build_insert
from storage.subscriptions.follows import delete_unfollowed_topics
from storage.tables import (
    changes,
    channels,
    coverage,
    deliveries,
    digests,
    follows,
    mutes,
    postings,
    posts,
    saves,
    seen,
    workspaces,
)

_DEPENDENT_TABLES: Final = (postings, deliveries, digests, coverage, posts, mutes, saves, seen, changes, follows)
"""What points to channels, in the order in which it can be deleted."""


@dataclass(frozen=True, slots=True)
class WorkspaceStore:
    """`bot.ports.workspaces.Workspaces` on the database."""

    database: Database

    async def get(self, platform: str, workspace: str) -> Workspace | None:
        """Return one."""
        mine = and_(workspaces.c.platform == platform, workspaces.c.external_id == workspace)
        async with self.database.begin_read() as connection:
            row = (await connection.execute(select(workspaces).where(mine))).first()
        return _to_workspace(row) if row else None

    async def save(self, workspace: Workspace) -> None:
        """Keep one."""
        values = {
            "name": workspace.name,
            "timezone": workspace.timezone,
            "managers": list(workspace.managers),
            "limits": dict(workspace.limits),
            "organization": workspace.organization,
            "policy": workspace.policy,
            "left": workspace.left_at,
            "blocked": list(workspace.blocked),
        }
        async with self.database.begin_write() as connection:
            statement = build_insert(connection, workspaces).values(
                platform=workspace.platform, external_id=workspace.id, **values
            )
            identity = ["platform", "external_id"]
            await connection.execute(statement.on_conflict_do_update(index_elements=identity, set_=values))

    async def list_left_before(self, before: datetime) -> Sequence[Workspace]:
        """Return those that took the bot away before then."""
        query = select(workspaces).where(workspaces.c.left < before).order_by(workspaces.c.id)
        async with self.database.begin_read() as connection:
            return [_to_workspace(row) for row in await connection.execute(query)]

    async def list_for_platform(self, platform: str) -> Sequence[Workspace]:
        """Return all of a platform that have not taken the bot away, by id."""
        here = and_(workspaces.c.platform == platform, workspaces.c.left.is_(None))
        async with self.database.begin_read() as connection:
            rows = await connection.execute(select(workspaces).where(here).order_by(workspaces.c.external_id))
            return [_to_workspace(row) for row in rows]

    async def list_for_organization(self, platform: str, organization: str) -> Sequence[Workspace]:
        """Return the workspaces that use an organization's installation, by id."""
        mine = and_(workspaces.c.platform == platform, workspaces.c.organization == organization)
        query = select(workspaces).where(mine).order_by(workspaces.c.external_id)
        async with self.database.begin_read() as connection:
            return [_to_workspace(row) for row in await connection.execute(query)]

    async def delete(self, platform: str, workspace: str) -> int:
        """Delete a workspace with its channels and all that hangs on them."""
        channel_condition = and_(channels.c.platform == platform, channels.c.workspace == workspace)
        workspace_condition = and_(workspaces.c.platform == platform, workspaces.c.external_id == workspace)
        keys = select(channels.c.id).where(channel_condition)
        async with self.database.begin_write() as connection:
            followed = list(await connection.scalars(select(follows.c.topic_id).where(follows.c.channel_id.in_(keys))))
            for table in _DEPENDENT_TABLES:
                await connection.execute(delete(table).where(table.c.channel_id.in_(keys)))
            await delete_unfollowed_topics(connection, followed)
            delete_result = await connection.execute(delete(channels).where(channel_condition))
            await connection.execute(delete(workspaces).where(workspace_condition))
            return delete_result.rowcount


def _to_workspace(row: Row[Any]) -> Workspace:
    return Workspace(
        row.platform,
        row.external_id,
        row.name,
        row.timezone,
        tuple(row.managers),
        row.limits,
        row.organization,
        row.policy,
        row.left,
        tuple(row.blocked),
    )
