"""Whether an assignment deserves trust: the checks are checked.

Owns the proof that the reference earns every automatic point, that every planted wrong answer is caught with
its own message, that the untouched template earns nothing, and that looking right is not enough. Used by CI.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from grader.checks.base import Check, Context
from grader.checks.call import CallCheck
from grader.checks.choice import ChoiceCheck
from grader.checks.expectation import FormulaSpec
from grader.checks.typed import TypedCheck
from grader.grade import Grader
from grader.kit import drift, template_files
from grader.maths.mistakes import mutations
from grader.problem.model import Assignment, Part
from grader.record import CheckRecord, GradeRecord, Outcome, Verdict
from grader.sandbox.base import Limits, Turn
from grader.submission.load import Found, load_submission
from grader.submission.model import Answer, Submission

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


def validate(grader: Grader) -> Iterator[Trial]:
    """Try everything an assignment promises; one trial at a time, so that progress can be shown."""
    assignment = grader.assignment
    reference = load_reference(assignment)
    record = grader.grade(reference)
    yield from _reference(assignment, record)
    outcomes = _outcomes(grader, reference)
    for part in assignment.parts:
        for check in part.checks:
            yield from _typed_mistakes(grader, part, check, reference, outcomes)
            yield from _code_mistakes(grader, part, check, reference)
            yield from _mutants(grader, part, check)
    yield from _template(grader)
    yield _all_wrong(grader, reference)


def load_reference(assignment: Assignment) -> Submission:
    """The reference as a submission."""
    return load_submission(Found("reference", assignment.root / "reference"), assignment.modules)


def _reference(assignment: Assignment, record: GradeRecord) -> Iterator[Trial]:
    for part, graded in zip(assignment.parts, record.parts, strict=True):
        for check in graded.checks:
            right = check.verdict in (Verdict.CORRECT, Verdict.NEEDS_REVIEW)
            fault = "" if right else f"the reference is {check.verdict}: {check.message} {check.staff}".strip()
            yield Trial("reference", part.problem, check.id, fault, check.seconds)


def _outcomes(grader: Grader, reference: Submission) -> Mapping[str, Outcome]:
    """The reference's typed outcomes, which follow-through looks back at."""
    context = Context(reference, grader.judge, grader.secret)
    for part in grader.assignment.parts:
        for check in part.checks:
            if not check.probes(context):
                context.outcomes[check.id] = check.judge(context, ())
    return context.outcomes


def _typed_mistakes(
    grader: Grader, part: Part, check: Check, reference: Submission, outcomes: Mapping[str, Outcome]
) -> Iterator[Trial]:
    """Every listed wrong answer, alone among right ones, must be known for what it is."""
    if isinstance(check, TypedCheck):
        wrong = [(m.answer, m.says, m.credit) for m in check.spec.mistakes]
    elif isinstance(check, ChoiceCheck):
        options = check.spec.options.items()
        wrong = [(key, option.says, 0.0) for key, option in options if key not in check.spec.right]
    else:
        return
    for answer, says, credit in wrong:
        started = time.perf_counter()
        changed = replace(reference, answers={**reference.answers, (part.id, check.name): Answer(answer)})
        outcome = check.judge(Context(changed, grader.judge, grader.secret, dict(outcomes)), ())
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
        fault = ""
        if outcome.verdict in (Verdict.CORRECT, Verdict.HARNESS_ERROR):
            fault = f"{mistake.code} is {outcome.verdict}: {outcome.staff}"
        elif mistake.says not in outcome.message:
            fault = f"{mistake.code} is caught, but told {outcome.message!r}, not {mistake.says!r}"
        yield Trial("code mistake", part.problem, f"{check.id}: {mistake.code}", fault, time.perf_counter() - started)


def _run(grader: Grader, part: Part, check: Check, submission: Submission) -> Outcome:
    context = Context(submission, grader.judge, grader.secret)
    turn = Turn(check.id, tuple(check.probes(context)), Limits(cpu_seconds=part.spec.cpu_seconds))
    return check.judge(context, grader.executor.observe(submission.files, [turn]))


def _mutants(grader: Grader, part: Part, check: Check) -> Iterator[Trial]:
    """Every single edit of a right formula must be rejected."""
    if not isinstance(check, TypedCheck) or not isinstance(check.spec, FormulaSpec):
        return
    right = check.part.library.expectation(check.spec.expect)
    question = replace(check.question(right), mistakes=(), secret=grader.secret)
    for mutant in mutations(question):
        decision = grader.judge.decide(question, mutant, {})
        fault = f"accepted: {decision.proof}" if decision.verdict in ("equal", "undecided") else ""
        yield Trial("mutant", part.problem, f"{check.id}: {mutant}", fault, decision.seconds)


def _template(grader: Grader) -> Iterator[Trial]:
    """The template is what the problems give, and untouched it is worth nothing and says so everywhere."""
    assignment = grader.assignment
    for name in drift(assignment, assignment.root / "student_template"):
        fault = "differs from what the problems give: run `make template`"
        yield Trial("template", "", f"student_template/{name}", fault)
    files = {name: text.encode() for name, text in template_files(assignment).items()}
    submission = Submission(id="template", files={n: c for n, c in files.items() if n.endswith(".py")})
    record = grader.grade(submission)
    for part, graded in zip(assignment.parts, record.parts, strict=True):
        for check in graded.checks:
            yield Trial("template", part.problem, check.id, _not_started_fault(check), check.seconds)


def _not_started_fault(check: CheckRecord) -> str:
    if check.verdict not in (Verdict.MISSING, Verdict.BLOCKED):
        return f"an untouched template is {check.verdict}: {check.message}"
    return f"an untouched template earns {check.score:g}" if check.score else ""


def _all_wrong(grader: Grader, reference: Submission) -> Trial:
    """Right shapes with wrong numbers, and a wrong answer in every field, must stay nearly worthless."""
    started = time.perf_counter()
    record = grader.grade(all_wrong(grader.assignment, reference))
    share = (record.score + record.awaiting_review) / record.max_score
    earned = [check.id for part in record.parts for check in part.checks if check.score]
    fault = "" if share < ALL_WRONG_SHARE else f"earns {share:.1%} with {', '.join(earned)}"
    return Trial("all wrong", "", f"right shapes, wrong values: {share:.1%}", fault, time.perf_counter() - started)


def all_wrong(assignment: Assignment, reference: Submission) -> Submission:
    """The reference with noise of the same shape and type in the place of every result, and wrong fields."""
    scramble = (Path(__file__).parent / "scramble.py").read_bytes()
    files = dict(reference.files)
    for module in assignment.modules:
        override = f"\n\nfrom scramble import scramble_all\nscramble_all(globals(), {module!r})\n".encode()
        files[f"{module}.py"] = files.get(f"{module}.py", b"") + override
    answers = {}
    for part in assignment.parts:
        for check in part.checks:
            if isinstance(check, TypedCheck):
                answers[part.id, check.name] = Answer(_wrong(check))
            elif isinstance(check, ChoiceCheck):
                wrong = [key for key in check.spec.options if key not in check.spec.right]
                answers[part.id, check.name] = Answer(wrong[0] if wrong else "")
    return replace(reference, id="all-wrong", files={**files, "scramble.py": scramble}, answers=answers)


def _wrong(check: TypedCheck) -> str:
    worthless = [mistake.answer for mistake in check.spec.mistakes if not mistake.credit]
    return worthless[0] if worthless else "12345.678"
