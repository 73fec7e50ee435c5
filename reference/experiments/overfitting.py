"""The command behind `hw11 run overfitting`: all weights against a soft prompt alone, learnt from few examples.

Owns its options and its files: `overfitting.csv` (the table students hand in) and the figure `overfitting.svg`/`.png`.
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from reference.experiments.given import PROBES  # noqa: F401 — makes the handed-out modules importable
from reference.soft_prompts import adapt, prompted_loss

LR, STEPS, SEEDS = 0.1, (0, 10, 30, 100, 300), range(4)
Row = tuple[str, int, int, float, float]
"""method, steps, seed, training loss, test loss"""


def main(argv: list[str]) -> None:
    """Learn every task in both ways, write the table and the figure."""
    parser = argparse.ArgumentParser(prog="hw11 run overfitting", description="Fine-tuning against a soft prompt.")
    parser.add_argument("--out", type=Path, required=True, help="folder for the table and the figure")
    out = parser.parse_args(argv).out
    out.mkdir(parents=True, exist_ok=True)
    found = list(rows())
    with (out / "overfitting.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("method", "steps", "seed", "train_loss", "test_loss"))
        writer.writerows((*row[:3], f"{row[3]:.5g}", f"{row[4]:.5g}") for row in found)
    from reference.experiments.figures import save

    save(_drawn(found), out / "overfitting")


def rows() -> Iterator[Row]:
    """Every cell of the table; each method goes on where it was at the number of steps before."""
    from few_examples import task

    for seed in SEEDS:
        tuned, prompt, train, test = task(seed)
        yield from _measured("all", seed, tuned, prompt, train, test)
        frozen, prompt, train, test = task(seed)
        yield from _measured("prompt", seed, frozen.requires_grad_(False), prompt, train, test)


def _measured(
    method: str, seed: int, model: nn.Module, prompt: Tensor, train: tuple[Tensor, Tensor], test: tuple[Tensor, Tensor]
) -> Iterator[Row]:
    done = 0
    for steps in STEPS:
        if method == "all":
            _fine_tune(model, prompt, train, steps - done)
        else:
            prompt = adapt(model, prompt, *train, LR, steps - done)
        with torch.no_grad():
            train_loss, test_loss = (float(prompted_loss(model, prompt, *data)) for data in (train, test))
        yield method, steps, seed, train_loss, test_loss
        done = steps


def _fine_tune(model: nn.Module, prompt: Tensor, train: tuple[Tensor, Tensor], steps: int) -> None:
    """Plain gradient descent on all weights, in place; the prompt stays where it is."""
    optimizer = torch.optim.SGD(model.parameters(), lr=LR)
    for _ in range(steps):
        optimizer.zero_grad()
        prompted_loss(model, prompt, *train).backward()  # type: ignore[no-untyped-call]
        optimizer.step()


def _drawn(found: list[Row]) -> Any:
    """Loss against steps, a panel for each method: every task a thin line, the mean a thick one."""
    import matplotlib as mpl
    from matplotlib import pyplot as plt

    from reference.experiments.figures import FIT, OWN, STYLE

    titles = {"all": "All weights are trained", "prompt": "A soft prompt is trained"}
    with mpl.rc_context(STYLE):
        figure, panels = plt.subplots(1, 2, figsize=(7.2, 3.2), sharey=True, layout="constrained")
        for axes, (method, title) in zip(panels, titles.items(), strict=True):
            for place, label, colour, marker in ((3, "16 examples", OWN, "s"), (4, "new examples", FIT, "o")):
                curves = [[row[place] for row in found if row[0] == method and row[2] == seed] for seed in SEEDS]
                for curve in curves:
                    axes.plot(STEPS, curve, color=colour, lw=0.6, alpha=0.5)
                means = [sum(values) / len(values) for values in zip(*curves, strict=True)]
                axes.plot(STEPS, means, color=colour, lw=1.8, marker=marker, ms=4, label=label, gid=f"{method}-{place}")
            axes.set_xscale("symlog", linthresh=10)
            axes.set_xticks(STEPS, [str(steps) for steps in STEPS])
            axes.set_xticks([], minor=True)
            axes.set(title=title, xlabel="steps", xlim=(-1, 400))
        panels[0].set_ylabel("mean cross-entropy")
        panels[1].legend()
    return figure
