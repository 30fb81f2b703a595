"""Alembic's entry: runs the steps on the connection of `storage.maintenance.upgrade`, or on a URL given to it.

``alembic -x url=sqlite:///scratch.db upgrade head``; Broadsheet itself never goes through the command line.
"""

from alembic import context
from alembic.util import CommandError
from sqlalchemy.engine import Connection

from storage.database import open_migration_engine
from storage.tables import metadata


def run(connection: Connection) -> None:
    """Run what Alembic was asked for, in the connection's transaction."""
    context.configure(
        connection=connection,
        target_metadata=metadata,
        render_as_batch=True,
        compare_server_default=True,
    )
    with context.begin_transaction():
        context.run_migrations()


def main() -> None:
    """Use the given connection, else the database of ``-x url=…``."""
    connection = context.config.attributes.get("connection")
    if connection is not None:
        return run(connection)
    url = context.get_x_argument(as_dictionary=True).get("url")
    if not url:
        raise CommandError("Name a database: alembic -x url=sqlite:///scratch.db …")
    engine = open_migration_engine(url)
    with engine.begin() as opened:
        run(opened)
    return engine.dispose()


main()
