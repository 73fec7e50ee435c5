"""What an assignment's own code found: found once, kept only where that saves something, and exactly as it was."""

import math
import zlib

import numpy as np
import pytest
import torch

from grader.checks import findings as module
from grader.checks.findings import Afresh, Findings
from grader.files.author_sources import Sources
from grader.runner.values import Tensor

VALUES = {
    "nothing": None,
    "truth": True,
    "integer": 10**30,
    "number": 0.1,
    "infinity": -math.inf,
    "text": "≤ 3",
    "list": [1, [2.0, "three"], []],
    "mapping": {"a": [1.0], "b": None},
    "tensor": torch.arange(6, dtype=torch.float64).reshape(2, 3),
    "bfloat16": torch.tensor([1.5, -0.0], dtype=torch.bfloat16),
    "scalar": torch.tensor(3),
    "empty": torch.empty(0, 4),
}


@pytest.fixture
def sources(tmp_path):
    (tmp_path / "rules.py").write_text("def holds(): ...\n")
    (tmp_path / "other.py").write_text("def holds(): ...\n")
    return tmp_path


def findings(sources, known=None, environment="torch 1"):
    return Findings(known or {}, Sources(sources), environment)


@pytest.fixture
def dear(monkeypatch):
    """Everything is dear enough to be kept."""
    monkeypatch.setattr(module, "WORTH_KEEPING_SECONDS", 0.0)


def never():
    raise AssertionError("found again")


@pytest.mark.parametrize("value", VALUES.values(), ids=VALUES)
def test_what_is_known_comes_back_as_it_was(sources, dear, value):
    first = findings(sources)
    assert first.once(["rules:holds"], lambda: [1], lambda: value) is value
    again = findings(sources, first.learnt).once(["rules:holds"], lambda: [1], never)
    assert type(again) is type(value)
    if isinstance(value, torch.Tensor):
        assert again.dtype == value.dtype
        assert again.shape == value.shape
        assert torch.equal(again, value)
        assert torch.equal(torch.signbit(again), torch.signbit(value))
    else:
        assert again == value


@pytest.mark.parametrize(
    "value", [(1, 2), np.float64(1.0), np.ones(2), {1: 2}, object(), [(1,)], torch.nn.Parameter(torch.ones(2))]
)
def test_what_would_come_back_as_something_else_is_found_again(sources, dear, value):
    first = findings(sources)
    assert first.once(["rules:holds"], lambda: None, lambda: value) is value
    assert first.learnt == {}


def test_what_is_found_quickly_is_not_kept(sources):
    first = findings(sources)
    assert first.once(["rules:holds"], never, lambda: 7) == 7  # not even what it depends on is looked at
    assert first.learnt == {}


def test_inputs_are_looked_at_only_where_something_is_known_of_the_same_functions(sources, dear, monkeypatch):
    first = findings(sources)
    first.once(["rules:holds"], lambda: 1, lambda: "old")
    monkeypatch.setattr(module, "WORTH_KEEPING_SECONDS", 60.0)
    again = findings(sources, first.learnt)
    assert again.once(["other:holds"], never, lambda: "new") == "new"
    looked = []
    assert again.once(["rules:holds"], lambda: looked.append(2), lambda: "new") == "new"
    assert looked == [2]


@pytest.mark.parametrize(
    ("functions", "inputs", "environment"),
    [
        (["rules:fails"], [1, Tensor.from_numpy(np.ones(2))], "torch 1"),
        (["other:holds"], [1, Tensor.from_numpy(np.ones(2))], "torch 1"),
        (["rules:holds", "other:holds"], [1, Tensor.from_numpy(np.ones(2))], "torch 1"),
        (["rules:holds"], [2, Tensor.from_numpy(np.ones(2))], "torch 1"),
        (["rules:holds"], [1, Tensor.from_numpy(np.ones(2, dtype="float32"))], "torch 1"),
        (["rules:holds"], [1, Tensor.from_numpy(np.ones((2, 1)))], "torch 1"),
        (["rules:holds"], [1, Tensor.from_numpy(np.ones(2))], "torch 2"),
    ],
)
def test_another_function_input_or_version_is_another_finding(sources, dear, functions, inputs, environment):
    first = findings(sources)
    first.once(["rules:holds"], lambda: [1, Tensor.from_numpy(np.ones(2))], lambda: "old")
    again = findings(sources, first.learnt, environment)
    assert again.once(functions, lambda: inputs, lambda: "new") == "new"


def test_changed_code_finds_again_and_other_code_does_not_matter(sources, dear):
    first = findings(sources)
    first.once(["rules:holds"], lambda: 1, lambda: "old")
    (sources / "other.py").write_text("changed = True\n")
    assert findings(sources, first.learnt).once(["rules:holds"], lambda: 1, never) == "old"
    (sources / "rules.py").write_text("changed = True\n")
    assert findings(sources, first.learnt).once(["rules:holds"], lambda: 1, lambda: "new") == "new"


@pytest.mark.parametrize("body", [b"", b"no zlib", zlib.compress(b"no value"), zlib.compress(b"")])
def test_bytes_that_are_no_finding_are_not_believed(sources, dear, body):
    first = findings(sources)
    first.once(["rules:holds"], lambda: 1, lambda: "old")
    (key,) = first.learnt
    assert findings(sources, {key: body}).once(["rules:holds"], lambda: 1, lambda: "new") == "new"


def test_what_fails_is_not_kept(sources, dear):
    first = findings(sources)
    with pytest.raises(ValueError, match="no matrix"):
        first.once(["rules:holds"], lambda: 1, _fail)
    assert first.learnt == {}


def _fail():
    raise ValueError("no matrix")


def test_without_a_memory_all_is_found_afresh():
    found = iter([1, 2])
    assert [Afresh().once(["rules:holds"], never, found.__next__) for _ in range(2)] == [1, 2]
