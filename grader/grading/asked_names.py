"""The parts and fields that a student named, and those that an assignment has.

Owns which name is meant where the two differ in capitals, hyphens, underscores, blanks or other signs alone, and what
is said of one that is not known. Nothing else is guessed: a misspelt name may be any.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

from grader.assignment.model import Assignment
from grader.errors import did_you_mean
from grader.files.untrusted_text import first_few
from grader.records import Notice
from grader.submission.answers import STUDENT
from grader.submission.load import load_submission
from grader.submission.model import Submission, SubmissionSource

_SHOWN = 60
_NAMES_LISTED = 12


def read_submission(source: SubmissionSource, assignment: Assignment) -> Submission:
    """One submission, with its answers under the names that the assignment has for them."""
    return with_asked_names(load_submission(source, assignment.modules, assignment.notebook), assignment)


def with_asked_names(submission: Submission, assignment: Assignment) -> Submission:
    """Answers whose name is spelled differently under the one that is asked for, each with a notice.

    Only where one name is meant, and nothing was typed under it.
    """
    fields = {part.id: part.fields for part in assignment.parts}
    typed = {key: answer for key, answer in submission.answers.items() if answer.is_given}
    renamed = renamed_keys(typed, assignment)
    moved = {*renamed, *renamed.values()}
    kept = {key: one for key, one in submission.answers.items() if key not in moved}
    told = [
        (".".join(key)[: 2 * _SHOWN], f"read as {'.'.join(asked)}: use that name")
        for key, asked in renamed.items()
        if asked[1] in fields.get(asked[0], ())
    ]
    answered = {part for part, _ in (*kept, *renamed.values())}
    broken = {_one(part, fields.keys() - answered): why for part, why in submission.broken_parts.items()}
    return replace(
        submission,
        answers=kept | {asked: typed[key] for key, asked in renamed.items()},
        broken_parts=broken,
        notices=(*submission.notices, *told),
    )


def renamed_keys(typed: Collection[tuple[str, str]], assignment: Assignment) -> dict[tuple[str, str], tuple[str, str]]:
    """The part and field that are asked for, by those that were typed, where they differ and one is meant."""
    fields = {part.id: part.fields for part in assignment.parts}
    meant = {key: _meant(*key, fields) for key in typed}
    rivals = Counter(meant.values())
    return {key: asked for key, asked in meant.items() if asked != key and rivals[asked] == 1}


def unknown_names(submission: Submission, assignment: Assignment) -> Iterator[Notice]:
    """What should be said about names that no part or field has."""
    fields = {part.id: part.fields for part in assignment.parts}
    for name in sorted(set(submission.broken_parts) - set(fields)):
        yield Notice(where=name, message=_unknown_part(name, fields))
    for part, name in submission.answers:
        if part not in fields:
            yield Notice(where=f"{part}.{name}", message=_unknown_part(part, fields))
        elif name not in fields[part]:
            yield Notice(where=f"{part}.{name}", message=_unknown(name, "field", list(fields[part])))


def _meant(part: str, name: str, fields: Mapping[str, Collection[str]]) -> tuple[str, str]:
    """The part and field that is asked for; the names as they are where that is not clear."""
    asked = _one(part, fields)
    return asked, _one(name, fields.get(asked, ()))


def _one(name: str, known: Collection[str]) -> str:
    alike = [one for one in known if _bare(one) == _bare(name)]
    return alike[0] if name not in known and len(alike) == 1 else name


@lru_cache(maxsize=4096)
def _bare(name: str) -> str:
    """A name without its signs, and without the number that an item of a list has before it."""
    return re.sub(r"^\s*\d+[.)]\s+|[\W_]", "", name[: 2 * _SHOWN]).casefold()


def _unknown_part(name: str, fields: Mapping[str, Collection[str]]) -> str:
    holders = [part for part, names in fields.items() if _one(name, names) in names]
    if holders:
        is_field = f"{name!r} is a field, of {' and '.join(holders[:4])}"
        return f"{is_field}: this was not read — write it below its part, indented"
    return _unknown(name, "part", [*fields, STUDENT])


def _unknown(name: str, what: str, known: Sequence[str]) -> str:
    listed = f"there are: {first_few(known, _NAMES_LISTED) or 'none'}"
    hint = did_you_mean(name[: 2 * _SHOWN], known, listed)
    return f"there is no {what} {name[:_SHOWN]!r}, so this was not read{hint}"
