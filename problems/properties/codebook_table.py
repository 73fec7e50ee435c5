"""A student's `codebooks.csv`: what storing weights in few bits costs, by k-means and in equal steps.

Owns how the file is read, which of its cells are made again, when it counts as evidence, and what of it is drawn.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from statistics import fmean
from typing import Any

import torch
from containers import as_tensor
from csv_rows import LARGEST, read_rows
from handed_out import handed_out

NAMES = ("bell", "even")
BITS = (1, 2, 3, 4, 5)
COLUMNS = ("weights", "method", "bits", "seed", "error")
METHODS = ("kmeans", "linear")
FEWEST_SEEDS = 3
AGAIN, AGAIN_BITS = 3, (2, 3, 4)
"""So many cells are made again, of these numbers of bits: no clustering of them takes long."""
SAME = 0.01
NEAR = 2.5
"""How many times another k-means may lose as much as the reference's: where it starts decides, most at 5 bits."""
GAIN_AT, GAIN_OFF = 3, 0.05

Key = tuple[str, str, int]
"""weights, method, bits"""
Cell = tuple[str, int, int]
"""weights, bits, seed"""


@dataclass(frozen=True, eq=False)
class Table:
    """(weights, method, bits) -> seed -> mean squared error; equal to itself alone."""

    errors: Mapping[Key, Mapping[int, float]]

    def mean(self, weights: str, method: str, bits: int) -> float:
        """Over all seeds."""
        return fmean(self.errors[weights, method, bits].values())


def read(data: bytes) -> Table | str:
    """The table from a file's bytes, or a sentence that says what to write."""
    return _read(data)


@lru_cache(maxsize=4)
def _read(data: bytes) -> Table | str:
    rows = read_rows(data, "codebooks.csv", COLUMNS)
    return rows if isinstance(rows, str) else _table(rows)


def _table(rows: Sequence[Sequence[str]]) -> Table | str:
    errors: dict[Key, dict[int, float]] = {}
    for number, (weights, method, bits, seed, error) in enumerate(rows, start=1):
        try:
            key, place, value = (weights, method, int(bits)), int(seed or 0), float(error)
        except ValueError:
            return f"codebooks.csv, row {number}: bits and seed are whole numbers, and error is a number"
        if weights not in NAMES or method not in METHODS or key[2] not in BITS or not 0 <= place < 2**31:
            return (
                f"codebooks.csv, row {number}: weights are {' or '.join(NAMES)}, methods {' or '.join(METHODS)}, bits "
                f"{BITS[0]} to {BITS[-1]}, and seeds 0 or more"
            )
        if not 0 < value <= LARGEST:
            return f"codebooks.csv, row {number}: the error is a mean of squares, above 0 and at most {LARGEST:g}"
        if place in errors.setdefault(key, {}):
            return f"codebooks.csv, row {number}: the same weights, method, bits and seed stand there twice"
        errors[key][place] = value
    return Table(errors)


def _complete(table: Table) -> str | None:
    for weights in NAMES:
        for method, fewest in zip(METHODS, (FEWEST_SEEDS, 1), strict=True):
            for bits in BITS:
                if len(table.errors.get((weights, method, bits), ())) < fewest:
                    seeds = f"at least {fewest} seeds" if fewest > 1 else "a row"
                    return f"{weights}, {method}, {bits} bits: {seeds} must stand there"
            means = [table.mean(weights, method, bits) for bits in BITS]
            if min(means) != means[-1] or max(means) != means[0]:
                return f"{weights}, {method}: the error must fall from {BITS[0]} bit to {BITS[-1]} bits"
    return None


def cells(table: Table, key: bytes) -> list[list[Any]]:
    """Arguments of `codebook_reruns:clustered`: cells that the key decides."""
    known: list[Cell] = [
        (weights, bits, seed)
        for (weights, method, bits), seeds in table.errors.items()
        for seed in seeds
        if method == "kmeans" and bits in AGAIN_BITS
    ]
    ranked = sorted(known, key=lambda cell: hashlib.sha256(key + repr(cell).encode()).digest())
    return [[[list(cell) for cell in ranked[:AGAIN]]]]


