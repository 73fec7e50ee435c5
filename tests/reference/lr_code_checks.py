"""Question 4's checks on code, as a table: what is observed, what must hold, and on which inputs.

Runs in this process what the sandbox runs beside a student's file; observers and properties are found as the
grader finds them.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch

from grader.files.author_code import AuthorCode

LIBRARY = AuthorCode(Path(__file__).parents[2])

TrainOne = Callable[..., Any]
GRADED = ("linear_sgd", "mlp_sgd", "mlp_adam")
SMOOTH = {"sgd": 0.005, "adam": 0.02}
"""Rates at which the loss falls steadily and is still far from zero after eight updates."""
LIVELY = {"sgd": 0.06, "adam": 0.6}
"""Rates at which the loss goes up and down, yet rounding does not grow."""


def identical(setting: str, seed: int, scale: float = 1.0) -> dict[str, Any]:
    draw = torch.Generator().manual_seed(seed)
    x = torch.randn(6, generator=draw, dtype=torch.float64)
    return {
        "setting": setting,
        "x": x,
        "target": 3.0,
        "scale": scale,
        "lr": SMOOTH[setting.partition("_")[2]],
        "batch_size": 4,
        "n_steps": 8,
        "seed": seed,
    }


def identical_small(setting: str, seed: int) -> dict[str, Any]:
    """Gradients of about 1e-7: what hides behind Adam's invariance to scale shows against its eps."""
    return identical(setting, seed, scale=3e-4)


def varied(setting: str, seed: int) -> dict[str, Any]:
    draw = torch.Generator().manual_seed(seed)
    X = torch.randn(48, 6, generator=draw, dtype=torch.float64)
    y = 1 + torch.randn(48, generator=draw, dtype=torch.float64)
    lr = LIVELY[setting.partition("_")[2]]
    return {"setting": setting, "X": X, "y": y, "lr": lr, "batch_size": 4, "n_steps": 24, "seed": seed}


def sampling(setting: str, seed: int) -> dict[str, Any]:
    inputs = varied(setting, seed) | {"batch_size": 12, "n_steps": 80}
    del inputs["lr"]
    return inputs


def short(setting: str, seed: int) -> dict[str, Any]:
    return varied(setting, seed) | {"n_steps": 16}


CHECKS: dict[str, tuple[str, str, Callable[[str, int], dict[str, Any]]]] = {
    "C1": ("identical_rows", "follows_the_update_rule", identical),
    "C1 small": ("identical_rows", "follows_the_update_rule", identical_small),
    "C2": ("sampled_rows", "samples_at_random", sampling),
    "C3": ("isolated_runs", "keeps_runs_apart", short),
    "C5": ("recorded_run", "replays", varied),
}


def said(check: str, train_one: TrainOne, setting: str, seed: int = 3) -> str | None:
    """What one check says about one function."""
    observer, holds, draw = CHECKS[check]
    inputs = draw(setting, seed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what torch says to a student's code is the student's to read
        value = LIBRARY.observer(f"lr_spies:{observer}")(train_one, *inputs.values())
    return LIBRARY.property_function(f"lr_scaling:{holds}")(inputs, value)


def caught_by(train_one: TrainOne, setting: str, seed: int = 3) -> dict[str, str]:
    """Check -> its sentence, for every check that complains."""
    found = {check: said(check, train_one, setting, seed) for check in CHECKS}
    return {check: sentence for check, sentence in found.items() if sentence is not None}
