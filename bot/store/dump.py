"""Tables as JSON lines and back, the same for both databases (so a backup of one can be restored into the other)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, Table, delete, func, insert, select, text

from bot.store.codec import to_text
from bot.store.columns import Moment, Serial, metadata
from bot.store.tables import counters, sessions

LEFT_OUT: Final = frozenset({sessions.name, counters.name})
"""A session revoked after the backup must not live again; counters mean nothing later."""
_PAGE: Final = 500
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def kept_tables() -> list[Table]:
    """Every table of a backup, by name."""
    return sorted(
        (table for name, table in metadata.tables.items() if name not in LEFT_OUT), key=lambda item: item.name
    )


def write_rows(connection: Connection, table: Table, path: Path) -> int:
    """One JSON array a row, first line the column names; returns how many rows."""
    moments = [isinstance(column.type, Moment) for column in table.columns]
    count = 0
    found = connection.execution_options(yield_per=_PAGE).execute(select(table))
    with path.open("w", encoding="utf-8") as stream:
        stream.write(to_text([column.name for column in table.columns]) + "\n")
        for page in found.partitions(_PAGE):
            for row in page:
                values = [_out(value) if moment else value for value, moment in zip(row, moments, strict=True)]
                stream.write(to_text(values) + "\n")
            count += len(page)
    return count


def read_rows(connection: Connection, table: Table, lines: Iterator[str]) -> int:
    """Puts the rows of such lines in place of the table's; raises ValueError or KeyError for lines of another table."""
    connection.execute(delete(table))
    names = json.loads(next(lines))
    moments = [isinstance(table.c[name].type, Moment) for name in names]
    count, page = 0, list[dict[str, Any]]()
    for line in lines:
        values = json.loads(line)
        page.append(
            {name: _in(value) if moment else value for name, value, moment in zip(names, values, moments, strict=True)}
        )
        if len(page) == _PAGE:
            connection.execute(insert(table), page)
            count, page = count + len(page), []
    if page:
        connection.execute(insert(table), page)
    if connection.dialect.name == "postgresql":
        _set_sequence(connection, table)
    return count + len(page)


def _set_sequence(connection: Connection, table: Table) -> None:
    for column in table.primary_key:
        if column.type is Serial and column.autoincrement is not False:
            highest = connection.execute(select(func.max(column))).scalar()
            if highest:
                connection.execute(
                    text("SELECT setval(pg_get_serial_sequence(:table, :column), :highest)"),
                    {"table": table.name, "column": column.name, "highest": highest},
                )


def _out(value: datetime | None) -> int | None:
    return None if value is None else (value - _EPOCH) // timedelta(microseconds=1)


def _in(value: int | None) -> datetime | None:
    return None if value is None else _EPOCH + timedelta(microseconds=value)
