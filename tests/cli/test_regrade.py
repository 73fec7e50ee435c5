"""A class judged again: who gains or loses what and why, what is never lowered, and that people's word stands."""

import json

import pytest
from command_line import hw11
from hypothesis import given
from hypothesis import strategies as st
from runnable import isolation

from grader.assignment.load import load_assignment
from grader.gradebook import Gradebook, Override
from grader.gradebook.records import digest_of
from grader.grading.batch import grade_class
from grader.grading.score import sum_part
from grader.records import CheckRecord, GradeRecord, Verdict
from grader.results.compare_runs import authored, grouped, never_lower, outcome_changes, rewritten


def check(name, score, verdict=None, most=1.0, message=""):
    fits = Verdict.UNDECIDED if score is None else Verdict.CORRECT if score >= most else Verdict.WRONG
    return CheckRecord(
        id=name, kind="expr", verdict=verdict or fits, score=score, max_score=most, visibility="hidden", message=message
    )


def record(*checks, name="ada"):
    part = sum_part("p", 9.0, checks)
    return GradeRecord(
        submission=name, files_sha256="f", problems_sha256="p", versions={}, isolation="none", parts=(part,),
        score=part.score, max_score=9.0, awaiting_review=part.awaiting,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("before", "after", "outcome"),
    [
        (check("x", 0.0), check("x", 0.5, Verdict.PARTIAL), "gain 0.5 (wrong → partial)"),
        (check("x", 1.0), check("x", 0.0), "lose 1 (correct → wrong)"),
        (check("x", 0.25, Verdict.PARTIAL), check("x", 0.5, Verdict.PARTIAL), "gain 0.25"),
        (check("x", 0.0), check("x", 0.0, Verdict.UNREADABLE), "keep their points (wrong → unreadable)"),
        (check("x", 1.0), check("x", 1.0, most=2.0), "keep their points (correct → wrong)"),
        (check("x", None), check("x", 1.0), "undecided → correct (1)"),
        (check("x", 1.0), check("x", None), "correct (1) → undecided"),
        (None, check("x", 1.0), "new check: correct (1)"),
        (check("x", 1.0), None, "check is gone: it had given correct (1)"),
    ],
)
def test_what_happened_is_said_in_few_words(before, after, outcome):
    (change,) = outcome_changes(record(*filter(None, [before])), record(*filter(None, [after])), {})
    assert change.outcome == outcome


def test_what_came_out_as_before_is_no_shift():
    assert outcome_changes(record(check("x", 1.0, message="a")), record(check("x", 1.0, message="b")), {}) == []


def test_people_to_whom_the_same_happened_stand_together_the_many_first():
    found = []
    for i, (score, says) in enumerate([(0.0, "too large"), (0.5, "a slip"), (0.5, "a slip"), (0.5, "a slip")]):
        after = record(check("x", score, message=says), check("y", 1.0), name=f"s{i}")
        found += outcome_changes(record(check("x", 1.0), check("y", 0.0), name=f"s{i}"), after, {})
    assert [(group[0].check_id, group[0].gain, group[0].why, len(group)) for group in grouped(found)] == [
        ("x", -0.5, "a slip", 3),
        ("x", -1.0, "too large", 1),
        ("y", 1.0, "", 4),
    ]


def test_whom_a_person_decided_about_is_told_apart():
    decided = Override("bob", 1, "x", 1.0, "marker", "why")
    found = outcome_changes(record(check("x", 1.0)), record(check("x", 0.0)), {})
    found += outcome_changes(record(check("x", 1.0), name="bob"), record(check("x", 0.0), name="bob"), {"x": decided})
    assert [[change.submission for change in group] for group in grouped(found)] == [["ada"], ["bob"]]


@pytest.mark.parametrize(
    ("before", "after", "score", "verdict"),
    [
        (check("x", 1.0), check("x", 0.0), 1.0, "correct"),
        (check("x", 0.5, Verdict.PARTIAL), check("x", 0.0), 0.5, "partial"),
        (check("x", 0.5, Verdict.PARTIAL), check("x", 1.0), 1.0, "correct"),
        (check("x", 2.0, most=2.0), check("x", 0.25, Verdict.PARTIAL), 1.0, "correct"),
        (check("x", None), check("x", 0.0), 0.0, "wrong"),
        (check("x", 1.0), check("x", None), None, "undecided"),
        (check("other", 1.0), check("x", 0.0), 0.0, "wrong"),
    ],
)
def test_what_is_never_lowered_keeps_the_higher_score(before, after, score, verdict):
    kept = never_lower(record(before), record(after))
    found = kept.parts[0].checks[0]
    assert (found.score, found.verdict) == (score, verdict)
    assert kept.score == (score or 0.0)


