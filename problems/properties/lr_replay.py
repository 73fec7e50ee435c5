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
    initial = [_floats(parameter) for parameter in start]
    parameters = np.concatenate([weight.ravel() for weight in initial])
    weights = _views(parameters, initial)
    mean, square = np.zeros_like(parameters), np.zeros_like(parameters)
    with np.errstate(over="ignore", invalid="ignore"):
        for t, batch in enumerate(map(np.asarray, batches), start=1):
            _, step = _loss_and_gradient(weights, X[batch], y[batch], scale)
            if optimizer == "adam":
                mean = BETA_1 * mean + (1 - BETA_1) * step
                square = BETA_2 * square + (1 - BETA_2) * step**2
                step = mean / (1 - BETA_1**t) / (np.sqrt(square / (1 - BETA_2**t)) + EPSILON)
            parameters -= lr * step
        loss, _ = _loss_and_gradient(weights, X, y, scale)
    return loss


def _views(parameters: Floats, like: Sequence[Floats]) -> list[Floats]:
    """The pieces of one long vector, each in the shape of a weight; they change with it."""
    ends = np.cumsum([weight.size for weight in like])
    pieces = np.split(parameters, ends[:-1])
    return [piece.reshape(weight.shape) for piece, weight in zip(pieces, like, strict=True)]


def _loss_and_gradient(weights: list[Floats], X: Floats, y: Floats, scale: float) -> tuple[float, Floats]:
    """The mean squared error, and its gradient in the order of the weights."""
    hidden = X
    if len(weights) == 4:
        before = X @ weights[0].T + weights[1]
        hidden = np.maximum(before, 0)
    error = scale * (hidden @ weights[-2][0] + weights[-1][0]) - y
    back = (2 * scale / len(y)) * error
    gradients = [back @ hidden, back.sum(keepdims=True)]
    if len(weights) == 4:
        upstream = back[:, None] * weights[2] * (before > 0)
        gradients = [(upstream.T @ X).ravel(), upstream.sum(axis=0), *gradients]
    return float(error @ error) / len(error), np.concatenate(gradients)


def _floats(values: Any) -> Floats:
    return np.asarray(values.numpy() if hasattr(values, "numpy") else values, dtype=np.float64)
