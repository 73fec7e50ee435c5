"""A whole class: against otter-grader, on one and two workers, and again when nothing or one part has changed.

Everything is measured in one run, in alternating rounds, as CPU time first and wall time beside it: CPU time carries
over to a busier machine, wall time does not. Fewer submissions than 1,000 are extrapolated. Prints Markdown.
Run: `python benchmarks/bench_class.py [--submissions 60] [--rounds 3]`.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from functools import cache, cached_property
from pathlib import Path

import yaml
from account import Account, Used
from made_class import make_class
from small_class import write_assignment, write_otter, write_submissions

from grader.assignment.load import load_assignment
from grader.assignment.model import Assignment
from grader.gradebook import Gradebook
from grader.grading.batch import grade_class
from grader.grading.fingerprint import record_key
from grader.grading.incremental import IncrementalGrader
from grader.grading.workers import LocalPool, Settings, grader_for
from grader.records import GradeRecord
from grader.results.publish import publish_class, publish_record
from grader.runner.process_usage import descendants, memory_bytes
from grader.sandbox.cached import unpack
from grader.sandbox.lazy import LazyExecutor
from grader.submission.discover import find_submissions
from grader.submission.load import handed_in_sha256, load_submission
from grader.submission.model import SubmissionSource

ROOT = Path(__file__).parent.parent
SECRET = b"a secret for measuring"
CLASS = 1_000
WARMING_UP = 4
"""Submissions that are not counted, as the first of them import what is needed."""
TURNS = 4
"""In so many turns parts are judged again, each time for other submissions."""
account = cache(Account)
"""Begun by the one process that measures; workers import this file, too."""


def median(several: Sequence[Used]) -> Used:
    """Of CPU and of wall time."""
    return Used(statistics.median(one.cpu for one in several), statistics.median(one.wall for one in several))


def run(*command: str | Path, cwd: Path | None = None) -> Used:
    """Run a command to its end, and count all that it started."""
    before = account().used()
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, cwd=cwd)
    if done.returncode:
        raise SystemExit(f"{command}: {done.stderr or done.stdout}")
    return account().used() - before


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


@dataclass(frozen=True)
class ClassRun:
    """One class graded from nothing, past the warming up of its workers."""

    each: Used
    later_share: float
    """CPU time of a submission in the second half, as a share of one in the first."""
    memory_mib: tuple[float, float]
    """A worker's own memory after the first quarter and at the end, sandbox and judge included."""


