"""Notebooks as submissions: typed answers and code cells, read as data.

Owns what of a notebook counts: what stands in `answers = r\"\"\"…\"\"\"` is a piece of `answers.yaml`, the rest of
every code cell is code, and the rest (outputs, texts, magics, other graders' cells) is left out and said. Nothing
is run here: `grader.runner.notebook_modules` does that inside the sandbox, with the notebook that `as_files` lays out.
Whatever is wrong with a notebook becomes a fault or a notice.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from grader.files.untrusted_text import first_few
from grader.submission.answer_cells import split_cell
from grader.submission.answer_lines import indented_prose
from grader.submission.answers import AnswersFile, read_answers
from grader.submission.magics import RUNS, WRITES, file_name, without_magics
from grader.submission.notebook_cells import MAX_CELLS, cells_of, code_of, repeated_ids, unread_cells, whole
from grader.submission.template_stubs import started_functions
from grader.submission.text_encoding import decode_text, python_as_utf8

NOTEBOOK = "hw11.ipynb"
"""What a notebook is called where an assignment does not say."""

MAX_SOURCE_CHARACTERS = 2 << 20
_MAX_RUNS = 50
"""Files that cells `%run`."""
_SHOWN = 4
"""Lines that were left out and are quoted; the others are counted."""


_STANDS_FOR = """\
from grader.runner.notebook_modules import names_of

WRITTEN_IN = {written_in!r}
__getattr__ = names_of(__file__, {file!r})
"""
"""Stands for a module, or behind what a cell wrote into its file: for names that are not defined there."""
_STOOD_FOR = re.compile(
    re.escape(_STANDS_FOR).replace(r"\{written_in!r\}", ".*").replace(r"\{file!r\}", r"""['"](?P<file>.*)['"]""")
)


@dataclass
class Notebook:
    """What a notebook holds.

    `code` maps the number of a cell, from 1 and of all cells, to Python without magics. `brought` holds what is run
    before a cell, as (place, Python); `written` the files that cells write.
    """

    name: str
    answers: AnswersFile = field(default_factory=AnswersFile)
    code: dict[int, str] = field(default_factory=dict)
    brought: dict[int, list[tuple[str, str]]] = field(default_factory=dict)
    written: dict[str, str] = field(default_factory=dict)
    cells: int = 0
    fault: str = ""
    notices: list[tuple[str, str]] = field(default_factory=list)


def read_notebook(content: bytes, name: str, beside: Mapping[str, bytes] | None = None) -> Notebook:
    """Read a notebook of format 3 or 4, whatever is in it; `fault` says why nothing of it can be read.

    Args:
        content: the file as handed in.
        name: its name, for messages.
        beside: the files handed in with it, of which cells may `%run` some.
    """
    found = Notebook(name)
    try:
        text, recoded = decode_text(content)
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        found.fault = f"not JSON: {str(error)[:100]}"
        return found
    if recoded:
        found.notices.append((name, recoded))
    cells = cells_of(data)
    if isinstance(cells, str):
        found.fault = cells
        return found
    read_cells([code_of(cell) for cell in cells], found, beside)
    found.notices += unread_cells(cells, name)
    found.notices += repeated_ids(cells, name)
    return found


def read_cells(sources: Sequence[str | None], found: Notebook, beside: Mapping[str, bytes] | None = None) -> None:
    """Take the sources of cells, None for one that holds no code, into `found`: answers and code, in order."""
    reader = _CodeReader(found, beside or {})
    found.cells = min(len(sources), MAX_CELLS)
    if len(sources) > MAX_CELLS:
        found.notices.append((found.name, f"has {len(sources)} cells; the first {MAX_CELLS} are read"))
    left_out: list[tuple[int, str]] = []
    room = MAX_SOURCE_CHARACTERS
    for number, source in enumerate(sources[:MAX_CELLS], 1):
        if source is None:
            continue
        place = f"{found.name} cell {number}"
        room -= len(source)
        if room < 0:
            found.notices.append((place, f"not read, as all code below: over {MAX_SOURCE_CHARACTERS >> 20} MiB of it"))
            break
        cell = split_cell(source)
        found.answers.notices += [(place, told) for told in cell.told]
        if cell.answers is not None:
            _take_answers(cell.answers, place, found)
        if cell.code:
            left_out += [(number, line) for line in reader.take(number, cell.code)]
    if left_out:
        found.notices.append((found.name, _left_out(left_out)))


def as_files(notebook: Notebook, modules: Iterable[str], asked: str = NOTEBOOK) -> dict[str, bytes]:
    """The files through which the sandbox finds a notebook's functions, in whichever cell they stand.

    Args:
        notebook: what was handed in.
        modules: names of the modules for which it counts.
        asked: the name that is asked for, under which it is laid out.
    """
    stands_for = _STANDS_FOR.format(written_in=notebook.name, file=asked)
    files = {}
    for module in modules:
        written = notebook.written.get(f"{module}.py", "").encode("utf-8", "surrogatepass")
        above = written + b"\n\n" if started_functions(written) else b""
        files[f"{module}.py"] = above + stands_for.encode()
    return {**files, asked: _plain(notebook)} if files else {}


