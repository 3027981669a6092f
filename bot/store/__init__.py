"""Everything that is kept, in SQL: the only package that knows SQLAlchemy. Open it with ``open_store``."""

from bot.store.store import SqlStore, open_store
from bot.store.work import SqlWork

__all__ = ["SqlStore", "SqlWork", "open_store"]