def grade_made(settings: Settings, assignment: Assignment, submissions: Path, out: Path, jobs: int) -> ClassRun:
    """Grade, store and publish as `hw11 grade` does, from inside, so that the workers can be looked at."""
    found = find_submissions([submissions], assignment.modules)
    samples: list[tuple[Used, float]] = []
    with Gradebook(out) as gradebook:

        def save(record: GradeRecord) -> None:
            gradebook.append(record, "")
            publish_record(record, assignment, out)

        under_way = grade_class(found, settings, jobs, save, memory=gradebook.observations, pool=LocalPool(jobs))
        with closing(under_way):
            for _ in under_way:
                samples.append((account().used(), _family_mib() / jobs))
    warm = samples[jobs:]
    half = len(warm) // 2
    counted, first, second = len(warm) - 1, warm[half][0] - warm[0][0], warm[-1][0] - warm[half][0]
    return ClassRun(
        each=(first + second) / counted,
        later_share=(second.cpu / (counted - half)) / (first.cpu / half),
        memory_mib=(warm[len(warm) // 4][1], warm[-1][1]),
    )


def _family_mib() -> float:
    return sum(map(memory_bytes, descendants(os.getpid()))) / (1 << 20)


def observed_by_problem(gradebook: Gradebook, assignment: Assignment, ids: Sequence[str]) -> dict[str, float]:
    """CPU seconds of student code, for one submission, by problem."""
    problem_of = {part.id: part.problem for part in assignment.parts}
    found = {one.id: one for one in gradebook.observations.sources()}
    took: dict[str, float] = defaultdict(float)
    for name in ids:
        for packed in gradebook.observations.recall(found[name]).observations.values():
            if packed[:1] == b"\x78":  # zlib: a turn, not the name of an isolation
                for seen in unpack(packed):
                    took[problem_of[seen.probe.partition(".")[0]]] += seen.cpu_seconds / len(ids)
    return dict(sorted(took.items(), key=lambda pair: -pair[1]))


def rejudge(settings: Settings, out: Path, submissions: Path, count: int) -> list[tuple[float, str]]:
    """CPU seconds of judging one submission again after one part changed, for every part in turn; the dearest last.

    To be called in a worker, which computes in one thread. Parts take turns, so that a slow minute meets all of them.
    """
    grader = replace(grader_for(settings), executor=LazyExecutor(_never))
    assignment = grader.assignment
    found = find_submissions([submissions], assignment.modules)[:count]
    with Gradebook.existing(out) as gradebook:
        known = {one.id: gradebook.observations.recall(one) for one in found}
        grader.judge.learn(gradebook.observations.decisions())
    changed = {
        part.id: IncrementalGrader(replace(grader, assignment=_retitled(assignment, part.id)), settings)
        for part in assignment.parts
    }

    def again(rejudge: IncrementalGrader, several: Sequence[SubmissionSource]) -> float:
        before = account().used()  # for several at once: the system counts in steps of milliseconds
        for one in several:
            rejudge.grade(load_submission(one, assignment.modules), known[one.id])
        return (account().used() - before).cpu

    for rejudge in changed.values():
        again(rejudge, found[:WARMING_UP])
    counted, took = found[WARMING_UP:], dict.fromkeys(changed, 0.0)
    for turn in range(TURNS):
        for part, rejudge in changed.items():
            took[part] += again(rejudge, counted[turn::TURNS])
    return sorted((seconds / len(counted), part) for part, seconds in took.items())


def changed_class(settings: Settings, part: str, submissions: Path, out: Path, folder: Path) -> Used:
    """`hw11 grade` on a class that was graded before one part of the homework got another title."""
    shutil.copytree(settings.assignment, folder / "homework")
    title = re.compile(rf"^( +- id: {part}\n +title: ).*$", re.M)
    for file in (folder / "homework" / "problems").glob("*.yaml"):
        file.write_text(title.sub(r"\1Another title", file.read_text(encoding="utf-8")), encoding="utf-8")
    return _grade(submissions, out, folder / "homework", folder)


def _grade(submissions: Path, out: Path, homework: Path, folder: Path) -> Used:
    """The command, with the secret of `SECRET`."""
    secret = folder / "class.secret"
    secret.write_bytes(SECRET)
    hw11 = Path(sys.executable).parent / "hw11"
    return run(hw11, "grade", submissions, "--out", out, "--assignment", homework, "--secret-file", secret)


def _retitled(assignment: Assignment, name: str) -> Assignment:
    problems = []
    for problem in assignment.problems:
        parts = tuple(
            replace(part, spec=part.spec.model_copy(update={"title": "Another title"})) if part.id == name else part
            for part in problem.parts
        )
        problems.append(replace(problem, parts=parts))
    return replace(assignment, problems=tuple(problems))


def _never() -> LazyExecutor:
    raise SystemExit("student code would have been run again")


def _without_code(settings: Settings, problem: str, folder: Path) -> Settings:
    """The homework with nothing executed in one problem: what is typed there is still judged."""
    shutil.copytree(settings.assignment, folder / "homework")
    for file in (folder / "homework" / "problems").glob("*.yaml"):
        content = yaml.safe_load(file.read_text(encoding="utf-8"))
        if content.get("id") == problem:
            for part in content["parts"]:
                tables = [check for check in part.get("checks", []) if check["kind"] == "table"]
                left_out = [one for one in (*part.pop("runs", []), *tables) if not one.get("bonus")]
                part["checks"] = [check for check in part.get("checks", []) if check not in tables]
                part["points"] = round(part["points"] - sum(one.get("points", 0) for one in left_out), 6)
            file.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return replace(settings, assignment=folder / "homework")


def unchanged(assignment: Assignment, submissions: Path, out: Path, folder: Path, count: int) -> Used:
    """`hw11 grade` on a class of which nothing has changed: the same few submissions under `count` names."""
    settings = Settings(assignment.root, SECRET)
    with Gradebook(out) as gradebook:
        records = [record for record, _ in gradebook.records().values()]
    class_folder, new = folder / "class", folder / "out"
    with Gradebook(new) as gradebook:
        for number in range(count):
            like = records[number % len(records)]
            shutil.copytree(submissions / like.submission, class_folder / f"n{number:04d}")
        for one in find_submissions([class_folder], assignment.modules):
            like = records[int(one.id[1:]) % len(records)]
            mark = record_key(one, handed_in_sha256(one, assignment.modules), assignment.sha256, settings)
            gradebook.append(like.model_copy(update={"submission": one.id}), mark)
    publish_class(records, assignment, {}, new)
    return median([_grade(class_folder, new, assignment.root, folder) for _ in range(3)])


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--submissions", type=int, default=CLASS, help="of the homework [default: 1000]")
    parser.add_argument("--sample", type=int, default=60, help="of them, where more would tell no more [default: 60]")
    parser.add_argument("--rounds", type=int, default=3, help="what is compared is measured so often [default: 3]")
    parser.add_argument("--small", type=int, default=300, help="of the twelve questions, in each round [default: 300]")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="hw11-bench-") as name:
        folder = Path(name)
        print(
            f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f} when this began; CPU time {account().how}.\n"
        )
        print("| | CPU-s | wall s | ratio |\n|---|--:|--:|--:|", flush=True)
        if given.rounds:
            _print_otter(against_otter(folder / "small", given.rounds, given.small), given)
        _measure_homework(Homework(folder, given.submissions, min(given.sample, given.submissions)), given.rounds)
        print(f"\nLoad {os.getloadavg()[0]:.1f} at the end.")


