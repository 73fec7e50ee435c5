"""From a place to a submission.

Owns putting files, typed answers and a notebook together, and matching files by the names that students really use.
Never raises for what a student did.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath

from grader.files.digests import files_digest
from grader.submission.answers import AnswersFile, read_answers
from grader.submission.archive import Collected, collect
from grader.submission.discover import ANSWERS
from grader.submission.model import Submission, SubmissionSource
from grader.submission.notebook import NOTEBOOK, Notebook, as_files, read_notebook

_IPYNB = ".ipynb"
# blanks of one line only, and never given back: `\s*` would look at every rest of a file of newlines from every line
_FUNCTION = re.compile(rb"^[ \t\r\f\v]*+(?:async[ \t]++)?def\s", re.M)
_STUB = re.compile(rb"^[ \t\r\f\v]*+raise NotImplementedError[ \t\r\f\v]*+$", re.M)


def load_submission(found: SubmissionSource, modules: Sequence[str]) -> Submission:
    """Read one submission: whatever is wrong with it becomes faults and notices, never an exception.

    Typed answers may stand in `answers.yaml` or a notebook, functions in modules or a notebook. Where both hold the
    same field or module, the file counts; a field left empty, or a module in which every function is still the
    template's, is as if it were not there.
    """
    collected = collect(found.path, found.members)
    return from_files(found, collected.files, modules, collected.notices)


def from_files(
    found: SubmissionSource, files: Mapping[str, bytes], modules: Sequence[str], notices: Sequence[tuple[str, str]] = ()
) -> Submission:
    """A submission of files that are read already; see `load_submission`."""
    named, renamed = _canonical_names(files, modules)
    notebook, ignored = _find_notebook(named)
    return put_together(found, Collected(named, [*notices, *renamed, *ignored]), notebook, modules)


def put_together(
    found: SubmissionSource, collected: Collected, notebook: Notebook | None, modules: Sequence[str]
) -> Submission:
    """A submission of files and a notebook that are read already; see `load_submission`."""
    answers, answers_name = _find_answers(collected.files)
    files = {
        name: content for name, content in collected.files.items() if name != answers_name and not name.endswith(_IPYNB)
    }
    notices = [*found.notices, *collected.notices, *answers.notices]
    if notebook is not None:
        notices += [*notebook.notices, *notebook.answers.notices, *_join(answers, notebook, beside=answers_name)]
        written = [module for module in modules if _is_started(files.get(f"{module}.py", b""))]
        notices += [(f"{module}.py", f"counts for its functions, not {notebook.name}") for module in written]
        files |= as_files(notebook, [module for module in modules if module not in written])
    elif answers_name is None:
        notices.append(("answers.yaml", "not handed in: every typed field counts as not started"))
    return Submission(
        id=found.id,
        files=files,
        answers=answers.answers,
        broken_parts=answers.broken_parts,
        student=found.student or answers.student,
        notices=tuple(notices),
        attempt=found.attempt,
        submitted_at=found.submitted_at,
        files_sha256=files_digest(collected.files),
    )


def handed_in_sha256(found: SubmissionSource, modules: Sequence[str]) -> str:
    """`Submission.files_sha256`, without reading what the files say."""
    return files_digest(_canonical_names(collect(found.path, found.members).files, modules)[0])


def _find_notebook(files: Mapping[str, bytes]) -> tuple[Notebook | None, list[tuple[str, str]]]:
    """The notebook that counts: the one with the template's name or nearest to the top."""
    names = sorted((name for name in files if name.endswith(_IPYNB)), key=lambda name: (name.count("/"), name))
    if not names:
        return None, []
    chosen = NOTEBOOK if NOTEBOOK in names else names[0]
    return read_notebook(files[chosen], chosen), [
        (name, f"not read: {chosen} counts") for name in names if name != chosen
    ]


def _join(answers: AnswersFile, notebook: Notebook, beside: str | None) -> list[tuple[str, str]]:
    """Add a notebook's answers to those of an answers file, which count where both hold one; say what was decided."""
    if notebook.fault:
        if beside is None:
            answers.broken_parts[""] = f"{notebook.name} cannot be read: {notebook.fault}"
        return [(notebook.name, f"cannot be read: {notebook.fault}")]
    here = notebook.answers
    typed_twice = []
    for key, answer in here.answers.items():
        typed = answers.answers.get(key)
        if typed is None or not (typed.text or typed.fault):
            answers.answers[key] = answer
        elif typed.text != answer.text and answer.text:
            typed_twice.append(".".join(key))
    for part in {part for part, _ in here.answers}:
        answers.broken_parts.pop(part, None)
    answered = {part for part, _ in answers.answers}
    answers.broken_parts.update({part: why for part, why in here.broken_parts.items() if part not in answered})
    answers.student = {**here.student, **answers.student}
    if typed_twice:
        return [(notebook.name, f"{', '.join(typed_twice)}: {beside} holds another answer, and that one counts")]
    if beside is None and not (here.answers or here.broken_parts):
        return [(notebook.name, "holds no typed answers: every typed field counts as not started")]
    return []


def _is_started(source: bytes) -> bool:
    """Whether a module holds more than the template's stubs."""
    functions = len(_FUNCTION.findall(source))
    return functions > 0 and len(_STUB.findall(source)) < functions


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
