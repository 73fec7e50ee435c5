"""The learning-rate experiment as every student runs it: its data, its models, its constants.

Owns protocol T: what is trained, on what, for how long. Does not own how it is trained; that is what the
question asks for. Holds no answer and needs nothing but torch, so it can be copied beside any solution:

    from lr_protocol import BATCH_SIZES, N_STEPS, load
    X, y, make_model, optimizer = load("mlp_sgd")
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, NamedTuple, get_args

import torch
from torch import Tensor, nn

Name = Literal["linear_sgd", "mlp_sgd", "mlp_adam", "linear_adam"]

SETTINGS: tuple[Name, ...] = get_args(Name)
"""The first three are graded; `linear_adam` completes the comparison."""
BATCH_SIZES = (1, 2, 4, 8, 16, 32, 64, 128, 256)
N_STEPS = 64
"""Updates per run, the same at every batch size."""
N_ROWS = 4096
N_FEATURES = 64
N_HIDDEN = 16
CONDITION = 10.0
"""Ratio of the largest to the smallest variance of a feature."""
NOISE = 0.01
"""Standard deviation of the label noise; the clean target has variance 1."""
DATA_SEED = 0
TEACHER_UNITS = 8


class Setting(NamedTuple):
    """What one run is given.

    X is float32 (4096, 64), y float32 (4096,). A model maps (batch, 64) to (batch, 1): bring prediction
    and target to one shape before the loss, or (batch, 1) against (batch,) broadcasts to (batch, batch).
    """

    X: Tensor
    y: Tensor
    make_model: Callable[[], nn.Module]
    optimizer: str
    """`sgd` or `adam`, both with torch's defaults apart from `lr`."""


def load(name: str, *, noise: float = NOISE) -> Setting:
    """Fresh tensors and the model's constructor for one setting, the same on every call.

    Raises:
        ValueError: there is no such setting.
    """
    if name not in SETTINGS:
        raise ValueError(f"no setting {name!r}: choose one of {', '.join(SETTINGS)}")
    model, optimizer = name.split("_")
    if model == "linear":
        return Setting(*linear_data(noise), linear_model, optimizer)
    return Setting(*mlp_data(noise), mlp_model, optimizer)


def feature_variances() -> Tensor:
    """(64,) variances, log-spaced over a factor 10, with sum 64."""
    ratio = torch.linspace(0.0, 1.0, N_FEATURES, dtype=torch.float64)
    spaced = CONDITION**ratio
    return spaced * (N_FEATURES / spaced.sum())


def linear_data(noise: float = NOISE) -> tuple[Tensor, Tensor]:
    """X (4096, 64) and y = X w + noise (4096,), with w scaled so that X w has variance 1."""
    draw = torch.Generator().manual_seed(DATA_SEED)
    X = _features(draw)
    w = _normal(N_FEATURES, draw=draw)
    w /= (w.double().square() @ feature_variances()).sqrt().float()
    return X, X @ w + noise * _normal(N_ROWS, draw=draw)


def mlp_data(noise: float = NOISE) -> tuple[Tensor, Tensor]:
    """X (4096, 64) and y (4096,): a tanh network with 8 hidden units, centred, variance 1, plus noise."""
    draw = torch.Generator().manual_seed(DATA_SEED)
    X = _features(draw)
    A = _normal(N_FEATURES, TEACHER_UNITS, draw=draw) / N_FEATURES**0.5
    v = _normal(TEACHER_UNITS, draw=draw) / TEACHER_UNITS**0.5
    clean = torch.tanh(2 * X @ A) @ v
    clean = (clean - clean.mean()) / clean.std()
    return X, clean + noise * _normal(N_ROWS, draw=draw)


def linear_model() -> nn.Module:
    """64 inputs, one output, a bias; torch's default initialisation."""
    return nn.Linear(N_FEATURES, 1)


def mlp_model() -> nn.Module:
    """64 inputs, 16 hidden ReLU units, one output; torch's default initialisation."""
    return nn.Sequential(nn.Linear(N_FEATURES, N_HIDDEN), nn.ReLU(), nn.Linear(N_HIDDEN, 1))


def _features(draw: torch.Generator) -> Tensor:
    return _normal(N_ROWS, N_FEATURES, draw=draw) * feature_variances().sqrt().float()


def _normal(*shape: int, draw: torch.Generator) -> Tensor:
    """The same float32 numbers whatever torch's default precision is set to."""
    return torch.randn(*shape, generator=draw, dtype=torch.float32)
