"""The command behind `hw11 run sweep`: train, fit, draw, write.

Owns its options and its files: `lr_scaling.csv` (the table students hand in), `summary.json` and the figure
`lr_scaling.svg`/`.png`. Writes files and progress (stderr), nothing else.
"""

from __future__ import annotations

import argparse
import csv
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch

from reference.experiments.engine import Sweep, sweep
from reference.experiments.exact import expected_losses
from reference.experiments.fit import Floats, Slope, Slopes, gap, slopes
from reference.experiments.given import BATCH_SIZES, SETTINGS
from reference.experiments.protocol import PRE_CRITICAL, PROTOCOLS, SATURATED, Protocol
from reference.lr_scaling import optimal_lr

COLUMNS = ("setting", "batch_size", "lr", "seed", "final_mse")
HEADINGS = {
    "steps": "Fixed steps: {steps} updates at every batch size, label noise {noise:g}, {seeds} seeds.",
    "samples": "Fixed samples: {samples} rows per run at every batch size, label noise {noise:g}, {seeds} seeds.",
}


def main(argv: list[str]) -> None:
    """Run the experiment.

    Raises:
        SystemExit: the options cannot be used, or `--device cuda` where there is no GPU.
        EdgeOptimum: a U-curve has no inner minimum.
    """
    options = _options(argv)
    device = device_for(options.device)
    protocol = PROTOCOLS[options.protocol]
    sweeps = _train(options.setting, protocol, range(options.seeds), device)
    found = [slopes(one) for one in sweeps]

    options.out.mkdir(parents=True, exist_ok=True)
    write_table(sweeps, options.out / "lr_scaling.csv")
    summary = {"device": device, **summarise(found, protocol, options.seeds)}
    (options.out / "summary.json").write_text(json.dumps(summary, indent=2) + "\n", encoding="utf-8")
    from reference.experiments.figures import draw, save

    figure = draw(sweeps, found, heading(protocol, options.seeds), expected=expected_optima(protocol))
    save(figure, options.out / "lr_scaling")


def device_for(wanted: str) -> str:
    """`cpu` or `cuda` for what was asked: `auto` takes a GPU where torch can use one.

    Raises:
        SystemExit: `cuda` where there is none.
    """
    present = torch.cuda.is_available()
    if wanted == "cuda" and not present:
        raise SystemExit(
            "hw11 run sweep: no GPU that torch can use; leave out --device or say --device cpu, which takes seconds"
        )
    return wanted if wanted != "auto" else "cuda" if present else "cpu"


def heading(protocol: Protocol, n_seeds: int) -> str:
    """One line that says what was held fixed."""
    values = {"steps": protocol.n_steps(1), "samples": protocol.n_steps(1), "noise": protocol.noise}
    return HEADINGS[protocol.name].format(**values, seeds=n_seeds)


def expected_optima(protocol: Protocol) -> Mapping[str, Floats]:
    """Setting -> optima of the exact expectation, where there is one."""
    losses = torch.from_numpy(expected_losses(protocol))
    return {"linear_sgd": optimal_lr(protocol.learning_rates["sgd"], losses).numpy()}


def write_table(sweeps: Sequence[Sweep], path: Path) -> None:
    """Every run as one line; diverged runs as `inf` or `nan`."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        for one in sweeps:
            for (b, r, s), mse in np.ndenumerate(one.mse):
                rate = f"{one.learning_rates[r]:.10g}"
                writer.writerow([one.setting, one.batch_sizes[b], rate, one.seeds[s], f"{mse:.7g}"])


def summarise(found: Sequence[Slopes], protocol: Protocol, n_seeds: int) -> dict[str, Any]:
    """Optima, exponents and gaps as plain data; the same sweep gives the same text."""
    by_setting = {slopes.setting: slopes for slopes in found}
    gaps = {
        model: _rounded(gap(by_setting[f"{model}_sgd"], by_setting[f"{model}_adam"]))
        for model in ("linear", "mlp")
        if {f"{model}_sgd", f"{model}_adam"} <= by_setting.keys()
    }
    return {
        "protocol": protocol.name,
        "seeds": n_seeds,
        "label_noise": protocol.noise,
        "updates": {size: protocol.n_steps(size) for size in BATCH_SIZES},
        "torch": torch.__version__,
        "settings": {
            slopes.setting: {
                "best_lr": dict(zip(BATCH_SIZES, _significant(slopes.eta_star), strict=True)),
                "exponent": {"batch_sizes": PRE_CRITICAL, **_rounded(slopes.exponent)},
                "intercept": round(slopes.intercept, 4),
                "saturation": {"batch_sizes": SATURATED, **_rounded(slopes.saturation)},
            }
            for slopes in found
        },
        "sgd_minus_adam": gaps,
    }


def _train(settings: Sequence[str], protocol: Protocol, seeds: Sequence[int], device: str) -> list[Sweep]:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn(), TimeRemainingColumn())
    # A step costs a little by itself, whatever the batch size: about as much as 64 rows.
    work = {size: protocol.n_steps(size) * (64 + size) for size in BATCH_SIZES}
    with Progress(*columns, console=Console(stderr=True)) as progress:
        tasks = {name: progress.add_task(name, total=sum(work.values()), start=False) for name in settings}
        done = []
        for name, task in tasks.items():
            progress.start_task(task)

            def advance(batch_size: int, task: TaskID = task) -> None:
                progress.advance(task, work[batch_size])

            done.append(sweep(name, protocol, seeds, device=device, advance=advance))
    return done


def _options(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="hw11 run sweep", description="Train, fit and draw the learning-rate experiment."
    )
    parser.add_argument("--out", type=Path, required=True, help="folder for the table, the summary and the figure")
    parser.add_argument("--device", choices=("auto", "cpu", "cuda"), default="auto")
    parser.add_argument("--seeds", type=_at_least_two, default=8, help="runs per learning rate (default 8)")
    parser.add_argument("--setting", type=_settings, default=SETTINGS, help=f"of {','.join(SETTINGS)}; default all")
    parser.add_argument("--protocol", choices=tuple(PROTOCOLS), default="steps", help="what is held fixed")
    return parser.parse_args(argv)


def _at_least_two(text: str) -> int:
    if not text.isdecimal() or int(text) < 2:
        raise argparse.ArgumentTypeError("at least 2 seeds: one alone says nothing about the spread")
    return int(text)


def _settings(text: str) -> tuple[str, ...]:
    names = tuple(dict.fromkeys(text.split(",")))
    unknown = [name for name in names if name not in SETTINGS]
    if unknown:
        raise argparse.ArgumentTypeError(f"no setting {unknown[0]!r}: choose among {','.join(SETTINGS)}")
    return names


def _rounded(slope: Slope) -> dict[str, float]:
    return {"slope": round(slope.value, 4), "low": round(slope.low, 4), "high": round(slope.high, 4)}


def _significant(values: Floats) -> list[float]:
    return [float(f"{value:.5g}") for value in values]
