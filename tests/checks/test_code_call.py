"""A function held against the reference or a property: the first bad case decides, and nothing is found out twice."""

import pytest

from grader.assignment.load import load_assignment
from grader.cache import Cache
from grader.checks import author_results as module
from grader.files.author_code import AuthorCode
from grader.grading.grade import Grader
from grader.records import Verdict
from grader.submission.model import Submission


@pytest.fixture
def checks(tiny, fake_executor, judge):
    """The executed checks of a function, by id, and what is to be stored; `entries` are what was stored before."""

    def run(double, entries=None):
        assignment, cache = load_assignment(tiny), Cache(entries, "now")
        grader = Grader(assignment, fake_executor({"tiny.double": double}), judge, b"secret" * 4)
        parts = grader.grade_parts(Submission(id="ada", files={}, answers={}), {}, cache)
        checks = [check for part in parts for check in part.record.checks if ".run." in check.id]
        return {check.id: check.model_copy(update={"seconds": 0.0}) for check in checks}, cache.take_new()

    return run


RIGHT, SHAPE = "tinya.run.double", "tinya.run.double.shape"


@pytest.mark.parametrize(
    ("double", "right", "shape", "says"),
    [
        (lambda x: 2 * x, Verdict.CORRECT, Verdict.CORRECT, "agrees with the reference in 5 of 5 cases"),
        (lambda x: x + x, Verdict.CORRECT, Verdict.CORRECT, "agrees with the reference in 5 of 5 cases"),
        (lambda x: x * x, Verdict.WRONG, Verdict.CORRECT, "this squares each entry"),
        (lambda x: 3 * x, Verdict.WRONG, Verdict.CORRECT, "constant factor 1.5"),
        (lambda x: x[:1, :1], Verdict.WRONG, Verdict.WRONG, "shape"),
        (lambda x: 7, Verdict.WRONG, Verdict.WRONG, "[] came"),
    ],
)
def test_every_case_must_hold(checks, double, right, shape, says):
    found, _ = checks(double)
    assert (found[RIGHT].verdict, found[SHAPE].verdict) == (right, shape)
    assert says in found[RIGHT].message + str(found[RIGHT].details)


def test_a_property_that_cannot_even_be_asked_says_why(checks):
    found, _ = checks(lambda x: 7)
    assert found[SHAPE].message == "what came out is not of the form that is asked for"
    assert dict(found[SHAPE].details)["reason"] == "'int' object has no attribute 'shape'"


@pytest.mark.parametrize(
    "double", [lambda x: 2 * x, lambda x: x * x, lambda x: 3 * x, lambda x: x[:1, :1], lambda x: 7]
)
def test_what_is_stored_is_not_computed_again(checks, double, monkeypatch):
    monkeypatch.setattr(module, "WORTH_STORING_SECONDS", 0.0)
    first, stored = checks(double)
    for name in ("reference", "mistake"):
        monkeypatch.setattr(AuthorCode, name, lambda self, asked: pytest.fail(f"{asked} was called again"))
    monkeypatch.setattr(AuthorCode, "judge_of_property", lambda self, name: lambda *_: pytest.fail("asked again"))
    again, more = checks(double, stored)
    assert again == first
    assert more == {}
