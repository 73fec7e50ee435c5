"""The type of a figure in a report.

Owns the rule that a drawing always comes with a table of its numbers. Drawing belongs to `charts` and `plots`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup


@dataclass(frozen=True)
class Figure:
    """One drawing with its table.

    `svg` is markup in which every text is escaped already. `description` says in a sentence what can be seen. `columns`
    and `rows` are the table; its cells are plain text and are escaped by the template.
    """

    title: str
    description: str
    svg: Markup
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
