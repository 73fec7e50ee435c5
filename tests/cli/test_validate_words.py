"""What `hw11 validate` calls so many trials of a group, and what it tries with which options."""

import pytest
from click.testing import CliRunner

from grader.assignment.load import load_assignment
from grader.authoring.mutation.subjects import Plan
from grader.authoring.trial import Trial
from grader.cli import validate
from grader.cli.validate import QUICK, called
from grader.errors import GradebookError


@pytest.mark.parametrize(
    ("group", "one", "two"),
    [
        ("given away", "hidden answer that no prompt, docstring or option says", "hidden answers that"),
        ("code mistake", "wrong function caught and named", "wrong functions caught"),
        ("template", "template check", "template checks"),
        ("mutant", "edited formula rejected", "edited formulas rejected"),
        ("all wrong", "looking right is not enough", "looking right is not enough"),
    ],
)
def test_one_trial_is_called_in_the_singular(group, one, two):
    assert called(group, 1) == one
    assert called(group, 2).startswith(two)


@pytest.mark.parametrize(
    ("options", "few"),
    [
        ([], False),
        (["--quick"], True),
        (["--part", "tinya"], True),
        (["--function", "tiny.double"], False),
        (["--part", "tinya", "--function", "tiny.double"], False),
        (["--part", "tinya", "--function", "tiny.double", "--quick"], True),
    ],
)
def test_a_function_that_is_named_is_tried_whole(tiny, monkeypatch, options, few):
    plans = []
    monkeypatch.setattr(validate, "lint", lambda *_: None)
    monkeypatch.setattr(validate, "run", lambda _assignment, _settings, plan, *_: plans.append(plan) or 0)
    done = CliRunner().invoke(validate.command, ["--assignment", str(tiny), *options])
    assert done.exit_code == 0, done.output
    (plan,) = plans
    assert (plan.mutants, plan.secrets) == ((QUICK.mutants, QUICK.secrets) if few else (Plan().mutants, Plan().secrets))


@pytest.mark.parametrize("name", ["tinya.size: [/b]", "[/]", "[bold]x", "[[a, b], [c, d]]", "\\[x]"])
def test_a_trial_is_shown_under_its_own_name(name):
    with validate._bar() as bar:
        number = bar.add_task(name)
        assert bar.columns[0](bar.tasks[number]).plain == name


@pytest.mark.parametrize("place", ["junit.xml", "not/there/yet/junit.xml"])
def test_what_was_measured_is_written_wherever_it_is_wanted(tiny, tmp_path, monkeypatch, place):
    monkeypatch.setattr(validate, "validate", lambda *_: iter([Trial("template", "tiny", "tinya.size")]))
    assert validate.run(load_assignment(tiny), None, Plan(), 1, tmp_path / place, False) == 0
    assert b'name="tinya.size"' in (tmp_path / place).read_bytes()


def test_a_place_that_cannot_be_written_is_told(tiny, tmp_path, monkeypatch):
    (tmp_path / "a file").write_text("")
    monkeypatch.setattr(validate, "validate", lambda *_: iter(()))
    with pytest.raises(GradebookError, match="a file"):
        validate.run(load_assignment(tiny), None, Plan(), 1, tmp_path / "a file" / "junit.xml", False)


@pytest.mark.parametrize("named", ["tinya", "tinyb", "nope"])
def test_a_part_that_a_slip_hides_is_told_with_the_slip(tiny, named):
    problem = tiny / "problems" / "tiny.yaml"
    problem.write_text(problem.read_text().replace("tolerance: 1 %", "tolerance: near", 1))
    done = CliRunner().invoke(validate.command, ["--assignment", str(tiny), "--part", named])
    assert done.exit_code == 2
    assert "'near' is no tolerance" in done.output
