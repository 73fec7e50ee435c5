"""A student's `sensitivity.csv`: how accurate the small network is with one of its layers pruned.

Owns how the file is read, which of its cells are made again, when it counts as evidence, what is read off it, and what
of it is drawn.
"""

import hashlib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any

import torch
from containers import as_tensor
from csv_rows import read_rows
from handed_out import handed_out

LAYERS = ("conv1", "conv2", "conv3", "classifier")
COLUMNS = ("layer", "sparsity", "accuracy")
WIDEST_STEP, LAST = 0.1, 0.9
SAME = 0.007
"""Two of the 320 images: what rounding of the table, or of sums near a tie, may change."""
AGAIN = 3
DROP = 0.1
CRITICAL_OFF = 0.025
MOST_DRAWN = 32
NUMBERS = 1e-9


@dataclass(frozen=True, eq=False)
class Table:
    """layer -> sparsity, increasing -> accuracy; equal to itself alone."""

    accuracies: Mapping[str, Mapping[float, float]]


def read(data: bytes) -> Table | str:
    """The table from a file's bytes, or a sentence that says what to write."""
    return _read(data)


@lru_cache(maxsize=4)
def _read(data: bytes) -> Table | str:
    rows = read_rows(data, "sensitivity.csv", COLUMNS)
    return rows if isinstance(rows, str) else _table(rows)


def _table(rows: Sequence[Sequence[str]]) -> Table | str:
    found: dict[str, dict[float, float]] = {layer: {} for layer in LAYERS}
    for number, (layer, *texts) in enumerate(rows, start=1):
        where = f"sensitivity.csv, row {number}"
        try:
            sparsity, accuracy = (float(text) for text in texts)
        except ValueError:
            return f"{where}: sparsity and accuracy are numbers"
        if layer not in found:
            return f"{where}: no layer {layer[:40]!r}; there are {', '.join(LAYERS)}"
        if not (0 <= sparsity <= 1 and 0 <= accuracy <= 1):
            return f"{where}: sparsity and accuracy are shares, from 0 to 1 (not percentages)"
        sparsity = round(sparsity, 9)
        if sparsity in found[layer]:
            return f"{where}: the same layer and sparsity stand there twice"
        found[layer][sparsity] = accuracy
    return Table({layer: dict(sorted(points.items())) for layer, points in found.items()})


def _complete(table: Table) -> str | None:
    for layer, points in table.accuracies.items():
        shares = list(points)
        if not shares or shares[0] > 0:
            return f"{layer}: the first row should be that of sparsity 0, the network as it is"
        for before, after in pairwise([*shares, math.inf]):
            if after - before > WIDEST_STEP + NUMBERS and before < LAST - NUMBERS:
                return f"{layer}: after sparsity {before:g} the next one is at most {WIDEST_STEP} larger, up to {LAST}"
    dense = {points[0.0] for points in table.accuracies.values()}
    return None if len(dense) == 1 else "at sparsity 0 nothing is removed, so every layer has the same accuracy there"


def cells(table: Table, key: bytes) -> list[list[Any]]:
    """Arguments of `pruning_reruns:masks`: cells that the key decides, of those where the number to go is plain."""
    known = [
        (layer, share)
        for layer, points in table.accuracies.items()
        for share in points
        if 0 < share < 1 and abs(share * _weight(layer).numel() % 1 - 0.5) > 1e-6
    ]
    ranked = sorted(known, key=lambda cell: hashlib.sha256(key + repr(cell).encode()).digest())
    return [[[list(cell) for cell in ranked[:AGAIN]]]]


def _weight(layer: str) -> torch.Tensor:
    weight: torch.Tensor = _network().get_submodule(layer).get_parameter("weight")
    return weight


@lru_cache(maxsize=1)
def _network() -> Any:
    return handed_out("small_convnet").load()


def holds(table: Table, reruns: Sequence[tuple[Sequence[Any], Any]] | None, reference: Table | None) -> str | None:
    """A complete table that the code beside it makes, near the reference's."""
    says = _complete(table)
    for (again,), found in reruns or ():
        for (layer, share), mask in zip(again, found, strict=True):
            says = says or _made_again(table, str(layer), float(share), mask)
    return says or (_near(table, reference) if reference is not None else None)


