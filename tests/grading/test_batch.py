"""A class: every submission gets its row, whatever dies; nothing is done twice; what is done is saved."""

import pickle
import sys
import zlib
from concurrent.futures import Future
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from grader.assignment.load import load_assignment
from grader.cache import Entries
from grader.checks.formula import FormulaCheck
from grader.errors import Diagnostic, GradebookError, JudgeError, SpecError, UsageError
from grader.gradebook.gradings import SHARED
from grader.grading.batch import grade_class, grade_one, no_entries, publish, try_out
from grader.grading.grade import Grader
from grader.grading.incremental import grade_incrementally
from grader.grading.worker_grader import Settings, grader_for
from grader.maths.judge_process import ANSWERS as ANSWERS_OF_JUDGE
from grader.records import Verdict
from grader.sandbox.lazy import LazyExecutor
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
    """What a future of the fake pool raises whose worker died."""


@dataclass
class WorkerPool:
    """Calls are answered here, at once, by `grade`; submissions in `deadly` kill their worker so many times.

    Those in `never` are not answered.
    """

    grade: object
    size: int = 2
    deadly: dict[str, int] = field(default_factory=dict)
    never: set[str] = field(default_factory=set)
    endless: list[Future] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    handed: list[Entries] = field(default_factory=list)
    published: list[Entries] = field(default_factory=list)
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
        found, entries = handed
        self.asked.append(found.id)
        self.handed.append(entries)
        future = Future()
        if found.id in self.never:
            self.endless.append(future)
            return future
        if self.deadly.get(found.id, 0):
            self.deadly[found.id] -= 1
            future.set_exception(Death())
            return future
        try:
            future.set_result(self.grade(found, entries))
        except Exception as error:  # noqa: BLE001  # a future carries whatever was raised
            future.set_exception(error)
        return future

    def end_beyond(self, seconds, memory_bytes):
        """Those in `never` are ended when they are first looked at."""
        reasons = {future: "it took too long" for future in self.endless if not future.done()}
        for future in reasons:
            future.set_exception(Death())
        return reasons

    def broadcast(self, function, settings, entries):
        assert function is publish
        self.published.append(entries)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.left = True


@dataclass
class Store:
    """What a class left, in this process: stored results by submission, and how often there were any to add."""

    results: dict[str, dict] = field(default_factory=dict)
    took: dict[str, float] = field(default_factory=dict)
    added: int = 0

    def entries(self, submission):
        return dict(self.results.get(submission, {}))

    def add(self, progress):
        self.added += 1
        for whose, entries in progress.computed.items():
            self.results.setdefault(whose, {}).update(entries)


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
def grading(tiny, fake_executor, judge):
    """Grades as a worker would, with trusted functions in the place of student code."""

    @dataclass
    class Grading:
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

        def grade(self, found, entries):
            assignment = self.assignment
            grader = Grader(assignment, self.executor, judge, SECRET)
            submission = load_submission(found, assignment.modules)
            return grade_incrementally(grader, self.settings, submission, entries)

        def pool(self, **facts):
            return WorkerPool(self.grade, **facts)

        def run(self, found, pool=None, store=None, **options):
            """Grade a class; what `store` holds is not computed again, and what is new is added to it."""
            store = store or Store()
            options = {"entries": store.entries, "expected": store.took, **options}
            progress = []
            for one in grade_class(found, self.settings, pool or self.pool(), **options):
                store.add(one)
                progress.append(one)
            return progress

    return Grading


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


def test_every_submission_is_handed_to_the_caller_once(grading, hand_in):
    found = [hand_in(name) for name in ("ada", "bob", "cyd")]
    done = grading().run(found)
    assert sorted(progress.record.submission for progress in done) == ["ada", "bob", "cyd"]
    assert [progress.record.submission for progress in done] == [progress.source.id for progress in done]
    assert [progress.state.done for progress in done] == [1, 2, 3]
    assert done[-1].state.waiting == 0


def test_problem_files_are_tried_once_and_nobody_is_graded_by_broken_ones(grading, hand_in):
    pool = grading().pool()
    grading().run([hand_in("ada"), hand_in("bob")], pool)
    assert pool.tried == 1
    pool = grading().pool()
    pool.broken = SpecError([Diagnostic(Path("problems/tiny.yaml"), 3, 5, "no such function")])
    with pytest.raises(SpecError, match=r"tiny\.yaml:3:5"):
        grading().run([hand_in("cyd")], pool)
    assert pool.asked == []
    assert pool.left


