"""What the options of the choice about sensitivity say, tried on the reference's own table, as in `choices`."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

import numpy as np

Rng = np.random.Generator
IMAGES, DROP = 320, 0.1


@cache
def _accuracies() -> dict[str, tuple[list[float], list[float]]]:
    """Layer -> sparsities, and the accuracies there."""
    found: dict[str, tuple[list[float], list[float]]] = {}
    with (Path(__file__).parent / "sensitivity.csv").open() as file:
        for row in csv.DictReader(file):
            sparsities, accuracies = found.setdefault(row["layer"], ([], []))
            sparsities.append(float(row["sparsity"]))
            accuracies.append(float(row["accuracy"]))
    return found


def most_sensitive(option: str, rng: Rng) -> bool:
    """Of a layer: that it is the first to cost ten points, had there been as many other images."""
    critical = {}
    for layer, (sparsities, accuracies) in _accuracies().items():
        drawn = rng.binomial(IMAGES, accuracies) / IMAGES
        critical[layer] = sparsities[int(np.argmax(drawn < accuracies[0] - DROP))]
    return min(critical, key=lambda layer: critical[layer]) == option
