"""A whole class: against otter-grader, on one and two workers, and again when nothing or one part has changed.

Everything is measured in one run, in alternating rounds. Prints Markdown, which `docs/benchmarks.md` holds as it is.
Run: `python benchmarks/bench_class.py [--submissions 1000]`; as it stands it takes a quarter of an hour.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import yaml
from measuring import markdown
from measuring.account import Used, account, median, run
from measuring.changed_part import TITLE, judge_again
from measuring.made_class import make_class
from measuring.otter import against_otter

from grader.assignment.load import load_assignment
from grader.assignment.model import Assignment
from grader.gradebook import Gradebook
from grader.grading.batch import grade_class
from grader.grading.fingerprint import record_key
from grader.grading.worker_grader import Settings, worker_imports
from grader.grading.workers import LocalPool
from grader.results.course import Course
from grader.results.publish import publish_class, publish_record
from grader.runner.process_usage import descendants, memory_bytes
from grader.sandbox.cached import OBSERVATIONS
from grader.submission.discover import find_submissions
from grader.submission.load import handed_in_sha256

ROOT = Path(__file__).parent.parent
SECRET = b"a secret for measuring"
CLASS = 1_000
FEWEST = 6
BAR = 100
"""So many times less must it cost to judge one changed part again than to grade: a change of one tolerance in a class
of hundreds is then a matter of seconds."""

METHOD = """
- **CPU time first.** It carries over to a busier machine far better than wall time. A control group counts everything
  that a command starts, processes that are killed inside a sandbox included: what the system calls the time of
  "children" leaves those out, and once made us look eight times faster than we were. Where no control group can be
  made, the whole machine is counted, and the line above the table says so.
- **otter-grader** grades one notebook with twelve short torch functions and 24 checks (`otter run`, from the same
  environment). hw11 grades the same functions with the same checks by one worker, once for a class of two and once for
  a class of many. "In a class of n" shares out the start of command, worker, sandbox and judge; "each further
  submission" is the difference of the two.
- **The homework**: submissions made from the reference by a fixed seed. Of typed answers 22 % are replaced by a listed
  mistake or nonsense, 6 % left empty and 30 % of the formulas respelt; of functions 15 % by a planted wrong variant and
  6 % by the stub; in 15 % of the modules one operator is changed, which now and then makes a loop endless. Every saved
  table holds other numbers. All seven problems run, the learning-rate experiment included, and once more without
  anything executed in the dearest problem.
- **Workers past their warming up.** Where fewer than 1,000 submissions are graded, the minutes are extrapolated.
  Efficiency is the wall time of one worker on one processor over twice that of two workers on two, the medians of
  alternating rounds; beside it stands the same for CPU time, which says how much of the loss is work (a busy neighbour,
  shared caches) and how much is waiting.
- **Judged again**: every part is changed in turn, and CPU time is taken of reading the submission, looking up what is
  stored and judging the rest, the judge's worker included. No student code runs: an executor that would run it ends the
  benchmark. "Less" compares with grading the whole submission. Once more the same without the stored judged parts: with
  stored observations, results of authors' functions and decisions alone. Then the class is graded again by the command
  after the dearest of these changes: its start, the gradebook, records and pages are in that row.
- **Unchanged**: the command, from its start to its end, on 1,000 submissions.

