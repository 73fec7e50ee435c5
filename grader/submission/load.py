"""From a place to a submission.

Owns putting files, typed answers and a notebook together, and what could not be read of them. Never raises for what a
student did.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePosixPath

from grader.files.digests import files_digest
from grader.files.untrusted_text import cut, first_few
from grader.submission.answer_cells import holds_answers
from grader.submission.answers import AnswersFile, read_answers
from grader.submission.archive import collect
from grader.submission.choose import most_work, named_as_asked
from grader.submission.collected import Collected
from grader.submission.file_kinds import ANSWERS, Likeness, is_answers_text, is_notebook, likeness, may_stand_for
from grader.submission.model import CLAIMED, Submission, SubmissionSource
from grader.submission.notebook import NOTEBOOK, Notebook, as_files, read_notebook
from grader.submission.template_stubs import started_functions
from grader.submission.text_encoding import python_as_utf8

_NAMES_SHOWN, _NAME_CHARACTERS = 4, 300


def load_submission(found: SubmissionSource, modules: Sequence[str], notebook: str = NOTEBOOK) -> Submission:
    """Read one submission: whatever is wrong with it becomes faults and notices, never an exception.

    Typed answers may stand in `answers.yaml` or a notebook, functions in modules or a notebook. Where both hold the
    same field or module, the file counts; a field left empty, or a module in which every function is still the
    template's, is as if it were not there.
    """
    return _from_collected(found, collect(found.path, found.members), modules, notebook)


def from_files(
    found: SubmissionSource, files: Mapping[str, bytes], modules: Sequence[str], notebook: str = NOTEBOOK
) -> Submission:
    """A submission of files that are read already; see `load_submission`."""
    return _from_collected(found, Collected(dict(files), seen=len(files)), modules, notebook)


def _from_collected(found: SubmissionSource, collected: Collected, modules: Sequence[str], asked: str) -> Submission:
    collected.files, renamed = named_as_asked(collected.files, modules, asked)
    notebook, ignored = find_notebook(collected.files, asked)
    collected.notices += [*renamed, *ignored]
    return put_together(found, collected, notebook, modules, asked)


def put_together(
    found: SubmissionSource,
    collected: Collected,
    notebook: Notebook | None,
    modules: Sequence[str],
    asked: str = NOTEBOOK,
) -> Submission:
    """A submission of files and a notebook that are read already; see `load_submission`."""
    answers, answers_name = find_answers(collected.files)
    collected.notices += answers.notices
    files = _readable_code(collected, answers_name)
    if answers.unreadable:
        collected.unreadable.append(answers.unreadable)
        collected.notices.append((answers_name or ANSWERS, answers.unreadable))
    if notebook is not None and notebook.fault:
        collected.cannot_read(notebook.name, notebook.fault)
    elif notebook is not None:
        collected.notices += [*notebook.notices, *notebook.answers.notices, *_join(answers, notebook, answers_name)]
        files = _with_cells(files, notebook, modules, asked, collected)
    if not (notebook or answers_name or collected.unreadable or any(f"{module}.py" in files for module in modules)):
        collected.unreadable += _nothing_asked_for(
            found, collected, (ANSWERS, asked, *(f"{one}.py" for one in modules))
        )
    else:
        missing = [name for name in (f"{module}.py" for module in modules) if name not in files]
        missing += [] if _answered(answers) else [ANSWERS]
        collected.unreadable += _hidden_work(collected.hidden, files, answers)
        collected.unreadable += _elsewhere(collected.files, missing, asked)
    if answers_name is None and not collected.unreadable:
        collected.notices += _no_answers(notebook)
    return Submission(
        id=found.id,
        files=files,
        answers=answers.answers,
        broken_parts=answers.broken_parts,
        student=_student(found.student, answers.student),
        notices=(*found.notices, *collected.notices),
        attempt=found.attempt,
        submitted_at=found.submitted_at,
        files_sha256=files_digest(collected.files | collected.unopened),
        unreadable=_listed(collected.unreadable),
    )


def _readable_code(collected: Collected, answers_name: str | None) -> dict[str, bytes]:
    """Files that are no answers, as Python can read them: modules that were saved in another code are in UTF-8."""
    files = {name: code for name, code in collected.files.items() if name != answers_name and not is_notebook(name)}
    for name in files:
        if name.endswith(".py"):
            files[name], recoded = python_as_utf8(files[name])
            collected.notices += [(name, recoded)] if recoded else []
    return files


def _with_cells(
    files: Mapping[str, bytes], notebook: Notebook, modules: Sequence[str], asked: str, collected: Collected
) -> dict[str, bytes]:
    """Files, and a notebook's in place of those that are missing or in which nothing is done."""
    written = [module for module in modules if started_functions(files.get(f"{module}.py", b""))]
    collected.notices += [(f"{module}.py", f"counts for its functions, not {notebook.name}") for module in written]
    by_cells = {name: text.encode("utf-8", "surrogatepass") for name, text in notebook.written.items()}
    return {**by_cells, **files, **as_files(notebook, [one for one in modules if one not in written], asked)}


