"""The alembic chain, run by ``bot.store.migrate``."""
