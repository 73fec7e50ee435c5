"""A student's `overfitting.csv`: losses of a fine-tune and of a soft prompt that learnt from the same few examples.

Owns how the file is read, which of its cells are made again, when it counts as evidence, and what of it is drawn.
"""

import hashlib
from collections.abc import Mapping, Sequence
from functools import lru_cache
from statistics import fmean
from typing import Any

import torch
from csv_rows import LARGEST, read_rows
from handed_out import handed_out
from torch.nn.functional import cross_entropy

COLUMNS = ("method", "steps", "seed", "train_loss", "test_loss")
METHODS, STEPS, SEEDS = ("all", "prompt"), (0, 10, 30, 100, 300), (0, 1, 2, 3)
LR = 0.1
AGAIN, AGAIN_STEPS = 2, (10, 30, 100)
SAME, SAME_LOSS = 0.02, 0.005
"""How far losses of the same training may lie apart: a share, and in nats where they are near 0."""
RISE_OFF = 0.03

Cell = tuple[str, int, int]
"""method, steps, seed"""
Table = Mapping[Cell, tuple[float, float]]
"""Losses on the examples and on new ones."""


@lru_cache(maxsize=4)
def read(data: bytes) -> Table | str:
    """The table from a file's bytes, or a sentence that says what to write."""
    rows = read_rows(data, "overfitting.csv", COLUMNS)
    return rows if isinstance(rows, str) else _table(rows)


def _table(rows: Sequence[Sequence[str]]) -> Table | str:
    table: dict[Cell, tuple[float, float]] = {}
    for number, (method, steps, seed, train, test) in enumerate(rows, start=1):
        try:
            cell, losses = (method, int(steps), int(seed)), (float(train), float(test))
        except ValueError:
            return f"overfitting.csv, row {number}: steps and seed are whole numbers, and losses are numbers"
        if method not in METHODS or cell[1] not in STEPS or cell[2] not in SEEDS:
            return (
                f"overfitting.csv, row {number}: methods are {' and '.join(METHODS)}, steps "
                f"{', '.join(map(str, STEPS))}, and seeds {SEEDS[0]} to {SEEDS[-1]}"
            )
        if not all(0 <= loss <= LARGEST for loss in losses):
            return f"overfitting.csv, row {number}: a cross-entropy is 0 or more, and finite: at most {LARGEST:g}"
        if cell in table:
            return f"overfitting.csv, row {number}: the same method, steps and seed stand there twice"
        table[cell] = losses
    return table


def _complete(table: Table) -> str | None:
    for method in METHODS:
        for steps in STEPS:
            for seed in SEEDS:
                if (method, steps, seed) not in table:
                    return f"{method}, {steps} steps, seed {seed}: a row must stand there"
    return None


def cells(table: Table, key: bytes) -> list[list[Any]]:
    """Arguments of `overfitting_reruns:prompts`: cells that the key decides, and the size of a step."""
    known = [(steps, seed) for method, steps, seed in table if method == "prompt" and steps in AGAIN_STEPS]
    ranked = sorted(known, key=lambda cell: hashlib.sha256(key + repr(cell).encode()).digest())
    return [[[list(cell) for cell in ranked[:AGAIN]], LR]]


def holds(table: Table, reruns: Sequence[tuple[Sequence[Any], Any]] | None, reference: Table | None) -> str | None:
    """A complete table that the code beside it makes, the same as the reference's."""
    says = _complete(table)
    for (again, _), found in reruns or ():
        for (steps, seed), prompt in zip(again, found, strict=True):
            says = says or _made_again(table, int(steps), int(seed), prompt)
    return says or (_near(table, reference) if reference is not None else None)


def _made_again(table: Table, steps: int, seed: int, prompt: Any) -> str | None:
    task = handed_out("few_examples").task(seed)
    vectors = torch.as_tensor(prompt, dtype=torch.float64)
    if vectors.shape != task.prompt.shape:
        return f"your `adapt` should give a prompt of shape {tuple(task.prompt.shape)}, not {tuple(vectors.shape)}"
    for saved, (embeddings, targets) in zip(table["prompt", steps, seed], (task.train, task.test), strict=True):
        with torch.no_grad():
            behind = torch.cat([vectors.expand(len(embeddings), -1, -1), embeddings], dim=1)
            logits = task.model(behind)[:, len(vectors) :]
        loss = float(cross_entropy(logits.flatten(0, 1), targets.flatten()))
        if not _same(saved, loss):
            return (
                f"prompt, {steps} steps, seed {seed}: the table says {saved:.4g}, the prompt of your `adapt` gives "
                f"{loss:.4g}. Save the table that this code made"
            )
    return None


def _same(loss: float, other: float) -> bool:
    return abs(loss - other) <= SAME * other + SAME_LOSS


def _near(table: Table, reference: Table) -> str | None:
    for (method, steps, seed), losses in reference.items():
        own = table[method, steps, seed]
        if not all(_same(loss, right) for loss, right in zip(own, losses, strict=True)):
            return (
                f"{method}, {steps} steps, seed {seed}: {own[0]:.4g} and {own[1]:.4g} are not what plain gradient "
                f"descent with steps of {LR} on {'all weights' if method == 'all' else 'the prompt'} alone gives there"
            )
    return None


def rise(data: bytes) -> float | str:
    """By how much the fine-tune's mean test loss ends above its lowest, in the student's own table."""
    table = read(data)
    if isinstance(table, str):
        return table
    return _complete(table) or _risen(table)


def rise_agrees(rise: float, claimed: float) -> str | None:
    """The typed number is that of the student's own table."""
    if abs(claimed - rise) <= RISE_OFF * abs(rise):
        return None
    return f"you typed {claimed:.3g}; in your own table the mean test loss of `all` ends {rise:.3g} above its lowest"


def _risen(table: Table) -> float:
    means = [fmean(table["all", steps, seed][1] for seed in SEEDS) for steps in STEPS]
    return means[-1] - min(means)


def losses(table: Table, reference: Table | None) -> dict[str, Any]:
    """The keys of a plot: the test loss of all weights over that of the prompt, and a curve for each loss."""
    members = [
        {
            "title": f"{method}, {kind}",
            "own": _curve(table, method, place),
            "reference": _curve(reference, method, place),
        }
        for method in METHODS
        for place, kind in enumerate(("seen", "new"))
    ]
    return {
        "title": "Test loss of the fine-tune over that of the soft prompt",
        "description": "From your own table: above 1, the soft prompt does better on new examples.",
        "x": "steps",
        "y": "test loss, all weights / prompt",
        "own": _ratios(table),
        "reference": _ratios(reference),
        "curves": {
            "title": "Loss against steps",
            "description": "From your own table: the mean over seeds, on the 16 examples seen and on new ones.",
            "x": "steps",
            "y": "loss",
            "members": members,
        },
    }


def _curve(table: Table | None, method: str, place: int) -> list[tuple[float, float]]:
    points = []
    for steps in STEPS[1:]:
        found = [own[place] for cell, own in (table or {}).items() if cell[:2] == (method, steps)]
        if found and min(found) > 0:
            points.append((float(steps), float(f"{fmean(found):.4g}")))
    return points


def _ratios(table: Table | None) -> list[tuple[float, float]]:
    tuned, prompted = (dict(_curve(table, method, 1)) for method in METHODS)
    return [(steps, float(f"{tuned[steps] / prompted[steps]:.4g}")) for steps in tuned if steps in prompted]
