"""`hw11 validate`: check the checks: the reference is right, mistakes are caught.

Owns printing the trials, JUnit XML and annotations. The trials belong to `grader.authoring.validate`.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import textwrap
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import asdict, replace
from pathlib import Path
from typing import Literal, NoReturn

import click
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from grader.assignment.lint import lint
from grader.assignment.load import read_assignment
from grader.assignment.locate import assignment_root
from grader.assignment.model import Assignment
from grader.authoring.github_annotations import diagnose
from grader.authoring.kit.template import files_to_fill_in
from grader.authoring.mutation.subjects import Plan, functions_of
from grader.authoring.mutation.trials import VERDICTS
from grader.authoring.trial import Group, Trial
from grader.authoring.validate import MUTANT_SHARE, validate
from grader.cli.output import NOT_RIGHT, annotate, assignment_option, json_option, print_json, say, with_exit_codes
from grader.cli.own_check import POLL_SECONDS, write_report
from grader.errors import Diagnostic, SpecError, UsageError
from grader.files.atomic import write_atomically
from grader.files.junit_xml import Case, Suite, junit_xml
from grader.grading.preview import as_record, chosen, preview
from grader.grading.worker_grader import Settings
from grader.maths.judge_process import Judge
from grader.sandbox import start_strongest
from grader.sandbox.lazy import LazyExecutor
from grader.submission.load import from_files
from grader.submission.model import SubmissionSource
from grader.submission.saved import saved_state
from reports.words import counted, worth

WORDS: Mapping[Group, str] = {
    "reference": "right answers accepted",
    "accepted": "other right answers and functions accepted",
    "option": "options true of numbers where they are right, and nowhere else",
    "mistake": "wrong answers caught and named",
    "code mistake": "wrong functions caught and named",
    "template": "template checks",
    "all wrong": "looking right is not enough",
    "mutant": "edited formulas rejected",
    "changed function": "changed functions caught, or no worse than the reference",
    "catch rate": "wrong functions caught under every secret",
    "false alarm": "right functions accepted under every secret",
    "given away": "hidden answers that no prompt, docstring or option says",
}
WARNINGS: Mapping[Group, str] = {"mutant": "survivor", "given away": "warning"}
"""What is told without failing by itself."""
QUICK = Plan(secrets=1, mutants=2)
"""An author's loop, and CI's."""


@click.command()
@click.option(
    "--quick", is_flag=True, help="One class secret, few changes of each function and formula: about a minute."
)
@click.option(
    "--secrets",
    type=click.IntRange(1),
    help=f"Try functions under at most so many class secrets [default: {Plan.secrets}].",
)
@click.option("--seed", type=click.IntRange(0), default=0, help="Other secrets; the same seed gives the same result.")
@click.option(
    "--function",
    "functions",
    multiple=True,
    metavar="MODULE.NAME",
    help="Measure this function alone, with every change of it.",
)
@click.option("--jobs", type=click.IntRange(1, 256), help="Workers [default: one per processor].")
@click.option("--junit", type=click.Path(path_type=Path, dir_okay=False), help="Write JUnit XML here.")
@click.option("--part", "parts", multiple=True, help="Only this part or problem, quickly (may be repeated).")
@click.option("--watch", is_flag=True, help="Try again whenever a file of the assignment changes.")
@click.option(
    "--html", type=click.Path(path_type=Path, dir_okay=False), help="Also write the page that a student sees."
)
@json_option
@assignment_option
@with_exit_codes
def command(
    root: Path | None,
    quick: bool,
    secrets: int | None,
    seed: int,
    functions: tuple[str, ...],
    jobs: int | None,
    junit: Path | None,
    parts: tuple[str, ...],
    watch: bool,
    html: Path | None,
    as_json: bool,
) -> int:
    """Check the checks: the reference is right, planted wrong answers are caught, changed functions too.

    What was measured is kept in out/validate.jsonl: a run that was ended goes on where it stopped.
    """
    folder = assignment_root(root)
    if watch:
        _watch(folder)
    whole, slips = read_assignment(folder)
    say(whole.title)
    only = _chosen(whole, parts, slips)
    assignment = whole.only(only)
    if slips:
        with Judge() as judge:
            lint(assignment, judge, slips)  # all mistakes at once; without slips, `validate` does it in its workers
    few = quick or (parts and not functions)  # a function that is named is wanted whole
    plan = replace(QUICK if few else Plan(), seed=seed, functions=functions)
    unknown = sorted(set(functions) - set(functions_of(assignment)))
    if unknown:
        known = ", ".join(functions_of(assignment))
        raise UsageError(f"no check gives points for {', '.join(unknown)} — there are: {known}")
    plan = replace(plan, secrets=secrets or plan.secrets)
    settings = Settings(folder, plan.secret(0), "strongest", parts=only)
    code = run(assignment, settings, plan, jobs or os.cpu_count() or 1, junit, as_json)
    if html is not None:
        write_page(assignment, html)
    return code


def _chosen(whole: Assignment, parts: Sequence[str], slips: Sequence[Diagnostic]) -> tuple[str, ...]:
    """The ids of the parts that were named, none if none was.

    Raises:
        SpecError: one is not there, and the problem files hold mistakes, which may be why.
    """
    try:
        return tuple(part.id for part in chosen(whole, parts)) if parts else ()
    except UsageError as error:
        if slips:
            raise SpecError(slips) from error
        raise


def run(assignment: Assignment, settings: Settings, plan: Plan, jobs: int, junit: Path | None, as_json: bool) -> int:
    """Run every trial, then print what failed and how many of each group passed."""
    trials: list[Trial] = []
    with _bar() as bar:
        task = bar.add_task("", total=None)
        for trial in validate(settings, jobs, plan, lambda count: bar.update(task, total=count)):
            trials.append(trial)
            bar.update(task, description=f"{len(trials)} trials, {trial.name[:60]}", advance=bool(trial.measured))
            if as_json:
                print_json(asdict(trial))
    for trial in trials:
        if trial.fault:
            annotate([diagnose(assignment, trial)], "warning" if trial.group in WARNINGS else "error")
    if junit is not None:
        write_atomically(junit, to_junit(trials), 0o644)
    return _summary(assignment, trials)


def _watch(folder: Path) -> NoReturn:
    """Validate, each time in a process of its own, as Python keeps what it has imported; until interrupted."""
    given = [word for word in sys.argv[1:] if word != "--watch"]
    while True:
        seen = [saved_state(folder / name) for name in ("problems", "reference")]
        subprocess.run([sys.executable, "-m", "grader", *given], check=False)  # noqa: S603  # this program, as it was started
        say("— waiting for a change —")
        while [saved_state(folder / name) for name in ("problems", "reference")] == seen:
            time.sleep(POLL_SECONDS)


def write_page(assignment: Assignment, html: Path) -> None:
    """Write the page that a student sees of an untouched template."""
    files = {name: text.encode() for name, text in files_to_fill_in(assignment).items()}
    submission = from_files(SubmissionSource("template", Path()), files, assignment.modules)
    sandbox = LazyExecutor(lambda: start_strongest(assignment.author_code.probes_dir))
    with closing(sandbox) as executor, Judge() as judge:
        seen = list(preview(submission, list(assignment.parts), executor, judge))
        write_report(as_record(submission, assignment, executor, seen), assignment, html)


def _bar() -> Progress:
    console = Console(stderr=True)
    return Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        console=console,
        disable=not console.is_terminal,
    )


def _summary(assignment: Assignment, trials: Sequence[Trial]) -> int:
    tried, failed = Counter(t.group for t in trials), Counter(t.group for t in trials if t.fault)
    mutants_pass = failed["mutant"] <= (1 - MUTANT_SHARE) * tried["mutant"]
    for trial in trials:
        if trial.fault:
            say(f"{WARNINGS.get(trial.group, 'FAILED')}: {trial.name} — {trial.fault}")
            if trial.measured is not None and trial.measured.diff:
                say(textwrap.indent(trial.measured.diff, "    "))
        elif trial.measured is not None and trial.measured.verdict == "equivalent" and trial.measured.says:
            say(f"note: {trial.name} — gives the same, but {trial.measured.says}; no check asks")
    say(f"{assignment.title}: {worth(assignment.points)} in {counted(len(assignment.problems), 'problem')}")
    for problem in assignment.problems:
        of = Counter(t.group for t in trials if t.problem == problem.id)
        counts = ", ".join(f"{of[group]} {called(group, of[group])}" for group in WORDS if of[group])
        say(f"  {problem.id} {problem.title}: {worth(problem.points)}; {counts}")
    for line in _by_function(trials):
        say(line)
    for group in WORDS:
        if tried[group]:
            say(f"  {tried[group] - failed[group]:5} of {tried[group]:5} {called(group, tried[group])}")
    broken = sum(failed.values()) - failed["given away"] - (failed["mutant"] if mutants_pass else 0)
    say("everything holds" if not broken else f"{counted(broken, 'trial')} failed")
    return NOT_RIGHT if broken else 0


def called(group: Group, number: int) -> str:
    """What a group of so many trials is called."""
    return re.sub(r"(answer|function|check|formula)s\b", r"\1", WORDS[group]) if number == 1 else WORDS[group]


def _by_function(trials: Sequence[Trial]) -> Iterator[str]:
    """For each function how many of its changes were caught, are no change, or survive."""
    found: dict[str, Counter[str]] = {}
    for trial in trials:
        if trial.measured is not None and trial.measured.function:
            found.setdefault(trial.measured.function, Counter())[trial.measured.verdict] += 1
    for function, counts in sorted(found.items()):
        yield f"  {function}: " + ", ".join(f"{counts[verdict]} {verdict}" for verdict in VERDICTS if counts[verdict])


def to_junit(trials: Sequence[Trial]) -> bytes:
    """JUnit XML, one case per trial; a text that says what is asked is a warning, and never a failure."""
    cases = [
        Case(
            f"{trial.problem}.{trial.group}" if trial.problem else trial.group,
            trial.name,
            trial.seconds,
            _result(trial),
            trial.fault or "",
        )
        for trial in trials
    ]
    return junit_xml("hw11 validate", [Suite("hw11 validate", cases)])


def _result(trial: Trial) -> Literal["passed", "skipped", "failure"]:
    if not trial.fault:
        return "passed"
    return "skipped" if trial.group == "given away" else "failure"
