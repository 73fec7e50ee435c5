"""Right variants of functions of the learning-rate experiment."""

import math

import numpy as np
import torch
from torch import Tensor


def optimum_of_mean_losses(learning_rates: Tensor, mse: Tensor) -> list[float]:
    """Means before logarithms, and a parabola through three points."""
    losses = mse.nan_to_num(nan=1e4, posinf=1e4)
    x, found = learning_rates.log(), []
    for row in (losses.mean(dim=2) if mse.ndim == 3 else losses).log():
        k = int(row.argmin())
        if k in (0, len(row) - 1):
            found.append(math.nan)
            continue
        powers = torch.stack([x[k - 1 : k + 2] ** power for power in (2, 1, 0)], dim=1)
        a, b, _ = torch.linalg.solve(powers, row[k - 1 : k + 2]).tolist()
        found.append(math.exp(-b / (2 * a)))
    return found


def basin_walked(learning_rates: Tensor, losses: Tensor, factor: float) -> list[float]:
    """From the smallest loss outwards, point by point."""
    x, y = learning_rates.log().tolist(), losses.log().tolist()
    best = y.index(min(y))
    brim, found = y[best] + math.log(factor), []
    for step in (-1, 1):
        k = best
        while y[k + step] <= brim:
            k += step
        found.append(math.exp(x[k] + (brim - y[k]) * (x[k + step] - x[k]) / (y[k + step] - y[k])))
    return found


def basin_by_interpolation(learning_rates: Tensor, losses: Tensor, factor: float) -> tuple[float, float]:
    """With `numpy.interp` on the piece of curve that crosses the brim, turned so that the loss increases."""
    x, y = np.log10(learning_rates.numpy()), np.log10(losses.numpy() / losses.min().item())
    brim, best = np.log10(factor), int(np.argmin(y))
    right = best + 1 + int(np.argmax(y[best + 1 :] > brim))
    left = best - 1 - int(np.argmax(y[:best][::-1] > brim))
    crossings = [
        np.interp(brim, y[[inner, out]], x[[inner, out]]) for inner, out in ((left + 1, left), (right - 1, right))
    ]
    return 10 ** crossings[0], 10 ** crossings[1]


def basin_as_array(learning_rates: Tensor, losses: Tensor, factor: float) -> Tensor:
    """Sign changes of height over the brim, the nearest on either side."""
    height, x = (losses / (factor * losses.min())).log(), learning_rates.log()
    crossed = torch.nonzero(height[:-1].sign() * height[1:].sign() < 0).flatten()
    at = x[crossed] - height[crossed] * (x[crossed + 1] - x[crossed]) / (height[crossed + 1] - height[crossed])
    bottom = x[losses.argmin()]
    return torch.stack([at[at < bottom].max(), at[at > bottom].min()]).exp()


def jackknife_by_deviation(left_out: Tensor) -> Tensor:
    """The standard deviation of torch, scaled."""
    error: Tensor = left_out.std(unbiased=False) * (len(left_out) - 1) ** 0.5
    return error


def jackknife_in_lists(left_out: Tensor) -> float:
    """Sums of Python numbers."""
    values = left_out.tolist()
    mean = math.fsum(values) / len(values)
    return math.sqrt(math.fsum((value - mean) ** 2 for value in values) * (len(values) - 1) / len(values))


def jackknife_by_pseudovalues(left_out: Tensor) -> float:
    """The standard error of the mean of pseudovalues, whatever estimate from all of them is assumed."""
    n = len(left_out)
    pseudovalues = n * left_out.mean() - (n - 1) * left_out
    return float(np.std(pseudovalues.numpy(), ddof=1) / np.sqrt(n))
