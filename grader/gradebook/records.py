"""Tables of records and of people's overrides, from which everything else is computed.

Owns these tables, what an override is and what it was made on, and reading a record from its row. Querying and adding
them belongs to `gradebook`; which checks wait for a person belongs to `pending_index`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from pydantic import ValidationError

from grader.errors import GradebookError
from grader.gradebook.schema import Digest, Moment, Name, table
from grader.records import CheckRecord, GradeRecord, Verdict

TOTAL = "total"
"""Stands for the check of a decision about the total."""


@dataclass(frozen=True)
class Row:
    """A record as it is kept: as JSON, which is read as a whole (`kept`) or in part (`undecided_part`)."""

    submission: Name
    attempt: int
    fingerprint: Digest
    record: str
    made_at: Moment = ""


records = table("records", Row, index=["submission"])


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
    with _readable(row, where):
        return Kept(row.id, GradeRecord.model_validate_json(row.record), row.fingerprint, row.made_at)


def undecided_part(row: sa.Row[Any], where: Path | str) -> GradeRecord:
    """A record with only its undecided checks: a sixth of the time, where a whole class is read.

    Raises:
        GradebookError: the record cannot be read; the message names the submission.
    """
    with _readable(row, where):
        facts = json.loads(row.record)
        for part in facts["parts"]:
            part["checks"] = [one for one in part["checks"] if not Verdict(one["verdict"]).decided]
        return GradeRecord.model_validate(facts)


@contextmanager
def _readable(row: sa.Row[Any], where: Path | str) -> Iterator[None]:
    try:
        yield
    except (ValueError, KeyError, TypeError) as error:  # pydantic's ValidationError is a ValueError
        faults = error.error_count() if isinstance(error, ValidationError) else 1
        raise GradebookError(
            f"{where}: record {row.id} of {row.submission} cannot be read: it is damaged, or a newer program wrote it "
            f"— update hw11, or grade {row.submission} again with --fresh ({faults} faults)"
        ) from error


@dataclass(frozen=True)
class Override:
    """A person's decision about one check, which takes precedence over every record, with author and reason.

    Where `check_id` is a part's id or `TOTAL`, `score` is what is added to the part's points or to the total.
    `score` is None where the person took an earlier override back. `reason` is for staff, `says` for the student.
    `digest` is what the decision was made on (`made_on`): for anything else it counts for nothing.
    """

    submission: Name
    attempt: int
    check_id: Name
    score: float | None
    author: Name
    reason: str
    says: str = ""
    made_at: Moment = ""
    digest: Digest = ""


overrides = table("overrides", Override, index=["submission"])


def part_of(target: str) -> str:
    """The part of a check, part or total that a decision is about; of the total, `TOTAL`."""
    return target.partition(".")[0]


def made_on(record: GradeRecord, check: CheckRecord) -> str:
    """A digest of what a decision about a check is made on: the answer that is typed, else all files handed in."""
    return digest_of(check.answer, record.files_sha256)


def digest_of(answer: str | None, files_sha256: str) -> str:
    """A digest of an answer, or of files where there is none."""
    return hashlib.sha256((answer or f"files\0{files_sha256}").encode("utf-8", "surrogatepass")).hexdigest()
