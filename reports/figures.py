"""Figures that a report may carry for a part.

Owns their shape only: a drawing always comes with a table of what it shows. Who draws a part's figures hands them
to the renderer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from markupsafe import Markup


@dataclass(frozen=True)
class Table:
    """What a drawing shows, in rows: cells are plain text and are escaped."""

    columns: Sequence[str]
    rows: Sequence[Sequence[str]] = field(default_factory=tuple)


@dataclass(frozen=True)
class Figure:
    """One drawing.

    `svg` is our own markup: whoever builds it has escaped every text that came from a student. `description` says
    in a sentence what can be seen.
    """

    title: str
    description: str
    svg: Markup
    table: Table
