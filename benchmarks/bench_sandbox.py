"""What the wall costs: one submission's fixed cost and the way from a fork to the first call, as ratios.

Prints Markdown, which `docs/benchmarks.md` holds as it is.
Run: `python benchmarks/bench_sandbox.py [--submissions 20]`.
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from measuring import markdown

from grader.runner.process_usage import processes
from grader.sandbox import start
from grader.sandbox.base import Executor, Probe, ProbeBatch

METHOD = """
A submission with an empty function in each of six modules, each in a part of its own: CPU seconds per submission, of
all processes, and the median wall time from handing over a submission to the observation of its first call. Beside it
stands a cold `python -c "import torch"` of the same run, because only ratios carry over to another machine.
"""
MODULES = tuple(f"module{number}" for number in range(6))
FILES = {f"{module}.py": b"import torch\n\n\ndef empty():\n    return None\n" for module in MODULES}
TURNS = [ProbeBatch(module, (Probe(module, module, "empty"),)) for module in MODULES]


def cpu_seconds() -> float:
    """Of this process, of the children it has waited for, and of everything alive below it."""
    own = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    alive = sum(process.cpu_seconds for process in processes() if process.pid in _descendants())
    return sum(used.ru_utime + used.ru_stime for used in own) + alive


def _descendants() -> set[int]:
    parents = {process.pid: process.parent for process in processes()}
    found = {os.getpid()}
    for pid in sorted(parents):
        if parents[pid] in found:
            found.add(pid)
    return found - {os.getpid()}


def cold() -> tuple[float, float]:
    """Wall and CPU seconds of a cold interpreter that imports torch."""
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run([sys.executable, "-c", "import torch"], check=True)
    wall = time.perf_counter() - started
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def submission_cpu(executor: Executor, submissions: int) -> float:
    """CPU seconds of one submission with an empty function in each of six modules, each in a turn."""
    executor.observe(FILES, TURNS)
    before = cpu_seconds()
    for _ in range(submissions):
        executor.observe(FILES, TURNS)
    return (cpu_seconds() - before) / submissions


def first_call(executor: Executor, submissions: int) -> float:
    """Median wall seconds from handing over a submission to the observation of its first call."""
    walls = []
    for _ in range(submissions):
        started = time.perf_counter()
        (seen,) = executor.observe(FILES, TURNS[:1])
        walls.append(time.perf_counter() - started)
        if seen.status != "returned":
            raise SystemExit(f"the empty function was not observed: {seen}")
    return statistics.median(walls)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--submissions", type=int, default=20)
    submissions = parser.parse_args().submissions
    with tempfile.TemporaryDirectory() as probes:
        executor = start("full", Path(probes))
        try:
            fixed, first = submission_cpu(executor, submissions), first_call(executor, submissions)
        finally:
            executor.close()
    wall, cpu = (statistics.median(column) for column in zip(*(cold() for _ in range(3)), strict=True))
    markdown.section("The sandbox", METHOD)
    markdown.machine(f"{executor.guarantees.level}", f"{submissions} submissions")
    markdown.head("", "measured", "bar", "beside a cold `import torch`")
    markdown.row("fixed cost per submission, CPU-s", f"{fixed:.3f}", "0.25", f"{fixed / cpu:.2f} × {cpu:.2f}")
    times = (f"{first * 1e3:.0f}", "100", f"{first / wall:.3f} × {wall * 1e3:.0f}")
    markdown.row("hand-over to first call, median ms", *times)
    print()


if __name__ == "__main__":
    main()
