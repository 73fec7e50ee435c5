"""A class: every submission gets its row, whatever dies; nothing is done twice; what is done is saved."""

import pickle
import sys
import zlib
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from grader.assignment.load import load_assignment
from grader.checks.formula import FormulaCheck
from grader.errors import Diagnostic, GradebookError, JudgeError, SpecError, UsageError
from grader.gradebook.observations import Known
from grader.grading.batch import NoMemory, Unread, add_decisions, grade_class, grade_one, try_out
from grader.grading.grade import Grader
from grader.grading.incremental import IncrementalGrader
from grader.grading.workers import Settings
from grader.records import Verdict
from grader.submission.load import load_submission
from grader.submission.model import SubmissionSource

ANSWERS = "tinya: {size: m*k, bytes: 4*m*k, shape: wide, why: Because.}\ntinyb: {entries: 250000, seconds: 2.5 s}\n"
SECRET = b"secret" * 4


def done(error=None):
    future = Future()
    if error is None:
        future.set_result(None)
    else:
        future.set_exception(error)
    return future


class Death(Exception):
    """What a future of the fake crew raises whose worker died."""


@dataclass
class WorkerPool:
    """Calls are answered here, at once, by `grade`; submissions in `deadly` kill their worker so many times."""

    grade: object
    size: int = 2
    deadly: dict[str, int] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    known: list[Known] = field(default_factory=list)
    told: list[dict[str, bytes]] = field(default_factory=list)
    tried: int = 0
    broken: SpecError | None = None
    worker_died = (Death,)
    left = False

    def submit(self, function, settings, *handed):
        if function is try_out:
            assert not self.asked
            self.tried += 1
            return done(self.broken)
        assert function is grade_one
        found, known = handed
        self.asked.append(found.id)
        self.known.append(known)
        future = Future()
        if self.deadly.get(found.id, 0):
            self.deadly[found.id] -= 1
            future.set_exception(Death())
            return future
        try:
            future.set_result(self.grade(found, known))
        except Exception as error:  # noqa: BLE001  # a future carries whatever was raised
            future.set_exception(error)
        return future

    def broadcast(self, function, settings, decided):
        assert function is add_decisions
        self.told.append(decided)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.left = True


@dataclass
class Memory:
    """Keeps everything in this process."""

    rows: list = field(default_factory=list)
    took: dict[str, float] = field(default_factory=dict)
    decided: dict[str, bytes] = field(default_factory=dict)

    def recall(self, found):
        mine = [learnt for name, learnt in self.rows if name == found.id]
        return Known(
            {key: body for learnt in mine for key, body in learnt.observations.items()},
            {key: body for learnt in mine for key, body in learnt.parts.items()},
            {key: body for learnt in mine for key, body in learnt.findings.items()},
        )

    def decisions(self):
        return self.decided

    def keep(self, found, learnt, decided, seconds):
        self.rows.append((found.id, learnt))
        self.decided |= decided

    def seconds(self):
        return self.took


@pytest.fixture
def hand_in(tmp_path):
    def hand_in(name, answers=ANSWERS, code="def double(X):\n    return 2 * X\n"):
        folder = tmp_path / "class" / name
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "answers.yaml").write_text(answers)
        (folder / "tiny.py").write_text(code)
        return SubmissionSource(name, folder)

    return hand_in


@pytest.fixture
def bench(tiny, fake_executor, judge):
    """Grades as a worker would, with trusted functions in the place of student code."""

    @dataclass
    class ReviewService:
        executor: object = None

        def __post_init__(self):
            self.settings = Settings(tiny, SECRET)
            self.executor = self.executor or fake_executor(
                {"tiny.double": lambda X: 2 * X},
                {"tiny:bytes_of": self.assignment.author_code.observer("tiny:bytes_of")},
            )

        @property
        def assignment(self):
            """As a fresh worker would load it, with what the reference says now."""
            for name in [name for name in sys.modules if name.partition(".")[0] == "reference"]:
                del sys.modules[name]
            return load_assignment(tiny)

        def grade(self, found, known):
            assignment = self.assignment
            rejudge = IncrementalGrader(Grader(assignment, self.executor, judge, SECRET), self.settings)
            return rejudge.grade(load_submission(found, assignment.modules), known)

        def pool(self, **facts):
            return WorkerPool(self.grade, **facts)

        def run(self, found, pool=None, save=lambda record: None, **options):
            pool = pool or self.pool()
            return list(grade_class(found, self.settings, 2, save, pool=pool, **options))

    return ReviewService


