"""Magics of notebooks: lines and cells that are no Python.

Owns telling them from code, which of them hold code all the same, what notebooks take off before they run a cell
(a margin, the prompts of a session), and the calls of other graders. Runs nothing.
"""

from __future__ import annotations

import re

_QUOTED = re.compile(
    r'"""(?:\\.|[^\\])*?(?:"""|\Z)'
    r"|'''(?:\\.|[^\\])*?(?:'''|\Z)"
    r'|"(?:\\.|[^"\\\n])*"?'
    r"|'(?:\\.|[^'\\\n])*'?"
    r"|#[^\n]*",
    re.S,
)
_MAGIC = re.compile(r"[%!?]|[\w.]+\?{1,2}\s*$|[\w.,\s]+=\s*(?:!|%\w)")
_GRADERS = re.compile(r"(?:import|from)\s+otter\b|grader\s*=\s*otter\b|grader\.\w+\s*\(|otter\.")
_OWN = re.compile(r"from\s+grader\b|import\s+grader\b|check\s*\([\s\w]*\)\s*$")
_TIMED = re.compile(r"%(?:time|prun|memit)[ \t]+(?=[^-\s])")
"""Line magics that run the rest of their line, and keep what it binds."""
_PYTHON_BELOW = {"time", "timeit", "capture", "prun", "memit"}
"""Cell magics whose cell is Python all the same."""
_MOST_CELL_MAGICS = 8
"""On top of each other; nobody needs more than two, and each is looked for anew."""
_ABOVE = r"(?:[ \t]*(?:#[^\n]*)?\n)*"
"""Blank lines and comments, such as the title of a form, that may stand above the magic of a cell."""
_CELL_MAGIC = re.compile(rf"{_ABOVE}(?P<magic>%%[^\n]*)(?:\n(?P<cell>.*))?", re.S)
_SESSION = re.compile(r"\s*(?:>>> |In \[\d+\]: )")
_PROMPT = re.compile(r"^(?:(?:>>>|\.\.\.)(?: |$)|In \[\d+\]: | *\.\.\.+:(?: |$))", re.M)
WRITES = re.compile(rf"{_ABOVE}%%(?:writefile|file)[ \t]+(?P<append>-a[ \t]+)?(?P<file>[^\n]+)\n?(?P<content>.*)", re.S)
"""A cell that writes a file."""
RUNS = re.compile(r"%run[ \t]+(?:-[in][ \t]+)*(?P<file>\"[^\"]+\"|'[^']+'|\S+)")
"""A line that runs one."""


def without_magics(source: str) -> tuple[str, list[str]]:
    """A cell as plain Python with the same line numbers, and the lines that were left out and should be said.

    Magics and shell lines go, and so do calls of other graders and of our own check, which are not said.
    """
    source = _as_typed(source)
    dropped: list[str] = []
    above = 0
    while of_cell := _CELL_MAGIC.fullmatch(source):
        dropped.append(of_cell["magic"])
        python = of_cell["magic"][2:].split(" ")[0].strip() in _PYTHON_BELOW and len(dropped) < _MOST_CELL_MAGICS
        if not python or of_cell["cell"] is None:
            return "\n" * above, dropped
        above += source.count("\n", 0, of_cell.start("cell"))
        source = _as_typed(of_cell["cell"])
    lines = source.split("\n")
    shown = _QUOTED.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), source).split("\n")
    depth, goes_on, dropping = 0, False, False
    for i, line in enumerate(shown):
        magic = None
        if depth == 0 and not goes_on:
            bare = line.lstrip()
            if timed := _TIMED.match(bare):
                start, end = len(line) - len(bare), len(line) - len(bare) + timed.end()
                lines[i], line = lines[i][:start] + lines[i][end:], line[:start] + line[end:]
                bare = line.lstrip()
            magic = _MAGIC.match(bare)
            told = magic or _GRADERS.match(bare)
            dropping = bool(told or _OWN.match(bare))
            if told:
                dropped.append(lines[i].strip())
            if dropping:
                lines[i] = line[: len(line) - len(line.lstrip())] + "pass"
        elif dropping:
            lines[i] = ""
        depth = 0 if magic else max(0, depth + _opened(line))
        goes_on = line.rstrip().endswith("\\")
    return "\n" * above + "\n".join(lines), dropped


def _as_typed(source: str) -> str:
    """A cell without the blanks that its first line begins with, and without the prompts of a session."""
    margin = re.match(r"\s*\n|", source)
    indent = re.match(r"[ \t]*", source[margin.end() if margin else 0 :])
    if indent and indent[0]:
        source = re.sub(rf"^{indent[0]}", "", source, flags=re.M)
    return _PROMPT.sub("", source) if _SESSION.match(source) else source


def file_name(typed: str) -> str | None:
    """The name of a file beside or below the notebook; None for a place elsewhere."""
    name = typed.strip().strip("'\"").removeprefix("./").removeprefix("/content/")
    return name if re.fullmatch(r"(?:[\w -][\w .-]*/)*[\w -][\w .-]*", name) else None


def _opened(line: str) -> int:
    """How many brackets a line opens more than it closes."""
    return sum(line.count(bracket) for bracket in "([{") - sum(line.count(bracket) for bracket in ")]}")
