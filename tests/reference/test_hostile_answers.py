"""A hostile answer in any field costs that field and what is declared to stand on it, and is no fault of ours."""

from dataclasses import replace
from itertools import islice

import pytest
from homework import ASSIGNMENT

from grader.authoring.validate import load_reference
from grader.checks.base import Context, Family
from grader.grading.grade import judge_check
from grader.records import Verdict
from grader.submission.model import Answer

REFERENCE = load_reference(ASSIGNMENT)
TYPED = [check for part in ASSIGNMENT.parts for check in part.checks if check.family.readable]
FIELDS = [[name for name in part.fields if (part.id, name) in REFERENCE.answers] for part in ASSIGNMENT.parts]
ROUNDS = max(map(len, FIELDS))
"""In each of them one field of every part holds something hostile; parts do not stand on one another's verdicts."""
HOSTILE = (
    "-1 FLOP", "inf", "10**400", "0", "-3", "nan", "1e-320", "1/0", "10^(10^10)", "9" * 20_000, "(" * 3_000, "",
    "\ud800", "\x00", "\u202e1 = 1", "<script>alert(1)</script>", "__import__('os').system('ls')", "{}", "[[[[]]]]",
    "\\frac{1}{0}", "$$", "x = x = x", "true", "A" * 5_000, "{1, 2", "1..10**9", "\\left(\\right)", "N^N^N^N^N", "'",
)  # fmt: skip
TABLES = {
    "nothing": b"",
    "zeros": b"\0" * 1000,
    "a header": b"setting,batch_size,lr,seed,final_mse\n",
    "huge numbers": b"setting,batch_size,lr,seed,final_mse\n" + b"linear_sgd,1,0.1,0,1" + b"0" * 400 + b"\n",
    "no numbers": b"setting,batch_size,lr,seed,final_mse\nlinear_sgd,one,fast,none,small\n",
    "nan and infinity": b"setting,batch_size,lr,seed,final_mse\nlinear_sgd,nan,inf,-inf,nan\n",
    "one long line": b"9" * 200_000,
    "half a character": REFERENCE.files["lr_scaling.csv"][:5000] + b"\xff",
}
TABLE = "lr_scaling.csv"


def outcomes(judge, submission):
    """The outcome of every check of what is typed or saved, in order, as later ones may follow from earlier ones."""
    context = Context(submission, judge, b"secret" * 4)
    for check in TYPED:
        if check.family is not Family.FILE:  # a good table would be run again
            context.settle(check.id, judge_check(check, context, ()))
    return context.outcomes


@pytest.fixture(scope="module")
def untouched(judge):
    return outcomes(judge, REFERENCE)


def moved(found, untouched):
    assert Verdict.HARNESS_ERROR not in {outcome.verdict for outcome in found.values()}
    return {check_id for check_id, outcome in found.items() if outcome.credit != untouched[check_id].credit}


def standing_on(changed):
    """Fields, and those that are scored only after one of them or told by one of them how to be read."""
    declared = {
        check.id: {*check.after, *(f"{check.part.id}.{rule.field}" for rule in getattr(check.spec, "when", ()))}
        for check in TYPED
    }
    while more := {name for name, needs in declared.items() if needs & changed} - changed:
        changed = changed | more
    return changed


@pytest.mark.parametrize("turn", range(ROUNDS))
def test_a_hostile_answer_costs_what_stands_on_it_alone(judge, untouched, turn):
    fields = [
        (part.id, names[turn % len(names)]) for part, names in zip(ASSIGNMENT.parts, FIELDS, strict=True) if names
    ]
    values = islice([*HOSTILE[7 * turn % len(HOSTILE) :], *HOSTILE, *HOSTILE, *HOSTILE], len(fields))
    hostile = {field: Answer(value) for field, value in zip(fields, values, strict=True)}
    found = outcomes(judge, replace(REFERENCE, answers={**REFERENCE.answers, **hostile}))
    changed = {".".join(field) for field in fields}
    assert moved(found, untouched) <= standing_on(changed)
    kinds = {check.id: check.family for check in TYPED}
    answered = {name for name in changed if kinds[name] is Family.ANSWER}
    assert all(found[name].verdict.decided for name in answered)


@pytest.mark.parametrize("table", TABLES)
def test_a_hostile_table_costs_what_describes_it_alone(judge, untouched, table):
    submission = replace(REFERENCE, files={**REFERENCE.files, TABLE: TABLES[table]})
    describing = {check.id for check in TYPED if getattr(getattr(check.spec, "evidence", None), "file", "") == TABLE}
    assert moved(outcomes(judge, submission), untouched) == describing
    context = Context(submission, judge, b"secret" * 4)
    tables = [judge_check(check, context, ()) for check in TYPED if getattr(check.spec, "file", "") == TABLE]
    assert {outcome.verdict for outcome in tables} <= {Verdict.WRONG, Verdict.UNREADABLE, Verdict.MISSING}
