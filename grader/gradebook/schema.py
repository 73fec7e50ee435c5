"""The schema of a gradebook: one catalogue of its tables, each with the fields of a dataclass as columns.

Owns how a field is stored, and how migration steps make tables. Which tables there are belongs to the modules that read
and write them, the order of the steps to `gradebook`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection
from enum import StrEnum
from types import NoneType
from typing import Annotated, Any, Literal, get_args, get_origin, get_type_hints

import sqlalchemy as sa
from pydantic import TypeAdapter

Name = Annotated[str, sa.String(200)]
"""The name of a submission, check, part or person."""
Key = Annotated[str, sa.String(32)]
"""What identifies an entry of the marking queue, or marks that were made together: 16 hexadecimal digits."""
Digest = Annotated[str, sa.String(64)]
"""A SHA-256 in hexadecimal digits."""
Moment = Annotated[str, sa.String(40)]
"""A time, in the form that `now` returns."""

Migration = Callable[[sa.Connection], None]
"""Takes a gradebook from one schema version to the next, inside a transaction."""

metadata = sa.MetaData()
"""Every table of a gradebook."""

_PLAIN = {str: sa.Text, int: sa.Integer, float: sa.Float, bool: sa.Boolean, bytes: sa.LargeBinary}


class _Json(sa.types.TypeDecorator[Any]):
    """Values of any other type, as JSON in a column of text."""

    impl = sa.Text
    cache_ok = True

    def __init__(self, kind: Any) -> None:
        super().__init__()
        self.kind = TypeAdapter[Any](kind)

    def process_bind_param(self, value: Any, _: sa.Dialect) -> str:
        return json.dumps(value, default=vars)

    def process_result_value(self, value: Any, _: sa.Dialect) -> Any:
        return self.kind.validate_json(value)


def table(
    name: str,
    shape: type,
    *more: sa.schema.SchemaItem,
    keys: Collection[str] = ("id",),
    index: Collection[str] = (),
    without: Collection[str] = (),
) -> sa.Table:
    """The table whose columns are the fields of a dataclass.

    Args:
        name: what the database calls it.
        shape: the dataclass. An optional field may be NULL.
        more: other columns, and indexes.
        keys: the fields by which a row is known. `id`, which grows with every row, need not be a field.
        index: the fields that rows are looked up by.
        without: fields that are kept elsewhere.
    """
    hints = {"id": int} if "id" in keys else {}
    hints |= get_type_hints(shape, include_extras=True)
    columns = [
        _column(field, hint, primary_key=field in keys, index=field in index or None)
        for field, hint in hints.items()
        if field not in without
    ]
    return sa.Table(name, metadata, *columns, *more)


def _column(field: str, hint: Any, **facts: Any) -> sa.Column[Any]:
    nullable = NoneType in get_args(hint)
    kind = next(one for one in get_args(hint) if one is not NoneType) if nullable else hint
    return sa.Column(field, _type(kind), nullable=nullable, **facts)


def _type(kind: Any) -> Any:
    if get_origin(kind) is Annotated:
        return kind.__metadata__[0]
    if get_origin(kind) is Literal:
        return sa.String(20)
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return sa.Enum(kind, native_enum=False, length=40, values_callable=lambda words: [word.value for word in words])
    return _PLAIN[kind]() if kind in _PLAIN else _Json(kind)


def creates(*names: str) -> Migration:
    """The migration step that makes those of these tables that are not there yet."""

    def step(connection: sa.Connection) -> None:
        metadata.create_all(connection, tables=[metadata.tables[name] for name in names])

    return step


def add_column(connection: sa.Connection, table: sa.Table, column: str) -> None:
    """Add a column, as SQL declares it, unless the table was made with it."""
    known = {one["name"] for one in sa.inspect(connection).get_columns(table.name)}
    if column.partition(" ")[0] not in known:
        connection.execute(sa.text(f"ALTER TABLE {table.name} ADD COLUMN {column}"))


def drops(*names: str) -> Migration:
    """The migration step that removes tables of older versions, with what is in them."""

    def step(connection: sa.Connection) -> None:
        for name in names:
            sa.Table(name, sa.MetaData()).drop(connection, checkfirst=True)

    return step
