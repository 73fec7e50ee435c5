"""What becomes of a changed function: caught, no other function, seen by too few secrets, or by none."""

from collections import Counter

import pytest

from grader.assignment.load import load_assignment
from grader.authoring.measure import tasks, with_fault
from grader.authoring.mutation.subjects import PLANTED, Plan, checks_of, functions_of, mutants_of, planted
from grader.authoring.mutation.trials import Measurement, Measurer
from grader.authoring.mutation.visits import Visits
from grader.authoring.mutation.witness import watched
from grader.authoring.trial import Trial, load_reference
from grader.cli.validate import QUICK
from grader.grading.grade import Grader
from grader.sandbox.base import Observation

WHOLE = Plan()


class RunsFiles:
    """Runs the trusted functions of submitted files in this process; one that calls `forever` reaches a limit."""

    def __init__(self, fake_executor):
        self._fake = fake_executor
        self.secrets = 0

    def observe(self, files, batches):
        self.secrets += 1
        names = {"forever": lambda: None}
        watch = b"planted_witness" in files["tiny.py"]
        exec(files.get(f"{PLANTED}.py", files["tiny.py"].split(b"from planted")[0]), names)
        if b"forever" in files.get(f"{PLANTED}.py", b""):
            return [Observation(probe.id, "timeout") for batch in batches for probe in batch.probes]
        double = watched(names["double"]) if watch else names["double"]
        return self._fake({"tiny.double": double}).observe(files, batches)


@pytest.fixture
def measure(tiny, fake_executor, judge):
    """Every mutant of a `double` with this body, measured; by their changes."""

    def run(body, plan=WHOLE):
        (tiny / "reference" / "tiny.py").write_text(f"import torch\n\ndef double(X):\n{body}\n")
        assignment = load_assignment(tiny)
        reference = load_reference(assignment)
        measurer = Measurer(Visits(Grader(assignment, RunsFiles(fake_executor), judge, b""), reference, {}, plan))
        found = mutants_of(assignment, reference, "tiny.double", plan)
        return {mutant.change.partition("→ ")[2]: measurer.mutant(mutant) for mutant in found}

    return run


def test_every_change_of_a_plain_function_is_caught_for_sure(measure):
    found = measure("    return 2 * X")
    assert len(found) >= 6
    assert {one.verdict for one in found.values()} == {"killed"}
    assert all(one.at_least >= 0.99 and one.tried <= 2 for one in found.values())
    assert found["return 3 * X"].check == "tinya.run.double"
    assert "X = " in found["return 3 * X"].case


@pytest.mark.parametrize(
    ("body", "change", "verdict"),
    [
        ("    return (X + X) * 1.0", "return (X - X) * 1.0", "killed"),
        ("    return (X + X).clone()", "return X + X", "equivalent"),
        ("    return X.add(X, alpha=1)", "return X.add(X)", "equivalent"),
        ("    return 3 * X if len(X) > 7 else 2 * X", "return 4 * X if len(X) > 7 else 2 * X", "surviving"),
        (
            "    return 2 * X if X.abs().max() < 90 else X * 2",
            "return 2 * X if X.abs().max() < 90 else X * 3",
            "surviving",
        ),
        ("    return 2 * X if len(X) != 4 else X * 2", "return 2 * X if len(X) != 4 else X * 3", "rare"),
    ],
)
def test_what_becomes_of_a_change(measure, body, change, verdict):
    found = measure(body)[change]
    assert found.verdict == verdict
    if verdict == "surviving":
        assert found.check == "tinya.run.double"
        assert found.caught == 0
        assert found.says
    if verdict == "rare":
        assert 0 < found.caught < found.tried
        assert "m = 4" in found.case


