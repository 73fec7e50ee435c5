"""What all tests share: a tiny assignment, an executor of trusted functions in this process, and one `reference`."""

from __future__ import annotations

import gc
import os
import secrets
import sys
import textwrap
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from headless import browser, context  # noqa: F401 — fixtures for every folder
from hypothesis import HealthCheck, settings
from slow_left_out import (  # noqa: F401 — pytest finds its hooks here
    pytest_deselected,
    pytest_sessionfinish,
    pytest_terminal_summary,
    pytest_testnodedown,
)

from grader.runner.values import Generator, Tensor
from grader.sandbox.base import Guarantees, Observation, ProbeBatch
from grader.sandbox.staging import ONE_THREAD

# Before anything imports torch: as many workers as processors run tests, and threads that wait for each other spin.
os.environ.update(ONE_THREAD)

# The same examples in every run: a test that passes here passes there. Search wider with
# `--hypothesis-profile=default`. How long an example takes to draw says nothing where a machine is crowded.
settings.register_profile(
    "repeatable", max_examples=50, derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("repeatable")

_THIS_HOMEWORKS = str(Path(__file__).parents[1] / "reference")
_imported: dict[str, ModuleType] = {}
_unchanged: tuple[ModuleType | None, int] | None = None
"""The package of that name, and how many modules there were, when a test began last."""


@pytest.fixture(autouse=True)
def import_reference_is_this_homeworks() -> None:
    """Each test begins with `reference` as this homework's package, whatever assignment an earlier test has loaded.

    Assignments share that name, and loading one takes it from another. A module that this homework has already
    imported comes back as the same object, so that a function which imports late finds what its file found.
    """
    global _unchanged
    package = sys.modules.get("reference")
    if (package, len(sys.modules)) == _unchanged:
        return
    if _THIS_HOMEWORKS in [*getattr(package, "__path__", [])]:
        _imported.update(_loaded())
    else:
        _put_back(_imported)
    _unchanged = (sys.modules.get("reference"), len(sys.modules))


def _loaded() -> dict[str, ModuleType]:
    """The modules of whatever assignment was loaded last."""
    return {name: sys.modules[name] for name in [*sys.modules] if name == "reference" or name.startswith("reference.")}


def _put_back(modules: Mapping[str, ModuleType]) -> None:
    for name in _loaded():
        del sys.modules[name]
    sys.modules.update(modules)


PROBLEM = """\
id: tiny
title: Tiny
symbols: {m: positive integer, k: positive integer}
parts:
  - id: tinya
    title: Sizes
    prompt: How large is an $m \\times k$ matrix?
    points: 4
    derivation: [size, bytes]
    fields:
      size:
        kind: expr
        points: 1
        asks: How many entries?
        expect: reference.tiny:size
        mistakes:
          - {answer: m + k, says: this is half the perimeter}
      bytes:
        kind: expr
        points: 1
        asks: How many bytes, 4 for each?
        expect: reference.tiny:size_in_bytes
        follows: 4*size
      shape:
        kind: choice
        points: 0.5
        asks: What shape?
        options:
          wide: Wide
          tall: {text: Tall, says: look at the columns}
        right: wide
        after: size
      why:
        kind: text
        points: 0.5
        asks: Why?
        rubric: [{earns: says why, points: 0.5}]
        full: Because.
        empty: It is.
    functions:
      tiny.double:
        signature: (X) -> Y
        does: Twice the matrix X (m, k).
    runs:
      - call: tiny.double
        points: 1
        sizes: {m: 1..4, k: 1..4}
        inputs: {X: 'normal(m, k)'}
        mistakes:
          - {code: 'tiny:square', says: this squares each entry}
      - call: tiny.double
        property: shape
        holds: tiny:same_shape
        sizes: {m: 1..4, k: 1..4}
        inputs: {X: 'normal(m, k)'}
      - call: tiny.double
        observe: tiny:bytes_of
        sizes: {m: 1..4, k: 1..4}
        inputs: {X: 'normal(m, k)'}
        expect: {field: bytes}
    checks:
      - {kind: identity, name: ratio, holds: bytes/size = 4, says: bytes are four times the entries}
  - id: tinyb
    title: Numbers
    prompt: A megabyte of these?
    points: 2
    fields:
      entries:
        kind: number
        points: 1
        asks: How many fit into 1 MB?
        expect: reference.tiny:entries
        tolerance: 1 %
      seconds:
        kind: quantity
        unit: s
        points: 1
        asks: How long at 1e5 entries per second?
        expect: reference.tiny:seconds
        from: [entries]
        tolerance: 1 %
"""

FILES = {
    "problems/tiny.yaml": PROBLEM,
    "problems/probes/tiny.py": """\
        def bytes_of(double, X):
            Y = double(X).float()
            return Y.numel() * Y.element_size()
        """,
    "problems/properties/tiny.py": """\
        def same_shape(inputs, value):
            return None if value.shape == inputs["X"].shape else "the shape must stay"
        """,
    "reference/__init__.py": "",
    "reference/tiny.py": """\
        import sympy as sp

        m, k = sp.symbols("m k", positive=True)

        def double(X):
            return 2 * X

        def size():
            return m * k

        def size_in_bytes():
            return 4 * size()

        def entries():
            return 1e6 / 4

        def seconds(entries=entries()):
            return entries / 1e5
        """,
    "reference/answers.yaml": """\
        tinya: {size: m*k, bytes: 4*m*k, shape: wide, why: Because.}
        tinyb: {entries: 250000, seconds: 2.5 s}
        """,
    "reference/mistakes/tiny.py": """\
        def square(X):
            return X * X
        """,
}


LONGEST = (
    *("test_extending.py", "test_slow_tests.py", "test_layers.py", "sandbox", "hostile", "maths", "reference", "cli"),
    *("review", "grading", "platforms"),
)
"""Folders and files of this one whose modules run longest."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Slow tests first, then long modules: a worker that gets one last keeps the others waiting."""
    rank = {name: place for place, name in enumerate(LONGEST)}

    def order(item: pytest.Item) -> tuple[bool, int]:
        top = item.path.relative_to(Path(__file__).parent).parts[0]
        return item.get_closest_marker("slow") is None, rank.get(top, len(rank))

    items.sort(key=order)


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Any:
    """Spare the garbage collector what is collected: to walk through it again and again takes a tenth of the time."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-golden", action="store_true", help="write golden files again after a change that was meant"
    )


def pytest_make_parametrize_id(val: object) -> str | None:
    """Bytes give a test no name: archives hold the time at which they were made, and workers must agree on names."""
    return "bytes" if isinstance(val, bytes) else None


@pytest.fixture(scope="session", autouse=True)
def no_bytecode() -> Iterator[None]:
    """A source that a test writes twice within a second, equally long, would run from the bytecode of the first."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(sys, "dont_write_bytecode", True)
        patched.setenv("PYTHONDONTWRITEBYTECODE", "1")
        yield


@pytest.fixture(autouse=True)
def nothing_remembered(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test finds what another, or whoever runs them, checked before."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path_factory.getbasetemp() / secrets.token_hex(8)))


@pytest.fixture(scope="session")
def tiny_files() -> dict[str, str]:
    """The files of the small assignment, for fixtures that live longer than one test."""
    return {name: textwrap.dedent(text) for name, text in FILES.items()}


@pytest.fixture
def tiny(tmp_path: Path) -> Iterator[Path]:
    """The folder of an assignment that has one of everything; `import reference` means the homework's again after."""
    root = tmp_path / "assignment"
    for name, text in FILES.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text))
    imported = _loaded()
    yield root
    _put_back(imported)


