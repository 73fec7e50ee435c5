"""The check cells of a notebook: `check("PART")` shows what `hw11 check` says, inline.

Owns which work is checked (the cells that were run in this kernel, in their order, and the files beside the
notebook) and how the outcome is shown. Code runs in the same subprocess as for `hw11 check`, never in the kernel: state
that happens to be in the kernel cannot make a check pass that fails when the notebook is graded.
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
from grader.files.own_state import remember, remembered
from grader.grading.asked_names import with_asked_names
from grader.grading.grade import notices
from grader.grading.preview import Preview, chosen, preview
from grader.maths.judge_process import Judge
from grader.sandbox import start_strongest
from grader.sandbox.base import Executor
from grader.sandbox.lazy import LazyExecutor
from grader.submission.archive import MAX_FILE_BYTES
from grader.submission.collected import Collected
from grader.submission.load import put_together
from grader.submission.model import Submission, SubmissionSource
from grader.submission.notebook import Notebook, read_cells
from reports.inline import render_inline
from reports.news import stands
from reports.terminal import notice_line, part_lines, preview_summary
from reports.visibility import seen_part

BESIDE = (".py", ".csv", ".yaml")
"""Endings of the files beside a notebook that belong to the submission."""
_CELL = re.compile(r"[\w-]+\.ipynb cell (\d+)")


@dataclass(frozen=True)
class Feedback:
    """The output of a check cell: HTML for notebook front ends that show it, plain text for the others."""

    html: str
    text: str

    def _repr_html_(self) -> str:
        return self.html

    def __repr__(self) -> str:
        return self.text


def check(*names: str) -> Feedback:
    """Check the cells that you have run so far.

    Args:
        names: ids of parts or problems, as in the headings; none for all.
    """
    try:
        assignment, submission, previews = checked(*names)
    except UsageError as error:
        return Feedback(html="", text=str(error))
    told = list(notices(submission, assignment))
    lines = [notice_line(notice.where, notice.message) for notice in told]
    before, seen = remembered(Path.cwd()), [seen_part(one.part, one.record) for one in previews]
    for one in seen:
        lines += part_lines(one, before)
    text = "\n".join([*lines, *preview_summary(seen, before, told)])
    page = render_inline(seen, assignment, told, before)
    remember(Path.cwd(), {**before, **stands(seen)})
    return Feedback(_as_run(page), _as_run(text))


def checked(*names: str) -> tuple[Assignment, Submission, list[Preview]]:
    """The assignment, the cells that were run as a submission, and the preview of each part asked for.

    Raises:
        UsageError: this is not a notebook, or there is no such part.
    """
    cells = cells_run()
    assignment, executor, judge = _started()
    parts = chosen(assignment, names)
    submission = _submission(cells, assignment)
    return assignment, submission, list(preview(submission, parts, executor, judge))


@cache
def _started() -> tuple[Assignment, Executor, Judge]:
    """The assignment, sandbox and judge: started by the first check, closed when the kernel ends."""
    assignment = load_assignment(assignment_root(None))
    executor, judge = LazyExecutor(lambda: start_strongest(assignment.author_code.probes_dir)), Judge()
    atexit.register(executor.close)
    atexit.register(judge.close)
    return assignment, executor, judge


def cells_run() -> list[str | None]:
    """The source of every cell that was run, as typed; item n - 1 is `In [n]`.

    Raises:
        UsageError: this is not a notebook.
    """
    shell: Any = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    if shell is None:
        raise UsageError("check(…) works in a notebook; elsewhere run `hw11 check PATH`")
    return list(shell.history_manager.input_hist_raw[1:])


def _submission(cells: list[str | None], assignment: Assignment) -> Submission:
    """The cells as a submission, together with the files beside the notebook, as if the folder were handed in."""
    notebook = Notebook(assignment.notebook)
    read_cells(cells, notebook)
    notebook.notices.clear()  # they warn of cells that were run twice and of magics; in a kernel both are normal
    here = sorted(file for file in Path.cwd().iterdir() if file.suffix in BESIDE and file.is_file())
    files = {file.name: file.read_bytes() for file in here if file.stat().st_size <= MAX_FILE_BYTES}
    submission = put_together(
        SubmissionSource("notebook", Path.cwd()), Collected(files), notebook, assignment.modules, assignment.notebook
    )
    notices = [notice for notice in submission.notices if notice[0] != assignment.notebook]
    if not (submission.answers or submission.broken_parts):
        notices.append(("answers", "none yet: run the cells that hold your answers, then check again"))
    return with_asked_names(replace(submission, notices=tuple(notices)), assignment)


def _as_run(text: str) -> str:
    """Name cells as a running notebook does: `In [3]` instead of `cell 3`."""
    return _CELL.sub(r"In [\1]", text)
