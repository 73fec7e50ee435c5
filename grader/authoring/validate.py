"""Whether an assignment deserves trust: the checks are checked.

Owns the proof that the reference earns every automatic point, that every planted wrong answer is caught with
its own message, that the untouched template earns nothing, and that looking right is not enough. Used by CI.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from concurrent.futures import as_completed
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Literal

from grader.assignment.load import load_assignment
from grader.assignment.model import Assignment, Part
from grader.authoring.kit import drift, template_files
from grader.checks.base import Check, Context
from grader.checks.choice import ChoiceCheck
from grader.checks.code_call import CallCheck
from grader.checks.formula import FormulaCheck
from grader.checks.formula_spec import FormulaSpec
from grader.checks.table import TableCheck
from grader.grading.grade import Grader
from grader.grading.workers import Settings, process_pool, worker_grader
from grader.maths.explaining.nearest_mistake import mutations
from grader.records import CheckRecord, Outcome, Verdict
from grader.sandbox.base import Limits, ProbeBatch
from grader.submission.load import from_files, load_submission
from grader.submission.model import Answer, Submission, SubmissionSource
from grader.submission.notebook import NOTEBOOK

Group = Literal["reference", "mistake", "code mistake", "template", "all wrong", "mutant"]
ALL_WRONG_SHARE = 0.05
MUTANT_SHARE = 0.99


@dataclass(frozen=True)
class Trial:
    """One thing that was tried, where, and what is wrong with it: nothing, if it passed."""

    group: Group
    problem: str
    name: str
    fault: str = ""
    seconds: float = 0.0


def validate(settings: Settings, jobs: int) -> Iterator[Trial]:
    """Try everything an assignment promises, part by part on several workers; trials come as they are done."""
    assignment = load_assignment(settings.assignment)
    yield from _drift(assignment)
    with process_pool(settings, jobs) as workers:
        whole = [workers.submit(_whole, name) for name in _WHOLE]
        parts = [workers.submit(_part, part.id) for part in _longest_first(assignment)]
        for future in as_completed([*whole, *parts]):
            yield from future.result()


def _longest_first(assignment: Assignment) -> list[Part]:
    def effort(part: Part) -> int:
        return sum(len(getattr(spec, "mistakes", ())) for spec in (*part.spec.fields.values(), *part.spec.runs))

    return sorted(assignment.parts, key=effort, reverse=True)


def _part(name: str) -> list[Trial]:
    """In a worker: every wrong answer of one part."""
    grader = worker_grader()
    reference, numbers = _reference_numbers()
    part = next(part for part in grader.assignment.parts if part.id == name)
    trials: list[Trial] = []
    for check in part.checks:
        trials += _typed_mistakes(grader, part, check, reference, numbers)
        trials += _code_mistakes(grader, part, check, reference)
        trials += _spoilt_tables(grader, part, check, reference)
        trials += _mutants(grader, part, check)
    return trials


def _whole(name: str) -> list[Trial]:
    """In a worker: one submission graded from end to end."""
    return list(_WHOLE[name](worker_grader(), load_reference(worker_grader().assignment)))


def load_reference(assignment: Assignment) -> Submission:
    """The reference as a submission."""
    return load_submission(SubmissionSource("reference", assignment.root / "reference"), assignment.modules)


def _reference(grader: Grader, reference: Submission) -> Iterator[Trial]:
    """The reference must earn every automatic point."""
    record = grader.grade(reference)
    for part, graded in zip(grader.assignment.parts, record.parts, strict=True):
        for check in graded.checks:
            right = check.verdict in (Verdict.CORRECT, Verdict.NEEDS_REVIEW)
            fault = "" if right else f"the reference is {check.verdict}: {check.message} {check.staff}".strip()
            yield Trial("reference", part.problem, check.id, fault, check.seconds)


@cache
def _reference_numbers() -> tuple[Submission, Mapping[str, str]]:
    """The reference and the numbers that are typed in it, which follow-through looks back at."""
    grader = worker_grader()
    reference = load_reference(grader.assignment)
    context = Context(reference, grader.judge, grader.secret)
    for part in grader.assignment.parts:
        for check in part.checks:
            if not check.probes(context):
                context.settle(check.id, check.judge(context, ()))
    return reference, context.numbers


def _typed_mistakes(
    grader: Grader, part: Part, check: Check, reference: Submission, numbers: Mapping[str, str]
) -> Iterator[Trial]:
    """Every listed wrong answer, alone among right ones, must be known for what it is."""
    if isinstance(check, FormulaCheck):
        wrong = [(m.answer, m.says, m.credit) for m in check.spec.mistakes]
    elif isinstance(check, ChoiceCheck):
        options = check.spec.options.items()
        wrong = [(key, option.says, 0.0) for key, option in options if key not in check.spec.right]
    else:
        return
    for answer, says, credit in wrong:
        started = time.perf_counter()
        changed = replace(reference, answers={**reference.answers, (part.id, check.name): Answer(answer)})
        outcome = check.judge(Context(changed, grader.judge, grader.secret, numbers=dict(numbers)), ())
        fault = ""
        if outcome.credit is None or abs(outcome.credit - credit) > 1e-9:
            fault = f"{answer!r} is {outcome.verdict} with credit {outcome.credit}, not {credit:g}: {outcome.message}"
        elif says and outcome.mistake != says:
            fault = f"{answer!r} is caught, but told {outcome.mistake or outcome.message!r}, not {says!r}"
        yield Trial("mistake", part.problem, f"{check.id}: {answer}", fault, time.perf_counter() - started)


def _code_mistakes(grader: Grader, part: Part, check: Check, reference: Submission) -> Iterator[Trial]:
    """Every wrong variant, in the place of the right function, must be caught and named."""
    if not isinstance(check, CallCheck):
        return
    for mistake in check.spec.mistakes:
        started = time.perf_counter()
        file, _, variant = mistake.code.partition(":")
        module, _, function = (check.spec.call or "").rpartition(".")
        source = (grader.assignment.root / "reference" / "mistakes" / f"{file}.py").read_bytes()
        override = f"\n\nfrom planted_{file} import {variant} as {function}\n".encode()
        files = {
            **reference.files,
            f"planted_{file}.py": source,
            f"{module}.py": reference.files[f"{module}.py"] + override,
        }
        outcome = _run(grader, part, check, replace(reference, files=files))
        fault = _escaped(mistake.code, mistake.says, outcome)
        yield Trial("code mistake", part.problem, f"{check.id}: {mistake.code}", fault, time.perf_counter() - started)


def _spoilt_tables(grader: Grader, part: Part, check: Check, reference: Submission) -> Iterator[Trial]:
    """The reference's own data, spoilt in every way the author foresaw, must be caught and named."""
    if not isinstance(check, TableCheck):
        return
    file = check.spec.file
    for mistake in check.spec.mistakes:
        started = time.perf_counter()
        spoilt = grader.assignment.author_code.mistake(mistake.data)(reference.files[file])
        outcome = _run(grader, part, check, replace(reference, files={**reference.files, file: spoilt}))
        fault = _escaped(mistake.data, mistake.says, outcome)
        yield Trial("mistake", part.problem, f"{check.id}: {mistake.data}", fault, time.perf_counter() - started)


