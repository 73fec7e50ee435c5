"""From a place to a submission.

Owns putting files and typed answers together, and matching files by the names that students really use. Never
raises for what a student did.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath

from grader.submission.answers import AnswersFile, read_answers
from grader.submission.archive import collect
from grader.submission.find import ANSWERS, Found
from grader.submission.model import Submission


def load_submission(found: Found, modules: Sequence[str]) -> Submission:
    """Read one submission: whatever is wrong with it becomes faults and notices, never an exception."""
    collected = collect(found.path)
    files, renamed = _canonical_names(collected.files, modules)
    answers, answers_name = _find_answers(files)
    notices = [*collected.notices, *renamed, *answers.notices]
    if answers_name is None:
        notices.append(("answers.yaml", "not handed in: every typed field counts as not started"))
    return Submission(
        id=found.id,
        files={name: content for name, content in files.items() if name != answers_name},
        answers=answers.answers,
        broken_parts=answers.broken_parts,
        student={**answers.student, **found.student},
        notices=tuple(notices),
        attempt=found.attempt,
        submitted_at=found.submitted_at,
        files_sha256=_hash(files),
    )


def _find_answers(files: Mapping[str, bytes]) -> tuple[AnswersFile, str | None]:
    names = sorted(name for name in files if ANSWERS.fullmatch(name))
    if not names:
        return AnswersFile(), None
    exact = "answers.yaml" if "answers.yaml" in names else names[0]
    found = read_answers(files[exact], exact)
    if exact != "answers.yaml":
        found.notices.append((exact, "read as answers.yaml"))
    found.notices += [(name, f"not read: {exact} counts") for name in names if name != exact]
    return found, exact


def _canonical_names(
    files: Mapping[str, bytes], modules: Sequence[str]
) -> tuple[dict[str, bytes], list[tuple[str, str]]]:
    """Give files that a student's system renamed (`Heads.PY`, `heads (1).py`) the name that is asked for."""
    named, notices = dict(files), []
    for module in modules:
        wanted = f"{module}.py"
        if wanted in named:
            continue
        spelling = re.compile(rf"{re.escape(module)}(?:[ _-]?\(?\d+\)?)?\.py(?:\.txt)?", re.IGNORECASE)
        near = sorted(name for name in named if spelling.fullmatch(PurePosixPath(name).name))
        if near:
            named[wanted] = named.pop(near[0])
            notices.append((near[0], f"read as {wanted}"))
    return named, notices


def _hash(files: Mapping[str, bytes]) -> str:
    digest = hashlib.sha256()
    for name in sorted(files):
        digest.update(f"{len(name)}:{name}:{len(files[name])}:".encode("utf-8", "surrogatepass") + files[name])
    return digest.hexdigest()
