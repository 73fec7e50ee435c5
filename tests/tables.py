"""Large tables of cases: the fast tests try some rows of each, the slow ones the others."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
import yaml

EACH = 3
"""One row in so many is fast."""


def read_table(path: Path) -> Any:
    """A file of cases, by the parser in C: every worker reads all tables before its first test."""
    with path.open("rb") as file:
        return yaml.load(file, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))


def some_fast(rows: Iterable[Any]) -> list[Any]:
    """The rows as parameters: together they take long, so most of them are slow."""
    return [row if i % EACH == 0 else _slow(row) for i, row in enumerate(rows)]


def _slow(row: Any) -> Any:
    values, of_row = (row.values, {"id": row.id}) if isinstance(row, type(pytest.param())) else ((row,), {})
    return pytest.param(*values, **of_row, marks=pytest.mark.slow)