Nothing is imported twice: student code runs in forks of an interpreter that has imported torch already, whose memory
lies in huge pages, so that a fork copies little. A part that leaves its process as it found it hands it on to the next
part of the same submission ([security](security.md)); probes that are over in milliseconds are not looked at one by
one, and probes that meet no student code are run once for a class. Nothing is computed twice: one cache holds what
student code showed, what the assignment's own code returned, decisions about typed answers and judged parts, each by
everything that it depends on. A changed tolerance, rubric, expectation or prompt is judged from there; a changed
answer runs no code; an unchanged part is taken over. `hw11 grade --fresh` takes nothing from it, for when a machine was
so busy that time limits were reached.
"""


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
    found = find_submissions([submissions], assignment.modules).sources
    pool = LocalPool(jobs, worker_imports(assignment))
    samples: list[tuple[Used, float]] = []
    with Gradebook(out) as gradebook, closing(grade_class(found, settings, pool)) as under_way:
        for done in under_way:
            gradebook.gradings.add(done.source, done.seconds, done.computed)
            gradebook.append(done.record, "")
            publish_record(done.record, Course(gradebook, assignment), ())
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


def dearest_problem(out: Path, assignment: Assignment, ids: Sequence[str]) -> str:
    """The problem whose student code takes the most CPU time."""
    problem_of = {part.id: part.problem for part in assignment.parts}
    took: dict[str, float] = defaultdict(float)
    with Gradebook(out) as gradebook:
        stored = [
            body
            for name in ids
            for place, body in gradebook.gradings.entries(name).items()
            if _is_observed(place, body)
        ]
    for body in stored:
        for seen in OBSERVATIONS.unpack(body) if OBSERVATIONS.unpack else ():
            took[problem_of[seen.probe.partition(".")[0]]] += seen.cpu_seconds
    return max(took, key=lambda problem: took[problem])


def _is_observed(place: tuple[str, str], body: bytes) -> bool:
    """Whether an entry holds observations, and not the name of the isolation that they were made under."""
    return place[0] == OBSERVATIONS.name and body[:1] == b"\x78"  # how zlib begins


def changed_class(settings: Settings, part: str, submissions: Path, out: Path, folder: Path) -> Used:
    """`hw11 grade` on a class that was graded before one part of the homework got another title."""
    shutil.copytree(settings.assignment, folder / "homework")
    title = re.compile(rf"^( +- id: {part}\n +title: ).*$", re.M)
    for file in (folder / "homework" / "problems").glob("*.yaml"):
        file.write_text(title.sub(rf"\1{TITLE}", file.read_text(encoding="utf-8")), encoding="utf-8")
    return _grade(submissions, out, folder / "homework", folder)


def _grade(submissions: Path, out: Path, homework: Path, folder: Path) -> Used:
    """The command, with the secret of `SECRET`."""
    secret = folder / "class.secret"
    secret.write_bytes(SECRET)
    hw11 = Path(sys.executable).parent / "hw11"
    return run(hw11, "grade", submissions, "--out", out, "--assignment", homework, "--secret-file", secret)


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
        for one in find_submissions([class_folder], assignment.modules).sources:
            like = records[int(one.id[1:]) % len(records)]
            key = record_key(one, handed_in_sha256(one, assignment.modules), assignment.sha256, settings)
            gradebook.append(like.model_copy(update={"submission": one.id}), key)
    publish_class(records, assignment, new)
    return median([_grade(class_folder, new, assignment.root, folder) for _ in range(3)])


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


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--submissions", type=int, default=100, help="of the homework [default: 100]")
    parser.add_argument("--sample", type=int, default=24, help="of them, where more would tell no more [default: 24]")
    parser.add_argument("--rounds", type=int, default=2, help="what is compared is measured so often [default: 2]")
    parser.add_argument("--small", type=int, default=100, help="of the twelve questions, in each round [default: 100]")
    given = parser.parse_args()
    if min(given.submissions, given.sample) < FEWEST:
        parser.error(f"fewer than {FEWEST} submissions tell nothing: the first of each worker are not counted")
    markdown.section("A class", METHOD)
    markdown.machine(f"CPU time {account().how}", " ".join(["`bench_class.py", *sys.argv[1:]]) + "`")
    markdown.head("", "CPU-s", "wall s", "beside")
    with tempfile.TemporaryDirectory(prefix="hw11-bench-") as name:
        if given.rounds:
            _print_otter(Path(name) / "small", given.rounds, given.small)
        homework = Homework(Path(name), given.submissions, min(given.sample, given.submissions))
        _print_scaling(homework, given.rounds)
        out = homework.folder / "out"
        each = _print_class(homework, out)
        _print_again(homework, out, each)
        still = unchanged(homework.assignment, homework.many, out, homework.folder / "still", CLASS)
        less = f"{CLASS * each.cpu / still.cpu:.0f}× less CPU"
        markdown.used(f"`hw11 grade`, {CLASS} submissions, nothing changed", still, less)
    print(f"\nLoad {os.getloadavg()[0]:.1f} at the end.\n")


def _print_otter(folder: Path, rounds: int, count: int) -> None:
    took = against_otter(folder, rounds, count)
    otter = took["otter"]
    markdown.used("`otter run`, one submission of 12 questions with 24 checks", otter, "1")
    for name, what in (("class", f"hw11, the same in a class of {count}"), ("beyond", "hw11, each further submission")):
        used = took[name]
        less = f"{otter.cpu / used.cpu:.0f}× less CPU, {otter.wall / used.wall:.0f}× less wall"
        markdown.used(what, used, less)


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
    markdown.used(f"homework, one worker on one processor ({homework.sample} submissions)", one, _minutes(one))
    markdown.used("the same, two workers on two", two, _minutes(two))
    efficiency = f"{one.wall / two.wall / 2:.2f} wall, {one.cpu / two.cpu:.2f} CPU"
    markdown.used("efficiency of two workers", None, efficiency)
    markdown.used("the same of loops that share nothing", None, f"{median(plain[1]).wall / median(plain[2]).wall:.2f}")


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
    markdown.used(f"homework, two workers ({homework.count} submissions)", graded.each, _minutes(graded.each))
    markdown.used("… all of them, start included", whole, f"{whole.wall / 60:.1f} minutes")
    markdown.used("second half of the run beside the first, CPU", None, f"{graded.later_share:.2f}")
    early, late = graded.memory_mib
    markdown.used("memory of a worker after a quarter and at the end", None, f"{early:.0f}, {late:.0f} MiB")
    return graded.each


def _print_again(homework: Homework, out: Path, each: Used) -> None:
    """Without what is dearest, and after a change."""
    with LocalPool(1) as pool:
        call = pool.submit(judge_again, homework.settings, out, homework.many, min(homework.count, 40))
        again = call.result()
    problem = dearest_problem(out, homework.assignment, [f"s{number:04d}" for number in range(min(homework.count, 20))])
    left_out = homework.folder / "left out"
    settings = _without_code(homework.settings, problem, left_out)
    rest = grade_made(settings, homework.assignment, homework.few, left_out / "out", 2).each
    what = f"without what is executed in the dearest problem, {problem} ({homework.sample} submissions)"
    markdown.used(what, rest, _minutes(rest))
    last = len(again.seconds) - 1
    for what, place in (("the median part", last // 2), ("nine parts in ten", last * 9 // 10), ("the dearest", last)):
        for stored, by_cost in (("", again.seconds), (", judged parts not stored", again.without_parts)):
            seconds, part = by_cost[place]
            less = f"{each.cpu / seconds:.0f}× less CPU ({part}); the bar is {BAR}×"
            markdown.used(f"one part changed, judged again: {what}{stored}", Used(seconds, seconds), less)
    folder, dearest = homework.folder / "changed", again.seconds[-1][1]
    whole = changed_class(homework.settings, dearest, homework.many, out, folder) / homework.count
    less = f"{each.cpu / whole.cpu:.0f}× less CPU, {each.wall / whole.wall:.0f}× less wall"
    markdown.used("… `hw11 grade` on the class after that change, start, records and pages included", whole, less)


def _minutes(each: Used) -> str:
    return f"{CLASS * each.wall / 60:.0f} minutes for {CLASS}"


if __name__ == "__main__":
    main()
