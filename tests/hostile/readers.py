"""Every reader of bytes that a student hands in, and bytes that nobody would hand in by accident.

`python tests/hostile/readers.py SECONDS SEED [READER…]` reads mutated bytes for so long with each reader, and prints
what got out of it; the suite does the same with few rounds.
"""

from __future__ import annotations

import gzip
import io
import json
import random
import sys
import tarfile
import tempfile
import time
import traceback
import zipfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

from grader.errors import UsageError
from grader.files.csv_edit import read_sheet
from grader.results.roster import read_roster
from grader.runner.codec import decode, decode_inward, encode
from grader.runner.values import CodecError, Generator, Tensor
from grader.submission.answers import read_answers
from grader.submission.discover import find_submissions
from grader.submission.load import from_files, load_submission
from grader.submission.magics import without_magics
from grader.submission.model import SubmissionSource
from grader.submission.notebook import as_files, read_notebook
from grader.submission.template_stubs import started_functions
from grader.submission.text_encoding import python_as_utf8

MODULES = ("heads", "loss")
ANSWERS = """\
student: {name: "Ada B.", id: a1, email: ada@example.org}
q1:
  a: 4*m*k   # a comment
  b: "x \\\\frac{1}{2} \\u00e9"
  c: |
    two lines
      of text
q2: {a: [1, 2], b: 'it''s', c: !tag &anchor no}
q3:
  a: *anchor
  a: 1e-3
"""
CODE = '''\
# -*- coding: utf-8 -*-
import torch


class Head(torch.nn.Module):
    async def forward(self, x):
        """A text: é."""
        raise NotImplementedError("later")


def loss(x, y=(1,)):
    return (x - y[0]) ** 2 if x else f"{x!r:>{3}}"
'''
CELLS = (
    "# answers: q1\nanswers = '''\na: m*k\nb: |\n  text\n'''",
    "%%writefile heads.py\ndef head(x):\n    return x\n",
    "%%time\n!pip install x\n%run loss.py\nx = !ls\ncheck('q1')\n",
    CODE,
)
TABLE = 'id,name,email,section,extra_days\na1,"B., Ada",ada@example.org,1,2\n"b""2",Bo,,,\r\n'
SPICE = (
    *rb"""\x \ud800 \ ' " ''' { [ ] } : - ? &a *a | > %% ! null 1e999 -0 .. ../ / C:\\ CON ~ $ <script> =1+1 async
    !!python/name:os.system <<: lambda: #""".split(),
    *(b"\0", b"\n", b"\r", b"\t", b"\xff", b"\xfe\xff", b"\xef\xbb\xbf", b"\xed\xa0\x80", b"\x1b[2J", b"PK\x03\x04"),
    *("\u202e".encode(), "\u2028".encode(), "\u0085".encode(), "é".encode("utf-16"), b"9" * 400, b"(" * 200),
    *(b"# coding: utf-7\n", b"# coding: nope\n", b"[" * 1500, b": ", b"|\n", b">-\n"),
)

Read = Callable[[bytes, Path], object]


def notebook(cells: tuple[str, ...] = CELLS) -> bytes:
    """A notebook with code cells."""
    return json.dumps(
        {
            "cells": [
                {"cell_type": "code", "id": f"c{i}", "source": cell.splitlines(keepends=True), "metadata": {}}
                for i, cell in enumerate(cells)
            ],
            "metadata": {"kernelspec": {"language": "python"}},
            "nbformat": 4,
        }
    ).encode()


FILES = {"answers.yaml": ANSWERS.encode(), "heads.py": CODE.encode(), "sub/hw.ipynb": notebook(), "note.txt": b"x"}


def zipped(files: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip of files."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return made.getvalue()


def tarred(files: Mapping[str, bytes], form: str = "w") -> bytes:
    """A tar of files."""
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode=form) as archive:  # type: ignore[call-overload]
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return made.getvalue()


def _archive(ending: str) -> Read:
    def read(content: bytes, folder: Path) -> object:
        path = folder / f"work{ending}"
        path.write_bytes(content)
        with suppress(UsageError):
            find_submissions([path], MODULES)
        return load_submission(SubmissionSource("x", path), MODULES)

    return read


def _answers(content: bytes, folder: Path) -> object:
    return read_answers(content, "answers.yaml"), from_files(
        SubmissionSource("x", folder), {"answers.yaml": content}, MODULES
    )


def _notebook(content: bytes, folder: Path) -> object:
    read = read_notebook(content, "hw.ipynb", {"heads.py": b"x = 1"})
    return as_files(read, MODULES), from_files(SubmissionSource("x", folder), {"hw.ipynb": content}, MODULES)


def _python(content: bytes, folder: Path) -> object:
    readable, _ = python_as_utf8(content)
    started_functions(readable)
    without_magics(readable.decode("utf-8", "replace"))
    return from_files(SubmissionSource("x", folder), {"Heads (1).py": content, "loss.py": content}, MODULES)


def _csv(content: bytes, folder: Path) -> object:
    path = folder / "table.csv"
    path.write_bytes(content)
    for read in (read_sheet, read_roster):
        with suppress(UsageError):
            read(path)
    return None


def _codec(content: bytes, _folder: Path) -> object:
    for read in (decode, decode_inward):
        with suppress(CodecError):
            read(content)
    return None


