"""The migration step that binds decisions of older gradebooks to what they were made on.

Owns finding, for each override and mark, the record that stood there when it was made. From then on each holds a digest
of its own (`grader.gradebook.records.made_on`).
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from grader.gradebook.pending import entry_key, indexed
from grader.gradebook.records import digest_of, overrides, records
from grader.gradebook.schema import add_column, metadata


def bind_decisions(connection: sa.Connection) -> None:
    """Give every override and mark the digest of what it was made on; where no record says that, it holds for nothing.

    Entries of the marking queue are made again, as their digests are other ones, too.
    """
    add_column(connection, overrides, "digest VARCHAR(64) NOT NULL DEFAULT ''")
    marks = metadata.tables["desk_marks"]
    decided: dict[str, list[tuple[sa.Table, Any]]] = defaultdict(list)
    for row in connection.execute(sa.select(overrides).where(overrides.c.digest == "")):
        decided[row.submission].append((overrides, row))
    given = connection.execute(sa.select(marks)).all()
    of_key = _submissions(connection, {mark.check_id for mark in given})
    for mark in given:
        decided[of_key.get(mark.key, "")].append((marks, mark))
    bound: dict[tuple[sa.Table, int], str] = {}  # by the last record before it
    for record in connection.execute(sa.select(records).order_by(records.c.id)) if decided else ():
        later = [(table, row) for table, row in decided.get(record.submission, ()) if record.made_at <= row.made_at]
        held: dict[str, Any] = json.loads(record.record) if later else {"parts": []}
        checks = {check["id"]: check for part in held["parts"] for check in part["checks"]}
        for table, row in later:
            check = checks.get(row.check_id, {})
            is_about = row.attempt == record.attempt if table is overrides else row.digest == _digest_of_old(check)
            if is_about:
                bound[table, row.id] = digest_of(check.get("answer"), held["files_sha256"]) if check else ""
    for (table, number), digest in bound.items():
        connection.execute(sa.update(table).where(table.c.id == number).values(digest=digest))
    connection.execute(sa.delete(indexed))


def _digest_of_old(check: Mapping[str, Any]) -> str:
    """The digest that a mark held before it covered files: of the answer, or of the check's message."""
    about = check.get("answer") or check.get("message") or ""
    return hashlib.sha256(about.encode("utf-8", "surrogatepass")).hexdigest()


def _submissions(connection: sa.Connection, checks: set[str]) -> dict[str, str]:
    """The submission of every key that an entry about one of these checks can have."""
    known = connection.scalars(sa.select(records.c.submission).distinct()).all() if checks else ()
    return {entry_key(check, submission): submission for submission in known for check in checks}
