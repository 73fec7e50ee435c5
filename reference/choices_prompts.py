"""What the options of question 6's choices say, tried on numbers, as in `choices`."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Rng = np.random.Generator
Floats = NDArray[np.float64]


def _after_attention(tokens: Floats, weights: Floats, layers: int = 2) -> Floats:
    """States (tokens, 4) after layers of causal attention."""
    for W_QK, W_OV in weights.reshape(layers, 2, 4, 4):
        scores = np.where(np.tri(len(tokens), dtype=bool), tokens @ W_QK @ tokens.T, -np.inf)
        shares = np.exp(scores - scores.max(axis=1, keepdims=True))
        tokens = tokens + shares / shares.sum(axis=1, keepdims=True) @ tokens @ W_OV.T
    return tokens


def states_can_be_reused(option: str, rng: Rng) -> bool:
    """Of the prompt's positions: their states before two questions are the same."""
    weights, prompt, *questions = (rng.standard_normal(shape) for shape in ((2, 2, 4, 4), (3, 4), (5, 4), (5, 4)))
    first, second = (_after_attention(np.vstack([prompt, question]), weights)[:3] for question in questions)
    return np.allclose(first, second) == (option == "true")


def soft_is_at_least_as_good(option: str, rng: Rng) -> bool:
    """On a quadratic loss of one vector: the best of all vectors beside the best row of an embedding."""
    factor, wanted, rows = rng.standard_normal((4, 4)), rng.standard_normal(4), rng.standard_normal((9, 4))
    hard = ((rows @ factor - wanted) ** 2).sum(axis=1).min()
    soft = ((wanted @ np.linalg.pinv(factor) @ factor - wanted) ** 2).sum()
    return bool(soft <= hard) == (option == "true")


def fine_tuning_is_better(option: str, rng: Rng) -> bool:
    """On new data, after learning one of the tasks with few examples: all weights are guaranteed to do better."""
    with (Path(__file__).parent / "overfitting.csv").open() as file:
        losses = {(row["method"], row["steps"], row["seed"]): float(row["test_loss"]) for row in csv.DictReader(file)}
    seed = str(rng.integers(4))
    is_better = losses["all", "300", seed] < losses["prompt", "300", seed]
    return is_better == (option == "true")


def forgets(option: str, rng: Rng) -> bool:
    """Of a task with a prompt of its own: what the frozen model gives changes when another prompt does."""
    weights, prompts, question = (rng.standard_normal(shape) for shape in ((2, 2, 4, 4), (2, 3, 4), (5, 4)))
    before = _after_attention(np.vstack([prompts[1], question]), weights)
    prompts[0] -= rng.standard_normal((3, 4))
    after = _after_attention(np.vstack([prompts[1], question]), weights)
    return np.array_equal(before, after) == (option == "false")