VALUES = (
    [1, -(2**200), 1.5, None, True, "text", (2 + 3j,), {"a": [1.0] * 20, "b": list(range(30))}],
    {"tensor": Tensor("float32", (2, 3), bytes(24)), "empty": Tensor("int64", (0,), b""), "seed": Generator(7)},
)
SEEDS: Mapping[str, tuple[bytes, ...]] = {
    "zip": (
        zipped(FILES),
        zipped(FILES, zipfile.ZIP_STORED),
        zipped({"a/x.zip": zipped(FILES), "b/y.tar": tarred(FILES)}),
    ),
    "tar": tuple(tarred(FILES, form) for form in ("w", "w:gz", "w:bz2", "w:xz")),
    "yaml": (ANSWERS.encode(), ANSWERS.encode("utf-16"), ANSWERS.replace("\n", "\r\n").encode("latin-1")),
    "notebook": (notebook(), notebook(CELLS[::-1])),
    "python": (CODE.encode(), CODE.encode("utf-16"), "\n".join(CELLS).encode()),
    "csv": (TABLE.encode(), ("sep=;\n" + TABLE.replace(",", ";")).encode("utf-16"), TABLE.encode("latin-1")),
    "codec": tuple(encode(value, 1 << 20) for value in VALUES),
}
READERS: Mapping[str, Read] = {
    "zip": _archive(".zip"),
    "tar": _archive(".tar"),
    "yaml": _answers,
    "notebook": _notebook,
    "python": _python,
    "csv": _csv,
    "codec": _codec,
}


def mutated(seeds: tuple[bytes, ...], dice: random.Random) -> bytes:
    """One of some bytes with a few changes: other bytes, odd words, parts left out, repeated, or from another seed."""
    content = bytearray(dice.choice(seeds))
    for _ in range(dice.choice((1, 1, 2, 3, 8))):
        at, other = sorted((dice.randrange(len(content) + 1), dice.randrange(len(content) + 1)))
        match dice.randrange(7):
            case 0 if content:
                content[min(at, len(content) - 1)] = dice.randrange(256)
            case 1 if content:
                content[min(at, len(content) - 1)] ^= 1 << dice.randrange(8)
            case 2:
                content[at:at] = dice.choice(SPICE)
            case 3:
                del content[at : min(other, at + dice.choice((1, 4, 4000)))]
            case 4:
                content[at:at] = content[at : at + dice.choice((1, 20, 300))] * dice.choice((1, 2, 100))
            case 5:
                piece = dice.choice(seeds)
                content[at:other] = piece[dice.randrange(len(piece)) :][:200]
            case 6:
                content[at : at + 4] = dice.choice((0, 1, 0xFFFF, 0x7FFFFFFF, 0xFFFFFFFF)).to_bytes(4, "little")
    return bytes(content)


def hostile(reader: str, dice: random.Random) -> bytes:
    """Bytes for a reader: damaged as a whole, or, where they hold others, whole with damaged ones inside."""
    if dice.random() < 0.4:
        return mutated(SEEDS[reader], dice)
    if reader in ("zip", "tar"):
        files = {_name(name, dice): mutated((content,), dice) for name, content in FILES.items()}
        return zipped(files) if reader == "zip" else gzip.compress(mutated((tarred(files),), dice), 1)
    if reader == "notebook":
        return _odd_json(json.loads(notebook()), dice)
    return mutated(SEEDS[reader], dice)


def _name(name: str, dice: random.Random) -> str:
    if dice.random() < 0.7:
        return name
    return mutated((name.encode(),), dice).decode("utf-8", "replace").replace("\0", "")[:20_000] or "x"


def _odd_json(data: object, dice: random.Random) -> bytes:
    """A notebook in which some values are others."""
    places: list[tuple[object, object]] = []

    def walk(node: object) -> None:
        for key, child in node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ():
            places.append((node, key))
            walk(child)

    walk(data)
    for node, key in dice.sample(places, dice.choice((1, 1, 3))):
        text = mutated((CODE.encode(), *(cell.encode() for cell in CELLS)), dice).decode("utf-8", "surrogateescape")
        node[key] = dice.choice(
            (None, 1, -1e308, True, [], {}, [[]], [None], {"": {}}, text, [text, 1], "\ud800", "code")
        )  # type: ignore[index]
    return json.dumps(data).encode()


def fuzz(reader: str, seed: str, rounds: int, seconds: float = float("inf")) -> tuple[int, dict[str, bytes]]:
    """Read so many hostile bytes; the number read, and bytes that raised, by the last lines of their traceback."""
    dice, faults = random.Random(f"{reader} {seed}"), dict[str, bytes]()
    ends = time.monotonic() + seconds
    with tempfile.TemporaryDirectory() as folder:
        for done in range(rounds):
            if time.monotonic() > ends:
                return done, faults
            content = hostile(reader, dice)
            began = time.process_time()
            try:
                READERS[reader](content, Path(folder))
            except Exception:  # noqa: BLE001  # every one is a finding
                faults.setdefault("\n".join(traceback.format_exc().splitlines()[-3:]), content)
            if time.process_time() - began > 10:
                faults.setdefault("more than 10 s", content)
    return rounds, faults


if __name__ == "__main__":
    for chosen in sys.argv[3:] or READERS:
        number, found = fuzz(chosen, sys.argv[2], sys.maxsize, float(sys.argv[1]))
        print(f"{chosen}: {number} read, {len(found)} faults", flush=True)
        for said, content in found.items():
            print(f"  {said}\n  {content[:3000]!r}\n", flush=True)