@pytest.fixture
def forbidden(fake_executor):
    """An executor that must not be asked for anything."""

    class Forbidden(fake_executor):
        @property
        def guarantees(self):
            raise AssertionError("a sandbox was started")

        @guarantees.setter
        def guarantees(self, value):
            pass

        def observe(self, files, batches):
            raise AssertionError(f"student code was run: {[batch.id for batch in batches]}")

    return Forbidden({})


def timeless(record):
    parts = [
        part.model_copy(update={"checks": tuple(check.model_copy(update={"seconds": 0.0}) for check in part.checks)})
        for part in record.parts
    ]
    return record.model_copy(update={"parts": tuple(parts)}).model_dump_json()


# -- every submission has its row


def test_every_submission_is_saved_once_and_told(bench, hand_in):
    found, saved = [hand_in(name) for name in ("ada", "bob", "cyd")], []
    told = bench().run(found, save=saved.append)
    assert sorted(record.submission for record in saved) == ["ada", "bob", "cyd"]
    assert [progress.record for progress in told] == saved
    assert [progress.state.done for progress in told] == [1, 2, 3]
    assert told[-1].state.waiting == 0


def test_problem_files_are_tried_once_and_nobody_is_graded_by_broken_ones(bench, hand_in):
    pool = bench().pool()
    bench().run([hand_in("ada"), hand_in("bob")], pool)
    assert pool.tried == 1
    pool = bench().pool()
    pool.broken = SpecError([Diagnostic(Path("problems/tiny.yaml"), 3, 5, "no such function")])
    with pytest.raises(SpecError, match=r"tiny\.yaml:3:5"):
        bench().run([hand_in("cyd")], pool)
    assert pool.asked == []
    assert pool.left


def test_what_is_wrong_with_problem_files_comes_back_from_a_worker_whole():
    error = SpecError([Diagnostic(Path("b.yaml"), 3, 5, "second"), Diagnostic(Path("a.yaml"), 1, 1, "first")])
    assert pickle.loads(pickle.dumps(error)).diagnostics == error.diagnostics  # our own


def test_a_class_of_nobody_starts_no_worker(bench):
    pool = bench().pool()
    assert bench().run([], pool) == []
    assert not pool.left


def test_what_breaks_in_a_worker_costs_that_submission_alone(tiny, hand_in, monkeypatch):
    def broken(found, modules):
        raise ZeroDivisionError("ours")

    monkeypatch.setattr("grader.grading.batch.load_submission", broken)
    graded = grade_one(Settings(tiny, SECRET, "process"), hand_in("ada"), Known())
    assert graded.record.has_harness_error
    assert graded.record.submission == "ada"
    assert {check.score for part in graded.record.parts for check in part.checks} == {None}
    assert graded.learnt == Known()
    assert "ZeroDivisionError" in graded.record.parts[0].checks[0].staff
    assert "ZeroDivisionError" not in graded.record.parts[0].checks[0].message


def test_a_worker_that_dies_once_costs_nothing(bench, hand_in):
    pool = bench().pool(deadly={"bob": 1})
    told = bench().run([hand_in("ada"), hand_in("bob")], pool)
    assert sorted(progress.record.submission for progress in told) == ["ada", "bob"]
    assert not any(progress.record.has_harness_error for progress in told)
    assert pool.asked.count("bob") == 2
    assert pool.asked.count("ada") == 1


def test_a_worker_that_dies_again_is_a_fault_of_ours(bench, hand_in):
    pool = bench().pool(deadly={"bob": 9})
    records = {p.record.submission: p.record for p in bench().run([hand_in("ada"), hand_in("bob")], pool)}
    assert pool.asked.count("bob") == 2
    assert records["bob"].has_harness_error
    assert not records["ada"].has_harness_error
    assert {check.verdict for part in records["bob"].parts for check in part.checks} == {Verdict.HARNESS_ERROR}
    assert "died, twice" in records["bob"].parts[0].checks[0].staff


def test_a_fault_keeps_who_and_when(bench, hand_in):
    one = SubmissionSource("ada", hand_in("ada").path, {"name": "Ada"}, "2026-01-01T10:00:00+00:00", attempt=2)
    (progress,) = bench().run([one], bench().pool(deadly={"ada": 9}))
    record = progress.record
    assert (record.student, record.submitted_at, record.attempt) == ({"name": "Ada"}, one.submitted_at, 2)


def test_several_attempts_of_one_student_are_several_records(bench, hand_in):
    found = [SubmissionSource("ada", hand_in("ada").path, attempt=number) for number in (1, 2)]
    assert sorted(p.record.attempt for p in bench().run(found)) == [1, 2]


