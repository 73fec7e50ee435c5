"""Versions of the problems that a class was graded with. Append-only.

Owns what the author wrote about each check in each version, so that a regrade can say what changed. Holds nothing of
a student's.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from grader.gradebook import columns
from grader.gradebook.engine import Tables, now
from grader.gradebook.schema import metadata

_versions = sa.Table(
    "problem_versions",
    metadata,
    columns.number(),
    columns.digest("sha256", index=True),
    columns.text("checks"),
    columns.moment(),
)

Authored = Mapping[str, Mapping[str, Any]]
"""What an author wrote about each check, by check id: keys and values as JSON knows them."""


class Problems(Tables):
    """The versions of the problems in one gradebook."""

    def keep(self, sha256: str, checks: Authored) -> None:
        """Save a version, unless it is there already."""
        known = sa.select(_versions.c.id).where(_versions.c.sha256 == sha256).limit(1)
        row = {"sha256": sha256, "checks": json.dumps(checks, ensure_ascii=False), "made_at": now()}
        with self._book.writing() as connection:
            if connection.scalar(known) is None:
                connection.execute(sa.insert(_versions), row)

    def of(self, sha256: str) -> Authored | None:
        """What the author wrote about each check in a version; None if the version was never saved."""
        query = sa.select(_versions.c.checks).where(_versions.c.sha256 == sha256).limit(1)
        found = self._book.value(query)
        return None if found is None else json.loads(found)
