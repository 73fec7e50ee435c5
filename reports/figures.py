"""The type of a figure in a report.

Owns the rule that a drawing always comes with a table of its numbers. Drawing belongs to `charts` and `plots`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from markupsafe import Markup


@dataclass(frozen=True)
class Table:
    """The numbers of a drawing, in rows. Cells are plain text and are escaped by the template."""

    columns: Sequence[str]
    rows: Sequence[Sequence[str]] = field(default_factory=tuple)


@dataclass(frozen=True)
class Figure:
    """One drawing with its table.

    `svg` is markup in which every text is escaped already. `description` says in a sentence what can be seen.
    """

    title: str
    description: str
    svg: Markup
    table: Table