def test_what_is_wrong_with_problem_files_comes_back_from_a_worker_whole():
    error = SpecError([Diagnostic(Path("b.yaml"), 3, 5, "second"), Diagnostic(Path("a.yaml"), 1, 1, "first")])
    assert pickle.loads(pickle.dumps(error)).diagnostics == error.diagnostics  # our own


def test_a_class_of_nobody_starts_no_worker(grading):
    pool = grading().pool()
    assert grading().run([], pool) == []
    assert not pool.left


def test_where_no_function_is_asked_for_no_sandbox_starts(tiny, hand_in, judge):
    def start():
        raise AssertionError("a sandbox was started")

    settings = Settings(tiny, SECRET, parts=("tinyb",))
    assignment = load_assignment(tiny).only(settings.parts)
    grader = Grader(assignment, LazyExecutor(start), judge, SECRET)
    submission = load_submission(hand_in("ada"), assignment.modules)
    record, _computed = grade_incrementally(grader, settings, submission, {})
    assert (record.score, record.isolation) == (2, "nothing, as none had to run")


def test_what_breaks_in_a_worker_costs_that_submission_alone(tiny, hand_in, monkeypatch):
    def broken(found, modules):
        raise ZeroDivisionError("ours")

    monkeypatch.setattr("grader.grading.batch.read_submission", broken)
    record, computed = grade_one(Settings(tiny, SECRET, "process"), hand_in("ada"), {})
    assert record.has_harness_error
    assert record.submission == "ada"
    assert {check.score for part in record.parts for check in part.checks} == {None}
    assert computed == {}
    assert "ZeroDivisionError" in record.parts[0].checks[0].staff
    assert "ZeroDivisionError" not in record.parts[0].checks[0].message


def test_a_worker_that_dies_once_costs_nothing(grading, hand_in):
    pool = grading().pool(deadly={"bob": 1})
    done = grading().run([hand_in("ada"), hand_in("bob")], pool)
    assert sorted(progress.record.submission for progress in done) == ["ada", "bob"]
    assert not any(progress.record.has_harness_error for progress in done)
    assert pool.asked.count("bob") == 2
    assert pool.asked.count("ada") == 1


def test_a_submission_whose_worker_dies_again_waits_for_a_person(grading, hand_in):
    pool = grading().pool(deadly={"bob": 9})
    records = {p.record.submission: p.record for p in grading().run([hand_in("bob"), hand_in("ada")], pool)}
    assert pool.asked == ["bob", "ada", "bob"], "others first, before it is tried again"
    assert not any(record.has_harness_error for record in records.values())
    assert {check.verdict for part in records["bob"].parts for check in part.checks} == {Verdict.UNDECIDED}
    assert [notice.message for notice in records["bob"].notices] == [
        "waits for a person: the process that graded it died, twice"
    ]


def test_workers_that_die_at_everything_are_a_fault_of_ours(grading, hand_in):
    pool = grading().pool(deadly={"ada": 9, "bob": 9})
    records = {p.record.submission: p.record for p in grading().run([hand_in("ada"), hand_in("bob")], pool)}
    for record in records.values():
        assert {check.verdict for part in record.parts for check in part.checks} == {Verdict.HARNESS_ERROR}
        assert "died, twice" in record.parts[0].checks[0].staff


def test_a_submission_that_takes_too_long_is_ended_once_and_costs_nobody_else(grading, hand_in):
    pool = grading().pool(never={"bob"})
    found = [hand_in(name) for name in ("ada", "bob", "eve")]
    records = {progress.record.submission: progress.record for progress in grading().run(found, pool)}
    assert sorted(pool.asked) == ["ada", "bob", "eve"], "it is not tried again"
    assert not records["bob"].has_harness_error, "it is the submission's own doing"
    assert records["bob"].awaiting_review == records["bob"].max_score
    assert [notice.message for notice in records["bob"].notices] == ["waits for a person: it took too long"]
    assert records["bob"].files_sha256 == records["eve"].files_sha256, "a decision on it is bound to these files"
    (undisturbed,) = grading().run(found[:1])
    assert [part.score for part in records["ada"].parts] == [part.score for part in undisturbed.record.parts]


