"""What `hw11 validate` calls so many trials of a group."""

import pytest

from grader.cli.validate import called


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
