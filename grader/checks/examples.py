"""Public examples of a function, with what it gives: `examples`."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import Field, field_validator

from grader.checks.author_call import Raised, ask
from grader.checks.base import Complaint, Context, not_judged, passed
from grader.checks.case import Case, cast
from grader.checks.code import CodeCheck
from grader.checks.code_spec import CallName, RunSpec
from grader.checks.compare_values import differ
from grader.checks.convert import detached, from_value, to_torch_value
from grader.checks.difference import shortened
from grader.checks.formula_spec import ToleranceField
from grader.checks.input_language import DRAWS, STEADY, DrawError, evaluate
from grader.checks.mixed_numbers import beside_floats
from grader.checks.registry import kinds, register
from grader.checks.reproduce import container
from grader.checks.spec import Spec
from grader.checks.value_kinds import never_drawn
from grader.files.author_code import AuthorCode
from grader.records import Outcome, Verdict
from grader.runner.codec import encode
from grader.runner.values import CodecError, Value
from grader.sandbox.run_calls import REQUEST_BYTES
from grader.seeding import generator

if TYPE_CHECKING:
    import numpy as np


class ExampleSpec(Spec):
    """One call: what is given, in the order of the parameters, and what it gives.

    Written as inputs are, but a word that is no value stands for itself: `[kitten, sitting]` are two texts.
    """

    given: tuple[Any, ...]
    gives: Any


class ExamplesSpec(RunSpec):
    """Examples that everybody sees, beside the contract of the function and in the report. Worth no points."""

    draws_inputs: ClassVar[bool] = False
    kind: Literal["examples"]
    call: CallName
    of: tuple[ExampleSpec, ...] = Field(min_length=1)
    points: Literal[0] = 0
    tolerance: ToleranceField | Literal["default"] = "default"
    forbids: tuple[()] = ()
    """What the function may not use is said by what earns points, and holds here, too."""
    visibility: Literal["public"] = "public"

    @field_validator("of")
    @classmethod
    def _short(cls, value: tuple[ExampleSpec, ...]) -> tuple[ExampleSpec, ...]:
        if len(value) > 12:
            raise ValueError("more than twelve examples — what many inputs decide is a hidden `call`")
        return value

    def is_comparison(self) -> bool:
        """No: a function that knows its examples would pass."""
        return False

    def written(self, example: ExampleSpec) -> str:
        """A call as it is written in Python."""
        return f"{self.call.rpartition('.')[2]}({', '.join(map(_as_python, example.given))})"

    def notes(self) -> Mapping[str, str]:
        """The examples."""
        shown = "; ".join(f"{self.written(one)} gives {_as_python(one.gives)}" for one in self.of)
        return {self.call: f"for example: {shown}."}

    def for_students(self, written: Mapping[str, Any]) -> dict[str, Any]:
        """All of it."""
        return dict(written)


@register("examples", place="runs", spec=ExamplesSpec)
class ExamplesCheck(CodeCheck[ExamplesSpec]):
    """One function, a few calls that are known beforehand."""

    @property
    def title(self) -> str:
        """That these are the examples."""
        return self.spec.title or f"`{self.spec.call}`: {'the examples' if len(self.spec.of) > 1 else 'the example'}"

    @cached_property
    def _values(self) -> Sequence[tuple[tuple[Any, ...], Any]]:
        """What is given and what it gives, as values."""
        return [(tuple(map(self._value, example.given)), self._value(example.gives)) for example in self.spec.of]

    def _value(self, written: Any) -> Any:
        return cast(value_of(written, self.part.author_code), self.spec.dtype)

    def _case(self, rng: np.random.Generator, index: int, sizes: Mapping[str, int] | None = None) -> Case:
        given = self._values[index][0]
        return Case({f"{number}.": value for number, value in enumerate(given, 1)}, given, index)

    def _told(self, case: Case) -> str:
        return self.spec.written(self.spec.of[case.index])

    @property
    def _count(self) -> int:
        return len(self.spec.of)

    @cached_property
    def forbids(self) -> Sequence[str]:
        """What other checks of the same function forbid it, so that it is told before the deadline."""
        runs = [run for run in self.part.runs if isinstance(run, RunSpec) and run.call == self.spec.call]
        return [*dict.fromkeys(name for run in runs for name in run.forbids)]

    def judge_values(self, context: Context, cases: Sequence[Case], came: Sequence[Value]) -> Outcome:
        """Every example, with what came and what should."""
        right = beside_floats([detached(to_torch_value(gives)) for _, gives in self._values])
        wrong = [
            (self.spec.written(example), _shown(value), _as_python(example.gives))
            for example, gives, value in zip(self.spec.of, right, map(from_value, came), strict=True)
            if differ(value, gives, self.tolerance) is not None
        ]
        if not wrong:
            count = len(cases)
            several = f"{count} of {count} examples come out as they should"
            return passed(several if count > 1 else "the example comes out as it should")
        call, yours, wanted = wrong[0]
        facts = tuple((call, f"yours: {yours}; expected: {wanted}") for call, yours, wanted in wrong)
        return not_judged(Verdict.WRONG, f"{call} gives {yours}, not {wanted}", details=facts)

    def problems(self) -> Sequence[Complaint]:
        """Examples that are no values, or others than the runs draw, or that the reference does not give."""
        return [
            complaint
            for i, example in enumerate(self.spec.of)
            for complaint in self._no_values(i, example) or [*self._unlike_runs(i), *self._other_result(i)]
        ]

    def _no_values(self, i: int, example: ExampleSpec) -> list[Complaint]:
        if drawn := _random(example.given):
            what = f"`{drawn}` is drawn at random — write the values themselves, `'tensor([[1.0], [2.0]])'`"
            return [(("of", i, "given"), what)]
        try:
            encode(list(Case({}, tuple(map(self._value, example.given))).asked), REQUEST_BYTES)
            self._value(example.gives)
        except (DrawError, CodecError) as error:
            return [(("of", i), str(error))]
        return []

    def _unlike_runs(self, i: int) -> list[Complaint]:
        """Arguments of a kind that the runs of the same function never hand over."""
        beside = zip(self._values[i][0], self._drawn_by_runs.items(), strict=False)
        found: list[Complaint] = []
        for place, (value, (name, drawn)) in enumerate(beside):
            what = never_drawn(value, drawn, self.spec.call)
            if what:  # it may be chance: `choice(None, n)` gives five numbers now and then
                what = never_drawn(value, [*drawn, *self._drawn_often.get(name, ())], self.spec.call)
            if what:
                found.append((("of", i, "given", place), f"`{name}`: {what}"))
        return found

    @cached_property
    def _drawn_by_runs(self) -> Mapping[str, Sequence[Any]]:
        return self._by_parameter(lambda run: run.sample)

    @cached_property
    def _drawn_often(self) -> Mapping[str, Sequence[Any]]:
        return self._by_parameter(lambda run: run.sample_of(_OFTEN))

    def _by_parameter(self, draw: Callable[[CodeCheck[RunSpec]], Sequence[Case]]) -> Mapping[str, Sequence[Any]]:
        """By the name of each parameter, what other runs of the part hand to the same function itself."""
        drawn: list[Case] = []
        names: tuple[str, ...] = ()
        for spec in self.part.runs:
            if isinstance(spec, RunSpec) and spec.call == self.spec.call and not getattr(spec, "observe", None):
                run = kinds()[spec.kind].build(self.part, "", spec)
                if spec.inputs and isinstance(run, CodeCheck):
                    names = max(names, tuple(spec.inputs), key=len)
                    with suppress(DrawError, CodecError):  # is told where that run stands
                        drawn += draw(run)
        return {name: [case.args[i] for case in drawn if i < len(case.args)] for i, name in enumerate(names) if drawn}

    def _other_result(self, i: int) -> list[Complaint]:
        if not self.part.author_code.has_reference:
            return []
        reference = self.part.author_code.oracle(self.spec.call)
        given, gives = self._values[i]
        came = ask(lambda: detached(reference(*map(to_torch_value, given))))
        if isinstance(came, Raised):
            return [(("of", i), f"the reference raises {came.where}")]
        other = differ(detached(to_torch_value(gives)), came, self.tolerance)
        return [(("of", i, "gives"), f"the reference gives {_shown(came)}: {other.message}")] if other else []


def value_of(written: Any, author_code: AuthorCode) -> Any:
    """The value that an author wrote: as an input is written; a word that is none stands for itself."""
    if isinstance(written, list | tuple):
        return [value_of(one, author_code) for one in written]
    if isinstance(written, dict):
        return {value_of(key, author_code): value_of(one, author_code) for key, one in written.items()}
    if written is None or written in ("None", "True", "False"):
        return {"True": True, "False": False}.get(written)
    if _read(written) is None:
        return written  # `kitten`, `sea-lion`
    return evaluate(written, {}, generator(0), author_code)


def _is_called(name: ast.Name, tree: ast.AST) -> bool:
    return any(
        isinstance(node, ast.Call) and (node.func is name or getattr(node.func, "value", None) is name)
        for node in ast.walk(tree)
    )


def _random(given: Sequence[Any]) -> str:
    """The first random draw in what an author wrote; empty if nothing is drawn."""
    calls = (node for node in ast.walk(ast.parse(_as_python([*given]))) if isinstance(node, ast.Call))
    drawn = (ast.unparse(node) for node in calls if isinstance(node.func, ast.Name) and node.func.id in _RANDOM)
    return next(drawn, "")


_OFTEN = 40
"""So many times inputs are drawn before a kind of value is said never to be among them."""
_RANDOM = {*DRAWS, "each"} - {*STEADY, "generator"}


def _read(written: Any) -> ast.expr | None:
    """What an author wrote, as Python's grammar reads it; None for a word or a text that stands for itself."""
    try:
        tree = ast.parse(written.replace("^", "**"), mode="eval").body
    except (AttributeError, SyntaxError, ValueError):
        return None
    names = [node for node in ast.walk(tree) if isinstance(node, ast.Name)]
    return tree if all(_is_called(name, tree) for name in names) else None


def _as_python(written: Any) -> str:
    """What an author wrote, as Python writes it where torch is imported."""
    if isinstance(written, list | dict):
        return container(written, _as_python)
    if written is None or written in ("None", "True", "False"):
        return str(written)
    tree = _read(written)
    if tree is None:
        return repr(written)
    has_calls = any(isinstance(node, ast.Call) for node in ast.walk(tree))
    return ast.unparse(_OfTorch().visit(tree)) if has_calls else str(written)


class _OfTorch(ast.NodeTransformer):
    """Names what an author calls in the language of inputs as torch does."""

    def visit_Call(self, node: ast.Call) -> ast.AST:
        if isinstance(node.func, ast.Name) and node.func.id == "generator":
            seed = DRAWS["generator"](generator(0)).seed
            return ast.parse(f"torch.Generator().manual_seed({seed})", mode="eval").body
        if isinstance(node.func, ast.Name) and node.func.id in STEADY:
            node.func = ast.Attribute(ast.Name("torch"), node.func.id)
        return self.generic_visit(node)


def _shown(value: Any) -> str:
    """A value that came out, short enough for a line."""
    return shortened(repr(value.tolist() if hasattr(value, "tolist") else value), 80)
