"""A student's saved table as evidence: `table`.

Owns what happens to a data file that was handed in: it is read, judged by itself, a few of its cells are obtained
again from the student's own code, and all of that is held against the author's rule. A table that the code beside it
does not reproduce is no evidence. What the numbers mean belongs to `problems/properties/`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, Literal

from pydantic import Field, model_validator

from grader.cache import Namespace
from grader.checks.author_call import NOT_OF_THE_FORM, Raised, ask
from grader.checks.base import Complaint, Context, Variant, not_judged, passed, probe_of
from grader.checks.code_spec import CallName
from grader.checks.convert import from_value
from grader.checks.failure_outcome import failed, printed
from grader.checks.handed_in import HandedInCheck, HandedInSpec
from grader.checks.own_data import OwnFile
from grader.checks.registry import register
from grader.checks.spec import MistakeName, ProbeName, PropertyName, Spec, Told
from grader.records import Outcome, Plot, Verdict
from grader.runner.codec import encode
from grader.runner.values import CodecError, Value
from grader.sandbox.base import Observation, Probe
from grader.sandbox.run_calls import REQUEST_BYTES
from grader.seeding import derive_key
from grader.submission.model import Submission

READ: Namespace[Outcome] = Namespace("read")
"""What the file comes to by itself: asked before student code runs and again when it is judged."""
CELLS: Namespace[Sequence[tuple[Value, ...]]] = Namespace("cells")
Rerun = tuple[tuple[Value, ...], Value]
"""The arguments of a probe, and what came out."""


class TableMistakeSpec(Spec):
    """A function of `reference/mistakes/` that spoils the reference's file (bytes -> bytes), and what is then said."""

    data: MistakeName
    says: str


class TableSpec(HandedInSpec):
    """A file of the submission, how it is read, what of it is run again, and what must hold.

    `read(bytes)` returns a table, or a sentence that says what is wrong with the file. `cells(table, key)` returns
    the argument lists of the probes that run cells of it again; `key` decides which and is different for everybody.
    `holds(table, reruns, reference)` returns None or a sentence. `reruns` pairs arguments with what came out, None
    where nothing has run yet; `reference` is the reference's own table, None in a students' kit.
    `plot(table, reference)` returns what a report may draw of any table that `read` returns: the keys of `record.Plot`.
    """

    kind: Literal["table"]
    file: Told[str]
    read: Told[PropertyName]
    holds: Told[PropertyName]
    call: CallName | None = None
    observe: ProbeName | None = None
    cells: PropertyName | None = None
    plot: PropertyName | None = None
    cpu_seconds: float | None = Field(default=None, gt=0, le=120)
    mistakes: tuple[TableMistakeSpec, ...] = ()

    @model_validator(mode="after")
    def _reruns_know_what_and_how(self) -> TableSpec:
        if (self.call is None) != (self.cells is None):
            raise ValueError("what is run again needs `call`, the student's function, and `cells: file:function`")
        return self


