"""A saved table as evidence: read, rerun, held against the reference's, and typed answers held against it."""

from __future__ import annotations

import textwrap

import pytest

from grader.assignment.lint import lint
from grader.assignment.load import load_assignment
from grader.cache import Cache
from grader.checks import author_results
from grader.checks.base import Context
from grader.checks.own_data import OwnFile
from grader.errors import SpecError
from grader.grading.grade import Grader
from grader.grading.preview import preview
from grader.records import Verdict
from grader.submission.model import Answer, Submission

PART = """
  - id: tinyc
    title: Measure
    prompt: Save what `double` gives in `runs.txt`, and tell its slope.
    points: 3
    fields:
      slope:
        kind: number
        points: 1
        asks: What slope?
        within: 1..3
        evidence: {file: runs.txt, read: 'runs:read', agrees: 'runs:is_slope'}
      law:
        kind: choice
        points: 1
        asks: Which law?
        options: {linear: Linear, flat: Flat}
        right: linear
        evidence: {file: runs.txt, read: 'runs:read', agrees: 'runs:is_law'}
    checks:
      - kind: table
        name: runs
        points: 1
        asks: Your runs.
        file: runs.txt
        read: runs:read
        call: tiny.double
        cells: runs:cells
        holds: runs:holds
        plot: runs:points
        mistakes: [{data: 'runs:halved', says: not what your code gives}]
"""

RUNS = """
    def read(data):
        try:
            return dict(map(float, line.split()) for line in data.decode().splitlines())
        except ValueError:
            return "two numbers in each line are asked for"

    def cells(table, key):
        return [[sorted(table)[key[0] % len(table)]]]

    def holds(table, reruns, reference):
        if len(table) < 3:
            return "at least 3 runs"
        for (x,), y in reruns or ():
            if float(y) != table[x]:
                return f"{x:g} is not what your code gives"
        if reference is not None and abs(slope(table) - slope(reference)) > 0.5:
            return "far from the reference"

    def slope(table):
        return sum(y / x for x, y in table.items()) / len(table)

    def points(table, reference):
        texts = {"title": "Runs", "description": "What it gives.", "x": "x", "y": "y"}
        return {**texts, "own": sorted(table.items()), "reference": sorted((reference or {}).items())}

    def is_slope(table, claimed):
        return None if abs(claimed - slope(table)) < 0.1 else f"your own slope is {slope(table):g}"

    def is_law(table, claimed):
        return None if (claimed == "flat") == (slope(table) < 1) else "your own runs say otherwise"
    """
HONEST = b"1 2\n2 4\n3 6\n4 8\n"


@pytest.fixture
def root(tiny):
    """The tiny assignment with a part about a table."""
    with open(tiny / "problems" / "tiny.yaml", "a") as file:
        file.write(PART)
    (tiny / "problems" / "properties" / "runs.py").write_text(textwrap.dedent(RUNS))
    (tiny / "reference" / "runs.txt").write_bytes(HONEST)
    (tiny / "reference" / "mistakes" / "runs.py").write_text("def halved(data):\n    return b'1 1\\n2 2\\n3 3\\n'\n")
    return tiny


@pytest.fixture
def grade(root, fake_executor, judge):
    """The outcomes of the part, by the last word of their ids."""

    def run(data=HONEST, double=lambda x: 2 * x, notices=(), submission="ada", unreadable="", **answers):
        typed = {("tinyc", name): Answer(text) for name, text in ({"slope": "2", "law": "linear"} | answers).items()}
        files = {} if data is None else {"runs.txt": data}
        handed_in = Submission(id=submission, files=files, answers=typed, notices=notices, unreadable=unreadable)
        executor = fake_executor({} if double is None else {"tiny.double": double})
        record = Grader(load_assignment(root), executor, judge, b"secret" * 4).grade(handed_in)
        return {check.id.rpartition(".")[2]: check for check in record.parts[-1].checks}

    return run


def test_an_honest_table_and_what_it_says_are_right(grade):
    checks = grade()
    assert {name: check.verdict for name, check in checks.items()} == dict.fromkeys(
        ("slope", "law", "runs"), Verdict.CORRECT
    )
    assert checks["runs"].id == "tinyc.table.runs"
    assert checks["slope"].message == "agrees with your own data"


@pytest.mark.parametrize("notices", [(), (("runs.txt", "cannot be read: Bad CRC-32"),)])
def test_where_the_table_may_stand_in_what_cannot_be_read_a_person_looks(grade, notices):
    checks = grade(None, notices=notices, unreadable="runs.txt cannot be read: Bad CRC-32")
    assert {check.verdict for check in checks.values()} == {Verdict.UNDECIDED}
    assert {check.score for check in checks.values()} == {None}
    wrong = grade(None, notices=notices, unreadable="x.rar cannot be read", slope="9", law="flat")
    assert [wrong[name].verdict for name in ("slope", "law")] == [Verdict.WRONG] * 2, "whatever the table says"


def test_what_was_measured_is_recorded_to_be_drawn(grade):
    plot = grade(b"1 2\n2 4\n3 7\n", lambda x: 0)["runs"].plot
    assert plot.own == ((1, 2), (2, 4), (3, 7))
    assert plot.reference == ((1, 2), (2, 4), (3, 6), (4, 8))
    assert grade(None)["runs"].plot is None