def test_a_fault_keeps_who_and_when(grading, hand_in):
    one = SubmissionSource("ada", hand_in("ada").path, {"name": "Ada"}, "2026-01-01T10:00:00+00:00", attempt=2)
    (progress,) = grading().run([one], grading().pool(deadly={"ada": 9}))
    record = progress.record
    assert (record.student, record.submitted_at, record.attempt) == ({"name": "Ada"}, one.submitted_at, 2)


def test_several_attempts_of_one_student_are_several_records(grading, hand_in):
    path = hand_in("ada").path
    found = [SubmissionSource("ada", path), SubmissionSource("ada-attempt-2", path, attempt=2)]
    assert sorted(p.record.attempt for p in grading().run(found)) == [1, 2]


# -- order and stopping


def test_a_later_attempt_is_known_by_its_id(grading, hand_in):
    path = hand_in("ada").path
    found = [SubmissionSource(f"ada-attempt-{number}", path, attempt=number) for number in (2, 3, 4)]
    took = {"ada-attempt-2": 1.0, "ada-attempt-3": 3.0, "ada-attempt-4": 2.0}
    pool = grading().pool(never={"ada-attempt-3"})
    states = []
    grading().run(found, pool, Store(took=took), watch=states.append)
    assert pool.asked == ["ada-attempt-3", "ada-attempt-4", "ada-attempt-2"], "the longest first"
    assert {name for state in states for name, _ in state.under_way} <= set(took)


def test_the_longest_are_handed_out_first(grading, hand_in):
    found = [hand_in(name) for name in ("ada", "bob", "cyd", "dan")]
    pool = grading().pool(size=1)
    grading().run(found, pool, store=Store(took={"bob": 1.0, "cyd": 9.0, "dan": 0.1}))
    assert pool.asked == ["cyd", "ada", "bob", "dan"]


def test_no_worker_gets_a_second_submission_before_its_first_is_done(grading, hand_in):
    pool = grading().pool(size=2)
    run = grade_class([hand_in(f"s{i}") for i in range(6)], grading().settings, pool)
    seen = [(len(pool.asked), progress.state.done) for progress in run]
    assert all(asked <= done + 3 for asked, done in seen)


@pytest.mark.parametrize("stop", [KeyboardInterrupt, GradebookError])
def test_whatever_stops_the_caller_ends_the_workers(grading, hand_in, stop):
    pool, done = grading().pool(size=1), []

    def grade_until_stopped():
        run = grade_class([hand_in(f"s{i}") for i in range(5)], grading().settings, pool)
        with closing(run):
            for progress in run:
                if len(done) == 2:
                    raise stop("now")
                done.append(progress)

    with pytest.raises(stop):
        grade_until_stopped()
    assert len(done) == 2
    assert pool.left


def test_a_run_that_nobody_listens_to_any_more_ends_the_workers(grading, hand_in):
    pool = grading().pool()
    run = grade_class([hand_in(f"s{i}") for i in range(3)], grading().settings, pool)
    next(run)
    run.close()
    assert pool.left


def test_without_a_wall_the_whole_class_stops_with_advice(grading, hand_in):
    def no_wall(found, entries):
        raise UsageError("install what `hw11 doctor` names")

    with pytest.raises(UsageError, match="doctor"):
        grading().run([hand_in("ada")], WorkerPool(no_wall))


# -- nothing twice


def test_an_unchanged_submission_is_taken_over_without_running_or_judging(grading, forbidden, hand_in, monkeypatch):
    found, store = [hand_in("ada")], Store()
    first = grading().run(found, store=store)[0].record
    monkeypatch.setattr("grader.grading.grade.Grader._decide", None)
    again = grading(forbidden).run(found, store=store)[0].record
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
    grading, forbidden, tiny, hand_in, file, old, new
):
    found, store = [hand_in("ada")], Store()
    grading().run(found, store=store)
    path = tiny / file
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))
    again = grading(forbidden).run(found, store=store)[0].record
    fresh = grading().run(found)[0].record
    assert timeless(again) == timeless(fresh)