def _made_again(table: Table, layer: str, share: float, mask: Any) -> str | None:
    kept, weight = as_tensor(mask), _weight(layer)
    if kept.shape != weight.shape or not ((kept == 0) | (kept == 1)).all():
        return f"{layer}, sparsity {share:g}: `magnitude_mask` gives no mask of the shape of its weights"
    accuracy, saved = _pruned_accuracy(layer, kept.bool()), table.accuracies[layer][share]
    if abs(saved - accuracy) <= SAME:
        return None
    return (
        f"{layer}, sparsity {share:g}: the table says {saved:.3f}, the network with what your `magnitude_mask` keeps "
        f"has {accuracy:.3f}. Save the table that this code made, each layer pruned alone and its bias kept"
    )


def _pruned_accuracy(layer: str, kept: torch.Tensor) -> float:
    pruned = handed_out("small_convnet").load()
    pruned.get_submodule(layer).get_parameter("weight").mul_(kept)
    return float(handed_out("small_convnet").accuracy(pruned))


def _near(table: Table, reference: Table) -> str | None:
    for layer, points in table.accuracies.items():
        for share, right in reference.accuracies[layer].items():
            own = points.get(share)
            if own is not None and abs(own - right) > SAME:
                return f"{layer}, sparsity {share:g}: {own:.3f} is not what is left when the smallest weights go"
    return None


def _critical(table: Table) -> dict[str, float]:
    """Layer -> the sparsity at which it has cost ten points of accuracy for the first time, on straight lines.

    A layer that never costs so much has the sparsity 1.
    """
    found = {}
    for layer, points in table.accuracies.items():
        brim, found[layer] = points[0.0] - DROP, 1.0
        for (before, high), (after, low) in pairwise(points.items()):
            if low < brim:
                found[layer] = before + (high - brim) / (high - low) * (after - before)
                break
    return found


def critical(data: bytes) -> dict[str, float] | str:
    """The critical sparsity of each layer, from a table's bytes, or why it gives none."""
    table = read(data)
    if isinstance(table, str):
        return table
    return _complete(table) or _critical(table)


def layer_agrees(critical: Mapping[str, float], claimed: str) -> str | None:
    """The chosen layer is the first to cost ten points of accuracy in the student's own table."""
    most = min(critical, key=lambda layer: critical[layer])
    if critical[claimed] <= critical[most] + CRITICAL_OFF:
        return None
    return (
        f"in your own table {most} has cost ten points of accuracy at sparsity {critical[most]:.2f}, {claimed} only at "
        f"{critical[claimed]:.2f}"
    )


def sparsity_agrees(critical: Mapping[str, float], claimed: float) -> str | None:
    """The typed sparsity is the critical one of the most sensitive layer in the student's own table."""
    if abs(claimed - min(critical.values())) <= CRITICAL_OFF:
        return None
    return (
        f"you typed {claimed:.3g}; in your own table the most sensitive layer has cost ten points of accuracy at "
        f"sparsity {min(critical.values()):.2f}"
    )


def curves_and_needs(table: Table, reference: Table | None) -> dict[str, Any]:
    """The keys of a plot: a curve of accuracy for each layer, and what share of its weights each layer needs."""
    own, expected = _needs(table), _needs(reference)
    members = [
        {
            "title": layer,
            "own": _curve(table, layer),
            "reference": _curve(reference, layer),
            "own_at": own.get(layer),
            "reference_at": expected.get(layer),
        }
        for layer in LAYERS
    ]
    return {
        "title": "What share of its weights a layer needs",
        "description": "From your own table: with less, the network loses more than ten points of accuracy.",
        "x": "weights in the layer",
        "y": "share needed",
        "own": _points(own),
        "reference": _points(expected),
        "curves": {
            "title": "Accuracy with one layer pruned",
            "description": "From your own table, with all weights at the right. Ten points are lost at the mark.",
            "x": "share of weights kept",
            "y": "accuracy",
            "members": members,
        },
    }


def _needs(table: Table | None) -> dict[str, float]:
    """Layer -> the share that is kept at its critical sparsity, where there is one below 1."""
    if table is None or _complete(table) is not None:
        return {}
    return {layer: round(1 - share, 4) for layer, share in _critical(table).items() if share < 1}


def _points(needs: Mapping[str, float]) -> list[tuple[float, float]]:
    return sorted((float(_weight(layer).numel()), need) for layer, need in needs.items())


def _curve(table: Table | None, layer: str) -> list[tuple[float, float]]:
    """(share kept, accuracy), as far as both are above 0; of a finer table, evenly chosen points."""
    points = {} if table is None else table.accuracies[layer]
    kept = sorted((round(1 - share, 6), round(hit, 4)) for share, hit in points.items() if share < 1 and hit > 0)
    step = -(-len(kept) // MOST_DRAWN) if kept else 1
    return kept[::-1][::step][::-1]
