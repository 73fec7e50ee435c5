"""One submission in one direction: outcomes, follow-through, gates, blame."""

from dataclasses import replace

import pytest

from grader.assignment.load import load_assignment
from grader.errors import JudgeError, SandboxError
from grader.grading.grade import Grader
from grader.records import Verdict
from grader.submission.model import Answer, Submission

RIGHT = {
    ("tinya", "size"): "m*k",
    ("tinya", "bytes"): "4*m*k",
    ("tinya", "shape"): "wide",
    ("tinya", "why"): "Because.",
    ("tinyb", "entries"): "250000",
    ("tinyb", "seconds"): "2.5 s",
}


def not_written(X):
    raise NotImplementedError


@pytest.fixture
def grade(tiny, fake_executor, judge):
    """Grade typed answers (right ones but for those given) and a `double`."""

    def run(double=lambda X: 2 * X, executor=None, grader_judge=judge, broken=None, **answers):
        assignment = load_assignment(tiny)
        observers = {"tiny:bytes_of": assignment.author_code.observer("tiny:bytes_of")}
        executor = executor or fake_executor({"tiny.double": double}, observers)
        changed = {key: value for key, value in RIGHT.items()}
        for name, text in answers.items():
            key = next(key for key in RIGHT if key[1] == name)
            changed[key] = text
        typed = {key: Answer(text) for key, text in changed.items() if text is not None}
        submission = Submission(id="ada", files={}, answers=typed, broken_parts=broken or {})
        record = Grader(assignment, executor, grader_judge, b"secret" * 4).grade(submission)
        return record, {check.id: check for part in record.parts for check in part.checks}

    return run


def test_everything_right(grade):
    record, checks = grade()
    assert {name: check.verdict for name, check in checks.items() if check.verdict is not Verdict.CORRECT} == {
        "tinya.why": Verdict.NEEDS_REVIEW
    }
    assert (record.score, record.max_score, record.awaiting_review) == (5.5, 6.0, 0.5)
    assert record.isolation == "fake"


def test_a_listed_mistake_is_named(grade):
    _, checks = grade(size="m + k")
    assert checks["tinya.size"].verdict is Verdict.WRONG
    assert checks["tinya.size"].mistake == "this is half the perimeter"


def test_a_formula_follows_from_the_students_own(grade):
    _, checks = grade(size="m*k^2", bytes="4*m*k^2")
    assert checks["tinya.size"].verdict is Verdict.WRONG
    assert checks["tinya.bytes"].verdict is Verdict.CORRECT
    assert checks["tinya.bytes"].follows


@pytest.mark.parametrize(
    ("size", "bytes_", "why"),
    [
        ("m", "4*m", "nothing follows from your size, which lacks symbols that belong there"),
        ("7", "28", "nothing follows from your size, which lacks symbols that belong there"),
        (None, "4*m", "nothing follows from your size, which is not answered"),
        ("((", "4*m", "nothing follows from your size, which cannot be read"),
    ],
)
def test_a_formula_that_no_earlier_one_could_carry_is_wrong_and_says_why(grade, size, bytes_, why):
    _, checks = grade(size=size, bytes=bytes_)
    assert checks["tinya.bytes"].verdict is Verdict.WRONG
    assert why in checks["tinya.bytes"].message


@pytest.mark.parametrize(("size", "bytes_"), [("m*k^2", "5*m*k^2"), ("m*k", "8*m*k"), ("m + k", "7*m")])
def test_where_an_earlier_formula_could_have_carried_nothing_else_is_said(grade, size, bytes_):
    assert "nothing follows" not in grade(size=size, bytes=bytes_)[1]["tinya.bytes"].message


def test_a_right_formula_is_right_whatever_stands_before_it(grade):
    _, checks = grade(size="m + k")
    assert checks["tinya.bytes"].verdict is Verdict.CORRECT
    assert not checks["tinya.bytes"].follows


def test_a_number_follows_from_the_students_own(grade):
    _, checks = grade(entries="1e6", seconds="10 s")
    assert checks["tinyb.entries"].verdict is Verdict.WRONG
    assert checks["tinyb.seconds"].verdict is Verdict.CORRECT
    assert checks["tinyb.seconds"].follows


def test_what_follows_from_nothing_is_wrong(grade):
    _, checks = grade(entries="1e6", seconds="11 s")
    assert checks["tinyb.seconds"].verdict is Verdict.WRONG