def test_what_was_kept_is_said_once_for_staff():
    lower = record(check("x", 0.0, message="too large"))
    once = never_lower(record(check("x", 1.0)), lower)
    told = "kept at 1 from an earlier grading; judged again as wrong (0): too large"
    assert once.parts[0].checks[0].staff == told
    assert never_lower(once, lower) == once


scores = st.lists(st.sampled_from([None, 0.0, 0.25, 0.5, 1.0]), min_size=3, max_size=3)


@given(scores, scores)
def test_nobody_loses_where_nothing_may_be_lowered(before, after):
    old, new = (record(*(check(str(i), score) for i, score in enumerate(one))) for one in (before, after))
    kept = never_lower(old, new)
    for was, judged, comes_to in zip(before, after, (one.score for one in kept.parts[0].checks), strict=True):
        assert comes_to == (judged if was is None or judged is None else max(was, judged))
    assert all(change.gain is None or change.gain >= 0 for change in outcome_changes(old, kept, {}))
    assert not [one for one in outcome_changes(new, kept, {}) if one.gain is not None and one.gain < 0]


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        ({"tolerance": "1 %"}, {"tolerance": "2 %"}, "tolerance: 1 % → 2 %"),
        ({"points": 1.0}, {"points": 0.5, "bonus": True}, "points: 1.0 → 0.5, bonus: – → true"),
        ({"m": [{"credit": 0.5}, {}]}, {"m": [{"credit": 0.8}, {}]}, "m[0].credit: 0.5 → 0.8"),
        ({"m": [1]}, {"m": [1, 2]}, "m: [1] → [1, 2]"),
        ({"asks": "x" * 99}, {"asks": "y"}, "asks"),
        ({k: 0 for k in "abcde"}, {k: 1 for k in "abcde"}, "a: 0 → 1, b: 0 → 1, c: 0 → 1 and 2 more"),
        ({"a": 1}, {"a": 1}, "the problem file says the same of it"),
    ],
)
def test_what_the_author_rewrote_is_told(before, after, says):
    assert rewritten("x", {"x": before}, {"x": after}).startswith(says)


def test_of_problems_that_nobody_kept_nothing_is_told():
    assert rewritten("x", None, {"x": {}}) == rewritten("x", {}, {"x": {}}) == ""


def test_what_an_author_wrote_can_be_kept_and_compared(tiny, tmp_path):
    before = load_assignment(tiny)
    with Gradebook(tmp_path) as gradebook:
        gradebook.problems.keep(before.sha256, authored(before))
        gradebook.problems.keep(before.sha256, {})
        kept = gradebook.problems.of(before.sha256)
        assert gradebook.problems.of("another") is None
    assert kept == json.loads(json.dumps(authored(before)))
    problem = tiny / "problems" / "tiny.yaml"
    problem.write_text(problem.read_text().replace("tolerance: 1 %", "tolerance: 5 %", 1))
    now = authored(load_assignment(tiny))
    assert [rewritten(name, kept, now) for name in now if kept[name] != now[name]] == ["tolerance.rel: 0.01 → 0.05"]


@pytest.fixture
def graded(tiny, tmp_path):
    """A class of three, one of which is near the right number; `regrade(…)` runs the command on it."""
    answers = "tinya: {{size: m*k, bytes: 4*m*k, shape: wide, why: So.}}\ntinyb: {{entries: {}, seconds: 2.5 s}}\n"
    for name, entries in (("ada", 250000), ("bob", 256000), ("cyd", 256000)):
        folder = tmp_path / "class" / name
        folder.mkdir(parents=True)
        (folder / "answers.yaml").write_text(answers.format(entries))
        (folder / "tiny.py").write_text("def double(X):\n    return 2 * X\n")
    common = ("--assignment", tiny, "--isolation", isolation(), "--jobs", 1)
    done = hw11("grade", tmp_path / "class", "--out", tmp_path / "out", *common)
    assert done.exit_code == 0, done.stderr

    def regrade(*options):
        done = hw11("regrade", tmp_path / "out", *common, *options)
        assert done.exit_code == 0, done.stderr
        return done

    return regrade


def change(tiny, old, new):
    problem = tiny / "problems" / "tiny.yaml"
    text = problem.read_text()
    assert old in text
    problem.write_text(text.replace(old, new, 1))


def scores_in(folder):
    return {name: record.score for name, (record, _) in Gradebook(folder).records().items()}