def holds(table: Table, reruns: Sequence[tuple[Sequence[Any], Any]] | None, reference: Table | None) -> str | None:
    """A complete table that the code beside it makes, near the reference's."""
    says = _complete(table)
    for (again,), found in reruns or ():
        for cell, (codebook, labels) in zip(again, found, strict=True):
            says = says or _made_again(table, cell, codebook, labels)
    return says or (_near(table, reference) if reference is not None else None)


def _made_again(table: Table, cell: Sequence[Any], codebook: Any, labels: Any) -> str | None:
    weights, bits, seed = str(cell[0]), int(cell[1]), int(cell[2])
    saved = table.errors[weights, "kmeans", bits][seed]
    values, places = as_tensor(codebook, torch.float64).flatten(), as_tensor(labels).long().flatten()
    error = float((values[places] - handed_out("codebook_weights").load(weights)).square().mean())
    if abs(saved - error) <= SAME * error:
        return None
    return (
        f"{weights}, {bits} bits, seed {seed}: the table says {saved:.4g}, your `kmeans_quantize` with that generator "
        f"gives {error:.4g}. Save the table that this code made"
    )


def _near(table: Table, reference: Table) -> str | None:
    for weights in NAMES:
        for bits in BITS:
            own, right = (one.mean(weights, "linear", bits) for one in (table, reference))
            if abs(own - right) > SAME * right:
                return (
                    f"{weights}, linear, {bits} bits: {own:.4g} is no error of equal steps from the smallest weight to "
                    "the largest, with a rounded zero point"
                )
            own, right = (one.mean(weights, "kmeans", bits) for one in (table, reference))
            if not right / NEAR < own < right * NEAR:
                return f"{weights}, kmeans, {bits} bits: {own:.4g} is far from what a k-means loses here"
    return None


def gain(data: bytes) -> float | str:
    """How many times k-means' error the linear one is, in the student's own table; a sentence where it says nothing."""
    table = read(data)
    if isinstance(table, str):
        return table
    return _complete(table) or _gain(table, "bell", GAIN_AT)


def gain_agrees(gain: float, claimed: float) -> str | None:
    """The typed factor is that of the student's own table."""
    if abs(claimed - gain) <= GAIN_OFF * gain:
        return None
    return f"you typed {claimed:.3g}; in your own table the linear error is {gain:.2f} times that of k-means"


def _gain(table: Table, weights: str, bits: int) -> float:
    return table.mean(weights, "linear", bits) / table.mean(weights, "kmeans", bits)


def errors_and_gain(table: Table, reference: Table | None) -> dict[str, Any]:
    """The keys of a plot: how much k-means gains, and a curve of errors for each set of weights and method."""
    members = [
        {
            "title": f"{weights}, {method}",
            "own": _curve(table, weights, method),
            "reference": _curve(reference, weights, method),
        }
        for weights in NAMES
        for method in METHODS
    ]
    return {
        "title": "Linear error over k-means error, bell-shaped weights",
        "description": "From your own table: above 1, k-means loses less.",
        "x": "values in the codebook",
        "y": "linear error / k-means error",
        "own": _gains(table),
        "reference": _gains(reference),
        "curves": {
            "title": "Mean squared error against the number of values",
            "description": "From your own table: the mean over seeds.",
            "x": "values",
            "y": "error",
            "members": members,
        },
    }


def _curve(table: Table | None, weights: str, method: str) -> list[tuple[float, float]]:
    known = [] if table is None else [bits for bits in BITS if (weights, method, bits) in table.errors]
    return [(float(2**bits), _rounded(table.mean(weights, method, bits))) for bits in known if table is not None]


def _gains(table: Table | None) -> list[tuple[float, float]]:
    if table is None or _complete(table) is not None:
        return []
    return [(float(2**bits), _rounded(_gain(table, "bell", bits))) for bits in BITS]


def _rounded(value: float) -> float:
    return float(f"{value:.4g}")
