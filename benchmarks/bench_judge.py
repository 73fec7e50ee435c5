"""The judge against two ways of comparing answers that others use, on the public table of cases.

Prints Markdown, which `docs/benchmarks.md` holds as it is. Run: `python benchmarks/bench_judge.py [--every 3]`.
Math-Verify is compared where an interpreter that has it is named, best one of an environment of its own:
`python -m venv /tmp/mv && /tmp/mv/bin/pip install math-verify`, then `--math-verify /tmp/mv/bin/python`.
"""

from __future__ import annotations

import argparse
import builtins
import json
import select
import statistics
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

if "--serve" not in sys.argv:  # a contestant's interpreter need not have what we need
    from measuring import markdown

    from grader.maths.judge_process import Judge
    from grader.maths.reading.question import Question

    sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))
    from equivalence_table import Row, rows

METHOD = """
Every answer goes to each contestant in turn, in one run, because only ratios carry over to another machine: this judge
with nothing cached; SymPy as most graders use it (`simplify(parse_expr(answer) - reference)`, with the declared
assumptions); and Math-Verify, by the interpreter that `--math-verify` names. Each of the two others runs in a process
of its own that is killed at a limit, since they have none that holds. Scalar formulas only: neither of the others
claims more. *Executed* counts an answer that leaves a harmless mark if anything evaluates it.
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


def serve() -> None:
    """Answer lines of JSON until there are no more; the child's side of a contestant."""
    contestant = CONTESTANTS[sys.argv[-1]]
    contestant("x", "x", {"x": {"positive": True}})
    answers, sys.stdout = sys.stdout, sys.stderr  # what a contestant prints is no answer
    print("ready", file=answers, flush=True)
    for line in sys.stdin:
        print(contestant(*json.loads(line)), file=answers, flush=True)


class Contestant:
    """Another way of comparing, in a process of an interpreter that has it, killed when it takes too long."""

    def __init__(self, name: str, python: str) -> None:
        self.name = name
        self.command = [python, str(Path(__file__).resolve()), "--serve", name]
        self._start()

    def _start(self) -> None:
        self.process = subprocess.Popen(
            self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        self._line(60.0)

    def _line(self, seconds: float) -> str | None:
        """The next line that the process writes; None where it takes too long."""
        assert self.process.stdout is not None
        ready, _, _ = select.select([self.process.stdout], [], [], seconds)
        return self.process.stdout.readline().decode().strip() if ready else None

    def __call__(self, row: Row) -> tuple[Verdict, float]:
        """The verdict on one answer and the seconds that it took."""
        assert self.process.stdin is not None
        started = time.perf_counter()
        asked = [row.question.reference, str(row.answer), dict(row.question.symbols)]
        self.process.stdin.write(json.dumps(asked).encode() + b"\n")
        self.process.stdin.flush()
        said = self._line(LIMIT)
        if said:
            return said, time.perf_counter() - started
        self.process.kill()
        self.process.wait()
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
    """Run every contestant that can be run and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--every", type=int, default=1, help="take every n-th row only")
    parser.add_argument("--math-verify", default=sys.executable, help="a Python that has Math-Verify installed")
    chosen = parser.parse_args()
    pythons = dict.fromkeys(CONTESTANTS, sys.executable)
    has_it = [chosen.math_verify, "-c", "import math_verify"]
    if subprocess.run(has_it, capture_output=True, check=False).returncode:
        del pythons["Math-Verify"]
        print("Math-Verify is not installed there and is left out: see --help", file=sys.stderr)
    else:
        pythons["Math-Verify"] = chosen.math_verify
    markdown.section("The judge", METHOD)
    markdown.machine()
    with Judge() as judge:
        others = [Contestant(name, python) for name, python in pythons.items()]
        print(table([Ours(judge), *others], chosen.every), end="\n\n")


if __name__ == "__main__":
    serve() if "--serve" in sys.argv else main()