def test_a_changed_expectation_changes_the_mark(grading, forbidden, tiny, hand_in):
    found, store = [hand_in("ada")], Store()
    first = grading().run(found, store=store)[0].record
    path = tiny / "reference" / "tiny.py"
    path.write_text(path.read_text().replace("return 1e6 / 4", "return 1e6 / 8"))
    again = grading(forbidden).run(found, store=store)[0].record
    assert again.score < first.score
    assert again.problems_sha256 != first.problems_sha256


def test_points_that_move_are_counted_again_without_running_student_code(grading, forbidden, tiny, hand_in):
    found, store = [hand_in("ada")], Store()
    first = grading().run(found, store=store)[0].record
    path = tiny / "problems" / "tiny.yaml"
    text = path.read_text().replace("points: 2\n", "points: 3\n")
    path.write_text(text.replace("points: 1\n        asks: How many fit", "points: 2\n        asks: How many fit"))
    again = grading(forbidden).run(found, store=store)[0].record
    assert (again.score, again.max_score) == (first.score + 1, first.max_score + 1)


def test_only_the_part_that_changed_is_judged_again(grading, forbidden, tiny, hand_in, judge, monkeypatch):
    found, store = [hand_in("ada")], Store()
    grading().run(found, store=store)
    path = tiny / "problems" / "tiny.yaml"
    path.write_text(path.read_text().replace("How many fit into 1 MB?", "How many fit?"))
    decided, real = [], Grader._decide
    monkeypatch.setattr(
        Grader, "_decide", lambda self, check, *rest: decided.append(check.id) or real(self, check, *rest)
    )
    grading(forbidden).run(found, store=store)
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
    grading, forbidden, tiny, three_parts, monkeypatch, old, new, parts
):
    store = Store()
    first = grading().run([three_parts], store=store)[0].record
    assert first.parts[-1].checks[0].follows
    path = tiny / "problems" / "tiny.yaml"
    path.write_text(path.read_text().replace(old, new))
    decided, real = set(), Grader._decide
    monkeypatch.setattr(Grader, "_decide", lambda self, check, *rest: decided.add(check.id) or real(self, check, *rest))
    again = grading(forbidden).run([three_parts], store=store)[0].record
    assert {name.partition(".")[0] for name in decided} == parts
    assert timeless(again) == timeless(grading().run([three_parts])[0].record)
    assert again.parts[-1].checks[0].follows


def test_what_was_built_on_a_fault_of_ours_is_not_stored_either(grading, forbidden, three_parts, monkeypatch):
    store, judge_text = Store(), FormulaCheck.judge_text

    def broken(self, context, text):
        if self.id == "tinyb.entries":
            raise JudgeError("the judge's worker cannot be started")
        return judge_text(self, context, text)

    with monkeypatch.context() as patch:
        patch.setattr(FormulaCheck, "judge_text", broken)
        first = grading().run([three_parts], store=store)[0].record
    assert first.has_harness_error
    assert not first.parts[-1].checks[0].follows
    again = grading(forbidden).run([three_parts], store=store)[0].record
    assert again.parts[-1].checks[0].follows
    assert timeless(again) == timeless(grading().run([three_parts])[0].record)


@pytest.mark.parametrize("body", [b"", b"no such thing", zlib.compress(b"{}"), zlib.compress(b'{"record": {}}')])
def test_a_kept_part_that_cannot_be_read_is_judged_again(grading, forbidden, hand_in, body):
    found, store = [hand_in("ada")], Store()
    first = grading().run(found, store=store)[0].record
    store.results["ada"] |= {place: body for place in store.results["ada"] if place[0] == "parts"}
    again = grading(forbidden).run(found, store=store)[0].record
    assert timeless(again) == timeless(first)


def test_a_changed_answer_runs_nothing_and_touches_its_part_alone(grading, forbidden, hand_in):
    store = Store()
    grading().run([hand_in("ada")], store=store)
    changed = hand_in("ada", ANSWERS.replace("250000", "1"))
    again = grading(forbidden).run([changed], store=store)[0].record
    assert timeless(again) == timeless(grading().run([changed])[0].record)
    assert next(c for p in again.parts for c in p.checks if c.id == "tinyb.entries").verdict is Verdict.WRONG


