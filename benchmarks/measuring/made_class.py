"""A class to measure with: submissions of this homework as students hand them in, made from the reference.

Owns the mix. Of every typed answer a share is replaced by a listed mistake, by nonsense, or left empty; of every
function a share by a planted wrong variant or the template's stub, or an operator of it is changed. Some typed answers
are spelt otherwise, so that few are the same text, and no two tables hold the same numbers. Everything is drawn from
one seed. Writes folders; grades nothing.
"""

from __future__ import annotations

import ast
import random
from collections.abc import Iterator
from pathlib import Path

import yaml

from grader.assignment.model import Assignment

ROUNDING = 1e-5
"""Relative: far below what a check forgives, so that everybody's table is theirs, and right."""
WRONG_ANSWER, EMPTY_ANSWER, RESPELT_ANSWER = 0.22, 0.06, 0.3
PLANTED_FUNCTION, STUB_FUNCTION, MUTATED_MODULE = 0.15, 0.06, 0.15
_SWAPS: dict[type[ast.operator], type[ast.operator]] = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Add}


def make_class(assignment: Assignment, folder: Path, count: int, seed: int = 11) -> None:
    """Write `count` submissions, `s0000` and on."""
    reference = assignment.root / "reference"
    right = yaml.safe_load((reference / "answers.yaml").read_text(encoding="utf-8"))
    for number in range(count):
        rng = random.Random(seed * 1_000_003 + number)  # noqa: S311 — a class, no secret
        place = folder / f"s{number:04d}"
        place.mkdir(parents=True)
        for module in assignment.modules:
            (place / f"{module}.py").write_text(_module(assignment, module, rng), encoding="utf-8")
        saved = {getattr(check, "file", None) for part in assignment.parts for check in part.spec.checks}
        for name in sorted(filter(None, saved)):
            (place / name).write_text(
                _measured_again((reference / name).read_text(encoding="utf-8"), rng), encoding="utf-8"
            )
        answers = _answers(assignment, right, rng)
        answers["student"] = {"name": f"Student {number}", "id": f"{number:06d}"}
        (place / "answers.yaml").write_text(yaml.safe_dump(answers, allow_unicode=True), encoding="utf-8")


def _measured_again(table: str, rng: random.Random) -> str:
    """A table whose last column is a little different everywhere, as another machine would give it."""
    head, *rows = table.splitlines()
    changed = []
    for row in rows:
        before, _, last = row.rpartition(",")
        changed.append(f"{before},{float(last or 'nan') * (1 + rng.uniform(-ROUNDING, ROUNDING)):.9g}")
    return "\n".join([head, *changed, ""])


def _answers(assignment: Assignment, right: dict[str, dict[str, object]], rng: random.Random) -> dict[str, object]:
    typed: dict[str, object] = {}
    for part in assignment.parts:
        answers = dict(right.get(part.id, {}))
        for name, spec in part.fields.items():
            if name not in answers:
                continue
            chance = rng.random()
            mistakes = [mistake.answer for mistake in getattr(spec, "mistakes", ())]
            options = list(getattr(spec, "options", ()))
            if chance < EMPTY_ANSWER:
                answers[name] = ""
            elif chance < EMPTY_ANSWER + WRONG_ANSWER:
                answers[name] = rng.choice(mistakes or options or [f"{rng.uniform(0.1, 99):.3g}"])
            elif chance < EMPTY_ANSWER + WRONG_ANSWER + RESPELT_ANSWER and spec.kind == "expr":
                up, down = rng.randint(2, 9), rng.randint(2, 9)
                answers[name] = f"({answers[name]}) * {up}/{down} * {down}/{up}"
        typed[part.id] = answers
    return typed


def _module(assignment: Assignment, module: str, rng: random.Random) -> str:
    """The reference's module, spoilt here and there."""
    source = (assignment.root / "reference" / f"{module}.py").read_text(encoding="utf-8")
    if rng.random() < MUTATED_MODULE:
        source = _mutated(source, rng)
    for function, variants in _planted(assignment, module):
        chance = rng.random()
        if chance < PLANTED_FUNCTION and variants:
            file, _, variant = rng.choice(variants).partition(":")
            wrong = (assignment.root / "reference" / "mistakes" / f"{file}.py").read_text(encoding="utf-8")
            source += f"\n\n_here = dict(globals())\n{wrong}\n_planted = {variant}\n"
            source += f"globals().update(_here)\n{function} = _planted\n"
        elif chance < PLANTED_FUNCTION + STUB_FUNCTION:
            source += f"\n\ndef {function}(*args, **kwargs):\n    raise NotImplementedError\n"
    return source


def _planted(assignment: Assignment, module: str) -> Iterator[tuple[str, list[str]]]:
    """Every function of a module that is called, and its planted wrong variants."""
    variants: dict[str, list[str]] = {}
    for part in assignment.parts:
        for run in part.spec.runs:
            where, _, function = (run.call or "").rpartition(".")
            if where == module:
                variants.setdefault(function, []).extend(mistake.code for mistake in run.mistakes)
    return iter(variants.items())


def _mutated(source: str, rng: random.Random) -> str:
    """One operator changed."""
    tree = ast.parse(source)
    places = [node for node in ast.walk(tree) if isinstance(node, ast.BinOp) and type(node.op) in _SWAPS]
    if places:
        chosen = rng.choice(places)
        chosen.op = _SWAPS[type(chosen.op)]()
    return ast.unparse(tree)
