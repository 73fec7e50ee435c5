"""Readers of what is handed in: no bytes make one raise, and none does more steps for a byte of a large file.

Steps are lines of Python and calls, counted by the interpreter; what C does in one step is bounded by
`tests/submission/test_long_files.py`, whose texts would take a quadratic expression hours.
"""

from __future__ import annotations

import itertools
import sys
import zipfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from readers import ANSWERS, CODE, READERS, TABLE, fuzz, notebook, tarred, zipped

from grader.runner.codec import encode
from grader.runner.values import Tensor

ROUNDS = {"zip": 60, "tar": 60, "yaml": 80, "notebook": 120, "python": 120, "csv": 80, "codec": 2_000}
SIZES = (16, 32, 64, 128)
LARGER: dict[str, Callable[[int], bytes]] = {
    "zip of many": lambda n: zipped({f"d{i}/f{i}.py": b"x = 1\n" for i in range(n)}),
    "zip of alike": lambda n: zipped({f"heads ({i}).py": CODE.encode() for i in range(n)}),
    "zip of environments": lambda n: zipped(
        {f"e{i}/{name}": b"x" for i in range(n) for name in ("pyvenv.cfg", "a.py")}
    ),
    "tar of many": lambda n: tarred({f"d{i}/f{i}.py": b"x = 1\n" for i in range(n)}),
    "tar of deep names": lambda n: tarred({f"{'d/' * 40}{i}.py": b"x = 1\n" for i in range(n)}),
    "yaml of parts": lambda n: "".join(f"q{i}:\n  a: m*k\n  b: |\n    text\n" for i in range(n)).encode(),
    "yaml of one part": lambda n: ("q1:\n" + "".join(f"  a{i}: m*k  # c\n" for i in range(n))).encode(),
    "yaml twice": lambda n: ("q1:\n" + "  a: m*k\n" * n).encode(),
    "yaml that is none": lambda n: (ANSWERS + "\n: [ }\n" + "q9:\n  a: 'x\n" * n).encode(),
    "yaml of lists": lambda n: ("q1:\n  a: [" + "1, " * n + "1]\n").encode(),
    "notebook of cells": lambda n: notebook(tuple(f"def f{i}(x):\n    return x\n" for i in range(n))),
    "notebook of lines": lambda n: notebook(("x = 1\n" * n,)),
    "notebook of magics": lambda n: notebook(("%time x = 1\n!ls\n" * n,)),
    "notebook of answers": lambda n: notebook(tuple(f"# answers: q{i}\nanswers = '''\na: m\n'''" for i in range(n))),
    "notebook that writes": lambda n: notebook(tuple(f"%%writefile f{i}.py\nx = 1\n" for i in range(n))),
    "python": lambda n: (CODE * n).encode(),
    "python in brackets": lambda n: ("(" * n + ")" * n).encode(),
    "python of magics": lambda n: ("!ls\n%time x = 1\nx = '''\n" * n).encode(),
    "csv": lambda n: (TABLE.splitlines()[0] + "\n" + "".join(f"a{i},N,e{i}@x.org,1,2\n" for i in range(n))).encode(),
    "csv of one row": lambda n: (TABLE.splitlines()[0] + "\n" + "a," * n + "\n").encode(),
    "codec of items": lambda n: encode([{"a": i, "b": str(i)} for i in range(n)], 1 << 24),
    "codec of tensors": lambda n: encode([Tensor("float32", (2,), bytes(8)) for _ in range(n)], 1 << 24),
    "codec of a text": lambda n: encode("é" * n * 50, 1 << 24),
}


@pytest.mark.parametrize("reader", READERS)
def test_no_bytes_make_a_reader_raise(reader: str) -> None:
    """Some rounds of what `readers.py` does for as long as it is told."""
    read, faults = fuzz(reader, "suite", ROUNDS[reader])
    assert faults == {}
    assert read == ROUNDS[reader]


def patched(place: int, value: bytes) -> bytes:
    """A zip whose every entry of the list at its end has other bytes at a place."""
    content = bytearray(zipped({"a": ANSWERS.encode(), "b": CODE.encode()}, zipfile.ZIP_STORED))
    at = content.find(b"PK\x01\x02")
    while at >= 0:
        content[at + place : at + place + len(value)] = value
        at = content.find(b"PK\x01\x02", at + 4)
    return bytes(content)


@pytest.mark.parametrize(
    "content",
    [
        patched(28, b"\0\0\1\0"),  # its letter is read as something that follows the name
        patched(6, b"\xff\x00"),
        patched(10, b"\x63\x00"),
        patched(8, b"\x01\x00"),
        patched(20, b"\xff" * 8),
        patched(42, b"\xff\xff\xff\x7f"),
    ],
    ids=["no name", "a version to come", "an unknown method", "encrypted", "sizes without end", "an offset beyond"],
)
def test_what_was_found_by_longer_reading_is_no_exception_of_ours(content: bytes, tmp_path: Path) -> None:
    READERS["zip"](content, tmp_path)


def steps(call: Callable[[], object]) -> int:
    """The lines and calls of Python that a call takes."""
    counter = itertools.count()

    def trace(frame: FrameType, event: str, argument: Any) -> Any:
        next(counter)
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        call()
    finally:
        sys.settrace(before)
    return next(counter)


@pytest.mark.parametrize("kind", LARGER)
def test_a_reader_takes_as_many_steps_for_the_last_byte_as_for_the_first(kind: str, tmp_path: Path) -> None:
    """Each doubling adds twice what the one before added, give or take a fifth and what small files cost alike."""
    read = READERS[kind.partition(" ")[0]]
    read(LARGER[kind](1), tmp_path)  # what is cached at the first use counts for no size
    taken = [steps(partial(read, LARGER[kind](size), tmp_path)) for size in SIZES]
    assert is_linear(taken), taken


def is_linear(taken: list[int]) -> bool:
    """Whether each doubling adds about twice what the one before added."""
    added = [later - earlier for earlier, later in itertools.pairwise(taken)]
    return all(later <= 2.4 * earlier + 60 for earlier, later in itertools.pairwise(added))


@pytest.mark.parametrize("rarely", [1, 4, 16])
def test_a_reader_that_looks_back_at_every_line_is_found_out(rarely: int) -> None:
    def quadratic(size: int) -> None:
        for line in range(size):
            for _ in range(line // rarely):
                pass
            for _ in range(5):
                pass

    assert not is_linear([steps(partial(quadratic, size)) for size in SIZES])
