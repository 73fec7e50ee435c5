"""The sample class, graded for real: its records are golden files.

`pytest tests/test_sample_class.py --update-golden` writes them again after a change that was meant.
"""

import json
from functools import cache
from pathlib import Path

import pytest

from grader.assignment.load import load_assignment
from grader.grading.grade import Grader
from grader.sandbox import start_strongest
from grader.submission.discover import find_submissions
from grader.submission.load import load_submission

ROOT = Path(__file__).parent.parent
CLASS = ROOT / "tests" / "sample_class"
GOLDEN = ROOT / "tests" / "golden" / "sample_class"
NAMES = sorted(path.name for path in CLASS.iterdir() if path.is_dir())
DECIDED = ("id", "verdict", "score", "max_score", "mistake", "follows", "reading")

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def grader(judge):
    assignment = load_assignment(ROOT)
    executor = start_strongest(assignment.author_code.probes_dir)
    yield Grader(assignment, executor, judge, (CLASS / "class.secret").read_bytes().strip())
    executor.close()


@pytest.fixture(scope="module")
def grade(grader):
    """Grades a sample submission, whatever was done with it before."""
    found = {one.id: one for one in find_submissions([CLASS], grader.assignment.modules).sources}
    return lambda name: grader.grade(load_submission(found[name], grader.assignment.modules))


@pytest.fixture(scope="module")
def graded(grade):
    """The record of a sample submission, which is graded once for all tests."""
    return cache(grade)


def essence(record):
    """What was decided, without times, versions and the level of isolation of this machine."""
    full = record.model_dump(mode="json", by_alias=True)
    kept = ("submission", "student", "score", "max_score", "awaiting_review", "notices")
    parts = {
        part["id"]: {
            "score": part["score"],
            "awaiting": part["awaiting"],
            "checks": [{key: check[key] for key in DECIDED if check[key]} for check in part["checks"]],
        }
        for part in full["parts"]
    }
    return {**{key: full[key] for key in kept}, "parts": parts}


@pytest.mark.parametrize("name", NAMES)
def test_a_sample_submission_is_graded_as_ever(name, graded, request):
    text = json.dumps(essence(graded(name)), indent=1, ensure_ascii=False) + "\n"
    golden = GOLDEN / f"{name}.json"
    if request.config.getoption("--update-golden"):
        golden.parent.mkdir(parents=True, exist_ok=True)
        golden.write_text(text, encoding="utf-8")
    assert text == golden.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["perfect_text", "perfect_latex"])
def test_a_perfect_submission_earns_every_automatic_point(name, graded):
    open_checks = {
        check.id: (check.verdict, check.message)
        for part in graded(name).parts
        for check in part.checks
        if check.verdict not in ("correct", "needs_review")
    }
    assert open_checks == {}


def test_an_untouched_template_earns_nothing_and_says_so(graded):
    record = graded("untouched")
    assert (record.score, record.awaiting_review) == (0.0, 0.0)
    assert {check.verdict for part in record.parts for check in part.checks} <= {"missing", "blocked"}


def test_the_untouched_sample_is_the_template():
    for path in (ROOT / "student_template").iterdir():
        if path.suffix in (".py", ".yaml"):
            assert (CLASS / "untouched" / path.name).read_text() == path.read_text(), "run `make template`"


def test_the_same_submission_gives_the_same_bytes(grade, graded):
    def timeless(record):
        full = record.model_dump(mode="json")
        for part in full["parts"]:
            for check in part["checks"]:
                del check["seconds"]
        return json.dumps(full)

    assert timeless(grade("partly_wrong_a")) == timeless(graded("partly_wrong_a"))
