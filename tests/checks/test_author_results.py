"""Results of an assignment's own functions: computed once, stored only where that saves something, as they were."""

import math
import zlib

import numpy as np
import pytest
import torch

from grader.cache import Cache
from grader.checks import author_results as module
from grader.checks.author_results import author_result
from grader.files.author_code import AuthorCode
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
def root(tmp_path):
    properties = tmp_path / "problems" / "properties"
    properties.mkdir(parents=True)
    (properties / "rules.py").write_text("def holds(): ...\n")
    (properties / "other.py").write_text("def holds(): ...\n")
    return tmp_path


@pytest.fixture
def ask(root):
    """Asks for a result with another process's cache; `new` holds what the last one would have stored."""

    class Ask:
        new = None

        def __call__(self, functions, inputs, compute, entries=None, environment="torch 1"):
            cache = Cache(entries, environment)
            result = author_result(cache, AuthorCode(root), functions, inputs, compute)
            self.new = cache.take_new()
            return result

    return Ask()


@pytest.fixture
def dear(monkeypatch):
    """Everything is dear enough to be stored."""
    monkeypatch.setattr(module, "WORTH_STORING_SECONDS", 0.0)


def never():
    raise AssertionError("computed again")


RULES = ["rules:holds"]


@pytest.mark.parametrize("value", VALUES.values(), ids=VALUES)
def test_what_is_stored_comes_back_as_it_was(ask, dear, value):
    assert ask(RULES, lambda: [1], lambda: value) is value
    again = ask(RULES, lambda: [1], never, ask.new)
    assert type(again) is type(value)
    if isinstance(value, torch.Tensor):
        assert again.dtype == value.dtype
        assert again.shape == value.shape
        assert torch.equal(again, value)
        assert torch.equal(torch.signbit(again), torch.signbit(value))
    else:
        assert again == value


@pytest.mark.parametrize(
    "value", [(1, 2), np.float64(1.0), np.ones(2), {1: object()}, object(), [(1,)], torch.nn.Parameter(torch.ones(2))]
)
def test_what_would_come_back_as_something_else_is_not_stored(ask, dear, value):
    assert ask(RULES, lambda: None, lambda: value) is value
    assert ask.new == {}


def test_what_is_computed_quickly_is_not_stored(ask):
    assert ask(RULES, never, lambda: 7) == 7  # not even what it depends on is looked at
    assert ask.new == {}


def test_inputs_are_looked_at_only_where_something_is_stored_of_the_same_functions(ask, dear, monkeypatch):
    ask(RULES, lambda: 1, lambda: "old")
    stored = ask.new
    monkeypatch.setattr(module, "WORTH_STORING_SECONDS", 60.0)
    assert ask(["other:holds"], never, lambda: "new", stored) == "new"
    looked = []
    assert ask(RULES, lambda: looked.append(2), lambda: "new", stored) == "new"
    assert looked == [2]


def test_more_inputs_than_can_be_encoded_are_computed_with_every_time(ask, dear):
    ask(RULES, lambda: 1, lambda: "old")
    stored = ask.new
    huge = lambda: "x" * (2 << 20)  # noqa: E731
    assert ask(RULES, huge, lambda: "new") == "new"
    assert ask.new == {}
    assert ask(RULES, huge, lambda: "new", stored) == "new"


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
def test_another_function_input_or_version_is_another_result(ask, dear, functions, inputs, environment):
    ask(RULES, lambda: [1, Tensor.from_numpy(np.ones(2))], lambda: "old")
    assert ask(functions, lambda: inputs, lambda: "new", ask.new, environment) == "new"


def test_changed_code_is_called_again_and_other_code_does_not_matter(ask, root, dear):
    ask(RULES, lambda: 1, lambda: "old")
    stored, properties = ask.new, root / "problems" / "properties"
    (properties / "other.py").write_text("changed = True\n")
    assert ask(RULES, lambda: 1, never, stored) == "old"
    (properties / "rules.py").write_text("changed = True\n")
    assert ask(RULES, lambda: 1, lambda: "new", stored) == "new"


@pytest.mark.parametrize("body", [b"", b"no zlib", zlib.compress(b"no value"), zlib.compress(b"")])
def test_bytes_that_are_no_result_are_not_believed(ask, dear, body):
    ask(RULES, lambda: 1, lambda: "old")
    assert ask(RULES, lambda: 1, lambda: "new", dict.fromkeys(ask.new, body)) == "new"


def test_what_raises_is_not_stored(root, dear):
    cache = Cache(environment="torch 1")
    with pytest.raises(ValueError, match="no matrix"):
        author_result(cache, AuthorCode(root), RULES, lambda: 1, _fail)
    assert cache.take_new() == {}


def _fail():
    raise ValueError("no matrix")


def test_where_nobody_stores_anything_all_is_computed(root, dear):
    cache, computed = Cache(), iter([1, 2])
    assert [author_result(cache, AuthorCode(root), RULES, never, computed.__next__) for _ in range(2)] == [1, 2]
    assert cache.take_new() == {}
