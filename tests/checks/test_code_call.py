"""A function held against the reference or a property: the first bad case decides, and nothing is found out twice."""

import re

import numpy as np
import pytest

from grader.assignment.load import load_assignment
from grader.cache import Cache
from grader.checks import author_results as module
from grader.checks.base import Context
from grader.checks.input_language import SeededGenerator
from grader.checks.planted_code import FunctionCheck
from grader.checks.reproduce import TO_PASTE, to_paste
from grader.files.author_code import AuthorCode
from grader.grading.grade import Grader
from grader.records import EVERY_PART, Verdict
from grader.sandbox.base import NOT_RUN, Observation, ProbeBatch
from grader.submission.model import Answer, Submission
from grader.submission.notebook import Notebook, as_files
from reports.visibility import seen_part


@pytest.fixture
def checks(tiny, fake_executor, judge):
    """The executed checks of a function, by id, and what is to be stored; `entries` are what was stored before."""

    def run(double, entries=None):
        assignment, cache = load_assignment(tiny), Cache(entries, "now")
        grader = Grader(assignment, fake_executor({"tiny.double": double}), judge, b"secret" * 4)
        parts = grader.grade_parts(grader.context(Submission(id="ada", files={}, answers={}), cache), {})
        checks = [check for part in parts for check in part.checks if ".run." in check.id]
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
    monkeypatch.setattr(AuthorCode, "property_function", lambda self, name: lambda *_: pytest.fail("asked again"))
    again, more = checks(double, stored)
    assert again == first
    assert more == {}


@pytest.mark.parametrize(
    ("double", "refused", "shapes_refused"),
    [
        (lambda x: 2 * x, lambda case: False, lambda case: False),
        (lambda x: 2 * x if len(x) > 1 else 3 * x, lambda case: case.names["m"] == 1, lambda case: False),
        (lambda x: x[:1], lambda case: True, lambda case: case.names["m"] > 1),
        (lambda x: 1 / 0, lambda case: True, lambda case: True),
    ],
)
def test_each_case_is_refused_by_itself(tiny, fake_executor, judge, double, refused, shapes_refused):
    part = next(load_assignment(tiny).parts)
    executor = fake_executor({"tiny.double": double})
    for seed in range(4):
        context = Context(Submission(id="ada", files={}, answers={}), judge, bytes([seed]))
        for name, expected in ((RIGHT, refused), (SHAPE, shapes_refused)):
            (check,) = [check for check in part.checks if check.id == name]
            seen = executor.observe({}, [ProbeBatch("tinya", tuple(check.probes(context)))])
            assert list(check.refused_cases(context, seen)) == [expected(case) for case in check.cases(context)]


def test_of_many_wrong_functions_the_author_is_asked_once(tiny, fake_executor, judge, monkeypatch):
    part = next(load_assignment(tiny).parts)
    (check,) = [check for check in part.checks if check.id == RIGHT]
    context = Context(Submission(id="ada", files={}, answers={}), judge, b"secret" * 4)
    run, asked = FunctionCheck._run_outside, []

    def counted(self, function, case):
        asked.append((function, case.index))
        return run(self, function, case)

    monkeypatch.setattr(FunctionCheck, "_run_outside", counted)
    told = []
    for double in (lambda x: 3 * x, lambda x: x * x, lambda x: 3 * x, lambda x: x * x):
        seen = fake_executor({"tiny.double": double}).observe({}, [ProbeBatch("tinya", tuple(check.probes(context)))])
        told.append(check.judge(context, seen).message)
    assert told[:2] == told[2:]
    assert asked
    assert len(asked) == len(set(asked))


def test_a_check_without_cases_is_one_case(tiny, judge):
    part = next(load_assignment(tiny).parts)
    check = part.checks[0]
    for text, refused in (("m*k", False), ("m + k", True), ("", True)):
        answers = {("tinya", "size"): Answer(text=text)} if text else {}
        context = Context(Submission(id="ada", files={}, answers=answers), judge, b"s")
        assert list(check.refused_cases(context, ())) == [refused]


def paste(outcome):
    return dict(outcome.details).get(TO_PASTE, "")


def run_lines(lines, double):
    """What the lines print where the student's module holds this function."""
    import contextlib
    import io
    import sys
    import types

    module = types.ModuleType("tiny")
    module.double = double
    said = io.StringIO()
    sys.modules["tiny"] = module
    try:
        with contextlib.redirect_stdout(said):
            exec(lines, {})
    finally:
        del sys.modules["tiny"]
    return said.getvalue()


def test_a_failing_check_can_be_repeated_with_three_lines(checks):
    def double(X):
        return X[:1, :1]

    found, _ = checks(double)
    lines = paste(found[SHAPE])
    assert len(lines.split("\n")) == 3
    assert "dtype=torch.float64" in lines
    printed = run_lines(lines, double)
    assert printed.startswith("tensor([[")
    assert float(printed.split("[[")[1].split("]")[0]) == pytest.approx(
        float(lines.rpartition("# yours: [[")[2].rstrip("]")), rel=1e-3
    )
    assert run_lines(paste(found[RIGHT]), double).startswith("tensor([[")
    assert "; wanted: [[" in paste(found[RIGHT])


