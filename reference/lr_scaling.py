"""How the best learning rate depends on the batch size: train, sweep, locate the optimum, fit the exponent.

The reference solution to question 4, written as plainly as a student could. It trains one run at a time;
`reference.experiments` trains all runs of a sweep at once and must agree with it. Needs torch alone.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn

DIVERGED = 100.0
"""A loss that is larger, infinite or not a number counts as this much."""


def train_one(
    make_model: Callable[[], nn.Module],
    optimizer: str,
    X: Tensor,
    y: Tensor,
    *,
    lr: float,
    batch_size: int,
    n_steps: int,
    seed: int,
) -> float:
    """Train one model on random batches, drawn with replacement; mean squared error on all of (X, y).

    Args:
        make_model: builds the model, (batch, d) -> (batch, 1); drawn under `torch.manual_seed(seed)`.
        optimizer: `sgd` or `adam`, with torch's defaults apart from the learning rate.
        X: (N, d).
        y: (N,).
        lr: the learning rate.
        batch_size: rows per update.
        n_steps: number of updates.
        seed: decides the initialisation and the rows.
    """
    torch.manual_seed(seed)
    model = make_model()
    step_rule = {"sgd": torch.optim.SGD, "adam": torch.optim.Adam}[optimizer](model.parameters(), lr=lr)
    loss_of = nn.MSELoss()
    rows = row_generator(seed, batch_size)
    for _ in range(n_steps):
        batch = torch.randint(len(X), (batch_size,), generator=rows)
        step_rule.zero_grad()
        loss_of(model(X[batch]).squeeze(1), y[batch]).backward()
        step_rule.step()
    with torch.no_grad():
        return float(loss_of(model(X).squeeze(1), y))


def row_generator(seed: int, batch_size: int) -> torch.Generator:
    """The stream that rows are drawn from: one per seed and batch size, apart from the initialisation's."""
    return torch.Generator().manual_seed(1_000_003 * (seed + 1) + batch_size)


def run_sweep(
    make_model: Callable[[], nn.Module],
    optimizer: str,
    X: Tensor,
    y: Tensor,
    batch_sizes: Sequence[int],
    learning_rates: Sequence[float],
    seeds: Sequence[int],
    n_steps: int,
    device: str = "cpu",
) -> Tensor:
    """Every run of a grid: losses (batch sizes, learning rates, seeds), infinite or nan where one diverged."""
    X, y = X.to(device), y.to(device)
    losses = [
        train_one(lambda: make_model().to(device), optimizer, X, y, lr=lr, batch_size=size, n_steps=n_steps, seed=seed)
        for size in batch_sizes
        for lr in learning_rates
        for seed in seeds
    ]
    return torch.tensor(losses).reshape(len(batch_sizes), len(learning_rates), len(seeds))


def optimal_lr(learning_rates: Sequence[float] | Tensor, mse: Tensor) -> Tensor:
    """The learning rate at the bottom of each U-curve.

    A parabola of log loss against log2 lr through the grid points within one octave of the smallest; on a
    half-octave grid these are five. Its vertex, held inside those points. The logarithm comes before the
    mean over seeds, because near divergence one seed's loss can outweigh all the others.

    Args:
        learning_rates: (L,), increasing.
        mse: (batch sizes, L, seeds) or (batch sizes, L).

    Returns:
        (batch sizes,) float64; nan where the minimum lies on the edge of the grid: look further out.
    """
    x = torch.as_tensor(learning_rates, dtype=torch.float64).log2()
    loss = torch.as_tensor(mse, dtype=torch.float64).nan_to_num(nan=DIVERGED, posinf=DIVERGED)
    loss = loss.clamp(1e-30, DIVERGED).log()
    curve = loss.mean(dim=2) if loss.ndim == 3 else loss
    if len(x) < 3:
        return torch.full((len(curve),), torch.nan, dtype=torch.float64)

    best = curve.argmin(dim=1)
    centre = best.clamp(1, len(x) - 2)
    t = x - x[centre].unsqueeze(1)
    neighbour = (torch.arange(len(x)) - centre.unsqueeze(1)).abs() <= 1
    near = ((t.abs() < 1.01) | neighbour).double()
    powers = torch.stack([t**2, t, torch.ones_like(t)], dim=2)
    weighted = powers * near.unsqueeze(2)
    a, b, _ = torch.linalg.solve(weighted.mT @ powers, weighted.mT @ curve.unsqueeze(2)).squeeze(2).unbind(1)
    vertex = torch.where(a > 0, -b / (2 * a), 0.0)
    vertex = torch.maximum(torch.minimum(vertex, (t * near).amax(dim=1)), (t * near).amin(dim=1))
    return torch.where(best == centre, 2.0 ** (x[centre] + vertex), torch.nan)


def fit_exponent(batch_sizes: Sequence[int] | Tensor, eta_star: Tensor) -> tuple[float, float]:
    """The power law eta* = 2**intercept * B**slope: least squares in log2 over the batch sizes with an optimum.

    Returns:
        (slope, intercept), nan where fewer than two batch sizes have an optimum.
    """
    x = torch.as_tensor(batch_sizes, dtype=torch.float64).log2()
    y = torch.as_tensor(eta_star, dtype=torch.float64).log2()
    x, y = x[y.isfinite()], y[y.isfinite()]
    slope = ((x - x.mean()) * (y - y.mean())).sum() / (x - x.mean()).square().sum()
    return float(slope), float(y.mean() - slope * x.mean())


def basin(learning_rates: Sequence[float] | Tensor, losses: Tensor, factor: float) -> tuple[float, float]:
    """Where a U-curve leaves its basin: the stretch around its smallest loss with losses of at most `factor` times it.

    Args:
        learning_rates: (n,), increasing.
        losses: (n,), positive; on both sides some are larger than that.
        factor: above 1.

    Returns:
        The two learning rates, on straight lines of log loss against log lr.
    """
    x = torch.as_tensor(learning_rates, dtype=torch.float64).log2()
    height = torch.as_tensor(losses, dtype=torch.float64).log2()
    height = height - height.min() - math.log2(factor)
    best, outside = int(height.argmin()), torch.nonzero(height > 0).flatten()
    edges = []
    for out, step in ((int(outside[outside < best].max()), 1), (int(outside[outside > best].min()), -1)):
        share = height[out] / (height[out] - height[out + step])
        edges.append(2.0 ** float(x[out] + share * (x[out + step] - x[out])))
    return edges[0], edges[1]


def jackknife(left_out: Sequence[float] | Tensor) -> float:
    """Standard error of an estimate from n seeds, by what it is without each of them.

    Args:
        left_out: (n,), the estimate with one seed left out, each in turn.
    """
    estimates = torch.as_tensor(left_out, dtype=torch.float64)
    spread = (estimates - estimates.mean()).square().sum()
    return float((spread * (len(estimates) - 1) / len(estimates)).sqrt())
