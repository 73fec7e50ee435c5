"""A hostile amount in one field costs that field: no fault of ours anywhere, and no other point."""

from dataclasses import replace
from itertools import cycle
from pathlib import Path

import pytest

from grader.assignment.load import load_assignment
from grader.authoring.validate import load_reference
from grader.checks.base import Context, Family
from grader.checks.formula_spec import NumberSpec
from grader.grading.grade import judge_check
from grader.records import Verdict
from grader.submission.model import Answer

ASSIGNMENT = load_assignment(Path(__file__).parents[2])
REFERENCE = load_reference(ASSIGNMENT)
HOSTILE = ("-1 FLOP", "inf", "10**400", "0", "-3", "nan", "1e-320", "1/0", "10^(10^10)")
FIELDS = [
    (part, name) for part in ASSIGNMENT.parts for name, spec in part.fields.items() if isinstance(spec, NumberSpec)
]
TYPED = [check for part in ASSIGNMENT.parts for check in part.checks if check.family is Family.ANSWER]


def outcomes(judge, answers):
    """Every typed check's outcome, in order, as later ones may follow from earlier ones."""
    context = Context(replace(REFERENCE, answers=answers), judge, b"secret" * 4)
    for check in TYPED:
        context.settle(check.id, judge_check(check, context, ()))
    return context.outcomes


@pytest.fixture(scope="module")
def untouched(judge):
    return outcomes(judge, REFERENCE.answers)


@pytest.mark.parametrize(
    ("part", "name", "value"),
    [(part, name, value) for (part, name), value in zip(FIELDS, cycle(HOSTILE), strict=False)],
    ids=lambda value: getattr(value, "id", str(value)),
)
def test_a_hostile_amount_costs_its_own_field_alone(judge, untouched, part, name, value):
    found = outcomes(judge, {**REFERENCE.answers, (part.id, name): Answer(value)})
    moved = {check_id for check_id, outcome in found.items() if outcome.credit != untouched[check_id].credit}
    assert Verdict.HARNESS_ERROR not in {outcome.verdict for outcome in found.values()}
    assert moved <= {f"{part.id}.{name}"}
    assert found[f"{part.id}.{name}"].verdict in (Verdict.WRONG, Verdict.UNREADABLE)