# -- order and stopping


def test_the_longest_are_handed_out_first(bench, hand_in):
    found = [hand_in(name) for name in ("ada", "bob", "cyd", "dan")]
    pool = bench().pool(size=1)
    bench().run(found, pool, memory=Memory(took={"bob": 1.0, "cyd": 9.0, "dan": 0.1}))
    assert pool.asked == ["cyd", "ada", "bob", "dan"]


def test_no_worker_gets_a_second_submission_before_its_first_is_done(bench, hand_in):
    pool = bench().pool(size=2)
    run = grade_class([hand_in(f"s{i}") for i in range(6)], bench().settings, 2, lambda record: None, pool=pool)
    seen = [(len(pool.asked), progress.state.done) for progress in run]
    assert all(asked <= done + 3 for asked, done in seen)


@pytest.mark.parametrize("stop", [KeyboardInterrupt, GradebookError])
def test_whatever_stops_a_run_ends_the_workers_and_what_is_done_is_saved(bench, hand_in, stop):
    pool, saved = bench().pool(size=1), []

    def save(record):
        if len(saved) == 2:
            raise stop("now")
        saved.append(record)

    with pytest.raises(stop):
        bench().run([hand_in(f"s{i}") for i in range(5)], pool, save=save)
    assert len(saved) == 2
    assert pool.left


def test_a_run_that_nobody_listens_to_any_more_ends_the_workers(bench, hand_in):
    pool = bench().pool()
    run = grade_class([hand_in(f"s{i}") for i in range(3)], bench().settings, 2, lambda record: None, pool=pool)
    next(run)
    run.close()
    assert pool.left


def test_without_a_wall_the_whole_class_stops_with_advice(bench, hand_in):
    def no_wall(found, known):
        raise UsageError("install what `hw11 doctor` names")

    with pytest.raises(UsageError, match="doctor"):
        bench().run([hand_in("ada")], WorkerPool(no_wall))


# -- nothing twice


def test_an_unchanged_submission_is_taken_over_without_running_or_judging(bench, forbidden, hand_in, monkeypatch):
    found, memory = [hand_in("ada")], Memory()
    first = bench().run(found, memory=memory)[0].record
    monkeypatch.setattr("grader.grading.grade.Grader._decide", None)
    again = bench(forbidden).run(found, memory=memory)[0].record
    assert again == first


EDITS = {
    "an expectation": ("reference/tiny.py", "return 1e6 / 4", "return 1e6 / 8"),
    "an oracle": ("reference/tiny.py", "return 2 * X", "return 3 * X"),
    "a tolerance": ("problems/tiny.yaml", "tolerance: 1 %", "tolerance: 2 %"),
    "a rubric": ("problems/tiny.yaml", "earns: says why", "earns: says why not"),
    "the words of a mistake": ("problems/tiny.yaml", "this is half the perimeter", "half the perimeter"),
    "a wrong variant": ("reference/mistakes/tiny.py", "X * X", "X + X"),
    "a property": ("problems/properties/tiny.py", "the shape must stay", "shape"),
}


@pytest.mark.parametrize(("file", "old", "new"), EDITS.values(), ids=EDITS)
def test_what_an_author_changes_is_judged_again_without_running_student_code(
    bench, forbidden, tiny, hand_in, file, old, new
):
    found, memory = [hand_in("ada")], Memory()
    bench().run(found, memory=memory)
    path = tiny / file
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))
    again = bench(forbidden).run(found, memory=memory)[0].record
    fresh = bench().run(found)[0].record
    assert timeless(again) == timeless(fresh)


def test_a_changed_expectation_changes_the_mark(bench, forbidden, tiny, hand_in):
    found, memory = [hand_in("ada")], Memory()
    first = bench().run(found, memory=memory)[0].record
    path = tiny / "reference" / "tiny.py"
    path.write_text(path.read_text().replace("return 1e6 / 4", "return 1e6 / 8"))
    again = bench(forbidden).run(found, memory=memory)[0].record
    assert again.score < first.score
    assert again.problems_sha256 != first.problems_sha256


def test_points_that_move_are_counted_again_without_running_student_code(bench, forbidden, tiny, hand_in):
    found, memory = [hand_in("ada")], Memory()
    first = bench().run(found, memory=memory)[0].record
    path = tiny / "problems" / "tiny.yaml"
    text = path.read_text().replace("points: 2\n", "points: 3\n")
    path.write_text(text.replace("points: 1\n        asks: How many fit", "points: 2\n        asks: How many fit"))
    again = bench(forbidden).run(found, memory=memory)[0].record
    assert (again.score, again.max_score) == (first.score + 1, first.max_score + 1)