@pytest.mark.parametrize(
    ("body", "change", "says"),
    [
        ("    return (X + X).clone()", "return X + X", ""),
        ("    return X + X", "return X.add_(X)", "changes what it is handed; returns memory that it was handed"),
        (
            "    Y = X.clone()\n    Y += X\n    return Y",
            "Y = X",
            "changes what it is handed; returns memory that it was handed",
        ),
        ("    Y = X + X\n    X.add_(0)\n    return Y", "X", ""),
        (
            "    torch.randn(2, generator=torch.Generator())\n    return X + X",
            "torch.randn(2)",
            "draws from torch's own random numbers",
        ),
    ],
)
def test_what_an_equivalent_does_beside_returning_the_same_is_told(measure, body, change, says):
    found = measure(body)[change]
    assert (found.verdict, found.says) == ("equivalent", says)


@pytest.mark.parametrize(("right", "verdict", "caught"), [(True, "killed", 0), (False, "rare", 6)])
def test_what_is_right_is_tried_under_every_secret(tiny, fake_executor, judge, right, verdict, caught):
    assignment, plan = load_assignment(tiny), Plan(secrets=6)
    reference = load_reference(assignment)
    measurer = Measurer(Visits(Grader(assignment, RunsFiles(fake_executor), judge, b""), reference, {}, plan))
    ((part, check),) = checks_of(assignment, "tiny.double")
    (wrong,) = mutants_of(assignment, reference, "tiny.double", Plan(mutants=1))
    found = measurer.right(part, check, (lambda submission: submission) if right else planted(wrong))
    assert (found.verdict, found.caught, found.tried, found.check) == (verdict, caught, 6, check.id)
    assert bool(found.case) is not right


def test_an_endless_loop_is_caught_at_once(measure):
    found = measure("    forever = X + X\n    return forever")
    assert {(one.verdict, one.tried, one.at_least) for one in found.values()} == {("killed", 1, 1.0)}


def test_the_same_seed_gives_the_same_result_and_another_the_same_verdicts(measure):
    body = "    return 2 * X if len(X) != 4 else X * 2"
    first, again, other = measure(body), measure(body), measure(body, Plan(seed=1))
    assert first == again
    assert [one.verdict for one in first.values()] == [one.verdict for one in other.values()]
    assert first != other


def test_few_mutants_are_the_same_few_after_edits_elsewhere(tiny):
    plan, keys = Plan(mutants=3), []
    for text in ("", "\n\ndef other(X):\n    return X + 1\n"):
        path = tiny / "reference" / "tiny.py"
        path.write_text("# another line\n" * bool(text) + path.read_text() + text)
        assignment = load_assignment(tiny)
        keys.append([one.key for one in mutants_of(assignment, load_reference(assignment), "tiny.double", plan)])
    assert keys[0] == keys[1]
    assert len(keys[0]) == 3


def test_secrets_that_share_a_visit_show_what_each_shows_by_itself(measure, monkeypatch):
    body = "    return 2 * X if len(X) != 4 else X * 2"
    together = measure(body)
    monkeypatch.setattr("grader.authoring.mutation.trials.MOST_SECRETS", 1)
    assert measure(body) == together


@pytest.mark.parametrize(
    "holds",
    [
        "value.shape == inputs['X'].shape",
        "bool(value.isfinite().all())",
        "bool((value * inputs['X'] >= 0).all())",
        "bool((value.abs() >= inputs['X'].abs()).all())",
        "value.dtype == inputs['X'].dtype",
    ],
    ids=["shape", "finite", "sign", "size", "type"],
)
def test_few_changes_under_one_secret_show_a_check_that_misses_something(tiny, measure, holds):
    properties, problem = tiny / "problems" / "properties" / "tiny.py", tiny / "problems" / "tiny.yaml"
    properties.write_text(
        f"def weak(inputs, value):\n    return None if {holds} else 'wrong'\n{properties.read_text()}"
    )
    compared = "- call: tiny.double\n        points: 1\n"
    assert compared in problem.read_text()
    weak = f"{compared}        property: weak\n        holds: tiny:weak\n"
    problem.write_text(problem.read_text().replace(compared, weak))
    few = measure("    return 2 * X", QUICK)
    assert len(few) == QUICK.mutants
    assert "surviving" in {one.verdict for one in few.values()}


