"""What must hold of question 4's functions, whatever they sample and however they loop.

Each function takes a check's inputs and what was observed (`problems/probes/lr_spies.py`), and returns None or
a sentence that says what is wrong and what to do. What is of no fitting form may raise. Knows no answer: only
the definitions of mean squared error, of SGD and of Adam (`lr_replay`), and what random sampling looks like.
"""

import math
from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Any

import numpy as np
import torch
from containers import as_tensor
from lr_replay import replayed_loss
from lr_sampling import from_one_end, not_random
from lr_start import seeded_start

RELATIVE = 2e-4
"""Between a float32 run and its replay in float64: a hundred times what rounding does to a stable run."""
NOTHING = 1e-7
"""A loss that single precision takes for zero."""
DIVERGED = 1e3
"""Losses above this, nan and infinity all say the same."""
DIVERGING_RATE = 3000.0
"""What `isolated_runs` uses; every setting diverges there."""
SAMPLED_RATE = 0.01
"""What `sampled_rows` uses."""
LEAST_OF_DIVERGED = 0.01
"""A diverged loss is right up to rounding that grew; a hundredth of it is not."""

Inputs = Mapping[str, Any]


def follows_the_update_rule(inputs: Inputs, value: Any) -> str | None:
    """On identical rows any sampler gives the same training; the loss at its end is known."""
    complaint = _updates(value, inputs["n_steps"], 3 * inputs["batch_size"])
    if complaint is not None:
        return complaint
    scale = inputs["scale"]
    expected = replayed_loss(
        _optimizer(inputs),
        _start(inputs, len(inputs["x"]), inputs["seed"], value),
        inputs["x"][None],
        [scale * inputs["target"]],
        [[0]] * inputs["n_steps"],
        lr=inputs["lr"],
        scale=scale,
    )
    final = _number(value["final"])
    if _close(final, expected):
        return None
    return (
        f"all rows were the same, so sampling cannot matter, and {inputs['n_steps']} updates of plain "
        f"{_name(inputs)} on the mean squared error end at {expected:.6g}; `train_one` returned {final:.6g}. Look at "
        "the loss (mean of squares), the step (zero_grad, backward, step; defaults apart from lr) and their number"
    )


def samples_at_random(inputs: Inputs, value: Any) -> str | None:
    """The right number of updates, each on batch_size rows from anywhere, steered by the seed."""
    size, n_rows = inputs["batch_size"], len(inputs["X"])
    runs = [_batches(run, n_rows) for run in value]
    for batches in runs:
        if len(batches) != inputs["n_steps"]:
            return (
                f"{len(batches)} updates were made where n_steps asks for {inputs['n_steps']}: "
                "count updates, not epochs, and call `backward` once in each"
            )
        sizes = {len(batch) for batch in batches}
        if sizes != {size}:
            return f"an update used {min(sizes - {size})} rows where batch_size asks for {size}"
    says = not_random([np.array(batches) for batches in runs], n_rows)
    if says is not None:
        return says
    if runs[0] == runs[1]:
        return "two seeds gave the same batches: let `seed` decide the sampling as well as the initialisation"
    for shift, (run, batches) in enumerate(zip(value, runs, strict=True)):
        start = _start(inputs, inputs["X"].shape[1], inputs["seed"] + shift, run)
        expected = replayed_loss(_optimizer(inputs), start, inputs["X"], inputs["y"], batches, lr=SAMPLED_RATE)
        if not _close(_number(run["final"]), expected):
            return f"training on these rows ends at {expected:.6g}; `train_one` returned {_number(run['final']):.6g}"
    return None


def keeps_runs_apart(inputs: Inputs, value: Any) -> str | None:
    """Nothing survives from run to run, and what is returned is the final loss on all rows."""
    first, again = _number(value["first"]["final"]), _number(value["again"]["final"])
    if not value["again"]["models"]:
        return "`train_one` did not call `make_model` the second time: every run needs a new model"
    if first != again and not (math.isnan(first) and math.isnan(again)):
        return (
            f"the same call gave {first:.9g} and, after another run, {again:.9g}: make model and optimizer anew "
            "in each call, and take all randomness from `seed`"
        )
    unmoved = _number(value["unmoved"]["final"])
    weights = _start(inputs, inputs["X"].shape[1], inputs["seed"], value["unmoved"])
    begun = replayed_loss(_optimizer(inputs), weights, inputs["X"], inputs["y"], [], lr=0)
    if not _close(unmoved, begun):
        return (
            f"with a learning rate of 1e-9 nothing moves, so the mean squared error on all rows stays {begun:.6g}; "
            f"`train_one` returned {unmoved:.6g}. Use `lr`, and evaluate on all of (X, y) after the last update"
        )
    run = value["diverging"]
    diverging = _number(run["final"])
    least = LEAST_OF_DIVERGED * replayed_loss(
        _optimizer(inputs), weights, inputs["X"], inputs["y"], _batches(run, len(inputs["X"])), lr=DIVERGING_RATE
    )
    if math.isfinite(diverging) and not diverging >= least:
        return (
            f"with a learning rate of {DIVERGING_RATE:g} training diverges, yet `train_one` returned {diverging:.6g}: "
            "use `lr` as it is given and report the final loss, not the best one"
        )
    return None


