"""The schema: one alembic chain for both databases, run at start. No ini file: an installed package has none."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from sqlalchemy import Connection, inspect, text

from bot.store.engine import Database
from bot.store.errors import DatabaseNewer

HEAD: Final = "0001"
"""The newest revision in ``migrations/versions`` (a test compares), so that an up-to-date start needs no alembic."""
FOLDER: Final = Path(__file__).with_name("migrations")


async def migrate(database: Database) -> None:
    """Brings the schema to ``HEAD`` in one transaction. Raises DatabaseNewer for a revision this program lacks."""
    async with database.transaction(write=True) as tx:
        await tx.run(upgrade)
        await tx.commit()


def upgrade(connection: Connection) -> None:
    """The same on a connection whose transaction is the caller's."""
    found = revision(connection)
    if found == HEAD:
        return
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.attributes["connection"] = connection
    if found is not None:
        try:
            ScriptDirectory.from_config(config).get_revision(found)
        except CommandError as error:
            raise DatabaseNewer(found) from error
    command.upgrade(config, HEAD)


def revision(connection: Connection) -> str | None:
    """The revision of the schema, None for an empty database."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
