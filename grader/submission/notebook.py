"""Notebooks as submissions: typed answers and code cells, read as data.

Owns what of a notebook counts: a code cell that begins with `answers = r\"\"\"` holds a piece of `answers.yaml`,
every other code cell is code, and the rest (outputs, texts, magics, other graders' cells) is left out and said. Nothing
is run here: `grader.runner.notebook_modules` does that inside the sandbox, with the notebook that `as_files` lays out.
Whatever is wrong with a notebook becomes a fault or a notice.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from grader.submission.answer_lines import indented_prose
from grader.submission.answers import AnswersFile, read_answers
from grader.submission.text_encoding import decode_text

NOTEBOOK = "hw11.ipynb"
"""What the template's notebook is called, and what any other is laid out as."""

MAX_CELLS = 2_000
MAX_SOURCE_CHARACTERS = 2 << 20
_SHOWN = 4
"""Lines that were left out and are quoted; the others are counted."""

_ANSWERS = re.compile(r"(?:[ \t]*(?:#[^\n]*)?\n)*[ \t]*answers\s*=\s*[rR]?(?P<quotes>\"\"\"|''')(?P<text>.*)", re.S)
_QUOTED = re.compile(
    r'"""(?:\\.|[^\\])*?(?:"""|\Z)'
    r"|'''(?:\\.|[^\\])*?(?:'''|\Z)"
    r'|"(?:\\.|[^"\\\n])*"?'
    r"|'(?:\\.|[^'\\\n])*'?"
    r"|#[^\n]*",
    re.S,
)
# nothing is given back (`*+`): two neighbours that both take blanks would try every way to share out a line of them
_MAGIC = re.compile(r"\s*+(?:[%!?]|[\w.]++\?{1,2}\s*+$|[\w.,\s]++=\s*+(?:!|%\w))")
_GRADERS = re.compile(r"\s*(?:(?:import|from)\s+otter\b|grader\s*=\s*otter\b|grader\.\w+\s*\(|otter\.)")
_OWN = re.compile(r"\s*(?:from\s+grader\b|import\s+grader\b|check\s*\([\s\w]*\)\s*$)")
_PYTHON_BELOW = {"time", "timeit", "capture", "prun"}
"""Cell magics whose cell is Python all the same."""


_STANDS_FOR = """\
from grader.runner.notebook_modules import names_of

WRITTEN_IN = {written_in!r}
__getattr__ = names_of(__file__, {file!r})
"""


@dataclass
class Notebook:
    """What a notebook holds. `code` maps the number of a cell, from 1 and of all cells, to Python without magics."""

    name: str
    answers: AnswersFile = field(default_factory=AnswersFile)
    code: dict[int, str] = field(default_factory=dict)
    cells: int = 0
    fault: str = ""
    notices: list[tuple[str, str]] = field(default_factory=list)


def read_notebook(content: bytes, name: str) -> Notebook:
    """Read a notebook of format 3 or 4, whatever is in it; `fault` says why nothing of it can be read."""
    found = Notebook(name)
    try:
        text, recoded = decode_text(content)
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        found.fault = f"not JSON: {str(error)[:100]}"
        return found
    if recoded:
        found.notices.append((name, recoded))
    cells = _cells(data)
    if isinstance(cells, str):
        found.fault = cells
        return found
    read_cells([_source(cell) for cell in cells], found)
    found.notices += _repeated_ids(cells, name)
    return found


def read_cells(sources: Sequence[str | None], found: Notebook) -> None:
    """Take the sources of cells, None for one that holds no code, into `found`: answers and code, in order."""
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
        answers = _ANSWERS.match(source)
        if answers:
            _take_answers(answers, place, found)
        else:
            found.code[number], dropped = without_magics(source)
            left_out += [(number, line) for line in dropped]
    if left_out:
        found.notices.append((found.name, _left_out(left_out)))


def as_files(notebook: Notebook, modules: Iterable[str]) -> dict[str, bytes]:
    """The files through which the sandbox finds a notebook's functions, in whichever cell they stand.

    Args:
        notebook: what was handed in.
        modules: names of the modules for which it counts.
    """
    files = {f"{module}.py": _STANDS_FOR.format(written_in=notebook.name, file=NOTEBOOK).encode() for module in modules}
    return {**files, NOTEBOOK: _plain(notebook.code, notebook.cells)} if files else {}