def replays(inputs: Inputs, value: Any) -> str | None:
    """Training again on exactly the rows that were used ends at the loss that was reported."""
    n_rows, n_features = inputs["X"].shape
    complaint = _updates(value, inputs["n_steps"], n_rows)
    if complaint is not None:
        return complaint
    start, batches = _start(inputs, n_features, inputs["seed"], value), _batches(value, n_rows)
    if from_one_end(np.array(value["rows"]), n_rows):
        return f"rows come from one end of the {n_rows} rows of X: draw from all of X alike"
    expected = replayed_loss(_optimizer(inputs), start, inputs["X"], inputs["y"], batches, lr=inputs["lr"])
    final = _number(value["final"])
    if _close(final, expected):
        return None
    return (
        f"{_name(inputs)} on exactly the rows that `train_one` used ends at a loss of {expected:.6g} on all rows; it "
        f"returned {final:.6g}. Check that prediction (batch, 1) and target (batch,) have one shape before the loss, "
        "that the optimizer has torch's defaults apart from lr, that the loss at the end is over all of (X, y), and "
        "that `make_model` is called right after `torch.manual_seed(seed)`"
    )


def sweeps_in_order(inputs: Inputs, value: Any) -> str | None:
    """run_sweep's table on identical rows, where every cell is known: axes in the order that is asked for."""
    sizes, rates, seeds = (inputs[name] for name in ("batch_sizes", "learning_rates", "seeds"))
    shape = (len(sizes), len(rates), len(seeds))
    table = as_tensor(value, torch.float64).numpy()
    if table.shape != shape:
        return f"`run_sweep` returned shape {table.shape}; {shape} is asked for: batch sizes, learning rates, seeds"
    row, target, steps = inputs["x"][None], [inputs["target"]], [[0]] * inputs["n_steps"]

    felt = {"sgd": 1, "adam": 0}[_optimizer(inputs)]  # Adam takes the same steps whatever a gradient is multiplied by

    def losses(precision: str) -> Any:
        starts = [seeded_start(str(inputs["setting"]), len(inputs["x"]), int(seed), precision) for seed in seeds]
        return np.array(
            [
                [
                    [
                        replayed_loss(_optimizer(inputs), start, row, target, steps, lr=size**felt * lr)
                        for start in starts
                    ]
                    for lr in rates
                ]
                for size in sizes
            ]
        )

    expected = losses("torch.float32")
    if _same_losses(table, expected).all() or _same_losses(table, losses("torch.float64")).all():
        return None
    size, rate, seed = (int(k) for k in np.argwhere(~_same_losses(table, expected))[0])
    wanted, came = expected[size, rate, seed], table[size, rate, seed]
    return (
        "all rows are the same, and a model whose gradient grows with the number of rows makes the loss depend on "
        f"batch size, learning rate and seed alone: for {_name(inputs)}, batch size {sizes[size]}, lr "
        f"{rates[rate]:.4g} and seed {seeds[seed]} it is {wanted:.6g}, but the table says {came:.6g}. Is each run "
        "started by `torch.manual_seed(seed)` and `make_model()`, and is its loss stored as it is, in its own cell?"
    )


def _same_losses(table: Any, expected: Any) -> Any:
    """Where two tables agree; of runs that diverged, by how far says nothing."""
    with np.errstate(invalid="ignore"):
        diverged = ~(table <= DIVERGED) & ~(expected <= DIVERGED)
        return diverged | np.isclose(table, expected, rtol=RELATIVE, atol=NOTHING)


