"""The judge against two ways of comparing answers that others use, on the public table of cases.

Prints Markdown, which `docs/benchmarks.md` holds as it is. Run: `python benchmarks/bench_judge.py [--every 3]`.
"""

from __future__ import annotations

import argparse
import builtins
import importlib.util
import multiprocessing
import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from measuring import markdown

from grader.maths.judge_process import Judge
from grader.maths.reading.question import Question

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))
from equivalence_table import Row, rows

METHOD = """
Every answer goes to each contestant in turn, in one run, because only ratios carry over to another machine: this judge
with nothing cached; SymPy as most graders use it (`simplify(parse_expr(answer) - reference)`, with the declared
assumptions); and Math-Verify, if it is installed. Each of the two others runs in a process of its own that is killed at
a limit, since they have none that holds. Scalar formulas only: neither of the others claims more. *Executed* counts an
answer that leaves a harmless mark if anything evaluates it.
"""
LIMIT = 3.0
CANARY = "__import__('builtins').__dict__.__setitem__('was_executed', True)"
"""An answer that leaves a harmless mark if anything executes it."""

Verdict = str
"""`accepts`, `rejects`, `times out` or `executes`."""


def plain_sympy(reference: str, answer: str, symbols: Mapping[str, Any]) -> Verdict:
    """What a few lines of SymPy do, with the names and assumptions of the question."""
    import sympy
    from sympy.parsing.sympy_parser import (
        convert_xor,
        implicit_multiplication_application,
        parse_expr,
        standard_transformations,
    )

    names = {
        name: sympy.Symbol(name, **{key: True for key in ("positive", "integer", "real") if properties.get(key)})
        for name, properties in symbols.items()
        if name != "_constraints"
    }
    names["round"] = sympy.Function("round")
    rules = (*standard_transformations, convert_xor, implicit_multiplication_application)
    try:
        right, found = (parse_expr(text, local_dict=dict(names), transformations=rules) for text in (reference, answer))
        equal = bool(sympy.simplify(found - right) == 0)
    except Exception:  # noqa: BLE001  # what a contestant raises is its rejection
        equal = False
    return "executes" if hasattr(builtins, "was_executed") else "accepts" if equal else "rejects"


def math_verify(reference: str, answer: str, symbols: Mapping[str, Any]) -> Verdict:
    """Math-Verify's own `parse` and `verify`, reading both sides as LaTeX or as text."""
    from math_verify import parse, verify

    try:
        right, found = (
            parse(f"${text}$" if "\\" in text else text, parsing_timeout=None) for text in (reference, answer)
        )
        equal = bool(verify(right, found, timeout_seconds=None))
    except Exception:  # noqa: BLE001  # what a contestant raises is its rejection
        equal = False
    return "accepts" if equal else "rejects"


CONTESTANTS: dict[str, Callable[[str, str, Mapping[str, Any]], Verdict]] = {
    "SymPy, `simplify(a - b)`": plain_sympy,
    "Math-Verify": math_verify,
}


def _serve(name: str, connection: Connection) -> None:
    """Answer until the pipe closes; the child's side of a contestant."""
    contestant = CONTESTANTS[name]
    contestant("x", "x", {"x": {"positive": True}})
    connection.send("ready")
    while True:
        try:
            connection.send(contestant(*connection.recv()))
        except EOFError:
            return


class Contestant:
    """Another way of comparing, in a process that is killed when it takes too long."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._start()

    def _start(self) -> None:
        context = multiprocessing.get_context("spawn")
        self.connection, theirs = context.Pipe()
        self.process = context.Process(target=_serve, args=(self.name, theirs), daemon=True)
        self.process.start()
        self.connection.recv()

    def __call__(self, row: Row) -> tuple[Verdict, float]:
        """The verdict on one answer and the seconds that it took."""
        started = time.perf_counter()
        self.connection.send((row.question.reference, str(row.answer), dict(row.question.symbols)))
        if self.connection.poll(LIMIT):
            return self.connection.recv(), time.perf_counter() - started
        self.process.kill()
        self.process.join()
        self._start()
        return "times out", LIMIT


class Ours:
    """This judge, with its worker started and nothing cached."""

    name = "hw11"

    def __init__(self, judge: Judge) -> None:
        self.judge = judge
        judge.wait()

    def __call__(self, row: Row) -> tuple[Verdict, float]:
        """The verdict on one answer and the seconds that it took."""
        started = time.perf_counter()
        verdict = self.judge.decide(row.question, row.answer).verdict
        return "accepts" if verdict == "equal" else "rejects", time.perf_counter() - started


def scalar_rows(every: int) -> list[Row]:
    """Right and wrong formulas of the table, bombs and other hostile text, and the canary."""
    chosen = [row for row in rows() if row.question.kind == "expr" and isinstance(row.answer, str)][::every]
    question = Question("canary", "expr", "x", {"x": {"positive": True}})
    return [*chosen, Row("hostile", "canary", question, CANARY, "invalid")]


def table(contestants: list[Any], every: int) -> str:
    """Every contestant on every row, as Markdown."""
    seconds: dict[str, list[float]] = {contestant.name: [] for contestant in contestants}
    counts: dict[str, Counter[str]] = {contestant.name: Counter() for contestant in contestants}
    chosen = scalar_rows(every)
    right = sum(row.verdict == "equal" for row in chosen)
    for row in chosen:
        for contestant in contestants:
            verdict, took = contestant(row)
            seconds[contestant.name].append(took)
            counts[contestant.name][verdict] += 1
            counts[contestant.name][f"{verdict}, {'right' if row.verdict == 'equal' else 'wrong'}"] += 1
    base = seconds[contestants[0].name]
    lines = [
        f"{right} right and {len(chosen) - right} wrong, malformed or hostile answers, limit {LIMIT:g} s.",
        "",
        "| | false rejects | false accepts | executed | timed out | median | 99th percentile | total |",
        "|---|--:|--:|--:|--:|--:|--:|--:|",
    ]
    for name, took in seconds.items():
        count = counts[name]
        missed = right - count["accepts, right"]
        times = [ratio(statistics.median(took), statistics.median(base)), ratio(p99(took), p99(base))]
        total = ratio(sum(took), sum(base))
        lines.append(
            f"| {name} | {missed} ({missed / right:.0%}) | {count['accepts, wrong']} | {count['executes']} "
            f"| {count['times out']} | {times[0]} | {times[1]} | {total} |"
        )
    return "\n".join(lines)


def ratio(seconds: float, base: float) -> str:
    """A time as a multiple of ours; ours in milliseconds."""
    return f"{1e3 * seconds:.1f} ms" if seconds == base else f"{seconds / base:.1f}×"


def p99(seconds: list[float]) -> float:
    """The 99th percentile."""
    return sorted(seconds)[int(0.99 * (len(seconds) - 1))]


def main() -> None:
    """Run every contestant that is installed and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--every", type=int, default=1, help="take every n-th row only")
    chosen = parser.parse_args()
    names = list(CONTESTANTS)
    if importlib.util.find_spec("math_verify") is None:
        names.remove("Math-Verify")
        print("Math-Verify is not installed and is left out: pip install math-verify", file=sys.stderr)
    markdown.section("The judge", METHOD)
    markdown.machine()
    with Judge() as judge:
        print(table([Ours(judge), *(Contestant(name) for name in names)], chosen.every), end="\n\n")


if __name__ == "__main__":
    main()
