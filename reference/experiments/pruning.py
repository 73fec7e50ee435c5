"""The command behind `hw11 run pruning`: accuracy of the small network against sparsity, one layer pruned at a time.

Owns its options and its files: `sensitivity.csv` (the table students hand in) and the figure `sensitivity.svg`/`.png`.
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from reference.experiments.given import PROBES  # noqa: F401 — makes the handed-out modules importable
from reference.tinyml import magnitude_mask

SPARSITIES = [tenths / 10 for tenths in range(10)] + [0.95]
Row = tuple[str, float, float]
"""layer, sparsity, accuracy"""


def main(argv: list[str]) -> None:
    """Measure every cell, write the table and the figure."""
    parser = argparse.ArgumentParser(prog="hw11 run pruning", description="Accuracy against sparsity, layer by layer.")
    parser.add_argument("--out", type=Path, required=True, help="folder for the table and the figure")
    out = parser.parse_args(argv).out
    out.mkdir(parents=True, exist_ok=True)
    found = list(rows())
    with (out / "sensitivity.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("layer", "sparsity", "accuracy"))
        writer.writerows((layer, sparsity, f"{accuracy:.4f}") for layer, sparsity, accuracy in found)
    from reference.experiments.figures import save

    save(_drawn(found), out / "sensitivity")


def rows() -> Iterator[Row]:
    """Every cell of the table."""
    from small_convnet import LAYERS, accuracy, load

    for layer in LAYERS:
        for sparsity in SPARSITIES:
            model = load()
            weight = model.get_submodule(layer).get_parameter("weight")
            weight.mul_(magnitude_mask(weight, sparsity))
            yield layer, sparsity, accuracy(model)


def _drawn(found: list[Row]) -> Any:
    """A histogram of each layer's weights above its curve of accuracy against sparsity."""
    import matplotlib as mpl
    from matplotlib import pyplot as plt
    from matplotlib.ticker import PercentFormatter
    from small_convnet import LAYERS, load

    from reference.experiments.figures import FIT, OWN, STYLE

    with mpl.rc_context(STYLE):
        figure, panels = plt.subplots(2, len(LAYERS), figsize=(9, 4.4), sharey="row", layout="constrained")
        for (above, below), layer in zip(panels.T, LAYERS, strict=True):
            weight = load().get_submodule(layer).get_parameter("weight").flatten()
            reach = float(weight.abs().max())
            share, bins = [1 / len(weight)] * len(weight), {"bins": 21, "range": (-reach, reach)}
            above.hist(weight.tolist(), **bins, weights=share, color=FIT, gid=f"{layer}-weights")
            above.set_axisbelow(True)
            above.set(title=f"{layer}\n{len(weight):,} weights", xlabel="weight")
            points = [(sparsity, accuracy) for own, sparsity, accuracy in found if own == layer]
            below.plot(*zip(*points, strict=True), color=OWN, lw=1.4, marker="o", ms=3, gid=f"{layer}-accuracy")
            below.set(xlabel="weights removed", ylim=(0, 1))
            below.axhline(points[0][1] - 0.1, color="#555555", lw=0.8, ls="--")
            for axis in (above.yaxis, below.yaxis, below.xaxis):
                axis.set_major_formatter(PercentFormatter(1, decimals=0))
        panels[0, 0].set_ylabel("share of weights")
        panels[1, 0].set_ylabel("accuracy")
        panels[1, 0].annotate("ten points lower", (0.02, 0.84), va="top", fontsize=8, color="#555555")
    return figure
