"""Tables of records and of people's overrides, from which everything else is computed.

Owns these tables, what an override is and what it was made on, and reading a record from its row. Querying and adding
them belongs to `gradebook`; which checks wait for a person belongs to `pending_index`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from pydantic import ValidationError

from grader.errors import GradebookError
from grader.gradebook import columns
from grader.gradebook.engine import now
from grader.gradebook.schema import metadata
from grader.records import CheckRecord, GradeRecord

records = sa.Table(
    "records",
    metadata,
    columns.number(),
    columns.name("submission", index=True),
    columns.attempt(),
    columns.digest("fingerprint"),
    columns.text("record"),
    columns.moment(),
)
TOTAL = "total"
"""Stands for the check of a decision about the total."""
overrides = sa.Table(
    "overrides",
    metadata,
    columns.number(),
    columns.name("submission", index=True),
    columns.attempt(),
    columns.name("check_id"),
    columns.points_if_any("score"),
    columns.name("author"),
    columns.text("reason"),
    columns.text("says"),
    columns.moment(),
    columns.digest("digest"),
)


@dataclass(frozen=True)
class Kept:
    """One record from the gradebook, and when it was made; `id` grows with every record of the class."""

    id: int
    record: GradeRecord
    fingerprint: str
    made_at: str


def kept(row: sa.Row[Any], where: Path | str) -> Kept:
    """A record from a whole row of its table.

    Raises:
        GradebookError: the record cannot be read; the message names the submission.
    """
    try:
        record = GradeRecord.model_validate_json(row.record)
    except ValidationError as error:
        raise GradebookError(
            f"{where}: record {row.id} of {row.submission} cannot be read: it is damaged, or a newer program wrote it "
            f"— update hw11, or grade {row.submission} again with --fresh ({error.error_count()} faults)"
        ) from error
    return Kept(row.id, record, row.fingerprint, row.made_at)


@dataclass(frozen=True)
class Override:
    """A person's decision about one check, which takes precedence over every record, with author and reason.

    Where `check_id` is a part's id or `TOTAL`, `score` is what is added to the part's points or to the total.
    `score` is None where the person took an earlier override back. `reason` is for staff, `says` for the student.
    `digest` is what the decision was made on (`made_on`): for anything else it counts for nothing.
    """

    submission: str
    attempt: int
    check_id: str
    score: float | None
    author: str
    reason: str
    says: str = ""
    made_at: str = ""
    digest: str = ""


def part_of(target: str) -> str:
    """The part of a check, part or total that a decision is about; of the total, `TOTAL`."""
    return target.partition(".")[0]


def made_on(record: GradeRecord, check: CheckRecord) -> str:
    """A digest of what a decision about a check is made on: the answer that is typed, else all files handed in."""
    return digest_of(check.answer, record.files_sha256)


def digest_of(answer: str | None, files_sha256: str) -> str:
    """A digest of an answer, or of files where there is none."""
    return hashlib.sha256((answer or f"files\0{files_sha256}").encode("utf-8", "surrogatepass")).hexdigest()


def insert_overrides(connection: sa.Connection, decisions: Sequence[Override]) -> None:
    """Save decisions, inside the caller's transaction."""
    rows = [{**vars(one), "made_at": one.made_at or now()} for one in decisions]
    if rows:
        connection.execute(sa.insert(overrides), rows)