def test_a_gate_blocks_what_stands_on_a_wrong_field(grade):
    _, checks = grade(size="m + k")
    assert checks["tinya.shape"].verdict is Verdict.BLOCKED
    assert checks["tinya.shape"].score == 0


def test_a_chosen_misconception_is_named(grade):
    _, checks = grade(shape="Tall")
    assert checks["tinya.shape"].mistake == "look at the columns"


def test_a_planted_wrong_function_is_named(grade):
    _, checks = grade(double=lambda X: X * X)
    assert checks["tinya.run.double"].verdict is Verdict.WRONG
    assert checks["tinya.run.double"].mistake == "this squares each entry"


def test_a_wrong_function_is_told_where_it_differs(grade):
    _, checks = grade(double=lambda X: 3 * X)
    assert "constant factor 1.5" in checks["tinya.run.double"].message
    assert dict(checks["tinya.run.double"].details)["input"].startswith("m = ")


def test_formula_and_code_that_disagree_are_told_and_which_is_right(grade):
    _, checks = grade(bytes="8*m*k", size="m*k")
    assert checks["tinya.bytes.pairing"].verdict is Verdict.WRONG
    assert "the code agrees with the reference" in checks["tinya.bytes.pairing"].staff


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"bytes": "4*m*("}, "waits for bytes"),
        ({"bytes": ""}, "waits for bytes"),
        ({"bytes": "4*m*k", "double": not_written}, "waits for double"),
    ],
)
def test_a_pairing_says_what_it_waits_for(grade, given, says):
    _, checks = grade(**given)
    found = checks["tinya.bytes.pairing"]
    assert (found.verdict, found.message, found.details) == (Verdict.BLOCKED, says, ())


def test_an_identity_needs_no_key(grade):
    _, checks = grade(size="m + k", bytes="4*m + 4*k")
    assert checks["tinya.holds.ratio"].verdict is Verdict.CORRECT
    _, checks = grade(bytes="8*m*k")
    assert checks["tinya.holds.ratio"].verdict is Verdict.WRONG


@pytest.mark.parametrize(
    ("double", "verdict"),
    [
        (lambda X: X[:, :0], Verdict.WRONG),
        (lambda X: None, Verdict.WRONG),
        (lambda X: "text", Verdict.WRONG),
        (lambda X: X * float("nan"), Verdict.WRONG),
        (lambda X, Y: X, Verdict.CRASHED),
        (lambda X: 1 / 0, Verdict.CRASHED),
    ],
)
def test_a_result_of_any_kind_is_an_outcome(grade, double, verdict):
    _, checks = grade(double=double)
    assert checks["tinya.run.double"].verdict is verdict
    assert checks["tinya.size"].verdict is Verdict.CORRECT


def test_a_template_function_is_not_started(grade):
    def untouched(X):
        raise NotImplementedError

    _, checks = grade(double=untouched)
    assert checks["tinya.run.double"].verdict is Verdict.MISSING
    assert checks["tinya.run.double"].message.startswith("not started")


@pytest.mark.parametrize("typed", ["", "   ", None])
def test_a_blank_field_is_not_started(grade, typed):
    _, checks = grade(size=typed, why=typed)
    assert checks["tinya.size"].verdict is checks["tinya.why"].verdict is Verdict.MISSING
    assert checks["tinya.size"].score == checks["tinya.why"].score == 0


def test_a_broken_part_costs_that_part_alone(grade):
    _, checks = grade(broken={"tinya": "line 3 cannot be read"})
    assert checks["tinya.size"].verdict is Verdict.UNREADABLE
    assert checks["tinya.size"].message == "line 3 cannot be read"
    assert checks["tinyb.entries"].verdict is Verdict.CORRECT
    assert checks["tinya.run.double"].verdict is Verdict.CORRECT


def test_a_fault_of_the_sandbox_costs_no_points(grade, fake_executor):
    class Broken(fake_executor):
        def observe(self, files, batches):
            raise SandboxError("the zygote is gone")

    record, checks = grade(executor=Broken({}))
    assert checks["tinya.run.double"].verdict is Verdict.HARNESS_ERROR
    assert checks["tinya.run.double"].score is None
    assert "zygote" in checks["tinya.run.double"].staff
    assert "zygote" not in checks["tinya.run.double"].message
    assert checks["tinya.size"].verdict is Verdict.CORRECT
    assert record.has_harness_error


def test_a_fault_of_the_judge_costs_no_points(grade):
    class Broken:
        def __getattr__(self, name):
            def fail(*_):
                raise JudgeError("worker gone")

            return fail

    _, checks = grade(grader_judge=Broken())
    assert checks["tinya.size"].verdict is Verdict.HARNESS_ERROR
    assert checks["tinya.run.double"].verdict is Verdict.CORRECT


