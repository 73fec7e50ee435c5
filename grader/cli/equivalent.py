"""`hw11 equivalent`: say whether an answer equals a reference.

Owns the options. Deciding, and the protocol of `--jsonl`, belong to `grader.maths`.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

import click

from grader.assignment.symbols import describe
from grader.cli.output import say, with_exit_codes
from grader.errors import UnusableQuestion, UsageError
from grader.maths.jsonl import serve_jsonl
from grader.maths.judge_process import Judge
from grader.maths.reading.question import Question, Tolerance


@click.command()
@click.argument("reference", required=False)
@click.argument("answer", required=False)
@click.option("--jsonl", is_flag=True, help="Answer JSON lines on stdin, one for one.")
@click.option(
    "--kind",
    default="expr",
    help="expr, matrix, equation, number, quantity, set, … [default: expr].",
)
@click.option("--symbol", "symbols", multiple=True, help="Declare one: `m: positive integer` (may be repeated).")
@click.option("--rel", type=float, help="Relative tolerance [default: exact].")
@with_exit_codes
def command(
    reference: str | None, answer: str | None, *, jsonl: bool, kind: str, symbols: Sequence[str], rel: float | None
) -> int:
    """Say whether an answer equals a reference."""
    if jsonl:
        serve_jsonl(sys.stdin.buffer, sys.stdout)
        return 0
    if reference is None or answer is None:
        raise UsageError("give REFERENCE and ANSWER, or --jsonl")
    declared: dict[str, object] = {}
    for symbol in symbols:
        name, _, phrase = symbol.partition(":")
        try:
            declared[name.strip()] = describe(phrase.strip() or "positive real")
        except ValueError as error:
            raise UsageError(str(error)) from error
    tolerance = None if rel is None else Tolerance(rel=rel)
    question = Question(id="", kind=kind, reference=reference, symbols=declared, tolerance=tolerance)
    try:
        with Judge() as judge:
            decision = judge.decide(question, answer, {})
    except UnusableQuestion as error:
        raise UsageError(f"{error} (names are declared with --symbol 'x: real')") from error
    print(decision.verdict)
    if decision.reading:
        say(f"read as   {decision.reading}")
    if decision.proof:
        say(f"proof     {decision.proof}")
    if decision.message:
        say(f"because   {decision.message}")
    return 0
