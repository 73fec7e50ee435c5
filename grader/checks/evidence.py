"""A student's own data: read from a file they handed in, and what their answers are held against.

Owns the way from such a file to what its author's function made of it, and the rule for answers that should
describe it. What a table must look like belongs to `problems/properties/`; whether the data is real, to `table`.
Registers no kind.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from pydantic import Field

from grader.checks.base import Complaint, Spec, missing, not_judged
from grader.library import Library
from grader.record import Outcome, Verdict
from grader.submission.model import Submission

PropertyName = Annotated[str, Field(pattern=r"^\w+:\w+$")]
"""`file:function` in `problems/properties/`."""

WITHOUT_DATA = 0.5
"""Credit of a right answer that no data of the student's own stands behind."""


class EvidenceSpec(Spec):
    """The data that an answer should describe: `agrees(data, answer)` returns None or a sentence."""

    file: str
    read: PropertyName
    agrees: PropertyName


def own_data(library: Library, submission: Submission, file: str, read: str) -> Any:
    """What `read` made of a handed-in file's bytes; an `Outcome` where there is nothing to be had."""
    content = submission.files.get(file)
    if content is None:
        left_out = dict(submission.notices).get(file)
        if left_out is not None:
            return not_judged(Verdict.UNREADABLE, f"{file} was {left_out}")
        return not_judged(Verdict.MISSING, f"not started: {file} was not handed in")
    data = library.property_function(read)(content)
    return not_judged(Verdict.UNREADABLE, data) if isinstance(data, str) else data


def stands_on_data(
    outcome: Outcome, answer: object, spec: EvidenceSpec, library: Library, submission: Submission
) -> Outcome:
    """A right answer must also describe the student's own data, and without any it counts half.

    Args:
        outcome: the judgement against the reference; what is not right stays as it is.
        answer: what was understood: a number, or the name of an option.
        spec: where the data is and who compares.
        library: the author's functions.
        submission: whose data.
    """
    if outcome.verdict is not Verdict.CORRECT:
        return outcome
    data = own_data(library, submission, spec.file, spec.read)
    if isinstance(data, Outcome):
        why = f"right by itself, but it should describe your own data. {data.message.removeprefix('not started: ')}"
        return outcome.model_copy(update={"verdict": Verdict.PARTIAL, "credit": WITHOUT_DATA, "message": why})
    agrees: Callable[[Any, object], str | None] = library.property_function(spec.agrees)
    says = agrees(data, answer)
    if says is None:
        return outcome.model_copy(update={"message": "agrees with your own data"})
    return outcome.model_copy(update={"verdict": Verdict.WRONG, "credit": 0.0, "message": says})


def unknown_functions(spec: EvidenceSpec | None, library: Library) -> list[Complaint]:
    """Complaints about functions that do not exist."""
    if spec is None:
        return []
    named = {"read": spec.read, "agrees": spec.agrees}
    return [
        complaint
        for key, name in named.items()
        for complaint in missing(("evidence", key), library.property_function, name)
    ]