def test_the_same_submission_grades_the_same(grade):
    def timeless(record):
        parts = [
            part.model_copy(update={"checks": tuple(replace_seconds(check) for check in part.checks)})
            for part in record.parts
        ]
        return record.model_copy(update={"parts": tuple(parts)}).model_dump_json()

    def replace_seconds(check):
        return check.model_copy(update={"seconds": 0.0})

    assert timeless(grade(size="m + k")[0]) == timeless(grade(size="m + k")[0])


def test_hidden_inputs_differ_between_submissions_and_public_ones_do_not(tiny, judge):
    from grader.checks.base import Context

    assignment = load_assignment(tiny)
    hidden, public = (check for check in next(assignment.parts).checks if check.id.startswith("tinya.run.double"))
    one = Submission(id="ada", files={})
    contexts = [Context(one, judge, b"a"), Context(replace(one, id="bob"), judge, b"a"), Context(one, judge, b"b")]
    assert len({str(hidden.probes(context)) for context in contexts}) == 3
    assert len({str(public.probes(context)) for context in contexts}) == 1


def test_what_was_not_read_is_told(grade, tiny, judge, fake_executor):
    assignment = load_assignment(tiny)
    answers = {("tinya", "sise"): Answer("1"), ("tinyz", "x"): Answer("1")}
    submission = Submission(id="ada", files={}, answers=answers)
    record = Grader(assignment, fake_executor({}), judge, b"s" * 16).grade(submission)
    told = {notice.where: notice.message for notice in record.notices}
    assert "did you mean 'size'?" in told["tinya.sise"]
    assert "tinyz" in told["tinyz.x"]


def test_notices_are_cut_and_counted(tiny, judge, fake_executor):
    assignment = load_assignment(tiny)
    long = "x" * 90_000
    submission = Submission(
        id="ada",
        files={},
        answers={("tinyz", f"{i} {long}"): Answer("1") for i in range(300)},
        notices=tuple((f"{i} {long if i < 100 else ''}", long) for i in range(24_000)),
        unreadable=long,
    )
    record = Grader(assignment, fake_executor({}), judge, b"s" * 16).grade(submission)
    counted = [notice.message for notice in record.notices if "more notices" in notice.message]
    assert counted == ["23940 more notices like these are left out", "240 more notices like these are left out"]
    assert len(record.notices) == 2 * 60 + len(counted) + 1
    assert sum(len(notice.where) + len(notice.message) for notice in record.notices) < 200_000
    assert any(notice.message.startswith("waits for a person") for notice in record.notices)


def test_nothing_is_a_zero_where_a_file_cannot_be_read(tiny, judge, fake_executor):
    """What is there is judged; what seems to be missing may stand in the file and waits for a person."""
    assignment = load_assignment(tiny)
    submission = Submission(
        id="ada", files={}, answers={("tinya", "size"): Answer("m*k")}, unreadable="hw.rar cannot be read"
    )
    record = Grader(assignment, fake_executor({}), judge, b"s" * 16).grade(submission)
    checks = {check.id: check for part in record.parts for check in part.checks}
    assert checks["tinya.size"].verdict is Verdict.CORRECT
    waiting = [check for name, check in checks.items() if name != "tinya.size"]
    assert {check.verdict for check in waiting} == {Verdict.UNDECIDED}
    assert {check.score for check in waiting} == {None}
    assert all("hw.rar" in check.message or "waits" in check.message for check in waiting)
    assert any("hw.rar" in notice.message for notice in record.notices)


@pytest.mark.parametrize("shape", ["wide", "tall", "round", " ", None])
def test_before_release_nothing_tells_whether_a_gate_is_right(grade, tiny, shape):
    from reports.student import render_student

    record, checks = grade(shape=shape)
    right, blocked = checks["tinya.shape"], grade(size="m + k", shape=shape)[1]["tinya.shape"]
    parts = [
        part.model_copy(update={"checks": tuple(blocked if check == right else check for check in part.checks)})
        for part in record.parts
    ]
    pages = [
        render_student(one, load_assignment(tiny))
        for one in (record, record.model_copy(update={"parts": tuple(parts)}))
    ]
    assert blocked.score == 0
    assert (blocked.verdict is Verdict.BLOCKED) == (shape in ("wide", "tall"))
    assert pages[0] == pages[1]
