"""Submissions of one author share what a start costs, and each shows what it would show by itself."""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from runnable import skip_unless_runnable

from grader.errors import SandboxError
from grader.runner.process_usage import descendants
from grader.sandbox import one_author
from grader.sandbox.base import Executor, Limits, Observation, Probe, ProbeBatch
from grader.sandbox.one_author import SharedBubblewrap, start_for_one_author

BATCHES = [ProbeBatch("part", (Probe("part", "student", "f"),), Limits(cpu_seconds=1.0))]
FILLED = bytes(2 << 20)
"""Takes so long to write that whoever asks too early meets the files of before."""
PART = b"from part import value\ndef f(): return value()\n"
OTHER = b"from others import value\ndef f(): return value()\n"
DATA = b"def f(): return open('data.csv').read()\n"

SHOWN: dict[str, tuple[dict[str, bytes], object]] = {
    "one": ({"filled": FILLED, "part.py": b"def value(): return 1\n", "student.py": PART}, 1),
    "two": ({"filled": FILLED[1:], "part.py": b"def value(): return 2\n", "student.py": PART}, 2),
    "of another file": ({"others.py": b"def value(): return 3\n", "student.py": OTHER}, 3),
    "without a file": ({"student.py": PART}, "student cannot be imported: ModuleNotFoundError: No module named 'part'"),
    "in a folder": ({"part/__init__.py": b"def value(): return 4\n", "student.py": PART}, 4),
    "data": ({"data.csv": b"1,2\n", "student.py": DATA}, "1,2\n"),
    "other data": ({"data.csv": b"3,4\n", "student.py": DATA}, "3,4\n"),
    "no data": ({"student.py": DATA}, "FileNotFoundError: [Errno 2] No such file or directory: 'data.csv'"),
    "leaves a file": ({"student.py": b"def f(): open('left.txt', 'w').close(); return 5\n"}, 5),
    "leaves a type": (
        {"student.py": b"import torch\ndef f(): torch.set_default_dtype(torch.float64); return 6\n"},
        6,
    ),
    "lists all": (
        {"student.py": b"import os, torch\ndef f(): return [os.listdir(), str(torch.ones(1).dtype)]\n"},
        [["student.py"], "torch.float32"],
    ),
}
"""By name, files and the value or the message that come of them."""
PROCESS = {"student.py": b"import os\ndef f(): return os.getpid()\n"}
ENDS = {
    "dies": (b"import os\ndef f(): os._exit(3)\n", "crashed"),
    "never ends": (b"def f():\n    while True: pass\n", "timeout"),
}


@pytest.fixture(scope="module")
def executor() -> Iterator[SharedBubblewrap]:
    with skip_unless_runnable("bubblewrap"):
        started = SharedBubblewrap(Path("/nonexistent"), "cpu")
    yield started
    started.close()
    started.close()  # closing twice is harmless


def seen(executor: Executor, files: dict[str, bytes]) -> Observation:
    (one,) = executor.observe(files, BATCHES)
    return one


def process(executor: Executor) -> object:
    return seen(executor, PROCESS).value


def test_a_submission_shows_the_same_after_any_other(executor: SharedBubblewrap) -> None:
    names = list(SHOWN)
    for number, first in enumerate(names):
        for second in names[number:]:
            for name in (first, second):
                files, expected = SHOWN[name]
                one = seen(executor, files)
                assert (one.value if one.status == "returned" else one.message) == expected, (first, second)


@pytest.mark.parametrize("between", ["one", "data", "without a file"])
def test_a_process_that_was_left_as_it_was_is_shared(executor: SharedBubblewrap, between: str) -> None:
    before = process(executor)
    seen(executor, SHOWN[between][0])
    assert process(executor) == before


@pytest.mark.parametrize("between", ["leaves a file", "leaves a type"])
def test_a_process_that_was_changed_is_not(executor: SharedBubblewrap, between: str) -> None:
    before = process(executor)
    seen(executor, SHOWN[between][0])
    assert process(executor) != before


def test_other_limits_are_those_of_another_process(executor: SharedBubblewrap) -> None:
    before = process(executor)
    (one,) = executor.observe(PROCESS, [ProbeBatch("part", BATCHES[0].probes, Limits(cpu_seconds=2.0))])
    assert one.value != before


@pytest.mark.parametrize("end", ENDS)
def test_a_process_that_ended_costs_its_own_submission_alone(executor: SharedBubblewrap, end: str) -> None:
    code, status = ENDS[end]
    assert seen(executor, {"student.py": code}).status == status
    assert seen(executor, SHOWN["two"][0]).value == 2


def test_a_sandbox_that_is_killed_meanwhile_is_started_again(executor: SharedBubblewrap) -> None:
    assert seen(executor, SHOWN["one"][0]).value == 1
    sandbox = executor._process._process
    assert sandbox is not None
    for pid in (*descendants(sandbox.pid), sandbox.pid):
        with contextlib.suppress(ProcessLookupError):  # the end of one ends those below it
            os.kill(pid, signal.SIGKILL)
    assert seen(executor, SHOWN["two"][0]).value == 2


def test_without_bubblewrap_it_is_the_strongest_that_works(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(probes_dir: Path, device: str) -> Executor:
        raise SandboxError("bubblewrap (bwrap) is not installed")

    strongest = object()
    monkeypatch.setattr(one_author, "SharedBubblewrap", refuse)
    monkeypatch.setattr(one_author, "start_strongest", lambda probes_dir: strongest)
    assert start_for_one_author(Path("/nonexistent")) is strongest