@pytest.mark.slow
def test_a_change_is_shown_then_applied_and_people_s_decisions_survive(graded, tiny, tmp_path):
    out = tmp_path / "out"
    with Gradebook(out) as gradebook:
        record, _ = gradebook.records()["cyd"]
        answered = next(one.answer for part in record.parts for one in part.checks if one.id == "tinyb.entries")
        made_on = digest_of(answered, record.files_sha256)
        gradebook.marking.commit(
            [], [Override("cyd", 1, "tinyb.entries", 0.25, "marker", "half right", digest=made_on)]
        )
    change(tiny, "tolerance: 1 %", "tolerance: 5 %")
    before = (out / "gradebook.sqlite").read_bytes()
    shown = graded()
    assert "tinyb.entries  (tolerance.rel: 0.01 → 0.05)" in shown.stdout
    assert "1 gain 1 (wrong → correct)" in shown.stdout
    assert "marker has decided this, which still counts  [cyd]" in shown.stdout
    assert "bob: 4.5 → 5.5 (+1)" in shown.stdout
    assert "cyd: " not in shown.stdout
    assert "nothing was written" in shown.stderr
    assert (out / "gradebook.sqlite").read_bytes() == before

    lines = [json.loads(line) for line in graded("--apply", "--json").stdout.splitlines()]
    assert [(one["submission"], one["event"]) for one in lines] == [
        ("bob", "check"),
        ("cyd", "check"),
        ("bob", "total"),
    ]
    assert scores_in(out) == {"ada": 5.5, "bob": 5.5, "cyd": 5.5}
    assert "cyd,,,4.75," in (out / "grades.csv").read_text()
    with Gradebook(out) as gradebook:
        assert [len(gradebook.history(name)) for name in ("ada", "bob")] == [2, 2]

    assert graded().stdout == ""
    told = hw11("explain", out, "cyd", "tinyb.entries", "--assignment", tiny).stdout
    assert [word in told for word in ("256000", "half right", "marker", "decided", "counts")] == [True] * 5


@pytest.mark.slow
def test_changes_are_told_in_one_order_whichever_worker_ends_first(graded, tiny, monkeypatch):
    def backwards(*given, **options):
        yield from list(grade_class(*given, **options))[::-1]

    monkeypatch.setattr("grader.cli.regrade.grade_class", backwards)
    change(tiny, "tolerance: 1 %", "tolerance: 5 %")
    lines = [json.loads(line) for line in graded("--json").stdout.splitlines()]
    assert [one["submission"] for one in lines if one["event"] == "total"] == ["bob", "cyd"]


@pytest.mark.slow
def test_nobody_loses_if_told_so_and_whoever_moved_is_left_as_graded(graded, tiny, tmp_path):
    change(tiny, "expect: reference.tiny:entries\n        tolerance: 1 %", "expect: reference.tiny:seconds")
    (tmp_path / "class" / "bob").rename(tmp_path / "bob")
    (tmp_path / "class" / "cyd" / "answers.yaml").write_text("tinyb: {entries: 1}\n")
    loses = graded()
    assert "lose 1 (correct → wrong)" in loses.stdout
    assert f"left as it is: bob: {tmp_path / 'class' / 'bob'} is gone" in loses.stderr
    assert "left as it is: cyd" in loses.stderr
    assert "has changed since it was graded" in loses.stderr
    assert graded("--never-lower", "--apply").stdout == ""
    with Gradebook(tmp_path / "out") as gradebook:
        kept = gradebook.history("ada")[-1].record
        assert [len(gradebook.history(name)) for name in ("ada", "bob", "cyd")] == [2, 1, 1]
    entries = next(check for part in kept.parts for check in part.checks if check.id == "tinyb.entries")
    assert entries.score == 1.0
    assert entries.staff.startswith("kept at 1 from an earlier grading; judged again as wrong (0)")


def refused(*arguments):
    """What a command says that ends at once."""
    done = hw11(*arguments)
    assert done.exit_code == 2
    return done.stderr


def test_a_class_that_was_graded_with_a_shared_secret_needs_it_again(tiny, tmp_path):
    Gradebook(tmp_path / "out").close()
    assert "--secret-file" in refused("regrade", tmp_path / "out", "--assignment", tiny)
    assert not (tmp_path / "out" / "class.secret").exists()


@pytest.mark.parametrize("command", [("regrade",), ("explain", "ada", "tinya.size"), ("report",)])
def test_a_folder_that_was_never_graded_into_is_told(tiny, tmp_path, command):
    name, *more = command
    assert refused(name, tmp_path, *more, "--assignment", tiny)
    assert not (tmp_path / "gradebook.sqlite").exists()
