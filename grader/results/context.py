"""What stands beside an answer that a person marks: other answers of its part, tables, curves and code.

Owns what is shown with which answer: what its author names (`beside`), else every other answer of the part, the tables
that it reads and the code that it calls. Hiding names and drawing belong to those who show it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from grader.assignment.model import Part
from grader.checks.files import FilesSpec
from grader.files.raster import Raster, raster_of
from grader.records import CheckRecord, GradeRecord
from grader.submission.archive import collect
from grader.submission.file_kinds import is_notebook
from grader.submission.model import SubmissionSource
from grader.submission.source_text import code_texts, plain_text

Where = Callable[[str, int], SubmissionSource | None]


@dataclass(frozen=True)
class BesideAnswer:
    """Another answer of the part, as it was graded."""

    name: str
    asks: str
    check: CheckRecord


@dataclass(frozen=True)
class BesideFile:
    """A file that was handed in; `text` is None where there is none, or none that could be shown.

    `image` says what it is if it holds pixels alone.
    """

    name: str
    text: str | None
    image: Raster | None = None


@dataclass(frozen=True)
class AnswerContext:
    """Everything beside one answer."""

    answers: tuple[BesideAnswer, ...] = ()
    files: tuple[BesideFile, ...] = ()


@dataclass(frozen=True)
class HandedInFiles:
    """What a submission handed in, read when it is first asked for.

    Attributes:
        record: the record of the submission.
        where: says where the files of an attempt were when it was graded, by submission and attempt.
    """

    record: GradeRecord
    where: Where

    @cached_property
    def files(self) -> Mapping[str, bytes]:
        """The files by relative POSIX path; none if they are not where they were any more."""
        source = self.where(self.record.submission, self.record.attempt)
        return collect(source.path, source.members).files if source is not None and source.path.exists() else {}

    def text(self, name: str) -> str | None:
        """A file as text: as it is, or for a module that is not there, the code of the notebook."""
        if name in self.files and not is_notebook(name):
            return plain_text(self.files[name])
        code = dict(code_texts(self.files))
        notebooks = [text for file, text in code.items() if is_notebook(file)]
        return code.get(name) or (notebooks[0] if notebooks and name.endswith((".py", ".ipynb")) else None)


def answer_context(part: Part, name: str, handed_in: HandedInFiles) -> AnswerContext:
    """What stands beside an answer.

    Args:
        part: the part that it belongs to.
        name: its name inside the part.
        handed_in: the submission.
    """
    asks = {check.id: check.title for check in part.checks}
    given = {check.id: check for of in handed_in.record.parts if of.id == part.id for check in of.checks}
    wanted = _wanted(part, name)
    answers = [
        BesideAnswer(other, asks[f"{part.id}.{other}"], given[f"{part.id}.{other}"])
        for other in wanted
        if other in part.fields and f"{part.id}.{other}" in given
    ]
    files = [BesideFile(file, handed_in.text(file)) for file in wanted if file not in part.fields]
    looked_at = [_looked_at(file, handed_in) for file in files_looked_at(part, f"{part.id}.{name}")]
    return AnswerContext(tuple(answers), (*looked_at, *files))


def files_looked_at(part: Part, check_id: str) -> Sequence[str]:
    """The names of the files that a check is about, in order."""
    specs = (check.spec for check in part.checks if check.id == check_id)
    return tuple(next((spec.files for spec in specs if isinstance(spec, FilesSpec)), ()))


def _looked_at(name: str, handed_in: HandedInFiles) -> BesideFile:
    image = raster_of(handed_in.files.get(name, b""))
    return BesideFile(name, None if image else handed_in.text(name), image)


def _wanted(part: Part, name: str) -> Sequence[str]:
    """The names of fields and files beside an answer, in order."""
    named: Sequence[str] = getattr(part.fields.get(name), "beside", ())
    if named:
        return named
    tables = [file for check in part.spec.checks if (file := getattr(check, "file", None))]
    modules = [f"{module}.py" for module in part.modules]
    return list(dict.fromkeys([*(other for other in part.fields if other != name), *tables, *modules]))