@pytest.mark.parametrize(
    ("data", "double", "verdict", "says"),
    [
        (None, lambda x: 2 * x, Verdict.MISSING, "runs.txt was not handed in"),
        (b"one two\n", lambda x: 2 * x, Verdict.UNREADABLE, "two numbers in each line"),
        (b"1 2\n", lambda x: 2 * x, Verdict.WRONG, "at least 3 runs"),
        (b"1 2.2\n2 4.4\n3 6.6\n", lambda x: 2 * x, Verdict.WRONG, "not what your code gives"),
        (b"1 5\n2 10\n3 15\n", lambda x: 5 * x, Verdict.WRONG, "far from the reference"),
        (HONEST, lambda x: "two", Verdict.WRONG, "not of the form that is asked for"),
        (HONEST, lambda x: 1 / 0, Verdict.CRASHED, "division by zero"),
        (HONEST, None, Verdict.MISSING, "no such function"),
    ],
)
def test_a_table_that_is_no_evidence_gets_a_sentence(grade, data, double, verdict, says):
    check = grade(data, double)["runs"]
    assert check.verdict is verdict
    assert says in check.message
    assert check.score == 0


def test_a_file_that_was_too_large_is_not_called_missing(grade):
    check = grade(None, notices=(("runs.txt", "left out: 230 MiB, more than the limit of 8 MiB"),))["runs"]
    assert (check.verdict, check.message) == (
        Verdict.UNREADABLE,
        "runs.txt was left out: 230 MiB, more than the limit of 8 MiB",
    )


@pytest.mark.parametrize("data", [None, b"one two\n"])
def test_a_right_answer_without_data_counts_half(grade, data):
    checks = grade(data)
    assert [(checks[name].verdict, checks[name].score) for name in ("slope", "law")] == [(Verdict.PARTIAL, 0.5)] * 2
    assert "should describe your own data" in checks["slope"].message


def test_an_answer_must_describe_the_own_data_and_lie_near_the_reference(grade):
    assert grade(slope="2.5")["slope"].message == "your own slope is 2"
    assert grade(slope="5")["slope"].verdict is Verdict.WRONG
    flat = b"1 0.1\n2 0.2\n3 0.3\n"
    assert grade(flat)["law"].message == "your own runs say otherwise"
    assert grade(flat, law="flat")["law"].verdict is Verdict.WRONG
    assert grade(slope="two and a bit")["slope"].verdict is Verdict.UNREADABLE


def test_a_file_of_which_all_is_known_is_not_read_again(root, fake_executor, judge, monkeypatch):
    """Another tolerance or title is judged again without the file, which may be long."""
    submission = Submission(
        id="ada",
        files={"runs.txt": HONEST},
        answers={("tinyc", "slope"): Answer("2"), ("tinyc", "law"): Answer("linear")},
    )

    def judged(entries):
        cache, executor = Cache(entries, "now"), fake_executor({"tiny.double": lambda x: 2 * x})
        grader = Grader(load_assignment(root), executor, judge, b"secret" * 4)
        *_, part = grader.grade_parts(grader.context(submission, cache), {})
        return [check.model_copy(update={"seconds": 0.0}) for check in part.checks], cache.take_new()

    monkeypatch.setattr(author_results, "WORTH_STORING_SECONDS", 0.0)  # else what a busy machine takes long for counts
    first, stored = judged({})
    assert [check.verdict for check in first] == [Verdict.CORRECT] * 3
    monkeypatch.setattr(OwnFile, "_read", None)
    again, further = judged(stored)
    assert again == first
    assert further == {}


def test_cells_depend_on_submission_and_secret_and_on_nothing_else(root):
    check = list(load_assignment(root).parts)[-1].checks[-1]
    data = "".join(f"{x} {2 * x}\n" for x in range(1, 200)).encode()

    def cells(name, secret):
        context = Context(Submission(id=name, files={"runs.txt": data}), judge=None, secret=secret)
        return [probe.args for probe in check.probes(context)]

    assert cells("ada", b"one") == cells("ada", b"one")
    assert cells("ada", b"one") != cells("ada", b"two")
    assert len({str(cells(name, b"one")) for name in ("ada", "bo", "cy", "di")}) > 1


def test_nothing_runs_for_a_table_that_fails_by_itself(root):
    check = list(load_assignment(root).parts)[-1].checks[-1]
    for files in ({}, {"runs.txt": b"1 2\n"}, {"runs.txt": b"?"}):
        assert check.probes(Context(Submission(id="ada", files=files), judge=None, secret=b"")) == ()


@pytest.mark.parametrize(
    ("data", "verdict"),
    [(HONEST, Verdict.NEEDS_REVIEW), (b"1 5\n2 10\n3 15\n", Verdict.NEEDS_REVIEW), (b"1 2\n", Verdict.WRONG)],
)
def test_a_students_own_check_tells_gaps_but_neither_cells_nor_the_reference(root, fake_executor, judge, data, verdict):
    part = list(load_assignment(root).parts)[-1]
    executor = fake_executor({})
    (seen,) = preview(Submission(id="ada", files={"runs.txt": data}), [part], executor, judge)
    assert seen.record.checks[-1].verdict is verdict
    assert executor.seen == []


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("        cells: runs:cells\n", "", "`call`, the student's function, and `cells"),
        ("        call: tiny.double\n", "        call: tiny.treble\n", "no part declares tiny.treble"),
        ("        holds: runs:holds\n", "        holds: runs:hold\n", "no function 'hold'"),
        ("agrees: 'runs:is_law'", "agrees: 'runs:is_lawful'", "no function 'is_lawful'"),
        ("agrees: 'runs:is_slope'", "agrees: 'run:is_slope'", "there is no problems/properties/run.py"),
        ("        file: runs.txt\n", "        file: table.txt\n", "no reference/table.txt"),
        ("'runs:halved'", "'runs:doubled'", "no function 'doubled'"),
    ],
)
def test_an_authors_slip_is_told(root, judge, old, new, says):
    path = root / "problems" / "tiny.yaml"
    path.write_text(path.read_text().replace(old, new))
    with pytest.raises(SpecError) as told:
        lint(load_assignment(root), judge)
    assert says in str(told.value)
