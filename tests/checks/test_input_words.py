"""What kind of input it was, in a line."""

import numpy as np
import pytest

from grader.checks.input_language import SeededGenerator
from grader.checks.input_words import in_words

WIDE = np.arange(-3.0, 9.0).reshape(3, 4)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (np.array([1.5, -2.0]), "[ 1.5, -2. ]"),
        (np.array(2.0), "2."),
        (np.zeros((0, 3)), "[]"),
        (WIDE, "float64 3×4 (up to 8)"),
        (WIDE * 1e-10, "float64 3×4 (up to 8e-10)"),
        (-WIDE, "float64 3×4 (up to 8)"),
        (np.abs(WIDE), "float64 3×4 (up to 8, none negative)"),
        (np.zeros((3, 4)), "float64 3×4 (all zero)"),
        (np.full(7, 2.5, dtype="float32"), "float32 7 (all 2.5)"),
        (np.where(WIDE > 7, np.nan, WIDE), "float64 3×4 (up to 7, not all finite)"),
        (np.full(8, np.nan), "float64 8 (not all finite)"),
        (np.full(8, np.inf), "float64 8 (all inf)"),
        (WIDE.astype(int), "int64 3×4 (from -3 to 8)"),
        (WIDE > 0, "bool 3×4 (8 of 12 true)"),
        (WIDE * 1j, "complex128 3×4 (up to 8)"),
        (0.1234567, "0.123457"),
        ("kitten", "'kitten'"),
        ("k" * 80, f"{'k' * 60!r}…"),
        ([1, 2], "[1, 2]"),
        (list(range(100)), "list of 100"),
        ({"a": 1}, "{'a': 1}"),
        (SeededGenerator(3), "generator"),
        ([np.array([1.5]), "a"], "[[1.5], 'a']"),
        ({"w": np.zeros(9), "b": [True, 0.5]}, "{'w': float64 9 (all zero), 'b': [True, 0.5]}"),
        ((np.array([1, 2]),), "([1, 2],)"),
        ([SeededGenerator(3), None], "[generator, None]"),
        ([WIDE] * 9, "list of 9"),
        ({3}, "{3}"),
        (set("gdbacfe"), "{'a', 'b', 'c', 'd', 'e', 'f', 'g'}"),
        ([set()], "[set()]"),
        (None, "None"),
        (True, "True"),
    ],
)
def test_what_an_input_is_like(value, words):
    assert in_words(value) == words
