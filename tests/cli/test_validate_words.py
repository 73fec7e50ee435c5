"""What `hw11 validate` calls so many trials of a group, and what it tries with which options."""

import pytest
from click.testing import CliRunner

from grader.authoring.mutation.subjects import Plan
from grader.cli import validate
from grader.cli.validate import QUICK, called


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


@pytest.mark.parametrize("named", ["tinya", "tinyb", "nope"])
def test_a_part_that_a_slip_hides_is_told_with_the_slip(tiny, named):
    problem = tiny / "problems" / "tiny.yaml"
    problem.write_text(problem.read_text().replace("tolerance: 1 %", "tolerance: near", 1))
    done = CliRunner().invoke(validate.command, ["--assignment", str(tiny), "--part", named])
    assert done.exit_code == 2
    assert "'near' is no tolerance" in done.output