def without_magics(source: str) -> tuple[str, list[str]]:
    """A cell as plain Python with the same line numbers, and the lines that were left out and should be said.

    Magics and shell lines go, and so do calls of other graders and of our own check, which are not said.
    """
    first, _, rest = source.lstrip("\n").partition("\n")
    if first.startswith("%%"):
        skipped = source[: len(source) - len(source.lstrip("\n"))]
        is_python = first[2:].split(" ")[0].strip() in _PYTHON_BELOW
        return (f"{skipped}\n{rest}" if is_python else ""), [first]
    lines, dropped = source.split("\n"), []
    shown = _QUOTED.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), source).split("\n")
    depth, goes_on, dropping = 0, False, False
    for i, line in enumerate(shown):
        magic = None
        if depth == 0 and not goes_on:
            magic = _MAGIC.match(line)
            told = magic or _GRADERS.match(line)
            dropping = bool(told or _OWN.match(line))
            if told:
                dropped.append(lines[i].strip())
            if dropping:
                lines[i] = line[: len(line) - len(line.lstrip())] + "pass"
        elif dropping:
            lines[i] = ""
        depth = 0 if magic else max(0, depth + _opened(line))
        goes_on = line.rstrip().endswith("\\")
    return "\n".join(lines), dropped


def _opened(line: str) -> int:
    """How many brackets a line opens more than it closes."""
    return sum(line.count(bracket) for bracket in "([{") - sum(line.count(bracket) for bracket in ")]}")


def _cells(data: Any) -> list[Mapping[str, Any]] | str:
    """The cells of a notebook's JSON, or why there are none."""
    if not isinstance(data, dict):
        return "it is no notebook: JSON, but not an object"
    version, cells = data.get("nbformat"), data.get("cells")
    if version == 3 and isinstance(data.get("worksheets"), list):
        sheets = [sheet for sheet in data["worksheets"] if isinstance(sheet, dict)]
        cells = [cell for sheet in sheets for cell in sheet.get("cells") or ()]
    if not isinstance(cells, list):
        return f"it is no notebook of format 3 or 4 (format {str(version)[:20]}, no cells): save it with Jupyter again"
    return [cell for cell in cells if isinstance(cell, dict)]


def _source(cell: Mapping[str, Any]) -> str | None:
    """The text of a code cell; None for any other."""
    if cell.get("cell_type") != "code":
        return None
    source = cell.get("source", cell.get("input", ""))
    if isinstance(source, list):
        source = "".join(line for line in source if isinstance(line, str))
    if not isinstance(source, str):
        return None
    return source.replace("\r\n", "\n").replace("\r", "\n")


def _repeated_ids(cells: Sequence[Mapping[str, Any]], name: str) -> list[tuple[str, str]]:
    ids = Counter(cell["id"] for cell in cells if isinstance(cell.get("id"), str))
    repeated = sum(count - 1 for count in ids.values())
    return [(name, f"{repeated} cells have the id of another: nothing is lost by that")] if repeated else []


def _take_answers(cell: re.Match[str], place: str, found: Notebook) -> None:
    """Read an answers cell at its own line numbers. A part that two cells answer is taken from the later one."""
    text, closed, _ = cell["text"].partition(cell["quotes"])
    if not closed:
        missing = f"the closing {cell['quotes']} is missing; everything below counts as answers"
        found.answers.notices.append((place, missing))
    above = "\n" * cell.string.count("\n", 0, cell.start("text"))
    read = read_answers((above + indented_prose(text)).encode("utf-8", "surrogatepass"), place)
    if read.unreadable:
        found.answers.notices.append((place, read.unreadable))
    typed = {key: answer for key, answer in read.answers.items() if answer.fault or (answer.text or "").strip()}
    parts = {part for part, _ in typed}
    earlier = {key for key in found.answers.answers if key[0] in parts}
    changed = {part for part, name in earlier if typed.get((part, name)) != found.answers.answers[part, name]}
    if changed:
        found.notices.append(
            (place, f"{', '.join(sorted(changed))}: answered in an earlier cell, too; this one counts")
        )
    for key in earlier:
        del found.answers.answers[key]
    for part in parts:
        found.answers.broken_parts.pop(part, None)
    found.answers.answers.update(typed)
    found.answers.broken_parts.update(read.broken_parts)
    found.answers.student.update(read.student)
    found.answers.notices += read.notices


def _left_out(lines: Sequence[tuple[int, str]]) -> str:
    quoted = ", ".join(f"`{line[:40]}` (cell {number})" for number, line in lines[:_SHOWN])
    more = f" and {len(lines) - _SHOWN} more" if len(lines) > _SHOWN else ""
    return f"magics and other graders' cells are left out: {quoted}{more}"


def _plain(code: Mapping[int, str], cells: int) -> bytes:
    """A notebook of nothing but code, each cell in its old place."""
    listed: list[dict[str, Any]] = [
        {"cell_type": "code", "execution_count": None, "id": str(n), "metadata": {}, "outputs": [], "source": code[n]}
        if n in code
        else {"cell_type": "markdown", "id": str(n), "metadata": {}, "source": ""}
        for n in range(1, cells + 1)
    ]
    return json.dumps({"cells": listed, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}).encode()
