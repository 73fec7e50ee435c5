"""A class with state, used step by step: `methods`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field

from grader.checks.author_call import Raised, ask
from grader.checks.base import Complaint, Context
from grader.checks.case import Case, smallest_first
from grader.checks.code_call import CallCheck, Failing
from grader.checks.code_spec import CodeSpec, RunSpec
from grader.checks.compare_values import differ
from grader.checks.convert import from_value, to_value
from grader.checks.difference import Difference
from grader.checks.input_language import DrawError, evaluate
from grader.checks.input_words import in_words
from grader.checks.mixed_numbers import beside_floats
from grader.checks.registry import register
from grader.checks.reproduce import NotWritable, as_python, to_paste
from grader.checks.spec import Withheld
from grader.runner.values import Value
from grader.seeding import generator

if TYPE_CHECKING:
    import numpy as np

OBSERVER = "@playing:play"


class MethodsSpec(CodeSpec):
    """Objects of a class of the student's, held against the reference's by what their methods give in turn.

    `inputs` is what an object is made of. `steps` are calls, each `method: [arguments]`, or one draw that gives a list
    of them, `[method, argument, …]` each. What a method raises is compared by its name.
    """

    kind: Literal["methods"]  # type: ignore[assignment]  # one kind of run beside another
    steps: Withheld[str | tuple[dict[str, tuple[str, ...]], ...]] = Field(min_length=1)
    observe: Literal[OBSERVER] = OBSERVER  # type: ignore[valid-type]
    property: None = None
    holds: None = None

    def words(self) -> tuple[str, ...]:
        """With `methods`, where it has no name of its own."""
        return RunSpec.words(self)


@register("methods", place="runs", spec=MethodsSpec)
class MethodsCheck(CallCheck):
    """One class, one list of calls per case."""

    spec: MethodsSpec

    def _case(self, rng: np.random.Generator, index: int, sizes: Mapping[str, int] | None = None) -> Case:
        case = super()._case(rng, index, sizes)
        return replace(case, names={**case.names, "steps": self._steps(case.names, rng)})

    def _steps(self, names: Mapping[str, Any], rng: np.random.Generator) -> list[list[Any]]:
        def drawn(text: str) -> Any:
            return evaluate(text, names, rng, self.part.author_code)

        if not isinstance(self.spec.steps, str):
            return [[name, *map(drawn, given)] for step in self.spec.steps for name, given in step.items()]
        steps = drawn(self.spec.steps)
        if not isinstance(steps, list) or not all(
            isinstance(step, list | tuple) and step and isinstance(step[0], str) for step in steps
        ):
            raise DrawError(f"{self.spec.steps!r} gives no steps — a list of [method, argument, …] is needed")
        return [list(step) for step in steps]

    def _asked(self, case: Case) -> tuple[Value, ...]:
        return (to_value(case.names["steps"]), *case.asked)

    def _run_outside(self, function: Any, case: Case) -> Any:
        return super()._run_outside(function, replace(case, args=(case.names["steps"], *case.args)))

    def _first_other(self, context: Context, cases: Sequence[Case], came: Sequence[Value]) -> Failing | None:
        """The first call that gives something else in the smallest case where one does, with the call."""
        right = self._by_method(cases, self._all_expected(context, cases))
        for i in smallest_first(cases):
            steps = cases[i].names["steps"]
            found = self._results(from_value(came[i]), len(steps))
            if found is None:
                return Failing(i, Difference("what the methods gave did not come out as it was"), {})
            for number, (step, wanted, its) in enumerate(zip(steps, right[i], found, strict=True), 1):
                if (difference := self._differ_in(wanted, its)) is not None:
                    call = f"{step[0]}({', '.join(map(in_words, step[1:]))})"
                    told = replace(difference, message=f"step {number}, {call}: {difference.message}")
                    before = [one for one, gave in zip(steps[: number - 1], right[i], strict=False) if gave[0]]
                    until = replace(cases[i], names={**cases[i].names, "steps": [*before, step]})
                    results = {"yours": its, "wanted": wanted}
                    return Failing(i, told, {whose: one[1] for whose, one in results.items() if one[0]}, until)
        return None

    @staticmethod
    def _by_method(cases: Sequence[Case], right: Sequence[Sequence[Any]]) -> list[list[list[Any]]]:
        """Of each step whether it returned, and what: all that one method gives is one place of numbers."""
        names = [step[0] for case in cases for step in case.names["steps"]]
        gave = [list(one) for several in right for one in several]
        for name in dict.fromkeys(names):
            its = [one for method, one in zip(names, gave, strict=True) if method == name]
            for one, value in zip(its, beside_floats([one[1] for one in its]), strict=True):
                one[1] = value
        steps = iter(gave)
        return [[next(steps) for _ in several] for several in right]

    @staticmethod
    def _results(came: Any, number: int) -> list[list[Any]] | None:
        """Of each step whether it returned, and what; None for anything else, which is forged."""
        pairs = came if isinstance(came, list) and len(came) == number else None
        return pairs if pairs and all(isinstance(one, list) and len(one) == 2 for one in pairs) else None

    def _again(self, context: Context, case: Case, results: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
        """Lines to paste that make an object and use it step by step, to the one that is told."""
        try:
            uses = [f"{step[0]}({', '.join(map(as_python, step[1:]))})" for step in case.names["steps"]]
        except NotWritable:
            return ()
        return to_paste(context.submission, self.spec.call or "", self._given(case), results, uses)

    def _differ_in(self, wanted: Sequence[Any], found: Sequence[Any]) -> Difference | None:
        if wanted[0] and found[0]:
            return differ(found[1], wanted[1], self.tolerance)
        if list(wanted) == list(found):
            return None
        should = "a value should come" if wanted[0] else f"{wanted[1]} should be raised"
        return Difference(f"{should}, {'a value came' if found[0] else f'{found[1]} was raised'}")

    def problems(self) -> Sequence[Complaint]:
        """Methods that the reference's class lacks."""
        found = super().problems()
        if found or not self.part.author_code.has_reference:
            return found
        made = ask(self.part.author_code.reference, self._oracle)
        case = self._case(generator(0), 0)
        lacking = [
            step[0] for step in case.names["steps"] if not isinstance(made, Raised) and not hasattr(made, step[0])
        ]
        return [(("steps",), f"{self._oracle} has no method {lacking[0]}")] if lacking else []
