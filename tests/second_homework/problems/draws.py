"""Inputs of this problem set."""

import numpy as np


def word(rng, n):
    """A text of n letters out of few, so that words share some."""
    return "".join(rng.choice(list("abcd"), n))


def uses(rng, n):
    """What is done with a cache, one step after the other."""
    keys = [f"k{i}" for i in range(6)]
    steps = []
    for i in range(n):
        key = str(rng.choice(keys))
        steps.append(["put", key, i] if rng.random() < 0.5 else ["get", key])
    return [*steps, ["keys"]]


def around_zero(rng, n):
    """Different whole numbers around zero."""
    return [int(number) for number in rng.permutation(np.arange(-n, n + 1))[:n]]


def runs(rng, n):
    """Bytes in runs, one of them longer than one byte can count."""
    lengths = [*rng.integers(1, 9, n - 1), 300]
    return b"".join(bytes([rng.integers(97, 100)]) * int(length) for length in lengths)


def clouds(rng, n):
    """Points around two centres: known ones, their labels, others, and the labels of these."""
    centre = rng.normal(size=2) * 4
    labels = rng.integers(0, 2, 2 * n)
    points = rng.normal(size=(2 * n, 2)) + np.where(labels[:, None] == 1, centre + 3, centre - 3)
    return [points[:n], labels[:n], points[n:], labels[n:]]