def test_only_the_part_that_changed_is_judged_again(bench, forbidden, tiny, hand_in, judge, monkeypatch):
    found, memory = [hand_in("ada")], Memory()
    bench().run(found, memory=memory)
    path = tiny / "problems" / "tiny.yaml"
    path.write_text(path.read_text().replace("How many fit into 1 MB?", "How many fit?"))
    decided, real = [], Grader._decide
    monkeypatch.setattr(
        Grader, "_decide", lambda self, check, *rest: decided.append(check.id) or real(self, check, *rest)
    )
    bench(forbidden).run(found, memory=memory)
    assert decided == ["tinyb.entries", "tinyb.seconds"]


LATER_PART = """\
  - id: tinyc
    title: Twice
    prompt: As many as in tinya and tinyb?
    points: 1
    fields:
      twice:
        kind: number
        points: 1
        asks: Twice as many?
        expect: reference.tiny:twice
        from: [tinyb.entries]
        tolerance: 1 %
"""


@pytest.fixture
def three_parts(tiny, hand_in):
    """The small assignment with a part that builds on an earlier part's number, and somebody who got that wrong."""
    for file, more in {
        "problems/tiny.yaml": LATER_PART,
        "reference/tiny.py": "\ndef twice(entries=entries()):\n    return 2 * entries\n",
        "reference/answers.yaml": "tinyc: {twice: 500000}\n",
    }.items():
        path = tiny / file
        path.write_text(path.read_text() + more)
    return hand_in("ada", ANSWERS.replace("250000", "1000").replace("2.5 s", "0.01 s") + "tinyc: {twice: 2000}\n")


@pytest.mark.parametrize(
    ("old", "new", "parts"),
    [
        ("title: Twice", "title: Two times", {"tinyc"}),
        ("title: Numbers", "title: Figures", {"tinyb", "tinyc"}),
        ("title: Sizes", "title: Areas", {"tinya"}),
    ],
)
def test_what_builds_on_another_part_is_judged_again_with_it_and_follows_from_it_alone(
    bench, forbidden, tiny, three_parts, monkeypatch, old, new, parts
):
    memory = Memory()
    first = bench().run([three_parts], memory=memory)[0].record
    assert first.parts[-1].checks[0].follows
    path = tiny / "problems" / "tiny.yaml"
    path.write_text(path.read_text().replace(old, new))
    decided, real = set(), Grader._decide
    monkeypatch.setattr(Grader, "_decide", lambda self, check, *rest: decided.add(check.id) or real(self, check, *rest))
    again = bench(forbidden).run([three_parts], memory=memory)[0].record
    assert {name.partition(".")[0] for name in decided} == parts
    assert timeless(again) == timeless(bench().run([three_parts])[0].record)
    assert again.parts[-1].checks[0].follows


def test_what_was_built_on_a_fault_of_ours_is_not_remembered_either(bench, forbidden, three_parts, monkeypatch):
    memory, judge_text = Memory(), FormulaCheck.judge_text

    def broken(self, context, text):
        if self.id == "tinyb.entries":
            raise JudgeError("the judge's worker cannot be started")
        return judge_text(self, context, text)

    with monkeypatch.context() as patch:
        patch.setattr(FormulaCheck, "judge_text", broken)
        first = bench().run([three_parts], memory=memory)[0].record
    assert first.has_harness_error
    assert not first.parts[-1].checks[0].follows
    again = bench(forbidden).run([three_parts], memory=memory)[0].record
    assert again.parts[-1].checks[0].follows
    assert timeless(again) == timeless(bench().run([three_parts])[0].record)


@pytest.mark.parametrize("body", [b"", b"no such thing", zlib.compress(b"{}"), zlib.compress(b'{"record": {}}')])
def test_a_kept_part_that_cannot_be_read_is_judged_again(bench, forbidden, hand_in, body):
    found, memory = [hand_in("ada")], Memory()
    first = bench().run(found, memory=memory)[0].record
    memory.rows = [(name, replace(known, parts=dict.fromkeys(known.parts, body))) for name, known in memory.rows]
    again = bench(forbidden).run(found, memory=memory)[0].record
    assert timeless(again) == timeless(first)


