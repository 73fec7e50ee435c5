"""What is right: a function for each `expect`, and what students write."""

import math

import sympy as sp

r, n = sp.symbols("r n", positive=True)


def area():
    """Derived, never typed twice."""
    return sp.pi * r**2 / n


def edge():
    """Of a disc of 10 cm, in cm."""
    return 2 * math.pi * 10


def cuts():
    """Each ends two pieces."""
    return 4


def areas():
    """A list is one row."""
    return [1, 4]


def split(r, n):
    """What students write as discs.split."""
    return [2 * math.pi * i / n for i in range(n)]