def stood_for(content: bytes) -> str | None:
    """The notebook whose names a module's are, where it holds nothing of its own; None for any other module."""
    found = _STOOD_FOR.fullmatch(content.decode("utf-8", "replace"))
    return found["file"] if found else None


def cells_behind(content: bytes, files: Mapping[str, bytes]) -> dict[str, str] | None:
    """By place, the code cells of the notebook that a module stands for; None for any other module.

    Args:
        content: the module.
        files: a submission's, as they are laid out. A student may forge either.
    """
    name = stood_for(content)
    if name is None or name not in files:
        return None
    try:
        cells = enumerate(json.loads(files[name])["cells"], 1)
        return {f"{name} cell {n}": whole(cell["source"]) for n, cell in cells if cell["cell_type"] == "code"}
    except (ValueError, TypeError, LookupError, RecursionError):
        return None


class _CodeReader:
    """Code cells on their way into a notebook, with the files that they write and run."""

    def __init__(self, found: Notebook, beside: Mapping[str, bytes]) -> None:
        self._found, self._beside = found, beside
        self._runs = 0

    def take(self, number: int, source: str) -> list[str]:
        """Add a cell; the lines that were left out come back."""
        writes = WRITES.fullmatch(source)
        name = file_name(writes["file"]) if writes else None
        if writes and name:
            before = self._found.written.get(name, "") if writes["append"] else ""
            self._found.written[name] = before + writes["content"]
            return []
        runs = [match["file"] for line in source.split("\n") if (match := RUNS.match(line.strip()))]
        brought = {file: code for file in runs if (code := self._run(file)) is not None}
        if brought:
            self._found.brought[number] = [cell for cells in brought.values() for cell in cells]
        self._found.code[number], dropped = without_magics(source)
        return [line for line in dropped if not ((match := RUNS.match(line)) and match["file"] in brought)]

    def _run(self, file: str) -> list[tuple[str, str]] | None:
        """What a file brings into the notebook, as (place, Python); None if it was not handed in."""
        name = file_name(file)
        if name is None or self._runs >= _MAX_RUNS:
            return None
        self._runs += 1
        if name in self._found.written:
            return [(name, self._found.written[name])]
        if name not in self._beside:
            return None
        if not name.lower().endswith(".ipynb"):
            text, _ = python_as_utf8(self._beside[name])
            return [(name, text.decode("utf-8", "replace"))]
        inner = read_notebook(self._beside[name], name)
        self._found.written = {**inner.written, **self._found.written}
        return [(f"{name} cell {n}", code) for n, code in inner.code.items()]


def _take_answers(text: str, place: str, found: Notebook) -> None:
    """Read a cell's answers at its own line numbers. A part that two cells answer is taken from the later one."""
    read = read_answers(indented_prose(text).encode("utf-8", "surrogatepass"), place)
    if read.unreadable:
        found.answers.notices.append((place, read.unreadable))
    typed = {key: answer for key, answer in read.answers.items() if answer.is_given}
    parts = {part for part, _ in typed}
    before = found.answers.answers
    changed = {key[0] for key, answer in before.items() if key[0] in parts and typed.get(key) != answer}
    if changed:
        found.notices.append(
            (place, f"{', '.join(sorted(changed))}: answered in an earlier cell, too; this one counts")
        )
    found.answers.answers = {key: answer for key, answer in before.items() if key[0] not in parts} | typed
    for part in parts:
        found.answers.broken_parts.pop(part, None)
    found.answers.broken_parts.update(read.broken_parts)
    found.answers.student.update(read.student)
    found.answers.notices += read.notices


def _left_out(lines: Sequence[tuple[int, str]]) -> str:
    quoted = [f"`{line[:40]}` (cell {number})" for number, line in lines]
    return f"magics and other graders' cells are left out: {first_few(quoted, _SHOWN)}"


def _plain(notebook: Notebook) -> bytes:
    """A notebook of nothing but code, each cell in its old place."""
    listed: list[dict[str, Any]] = []
    for n in range(1, notebook.cells + 1):
        for place, code in notebook.brought.get(n, ()):
            listed.append({**_CODE_CELL, "id": f"{n}-{len(listed)}", "metadata": {"place": place}, "source": code})
        if n in notebook.code:
            listed.append({**_CODE_CELL, "id": str(n), "source": notebook.code[n]})
        else:
            listed.append({"cell_type": "markdown", "id": str(n), "metadata": {}, "source": ""})
    return json.dumps({"cells": listed, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}).encode()


_CODE_CELL: Mapping[str, Any] = {"cell_type": "code", "execution_count": None, "metadata": {}, "outputs": []}
