"""Base of the checks of a student's function of which authors write variants, wrong ones and right ones.

Owns putting such a variant into the place of the function, and how a call of it is repeated. Registers no kind.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property, partial
from typing import Any, Generic

from grader.checks.author_call import Raised, ask
from grader.checks.base import Complaint, Context, Variant
from grader.checks.case import Case
from grader.checks.code import AnyRunSpec, CodeCheck
from grader.checks.code_spec import RunSpec
from grader.checks.compare_values import differ
from grader.checks.convert import from_value
from grader.checks.reproduce import to_paste
from grader.records import Outcome, Verdict
from grader.runner.values import Value
from grader.sandbox.run_calls import REQUEST_BYTES
from grader.submission.model import Submission


class FunctionCheck(CodeCheck[AnyRunSpec], Generic[AnyRunSpec]):
    """A student's function, run on drawn inputs. A kind adds `judge_values`."""

    @cached_property
    def beside(self) -> tuple[str, ...]:
        """Of a property, the comparison of its function; where there is none, the function's other properties."""
        if self.spec.is_comparison() or not self.spec.points:
            return ()
        runs = [run for run in self.part.runs if isinstance(run, RunSpec) and run.points]
        others = [run for run in runs if run.call == self.spec.call and run.words() != self.spec.words()]
        others = [run for run in others if run.is_comparison()] or others
        return tuple(".".join((self.part.id, "run", *run.words())) for run in others)

    @cached_property
    def counts_beside(self) -> str:
        """Beside what the points count: the same whatever that came to, which may not be told yet."""
        if not self.beside:
            return ""
        others = ", ".join(name.partition(".run.")[2] for name in self.beside)
        return f"; its points count once {others} {'is' if len(self.beside) == 1 else 'are'} right"

    def _run_outside(self, function: Any, case: Case) -> Any:
        """What a trusted function gives on the same inputs, observed the same way."""
        import torch

        torch.default_generator.manual_seed(case.index)  # `torch.manual_seed` formats the stack, for milliseconds
        if self.observer is not None:
            function = partial(self.part.author_code.observer(self.observer), function)
        return case.called(function)

    def _is_given_by(self, code: str, cases: Sequence[Case], came: Sequence[Value]) -> bool:
        """Whether a wrong variant gives what came out, in every case."""
        for case, value in zip(cases, came, strict=True):
            given = self._given_by(code, case)
            if isinstance(given, Raised) or differ(from_value(value), given, self.tolerance) is not None:
                return False
        return True

    def _given_by(self, code: str, case: Case) -> Any:
        """What a wrong variant gives, or what it raises."""
        wrong = self.part.author_code.mistake(code)
        return case.result_of(wrong, partial(ask, self._run_outside, wrong, case))

    def _said_of(self, is_same: Callable[[str], bool]) -> str | None:
        """What is said of the first planted variant that is the same, in a kind's own sense, if there is one."""
        if not self.part.author_code.has_reference:
            return None
        return next((one.says for one in self.spec.mistakes if one.says and is_same(one.code)), None)

    def _again(self, context: Context, case: Case, results: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
        """Lines to paste that repeat a case, with results beside them; none where an observer calls the function."""
        if self.spec.call is None or not case.args or getattr(self.spec, "observe", None) is not None:
            return ()
        return to_paste(context.submission, self.spec.call, self._given(case), results)

    def _given(self, case: Case) -> Mapping[str, Any]:
        """What the function was given in a case, by parameter."""
        return {name: case.names[name] for name in self.spec.inputs}

    def planted_mistakes(self) -> Sequence[Variant]:
        """The wrong variants of the function."""
        return [
            Variant(one.code, partial(self._with_code, "mistakes", one.code), says=one.says, place=("mistakes", i))
            for i, one in enumerate(self.spec.mistakes)
        ]

    def accepted(self) -> Sequence[Variant]:
        """The right variants of the function."""
        return [
            Variant(code, partial(self._with_code, "accepted", code), credit=1.0, place=("accepted", i))
            for i, code in enumerate(self.spec.accepted)
        ]

    def _with_code(self, folder: str, code: str, submission: Submission) -> Submission:
        """The submission with a variant from a folder of the reference in the place of its own function."""
        file, _, variant = code.partition(":")
        module, _, function = (self.spec.call or "").rpartition(".")
        override = f"\n\nfrom planted_{file} import {variant} as {function}\n".encode()
        planted = {
            f"planted_{file}.py": self.part.author_code.reference_file(f"{folder}/{file}.py") or b"",
            f"{module}.py": submission.files[f"{module}.py"] + override,
        }
        return replace(submission, files={**submission.files, **planted})

    def fails_of_reference(self, cases: Sequence[Case], key: str) -> list[Complaint]:
        """A complaint about a key if the reference does not pass in these cases, judged as a student's function is."""
        if not self.part.author_code.has_reference:
            return []
        from grader.runner.convert import freeze  # torch: seconds that only the linting of code spends

        function = self.part.author_code.oracle(self.spec.call or "")
        came = ask(lambda: [freeze(self._run_outside(function, case), REQUEST_BYTES) for case in cases])
        if isinstance(came, Raised):
            return [(("call",), f"the reference raises {came.where}, with {cases[0].preview()}")]
        nobody = Context(Submission("", {}), None, b"")  # type: ignore[arg-type]  # nothing is typed
        outcome = self.judge_values(nobody, cases, came)
        if outcome.verdict is Verdict.CORRECT:
            return []
        facts = "".join(f" ({label}: {value})" for label, value in outcome.details[:1])
        return [((key,), f"the reference does not pass: {outcome.message}{facts} {outcome.staff}".rstrip())]


def with_mistake(outcome: Outcome, says: str | None) -> Outcome:
    """An outcome with what its author says of the mistake that it shows, where that is not said already."""
    if says is None or says in outcome.message:
        return outcome
    return outcome.model_copy(update={"message": f"{outcome.message} — {says}", "mistake": says})