def _escaped(name: str, says: str, outcome: Outcome) -> str:
    """What is wrong with the outcome of something planted: that it passed, or was told something else."""
    if outcome.verdict in (Verdict.CORRECT, Verdict.HARNESS_ERROR):
        return f"{name} is {outcome.verdict}: {outcome.staff}"
    if says not in outcome.message:
        return f"{name} is caught, but told {outcome.message!r}, not {says!r}"
    return ""


def _run(grader: Grader, part: Part, check: Check, submission: Submission) -> Outcome:
    context = Context(submission, grader.judge, grader.secret)
    batch = ProbeBatch(
        check.id,
        tuple(check.probes(context)),
        Limits(cpu_seconds=part.spec.cpu_seconds, reply_bytes=part.spec.reply_mib << 20),
    )
    return check.judge(context, grader.executor.observe(submission.files, [batch]))


def _mutants(grader: Grader, part: Part, check: Check) -> Iterator[Trial]:
    """Every single edit of a right formula must be rejected."""
    if not isinstance(check, FormulaCheck) or not isinstance(check.spec, FormulaSpec):
        return
    right = check.part.author_code.expectation(check.spec.expect)
    question = replace(check.question(right), mistakes=(), secret=grader.secret)
    for mutant in mutations(question):
        decision = grader.judge.decide(question, mutant, {})
        fault = f"accepted: {decision.proof}" if decision.verdict in ("equal", "undecided") else ""
        yield Trial("mutant", part.problem, f"{check.id}: {mutant}", fault, decision.seconds)


def _drift(assignment: Assignment) -> Iterator[Trial]:
    """The template that is checked in must be what the problems give."""
    for name in drift(assignment, assignment.root / "student_template"):
        fault = "differs from what the problems give: run `make template`"
        yield Trial("template", "", f"student_template/{name}", fault)


def _template(grader: Grader, reference: Submission) -> Iterator[Trial]:
    """Untouched, the template is worth nothing and says so everywhere, as files and as a notebook."""
    template = {name: text.encode() for name, text in template_files(grader.assignment).items()}
    notebook = template.pop(NOTEBOOK)
    for shape, files in (("", template), (f" in {NOTEBOOK}", {NOTEBOOK: notebook})):
        record = grader.grade(from_files(SubmissionSource("template", Path()), files, grader.assignment.modules))
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
    earned = [check.id for part in record.parts for check in part.checks if check.score]
    fault = "" if share < ALL_WRONG_SHARE else f"earns {share:.1%} with {', '.join(earned)}"
    yield Trial("all wrong", "", f"right shapes, wrong values: {share:.1%}", fault, time.perf_counter() - started)


def all_wrong(assignment: Assignment, reference: Submission) -> Submission:
    """The reference with noise of the same shape and type in the place of every result, and wrong fields."""
    noise = (Path(__file__).parent / "noise.py").read_bytes()
    files = dict(reference.files)
    for module in assignment.modules:
        override = f"\n\nfrom noise import replace_all\nreplace_all(globals(), {module!r})\n".encode()
        files[f"{module}.py"] = files.get(f"{module}.py", b"") + override
    answers = {}
    for part in assignment.parts:
        for check in part.checks:
            if isinstance(check, FormulaCheck):
                answers[part.id, check.name] = Answer(_wrong(check))
            elif isinstance(check, ChoiceCheck):
                wrong = [key for key in check.spec.options if key not in check.spec.right]
                answers[part.id, check.name] = Answer(wrong[0] if wrong else "")
    return replace(reference, id="all-wrong", files={**files, "noise.py": noise}, answers=answers)


def _wrong(check: FormulaCheck) -> str:
    """A wrong answer that follows from no other."""
    spec = check.spec
    worthless = [mistake.answer for mistake in spec.mistakes if not mistake.credit]
    follows = getattr(spec, "follows", None) or getattr(spec, "from_", ())
    return worthless[0] if worthless and not follows else "12345.678"


_WHOLE = {"reference": _reference, "template": _template, "all wrong": _all_wrong}
