"""Inserts that know what to do when the row is there: both databases speak the same ON CONFLICT."""

from __future__ import annotations

from sqlalchemy import Table
from sqlalchemy.dialects.postgresql import Insert, insert


def put(table: Table) -> Insert:
    """Inserts or replaces the row of the same primary key; values are given at execution, all columns."""
    new = insert(table)
    keys = [column.name for column in table.primary_key]
    rest = {column.name: new.excluded[column.name] for column in table.columns if column.name not in keys}
    if not rest:
        return new.on_conflict_do_nothing(index_elements=keys)
    return new.on_conflict_do_update(index_elements=keys, set_=rest)


def put_new(table: Table) -> Insert:
    """Inserts unless any unique constraint says the row is there."""
    return insert(table).on_conflict_do_nothing()
