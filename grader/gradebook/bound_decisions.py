"""The migration step that binds decisions of older gradebooks to what they were made on.

Owns finding, for each override and mark, the record that stood there when it was made. From then on each holds a digest
of its own (`grader.gradebook.records.made_on`).
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import sqlalchemy as sa

from grader.gradebook.pending import entry_key, indexed
from grader.gradebook.records import digest_of, overrides, records
from grader.gradebook.schema import add_column, metadata


class _Seen(NamedTuple):
    """What one record holds of each check: its answer and message, by check id."""

    attempt: int
    made_at: str
    files_sha256: str
    checks: Mapping[str, tuple[str, str]]

    def digest(self, check: str) -> str:
        answer, _ = self.checks.get(check, ("", ""))
        return digest_of(answer, self.files_sha256) if check in self.checks else ""

    def digest_of_old(self, check: str) -> str:
        """The digest that a mark held before it covered files: of the answer, or of the check's message."""
        answer, message = self.checks.get(check, ("", ""))
        return hashlib.sha256((answer or message).encode("utf-8", "surrogatepass")).hexdigest()


def bind_decisions(connection: sa.Connection) -> None:
    """Give every override and mark the digest of what it was made on; where no record says that, it holds for nothing.

    Entries of the marking queue are made again, as their digests are other ones, too.
    """
    add_column(connection, overrides, "digest VARCHAR(64) NOT NULL DEFAULT ''")
    rows = connection.execute(sa.select(overrides)).all()
    marks = metadata.tables["desk_marks"]
    given = connection.execute(sa.select(marks)).all()
    of_key = _submissions(connection, {mark.check_id for mark in given})
    seen = _records(connection, {row.submission for row in rows} | set(of_key.values()))
    for row in rows:
        before = [one for one in seen[row.submission] if one.attempt == row.attempt and one.made_at <= row.made_at]
        if before and not row.digest:
            bound = sa.update(overrides).where(overrides.c.id == row.id)
            connection.execute(bound.values(digest=before[-1].digest(row.check_id)))
    for mark in given:
        about = [one for one in seen[of_key.get(mark.key, "")] if one.digest_of_old(mark.check_id) == mark.digest]
        before = [one for one in about if one.made_at <= mark.made_at]
        if before:
            connection.execute(
                sa.update(marks).where(marks.c.id == mark.id).values(digest=before[-1].digest(mark.check_id))
            )
    connection.execute(sa.delete(indexed))


def _submissions(connection: sa.Connection, checks: set[str]) -> dict[str, str]:
    """The submission of every key that an entry about one of these checks can have."""
    known = connection.scalars(sa.select(records.c.submission).distinct()).all() if checks else ()
    return {entry_key(check, submission): submission for submission in known for check in checks}


def _records(connection: sa.Connection, submissions: set[str]) -> Mapping[str, Sequence[_Seen]]:
    """Every record of some submissions, oldest first."""
    seen: dict[str, list[_Seen]] = defaultdict(list)
    for row in connection.execute(sa.select(records).order_by(records.c.id)) if submissions else ():
        if row.submission in submissions:
            held = json.loads(row.record)
            checks = [check for part in held["parts"] for check in part["checks"]]
            said = {check["id"]: (check.get("answer") or "", check.get("message") or "") for check in checks}
            seen[row.submission].append(_Seen(row.attempt, row.made_at, held["files_sha256"], said))
    return seen