def test_a_changed_answer_runs_nothing_and_touches_its_part_alone(bench, forbidden, hand_in):
    memory = Memory()
    bench().run([hand_in("ada")], memory=memory)
    changed = hand_in("ada", ANSWERS.replace("250000", "1"))
    again = bench(forbidden).run([changed], memory=memory)[0].record
    assert timeless(again) == timeless(bench().run([changed])[0].record)
    assert next(c for p in again.parts for c in p.checks if c.id == "tinyb.entries").verdict is Verdict.WRONG


@pytest.mark.parametrize(
    ("file", "old", "new", "runs"),
    [
        ("problems/probes/tiny.py", "float()", "double()", True),
        ("problems/tiny.yaml", "sizes: {m: 1..4, k: 1..4}", "sizes: {m: 1..5, k: 1..4}", True),
        ("problems/tiny.yaml", "title: Numbers", "title: Figures", False),
    ],
)
def test_what_student_code_is_asked_anew_is_run_anew(bench, fake_executor, tiny, hand_in, file, old, new, runs):
    found, memory = [hand_in("ada")], Memory()
    bench().run(found, memory=memory)
    path = tiny / file
    path.write_text(path.read_text().replace(old, new))
    after = bench()
    record = after.run(found, memory=memory)[0].record
    assert bool(after.executor.seen) == runs
    assert timeless(record) == timeless(bench().run(found)[0].record)


def test_changed_code_is_run_again(bench, hand_in):
    memory = Memory()
    bench().run([hand_in("ada")], memory=memory)
    again = bench()
    again.run([hand_in("ada", code="def double(X):\n    return X + X\n")], memory=memory)
    assert again.executor.seen


def test_fresh_does_everything_again_and_still_remembers(bench, forbidden, hand_in):
    found, memory = [hand_in("ada")], Memory()
    bench().run(found, memory=memory)
    again = bench()
    again.run(found, memory=Unread(memory))
    assert again.executor.seen
    assert len(memory.rows) == 2
    bench(forbidden).run(found, memory=memory)


def test_another_secret_believes_nothing(bench, hand_in, monkeypatch):
    found, memory = [hand_in("ada")], Memory()
    bench().run(found, memory=memory)
    monkeypatch.setattr("test_batch.SECRET", b"another secret " * 2)
    again = bench()
    again.run(found, memory=memory)
    assert again.executor.seen


def test_a_fault_of_ours_is_never_remembered(bench, fake_executor, hand_in):
    from grader.errors import SandboxError

    class Broken(fake_executor):
        def observe(self, files, batches):
            raise SandboxError("the zygote is gone")

    found, memory = [hand_in("ada")], Memory()
    assert bench(Broken({})).run(found, memory=memory)[0].record.has_harness_error
    mended = bench()
    record = mended.run(found, memory=memory)[0].record
    assert not record.has_harness_error
    assert mended.executor.seen
    assert timeless(record) == timeless(bench().run(found)[0].record)


def test_what_one_worker_decided_is_told_to_all_once_and_kept(bench, hand_in):
    other = ANSWERS.replace("m*k", "k*m + 0")
    memory, pool = Memory(), bench().pool(size=1)
    bench().run([hand_in("ada"), hand_in("bob"), hand_in("cyd", other)], pool, memory=memory)
    first, *later = pool.told
    assert first
    assert all(key not in first for told in later for key in told)
    assert memory.decided == {key: body for told in pool.told for key, body in told.items()}
    assert all(b"m*k" not in body or b"decision" in body for body in memory.decided.values())


def test_what_was_decided_earlier_is_told_before_anything_is_graded(bench, hand_in):
    memory, pool = Memory(decided={"0" * 64: b"{}"}), bench().pool()
    bench().run([hand_in("ada")], pool, memory=memory)
    assert pool.told[0] == {"0" * 64: b"{}"}
    fresh = bench().pool()
    bench().run([hand_in("ada")], fresh, memory=Unread(memory))
    assert {"0" * 64: b"{}"} not in fresh.told


def test_nothing_is_remembered_where_there_is_no_memory(hand_in):
    nothing = NoMemory()
    nothing.keep(hand_in("ada"), Known({"key": b"body"}), {"other": b"body"}, 1.0)
    assert nothing.recall(hand_in("ada")) == Known()
    assert nothing.decisions() == {}
    assert nothing.seconds() == {}


def test_workers_get_what_is_known_of_their_own_submission_alone(bench, hand_in):
    memory, pool = Memory(), bench().pool()
    bench().run([hand_in("ada")], memory=memory)
    bench().run([hand_in("ada"), hand_in("bob")], pool, memory=memory)
    known = dict(zip(pool.asked, pool.known, strict=True))
    assert known["ada"].observations
    assert known["bob"] == Known()