def _student(known: Mapping[str, str], claimed: Mapping[str, str]) -> dict[str, str]:
    """Who handed in: what the platform knows, and what the files claim only where there is none or it differs."""
    if not known:
        return dict(claimed)
    claim = claimed.get("id") or claimed.get("name") or ""
    return {**known, CLAIMED: claim} if claim and claim not in known.values() else dict(known)


def handed_in_sha256(found: SubmissionSource, modules: Sequence[str], notebook: str = NOTEBOOK) -> str:
    """`Submission.files_sha256`, without reading what the files say."""
    collected = collect(found.path, found.members)
    return files_digest(named_as_asked(collected.files, modules, notebook)[0] | collected.unopened)


def _elsewhere(files: Mapping[str, bytes], missing: Sequence[str], notebook: str) -> list[str]:
    """Where what is missing may stand instead."""
    return [
        f"{name} may hold what is missing in {wanted}, which alone is read"
        for wanted in missing
        for name in sorted(files)
        if may_stand_for(name, wanted, notebook) or (wanted == ANSWERS and _is_code_with_answers(name, files[name]))
    ]


def _hidden_work(hidden: Mapping[str, bytes], files: Mapping[str, bytes], answers: AnswersFile) -> Iterator[str]:
    """Work in a file of which another one with the same name was taken, in which there is none."""
    for name, content in sorted(hidden.items()):
        taken = files.get(PurePosixPath(name).name, b"")
        if likeness(name, ANSWERS) is Likeness.EXACT:
            at_work = not _answered(answers) and _answered(read_answers(content, name)) > 0
        else:
            at_work = name.endswith(".py") and started_functions(content) > 0 == started_functions(taken)
        if at_work:
            yield f"{name} holds work, but another file of this name was taken, in which there is none"


def _is_code_with_answers(name: str, content: bytes) -> bool:
    return name.endswith(".py") and holds_answers(content.decode("utf-8", "replace"))


def _no_answers(notebook: Notebook | None) -> list[tuple[str, str]]:
    """What is said where no answer can be read and none may stand elsewhere."""
    told = "every typed field counts as not started"
    if notebook is None:
        return [(ANSWERS, f"not handed in: {told}")]
    held = notebook.answers.answers or notebook.answers.broken_parts
    return [] if held else [(notebook.name, f"holds no typed answers that can be read: {told}")]


def _nothing_asked_for(found: SubmissionSource, collected: Collected, asked: Sequence[str]) -> list[str]:
    """Why a person has to look at what was handed in, where it is nothing that is asked for."""
    if not collected.seen:
        return [f"{found.platform} lists it, but holds no file of it"] if found.platform else []
    names = sorted({*collected.files, *(where for where, _ in collected.notices)})
    return [f"nothing has a name that is asked for ({_listed(asked, ', ')}): {_listed(names, ', ')}"]


def _listed(several: Sequence[str], between: str = "; ") -> str:
    """The first of several names or sentences, and how many more there are."""
    return first_few([cut(one, _NAME_CHARACTERS) for one in several], _NAMES_SHOWN, between)


def find_notebook(files: Mapping[str, bytes], asked: str = NOTEBOOK) -> tuple[Notebook | None, list[tuple[str, str]]]:
    """The notebook that counts: the one with work in it, then the one with the name that is asked for."""
    read = {name: read_notebook(content, name, files) for name, content in files.items() if is_notebook(name)}
    if not read:
        return None, []
    choice, notices = most_work(list(read), asked, lambda name: _work_in(read[name]))
    return read[choice], [notice for notice in notices if len(read) > 1 or notice[0] != choice]


def _work_in(notebook: Notebook) -> int:
    code = (*notebook.code.values(), *notebook.written.values())
    functions = sum(started_functions(one.encode("utf-8", "surrogatepass")) for one in code)
    return functions + _answered(notebook.answers)


def _answered(answers: AnswersFile) -> int:
    return sum(answer.is_given for answer in answers.answers.values())


def _join(answers: AnswersFile, notebook: Notebook, beside: str | None) -> list[tuple[str, str]]:
    """Add a notebook's answers to those of an answers file, which count where both hold one; say what was decided."""
    here = notebook.answers
    typed_twice = []
    for key, answer in here.answers.items():
        typed = answers.answers.get(key)
        if typed is None or not typed.is_given:
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
    return []


def find_answers(files: Mapping[str, bytes]) -> tuple[AnswersFile, str | None]:
    """The answers file that counts, read: the one with answers in it, then the one with the right name."""
    near = [name for name in files if likeness(name, ANSWERS) is not None]
    texts = [name for name in files if is_answers_text(name)]
    read = {name: read_answers(files[name], name) for name in near or (texts if len(texts) == 1 else [])}
    if not near and not any(_answered(answers) for answers in read.values()):
        return AnswersFile(), None
    choice, notices = most_work(list(read), ANSWERS, lambda name: _answered(read[name]))
    found = read[choice]
    found.notices += notices
    others = [answers.unreadable for name, answers in read.items() if name != choice]
    found.unreadable = "; ".join(filter(None, [found.unreadable, *others]))
    return found, choice
