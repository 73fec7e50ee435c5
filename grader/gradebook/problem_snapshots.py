"""Versions of the problems that a class was graded with. Append-only.

Owns what the author wrote about each check in each version, so that a regrade can say what changed. Holds nothing of
a student's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from grader.gradebook.engine import Tables, insert
from grader.gradebook.schema import Digest, Moment, table

Authored = Mapping[str, Mapping[str, Any]]
"""What an author wrote about each check, by check id: keys and values as JSON knows them."""


@dataclass(frozen=True)
class _Version:
    """What an author wrote in one version of the problems."""

    sha256: Digest
    checks: Authored
    made_at: Moment = ""


_versions = table("problem_versions", _Version, index=["sha256"])


class Problems(Tables):
    """The versions of the problems in one gradebook."""

    def keep(self, sha256: str, checks: Authored) -> None:
        """Save a version, unless it is there already."""
        known = sa.select(_versions.c.id).where(_versions.c.sha256 == sha256).limit(1)
        with self._book.writing() as connection:
            if connection.scalar(known) is None:
                insert(connection, _versions, _Version(sha256, checks))

    def of(self, sha256: str) -> Authored | None:
        """What the author wrote about each check in a version; None if the version was never saved."""
        return self._book.value(sa.select(_versions.c.checks).where(_versions.c.sha256 == sha256).limit(1))
