"""A student's own data: read from a file they handed in, and what their answers are held against.

Owns the way from such a file to what its author's function made of it, and the rule for answers that should
describe it. What a table must look like belongs to `problems/properties/`; whether the data is real, to `table`.
Registers no kind.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Generic, TypeVar

from grader.cache import Namespace
from grader.checks.author_call import Raised, ask
from grader.checks.author_results import author_result
from grader.checks.base import Context, not_judged
from grader.checks.field import AnyFieldSpec, FieldCheck
from grader.checks.handed_in import left_out, not_handed_in
from grader.checks.spec import PropertyName, Spec
from grader.files.author_code import AuthorCode
from grader.records import Outcome, Verdict
from grader.runner.values import Value

Result = TypeVar("Result")
DIGESTS: Namespace[list[str | None]] = Namespace("digests")
WITHOUT_DATA = 0.5
"""Credit of a right answer that no data of the student's own stands behind."""


class OwnDataSpec(Spec):
    """The data that an answer should describe: `agrees(data, answer)` returns None or a sentence."""

    file: str
    read: PropertyName
    agrees: PropertyName


@dataclass(frozen=True)
class OwnFile:
    """A submission's data file, read only when a result about it is not in the cache."""

    author_code: AuthorCode
    context: Context
    file: str
    read: str

    def fault(self) -> Outcome | None:
        """Why there is nothing to be had of it; None if there is."""
        submission = self.context.submission
        if self.file not in submission.files:
            says = not_handed_in([self.file], submission)
            if self.file in left_out(submission):
                return not_judged(Verdict.UNREADABLE, says)
            return not_judged(Verdict.MISSING, f"not started: {says}")
        wrong = self.found(self.read, None, lambda: data if isinstance(data := self.data(), str) else None)
        return None if wrong is None else not_judged(Verdict.UNREADABLE, wrong)

    def data(self) -> Any:
        """What `read` makes of it; a sentence where that cannot be done."""
        return self._read(self.context.submission.files[self.file])

    def reference(self) -> Any:
        """What `read` makes of the reference's own; None where there is none, as in a students' kit."""
        content = self.author_code.reference_file(self.file)
        return None if content is None else self._read(content)

    def found(self, function: str, inputs: Value, find: Callable[[], Result]) -> Result:
        """What a function of the author's makes of it, beside the reference's own and other inputs."""

        def all_inputs() -> Value:
            return [*self.context.cache.get(DIGESTS, self.file, self._digests), inputs]

        # the function may be quick, but without its result the file would have to be read
        names = [function, self.read]
        return author_result(self.context.cache, self.author_code, names, all_inputs, find, worth_storing=0.0)

    def _digests(self) -> list[str | None]:
        files = (self.context.submission.files[self.file], self.author_code.reference_file(self.file))
        return [None if content is None else sha256(content).hexdigest() for content in files]

    def _read(self, content: bytes) -> Any:
        table = ask(self.author_code.property_function(self.read), content)
        return f"{self.file} cannot be read: {table.reason}" if isinstance(table, Raised) else table


class DescribingCheck(FieldCheck[AnyFieldSpec], Generic[AnyFieldSpec]):
    """A field in which a right answer must also describe the student's own data, if its `evidence` says which."""

    @property
    def evidence(self) -> OwnDataSpec | None:
        """Where the data is, and who compares."""
        return getattr(self.spec, "evidence", None)

    @property
    def beside(self) -> tuple[str, ...]:
        """The checks of the part that say whether the data is real."""
        tables = [
            check for check in self.part.checks if self.evidence and getattr(check, "file", "") == self.evidence.file
        ]
        return tuple(f"{self.part.id}.table.{getattr(table, 'name', '')}" for table in tables)

    def by_itself(self, outcome: Outcome) -> Outcome:
        """A right answer that agrees with data which its own check does not accept: as if there were none."""
        if self.evidence is None or outcome.credit is None or outcome.credit <= WITHOUT_DATA:
            return outcome
        why = f"right by itself; it counts in full once {self.evidence.file} is accepted as your own data"
        return outcome.model_copy(update={"verdict": Verdict.PARTIAL, "credit": WITHOUT_DATA, "message": why})

    def stands_on_data(self, context: Context, outcome: Outcome, answer: float | str) -> Outcome:
        """A right answer must also describe the student's own data, and without any it counts half.

        Args:
            context: whose data.
            outcome: the judgement against the reference; what is not right stays as it is.
            answer: what was understood: a number, or the name of an option.
        """
        spec, author_code = self.evidence, self.part.author_code
        if spec is None or outcome.verdict is not Verdict.CORRECT:
            return outcome
        own = OwnFile(author_code, context, spec.file, spec.read)
        fault = own.fault()
        if fault is not None and fault.verdict is Verdict.MISSING and context.submission.unreadable:
            return fault  # it may stand in what cannot be read: a person looks
        if fault is not None:
            why = (
                f"right by itself, but it should describe your own data. {fault.message.removeprefix('not started: ')}"
            )
            return outcome.model_copy(update={"verdict": Verdict.PARTIAL, "credit": WITHOUT_DATA, "message": why})
        agrees: Callable[[Any, object], str | None] = author_code.property_function(spec.agrees)

        def judged() -> str | None:
            said = ask(agrees, own.data(), answer)
            return f"your own data cannot be held against it: {said.reason}" if isinstance(said, Raised) else said

        says = own.found(spec.agrees, answer, judged)
        if says is None:
            return outcome.model_copy(update={"message": "agrees with your own data"})
        return outcome.model_copy(update={"verdict": Verdict.WRONG, "credit": 0.0, "message": says})