def _row(what: str, used: Used | None, ratio: str) -> None:
    cells = (f"{used.cpu:.3f}", f"{used.wall:.3f}") if used else ("", "")
    print(f"| {what} | {cells[0]} | {cells[1]} | {ratio} |", flush=True)


def _print_otter(took: Mapping[str, Used], given: argparse.Namespace) -> None:
    otter = took["otter"]
    _row("`otter run`, one submission", otter, "1")
    for name, what in (("class", f"hw11, in a class of {given.small}"), ("beyond", "hw11, each further submission")):
        used = took[name]
        _row(what, used, f"{otter.cpu / used.cpu:.0f}× CPU, {otter.wall / used.wall:.0f}× wall")


@dataclass(frozen=True)
class Homework:
    """What is measured: a class of `count` submissions, and `sample` of them where more would tell no more."""

    folder: Path
    count: int
    sample: int

    @property
    def root(self) -> Path:
        """A copy, so that nobody who edits the homework meanwhile changes what is measured."""
        return self.folder / "homework"

    @cached_property
    def assignment(self) -> Assignment:
        """As it is graded."""
        for name in ("problems", "reference"):
            shutil.copytree(ROOT / name, self.root / name)
        return load_assignment(self.root)

    @property
    def settings(self) -> Settings:
        """How it is graded."""
        return Settings(self.assignment.root, SECRET)

    @cached_property
    def few(self) -> Path:
        """The sample."""
        make_class(self.assignment, self.folder / "few", self.sample)
        return self.folder / "few"

    @cached_property
    def many(self) -> Path:
        """The class."""
        make_class(self.assignment, self.folder / "many", self.count)
        return self.folder / "many"


def _measure_homework(homework: Homework, rounds: int) -> None:
    _print_scaling(homework, rounds)
    out = homework.folder / "out"
    pair = _print_class(homework, out)
    _print_again(homework, out, pair)
    still = unchanged(homework.assignment, homework.many, out, homework.folder / "still", CLASS)
    less = f"{CLASS * pair.cpu / still.cpu:.0f}× less CPU"
    _row(f"`hw11 grade`, {CLASS} submissions, nothing changed", still, less)


