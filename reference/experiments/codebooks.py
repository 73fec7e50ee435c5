"""The command behind `hw11 run codebooks`: what storing weights in few bits costs, by k-means and in equal steps.

Owns its options and its files: `codebooks.csv` (the table students hand in) and the figure `codebooks.svg`/`.png`.
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from reference.experiments.given import PROBES  # noqa: F401 — makes the handed-out modules importable
from reference.tinyml import dequantize, kmeans_quantize, quantization_params, quantize

NAMES, BITS, SEEDS = ("bell", "even"), range(1, 6), range(4)
Row = tuple[str, str, int, int, float]
"""weights, method, bits, seed, mean squared error"""


def main(argv: list[str]) -> None:
    """Measure every cell, write the table and the figure."""
    parser = argparse.ArgumentParser(prog="hw11 run codebooks", description="Errors of codebooks against bits.")
    parser.add_argument("--out", type=Path, required=True, help="folder for the table and the figure")
    out = parser.parse_args(argv).out
    out.mkdir(parents=True, exist_ok=True)
    found = list(rows())
    with (out / "codebooks.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("weights", "method", "bits", "seed", "error"))
        writer.writerows((*row[:4], f"{row[4]:.6g}") for row in found)
    from reference.experiments.figures import save

    save(_drawn(found), out / "codebooks")


def rows() -> Iterator[Row]:
    """Every cell of the table."""
    from codebook_weights import load

    for name in NAMES:
        weight = load(name)
        for bits in BITS:
            for seed in SEEDS:
                yield name, "kmeans", bits, seed, kmeans_error(weight, bits, seed)
            yield name, "linear", bits, 0, linear_error(weight, bits)


def kmeans_error(weight: Tensor, bits: int, seed: int) -> float:
    """Mean squared error of weights that are stored as indices of centroids."""
    codebook, labels = kmeans_quantize(weight, bits, torch.Generator().manual_seed(seed))
    return float((codebook[labels] - weight).square().mean())


def linear_error(weight: Tensor, bits: int) -> float:
    """Mean squared error of weights that are stored in equal steps from the smallest to the largest."""
    S, Z = quantization_params(float(weight.min()), float(weight.max()), bits)
    return float((dequantize(quantize(weight, bits, S, Z), S, Z) - weight).square().mean())


def _drawn(found: list[Row]) -> Any:
    """Error against bits, a panel for each set of weights: every seed a dot, the mean a line."""
    import matplotlib as mpl
    from matplotlib import pyplot as plt

    from reference.experiments.figures import FIT, OWN, STYLE

    titles = {"bell": "Bell-shaped weights", "even": "Evenly spread weights"}
    with mpl.rc_context(STYLE):
        figure, panels = plt.subplots(1, 2, figsize=(7.2, 3.2), sharey=True, layout="constrained")
        for axes, (name, title) in zip(panels, titles.items(), strict=True):
            for method, colour, marker, label in (
                ("kmeans", FIT, "o", "k-means"),
                ("linear", OWN, "s", "equal steps (linear)"),
            ):
                chosen = [(bits, error) for own, how, bits, _, error in found if (own, how) == (name, method)]
                bits = sorted({at for at, _ in chosen})
                means = [sum(e for at, e in chosen if at == b) / sum(at == b for at, _ in chosen) for b in bits]
                axes.plot(bits, means, color=colour, lw=1.4, marker=marker, ms=4, label=label, gid=f"{name}-{method}")
                axes.scatter(*zip(*chosen, strict=True), color=colour, s=6, alpha=0.5, lw=0)
            axes.set(yscale="log", title=title, xlabel="bits per weight", xticks=bits)
        panels[0].set_ylabel("mean squared error")
        panels[1].legend()
    return figure
