"""Training by hand in float64, from recorded weights over recorded rows.

Owns the arithmetic that question 4's observations are held against. It follows the definitions (mean squared
error, SGD, Adam) in numpy and shares nothing with the code that is judged.
"""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

BETA_1, BETA_2, EPSILON = 0.9, 0.999, 1e-8


def replayed_loss(
    optimizer: str,
    start: Sequence[Any],
    X: Any,
    y: Any,
    batches: Iterable[Sequence[int] | NDArray[np.int64]],
    *,
    lr: float,
    scale: float = 1.0,
) -> float:
    """Mean squared error on all rows after one update per batch.

    Args:
        optimizer: `sgd` or `adam`.
        start: weight (1, d) and bias (1,) of a linear model, or both layers' of an MLP.
        X: (N, d).
        y: (N,).
        batches: row numbers of each update.
        lr: the learning rate.
        scale: the output is the model's times this.
    """
    X, y = _floats(X), _floats(y)
    weights = [_floats(parameter) for parameter in start]
    means = [np.zeros_like(weight) for weight in weights]
    squares = [np.zeros_like(weight) for weight in weights]
    with np.errstate(over="ignore", invalid="ignore"):
        for t, batch in enumerate(map(np.asarray, batches), start=1):
            _, gradients = _loss_and_gradients(weights, X[batch], y[batch], scale)
            for k, gradient in enumerate(gradients):
                step = gradient
                if optimizer == "adam":
                    means[k] = BETA_1 * means[k] + (1 - BETA_1) * gradient
                    squares[k] = BETA_2 * squares[k] + (1 - BETA_2) * gradient**2
                    mean, square = means[k] / (1 - BETA_1**t), squares[k] / (1 - BETA_2**t)
                    step = mean / (np.sqrt(square) + EPSILON)
                weights[k] = weights[k] - lr * step
        loss, _ = _loss_and_gradients(weights, X, y, scale)
    return loss


def _loss_and_gradients(weights: list[Floats], X: Floats, y: Floats, scale: float) -> tuple[float, list[Floats]]:
    hidden = X
    if len(weights) == 4:
        before = X @ weights[0].T + weights[1]
        hidden = np.maximum(before, 0)
    error = scale * (hidden @ weights[-2][0] + weights[-1][0]) - y
    back = (2 * scale / len(y)) * error
    gradients = [(back @ hidden)[None, :], back.sum()[None]]
    if len(weights) == 4:
        upstream = back[:, None] * weights[2] * (before > 0)
        gradients = [upstream.T @ X, upstream.sum(axis=0), *gradients]
    return float(np.mean(error**2)), gradients


def _floats(values: Any) -> Floats:
    return np.asarray(values.numpy() if hasattr(values, "numpy") else values, dtype=np.float64)