def _print_scaling(homework: Homework, rounds: int) -> None:
    took: dict[int, list[Used]] = {1: [], 2: []}
    plain: dict[int, list[Used]] = {1: [], 2: []}
    for turn in range(max(1, rounds)):
        for jobs in took:
            out = homework.folder / f"{jobs}-{turn}"
            with _processors(jobs):
                plain[jobs].append(_plain_loops(jobs))
                took[jobs].append(grade_made(homework.settings, homework.assignment, homework.few, out, jobs).each)
    one, two = median(took[1]), median(took[2])
    _row(f"homework, one worker on one processor ({homework.sample} submissions)", one, _minutes(one))
    _row("the same, two workers on two", two, _minutes(two))
    _row("efficiency of two workers, wall and CPU", None, f"{one.wall / two.wall / 2:.2f}, {one.cpu / two.cpu:.2f}")
    _row("the same of loops that share nothing", None, f"{median(plain[1]).wall / median(plain[2]).wall:.2f}")


def _plain_loops(count: int) -> Used:
    """So many processes that compute the same, each by itself: what the machine loses when all of it is busy."""
    loop = "import torch; torch.set_num_threads(1); a = torch.ones(64, 64)\nfor _ in range(60_000): a = (a @ a).tanh()"
    before = account().used()
    processes = [subprocess.Popen([sys.executable, "-c", loop]) for _ in range(count)]
    for process in processes:
        process.wait()
    return account().used() - before


@contextmanager
def _processors(count: int) -> Iterator[None]:
    """Only so many for this process and what it starts, where the system can say so."""
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    every = os.sched_getaffinity(0)
    os.sched_setaffinity(0, sorted(every)[:count])
    try:
        yield
    finally:
        os.sched_setaffinity(0, every)


def _print_class(homework: Homework, out: Path) -> Used:
    """The whole class by two workers; what each submission took."""
    submissions, started = homework.many, account().used()
    graded = grade_made(homework.settings, homework.assignment, submissions, out, 2)
    whole = account().used() - started
    _row(f"homework, two workers ({homework.count} submissions)", graded.each, _minutes(graded.each))
    _row("… all of them, start included", whole, f"{whole.wall / 60:.1f} min")
    _row("second half of the run beside the first, CPU", None, f"{graded.later_share:.2f}")
    early, late = graded.memory_mib
    _row(f"memory of a worker, {early:.0f} MiB after a quarter", None, f"{late / early:.2f} at the end")
    return graded.each


def _print_again(homework: Homework, out: Path, pair: Used) -> None:
    """Without what is dearest, and after a change."""
    assignment, settings = homework.assignment, homework.settings
    names = [f"s{number:04d}" for number in range(min(homework.count, 20))]
    with LocalPool(1) as pool:
        again = pool.submit(rejudge, settings, out, homework.many, min(homework.count, 40)).result()
    with Gradebook(out) as gradebook:
        dearest = next(iter(observed_by_problem(gradebook, assignment, names)))
    left_out = homework.folder / "left out"
    rest = grade_made(_without_code(settings, dearest, left_out), assignment, homework.few, left_out / "out", 2).each
    _row(f"without the code of {dearest}, two workers ({homework.sample} submissions)", rest, _minutes(rest))
    for what, place in (("median part", len(again) // 2), ("nine in ten parts", len(again) * 9 // 10), ("dearest", -1)):
        seconds, part = again[place]
        less = f"{pair.cpu / seconds:.0f}× less CPU ({part})"
        _row(f"one part changed, judged again: {what}", Used(seconds, seconds), less)
    whole = changed_class(settings, again[-1][1], homework.many, out, homework.folder / "changed") / homework.count
    less = f"{pair.cpu / whole.cpu:.0f}× less CPU, {pair.wall / whole.wall:.0f}× less wall"
    _row("… `hw11 grade` on the class after that change, start, records and pages included", whole, less)


def _minutes(each: Used) -> str:
    return f"{CLASS * each.wall / 60:.0f} min for {CLASS}"


if __name__ == "__main__":
    main()
