"""The same twelve questions graded by otter-grader and by hw11.

Owns running both by their commands, in alternating rounds.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from pathlib import Path

from measuring.account import Used, median, run
from measuring.small_class import write_assignment, write_otter, write_submissions


def against_otter(folder: Path, rounds: int, count: int) -> dict[str, Used]:
    """One submission of 12 questions with 24 checks: by `otter run`, in a class of `count`, and beyond its start."""
    write_assignment(folder / "assignment")
    write_otter(folder / "otter")
    bin_ = Path(sys.executable).parent
    shape = ("--no-config", "--no-requirements", "--no-environment")
    run(bin_ / "otter", "generate", "-t", "tests", "-o", "autograder.zip", *shape, cwd=folder / "otter")
    (folder / "otter" / "out").mkdir()
    for name, size in (("few", 2), ("many", count)):
        write_submissions(folder / name, size)
    took: dict[str, list[Used]] = defaultdict(list)
    for turn in range(rounds):
        otter = (bin_ / "otter", "run", "-a", "autograder.zip", "--no-logo", "-o", "out", "submission.ipynb")
        took["otter"].append(run(*otter, cwd=folder / "otter"))
        for name in ("few", "many"):
            out = folder / f"out-{name}-{turn}"
            options = ("--assignment", folder / "assignment", "--jobs", "1")
            took[name].append(run(bin_ / "hw11", "grade", folder / name, "--out", out, *options))
    many, few = median(took["many"]), median(took["few"])
    return {"otter": median(took["otter"]), "class": many / count, "beyond": (many - few) / (count - 2)}