def test_the_smallest_case_that_fails_is_told(tiny, checks):
    found, _ = checks(lambda x: 2 * x if x.size == 1 else 3 * x)
    sizes = {name: int(text) for name, text in re.findall(r"\b([mk]) = (\d)", dict(found[RIGHT].details)["input"])}
    grader = Grader(load_assignment(tiny), None, None, b"secret" * 4)
    (check,) = [check for check in next(grader.assignment.parts).checks if check.id == RIGHT]
    drawn = check.cases(Context(Submission(id="ada", files={}, answers={}), None, b"secret" * 4))
    failing = [case.names["m"] * case.names["k"] for case in drawn if case.names["m"] * case.names["k"] > 1]
    assert sizes["m"] * sizes["k"] == min(failing)


def test_what_ended_a_call_is_told_and_not_that_others_were_left_out(tiny):
    grader = Grader(load_assignment(tiny), None, None, b"secret" * 4)
    (check,) = [check for check in next(grader.assignment.parts).checks if check.id == RIGHT]
    context = Context(Submission(id="ada", files={}, answers={}), None, b"secret" * 4)
    largest = max(check.cases(context), key=lambda case: case.numbers)
    observations = [
        Observation(str(case.index), "timeout", message="stopped after 5 s" if case is largest else f"{NOT_RUN}it was")
        for case in check.cases(context)
    ]
    outcome = check.judge(context, observations)
    assert outcome.message.startswith("stopped after 5 s: look for a loop that never ends")
    assert dict(outcome.details)["input"] == largest.preview()


def test_what_repeats_a_hidden_check_is_told_after_release_alone(tiny, fake_executor, judge):
    grader = Grader(load_assignment(tiny), fake_executor({"tiny.double": lambda x: 3 * x}), judge, b"secret" * 4)
    context = grader.context(Submission(id="ada", files={}, answers={}), Cache(None, "now"))
    part, record = next(zip(grader.assignment.parts, grader.grade_parts(context, {}), strict=True))
    before, after = (
        next(c for c in seen_part(part, record, released).checks if c.id == RIGHT) for released in ((), EVERY_PART)
    )
    assert before.to_paste == ""
    assert before.facts == ()
    assert "from tiny import double" in after.to_paste
    assert "input" in dict(after.facts)


def test_a_crash_can_be_repeated_too(checks):
    def double(X):
        raise ValueError("no")

    found, _ = checks(double)
    with pytest.raises(ValueError, match="no"):
        run_lines(paste(found[SHAPE]), double)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (3, "3"),
        (True, "True"),
        ("a'b", repr("a'b")),
        (0.1234567891, "0.123457"),
        (float("nan"), "float('nan')"),
        (float("-inf"), "-float('inf')"),
        (np.array([[1.5], [2.0]]), "torch.tensor([[1.5], [2.0]], dtype=torch.float64)"),
        (np.array([1, 2]), "torch.tensor([1, 2], dtype=torch.int64)"),
        ([np.array([True]), 2], "[torch.tensor([True], dtype=torch.bool), 2]"),
        (SeededGenerator(7), "torch.Generator().manual_seed(7)"),
        (b"a\0", r"b'a\x00'"),
        ((1,), "(1,)"),
        ({"b", "a"}, "{'a', 'b'}"),
        (set(), "set()"),
        ({"a": [None, 2.0]}, "{'a': [None, 2.0]}"),
    ],
)
def test_inputs_are_written_as_python(value, text):
    ((_, lines),) = to_paste(Submission(id="ada", files={}), "tiny.double", {"X": value}, {})
    needs = "import torch; " if "torch." in text else ""
    assert lines == f"{needs}from tiny import double\nX = {text}\nprint(double(X))"


TOO_LARGE = [
    object(),
    np.zeros(500),
    list(range(2000)),
    dict.fromkeys(range(2000)),
    2**300,
    "a" * 2000,
    1j,
    {1: {2: 3j}},
]


@pytest.mark.parametrize("value", TOO_LARGE, ids=map(str, range(len(TOO_LARGE))))
def test_what_is_too_large_is_not_written_out(value):
    assert to_paste(Submission(id="ada", files={}), "tiny.double", {"X": value}, {}) == ()
    ((_, lines),) = to_paste(Submission(id="ada", files={}), "tiny.double", {"X": 1}, {"yours": value})
    assert lines == "from tiny import double\nX = 1\nprint(double(X))"


@pytest.mark.parametrize(
    ("came", "told"),
    [("a\n# b", r"'a\n# b'"), ([1, (2.0, None)], "[1, [2.0, None]]"), ({"a": 1}, "{'a': 1}"), (b"x", "b'x'")],
)
def test_results_of_any_kind_stand_in_a_comment(came, told):
    ((_, lines),) = to_paste(Submission(id="ada", files={}), "tiny.double", {"X": 1}, {"yours": came, "wanted": 3})
    assert lines.split("\n")[2] == f"print(double(X))  # yours: {told}; wanted: 3"


def test_an_object_is_used_step_by_step():
    submission = Submission(id="ada", files={})
    ((_, lines),) = to_paste(submission, "cache.Cache", {"capacity": 2}, {}, ["put('a', 1)", "get('a')"])
    assert lines.split("\n")[2:] == ["one = Cache(capacity)", "one.put('a', 1)", "print(one.get('a'))"]


def test_in_a_notebook_there_is_nothing_to_import():
    notebook = Notebook("hw11.ipynb", code={1: "def double(X):\n    return X"}, cells=1)
    submission = Submission(id="ada", files=as_files(notebook, ["tiny"]))
    ((_, lines),) = to_paste(submission, "tiny.double", {"X": 1}, {})
    assert lines.startswith("X = 1\n")
