"""Whether an assignment deserves trust: the checks are checked.

Owns the proof that the reference earns every automatic point, that every planted wrong answer is caught with
its own message, that the untouched template earns nothing, and that looking right is not enough. Used by CI.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from functools import lru_cache, partial
from itertools import chain, islice
from pathlib import Path
from typing import Any

from grader.assignment.lint import lint
from grader.assignment.load import load_assignment
from grader.assignment.model import Assignment, Part
from grader.authoring.given_away import given_away
from grader.authoring.kit import drift, template_files
from grader.authoring.measure import KEPT, Task, measure, tasks, together, with_fault
from grader.authoring.mutation.kept import KeptResults
from grader.authoring.mutation.subjects import Plan
from grader.authoring.trial import Group, Trial, load_reference, reference_numbers
from grader.cache import Cache
from grader.checks.base import Check, Context, Family, Variant
from grader.errors import Diagnostic, SpecError
from grader.grading.grade import Grader, limits
from grader.grading.worker_grader import Settings, grader_for, worker_imports
from grader.grading.workers import LocalPool
from grader.records import CheckRecord, Outcome, Verdict
from grader.sandbox.base import ProbeBatch
from grader.submission.load import from_files
from grader.submission.model import Submission, SubmissionSource

_Call = tuple[Callable[[Any], list[Trial]], Any]

ALL_WRONG_SHARE = 0.05
MUTANT_SHARE = 0.99


def validate(
    settings: Settings, jobs: int, plan: Plan, announce: Callable[[int], None] = lambda count: None
) -> Iterator[Trial]:
    """Try everything an assignment promises, on several workers; trials come as they are done.

    What takes long is kept below the assignment, so that a run that was ended goes on where it stopped. `announce` is
    told, before anything is tried, how many trials measure a function.

    Raises:
        SpecError: the problem files hold mistakes that show once author code runs.
    """
    assignment = load_assignment(settings.assignment).only(settings.parts)
    with LocalPool(jobs, worker_imports(assignment)) as workers:
        linted = workers.run_all((partial(_linted, settings), problem.id) for problem in assignment.problems)
        try:
            found = list(tasks(assignment, plan))  # meanwhile
        finally:
            if mistakes := list(chain.from_iterable(linted)):  # what lint says is told first
                raise SpecError(mistakes)
        yield from _drift(assignment) if not (settings.parts or plan.functions) else ()
        calls = _tried_once(assignment, settings, plan) if not plan.functions else []
        kept, keys = KeptResults(assignment.root / KEPT), dict[tuple[str, str], str]()
        to_do = list[Task]()
        announce(len(found))
        for task in found:
            if isinstance(task, Trial):
                yield task
            elif (known := kept.find(task.key)) is not None:
                yield with_fault(assignment, Trial.read(known))
            else:
                to_do.append(task)
                keys[task.group, task.name] = task.key
        calls += [(partial(measure, settings, plan), several) for several in together(to_do)]
        for trials in workers.run_all(calls):
            for trial in trials:
                if trial.measured is not None:
                    kept.add(keys[trial.group, trial.name], asdict(trial))
                yield with_fault(assignment, trial)


def _linted(settings: Settings, problem_id: str) -> list[Diagnostic]:
    """In a worker, which runs author code anyway: what is wrong with one problem."""
    grader = grader_for(settings)
    problem = next(problem for problem in grader.assignment.problems if problem.id == problem_id)
    try:
        lint(grader.assignment.only([part.id for part in problem.parts]), grader.judge)
    except SpecError as error:
        return list(error.diagnostics)
    return []


def _tried_once(assignment: Assignment, settings: Settings, plan: Plan) -> list[_Call]:
    """Whole submissions, parts and texts, the longest first."""
    longest_first = sorted(assignment.parts, key=lambda part: -sum(len(one.planted_mistakes()) for one in part.checks))
    return [
        *((partial(_whole, settings), name) for name in _WHOLE if not (settings.parts and name == "all wrong")),
        *((partial(_part, settings, plan), part.id) for part in longest_first),
        *((partial(given_away, settings), problem.id) for problem in assignment.problems),
    ]


def _part(settings: Settings, plan: Plan, name: str) -> list[Trial]:
    """In a worker: every wrong answer of one part, and as many edits of each formula as of a function."""
    part = next(part for part in grader_for(settings).assignment.parts if part.id == name)
    trials, trial = list[Trial](), partial(_trial, settings)
    for check in part.checks:
        group: Group = "code mistake" if check.family is Family.FUNCTION else "mistake"
        trials += [trial(group, part, check, variant) for variant in check.planted_mistakes()]
        trials += [trial("accepted", part, check, variant) for variant in check.accepted()]
        trials += [trial("mutant", part, check, variant) for variant in islice(check.mutants(), plan.mutants)]
        trials += [Trial("option", part.problem, f"{check.id}: {claim.name}", claim.fault) for claim in check.claims()]
    return trials


def _whole(settings: Settings, name: str) -> list[Trial]:
    """In a worker: one submission graded from end to end."""
    grader = grader_for(settings)
    return list(_WHOLE[name](grader, load_reference(grader.assignment)))


def _reference(grader: Grader, reference: Submission) -> Iterator[Trial]:
    """The reference must earn every automatic point."""
    record = grader.grade(reference)
    for part, graded in zip(grader.assignment.parts, record.parts, strict=True):
        for check in graded.checks:
            right = check.verdict in (Verdict.CORRECT, Verdict.NEEDS_REVIEW)
            why = check.message or f"{check.answer!r} is read as {check.reading}, which is not what is expected"
            fault = "" if right else f"the reference is {check.verdict}: {why} {check.staff}".strip()
            yield Trial("reference", part.problem, check.id, fault, check.seconds)


@lru_cache(maxsize=1)
def _drawn(check_id: str) -> Cache:
    """What is drawn for a check of code, and what the reference gives: the same for all of its variants."""
    return Cache(environment="validate")


def _trial(settings: Settings, group: Group, part: Part, check: Check, variant: Variant) -> Trial:
    """One variant alone among right answers and right code, judged by the check that it is written for."""
    started = time.perf_counter()
    grader = grader_for(settings)
    reference, numbers = reference_numbers(settings)
    cache = _drawn(check.id) if check.family is Family.FUNCTION else Cache()
    context = Context(variant.plant(reference), grader.judge, grader.secret, cache, numbers=dict(numbers))
    probes = tuple(check.probes(context))
    batch = ProbeBatch(check.id, probes, limits(part))
    seen = grader.executor.observe(context.submission.files, [batch]) if probes else ()
    fault = _fault(variant, check.judge(context, seen))
    return Trial(group, part.problem, f"{check.id}: {variant.name}", fault, time.perf_counter() - started)


def _fault(variant: Variant, outcome: Outcome) -> str:
    """What is wrong with how a check took a variant: its credit, or what it said."""
    if variant.credit is None:
        return "" if outcome.credit is not None and outcome.credit < 1 else f"accepted: {outcome.proof}"
    if outcome.credit is None or abs(outcome.credit - variant.credit) > 1e-9:
        credit = "no credit decided" if outcome.credit is None else f"credit {outcome.credit:g}"
        return (
            f"{variant.name!r} is {outcome.verdict} with {credit}, not {variant.credit:g}: "
            f"{outcome.message} {outcome.staff}"
        ).strip()
    if variant.says and outcome.mistake != variant.says and variant.says not in outcome.message:
        return f"{variant.name!r} is caught, but told {outcome.mistake or outcome.message!r}, not {variant.says!r}"
    return ""


def _drift(assignment: Assignment) -> Iterator[Trial]:
    """The template that is checked in, if there is one, must be what the problems give."""
    folder = assignment.root / "student_template"
    for name in drift(assignment, folder) if folder.is_dir() else ():
        fault = "differs from what the problems give: `hw11 kit --template --out student_template` writes it again"
        yield Trial("template", "", f"student_template/{name}", fault)


def _template(grader: Grader, reference: Submission) -> Iterator[Trial]:
    """Untouched, the template is worth nothing and says so everywhere, as files and as a notebook."""
    template = {name: text.encode() for name, text in template_files(grader.assignment).items()}
    modules, name = grader.assignment.modules, grader.assignment.notebook
    notebook = template.pop(name)
    for shape, files in (("", template), (f" in {name}", {name: notebook})):
        record = grader.grade(from_files(SubmissionSource("template", Path()), files, modules, name))
        for part, graded in zip(grader.assignment.parts, record.parts, strict=True):
            for check in graded.checks:
                fault = _not_started_fault(check)
                yield Trial("template", part.problem, f"{check.id}{shape}", fault, check.seconds)


def _not_started_fault(check: CheckRecord) -> str:
    if check.verdict not in (Verdict.MISSING, Verdict.BLOCKED):
        return f"an untouched template is {check.verdict}: {check.message}"
    return f"an untouched template earns {check.score:g}" if check.score else ""


def _all_wrong(grader: Grader, reference: Submission) -> Iterator[Trial]:
    """Right shapes with wrong numbers, and a wrong answer in every field, must stay nearly worthless."""
    started = time.perf_counter()
    record = grader.grade(all_wrong(grader.assignment, reference))
    share = (record.score + record.awaiting_review) / record.max_score
    earned = [check.id for check in record.checks if check.score]
    fault = "" if share < ALL_WRONG_SHARE else f"earns {share:.1%} with {', '.join(earned)}"
    yield Trial("all wrong", "", f"right shapes, wrong values: {share:.1%}", fault, time.perf_counter() - started)


def all_wrong(assignment: Assignment, reference: Submission) -> Submission:
    """The reference with noise of the same shape and type in the place of every result, and wrong fields."""
    noise = (Path(__file__).parent / "noise.py").read_bytes()
    files = dict(reference.files)
    for module in assignment.modules:
        override = f"\n\nfrom noise import replace_all\nreplace_all(globals(), {module!r})\n".encode()
        files[f"{module}.py"] = files.get(f"{module}.py", b"") + override
    spoilt = replace(reference, id="all-wrong", files={**files, "noise.py": noise}, answers={})
    for check in assignment.checks.values():
        spoilt = check.spoilt(spoilt)
    return spoilt


_WHOLE = {"reference": _reference, "template": _template, "all wrong": _all_wrong}
