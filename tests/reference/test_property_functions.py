"""No property takes what nobody could have meant, and none breaks on it: it costs its own check, as a wrong answer."""

from functools import cache

import pytest
import torch
from homework import ASSIGNMENT

from grader.checks.base import Context
from grader.checks.code_call import CallCheck
from grader.checks.convert import detached, to_torch_value
from grader.records import Verdict
from grader.runner.values import Tensor
from grader.sandbox.base import Observation
from grader.submission.model import Submission

PROPERTIES = {
    check.id: check
    for part in ASSIGNMENT.parts
    for check in part.checks
    if isinstance(check, CallCheck) and check.spec.holds
}
NAN, INF = float("nan"), float("inf")

WHOLE = {
    "nan": NAN,
    "infinity": INF,
    "huge": 10**400,
    "None": None,
    "text": "ours",
    "empty list": [],
    "empty tensor": torch.zeros(0),
    "nested": [[[]]],
    "mapping": {"x": 1.0},
    "complex": 1 + 2j,
    "true": True,
    "uint8": torch.full((3, 1, 1), 7, dtype=torch.uint8),
    "float16": torch.full((2, 2), 0.1, dtype=torch.float16),
}
"""In the place of everything that came out."""

LEAVES = {
    "nan": lambda leaf: torch.full_like(leaf.double(), NAN),
    "infinity": lambda leaf: torch.full_like(leaf.double(), INF),
    "complex": lambda leaf: leaf.double() * (1 + 2j),
    "empty": lambda leaf: leaf.flatten()[:0],
    "huge": lambda leaf: 10**400,
}
"""In the place of each tensor or float that came out."""


@cache
def shown(name: str) -> tuple[Context, list[tuple[str, object]]]:
    """What the reference's function gives for every case of a check, by probe; the same for all that is made of it."""
    check = PROPERTIES[name]
    context = Context(Submission("ada", {}), None, b"secret" * 4)
    function = check.part.author_code.oracle(check.spec.call)
    observe = check.part.author_code.observer(check.spec.observe) if check.spec.observe else None
    came = []
    for probe, case in zip(check.probes(context), check.cases(context), strict=True):
        torch.default_generator.manual_seed(probe.seed)
        args = [to_torch_value(value) for value in case.args]
        came.append((probe.id, detached(observe(function, *args) if observe else function(*args))))
    return context, came


def outcome(name: str, change) -> Verdict:
    """What a check makes of the reference's own results, changed."""
    context, came = shown(name)
    seen = [Observation(probe, "returned", value=_crossing(change(value))) for probe, value in came]
    return PROPERTIES[name].judge(context, seen).verdict


def _crossing(value):
    if isinstance(value, torch.Tensor):
        return Tensor.from_torch(value)
    if isinstance(value, list | tuple):
        return [_crossing(member) for member in value]
    return {key: _crossing(member) for key, member in value.items()} if isinstance(value, dict) else value


def _leaves(value, change):
    if isinstance(value, list | tuple):
        return [_leaves(member, change) for member in value]
    if isinstance(value, dict):
        return {key: _leaves(member, change) for key, member in value.items()}
    is_number = isinstance(value, torch.Tensor | float)
    return change(torch.as_tensor(value)) if is_number else value


@pytest.mark.parametrize("name", PROPERTIES)
def test_the_reference_holds(name):
    assert outcome(name, lambda value: value) is Verdict.CORRECT


@pytest.mark.parametrize("hostile", WHOLE)
@pytest.mark.parametrize("name", [name for name, check in PROPERTIES.items() if check.spec.observe is None])
def test_a_hostile_result_is_wrong(name, hostile):
    assert outcome(name, lambda value: WHOLE[hostile]) is Verdict.WRONG


@pytest.mark.parametrize("hostile", LEAVES)
@pytest.mark.parametrize("name", PROPERTIES)
def test_hostile_numbers_within_a_result_are_wrong(name, hostile):
    def change(value):
        changed = _leaves(value, LEAVES[hostile])
        return changed if str(changed) != str(value) else None  # no number in it: nothing at all then

    assert outcome(name, change) is Verdict.WRONG
