"""Public examples of a function, with what it gives: `examples`."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any, Literal

import numpy as np
from pydantic import Field, field_validator

from grader.checks.author_call import Raised, ask
from grader.checks.base import Check, Complaint, Context, PartFacts, not_judged
from grader.checks.code import Case, CodeCheck
from grader.checks.code_spec import RunSpec
from grader.checks.compare_values import differ
from grader.checks.convert import detached, from_value, to_torch_value
from grader.checks.failure_outcome import failed
from grader.checks.formula_spec import ToleranceField
from grader.checks.input_language import DrawError, evaluate
from grader.checks.registry import register
from grader.checks.spec import Spec
from grader.files.author_code import AuthorCode, oracle_name
from grader.records import Outcome, Verdict
from grader.runner.codec import encode
from grader.runner.values import CodecError
from grader.sandbox.base import Observation
from grader.sandbox.run_calls import REQUEST_BYTES


class ExampleSpec(Spec):
    """One call: what is given, in the order of the parameters, and what it gives.

    Written as inputs are, but a word that is no value stands for itself: `[kitten, sitting]` are two texts.
    """

    given: tuple[Any, ...]
    gives: Any


class ExamplesSpec(RunSpec):
    """Examples that everybody sees, beside the contract of the function and in the report. Worth no points."""

    kind: Literal["examples"]
    call: str
    of: tuple[ExampleSpec, ...] = Field(min_length=1)
    points: Literal[0] = 0
    tolerance: ToleranceField | Literal["default"] = "default"
    visibility: Literal["public"] = "public"

    @field_validator("of")
    @classmethod
    def _short(cls, value: tuple[ExampleSpec, ...]) -> tuple[ExampleSpec, ...]:
        if len(value) > 12:
            raise ValueError("more than twelve examples — what many inputs decide is a hidden `call`")
        return value

    def words(self) -> tuple[str, ...]:
        """With `examples`, where it has no name of its own."""
        return (*super().words()[:1], self.name or "examples")

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


class ExamplesCheck(CodeCheck[ExamplesSpec]):
    """One function, a few calls that are known beforehand."""

    @property
    def title(self) -> str:
        """That these are the examples."""
        return self.spec.title or f"`{self.spec.call}`: {'the examples' if len(self.spec.of) > 1 else 'the example'}"

    @cached_property
    def _values(self) -> Sequence[tuple[tuple[Any, ...], Any]]:
        """What is given and what it gives, as values."""
        code = self.part.author_code
        return [(tuple(value_of(one, code) for one in e.given), value_of(e.gives, code)) for e in self.spec.of]

    def _case(self, rng: np.random.Generator, index: int, sizes: Mapping[str, int] | None = None) -> Case:
        given = self._values[index][0]
        return Case({f"{number}.": value for number, value in enumerate(given, 1)}, given)

    @property
    def _count(self) -> int:
        return len(self.spec.of)

    def judge(self, context: Context, observations: Sequence[Observation]) -> Outcome:
        """Every example, with what came and what should."""
        output = "".join(o.stdout + o.stderr for o in observations)[:4000]
        facts: list[tuple[str, str]] = []
        wrong: list[str] = []
        for example, (_, gives), seen in zip(self.spec.of, self._values, observations, strict=True):
            call, wanted = self.spec.written(example), _as_python(example.gives)
            if seen.status != "returned":
                return failed(seen, call, output)
            came = from_value(seen.value)
            if differ(came, detached(to_torch_value(gives)), self.tolerance) is not None:
                wrong.append(f"{call} gives {_shown(came)}, not {wanted}")
                facts.append((call, f"yours: {_shown(came)}; expected: {wanted}"))
        right = len(observations) - len(wrong)
        if not wrong:
            message = f"{right} of {right} examples come out as they should"
            return Outcome(verdict=Verdict.CORRECT, credit=1.0, message=message, output=output)
        return not_judged(Verdict.WRONG, wrong[0], details=tuple(facts), output=output)

    def problems(self) -> Sequence[Complaint]:
        """Examples that are no values, or that the reference does not give."""
        found: list[Complaint] = []
        code = self.part.author_code
        try:
            for given, _ in self._values:
                encode(list(Case({}, given).asked), REQUEST_BYTES)
        except (DrawError, CodecError) as error:
            return [(("of",), str(error))]
        if not code.has_reference:
            return found
        reference = code.reference(oracle_name(self.spec.call))
        for i, (given, gives) in enumerate(self._values):
            came = ask(lambda given=given: detached(reference(*map(to_torch_value, given))))
            if isinstance(came, Raised):
                found.append((("of", i), f"the reference raises {came.where}"))
            elif (other := differ(detached(to_torch_value(gives)), came, self.tolerance)) is not None:
                found.append((("of", i, "gives"), f"the reference gives {_shown(came)}: {other.message}"))
        return found


def value_of(written: Any, author_code: AuthorCode) -> Any:
    """The value that an author wrote: as an input is written; a word that is none stands for itself."""
    if isinstance(written, list | tuple):
        return [value_of(one, author_code) for one in written]
    if isinstance(written, dict):
        return {value_of(key, author_code): value_of(one, author_code) for key, one in written.items()}
    if written is None or written in ("None", "True", "False"):
        return {"True": True, "False": False}.get(written)
    try:
        tree = ast.parse(written, mode="eval").body
    except (SyntaxError, ValueError):
        return written
    if any(isinstance(node, ast.Name) and not _is_called(node, tree) for node in ast.walk(tree)):
        return written  # `kitten`, `sea-lion`
    return evaluate(written, {}, np.random.default_rng(0), author_code)


def _is_called(name: ast.Name, tree: ast.AST) -> bool:
    return any(
        isinstance(node, ast.Call) and (node.func is name or getattr(node.func, "value", None) is name)
        for node in ast.walk(tree)
    )


def _as_python(written: Any) -> str:
    """What an author wrote, as Python writes it."""
    if isinstance(written, list | tuple):
        return f"[{', '.join(map(_as_python, written))}]"
    if isinstance(written, dict):
        return f"{{{', '.join(f'{_as_python(key)}: {_as_python(one)}' for key, one in written.items())}}}"
    if written is None:
        return "None"
    try:
        tree = ast.parse(written, mode="eval").body
    except (SyntaxError, ValueError):
        return repr(written)
    names = [node for node in ast.walk(tree) if isinstance(node, ast.Name)]
    return repr(written) if any(not _is_called(name, tree) for name in names) else str(written)


def _shown(value: Any) -> str:
    """A value that came out, short enough for a line."""
    text = repr(value.tolist() if hasattr(value, "tolist") else value)
    return text if len(text) <= 80 else f"{text[:80]}…"


@register("examples", place="runs", spec=ExamplesSpec)
def _examples(part: PartFacts, name: str, spec: ExamplesSpec) -> Check:
    return ExamplesCheck(part, name, spec)
