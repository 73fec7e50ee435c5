"""The check cells of a notebook: `check("PART")` shows what `hw11 check` says, inline.

Owns where the work comes from (the cells that were run in this kernel, in their order, and the files beside the
notebook) and how the outcome appears. Code runs in the same subprocess as for `hw11 check`, never in the kernel: what a
student's kernel happens to hold cannot make a check pass that fails later.
"""

from __future__ import annotations

import atexit
import re
import sys
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from grader.assignment.load import load_assignment
from grader.assignment.locate import assignment_root
from grader.assignment.model import Assignment
from grader.errors import UsageError
from grader.grading.preview import Preview, chosen, preview
from grader.maths.judge_process import Judge
from grader.sandbox import start_strongest
from grader.sandbox.base import Executor
from grader.submission.archive import MAX_FILE_BYTES, Collected
from grader.submission.load import put_together
from grader.submission.model import Submission, SubmissionSource
from grader.submission.notebook import NOTEBOOK, Notebook, read_cells
from reports.inline import render_inline
from reports.terminal import notice_line, part_lines, preview_summary

BESIDE = (".py", ".csv", ".yaml")
"""Files beside a notebook that belong to the work."""
_CELL = re.compile(re.escape(NOTEBOOK) + r" cell (\d+)")


@dataclass(frozen=True)
class Feedback:
    """What a check cell shows: HTML where it can be shown, else the lines of a terminal."""

    html: str
    text: str

    def _repr_html_(self) -> str:
        return self.html

    def __repr__(self) -> str:
        return self.text


def check(*names: str) -> Feedback:
    """Check the cells that you have run so far: some parts or problems, or all.

    Args:
        names: ids of parts or problems, such as those in the headings.
    """
    try:
        assignment, submission, seen = checked(*names)
    except UsageError as error:
        return Feedback(html="", text=str(error))
    lines = [notice_line(where, message) for where, message in submission.notices]
    for one in seen:
        lines += part_lines(one)
    text = "\n".join([*lines, *preview_summary(seen)])
    return Feedback(_as_run(render_inline(seen, assignment, submission.notices)), _as_run(text))


def checked(*names: str) -> tuple[Assignment, Submission, list[Preview]]:
    """What was asked, the cells that were run as a submission, and what each part came to.

    Raises:
        UsageError: this is no notebook, or there is no such part.
    """
    cells = cells_run()
    assignment, executor, judge = _started()
    parts = chosen(assignment, names)
    submission = _submission(cells, assignment)
    return assignment, submission, list(preview(submission, parts, executor, judge))


@cache
def _started() -> tuple[Assignment, Executor, Judge]:
    """What every check needs, kept until the kernel ends."""
    assignment = load_assignment(assignment_root(None))
    executor, judge = start_strongest(assignment.author_code.probes_dir), Judge()
    atexit.register(executor.close)
    atexit.register(judge.close)
    return assignment, executor, judge


def cells_run() -> list[str | None]:
    """The source of every cell that was run, at the index that its `In [n]` says, as it was typed.

    Raises:
        UsageError: this is no notebook.
    """
    shell: Any = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    if shell is None:
        raise UsageError("check(…) works in a notebook; elsewhere run `hw11 check PATH`")
    return list(shell.history_manager.input_hist_raw[1:])


def _submission(cells: list[str | None], assignment: Assignment) -> Submission:
    """The cells as a submission, together with the files beside the notebook, as if the folder were handed in."""
    notebook = Notebook(NOTEBOOK)
    read_cells(cells, notebook)
    notebook.notices.clear()  # of cells that were run twice, and magics: in a kernel both are as it should be
    here = sorted(file for file in Path.cwd().iterdir() if file.suffix in BESIDE and file.is_file())
    files = {file.name: file.read_bytes() for file in here if file.stat().st_size <= MAX_FILE_BYTES}
    submission = put_together(SubmissionSource("notebook", Path.cwd()), Collected(files), notebook, assignment.modules)
    told = [notice for notice in submission.notices if notice[0] != NOTEBOOK]
    if not (submission.answers or submission.broken_parts):
        told.append(("answers", "none yet: run the cells that hold your answers, then check again"))
    return replace(submission, notices=tuple(told))


def _as_run(text: str) -> str:
    """Cells by the number that stands beside them in a running notebook."""
    return _CELL.sub(r"In [\1]", text)
