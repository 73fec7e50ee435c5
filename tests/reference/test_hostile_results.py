"""A function of which anything at all comes back costs its own checks, and breaks nothing."""

import pytest
import torch

from grader.records import Verdict

from in_process import ASSIGNMENT, CHECKS, FUNCTIONS, Class  # isort: skip

NAN, INF = float("nan"), float("inf")


def _deep() -> list:
    value: list = []
    for _ in range(500):
        value = [value]
    return value


HOSTILE = {
    "nan": lambda: NAN,
    "minus infinity": lambda: -INF,
    "tensor of nan": lambda: torch.full((2, 2), NAN, dtype=torch.float64),
    "tensor of infinity": lambda: torch.full((2, 2), INF),
    "wrong shape": lambda: torch.ones(1, 2, 3, 4, 5),
    "scalar tensor": lambda: torch.tensor(-1.0),
    "true": lambda: True,
    "uint8": lambda: torch.full((3, 1, 1), 7, dtype=torch.uint8),
    "float16": lambda: torch.full((2, 2), 0.1, dtype=torch.float16),
    "bfloat16": lambda: torch.zeros(3, dtype=torch.bfloat16),
    "complex": lambda: 1 + 2j,
    "complex tensor": lambda: torch.full((2,), 1 + 2j),
    "empty": lambda: torch.zeros(0),
    "empty list": list,
    "beyond floats": lambda: 10**400,
    "many of them": lambda: [10**400, -(10**400), NAN],
    "negative": lambda: -(2**63),
    "None": lambda: None,
    "long text": lambda: "9" * 100_000,
    "broken text": lambda: "\ud800",
    "deep": _deep,
    "mapping": lambda: {"x": {"y": torch.tensor(NAN)}},
    "class": lambda: torch.nn.Linear,
    "module": lambda: torch.nn.Linear(1, 1),
    "sparse": lambda: torch.eye(3).to_sparse(),
    "quantized": lambda: torch.quantize_per_tensor(torch.ones(2), 0.1, 0, torch.quint8),
    "meta": lambda: torch.ones(2, device="meta"),
    "array of objects": lambda: __import__("numpy").array([None, {}], dtype=object),
    "ragged": lambda: [[1.0], [2.0, 3.0], torch.ones(2, 2)],
}
"""In the place of whatever the function returns, whoever calls it."""

QUICK = FUNCTIONS[::6]
"""A few, which are tried in the fast suite with a few values; slow are all functions, with every other value."""


@pytest.fixture(scope="module")
def class_(judge):
    return Class(judge)


@pytest.fixture(scope="module")
def untouched(class_):
    """The checks of some parts as the reference earns them, computed once."""
    known = {}

    def graded(parts):
        if parts not in known:
            known[parts] = class_.graded({}, only=parts)
        return known[parts]

    return graded


def calling(function):
    """The checks that call a function."""
    return {name for name, check in CHECKS.items() if getattr(check.spec, "call", None) == function}


def costs_itself_alone(class_, untouched, function, hostile):
    own = calling(function)
    parts = tuple(part.id for part in ASSIGNMENT.parts if own & {check.id for check in part.checks})
    before = untouched(parts)
    after = class_.graded({function: lambda *args, **words: HOSTILE[hostile]()}, only=parts)
    beside = {name for name, check in CHECKS.items() if own & {*check.beside, *check.after}}
    moved = {name for name in before if (before[name].verdict, before[name].score) != _came(after[name])}
    assert not {name for name, record in after.items() if record.verdict is Verdict.HARNESS_ERROR}
    assert moved <= own | beside
    right = {name for name in own if after[name].verdict is Verdict.CORRECT}
    assert not {name for name in right if not CHECKS[name].beside}  # what holds of a constant holds, but earns nothing
    assert sum(after[name].score for name in own) == 0
    assert all(after[name].message for name in own)


def _came(record):
    return record.verdict, record.score


@pytest.mark.parametrize("function", QUICK)
@pytest.mark.parametrize("hostile", [*HOSTILE][::7])
def test_a_few_hostile_results(class_, untouched, function, hostile):
    costs_itself_alone(class_, untouched, function, hostile)


@pytest.mark.slow
@pytest.mark.parametrize("function", FUNCTIONS)
def test_every_other_hostile_result_of_every_function(class_, untouched, function):
    for hostile in [*HOSTILE][FUNCTIONS.index(function) % 2 :: 2]:
        costs_itself_alone(class_, untouched, function, hostile)