def test_only_checks_that_give_points_for_the_function_are_asked(tiny):
    assignment = load_assignment(tiny)
    assert [check.id for _, check in checks_of(assignment, "tiny.double")] == ["tinya.run.double"]
    assert functions_of(assignment) == {"tiny.double": {}}


def test_what_was_planted_is_measured_in_a_whole_run_alone(tiny):
    assignment = load_assignment(tiny)
    whole, few = (Counter(task.group for task in tasks(assignment, plan)) for plan in (Plan(), Plan(1, mutants=3)))
    assert few == {"changed function": 3}
    assert whole["changed function"] > 3
    assert (whole["catch rate"], whole["false alarm"]) == (1, 1)


def test_a_key_covers_what_a_result_depends_on_and_nothing_else(tiny):
    def keys():
        return {task.name: task.key for task in tasks(load_assignment(tiny), Plan())}

    first, problem = keys(), tiny / "problems" / "tiny.yaml"
    problem.write_text(problem.read_text().replace("A megabyte of these?", "Two of these?"))
    assert keys() == first
    problem.write_text(problem.read_text().replace("sizes: {m: 1..4, k: 1..4}", "sizes: {m: 1..5, k: 1..4}", 1))
    assert not set(keys().values()) & set(first.values())


def test_a_function_without_a_text_of_its_own_is_said(tiny):
    path = tiny / "reference" / "tiny.py"
    path.write_text(path.read_text().replace("def double(X):\n    return 2 * X", "double = lambda X: 2 * X"))
    (trial,) = [task for task in tasks(load_assignment(tiny), Plan()) if task.group == "changed function"]
    assert "cannot be changed: there is no function or class double" in trial.fault


REASON = "both are right"


@pytest.mark.parametrize(
    ("verdict", "reasons", "becomes", "says"),
    [
        ("surviving", {}, "surviving", "no check sees it; p.run.f should have with X = 3: too large"),
        ("surviving", {"k1": REASON}, "excused", ""),
        ("rare", {}, "rare", "caught under 1 of 20 secrets only, by p.run.f; what decides is a case such as X = 3"),
        ("rare", {"k1": REASON}, "excused", ""),
        ("killed", {}, "killed", ""),
        ("killed", {"k1": REASON}, "killed", "is caught: `survivors` need not say of k1"),
        ("equivalent", {}, "equivalent", ""),
        ("equivalent", {"k1": REASON}, "equivalent", "gives the same as the reference: `survivors` need not say of k1"),
        ("surviving", {"k2": REASON}, "surviving", "no check sees it"),
    ],
)
def test_a_written_reason_excuses_a_survivor_and_nothing_else(monkeypatch, verdict, reasons, becomes, says):
    monkeypatch.setattr("grader.authoring.measure.functions_of", lambda assignment: {"m.f": reasons})
    found = Measurement(verdict, 1, 20, 0.0, "p.run.f", "X = 3", "too large", "m.f", "k1")
    judged = with_fault(None, Trial("changed function", "p", "m.f: k1", measured=found))
    assert judged.measured.verdict == becomes
    assert says in judged.fault
    assert bool(judged.fault) is bool(says)


@pytest.mark.parametrize(("refused", "fault"), [(0, ""), (2, "right, but refused under 2 of 50 secrets, with X = 3")])
def test_a_right_function_that_is_refused_is_a_fault(monkeypatch, refused, fault):
    monkeypatch.setattr("grader.authoring.measure.functions_of", lambda assignment: {})
    found = Measurement("rare" if refused else "killed", refused, 50, 0.0, "p.run.f", "X = 3")
    assert with_fault(None, Trial("false alarm", "p", "p.run.f: the reference", measured=found)).fault == fault
