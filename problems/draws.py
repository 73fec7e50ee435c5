"""Inputs that the small language of runs has no word for. Each function takes a numpy generator first."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Rng = np.random.Generator
Floats = NDArray[np.float64]

ALPHABET = 4
LENGTH = 5


def example_tokens(rng: Rng) -> Floats:
    """The three tokens of q3a's example, as rows."""
    return np.array([[0.0, 1.0], [1.0, 1.0], [1.0, 2.0]])


def example_matrix(rng: Rng) -> Floats:
    """Both matrices of q3a's example."""
    return np.array([[1.0, 1.0], [0.0, 0.0]])


def _embedded(tokens: Sequence[int] | NDArray[np.int64]) -> Floats:
    """One-hot tokens beside one-hot positions, (5, 9)."""
    return np.hstack([np.eye(ALPHABET)[np.asarray(tokens)], np.eye(LENGTH)])


def abcda(rng: Rng) -> Floats:
    """q3b's example."""
    return _embedded([0, 1, 2, 3, 0])


def five_tokens(rng: Rng) -> Floats:
    """Five random tokens."""
    return _embedded(rng.integers(0, ALPHABET, LENGTH))


def few_values(rng: Rng, rows: int, columns: int, count: int) -> Floats:
    """A matrix of at most `count` distinct random values."""
    return rng.choice(rng.standard_normal(count), size=(rows, columns))


def some_kept(rng: Rng, n: int) -> NDArray[np.bool_]:
    """A random mask that keeps some of n (at least 2), but not all."""
    return rng.permutation(n) < rng.integers(1, n)
