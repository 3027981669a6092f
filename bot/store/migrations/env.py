"""How alembic gets its connection: from ``bot.store.migrate``, inside the transaction of the start."""

from __future__ import annotations

from alembic import context

from bot.store import tables
from bot.store.columns import metadata

assert tables  # noqa: S101 - the import is what fills the metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    transactional_ddl=False,
)
context.run_migrations()