@dataclass
class FakeExecutor:
    """Runs functions that a test hands it, in this process. `seen` holds the ids of the probes it was asked for."""

    functions: Mapping[str, Callable[..., Any]]
    observers: Mapping[str, Callable[..., Any]] = field(default_factory=dict)
    guarantees: Guarantees = field(default_factory=lambda: Guarantees(True, True, True, True, "fake"))
    seen: list[str] = field(default_factory=list)

    def observe(self, files: Mapping[str, bytes], batches: Sequence[ProbeBatch]) -> list[Observation]:
        return [self._run(probe) for batch in batches for probe in batch.probes]

    def _run(self, probe: Any) -> Observation:
        self.seen.append(probe.id)
        function = self.functions.get(f"{probe.module}.{probe.function}")
        if function is None:
            return Observation(probe.id, "absent", message="no such function")
        args = [_live(value) for value in probe.args]
        try:
            value = self.observers[probe.observer](function, *args) if probe.observer else function(*args)
        except Exception as error:  # noqa: BLE001  # what student code raises is what is tested
            return Observation(probe.id, "raised", message=f"{type(error).__name__}: {error}")
        return Observation(probe.id, "returned", value=_wire(value))

    def close(self) -> None:
        pass


def _live(value: Any) -> Any:
    import torch

    if isinstance(value, Tensor):
        return value.to_torch()
    if isinstance(value, Generator):
        return torch.Generator().manual_seed(value.seed)
    return value


def _wire(value: Any) -> Any:
    import torch

    return Tensor.from_torch(value) if isinstance(value, torch.Tensor) else value


@pytest.fixture
def fake_executor() -> type[FakeExecutor]:
    return FakeExecutor


@pytest.fixture(scope="session")
def judge() -> Iterator[Any]:
    """One judge for all tests: it holds no state but its cache."""
    from grader.maths.judge_process import Judge

    with Judge() as started:
        yield started