def finds_the_minima(inputs: Inputs, value: Any) -> str | None:
    """optimal_lr on parabolas in log2 lr and log loss, within 2 %; nan where the minimum is on the edge."""
    lowest, highest = np.log2(_listed(inputs["rates"]))[[0, -1]]
    vertices = {table: np.array(_listed(inputs[name])) for table, name in (("seeds", "inside"), ("mixed", "vertices"))}
    known = {k: np.where((lowest < log) & (log < highest), 2.0**log, math.nan) for k, log in vertices.items()}
    for table, wanted in known.items():
        found = as_tensor(value[table], torch.float64).numpy()
        if found.shape != wanted.shape:
            return f"`optimal_lr` returned shape {found.shape}; one number per batch size is asked for"
        if (~np.isnan(found) & np.isnan(wanted)).any():
            return "where the smallest loss is that of the first or last learning rate, nobody knows: return nan there"
        off = ~np.isclose(found, wanted, rtol=0.02, atol=0, equal_nan=True)
        if off.any():
            k = int(off.argmax())
            return (
                f"the curve has its minimum at a learning rate of {wanted[k]:.5g}; `optimal_lr` says {found[k]:.5g}. "
                "Interpolate: the vertex of a parabola of log loss, the mean over all seeds, against log lr around the "
                "smallest, with the grid's own steps; and let runs that diverged (nan, inf) count as large, not as "
                "missing"
            )
    return None


def fits_the_power_law(inputs: Inputs, value: Any) -> str | None:
    """fit_exponent on etas along a power law with scatter, against least squares in log2."""
    sizes = np.log2(_listed(inputs["batch_sizes"]))
    etas = np.log2(_listed(inputs["eta_star"]))
    slope, intercept = np.polyfit(sizes, etas, 1)
    found = [_number(member) for member in value]
    if len(found) != 2:
        return f"`fit_exponent` returned {len(found)} numbers; (slope, intercept) is asked for"
    if not abs(found[0] - slope) <= 1e-4 * max(1.0, abs(slope)):
        return f"least squares of log eta* against log B has slope {slope:.5g}; `fit_exponent` says {found[0]:.5g}"
    near = 1e-3 * max(1.0, abs(intercept))
    if not abs(found[1] - intercept) <= near:
        other_base = any(abs(found[1] - intercept * math.log(2, base)) < near for base in (math.e, 10))
        advice = "take logarithms to base 2" if other_base else "it is the least squares of log eta* against log B, too"
        return (
            f"the slope is right; the intercept should be {intercept:.5g}, with eta* = 2**intercept * B**slope, "
            f"and is {found[1]:.5g}: {advice}"
        )
    return None


def _updates(value: Mapping[str, Any], n_steps: int, n_rows: int) -> str | None:
    if not value["models"]:
        return "`train_one` never called `make_model`: train the model that it makes"
    if len(value["sizes"]) != n_steps:
        return (
            f"{len(value['sizes'])} updates were made where n_steps asks for {n_steps}: one `backward` per update, "
            "through the model's own forward"
        )
    _batches(value, n_rows)
    return None


def _start(inputs: Inputs, n_features: int, seed: int, run: Mapping[str, Any]) -> Sequence[Any]:
    """What a run's last model starts from; of what ran inside, only its precision is believed."""
    return seeded_start(str(inputs["setting"]), n_features, int(seed), run["models"][-1])


def _batches(run: Mapping[str, Any], n_rows: int) -> list[list[int]]:
    """The rows of each update; ValueError if some are none of this many rows."""
    rows, sizes = list(run["rows"]), list(run["sizes"])
    if {type(number) for number in (*rows, *sizes)} - {int} or sum(sizes) != len(rows):
        raise ValueError("rows are whole numbers")
    if rows and not 0 <= min(rows) <= max(rows) < n_rows:
        raise ValueError("an update used rows that are not of X")
    left = iter(rows)
    return [list(islice(left, size)) for size in sizes]


def _optimizer(inputs: Inputs) -> str:
    return str(inputs["setting"]).partition("_")[2]


def _name(inputs: Inputs) -> str:
    return {"sgd": "SGD", "adam": "Adam"}[_optimizer(inputs)]


def _number(value: Any) -> float:
    """A number from whatever holds just one; TypeError or ValueError if it does not."""
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(f"expected a number, not {type(value).__name__}")
    return float(value)


def _listed(value: Any) -> Any:
    return value.tolist() if hasattr(value, "tolist") else value


def _close(value: float, expected: float) -> bool:
    return math.isfinite(expected) and math.isclose(value, expected, rel_tol=RELATIVE, abs_tol=1e-30)
