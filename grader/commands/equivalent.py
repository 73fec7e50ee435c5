"""`hw11 equivalent`: the judge for authors and programs."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from grader.assignment.symbols import describe
from grader.cli import say
from grader.errors import UsageError
from grader.maths.jsonl import serve_jsonl
from grader.maths.judge_process import Judge
from grader.maths.reading.question import Question, Tolerance


def run_jsonl() -> int:
    """Answer every line of stdin, in order."""
    serve_jsonl(sys.stdin.buffer, sys.stdout)
    return 0


def run(reference: str, answer: str, *, kind: str, symbols: Sequence[str], rel: float | None) -> int:
    """Decide one pair and say how it was read."""
    declared: dict[str, object] = {}
    for symbol in symbols:
        name, _, phrase = symbol.partition(":")
        try:
            declared[name.strip()] = describe(phrase.strip() or "positive real")
        except ValueError as error:
            raise UsageError(str(error)) from error
    tolerance = None if rel is None else Tolerance(rel=rel)
    question = Question(id="", kind=kind, reference=reference, symbols=declared, tolerance=tolerance)  # type: ignore[arg-type]  # the judge says which kinds there are
    with Judge() as judge:
        decision = judge.decide(question, answer, {})
    print(decision.verdict)
    if decision.reading:
        say(f"read as   {decision.reading}")
    if decision.proof:
        say(f"proof     {decision.proof}")
    if decision.message:
        say(f"because   {decision.message}")
    return 0
