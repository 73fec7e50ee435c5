"""Why a tree has no value at a point."""

from __future__ import annotations


class NoValue(Exception):
    """There is no value at this point: a pole, or a number too large to build. Says nothing about the answer."""


class Outside(NoValue):
    """The point lies outside the domain of a real function, such as the logarithm of a negative number."""


class Pole(NoValue):
    """A division by zero, or the logarithm of zero: no number, however finely it is computed."""