@pytest.mark.parametrize(
    ("file", "old", "new", "runs"),
    [
        ("problems/probes/tiny.py", "float()", "double()", True),
        ("problems/tiny.yaml", "sizes: {m: 1..4, k: 1..4}", "sizes: {m: 1..5, k: 1..4}", True),
        ("problems/tiny.yaml", "title: Numbers", "title: Figures", False),
    ],
)
def test_what_student_code_is_asked_anew_is_run_anew(grading, fake_executor, tiny, hand_in, file, old, new, runs):
    found, store = [hand_in("ada")], Store()
    grading().run(found, store=store)
    path = tiny / file
    path.write_text(path.read_text().replace(old, new))
    after = grading()
    record = after.run(found, store=store)[0].record
    assert bool(after.executor.seen) == runs
    assert timeless(record) == timeless(grading().run(found)[0].record)


def test_changed_code_is_run_again(grading, hand_in):
    store = Store()
    grading().run([hand_in("ada")], store=store)
    again = grading()
    again.run([hand_in("ada", code="def double(X):\n    return X + X\n")], store=store)
    assert again.executor.seen


def test_fresh_computes_everything_again_and_stores_it(grading, forbidden, hand_in):
    found, store = [hand_in("ada")], Store()
    grading().run(found, store=store)
    again = grading()
    again.run(found, store=store, entries=no_entries)
    assert again.executor.seen
    assert store.added == 2
    grading(forbidden).run(found, store=store)


def test_another_secret_takes_nothing_over(grading, hand_in, monkeypatch):
    found, store = [hand_in("ada")], Store()
    grading().run(found, store=store)
    monkeypatch.setattr("test_batch.SECRET", b"another secret " * 2)
    again = grading()
    again.run(found, store=store)
    assert again.executor.seen


def test_a_fault_of_ours_is_never_stored(grading, fake_executor, hand_in):
    from grader.errors import SandboxError

    class Broken(fake_executor):
        def observe(self, files, batches):
            raise SandboxError("the zygote is gone")

    found, store = [hand_in("ada")], Store()
    assert grading(Broken({})).run(found, store=store)[0].record.has_harness_error
    mended = grading()
    record = mended.run(found, store=store)[0].record
    assert not record.has_harness_error
    assert mended.executor.seen
    assert timeless(record) == timeless(grading().run(found)[0].record)


def test_what_one_worker_decided_is_published_to_all_once_and_stored(grading, hand_in):
    other = ANSWERS.replace("m*k", "k*m + 0")
    store, pool = Store(), grading().pool(size=1)
    grading().run([hand_in("ada"), hand_in("bob"), hand_in("cyd", other)], pool, store)
    first, *later = pool.published
    assert first
    assert all(place not in first for entries in later for place in entries)
    assert store.results[SHARED] == {place: body for entries in pool.published for place, body in entries.items()}
    assert {namespace for namespace, _ in store.results[SHARED]} == {"answers"}


def test_what_was_decided_earlier_is_published_before_anything_is_graded(grading, hand_in):
    earlier = {("answers", "0" * 64): b"{}"}
    store, pool = Store({SHARED: dict(earlier)}), grading().pool()
    grading().run([hand_in("ada")], pool, store)
    assert pool.published[0] == earlier
    fresh = grading().pool()
    grading().run([hand_in("ada")], fresh, store, entries=no_entries)
    assert all(place not in entries for entries in fresh.published for place in earlier)


def test_a_worker_holds_what_others_published_and_decides_it_no_more(tiny):
    settings = Settings(tiny, SECRET, "process")
    publish(settings, {("answers", "0" * 64): b'{"values": []}'})
    judge = grader_for(settings).judge
    assert judge.cache.find(ANSWERS_OF_JUDGE, "0" * 64) == {"values": []}
    assert judge.cache.take_new() == {}


def test_workers_are_handed_what_is_stored_of_their_own_submission_alone(grading, hand_in):
    store, pool = Store(), grading().pool()
    grading().run([hand_in("ada")], store=store)
    grading().run([hand_in("ada"), hand_in("bob")], pool, store)
    handed = dict(zip(pool.asked, pool.handed, strict=True))
    assert {namespace for namespace, _ in handed["ada"]} >= {"probes", "parts"}
    assert handed["bob"] == {}
