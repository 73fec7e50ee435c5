"""Typed mathematics: every kind in `grader/maths/kinds`.

Owns how a field becomes a question for the judge, and how its decision becomes an outcome with follow-through. How
two formulas are compared belongs to `grader.maths`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal

from pydantic import create_model

from grader.checks.base import Complaint, Context, Variant
from grader.checks.carry_forward import Carried, Earlier, carry_forward
from grader.checks.choice import ChoiceSpec, option_meant
from grader.checks.decision_outcome import to_outcome
from grader.checks.field import answered
from grader.checks.formula_lint import unusable_texts
from grader.checks.formula_spec import SPECS, FormulaSpec, NumberSpec, SetSpec
from grader.checks.own_data import DescribingCheck
from grader.checks.registry import register
from grader.checks.spec import KeyPath
from grader.errors import UnusableQuestion
from grader.files.author_code import AuthorCodeError, required_parameters
from grader.grouping import by_key
from grader.maths.kinds import kind_names
from grader.maths.reading.question import Alternative, Mistake, Question
from grader.records import Outcome, Verdict
from grader.submission.model import Submission

if TYPE_CHECKING:
    from grader.maths.judge_process import Judge

_DOTTED = re.compile(r"\b([A-Za-z]\w*)\.([A-Za-z]\w*)\b")
"""A field of an earlier part, as `follows` names it: `part.field`."""
_OF_QUESTIONS = ("labels", "ties", "shape", "growth", "tolerance", "within", "unit", "units", "percent")
"""Keys of authors that the judge calls the same."""
_TOO_FEW = "nothing follows from your {}, which lacks symbols that belong there"


class FormulaCheck(DescribingCheck[FormulaSpec | NumberSpec | SetSpec]):
    """One field held against its expectation."""

    def judge_text(self, context: Context, text: str) -> Outcome:
        """Equal to the right answer, or right given the student's own earlier answers."""
        carried = self._carried(context)
        question = replace(
            self.question(self._right_answer(context)),
            secret=self.drawn_from(context)[0],
            follow_reference=None if carried.expected is None else repr(carried.expected),
        )
        outcome = to_outcome(context.judge.decide(question, text, self._previous(context)), text)
        why_not = carried.why_not or self._why_not_carried(context)
        if why_not and outcome.verdict is Verdict.WRONG and outcome.mistake not in self.sentences():
            message = f"{outcome.message}; {why_not}" if outcome.message else why_not
            outcome = outcome.model_copy(update={"message": message})
        return outcome if outcome.value is None else self.stands_on_data(context, outcome, float(outcome.value))

    def read_text(self, context: Context, text: str) -> Outcome:
        """How the judge reads it, without any right answer in sight."""
        decision = context.judge.read(self.question(""), text)
        if decision.verdict == "invalid":
            return to_outcome(decision, text)
        return Outcome(verdict=Verdict.NEEDS_REVIEW, answer=text, reading=decision.reading)

    def question(self, reference: str) -> Question:
        """The field as the judge sees it, with this right answer."""
        shared = {key: getattr(self.spec, key) for key in _OF_QUESTIONS if hasattr(self.spec, key)}
        return Question(
            id=self.id,
            kind=self.spec.kind,
            reference=reference,
            symbols=self.part.symbols,
            mistakes=tuple(Mistake(one.answer, one.says, one.credit) for one in self.spec.mistakes),
            alternatives=tuple(Alternative(one.answer, one.tolerance) for one in getattr(self.spec, "also", ())),
            follows=_DOTTED.sub(r"\1__\2", self._follows) or None,
            rights=self._earlier_rights() if reference else {},
            **shared,
        )

    @property
    def _follows(self) -> str:
        """What is done with earlier answers to get the right one; empty if nothing is."""
        return getattr(self.spec, "follows", None) or ""

    def _looks_back_at(self) -> list[str]:
        """The fields of this part that `follows` names."""
        named = re.findall(r"(?<![\w.])[A-Za-z_]\w*", self._follows)
        return sorted(set(named) & set(self.part.fields) - {self.name})

    def _earlier_rights(self) -> Mapping[str, str]:
        """What is right in the fields of this part that `follows` names."""
        expected = {name: getattr(self.part.fields[name], "expect", None) for name in self._looks_back_at()}
        return {name: self.part.author_code.expectation(expect) for name, expect in expected.items() if expect}

    def right_answer(self) -> str:
        """The expectation; empty where only a range decides."""
        return self.part.author_code.expectation(self.spec.expect) if self.spec.expect else ""

    def _right_answer(self, context: Context) -> str:
        if isinstance(self.spec, SetSpec):
            for case in self.spec.when:
                if self._chosen(context, case.field) == case.is_:
                    return self.part.author_code.expectation(case.expect)
        return self.right_answer()

    def _chosen(self, context: Context, name: str) -> str | None:
        """The option that was meant in a choice of this part."""
        spec, answer = self.part.fields[name], context.submission.answer(self.part.id, name)
        return option_meant(answer.text or "", spec.options) if answer and isinstance(spec, ChoiceSpec) else None

    def _previous(self, context: Context) -> Mapping[str, str]:
        """What `follows` may look back at: other fields of the part, fields of earlier parts as `part__field`."""
        if not self._follows:
            return {}
        found = answered(context, self.part.id, [name for name in self.part.fields if name != self.name])
        for part, field in _DOTTED.findall(self._follows):
            found |= {f"{part}__{field}": text for text in answered(context, part, [field]).values()}
        return found

    def _carried(self, context: Context) -> Carried:
        """The right answer given the student's own earlier numbers and formulas, where there are any."""
        spec = self.spec
        if not isinstance(spec, NumberSpec) or spec.expect is None:
            return Carried(None)
        found = {name.rpartition(".")[2]: self._earlier(context, spec, name) for name in spec.from_}
        earlier = {name: value for name, value in found.items() if value is not None}
        if not earlier:
            return Carried(None)
        for name in earlier:
            if self._too_few_symbols(context, name):
                return Carried(None, _TOO_FEW.format(name))
        return carry_forward(self.part.author_code.reference(spec.expect), earlier, float(self.right_answer()))

    def _why_not_carried(self, context: Context) -> str:
        """Why nothing follows from the earlier formulas that `follows` names; empty if something may."""
        for name in self._looks_back_at():
            before = context.outcomes.get(f"{self.part.id}.{name}")
            if before is not None and before.verdict in (Verdict.MISSING, Verdict.UNREADABLE):
                state = "is not answered" if before.verdict is Verdict.MISSING else "cannot be read"
                return f"nothing follows from your {name}, which {state}"
            if self._too_few_symbols(context, name):
                return _TOO_FEW.format(name)
        return ""

    def _too_few_symbols(self, context: Context, name: str) -> bool:
        """Whether an earlier formula holds no more than half of the symbols of the right one."""
        field, outcome = self.part.fields.get(name), context.outcomes.get(f"{self.part.id}.{name}")
        if not isinstance(field, FormulaSpec) or outcome is None:
            return False
        right = self.part.author_code.expectation(field.expect)
        wanted, held = (
            set(re.findall(r"[A-Za-z]\w*", text)) & set(self.part.symbols) for text in (right, outcome.reading or "")
        )
        return bool(wanted) and 2 * len(held & wanted) <= len(wanted)

    def _earlier(self, context: Context, spec: NumberSpec, name: str) -> Earlier | None:
        """A number that was read, or what a formula that is not right gives at the author's points."""
        check_id = name if "." in name else f"{self.part.id}.{name}"
        if (number := context.numbers.get(check_id)) is not None:
            return float(number)
        outcome, field = context.outcomes.get(check_id), self.part.fields.get(name)
        if spec.at is None or not isinstance(field, FormulaSpec) or outcome is None or not outcome.answer:
            return None
        if outcome.verdict is Verdict.CORRECT and not outcome.follows:
            return None  # the right answer follows from it
        points = self.part.author_code.reference(spec.at)()
        texts = [{symbol: repr(value) for symbol, value in point.items()} for point in points]
        question = FormulaCheck(self.part, name, field).question(reference="")
        values = context.judge.evaluate(question, outcome.answer, texts)
        return None if None in values else tuple(float(value or "nan") for value in values)

    @property
    def asked(self) -> str:
        """What is asked, in which unit, and how near a number must come."""
        if not isinstance(self.spec, NumberSpec):
            return self.spec.asks
        unit = f"in {self.spec.unit}, or write the unit" if self.spec.kind == "quantity" else ""
        told = "; ".join(filter(None, (unit, self.spec.near)))
        return f"{self.spec.asks} ({told})" if told else self.spec.asks

    def mutants(self) -> Iterable[Variant]:
        """Every single edit of the right formula."""
        from grader.maths.explaining.nearest_mistake import mutations  # SymPy: a second that only `validate` spends

        if isinstance(self.spec, FormulaSpec):
            for mutant in mutations(self.question(self.right_answer())):
                yield self.variant(mutant, credit=None)

    def spoilt(self, submission: Submission) -> Submission:
        """With an answer that follows from no other, as a foreseen one might."""
        is_carried = bool(self._follows or getattr(self.spec, "from_", None))
        return self.variant("12345.678").plant(submission) if is_carried else super().spoilt(submission)

    def problems_judged(self, judge: Judge) -> Sequence[Complaint]:
        """A right answer that cannot be read, an alternative that is not right, a mistake that is in fact right."""
        right = self.right_answer() if self.part.author_code.has_reference else ""
        try:
            return list(unusable_texts(self.question(right), self.spec, judge)) if right else []
        except UnusableQuestion as error:
            return [(("expect",), str(error))]
        except AuthorCodeError:
            return []  # what an earlier field should be cannot be had, which is told there

    def problems(self) -> Sequence[Complaint]:
        """What an author should mend: a reference that does not import, names that do not exist."""
        found = [*super().problems()]
        if isinstance(self.spec, NumberSpec) and self.spec.from_ and self.spec.expect is None:
            found.append((("from",), "follow-through needs an `expect` that takes these names"))
        derived: list[tuple[KeyPath, str]] = [(("expect",), self.spec.expect)] if self.spec.expect else []
        if isinstance(self.spec, SetSpec):
            for i, case in enumerate(self.spec.when):
                derived.append((("when", i, "expect"), case.expect))
                choice = self.part.fields.get(case.field)
                if not isinstance(choice, ChoiceSpec):
                    found.append((("when", i, "field"), f"there is no choice {case.field!r} in this part"))
                elif case.is_ not in choice.options:
                    allowed = f"allowed: {', '.join(choice.options)}"
                    found.append((("when", i, "is"), f"{case.is_!r} is no option of {case.field} — {allowed}"))
        if self.part.author_code.has_reference:
            for path, name in derived:
                found += self._missing_expectation(path, name)
        return found

    def _missing_expectation(self, path: KeyPath, name: str) -> list[Complaint]:
        try:
            if required := required_parameters(self.part.author_code.reference(name)):
                return [(path, f"{name} needs {', '.join(required)}: an expectation is called bare")]
            self.part.author_code.expectation(name)
        except AuthorCodeError as error:
            return [(path, str(error))]
        return []


def _register_all() -> None:
    """Register every kind of typed answer with the spec of its family, which is told the names it goes by."""
    literal: Any = Literal
    families = by_key((SPECS.get(kind, FormulaSpec), kind) for kind in kind_names())
    for base, names in families.items():
        facts: Any = {"__base__": base, "__module__": base.__module__, "__doc__": base.__doc__}
        spec = create_model(base.__name__, kind=(literal[tuple(names)], ...), **facts)
        register(*names, place="fields", spec=spec)(FormulaCheck)


_register_all()