@register("table", place="checks", spec=TableSpec)
class TableCheck(HandedInCheck[TableSpec]):
    """One table of one submission."""

    @property
    def wanted(self) -> tuple[str, ...]:
        """See `HandedInCheck.wanted`."""
        return (self.spec.file,)

    def probes(self, context: Context) -> Sequence[Probe]:
        """The secret cells of a table that is worth running again."""
        if self.spec.call is None or self._read(context).verdict is not Verdict.NEEDS_REVIEW:
            return ()
        facts = {"observer": self.spec.observe, "cpu_seconds": self.spec.cpu_seconds}
        return [probe_of(self.id, i, self.spec.call, args, **facts) for i, args in enumerate(self._cells(context))]

    def judge(self, context: Context, observations: Sequence[Observation]) -> Outcome:
        """The table by itself, then against what the student's code gives now, then beside the reference's."""
        outcome = self._judged(context, observations)
        plot = self._plot(context, "reference")
        return outcome.model_copy(update={"plot": plot, "output": printed(observations)})

    def _judged(self, context: Context, observations: Sequence[Observation]) -> Outcome:
        read = self._read(context)
        if read.verdict is not Verdict.NEEDS_REVIEW:
            return read
        for observation in observations:
            if observation.status != "returned":
                return failed(observation)
        cells = self._cells(context) if self.spec.call is not None else ()
        reruns = [(args, seen.value) for args, seen in zip(cells, observations, strict=True)]
        fine = "complete, and your code gives it again" if self.spec.call else "complete"
        return self._broken_rule(self._own(context), reruns) or passed(fine)

    def _plot(self, context: Context, beside: Literal["reference", "nothing"]) -> Plot | None:
        own = self._own(context)
        if self.spec.plot is None or own.fault() is not None:
            return None
        draw = self.part.author_code.property_function(self.spec.plot)

        def drawn() -> Any:
            reference = own.reference() if beside == "reference" else None
            plot = ask(lambda: Plot.model_validate(draw(own.data(), reference)).model_dump(mode="json"))
            return None if isinstance(plot, Raised) else plot

        plot = own.found(self.spec.plot, beside, drawn)
        return None if plot is None else Plot.model_validate(plot)

    def before_deadline(self, context: Context) -> Outcome:
        """What needs neither code nor key, with a drawing of it."""
        plot = self._plot(context, "nothing")
        return self._read(context).model_copy(update={"plot": plot})

    def _read(self, context: Context) -> Outcome:
        return context.cache.get(READ, self.id, lambda: self._judged_alone(context))

    def _judged_alone(self, context: Context) -> Outcome:
        own = self._own(context)
        return own.fault() or self._broken_rule(own, None) or Outcome(verdict=Verdict.NEEDS_REVIEW)

    def _broken_rule(self, own: OwnFile, reruns: Sequence[Rerun] | None) -> Outcome | None:
        """What is said where the author's rule does not hold: of the table alone, or beside what was run again."""
        holds = self.part.author_code.property_function(self.spec.holds)

        def says() -> list[str] | None:
            if reruns is None:
                answer = ask(holds, own.data(), None, None)
            else:
                came = [(args, from_value(value)) for args, value in reruns]
                answer = ask(holds, own.data(), came, own.reference())
            if isinstance(answer, Raised):
                return [f"{NOT_OF_THE_FORM}: {answer.reason}", answer.where]
            return None if answer is None else [answer, ""]

        found = own.found(self.spec.holds, None if reruns is None else [[*args, value] for args, value in reruns], says)
        return None if found is None else not_judged(Verdict.WRONG, found[0], staff=found[1])

    def _own(self, context: Context) -> OwnFile:
        return OwnFile(self.part.author_code, context, self.spec.file, self.spec.read)

    def _cells(self, context: Context) -> Sequence[tuple[Value, ...]]:
        return context.cache.get(CELLS, self.id, lambda: self._chosen(context))

    def _chosen(self, context: Context) -> Sequence[tuple[Value, ...]]:
        name, own = self.spec.cells or "", self._own(context)
        key, words = self.drawn_from(context)
        choice = derive_key(key, *words)
        cells: Callable[..., Sequence[Sequence[Value]]] = self.part.author_code.property_function(name)

        def chosen() -> list[list[Value]] | None:
            found = ask(lambda: [list(args) for args in cells(own.data(), choice)])
            return None if isinstance(found, Raised) else found

        return [tuple(args) for args in own.found(name, choice.hex(), chosen) or ()]

    def spoilt(self, submission: Submission) -> Submission:
        """Without a table, where none of the student's code says that it is wrong."""
        if self.spec.call is not None:
            return submission
        return replace(submission, files={**submission.files, self.spec.file: b""})

    def planted_mistakes(self) -> Sequence[Variant]:
        """The table, spoilt in every way that its author foresaw."""
        return [
            Variant(mistake.data, partial(self._with_spoilt, mistake.data), says=mistake.says, place=("mistakes", i))
            for i, mistake in enumerate(self.spec.mistakes)
        ]

    def _with_spoilt(self, data: str, submission: Submission) -> Submission:
        spoilt = self.part.author_code.mistake(data)(submission.files[self.spec.file])
        return replace(submission, files={**submission.files, self.spec.file: spoilt})

    def problems(self) -> Sequence[Complaint]:
        """A reference whose own table is none."""
        found, author_code = super().problems(), self.part.author_code
        if found or not author_code.has_reference:
            return found
        content = author_code.reference_file(self.spec.file)
        table = None if content is None else author_code.property_function(self.spec.read)(content)
        if table is None:
            return [(("file",), f"there is no reference/{self.spec.file} to hold tables against")]
        if isinstance(table, str):
            return [(("file",), f"reference/{self.spec.file} cannot be read: {table}")]
        return [] if self.spec.cells is None else self._wrong_cells(self.spec.cells, table)

    def _wrong_cells(self, name: str, table: Any) -> list[Complaint]:
        """A complaint if what is run again for the reference's table is no list of argument lists that can cross."""
        chosen = ask(self.part.author_code.property_function(name), table, derive_key(b"lint", self.id))
        if isinstance(chosen, Raised):
            return [(("cells",), f"{name} raises {chosen.where}")]
        if not isinstance(chosen, list | tuple) or not all(isinstance(args, list | tuple) for args in chosen):
            return [(("cells",), f"{name} must give a list of argument lists — such as [[0.1, 32], [0.2, 32]]")]
        try:
            encode([list(args) for args in chosen], REQUEST_BYTES)
        except CodecError as error:
            return [(("cells",), f"{name} gives what cannot be handed to student code: {error}")]
        return []
