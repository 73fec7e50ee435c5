"""Regrade requests: the students' file `regrade.yaml`, and requests and answers as reports show them.

Owns what such a file may hold, the messages about one that cannot be used, and adding requests and answers to a
record. Deciding a request belongs to people; storing it to `grader.gradebook.regrade_requests`.

    submission: ada
    requests:
      - check: part.why
        item: names the cause
        reason: The second sentence says that the mask hides later positions.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from grader.assignment.model import Assignment
from grader.errors import UsageError, did_you_mean, readable
from grader.files.yaml_source import Place, Source, read_plain_yaml
from grader.gradebook.regrade_requests import Request
from grader.records import CheckRecord, GradeRecord
from grader.results.effective import points_or_open

MAX_BYTES = 64 << 10  # some thirty reasons of the longest length
SHORTEST, LONGEST = 15, 2_000
"""Characters of a reason: at least a sentence, at most a page."""

_KEYS = ("check", "item", "reason")


def read_requests(file: Path, records: Mapping[str, GradeRecord], assignment: Assignment) -> list[Request]:
    """The requests in one file, each about a check that the student's record holds.

    Args:
        file: the student's `regrade.yaml`.
        records: the class, by submission id.
        assignment: the assignment, whose rubric items a request may name.

    Raises:
        UsageError: anything in the file cannot be used; every mistake is listed with `file:line:column`.
    """
    source = _read(file)
    data = source.data if isinstance(source.data, dict) else {}
    record = records.get(str(data.get("submission")))
    faults = [(fault.place, fault.what) for fault in source.faults]
    if record is None:
        hint = did_you_mean(str(data.get("submission")), records, "it is the name of the report that you were given")
        faults.append((source.place(("submission",)), f"`submission` names nobody in this class{hint}"))
    entries = data.get("requests")
    if not isinstance(entries, list) or not entries:
        faults.append((source.place(("requests",)), "`requests` must list at least one check with a reason"))
        entries = []
    for i, entry in enumerate(entries):
        faults += [(source.place(("requests", i, *key)), what) for *key, what in _wrong(entry, record, assignment)]
    if faults or record is None:
        raise UsageError("\n".join(_located(file, *fault) for fault in faults))
    who = (record.submission, record.attempt)
    return [Request(*who, str(one["check"]), str(one.get("item") or ""), str(one["reason"]).strip()) for one in entries]


def answered(record: GradeRecord, requests: Sequence[Request]) -> GradeRecord:
    """An effective record with the student's requests and the answers added to the details of their checks."""
    mine = [one for one in requests if (one.submission, one.attempt) == (record.submission, record.attempt)]
    if not mine:
        return record
    parts = []
    for part in record.parts:
        checks = [_answered(check, [one for one in mine if one.check_id == check.id]) for check in part.checks]
        parts.append(part.model_copy(update={"checks": tuple(checks)}))
    return record.model_copy(update={"parts": tuple(parts)})


def _answered(check: CheckRecord, requests: Sequence[Request]) -> CheckRecord:
    return check.model_copy(update={"details": (*check.details, *_details(requests))}) if requests else check


def _details(requests: Sequence[Request]) -> list[tuple[str, str]]:
    details = []
    for request in requests:
        details.append(("you asked", f"{request.item}: {request.reason}" if request.item else request.reason))
        if request.answer is None:
            details.append(("answer", "not yet"))
        else:
            before, after = map(points_or_open, (request.answer.score_before, request.answer.score_after))
            moved = f"{before} → {after} points" if request.answer.changed else "points stay as they were"
            details.append(("answer", f"{request.answer.says or 'looked at again'} ({moved})"))
    return details


def _read(file: Path) -> Source:
    with readable(file):
        content = file.read_bytes()
    if len(content) > MAX_BYTES:
        raise UsageError(f"{file} is larger than {MAX_BYTES >> 10} KiB: that is no regrade request")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError(f"{file} is not UTF-8: save it with that encoding") from error
    source = read_plain_yaml(text)
    if source.data is None and source.faults:
        raise UsageError(_located(file, source.faults[0].place, source.faults[0].what))
    return source


def _wrong(entry: Any, record: GradeRecord | None, assignment: Assignment) -> Iterator[tuple[str, ...]]:
    """The mistakes in one entry, as (key, sentence); the sentence alone where the whole entry is none."""
    if not isinstance(entry, dict):
        yield ("a request needs the keys `check` and `reason`",)
        return
    for key in sorted(set(entry) - set(_KEYS)):
        yield key, f"unknown key {key!r} — allowed: {', '.join(_KEYS)}"
    reason = entry.get("reason")
    if not isinstance(reason, str) or not SHORTEST <= len(reason.strip()) <= LONGEST:
        yield "reason", f"`reason` must say in a sentence or two why ({SHORTEST} to {LONGEST:,} characters)"
    check = str(entry.get("check"))
    if record is not None and check not in (known := [one.id for one in record.checks]):
        yield "check", f"there is no check {check!r}{did_you_mean(check, known, 'see your report')}"
    elif (item := entry.get("item")) is not None and item not in (items := _items(check, assignment)):
        yield (
            "item",
            f"{check} has no such rubric item — {'there are: ' + ' · '.join(items) if items else 'leave it out'}",
        )


def _items(check: str, assignment: Assignment) -> list[str]:
    part_id, _, name = check.partition(".")
    part = next((part for part in assignment.parts if part.id == part_id), None)
    rubric = getattr(part.fields.get(name), "rubric", ()) if part is not None else ()
    return [item.earns for item in rubric]


def _located(file: Path, place: Place, what: str) -> str:
    return f"{file}:{place.line}:{place.column}: {what}"
